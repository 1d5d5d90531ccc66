import type { Database } from "@kerege/kernel/database";
import { checkArchive } from "./archive-check.ts";
import { leafOfRead } from "./archive-tables.ts";
import { checkChains, checkRegister, type Inconsistency } from "./consistency.ts";
import type { RegisterDeclaration } from "./declaration.ts";
import { sealedReads, unequalReadBatches } from "./store-consistency-reads.ts";
import { compileRegister } from "./store-sql.ts";

const MOST = 100;

export interface WholeCheck {
  records: number;
  versions: number;
  reads: number;
  batches: number;
  /** At most some hundred; none where all is well. */
  faults: Inconsistency[];
}

/**
 * The whole state of the registers: every event with its versions, act, leaf and batch, every read with its leaf and batch, every
 * chain, and nothing of these without the others. Reads of archived months stand in files: with the folder of the archive these are
 * looked at too.
 * @param today `YYYY-MM-DD`
 */
export async function checkWhole(
  database: Database,
  { registers, today, archive }: { registers: RegisterDeclaration[]; today: string; archive?: string },
): Promise<WholeCheck> {
  const found: WholeCheck = { records: 0, versions: 0, reads: 0, batches: 0, faults: [] };
  for (const declaration of registers) {
    const { records, versions, faults } = await checkRegister(database, compileRegister(declaration), today);
    found.records += records;
    found.versions += versions;
    found.faults.push(...faults);
  }
  const reads = await checkReads(database);
  const chains = await checkChains(database);
  found.reads = reads.reads;
  found.batches = chains.batches;
  found.faults.push(...reads.faults, ...chains.faults);
  if (archive !== undefined) found.faults.push(...(await checkArchive(database, archive)).faults);
  return found;
}

/** Whether every read has its leaf in its batch, and every batch of reads all of its reads. */
async function checkReads(database: Database): Promise<{ reads: number; faults: Inconsistency[] }> {
  const faults: Inconsistency[] = [];
  const reads = await database.transaction(async (tx) => {
    let count = 0;
    for await (const rows of sealedReads(tx)) {
      count += rows.length;
      for (const row of rows) {
        if (!row.held) faults.push({ what: "no-batch", at: row.id as string });
        else if (!leafOfRead(row).equals(row.held as Buffer)) faults.push({ what: "leaf", at: row.id as string });
      }
      if (faults.length >= MOST) break;
    }
    return count;
  });
  for (const batch of await unequalReadBatches(database)) faults.push({ what: "batch-leaves", at: batch });
  return { reads, faults };
}
