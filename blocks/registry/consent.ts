import { type Actor, subjectOf } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import type { Transaction } from "@kerege/kernel/database";
import type { Ground } from "./declaration.ts";
import type { ConsentRequest, RegistryDoor } from "./door.ts";
import { judge } from "./ground.ts";
import { problem } from "./problems.ts";
import type { Published } from "./registers.ts";
import { addConsent, consentsOf, withdrawConsent } from "./store-consent.ts";
import {
  type AskedConsent,
  addConsentRequest,
  closeConsentRequest,
  requestOfSystem,
  requestsOfPerson,
} from "./store-consent-request.ts";

type ConsentDoor = Pick<
  RegistryDoor,
  "giveConsent" | "withdrawConsent" | "consents" | "askConsent" | "consentRequest" | "consentRequests" | "answerConsent"
>;

const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
/** A personal number as it may stand in a register. */
const NUMBER = /^\d{6,20}$/;

/** Who lets whom read: given and taken back by the person, asked for by systems of bodies. */
export function createConsents(
  means: Pick<Means, "database" | "clock" | "ids" | "country" | "events">,
  published: Published,
): ConsentDoor {
  const now = () => means.clock.now();
  const today = () => dayOf(now(), means.country.timeZone);

  /** The one who agrees: oneself, or the child one answers for. No paper lets anyone else agree for a person. */
  const consenter = (actor: Actor): string => {
    if (actor.kind !== "person") throw problem("not-found");
    if (actor.behalf && !["parent", "guardian"].includes(actor.behalf.kind)) throw problem("not-found");
    return subjectOf(actor);
  };

  /** A ground that asks for consent and lets this reader read once it is there. */
  const groundFor = (name: string, reader: string): Ground => {
    const ground = published.ground(name);
    const may = (one: Ground) =>
      Object.entries(one.reads).some(([register, fields]) => {
        const { declaration, expanded } = published.register(register);
        const wanted = { register: declaration, fields: fields.flatMap((field) => expanded.columnsOf.get(field) ?? [field]) };
        const on = { today: today(), agreements: published.agreements };
        return judge({ kind: "system", body: reader, name: "consent" }, one, { wanted, on }).allowed;
      });
    if (!ground?.consent || !may(ground))
      throw problem("no-ground", { params: { ground: name, register: "", reason: "ground" } });
    return ground;
  };
  const untilFault = (until: string | undefined) => {
    if (until !== undefined && until <= today())
      throw problem("wrong-value", {
        params: { register: "" },
        fields: [{ pointer: "/until", key: "registry.fields.too-early", params: { least: today() } }],
      });
  };

  const keep = async (
    tx: Transaction,
    given: { subject: string; ground: string; reader: string; system?: string; until?: string },
  ): Promise<string> => {
    const id = means.ids.next();
    await addConsent(tx, { ...given, id, at: now() });
    const { subject, ground, reader, system, until } = given;
    await means.events.tell(tx, {
      type: "registry.consent-given",
      body: { subject, id, ground, reader, system: system ?? null, until: until ?? null },
    });
    return id;
  };

  const own = async (actor: Actor, id: string): Promise<AskedConsent> => {
    const asked = { subject: consenter(actor), id, today: today() };
    const [found] = isId(id) ? await requestsOfPerson(means.database, asked) : [];
    if (!found) throw problem("not-found");
    return found;
  };

  const requestOf = async (actor: Actor, id: string): Promise<ConsentRequest> => {
    const asked = { id, today: today() };
    const found =
      actor.kind === "person"
        ? await own(actor, id)
        : actor.kind === "system" && isId(id)
          ? await requestOfSystem(means.database, { ...asked, reader: actor.body, system: actor.name })
          : undefined;
    if (!found) throw problem("not-found");
    const { subject: _, ...request } = found;
    return request;
  };

  return {
    async giveConsent(actor, { ground, reader, system, until }) {
      const subject = consenter(actor);
      groundFor(ground, reader);
      untilFault(until);
      return { id: await means.database.transaction((tx) => keep(tx, { subject, ground, reader, system, until })) };
    },

    async withdrawConsent(actor, { id }) {
      const subject = consenter(actor);
      if (!isId(id)) throw problem("not-found");
      await means.database.transaction(async (tx) => {
        if (!(await withdrawConsent(tx, { subject, id, at: now() }))) throw problem("not-found");
        await means.events.tell(tx, { type: "registry.consent-withdrawn", body: { subject, id } });
      });
    },

    consents: async (actor) => consentsOf(means.database, consenter(actor)),

    async askConsent(actor, { subject, ground, until }) {
      if (actor.kind !== "system") throw problem("not-found");
      groundFor(ground, actor.body);
      untilFault(until);
      if (!NUMBER.test(subject))
        throw problem("wrong-value", {
          params: { register: "" },
          fields: [{ pointer: "/subject", key: "registry.fields.not-pin" }],
        });
      const asked = {
        subject,
        id: means.ids.next(),
        ground,
        reader: actor.body,
        system: actor.name,
        until: until ?? null,
        at: now(),
      };
      const { id } = await means.database.transaction(async (tx) => {
        const added = await addConsentRequest(tx, asked);
        const { title } = published.ground(ground)!;
        if (added.fresh)
          await means.events.tell(tx, {
            type: "registry.consent-asked",
            body: { subject, id: added.id, ground, title, reader: actor.body },
          });
        return added;
      });
      return requestOf(actor, id);
    },

    consentRequest: requestOf,

    async consentRequests(actor) {
      const found = await requestsOfPerson(means.database, { subject: consenter(actor), today: today() });
      return found.map(({ subject: _, ...request }) => request);
    },

    async answerConsent(actor, { id, agree }) {
      const { subject, ground, reader, system, until } = await own(actor, id);
      if (agree) {
        groundFor(ground, reader);
        untilFault(until ?? undefined);
      }
      await means.database.transaction(async (tx) => {
        const consent = agree ? await keep(tx, { subject, ground, reader, system, ...(until !== null && { until }) }) : null;
        if (!(await closeConsentRequest(tx, { subject, id, consent, at: now() }))) throw problem("decided-already");
      });
    },
  };
}
