import { type Database, sql } from "@kerege/kernel/database";
import { HASH_SIZE } from "./batch-tree.ts";
import { type CompiledRegister, quote } from "./store-sql.ts";

type Row = Record<string, unknown>;

/** A version with all it was written with. */
export interface WholeVersion {
  row: Row;
  batchRegister: string | null;
  hashes: Buffer | null;
  actKey: string | null;
  actRegister: string | null;
  actVersion: number | null;
  actBatch: string | null;
}

/** Keys of current rows, page by page. */
export async function pageOfKeys(
  database: Database,
  register: CompiledRegister,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const key = quote(register.declaration.key);
  const rows = await database.rows<{ key: string }>({
    text: `select ${key} as key from ${register.table} where ${key} > $1 order by ${key} limit $2`,
    values: [after, limit],
  });
  return rows.map((row) => row.key);
}

export async function wholeVersions(database: Database, register: CompiledRegister, keys: string[]): Promise<WholeVersion[]> {
  const key = quote(register.declaration.key);
  const rows = await database.rows<Row>({
    text: `select v.*, b.register as "+batch_register", substring(b.hashes from v.leaf * ${HASH_SIZE} + 1 for ${HASH_SIZE}) as "+leaf",
        a.key as "+act_key", a.register as "+act_register", a.version as "+act_version", a.batch as "+act_batch"
      from ${register.versions} v left join registry.batch b on b.id = v.batch left join registry.act a on a.act = v.act
      where v.${key} = any($1::text[]) order by v.${key}, v.version`,
    values: [keys],
  });
  return rows.map((row) => ({
    row,
    batchRegister: row["+batch_register"] as string | null,
    hashes: row["+leaf"] as Buffer | null,
    actKey: row["+act_key"] as string | null,
    actRegister: row["+act_register"] as string | null,
    actVersion: row["+act_version"] as number | null,
    actBatch: row["+act_batch"] as string | null,
  }));
}

/** Versions without a current row. */
export async function orphanVersions(database: Database, register: CompiledRegister): Promise<string[]> {
  const key = quote(register.declaration.key);
  const rows = await database.rows<{ key: string }>({
    text: `select distinct v.${key} as key from ${register.versions} v
      where not exists (select from ${register.table} r where r.${key} = v.${key}) limit 20`,
    values: [],
  });
  return rows.map((row) => row.key);
}

/** Acts without their version, those of erased records left out. */
export async function orphanActs(database: Database, register: CompiledRegister): Promise<string[]> {
  const key = quote(register.declaration.key);
  const rows = await database.rows<{ act: string }>({
    text: `select a.act from registry.act a left join ${register.versions} v on v.${key} = a.key and v.version = a.version and v.act = a.act
      where a.register = $1 and a.key <> '' and v.version is null limit 20`,
    values: [register.declaration.register],
  });
  return rows.map((row) => row.act);
}

/** Batches of a register whose leaves are not all there as a version or as an erasure; an erasing itself is its own leaf. */
export async function unequalBatches(database: Database, register: CompiledRegister): Promise<string[]> {
  const rows = await database.rows<{ id: string }>({
    text: `with held as (select batch, count(*) as leaves from ${register.versions} where batch is not null group by batch),
        gone as (select batch, count(*) as leaves from registry.erasure where register = $1 group by batch)
      select b.id from registry.batch b left join held on held.batch = b.id left join gone on gone.batch = b.id
      where b.register = $1 and not exists (select from registry.erasure e where e.erased_by = b.id)
        and coalesce(held.leaves, 0) + coalesce(gone.leaves, 0) <> b.leaves limit 20`,
    values: [register.declaration.register],
  });
  return rows.map((row) => row.id);
}

export interface ChainedBatch {
  id: string;
  chain: string;
  seq: number;
  at: Date;
  leaves: number;
  root: Buffer;
  head: Buffer;
  /** Not here where they are in the archive. */
  hashes: Buffer | null;
}

/** All batches, chain by chain, page by page. */
export async function pageOfChains(
  database: Database,
  after: { chain: string; seq: number },
  limit: number,
): Promise<ChainedBatch[]> {
  return database.rows(sql`select id, chain, seq, at, leaves, root, head, hashes from registry.batch
    where (chain, seq) > (${after.chain}::uuid, ${after.seq}::int8) order by chain, seq limit ${limit}`);
}

/** What is claimed in a register, for some records. */
export async function claimsOfKeys(
  database: Database,
  register: CompiledRegister,
  claims: { value: string; rule: string }[],
): Promise<{ value: string; rule: string; key: string }[]> {
  return database.rows({
    text: `select c.value, c.rule, c.key from unnest($1::text[], $2::text[]) as u(value, rule) join ${register.claims} c on c.value = u.value and c.rule = u.rule`,
    values: [claims.map(({ value }) => value), claims.map(({ rule }) => rule)],
  });
}
