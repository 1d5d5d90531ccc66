/** A log over a real database, for tests. */
import type { Means } from "@kerege/kernel/block";
import { createManualClock } from "@kerege/kernel/clock";
import type { Database } from "@kerege/kernel/database";
import { createIds } from "@kerege/kernel/id";
import { silentLog } from "@kerege/kernel/log";
import { migrate, readMigrations } from "@kerege/kernel/migrate";
import { createLog, type LogOfState } from "../log/log.ts";
import { createTrust } from "../trust.ts";
import { NOW } from "./fixture.ts";

export const country = {
  code: "KG",
  country: "sample",
  demo: true,
  languages: ["ky", "ru", "kk", "en"],
  timeZone: "Asia/Bishkek",
  name: { ky: "Үлгү", ru: "Образец", kk: "Үлгі", en: "Sample" },
  portalName: { ky: "Портал", ru: "Портал", kk: "Портал", en: "Portal" },
} as unknown as Means["country"];

export async function migrateTrust(database: Database): Promise<void> {
  await migrate(database, [{ name: "trust", migrations: readMigrations(new URL("../migrations/", import.meta.url)) }]);
}

/** `folder` holds the keys: the same folder is the same log. */
export function logOver(database: Database, folder: string) {
  const clock = createManualClock(NOW);
  const ids = createIds(() => clock.now().getTime());
  const trust = createTrust({ clock, dataFolder: folder, country });
  const log: LogOfState = createLog({
    means: { clock, ids, database, dataFolder: folder, country, log: silentLog },
    trust,
    witnesses: [],
  });
  return { clock, trust, log };
}
