import { DEFAULT_LEVEL, type Deed, decide, type Level, refusalOf, type Target, type Whom, whoms } from "@kerege/identity";
import { type Actor, subjectOf } from "@kerege/kernel/actor";
import type { ServiceDeclaration } from "./declaration.ts";
import { problem } from "./problems.ts";

export type Person = Extract<Actor, { kind: "person" }>;

/** For whom one may apply: what the passport says, or whom it is for. */
export function forWhom({ for: declared, audience }: Pick<ServiceDeclaration, "for" | "audience">): Whom[] {
  if (declared) return declared;
  const made: Whom[] = audience.includes("person") || audience.includes("entrepreneur") ? ["person"] : [];
  return audience.includes("company") ? [...made, "company"] : made;
}

export function levelFor({ assurance }: Pick<ServiceDeclaration, "assurance">): Level {
  return assurance ?? DEFAULT_LEVEL;
}

/** Applying for a service, as the place that decides knows it. */
export function applying(service: ServiceDeclaration): Deed {
  return { name: "services.apply", by: ["person"], for: forWhom(service), assurance: levelFor(service) };
}

/** Looking at cases: for whomever they are. */
export const looking: Deed = { name: "services.look", by: ["person"], for: whoms };

/**
 * The person who may do it, with whose number stands in the case. A case outside the mandate is as good as not there.
 * @throws {Problem} `services.only-for-people`, `services.no-such-case`, `identity.refused`, `identity.assurance-too-low`
 */
export function allowed(
  actor: Actor,
  deed: Deed,
  given: { demo: boolean; target?: Target },
): { person: Person; applicant: string } {
  if (actor.kind !== "person") throw problem("only-for-people");
  const decision = decide(actor, deed, { target: given.target, on: { demo: given.demo } });
  if (decision.allowed) return { person: actor, applicant: subjectOf(actor) };
  if (given.target?.case !== undefined && decision.why === "scope") throw problem("no-such-case");
  throw refusalOf(decision);
}
