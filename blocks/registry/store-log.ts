import { actorKey } from "@kerege/kernel/actor";
import { type Database, sql } from "@kerege/kernel/database";
import type { ArchivedReads } from "./archive-reads.ts";
import { leavesIn, type ReadLeaf } from "./batch-tree.ts";
import type { Page, ReadEntry } from "./door.ts";
import { decodePlace, encodePlace, withMark } from "./page-mark.ts";
import { readerOf } from "./read-entry.ts";
import type { Row } from "./store.ts";
import type { CompiledRegister } from "./store-sql.ts";

/** Entries about a subject, newest first, those of archived months behind them. `seenAt`: only what the subject may see at that instant. */
export async function readEntries(
  { database, archived }: { database: Database; archived: ArchivedReads },
  asked: { subject: string; record?: { register: string; key: string }; seenAt?: Date; after?: string; limit: number },
): Promise<Page<ReadEntry>> {
  const { subject, record, seenAt, after, limit } = asked;
  const place = after === undefined ? [null, null] : decodePlace(after, 2);
  const shown = seenAt ?? null;
  const about = record
    ? sql`subject = ${subject} and register = ${record.register} and coalesce(key, subject) = ${record.key}`
    : sql`subject = ${subject}`;
  const page =
    after === undefined
      ? sql`select * from registry.read_entry where ${about} and (${shown}::timestamptz is null or shown_from is null or shown_from <= ${shown})
          order by at desc, id desc limit ${limit + 1}`
      : sql`select * from registry.read_entry where ${about} and (at, id) < (${place[0]}::timestamptz, ${place[1]}::uuid)
          and (${shown}::timestamptz is null or shown_from is null or shown_from <= ${shown}) order by at desc, id desc limit ${limit + 1}`;
  // One statement, so that a month that is taken into the archive meanwhile is seen in exactly one of the two places.
  const held = await withMark(after, () =>
    database.rows<Row>(sql`with page as (${page}), kept as (
        select coalesce(array_agg(file order by month desc, part desc), '{}') as files from registry.archive
        where kind = 'read' and first <= ${subject} and last >= ${subject}
      )
      select kept.files, page.* from kept left join page on true order by page.at desc, page.id desc`),
  );
  const rows = held.filter((row) => row.id !== null);
  const files = held[0]!.files as string[];
  if (rows.length <= limit && files.length > 0) {
    const behind: [Date, string] | undefined = after === undefined ? undefined : [new Date(String(place[0])), String(place[1])];
    rows.push(...(await archived.rows(files, { subject, record, seenAt: shown, after: behind, limit: limit + 1 - rows.length })));
  }
  const given = rows.slice(0, limit);
  const last = given.at(-1);
  return {
    rows: given.map(toReadEntry),
    next: rows.length > limit && last ? encodePlace([(last.at as Date).toISOString(), last.id]) : undefined,
  };
}

export interface Logged {
  leaf: ReadLeaf;
  /** Body of the reader; null where it was a person. */
  body: string | null;
  shownFrom: Date | null;
  batch: string;
  place: number;
  /** All leaves of the batch; none where they are gone. */
  hashes: Buffer[];
  root: Buffer;
}

/** An entry about a subject with the batch it was sealed in; nothing for entries made before reads were sealed. */
export async function loggedEntry(
  { database, archived }: { database: Database; archived: ArchivedReads },
  { subject, id }: { subject: string; id: string },
): Promise<Logged | undefined> {
  const held = await database.first<Row>(sql`select * from registry.read_entry where subject = ${subject} and id = ${id}::uuid`);
  const row = held ?? (await archived.entry(database, { subject, id }));
  if (!row?.batch) return undefined;
  const batch = await database.first<{ hashes: Buffer | null; root: Buffer }>(
    sql`select hashes, root from registry.batch where id = ${row.batch}::uuid`,
  );
  const hashes = batch?.hashes ?? (await archived.hashes(database, row.batch as string));
  const entry = toReadEntry(row);
  const { reader, ...rest } = entry;
  return {
    leaf: { ...rest, key: (row.key ?? row.subject) as string, reader: actorKey(reader) },
    body: reader.kind === "person" ? null : reader.body,
    shownFrom: (row.shown_from ?? null) as Date | null,
    batch: row.batch as string,
    place: row.place as number,
    hashes: leavesIn(hashes),
    root: batch?.root ?? Buffer.alloc(0),
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
    case: (row.case_id ?? null) as string | null,
    service: (row.service ?? null) as string | null,
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
