import { createHash } from "node:crypto";
import { type Actor, actorKey, type Behalf } from "@kerege/kernel/actor";
import type { Represented, Represents } from "@kerege/kernel/asker";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import type { Multilingual } from "@kerege/kernel/locale";
import type { PeopleDeclaration } from "../factors/account.ts";
import { problem } from "../problems.ts";
import {
  behalfOf,
  derivedKinds,
  type Fallen,
  isDerived,
  type Link,
  type Mandate,
  type MandateEvent,
  type MandateKind,
  type Offer,
  offerFault,
  standing,
} from "./mandate.ts";
import { createMandateStore } from "./store-mandate.ts";

export type Person = Extract<Actor, { kind: "person" }>;
/** A mandate with why it does not stand; nothing where it does. */
export type SeenMandate = Mandate & { fallen?: Fallen };

/** Who may act for whom. Everything is asked as one of the sides; what is another's is not found. */
export interface Mandates {
  /**
   * For whom the holder acts by this mandate at this moment: looked up in the table and, where a register says it, in the register.
   * Where nothing is changed (`looking`) a register that said yes is not asked again for a minute: each look at it stands in the list of
   * reads of the one it is about. @throws {Problem} `identity.no-such-mandate`, `identity.mandate-ended`
   */
  behalf(holder: string, id: string, looking?: boolean): Promise<{ behalf: Behalf; name: Multilingual }>;
  /** What the person holds (registers are asked), and what others hold over the one at work. `name`: of the person. */
  list(actor: Person, name?: string): Promise<{ held: SeenMandate[]; given: SeenMandate[] }>;
  /** How many offers wait for the person's answer. */
  waiting(pin: string): Promise<number>;
  /** One mandate with its history, for both sides. @throws {Problem} `identity.no-such-mandate` */
  read(actor: Person, id: string): Promise<{ mandate: SeenMandate; history: MandateEvent[] }>;
  /**
   * Offers a mandate: a person over himself, a director over the company, the holder of one that may be handed on. Nothing is told of
   * whether the number of the holder is anybody's. @throws {Problem} `identity.wrong-mandate`, `identity.may-not-pass-on`
   */
  give(actor: Person, offer: Offer & { name: Multilingual }): Promise<{ id: string }>;
  /** The holder accepts or declines. @throws {Problem} `identity.no-such-mandate`, `identity.answered-already` */
  answer(actor: Person, given: { id: string; name: string; accept: boolean }): Promise<void>;
  /** Either side ends it; what was handed on from it falls with it. @throws {Problem} `identity.no-such-mandate`, `identity.says-the-register` */
  end(actor: Person, id: string): Promise<void>;
}

