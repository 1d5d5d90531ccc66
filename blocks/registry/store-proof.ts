import { type Database, sql } from "@kerege/kernel/database";
import { leavesIn } from "./batch-tree.ts";
import { type CompiledRegister, quote } from "./store-sql.ts";

/** Where a leaf stands, with all leaves of its batch. */
export interface Sealed {
  batch: string;
  place: number;
  /** None where the batch is gone. */
  hashes: Buffer[];
  root: Buffer;
}

/** A version with all its columns, and the batch it was sealed in; nothing for one made before events were sealed. */
export async function sealedVersion(
  database: Database,
  register: CompiledRegister,
  { key, version }: { key: string; version: number },
): Promise<{ row: Record<string, unknown>; sealed: Sealed } | undefined> {
  const row = await database.first<Record<string, unknown>>({
    text: `select v.*, b.hashes as "+hashes", b.root as "+root" from ${register.versions} v left join registry.batch b on b.id = v.batch
      where v.${quote(register.declaration.key)} = $1 and v.version = $2`,
    values: [key, version],
  });
  if (!row?.batch) return undefined;
  const root = (row["+root"] as Buffer | null) ?? Buffer.alloc(0);
  const hashes = leavesIn(row["+hashes"] as Buffer | null);
  return { row, sealed: { batch: row.batch as string, place: row.leaf as number, hashes, root } };
}

/** The first batch of one leaf, which the log proves by itself, at a place of the log or behind it. */
export async function singleBatchFrom(database: Database, place: number): Promise<string | undefined> {
  const row = await database.first<{ id: string }>(
    sql`select id from registry.batch where log_index >= ${place} and leaves = 1 order by log_index limit 1`,
  );
  return row?.id;
}
