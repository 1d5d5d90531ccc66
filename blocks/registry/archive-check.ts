import { existsSync } from "node:fs";
import path from "node:path";
import type { Database } from "@kerege/kernel/database";
import { hashOf, readArchive } from "./archive-file.ts";
import { batchTable } from "./archive-tables.ts";
import { leavesIn, treeRoot } from "./batch-tree.ts";
import type { Inconsistency } from "./consistency.ts";
import { archivedFiles, rootsOf } from "./store-archive.ts";

/**
 * Whether every file of the archive is there and is what it was when its rows left the database, and whether the leaves of archived
 * batches still give the roots that stand in the log.
 * @param folder of the archive
 */
export async function checkArchive(database: Database, folder: string): Promise<{ files: number; faults: Inconsistency[] }> {
  const faults: Inconsistency[] = [];
  const files = await archivedFiles(database);
  for (const { kind, file, sha256 } of files) {
    const place = path.join(folder, file);
    if (!existsSync(place) || !(await hashOf(place)).equals(sha256)) {
      faults.push({ what: "archive-file", at: file });
      continue;
    }
    if (kind !== batchTable.kind) continue;
    for await (const rows of readArchive(place)) {
      const roots = await rootsOf(
        database,
        rows.map((row) => row.id as string),
      );
      for (const row of rows) {
        const id = row.id as string;
        const root = treeRoot(leavesIn(Buffer.from(row.hashes as Uint8Array)));
        if (!roots.get(id)?.equals(root)) faults.push({ what: "batch-root", at: id });
      }
    }
  }
  return { files: files.length, faults };
}
