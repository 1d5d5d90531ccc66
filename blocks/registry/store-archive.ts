import { type Database, name, type Queryable, sql, type Transaction } from "@kerege/kernel/database";
import type { ArchivedPart, ArchivedRow, ArchivedTable } from "./archive-file.ts";
import { HASH_SIZE } from "./batch-tree.ts";
import { monthOf, monthText } from "./store-partitions.ts";

const FETCH = 5000;
const DAY_MS = 86_400_000;

/** Identifiers are ordered by time (RFC 9562, 5.7): the first one of an instant. */
function idAt(instant: number): string {
  const time = instant.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`;
}

/** Batches of a month by the range of their identifiers, which may be made a moment before or after; their own instant decides. */
function bounds(month: Date) {
  const [from, until] = [month, monthOf(month, 1)];
  return { from, until, fromId: idAt(from.getTime() - DAY_MS), untilId: idAt(until.getTime() + DAY_MS) };
}

/** Whether some batch of a month has no place in the log yet. */
export async function waitsForLog(database: Database, month: Date): Promise<boolean> {
  const { from, until } = bounds(month);
  const row = await database.first(
    sql`select id from registry.batch where log_index is null and at >= ${from} and at < ${until} limit 1`,
  );
  return row !== undefined;
}

/** All rows of a month in the order of the file, some at a time. `held` is the leaf as the batch of a read has it. */
export async function* monthRows(tx: Transaction, kind: ArchivedTable["kind"], month: Date): AsyncGenerator<ArchivedRow[]> {
  const { from, until, fromId, untilId } = bounds(month);
  const partition = name("registry", `read_entry_${monthText(month).replace("-", "_")}`);
  const leaf = (place: string) => `substring(b.hashes from ${place} * ${HASH_SIZE} + 1 for ${HASH_SIZE})`;
  const batches = sql`b.id >= ${fromId}::uuid and b.id < ${untilId}::uuid and b.at >= ${from} and b.at < ${until} and b.hashes is not null`;
  const source = {
    read: {
      text: `select e.*, ${leaf("e.place")} as held from ${partition.quoted} e left join registry.batch b on b.id = e.batch
        order by e.subject collate "C", e.at desc, e.id desc`,
      values: [] as readonly unknown[],
    },
    "read-batch": sql`select b.* from registry.batch b where b.kind = 'read' and ${batches} order by b.id`,
    event: {
      text: `select a.*, ${leaf("a.place")} as leaf from registry.batch b join registry.act a on a.batch = b.id
        where b.kind = 'event' and ${batches.text} order by a.key collate "C", a.register, a.version, a.act`,
      values: batches.values,
    },
  }[kind];
  await tx.run({ text: `declare month_rows no scroll cursor for ${source.text}`, values: source.values });
  for (;;) {
    const rows = await tx.rows<ArchivedRow>({ text: `fetch ${FETCH} from month_rows`, values: [] });
    if (rows.length > 0) yield rows;
    if (rows.length < FETCH) break;
  }
  await tx.run({ text: "close month_rows", values: [] });
}

export async function noteParts(
  tx: Transaction,
  given: { kind: ArchivedTable["kind"]; month: Date; parts: ArchivedPart[]; at: Date },
): Promise<void> {
  const { kind, month, parts, at } = given;
  await tx.run(sql`insert into registry.archive (kind, month, part, file, rows, bytes, sha256, root, first, last, archived_at)
    select ${kind}, ${`${monthText(month)}-01`}::date, nr - 1, file, rows, bytes, sha256, root, first, last, ${at}
    from unnest(${parts.map((part) => part.file)}::text[], ${parts.map((part) => part.rows)}::int8[], ${parts.map((part) => part.bytes)}::int8[],
      ${parts.map((part) => part.sha256)}::bytea[], ${parts.map((part) => part.root)}::bytea[], ${parts.map((part) => part.first)}::text[],
      ${parts.map((part) => part.last)}::text[]) with ordinality as u(file, rows, bytes, sha256, root, first, last, nr)`);
}

/** The month that was archived last. */
export async function lastMonth(database: Database): Promise<Date | undefined> {
  const row = await database.first<{ month: string | null }>(
    sql`select max(month) as month from registry.archive where kind = 'read-batch'`,
  );
  return row?.month ? new Date(`${row.month}T00:00:00Z`) : undefined;
}

/** The leaves of batches of reads stand in the archive now; root, head and place in the log stay, so that chains stay whole. */
export async function clearHashes(database: Database, month: Date): Promise<void> {
  const { from, until, fromId, untilId } = bounds(month);
  for (let after = fromId; ; ) {
    const rows = await database.rows<{ id: string }>(sql`with chosen as materialized (
        select id, at, kind, hashes is not null as held from registry.batch where id > ${after}::uuid and id < ${untilId}::uuid order by id limit ${FETCH}
      ), cleared as (
        update registry.batch b set hashes = null from chosen c where b.id = c.id and c.held and c.kind = 'read' and c.at >= ${from} and c.at < ${until}
      )
      select id from chosen order by id`);
    if (rows.length < FETCH) return;
    after = rows.at(-1)!.id;
  }
}

/** Files in which rows of a value of their first column may be, the newest month first. */
export async function filesOf(
  on: Queryable,
  asked: { kind: ArchivedTable["kind"]; value: string; from?: Date; until?: Date },
): Promise<{ file: string; month: Date }[]> {
  const { kind, value } = asked;
  const [from, until] = [asked.from ?? null, asked.until ?? null];
  const rows = await on.rows<{ file: string; month: string }>(sql`select file, month from registry.archive
    where kind = ${kind} and first <= ${value} and last >= ${value}
      and (${from}::timestamptz is null or month + interval '1 month' > ${from} at time zone 'UTC')
      and (${until}::timestamptz is null or month <= ${until} at time zone 'UTC')
    order by month desc, part desc`);
  return rows.map((row) => ({ file: row.file, month: new Date(`${row.month}T00:00:00Z`) }));
}

/** Every file there is, as it was noted when its rows left. */
export async function archivedFiles(on: Queryable): Promise<{ kind: string; file: string; sha256: Buffer }[]> {
  return on.rows(sql`select kind, file, sha256 from registry.archive order by month, kind, part`);
}

/** Roots of batches as the database has them. */
export async function rootsOf(on: Queryable, ids: string[]): Promise<Map<string, Buffer>> {
  const rows = await on.rows<{ id: string; root: Buffer }>(
    sql`select id, root from registry.batch where id = any(${ids}::uuid[])`,
  );
  return new Map(rows.map(({ id, root }) => [id, root]));
}

/** Only one process archives at a time; undefined where another is at it. Lost with the connection, however the process ends. */
export async function aloneAtArchive<Result>(database: Database, work: () => Promise<Result>): Promise<Result | undefined> {
  return database.session(async (client) => {
    const { rows } = await client.query("select pg_try_advisory_lock(7317006) as mine");
    if (!rows[0].mine) return undefined;
    try {
      return await work();
    } finally {
      await client.query("select pg_advisory_unlock(7317006)");
    }
  });
}