const KEPT_MS = 60_000;
const MOST_KEPT = 5000;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** @param represents what registers say; told by the block that knows once the house is open */
export function createMandates(
  means: Pick<Means, "database" | "clock" | "ids" | "country" | "events" | "packs">,
  represents: () => Represents,
): Mandates {
  const store = createMandateStore(means.database);
  /** The body that keeps accounts and mandates. */
  const keeper = means.packs.files<PeopleDeclaration>("known-people")[0]?.value.reader ?? "";
  const said = createSaid(() => means.clock.now());
  const now = () => means.clock.now();
  const today = () => dayOf(now(), means.country.timeZone);

  const registerOf = async ({ kind, holder, subject }: Mandate): Promise<Represented | undefined> =>
    isDerived(kind) ? represents().holds({ kind, holder, subject }) : undefined;

  /** Says whether each stands. The register is asked for those that rest on it. */
  const seen = async (mandates: Mandate[], known?: Represented[]): Promise<SeenMandate[]> => {
    const chains = await store.byIds(mandates.flatMap(({ from }) => from ?? []));
    return Promise.all(
      mandates.map(async (mandate) => {
        const listed = known?.find((one) => one.kind === mandate.kind && one.subject === mandate.subject);
        const register = mandate.state !== "accepted" ? undefined : known ? listed : await registerOf(mandate);
        const fallen = standing(mandate, { day: today(), register, from: chains.get(mandate.from ?? "") });
        const until = register?.until ?? mandate.until;
        return { ...mandate, until, ...(fallen && { fallen }) };
      }),
    );
  };

  /** Keeps an id and a history for what a register says, so that both sides see it and acts can name it. */
  const keepFound = async (holder: Holder, found: Represented[], held: Mandate[]): Promise<Mandate[]> => {
    const fresh = found.flatMap((one): Mandate[] => {
      const kind = derivedKinds.find((each) => each === one.kind);
      if (!kind || held.some((other) => other.kind === kind && other.subject === one.subject)) return [];
      return [derived({ kind, holder, found: one, at: now() })];
    });
    for (const mandate of fresh) {
      await means.database.transaction(async (tx) => {
        await store.add(tx, mandate);
        if ((await store.events(mandate.id)).length === 0)
          await store.note(tx, { mandate: mandate.id, at: now(), kind: "found", by: null });
      });
    }
    return [...fresh, ...held];
  };

  /** The side the one at work stands on: himself, or the company he directs. A narrower mandate gives no say over mandates. */
  const sideOf = (actor: Person): string => {
    if (!actor.behalf) return actor.pin;
    if (actor.behalf.kind !== "director") throw problem("outside-mandate");
    return actor.behalf.subject;
  };
  const ofSide = async (actor: Person, id: string): Promise<Mandate> => {
    const found = ID.test(id) ? await store.ofSide(means.database, id, sideOf(actor)) : undefined;
    if (!found) throw problem("no-such-mandate");
    return found;
  };
  const linkOf = async (actor: Person): Promise<Link> => {
    const { behalf, pin } = actor;
    if (!behalf) return { first: true, of: "person", subject: pin };
    if (behalf.kind === "director") return { first: true, of: "company", subject: behalf.subject };
    const held = await store.held(behalf.mandate, pin);
    if (!held) throw problem("no-such-mandate");
    return { first: false, from: held.mandate };
  };
  /** What blocks above may tell people of it; `by` is the PIN of who did it. */
  const tell = (
    type: string,
    { id, holder, holderName, of, subject, givenBy, subjectName, kind, from }: Mandate,
    by: string,
  ) => ({
    type: `identity.${type}`,
    body: { id, holder, holderName, of, subject, givenBy, subjectName, kind, handedOn: from !== null, by, keeper },
  });

  return {
    async behalf(holder, id, looking = false) {
      const found = ID.test(id) ? await store.held(id, holder) : undefined;
      if (!found) throw problem("no-such-mandate");
      const { mandate, from } = found;
      const kept = looking ? said.of(id) : undefined;
      const register = mandate.state === "accepted" ? (kept ?? (await registerOf(mandate))) : undefined;
      if (register && !kept) said.keep(id, register);
      const fallen = standing(mandate, { day: today(), register, from });
      if (fallen) throw problem("mandate-ended", { params: { why: fallen } });
      return { behalf: behalfOf(mandate), name: mandate.subjectName };
    },

    waiting: (pin) => store.waiting(pin),

    async list(actor, name) {
      const side = sideOf(actor);
      const over = await store.ofSubject(side);
      if (actor.behalf) return { held: [], given: await seen(over) };
      const found = await represents().held(actor.pin);
      const held = await keepFound({ pin: actor.pin, name }, found, await store.ofHolder(actor.pin));
      return { held: await seen(held, found), given: await seen(over) };
    },

    async read(actor, id) {
      const mandate = await ofSide(actor, id);
      const holder = `person:${mandate.holder}`;
      const events = await store.events(id);
      const history = events.map(
        ({ at, kind, by }): MandateEvent => ({
          at,
          kind,
          by: by === null ? "register" : by === holder ? "holder" : "giver",
        }),
      );
      return { mandate: (await seen([mandate]))[0]!, history };
    },

    async give(actor, offer) {
      const link = await linkOf(actor);
      const fault = offerFault(offer, { link, giver: actor.pin, day: today() });
      if (fault?.pointer === "") throw problem("may-not-pass-on");
      if (fault) throw problem("wrong-mandate", { fields: [{ pointer: fault.pointer, key: `identity.fields.${fault.key}` }] });
      const { kind, holder, scope, until, passesOn } = offer;
      const mandate: Mandate = {
        ...{ id: means.ids.next(), kind, holder, holderName: null, scope, until, passesOn, givenBy: actor.pin },
        ...(link.first
          ? { of: link.of, subject: link.subject, subjectName: offer.name, from: null }
          : { of: link.from.of, subject: link.from.subject, subjectName: link.from.subjectName, from: link.from.id }),
        ...{ state: "offered", givenAt: now(), answeredAt: null, endedAt: null },
      };
      await means.database.transaction(async (tx) => {
        await store.add(tx, mandate);
        await store.note(tx, { mandate: mandate.id, at: now(), kind: "given", by: actorKey(actor) });
        await means.events.tell(tx, tell("mandate-given", mandate, actor.pin));
      });
      return { id: mandate.id };
    },

    async answer(actor, { id, name, accept }) {
      // Whoever acts for somebody accepts nothing for himself meanwhile.
      if (actor.behalf) throw problem("outside-mandate");
      const mandate = await ofSide(actor, id);
      if (mandate.holder !== actor.pin) throw problem("no-such-mandate");
      await means.database.transaction(async (tx) => {
        const at = now();
        if (!(await store.answer(tx, { id, holder: actor.pin, name, accept, at }))) throw problem("answered-already");
        await store.note(tx, { mandate: id, at, kind: accept ? "accepted" : "declined", by: actorKey(actor) });
        await means.events.tell(
          tx,
          tell(accept ? "mandate-accepted" : "mandate-declined", { ...mandate, holderName: name }, actor.pin),
        );
      });
    },

    async end(actor, id) {
      const mandate = await ofSide(actor, id);
      if (isDerived(mandate.kind)) throw problem("says-the-register");
      await means.database.transaction(async (tx) => {
        const at = now();
        if (!(await store.end(tx, { id, at }))) throw problem("mandate-ended", { params: { why: "ended" } });
        await store.note(tx, { mandate: id, at, kind: "ended", by: actorKey(actor) });
        await means.events.tell(tx, tell("mandate-ended", mandate, actor.pin));
      });
    },
  };
}

