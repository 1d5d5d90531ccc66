import path from "node:path";
import type { Means } from "@kerege/kernel/block";
import { type ArchivedPart, type ArchivedRow, type ArchivedTable, writeArchive } from "./archive-file.ts";
import { batchTable, eventTable, readTable } from "./archive-tables.ts";
import { problem } from "./problems.ts";
import { aloneAtArchive, clearHashes, lastMonth, monthRows, noteParts, waitsForLog } from "./store-archive.ts";
import { dropMonth, findMonthsBefore, makePartitions, monthOf, monthText } from "./store-partitions.ts";

const JOB = "registry.archive";
const MONTHS_AHEAD = 4;
const DAY_MS = 86_400_000;
const SOON_MS = 120_000;
const tables = [readTable, batchTable, eventTable];

export function archiveFolder(dataFolder: string): string {
  return path.join(dataFolder, "archive");
}

/**
 * Months of the log: made ahead, and when they are old written into Parquet files, read back and compared, and only then taken out of
 * the database. The files and the rows change places in one transaction, so that whoever reads finds every entry once, whenever the
 * work is cut; what was cut is begun again.
 * @param given.monthsKept whole months before this one that stay in the database
 */
export function createArchive(
  means: Pick<Means, "database" | "clock" | "dataFolder" | "jobs" | "log">,
  { monthsKept }: { monthsKept: number },
) {
  const { database, clock } = means;
  const folder = archiveFolder(means.dataFolder);

  const archiveMonth = async (month: Date): Promise<boolean> => {
    // A proof leads to the log: what is not there yet stays.
    if (await waitsForLog(database, month)) return false;
    const made: { kind: ArchivedTable["kind"]; parts: ArchivedPart[] }[] = [];
    for (const table of tables) {
      const into = path.join(table.kind, monthText(month));
      const parts = await database.transaction((tx) =>
        writeArchive(table, checked(monthRows(tx, table.kind, month), month), { folder, into }),
      );
      made.push({ kind: table.kind, parts });
    }
    await database.transaction(async (tx) => {
      const held = await dropMonth(tx, month);
      const written = made[0]!.parts.reduce((sum, { rows }) => sum + rows, 0);
      if (held !== written) throw problem("archive-differs", { params: { file: monthText(month) } });
      for (const { kind, parts } of made) await noteParts(tx, { kind, month, parts, at: clock.now() });
    });
    await clearHashes(database, month);
    return true;
  };

  /** Archives what is old: the months (`2026-08`) that were. */
  const archive = () =>
    aloneAtArchive(database, async () => {
      const last = await lastMonth(database);
      if (last) await clearHashes(database, last);
      const done: string[] = [];
      for (const month of await findMonthsBefore(database, monthOf(clock.now(), -monthsKept))) {
        // The list of reads goes from the tables on into the files: no month leaves before an older one.
        if (!(await archiveMonth(month))) break;
        done.push(monthText(month));
      }
      return done;
    });

  means.jobs.perform(JOB, async () => {
    await archive();
  });

  return {
    archive,
    /** Partitions of the months to come, now and every day; the old ones are archived by a job. */
    async begin(): Promise<() => void> {
      await makePartitions(database, clock.now(), MONTHS_AHEAD);
      const round = async () => {
        await makePartitions(database, clock.now(), MONTHS_AHEAD);
        await database.transaction((tx) => means.jobs.ask(tx, { name: JOB, body: {} }));
      };
      const turn = () => void round().catch((error) => means.log.fault("months not turned", error));
      // Soon after a start too: a server that is started anew every day must do it as well.
      let timer = setTimeout(() => {
        turn();
        timer = setInterval(turn, DAY_MS).unref();
      }, SOON_MS).unref();
      return () => clearInterval(timer);
    },
  };
}

/** Rows on their way into a file; a read that is not what its batch was sealed with stays where it is and is told. */
async function* checked(rows: AsyncIterable<ArchivedRow[]>, month: Date): AsyncGenerator<ArchivedRow[]> {
  for await (const some of rows) {
    for (const row of some) {
      if (row.held && !readTable.leafOf(row).equals(row.held as Buffer))
        throw problem("archive-differs", { params: { file: `${monthText(month)} ${row.id}` } });
    }
    yield some;
  }
}
