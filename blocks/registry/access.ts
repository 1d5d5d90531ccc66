import { type Actor, wholeSubjectOf } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import { languages, type Multilingual } from "@kerege/kernel/locale";
import type { ArchivedReads } from "./archive-reads.ts";
import type { RegistryDoor } from "./door.ts";
import { judge } from "./ground.ts";
import { problem } from "./problems.ts";
import type { Published } from "./registers.ts";
import type { Store } from "./store.ts";
import { readEntries } from "./store-log.ts";

const MOST_READ_ENTRIES = 100;

/** Who may read and who read: explanations, public rules of deferral, the log of reads. */
export function createAccess(
  means: Means,
  { published, store, archived }: { published: Published; store: Store; archived: ArchivedReads },
): Pick<RegistryDoor, "explain" | "deferrals" | "readsAbout" | "reads"> {
  const now = () => means.clock.now();
  const reads = { database: means.database, archived };
  const today = () => dayOf(now(), means.country.timeZone);
  const words = (key: string, values: Record<string, string>) =>
    Object.fromEntries(languages.map((language) => [language, means.texts.translate(language, key, values)])) as Multilingual;

  return {
    explain(actor, request) {
      const ground = published.ground(request.ground);
      const register = published.register(request.register);
      const fields = request.fields.flatMap((field) => register.expanded.columnsOf.get(field) ?? [field]);
      const wanted = { register: register.declaration, fields, condition: request.condition, reason: request.reason };
      const verdict = judge(actor, ground, { wanted, on: { today: today(), agreements: published.agreements } });
      const law = ground && { title: ground.title, purpose: ground.purpose, law: ground.law };
      if (!verdict.allowed)
        return {
          allowed: false,
          why: verdict.why,
          what: verdict.what,
          words: words(`registry.denied.${verdict.why}`, { what: verdict.what }),
          ...law,
        };
      const { reach, consent } = verdict.access;
      return { allowed: true, why: reach, what: "", words: words(`registry.allowed.${consent ? "consent" : reach}`, {}), ...law };
    },

    deferrals: () =>
      published.grounds.flatMap(({ ground, title, deferred }) => (deferred ? [{ ground, of: title, ...deferred }] : [])),

    async readsAbout(actor, request) {
      // The subject, and nobody else, sees who read about him.
      if (actor.kind !== "person" || wholeSubjectOf(actor) !== request.pin) throw problem("not-found");
      const limit = Math.min(Math.max(1, request.limit ?? 20), MOST_READ_ENTRIES);
      const { pin: subject, record, after } = request;
      return readEntries(reads, { subject, seenAt: now(), after, limit, ...(record && { record }) });
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
  const entries = [{ subjects: [request.subject], key: request.subject, found: true }];
  const head = { register: "read_entry", fields: ["reads"], ground };
  await store.sealed((within) => store.writeEntries(within, { head, task, entries }));
}