/** The one who acts, with the name where it is known. */
interface Holder {
  pin: string;
  name?: string | undefined;
}

/** What registers said a moment ago. Only a yes is kept, and never for an act. */
function createSaid(now: () => Date) {
  const kept = new Map<string, { until: number; register: Represented }>();
  return {
    of(id: string): Represented | undefined {
      const found = kept.get(id);
      return found && found.until > now().getTime() ? found.register : undefined;
    },
    keep(id: string, register: Represented): void {
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(id, { until: now().getTime() + KEPT_MS, register });
    },
  };
}

/** What a register says, under an id that is the same whenever it is found: UUIDv8 of a SHA-256 (RFC 9562, 5.8). */
function derived(given: { kind: MandateKind; holder: Holder; found: Represented; at: Date }): Mandate {
  const { kind, holder, found, at } = given;
  return {
    id: derivedId(kind, holder.pin, found.subject),
    ...{
      kind,
      holder: holder.pin,
      holderName: holder.name ?? null,
      of: found.of,
      subject: found.subject,
      subjectName: found.name,
      givenBy: null,
    },
    ...{ scope: { all: true }, until: null, passesOn: false, from: null },
    ...{ state: "accepted", givenAt: at, answeredAt: null, endedAt: null },
  };
}

function derivedId(...parts: [kind: MandateKind, holder: string, subject: string]): string {
  const bytes = createHash("sha256").update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
