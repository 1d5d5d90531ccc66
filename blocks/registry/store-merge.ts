import { type Queryable, sql, type Transaction } from "@kerege/kernel/database";
import type { Merge } from "./door-writing.ts";

interface Row {
  id: string;
  register: string;
  from_key: string;
  into_key: string;
  reason: string;
  proposed_by: string;
  proposed_at: Date;
  state: Merge["state"];
  decided_by: string | null;
  decided_at: Date | null;
}

const toMerge = (row: Row): Merge => ({
  id: row.id,
  register: row.register,
  from: row.from_key,
  into: row.into_key,
  reason: row.reason,
  proposedBy: row.proposed_by,
  proposedAt: row.proposed_at,
  state: row.state,
  decidedBy: row.decided_by,
  decidedAt: row.decided_at,
});

export async function addMerge(database: Queryable, merge: Merge): Promise<void> {
  await database.run(sql`insert into registry.merge (from_key, id, register, into_key, reason, proposed_by, proposed_at, state)
    values (${merge.from}, ${merge.id}, ${merge.register}, ${merge.into}, ${merge.reason}, ${merge.proposedBy}, ${merge.proposedAt}, 'proposed')`);
}

export async function findMerge(database: Queryable, id: string): Promise<Merge | undefined> {
  const row = await database.first<Row>(sql`select * from registry.merge where id = ${id}`);
  return row && toMerge(row);
}

/** Newest first. */
export async function listMerges(
  database: Queryable,
  { register, state, limit }: { register: string; state: Merge["state"] | null; limit: number },
): Promise<Merge[]> {
  const rows = await database.rows<Row>(sql`select * from registry.merge
    where register = ${register} and (${state}::text is null or state = ${state}) order by proposed_at desc, id desc limit ${limit}`);
  return rows.map(toMerge);
}

/** Record into which another went; nothing when it did not. */
export async function findMergedInto(database: Queryable, register: string, key: string): Promise<string | undefined> {
  const row = await database.first<{ into_key: string }>(
    sql`select into_key from registry.merge where from_key = ${key} and register = ${register} and state = 'accepted'`,
  );
  return row?.into_key;
}

/** True when it was open until now. */
export async function closeMerge(
  tx: Transaction | Queryable,
  merge: Pick<Merge, "id" | "from" | "state" | "decidedBy" | "decidedAt">,
): Promise<boolean> {
  const changed =
    await tx.run(sql`update registry.merge set state = ${merge.state}, decided_by = ${merge.decidedBy}, decided_at = ${merge.decidedAt}
    where from_key = ${merge.from} and id = ${merge.id} and state = 'proposed'`);
  return changed === 1;
}
