import { type Database, sql } from "@kerege/kernel/database";
import type { FeedEntry } from "./door.ts";

interface Row {
  log_index: number;
  place: number;
  register: string;
  key: string;
  event: string;
  version: number;
  recorded_at: Date;
}

/** Changes of a register behind a place of the log, in the order of the log. What was erased since is left out. */
export async function findChanges(
  database: Database,
  asked: { register: string; index: number; place: number; limit: number },
): Promise<FeedEntry[]> {
  const rows = await database.rows<Row>(sql`select b.log_index, a.place, a.register, a.key, a.event, a.version, a.recorded_at
    from registry.batch b join registry.act a on a.batch = b.id
    where b.register = ${asked.register} and b.log_index >= ${asked.index} and (b.log_index > ${asked.index} or a.place > ${asked.place}) and a.key <> ''
    order by b.log_index, a.place limit ${asked.limit}`);
  return rows.map((row) => ({
    mark: `${row.log_index}.${row.place}`,
    register: row.register,
    key: row.key,
    event: row.event,
    version: row.version,
    recordedAt: row.recorded_at,
  }));
}

/** A batch on its way into the log of the state. */
export interface Unplaced {
  id: string;
  kind: "event" | "read";
  at: Date;
  leaves: number;
  root: Buffer;
}

/** Batches that have no place yet, the oldest first. */
export async function findUnplaced(database: Database, limit: number): Promise<Unplaced[]> {
  return database.rows(
    sql`select id, kind, at, leaves, root from registry.batch where log_index is null order by at, id limit ${limit}`,
  );
}

export async function notePlaces(database: Database, places: { id: string; index: number }[]): Promise<void> {
  await database.run(sql`update registry.batch b set log_index = u.log_index
    from unnest(${places.map(({ id }) => id)}::uuid[], ${places.map(({ index }) => index)}::int8[]) as u(id, log_index)
    where b.id = u.id and b.log_index is null`);
}
