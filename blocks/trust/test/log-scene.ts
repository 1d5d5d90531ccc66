/** A log over a real database, and its witnesses as the programs they are, for tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { Means } from "@kerege/kernel/block";
import { createManualClock } from "@kerege/kernel/clock";
import type { Database } from "@kerege/kernel/database";
import { createIds } from "@kerege/kernel/id";
import { silentLog } from "@kerege/kernel/log";
import { migrate, readMigrations } from "@kerege/kernel/migrate";
import { createLog, type LogOfState } from "../log/log.ts";
import { createTrust } from "../trust.ts";
import { NOW } from "./fixture.ts";

const program = fileURLToPath(new URL("../../../apps/witness/main.ts", import.meta.url));

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

/** The real program; gives what the log is told about it. */
export async function startWitness(t: TestContext, given: { folder: string; log: string; name: string }) {
  const args = ["--folder", given.folder, "--name", given.name, "--log", given.log, "--child"];
  const child: ChildProcess = spawn(
    process.execPath,
    [...process.execArgv.filter((one) => !one.startsWith("--test")), program, ...args],
    {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, NODE_TEST_CONTEXT: undefined },
    },
  );
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  t.after(end);
  const [line] = await once(createInterface(child.stdout!), "line");
  const { address, key } = JSON.parse(String(line)) as { address: string; key: string };
  return { text: `${key} ${address}`, end };
}
