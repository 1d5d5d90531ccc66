import { type Database, name, sql, type Transaction } from "@kerege/kernel/database";

/** First instant of a month in UTC, so many months after (or before) that of `from`. */
export function monthOf(from: Date, months = 0): Date {
  return new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1));
}

/** `2026-11` */
export function monthText(month: Date): string {
  return month.toISOString().slice(0, 7);
}

const partitionOf = (month: Date) => `read_entry_${monthText(month).replace("-", "_")}`;

/** Makes the partitions of the read log from the month of `from` on. */
export async function makePartitions(database: Database, from: Date, months: number): Promise<void> {
  for (let ahead = 0; ahead < months; ahead++) {
    const [start, end] = [monthOf(from, ahead), monthOf(from, ahead + 1)];
    await database.run({
      text: `create table if not exists registry.${partitionOf(start)} partition of registry.read_entry for values from ('${start.toISOString()}') to ('${end.toISOString()}')`,
      values: [],
    });
  }
}

/** Months of the read log that are in the database and lie before a month, the oldest first. */
export async function findMonthsBefore(database: Database, month: Date): Promise<Date[]> {
  const rows = await database.rows<{
    name: string;
  }>(sql`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'registry.read_entry'::regclass order by c.relname`);
  return rows.map((row) => new Date(`${row.name.slice(-7).replace("_", "-")}-01T00:00:00Z`)).filter((one) => one < month);
}

/**
 * Takes a month out of the read log and away. Nobody can read the log between the two: the lock on it is held to the end of the
 * transaction. Gives the number of rows it had.
 */
export async function dropMonth(tx: Transaction, month: Date): Promise<number> {
  const partition = name("registry", partitionOf(month));
  await tx.run(sql`lock table registry.read_entry in access exclusive mode`);
  const held = await tx.first<{ rows: number }>(sql`select count(*) as rows from ${partition}`);
  await tx.run(sql`alter table registry.read_entry detach partition ${partition}`);
  await tx.run(sql`drop table ${partition}`);
  return held!.rows;
}
