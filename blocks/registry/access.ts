import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import { languages, type Multilingual } from "@kerege/kernel/locale";
import type { ArchivedReads } from "./archive-reads.ts";
import type { RegistryDoor } from "./door.ts";
import { judge } from "./ground.ts";
import { problem } from "./problems.ts";
import type { Published } from "./registers.ts";
import type { Store } from "./store.ts";
import { addConsent, consentsOf, withdrawConsent } from "./store-consent.ts";
import { readEntries } from "./store-log.ts";

const MOST_READ_ENTRIES = 100;
const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** Who may read and who read: consents, explanations, public rules of deferral, the log of reads. */
export function createAccess(
  means: Means,
  { published, store, archived }: { published: Published; store: Store; archived: ArchivedReads },
): Pick<RegistryDoor, "giveConsent" | "withdrawConsent" | "consents" | "explain" | "deferrals" | "readsAbout" | "reads"> {
  const now = () => means.clock.now();
  const reads = { database: means.database, archived };
  const today = () => dayOf(now(), means.country.timeZone);
  const words = (key: string, values: Record<string, string>) =>
    Object.fromEntries(languages.map((language) => [language, means.texts.translate(language, key, values)])) as Multilingual;

  return {
    async giveConsent(actor, { ground: name, reader, until }) {
      if (actor.kind !== "person") throw problem("not-found");
      const ground = published.ground(name);
      if (!ground?.consent) throw problem("no-ground", { params: { ground: name, register: "", reason: "ground" } });
      const id = means.ids.next();
      const given = { subject: actor.pin, id, ground: name, reader, at: now(), until };
      await means.database.transaction(async (tx) => {
        await addConsent(tx, given);
        await means.events.tell(tx, {
          type: "registry.consent-given",
          body: { subject: actor.pin, id, ground: name, reader, until: until ?? null },
        });
      });
      return { id };
    },

    async withdrawConsent(actor, { id }) {
      if (actor.kind !== "person" || !isId(id)) throw problem("not-found");
      await means.database.transaction(async (tx) => {
        if (!(await withdrawConsent(tx, { subject: actor.pin, id, at: now() }))) throw problem("not-found");
        await means.events.tell(tx, { type: "registry.consent-withdrawn", body: { subject: actor.pin, id } });
      });
    },

    async consents(actor) {
      if (actor.kind !== "person") throw problem("not-found");
      return consentsOf(means.database, actor.pin);
    },

    explain(actor, request) {
      const ground = published.ground(request.ground);
      const register = published.register(request.register);
      const fields = request.fields.flatMap((field) => register.expanded.columnsOf.get(field) ?? [field]);
      const wanted = { register: register.declaration, fields, condition: request.condition, reason: request.reason };
      const verdict = judge(actor, ground, { wanted, on: { today: today(), agreements: published.agreements } });
      const law = ground && { title: ground.title, purpose: ground.purpose, law: ground.law };
      if (!verdict.allowed)
        return { allowed: false, words: words(`registry.denied.${verdict.why}`, { what: verdict.what }), ...law };
      const { reach, consent } = verdict.access;
      return { allowed: true, words: words(`registry.allowed.${consent ? "consent" : reach}`, {}), ...law };
    },

    deferrals: () =>
      published.grounds.flatMap(({ ground, title, deferred }) => (deferred ? [{ ground, of: title, ...deferred }] : [])),

    async readsAbout(actor, request) {
      // The subject, and nobody else, sees who read about him.
      if (actor.kind !== "person" || actor.pin !== request.pin) throw problem("not-found");
      const limit = Math.min(Math.max(1, request.limit ?? 20), MOST_READ_ENTRIES);
      return readEntries(reads, { subject: request.pin, seenAt: now(), after: request.after, limit });
    },

    async reads(actor, request) {
      await audit({ published, store }, actor, request);
      const limit = Math.min(Math.max(1, request.limit ?? 20), MOST_READ_ENTRIES);
      return readEntries(reads, { subject: request.subject, after: request.after, limit });
    },
  };
}

/** Lets a body of a ground with `audits` look at the record of reads; it stands there itself then. @throws {Problem} `registry.no-ground` */
export async function audit(
  { published, store }: { published: Published; store: Store },
  actor: Actor,
  request: { subject: string; ground: string; case?: string; reason?: string },
): Promise<void> {
  const ground = published.ground(request.ground);
  if (actor.kind === "person" || !ground?.audits || !ground.readers.bodies?.includes(actor.body))
    throw problem("no-ground", { params: { ground: request.ground, register: "read_entry", reason: "reader" } });
  const task = { actor, case: request.case, reason: request.reason };
  const entries = [{ subject: request.subject, key: request.subject, found: true }];
  const head = { register: "read_entry", fields: ["reads"], ground };
  await store.sealed((within) => store.writeEntries(within, { head, task, entries }));
}
