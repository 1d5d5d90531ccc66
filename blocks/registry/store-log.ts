import { actorKey } from "@kerege/kernel/actor";
import { type Database, sql } from "@kerege/kernel/database";
import { HASH_SIZE, type ReadLeaf } from "./batch-tree.ts";
import type { Page, ReadEntry } from "./door.ts";
import { decodePlace, encodePlace, withMark } from "./page-mark.ts";
import { readerOf } from "./read-entry.ts";
import type { Row } from "./store.ts";
import type { CompiledRegister } from "./store-sql.ts";

/** Entries about a subject, newest first. `seenAt`: only what the subject may see at that instant. */
export async function readEntries(
  database: Database,
  { subject, seenAt, after, limit }: { subject: string; seenAt?: Date; after?: string; limit: number },
): Promise<Page<ReadEntry>> {
  const place = after === undefined ? [null, null] : decodePlace(after, 2);
  const shown = seenAt ?? null;
  const rows = await withMark(after, () =>
    database.rows<Row>(
      after === undefined
        ? sql`select * from registry.read_entry where subject = ${subject} and (${shown}::timestamptz is null or shown_from is null or shown_from <= ${shown})
            order by at desc, id desc limit ${limit + 1}`
        : sql`select * from registry.read_entry where subject = ${subject} and (at, id) < (${place[0]}::timestamptz, ${place[1]}::uuid)
            and (${shown}::timestamptz is null or shown_from is null or shown_from <= ${shown}) order by at desc, id desc limit ${limit + 1}`,
    ),
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map(toReadEntry),
    next: rows.length > limit && last ? encodePlace([(last.at as Date).toISOString(), last.id]) : undefined,
  };
}

export interface Logged {
  leaf: ReadLeaf;
  shownFrom: Date | null;
  batch: string;
  place: number;
  leaves: number;
  /** Leaves of the batch. */
  hashes: Buffer[];
  root: Buffer;
  /** Place of the batch in the log of the state, once it is there. */
  logIndex: number | null;
}

/** An entry about a subject with the batch it was sealed in; nothing for entries made before reads were sealed. */
export async function loggedEntry(
  database: Database,
  { subject, id }: { subject: string; id: string },
): Promise<Logged | undefined> {
  const row = await database.first<Row>(sql`select e.*, b.leaves, b.hashes, b.root, b.log_index from registry.read_entry e
    join registry.batch b on b.id = e.batch where e.subject = ${subject} and e.id = ${id}::uuid`);
  if (!row) return undefined;
  const entry = toReadEntry(row);
  const hashes = row.hashes as Buffer;
  const { reader, ...rest } = entry;
  return {
    leaf: { ...rest, key: (row.key ?? row.subject) as string, reader: actorKey(reader) },
    shownFrom: row.shown_from as Date | null,
    batch: row.batch as string,
    place: row.place as number,
    leaves: row.leaves as number,
    hashes: Array.from({ length: row.leaves as number }, (_, at) => hashes.subarray(at * HASH_SIZE, (at + 1) * HASH_SIZE)),
    root: row.root as Buffer,
    logIndex: row.log_index as number | null,
  };
}

function toReadEntry(row: Row): ReadEntry {
  return {
    id: row.id as string,
    at: row.at as Date,
    reader: readerOf([
      row.reader_kind as string,
      row.reader_body as string,
      row.reader_name as string,
      row.reader_person as string,
    ]),
    register: row.register as string,
    fields: row.fields as string[],
    ground: row.ground as string,
    case: row.case_id as string | null,
    service: row.service as string | null,
    found: row.found as boolean,
    reason: (row.reason ?? null) as string | null,
  };
}

export async function count(database: Database, register: CompiledRegister): Promise<number> {
  const row = await database.first<{ count: number }>({
    text: `select count(*)::int8 as count from ${register.table}`,
    values: [],
  });
  return row!.count;
}
