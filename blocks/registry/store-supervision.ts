import { type Queryable, sql } from "@kerege/kernel/database";
import type { Page } from "./door.ts";
import type { SupervisedAlarm, SupervisedBody } from "./door-alarm.ts";
import { decodePlace, encodePlace, withMark } from "./page-mark.ts";
import { toAlarm } from "./store-alarm.ts";

/** Of all bodies, newest first. */
export async function alarmsOfAll(
  on: Queryable,
  given: { acknowledged: boolean; owner?: string | undefined; after?: string | undefined; limit: number },
): Promise<Page<SupervisedAlarm>> {
  const [place] = given.after === undefined ? [null] : decodePlace(given.after, 1);
  const owner = given.owner ?? null;
  const rows = await withMark(given.after, () =>
    on.rows<Record<string, unknown>>(sql`select * from registry.alarm where (acknowledged_at is not null) = ${given.acknowledged}
      and (${owner}::text is null or owner = ${owner}::text)
      and (${place}::uuid is null or id < ${place}::uuid) order by id desc limit ${given.limit + 1}`),
  );
  const page = rows.slice(0, given.limit).map((row) => ({ ...toAlarm(row), owner: row.owner as string }));
  return { rows: page, next: rows.length > given.limit ? encodePlace([page.at(-1)!.id]) : undefined };
}

/** Bodies with alarms: those first whose oldest waits longest. */
export async function bodiesWithAlarms(on: Queryable): Promise<SupervisedBody[]> {
  const rows = await on.rows<{ owner: string; waiting: number; looked: number; oldest: Date | null }>(sql`
    select owner, count(*) filter (where acknowledged_at is null)::int as waiting,
      count(*) filter (where acknowledged_at is not null)::int as looked, min(at) filter (where acknowledged_at is null) as oldest
    from registry.alarm group by owner order by oldest nulls last, owner`);
  return rows.map(({ owner, waiting, looked, oldest }) => ({ owner, waiting, lookedAt: looked, oldestAt: oldest }));
}
