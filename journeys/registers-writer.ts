/**
 * A small process that records events and reads over a running database until it is killed: `node registers-writer.ts '{…}'`. Says
 * `ready`, then a line for all that was acknowledged: `e <key> <version> <act>` and `r <key>`.
 */
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import { openDatabase } from "@kerege/kernel/database";
import { type House, openHouse, readDeclarations } from "@kerege/kernel/house";
import { silentLog } from "@kerege/kernel/log";
import { makePin, type RegistryDoor } from "@kerege/registry";
import { house as blocks } from "@kerege/server/house";
import { createDice } from "./soak.ts";

const root = fileURLToPath(new URL("../bench/state/", import.meta.url));
export const clerk: Actor = { kind: "system", body: "census", name: "desk" };

export interface WriterTask {
  connection: { host: string; port: number; user: string; database: string };
  folder: string;
  seed: number;
  /** Number of the writer; each has people of its own beside those of all. */
  number: number;
  inFlight: number;
}

/** The registers and what they stand on, over a database. */
export async function openRegisters(
  task: Pick<WriterTask, "connection" | "folder">,
): Promise<House & { registry: RegistryDoor; close(): Promise<void> }> {
  const database = openDatabase({ ...task.connection, max: 4 });
  const needed = blocks.slice(0, blocks.findIndex((block) => block.name === "registry") + 1);
  const declared = readDeclarations(needed, { root, country: "scale" });
  const house = await openHouse(needed, { database, declared, dataFolder: task.folder, log: silentLog });
  return {
    ...house,
    registry: house.doors.registry as RegistryDoor,
    async close() {
      await house.close();
      await database.close();
    },
  };
}

const pinOf = (day: number, serial: number) => {
  const bornOn = new Date(Date.UTC(1960, 0, 1 + day)).toISOString().slice(0, 10);
  return makePin({ sex: "f", bornOn, serial });
};
const common = Array.from({ length: 60 }, (_, serial) => pinOf(0, serial)).filter((pin) => pin !== undefined);

async function work(task: WriterTask): Promise<void> {
  const { registry } = await openRegisters(task);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const dice = createDice(task.seed, task.number);
  const known: string[] = [...common];
  let serial = 0;
  const record = async (key: string, event: string, values: Record<string, string>) => {
    const act = randomUUID();
    const request = { register: "resident", event, act, key, values, validFrom: "2024-01-01", document: "Form" };
    const { version } = await registry.record(clerk, request);
    say(`e ${key} ${version} ${act}`);
  };
  const address = () => ({ street: dice.pick(["Достук", "Манас", "Абай"]), house: String(1 + dice.below(99)) });
  const enter = async (key: string) => {
    const person = {
      surname: dice.pick(["Асанова", "Бекова"]),
      given_name: dice.pick(["Айгүл", "Нургүл"]),
      sex: "f",
      born_on: "1960-01-01",
    };
    await record(key, "entry", { ...person, region: "KG01", place: "KG0101", since: "2024-01-01", ...address() });
    known.push(key);
  };
  const one = async () => {
    const kind = dice.below(10);
    const key = dice.pick(known);
    if (kind < 2) {
      const fresh = pinOf(1 + task.number, serial++ % 10_000);
      if (fresh) await enter(fresh);
    } else if (kind < 6) await record(key, "move", address());
    else {
      await registry.read(clerk, { register: "resident", key, fields: ["surname", "street"], ground: "desk" });
      say(`r ${key}`);
    }
  };
  say("ready");
  const worker = async () => {
    for (;;) {
      // What others have not entered yet, or what two writers enter at once, is refused: that is no fault of this walk.
      await one().catch((error: unknown) => {
        if (!(error instanceof Error) || !("code" in error) || !String(error.code).startsWith("registry.")) throw error;
      });
    }
  };
  if (task.number === 0) for (const key of common) await enter(key);
  await Promise.all(Array.from({ length: task.inFlight }, worker));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // The database is gone: this writer is at an end as well.
  await work(JSON.parse(process.argv[2]!) as WriterTask).catch(() => process.exit(3));
}
