import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as later } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Log } from "@kerege/kernel/log";
import type { LogDoor } from "@kerege/trust";

const program = fileURLToPath(new URL("../witness/main.ts", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));
const NAMES = ["first", "second"];
const PAUSE_MS = 2000;
/** A witness that is slower than this joins when it is ready; the state does not wait for it. */
const PATIENCE_MS = 10_000;

/**
 * The witnesses of a demo country: processes of their own with keys and memory of their own, on this machine. They show how it works;
 * they prove nothing to who distrusts this machine. A real state names witnesses of others by KEREGE_WITNESSES.
 */
export async function startWitnesses(given: { folder: string; door: Pick<LogDoor, "verifierKey" | "addWitness">; log: Log }) {
  const { folder, door, log } = given;
  let ending = false;
  const children = new Set<ChildProcess>();

  async function start(name: string): Promise<void> {
    const args = [
      "--folder",
      path.join(folder, name),
      "--name",
      `demo.kerege/witness/${name}`,
      "--log",
      door.verifierKey,
      "--child",
    ];
    const child = spawn(process.execPath, ["--import", "./kernel/tsx.mjs", program, ...args], {
      cwd: root,
      stdio: ["pipe", "pipe", "inherit"],
    });
    children.add(child);
    const gone = once(child, "exit").then(
      () => undefined,
      () => undefined,
    );
    void gone.then(() => {
      children.delete(child);
      if (ending) return;
      log.warn("witness ended", { witness: name });
      setTimeout(() => ending || void start(name), PAUSE_MS).unref();
    });
    // Written to only by its end.
    child.stdin.on("error", () => {});
    const line = await Promise.race([once(createInterface(child.stdout), "line").then(([text]) => String(text)), gone]);
    if (line === undefined) return;
    const { address, key } = JSON.parse(line) as { address: string; key: string };
    door.addWitness(`${key} ${address}`);
  }

  await Promise.race([Promise.all(NAMES.map(start)), later(PATIENCE_MS, undefined, { ref: false })]);
  return {
    async close(): Promise<void> {
      ending = true;
      await Promise.all(
        [...children].map(async (child) => {
          const gone = once(child, "exit");
          child.stdin?.end();
          await gone;
        }),
      );
    },
  };
}
