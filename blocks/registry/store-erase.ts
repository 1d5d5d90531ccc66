import { type Database, type Queryable, sql, type Transaction } from "@kerege/kernel/database";
import { HASH_SIZE } from "./batch-tree.ts";
import { eraseContents } from "./store-content.ts";
import { type CompiledRegister, quote } from "./store-sql.ts";

/** Records whose time of keeping is over: at an end for as long as the declared period (ISO 8601), with nothing known to come. */
export async function findExpired(
  database: Database,
  register: CompiledRegister,
  { after, today, limit }: { after: string; today: string; limit: number },
): Promise<string[]> {
  const key = quote(register.declaration.key);
  const rows = await database.rows<{ key: string }>({
    text: `select ${key} as key from ${register.table}
      where ended_on is not null and next_change_on is null and ended_on + $1::interval <= $2::date order by ${key} limit $3`,
    values: [after, today, limit],
  });
  return rows.map((row) => row.key);
}

export interface Erased {
  act: string;
  batch: string | null;
  place: number | null;
  leaf: Buffer | null;
}

/** Versions of records with their leaves. */
export async function findLeaves(tx: Queryable, register: CompiledRegister, keys: string[]): Promise<Erased[]> {
  const rows = await tx.rows<{ act: string; batch: string | null; place: number | null; hashes: Buffer | null }>({
    text: `select v.act, v.batch, v.leaf as place, b.hashes from ${register.versions} v left join registry.batch b on b.id = v.batch
      where v.${quote(register.declaration.key)} = any($1::text[])`,
    values: [keys],
  });
  return rows.map(({ hashes, ...row }) => ({
    ...row,
    leaf: hashes && row.place !== null ? hashes.subarray(row.place * HASH_SIZE, (row.place + 1) * HASH_SIZE) : null,
  }));
}

/** Removes records with all their versions; their acts keep what is no one's: that they were, and where their leaves are. */
export async function removeRecords(
  tx: Transaction,
  register: CompiledRegister,
  given: { keys: string[]; leaves: Erased[]; law: unknown; after: string; erasedBy: string; at: Date },
): Promise<void> {
  const { keys, leaves, erasedBy, at } = given;
  const name = register.declaration.register;
  const logged = leaves.filter((one) => one.batch !== null && one.leaf !== null);
  await tx.run(sql`insert into registry.erasure (batch, place, leaf, register, act, law, after_period, erased_by, erased_at)
    select batch, place, leaf, ${name}, act, ${JSON.stringify(given.law)}::jsonb, ${given.after}, ${erasedBy}, ${at}
    from unnest(${logged.map((one) => one.batch)}::uuid[], ${logged.map((one) => one.place)}::int[], ${logged.map((one) => one.leaf)}::bytea[],
      ${logged.map((one) => one.act)}::uuid[]) as u(batch, place, leaf, act)`);
  const key = quote(register.declaration.key);
  for (const table of [register.table, register.versions])
    await tx.run({ text: `delete from ${table} where ${key} = any($1::text[])`, values: [keys] });
  if (register.declaration.unique)
    await tx.run({ text: `delete from ${register.claims} where key = any($1::text[])`, values: [keys] });
  await eraseContents(tx, name, keys);
  await tx.run(
    sql`update registry.act set key = '' where act = any(${[...new Set(leaves.map((one) => one.act))]}::uuid[]) and register = ${name}`,
  );
  await tx.run(sql`delete from registry.merge where register = ${name} and (from_key = any(${keys}) or into_key = any(${keys}))`);
}
