import { type Queryable, sql } from "@kerege/kernel/database";

/** Gone with every new one: more than one, so that none stay behind for long. */
const CLEARED = 20;

export async function insertAsked(
  on: Queryable,
  asked: { id: string; sealed: string; at: Date; expiresAt: Date },
): Promise<void> {
  await on.run(sql`
    with over as (
      delete from registry.asked where id in (
        select id from registry.asked where expires_at <= ${asked.at} order by expires_at limit ${CLEARED} for update skip locked)
    )
    insert into registry.asked (id, sealed, expires_at) values (${asked.id}, ${asked.sealed}, ${asked.expiresAt})`);
}

export async function findAsked(on: Queryable, { id, at }: { id: string; at: Date }): Promise<string | undefined> {
  const row = await on.first<{ sealed: string }>(sql`select sealed from registry.asked where id = ${id} and expires_at > ${at}`);
  return row?.sealed;
}
