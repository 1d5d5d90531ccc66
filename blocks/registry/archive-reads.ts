import type { Queryable } from "@kerege/kernel/database";
import { type ArchivedRow, createArchiveReader } from "./archive-file.ts";
import { batchTable, readTable } from "./archive-tables.ts";
import { filesOf } from "./store-archive.ts";
import type { Correction, Use } from "./store-correction.ts";

const DAY_MS = 86_400_000;

/** What left the database is found in its files as if it were there. */
export function createArchivedReads(folder: string) {
  const read = createArchiveReader(folder);
  const readsIn = (file: string, subject: string) => read(file, { column: readTable.columns[0]!.name, value: subject });

  return {
    /** Rows of the read log about a subject behind a place, newest first, out of files given with the newest month first. */
    async rows(
      files: string[],
      asked: {
        subject: string;
        record?: { register: string; key: string } | undefined;
        seenAt: Date | null;
        after: [at: Date, id: string] | undefined;
        limit: number;
      },
    ): Promise<ArchivedRow[]> {
      const { subject, record, seenAt, after, limit } = asked;
      const found: ArchivedRow[] = [];
      for (const file of files) {
        for (const row of await readsIn(file, subject)) {
          const shown = row.shown_from as Date | null | undefined;
          if (after && !isBehind(row, after)) continue;
          if (record && (row.register !== record.register || (row.key ?? row.subject) !== record.key)) continue;
          if (seenAt === null || !shown || shown <= seenAt) found.push(row);
          if (found.length === limit) return found;
        }
      }
      return found;
    },

    /** One entry about a subject; its identifier says when it was made. */
    async entry(on: Queryable, asked: { subject: string; id: string }): Promise<ArchivedRow | undefined> {
      const at = Number.parseInt(asked.id.replace("-", "").slice(0, 12), 16);
      const near = { from: new Date(at - DAY_MS), until: new Date(at + DAY_MS) };
      for (const { file } of await filesOf(on, { kind: "read", value: asked.subject, ...near })) {
        const row = (await readsIn(file, asked.subject)).find(({ id }) => id === asked.id);
        if (row) return row;
      }
      return undefined;
    },

    /** The leaves of a batch of reads, one after another. */
    async hashes(on: Queryable, batch: string): Promise<Buffer | undefined> {
      for (const { file } of await filesOf(on, { kind: "read-batch", value: batch })) {
        const [row] = await read(file, { column: batchTable.columns[0]!.name, value: batch });
        if (row) return Buffer.from(row.hashes as Uint8Array);
      }
      return undefined;
    },

    /** Reads of values that a correction found to be wrong, added to those found in the database. */
    async addUses(on: Queryable, correction: Correction, given: { subjects: string[]; uses: Use[] }): Promise<Use[]> {
      const from = new Date(Math.min(...correction.fields.map(({ wrongSince }) => wrongSince.getTime())));
      const uses = new Map(given.uses.map((use) => [nameOf(use), use]));
      // A read of a record about several stands under each of them, and counts once.
      const seen = new Set<string>();
      for (const subject of new Set(given.subjects)) {
        for (const { file } of await filesOf(on, { kind: "read", value: subject, from })) {
          for (const row of await readsIn(file, subject)) {
            if (seen.has(row.id as string)) continue;
            seen.add(row.id as string);
            addUse(uses, correction, row);
          }
        }
      }
      return [...uses.values()];
    },
  };
}
export type ArchivedReads = ReturnType<typeof createArchivedReads>;

/** In the order of the log: newest first, and of one instant by identifier. */
function isBehind(row: ArchivedRow, [at, id]: [Date, string]): boolean {
  const difference = (row.at as Date).getTime() - at.getTime();
  return difference < 0 || (difference === 0 && (row.id as string) < id);
}

const nameOf = (use: Pick<Use, "body" | "person" | "case" | "service">) =>
  JSON.stringify([use.body, use.person, use.case, use.service]);

function addUse(uses: Map<string, Use>, correction: Correction, row: ArchivedRow): void {
  const at = row.at as Date;
  if (!row.found || row.register !== correction.register.declaration.register || at > correction.at) return;
  if ((row.key ?? row.subject) !== correction.key) return;
  const read = row.fields as string[];
  const wrong = correction.fields.filter(({ field, wrongSince }) => read.includes(field) && at >= wrongSince);
  if (wrong.length === 0) return;
  const of = {
    body: (row.reader_body ?? "") as string,
    person: (row.reader_person ?? "") as string,
    case: (row.case_id ?? "") as string,
    service: (row.service ?? "") as string,
  };
  const use = uses.get(nameOf(of)) ?? { ...of, fields: [], reads: 0, firstAt: at, lastAt: at };
  uses.set(nameOf(of), {
    ...use,
    fields: [...new Set([...use.fields, ...wrong.map(({ field }) => field)])].sort(),
    reads: use.reads + 1,
    firstAt: new Date(Math.min(Number(at), Number(use.firstAt))),
    lastAt: new Date(Math.max(Number(at), Number(use.lastAt))),
  });
}
