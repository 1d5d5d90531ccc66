import type { Database } from "@kerege/kernel/database";

/** Makes the partitions of the read log from the month of `from` on. */
export async function makePartitions(database: Database, from: Date, months: number): Promise<void> {
  const first = Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), 1);
  for (let ahead = 0; ahead < months; ahead++) {
    const start = new Date(first);
    start.setUTCMonth(start.getUTCMonth() + ahead);
    const end = new Date(start);
    end.setUTCMonth(end.getUTCMonth() + 1);
    const [a, b] = [start.toISOString().slice(0, 10), end.toISOString().slice(0, 10)];
    await database.run({
      text: `create table if not exists registry.read_entry_${a.slice(0, 7).replace("-", "_")} partition of registry.read_entry for values from ('${a}T00:00:00Z') to ('${b}T00:00:00Z')`,
      values: [],
    });
  }
}
