import { type Database, sql, type Transaction } from "@kerege/kernel/database";
import { HASH_SIZE } from "./batch-tree.ts";

const FETCH = 2000;

/** All reads that are in the database, each with the leaf its batch has for it (`held`); those made before reads were sealed left out. */
export async function* sealedReads(tx: Transaction): AsyncGenerator<Record<string, unknown>[]> {
  await tx.run({
    text: `declare sealed no scroll cursor for select e.*, substring(b.hashes from e.place * ${HASH_SIZE} + 1 for ${HASH_SIZE}) as held
      from registry.read_entry e left join registry.batch b on b.id = e.batch and b.kind = 'read' where e.batch is not null`,
    values: [],
  });
  for (;;) {
    const rows = await tx.rows({ text: `fetch ${FETCH} from sealed`, values: [] });
    if (rows.length > 0) yield rows;
    if (rows.length < FETCH) break;
  }
  await tx.run({ text: "close sealed", values: [] });
}

/** Batches of reads whose leaves are not all there, one read for each place; a read stands there once for each it is about. */
export async function unequalReadBatches(database: Database): Promise<string[]> {
  const rows = await database.rows<{ id: string }>(sql`with held as (
      select batch, count(distinct id) as leaves, count(distinct place) as places from registry.read_entry where batch is not null group by batch
    )
    select b.id from registry.batch b left join held on held.batch = b.id
    where b.kind = 'read' and b.hashes is not null and (held.leaves is distinct from b.leaves or held.places is distinct from b.leaves) limit 20`);
  return rows.map((row) => row.id);
}
