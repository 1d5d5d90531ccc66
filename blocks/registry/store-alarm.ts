import type { Actor } from "@kerege/kernel/actor";
import { type Queryable, sql } from "@kerege/kernel/database";
import type { Page } from "./door.ts";
import type { Alarm } from "./door-alarm.ts";
import { decodePlace, encodePlace, withMark } from "./page-mark.ts";
import { type ReaderColumns, readerColumns, readerOf } from "./read-entry.ts";

type Row = Record<string, unknown>;

/** An alarm as it is raised. */
export type Raised = Omit<Alarm, "reads" | "differs" | "acknowledged"> &
  Partial<Pick<Alarm, "reads" | "differs">> & { owner: string; reader: Actor };

/** One alarm stands for all failed proofs of the same thing until somebody has looked. */
export async function addAlarm(on: Queryable, one: Raised): Promise<void> {
  const [kind, body, name, person] = readerColumns(one.reader);
  const told = JSON.stringify({ reads: one.reads ?? null, differs: one.differs ?? null });
  await on.run(sql`insert into registry.alarm
    (owner, id, kind, at, register, keys, ground, reason, reader_kind, reader_body, reader_name, reader_person, told)
    select ${one.owner}, ${one.id}::uuid, ${one.kind}, ${one.at}::timestamptz, ${one.register}, ${one.keys}::text[], ${one.ground}, ${one.reason},
      ${kind}, ${body}, ${name}, ${person}, ${told}::jsonb
    where ${one.kind} <> 'tampered' or not exists (select from registry.alarm a where a.owner = ${one.owner} and a.acknowledged_at is null
      and a.kind = 'tampered' and a.register = ${one.register} and a.keys = ${one.keys}::text[] and a.told = ${told}::jsonb)`);
}

export async function findAlarm(on: Queryable, given: { owner: string; id: string }): Promise<Alarm | undefined> {
  const row = await on.first<Row>(sql`select * from registry.alarm where owner = ${given.owner} and id = ${given.id}::uuid`);
  return row && toAlarm(row);
}

/** Of a body, newest first. */
export async function alarmsOf(
  on: Queryable,
  given: { owner: string; acknowledged: boolean; after?: string; limit: number },
): Promise<Page<Alarm>> {
  const [place] = given.after === undefined ? [null] : decodePlace(given.after, 1);
  const rows = await withMark(given.after, () =>
    on.rows<Row>(sql`select * from registry.alarm where owner = ${given.owner} and (acknowledged_at is not null) = ${given.acknowledged}
      and (${place}::uuid is null or id < ${place}::uuid) order by id desc limit ${given.limit + 1}`),
  );
  const page = rows.slice(0, given.limit);
  return { rows: page.map(toAlarm), next: rows.length > given.limit ? encodePlace([page.at(-1)!.id]) : undefined };
}

export async function countOpen(on: Queryable, given: { owner: string; most: number }): Promise<number> {
  const row = await on.first<{ open: number }>(sql`select count(*)::int as open from
    (select 1 from registry.alarm where owner = ${given.owner} and acknowledged_at is null limit ${given.most}) as waiting`);
  return row!.open;
}

/** False where somebody was first. */
export async function acknowledge(
  on: Queryable,
  given: { owner: string; id: string; by: string; at: Date; remark: string },
): Promise<boolean> {
  const changed =
    await on.run(sql`update registry.alarm set acknowledged_at = ${given.at}, acknowledged_by = ${given.by}, remark = ${given.remark}
    where owner = ${given.owner} and id = ${given.id}::uuid and acknowledged_at is null`);
  return changed > 0;
}

export function toAlarm(row: Row): Alarm {
  const told = row.told as Pick<Alarm, "reads" | "differs">;
  return {
    id: row.id as string,
    kind: row.kind as Alarm["kind"],
    at: row.at as Date,
    register: row.register as string,
    keys: row.keys as string[],
    ground: row.ground as string | null,
    reason: row.reason as string | null,
    reader: readerOf([row.reader_kind, row.reader_body, row.reader_name, row.reader_person] as ReaderColumns),
    reads: told.reads,
    differs: told.differs,
    acknowledged:
      row.acknowledged_at === null
        ? null
        : { by: row.acknowledged_by as string, at: row.acknowledged_at as Date, remark: row.remark as string },
  };
}
