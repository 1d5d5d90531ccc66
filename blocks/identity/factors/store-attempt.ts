import { type Database, sql } from "@kerege/kernel/database";

/** Older windows are of no use to anybody. */
const KEPT_MS = 24 * 3_600_000;

export interface AttemptStore {
  /** Counts one more for each key; gives the counts with it. */
  count(places: { key: string; window: Date }[]): Promise<Map<string, number>>;
  forget(key: string): Promise<void>;
  /** Removes what is over: windows, passages, codes, challenges. */
  sweep(now: Date): Promise<void>;
}

export function createAttemptStore(database: Database): AttemptStore {
  return {
    async count(places) {
      // In one order everywhere, so that two that count the same keys wait for each other and never in a circle.
      const ordered = [...places].sort((a, b) => (a.key < b.key ? -1 : 1));
      const keys = ordered.map(({ key }) => key);
      const windows = ordered.map(({ window }) => window);
      const rows = await database.rows<{ key: string; count: number }>(sql`
        insert into identity.attempt (key, window_start, count)
        select key, window_start, 1 from unnest(${keys}::text[], ${windows}::timestamptz[]) as given (key, window_start)
        on conflict (key, window_start) do update set count = identity.attempt.count + 1
        returning key, count`);
      return new Map(rows.map(({ key, count }) => [key, count]));
    },
    async forget(key) {
      await database.run(sql`delete from identity.attempt where key = ${key}`);
    },
    async sweep(now) {
      const old = new Date(now.getTime() - KEPT_MS);
      await database.run(sql`delete from identity.attempt where window_start < ${old}`);
      await database.run(sql`delete from identity.passage where expires_at < ${old}`);
      await database.run(sql`delete from identity.code where expires_at < ${old}`);
      await database.run(sql`delete from identity.burnt_challenge where expires_at < ${now}`);
    },
  };
}
