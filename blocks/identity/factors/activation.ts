import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { problem } from "../problems.ts";
import type { Vault } from "../provider/vault.ts";
import type { KnownPerson } from "./account.ts";
import { newActivationCode, readActivationCode } from "./activation-code.ts";
import { readIdentifier } from "./identifier.ts";
import { keyed } from "./keyed.ts";
import type { ActivationStore } from "./store-activation.ts";

/** Right of a post to ask for an activation code, once who stands at the desk has shown a passport. */
export const ACTIVATE = "identity.activate";
/** Right of a post to approve what another official asked for. */
export const CONFIRM = "identity.confirm-activation";
/** Right of a post to say which person an official is. */
export const LINK = "identity.link-official";

const HOURS = 72;
const MOST_TRIES = 5;

/** A request for an activation code: asked for by one official, approved by another. */
export interface Activation {
  pin: string;
  id: string;
  name: string;
  bornOn: string;
  /** `actorKey` of the official. */
  requestedBy: string;
  requestedAt: Date;
  approvedBy?: string;
  approvedAt?: Date;
  expiresAt?: Date;
  usedAt?: Date;
  voidedAt?: Date;
}

export type ActivationState = "waiting" | "handed-out" | "used" | "void" | "over";

export function stateOf(one: Activation, now: Date): ActivationState {
  if (one.usedAt) return "used";
  if (one.voidedAt) return "void";
  if (!one.expiresAt) return "waiting";
  return one.expiresAt > now ? "handed-out" : "over";
}

type Official = Extract<Actor, { kind: "official" }>;
/** Tells a person as the official reads the register; undefined where nobody has the number. */
export type FindPerson = (pin: string, actor: Actor) => Promise<KnownPerson | undefined>;

export interface Activations {
  /** What was live for the person is void from now on. @throws {Problem} `identity.no-such-person`, `identity.not-for-oneself` */
  request(official: Official, pin: string): Promise<string>;
  find(id: string): Promise<Activation>;
  newest(): Promise<Activation[]>;
  /** The code, shown once. @throws {Problem} `identity.second-official`, `identity.not-for-oneself`, `identity.activation-over` */
  approve(official: Official, id: string): Promise<string>;
  void(id: string): Promise<void>;
  /** Once. Undefined where number and code do not belong together, whatever the reason. */
  redeem(pin: string, typed: string): Promise<Activation | undefined>;
  /** @throws {Problem} `identity.linked-already` */
  link(actor: Official, given: { official: string; pin: string }): Promise<void>;
  /** The same by a command at the machine. @throws {Problem} `identity.no-such-person`, `identity.linked-already` */
  linkByOperator(
    actor: Extract<Actor, { kind: "system" }>,
    given: { official: string; pin: string; reason: string },
  ): Promise<void>;
  officialOf(pin: string): Promise<string | undefined>;
}

export function createActivations(
  means: Pick<Means, "clock" | "ids" | "events">,
  given: { store: ActivationStore; vault: Vault; people: FindPerson },
): Activations {
  const { store, vault, people } = given;
  const hashOf = (pin: string, code: string) => keyed(vault, "activation", [pin, code]);
  const refuseOwn = async (official: Official, pin: string) => {
    if ((await store.pinOf(official.person)) === pin) throw problem("not-for-oneself");
  };
  const find = async (id: string) => {
    const found = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? await store.find(id) : undefined;
    if (!found) throw problem("no-such-activation");
    return found;
  };
  const link = async (by: Actor, { official, pin, reason }: { official: string; pin: string; reason?: string }) => {
    if (!(await people(pin, by))?.alive) throw problem("no-such-person");
    const row = { official, pin, by: actorKey(by), at: means.clock.now() };
    // The event says which official; whose number that is stands in the table alone.
    const body = { official, by: row.by, ...(reason !== undefined && { reason }) };
    const linked = await store.link(row, (tx) => means.events.tell(tx, { type: "identity.official-linked", body }));
    if (!linked) throw problem("linked-already");
  };
  return {
    find,
    async request(official, pin) {
      await refuseOwn(official, pin);
      const person = await people(pin, official);
      if (!person?.alive) throw problem("no-such-person");
      const id = means.ids.next();
      await store.insert({
        pin,
        id,
        name: person.name,
        bornOn: person.bornOn,
        requestedBy: actorKey(official),
        requestedAt: means.clock.now(),
        official: official.person,
      });
      return id;
    },
    newest: () => store.newest(50),
    async approve(official, id) {
      const asked = await find(id);
      if (asked.official === official.person) throw problem("second-official");
      await refuseOwn(official, asked.pin);
      const code = newActivationCode();
      const at = means.clock.now();
      const approved = await store.approve({
        id,
        by: actorKey(official),
        official: official.person,
        at,
        codeHash: hashOf(asked.pin, readActivationCode(code)!),
        expiresAt: new Date(at.getTime() + HOURS * 3_600_000),
      });
      if (!approved) throw problem("activation-over");
      return code;
    },
    async void(id) {
      await find(id);
      if (!(await store.void(id, means.clock.now()))) throw problem("activation-over");
    },
    async redeem(pin, typed) {
      const now = means.clock.now();
      // A slip of the hand is found by the check symbol and costs no try; neither does it tell whether there is a code at all.
      const code = readActivationCode(typed);
      if (code === undefined) return undefined;
      return store.redeem({ pin, codeHash: hashOf(pin, code), most: MOST_TRIES, now });
    },
    async link(by, { official, pin }) {
      if (by.person === official) throw problem("not-for-oneself");
      await link(by, { official, pin });
    },
    async linkByOperator(by, { official, pin, reason }) {
      const read = readIdentifier(pin);
      if (read?.kind !== "pin") throw problem("no-such-person");
      await link(by, { official, pin: read.pin, reason });
    },
    officialOf: (pin) => store.officialOf(pin),
  };
}
