import type { Means } from "@kerege/kernel/block";
import type { Multilingual } from "@kerege/kernel/locale";
import type { ArchivedReads } from "./archive-reads.ts";
import type { RegistryDoor } from "./door.ts";
import { problem } from "./problems.ts";
import { subjectFields } from "./read-entry.ts";
import type { Published } from "./registers.ts";
import { addNotices, type Correction, noticesOf, noticesOfAct, subjectsOf, usesOf } from "./store-correction.ts";

const MOST_ROWS = 100;

/** What `registry.corrected` says: which fields of which record an act put right, and since when each was held wrongly. */
interface Corrected {
  register: string;
  key: string;
  act: string;
  fields: string[];
  /** Instant (ISO 8601) by field. */
  since: Record<string, string>;
}

interface CorrectionNeeds {
  published: Published;
  archived: ArchivedReads;
  bodyTitle(code: string): Multilingual | undefined;
}

/**
 * When a value is put right, everyone who read the wrong one since it was recorded is found from the log of reads and told: the
 * bodies by a notice and an event for each case, the subject of the record by an event that becomes a letter.
 */
export function createCorrections(
  means: Means,
  { published, archived, bodyTitle }: CorrectionNeeds,
): Pick<RegistryDoor, "notices" | "affected"> {
  means.events.react("registry.corrected", "registry.tell-readers", async ({ body, at }) => {
    const told = body as unknown as Corrected;
    const register = published.register(told.register);
    const fields = told.fields.map((field) => ({ field, wrongSince: new Date(told.since[field]!) }));
    const correction: Correction = { register, key: told.key, act: told.act, fields, at };
    // One transaction: while it has looked into the log, no month leaves for the archive.
    const uses = await means.database.transaction(async (tx) => {
      const subjects = await subjectsOf(tx, register, told.key);
      return archived.addUses(tx, correction, { subjects, uses: await usesOf(tx, correction) });
    });
    const { declaration } = register;
    await means.database.transaction(async (tx) => {
      const fresh = uses.length > 0 ? await addNotices(tx, { correction, uses, nextId: () => means.ids.next() }) : [];
      for (const use of fresh) {
        await means.events.tell(tx, {
          type: "registry.correction-told",
          body: {
            register: told.register,
            key: told.key,
            act: told.act,
            fields: use.fields,
            body: use.body || null,
            person: use.person || null,
            case: use.case || null,
            service: use.service || null,
          },
        });
      }
      if (subjectFields(declaration).length === 0) return;
      const subjects = (await subjectsOf(tx, register, told.key)).filter((subject) => !subject.includes(":"));
      const bodies = [...new Set(uses.flatMap((use) => use.body || []))];
      await means.events.tell(tx, {
        type: "registry.record-corrected",
        body: {
          register: told.register,
          title: declaration.title,
          key: told.key,
          act: told.act,
          owner: declaration.owner,
          fields: fields.map(({ field }) => declaration.fields[field]?.title ?? declaration.title),
          subjects,
          bodies,
          bodyTitles: bodies.map((code) => bodyTitle(code) ?? null),
        },
      });
    });
  });

  return {
    async notices(actor, { after, limit = 20 } = {}) {
      if (actor.kind === "person") throw problem("not-found");
      return noticesOf(means.database, { body: actor.body, after, limit: Math.min(Math.max(1, limit), MOST_ROWS) });
    },
    async affected(actor, request) {
      const { owner } = published.register(request.register).declaration;
      if (actor.kind === "person" || actor.body !== owner) throw problem("not-owner", { params: { register: request.register } });
      return noticesOfAct(means.database, request);
    },
  };
}
