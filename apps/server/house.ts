import documents from "@kerege/documents/block";
import identity from "@kerege/identity/block";
import type { AnyBlock } from "@kerege/kernel/block";
import portal from "@kerege/portal/block";
import post from "@kerege/post/block";
import process from "@kerege/process/block";
import reference from "@kerege/reference/block";
import registry from "@kerege/registry/block";
import services from "@kerege/services/block";
import synthetic from "@kerege/synthetic/block";
import trust from "@kerege/trust/block";

/** The whole house on one screen: each block stands only on the lines above. */
export const house: AnyBlock[] = [
  trust, // floor 1: authorities, signatures
  identity, // floor 1: who someone is
  reference, // floor 2: classifiers, calendars, bodies
  process, // floor 2: how cases go on, and what decides them
  registry, // floor 2: what the state knows
  synthetic, // floor 2: invented people of a demo country
  documents, // floor 3: what the state says
  post, // floor 3: letters
  services, // floor 4: what the state does for someone
  portal, // floor 5: what people see
];
