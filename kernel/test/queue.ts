import { createManualClock } from "../clock.ts";
import type { Database } from "../database.ts";
import { createEvents } from "../event.ts";
import { createIds } from "../id.ts";
import { createJobs } from "../jobs.ts";
import { silentLog } from "../log.ts";
import { migrate, readMigrations } from "../migrate.ts";
import { openTestDatabase } from "../testing.ts";

/** A queue on a database of its own, with a clock that is moved by hand; `node` makes another worker over the same table. */
export async function openQueue() {
  const { database, close } = await openTestDatabase();
  await migrate(database, [{ name: "kernel", migrations: readMigrations(new URL("../migrations/", import.meta.url)) }]);
  const clock = createManualClock("2026-11-22T06:00:00Z");
  const ids = createIds(() => clock.now().getTime());
  const node = (over: Database = database) => {
    const jobs = createJobs({ database: over, clock, ids, log: silentLog });
    return { jobs, events: createEvents({ clock, ids, jobs }) };
  };
  return { database, clock, node, close };
}

/** A promise and the word that ends it. */
export function gate(): { opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}
