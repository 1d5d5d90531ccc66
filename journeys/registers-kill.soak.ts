/**
 * Writers and databases die at random moments under load; afterwards no event is without its history, act and leaf, no read without
 * its leaf, none of those without them, and all that was acknowledged is there.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openDatabase, sql } from "@kerege/kernel/database";
import { type Embedded, startEmbedded } from "@kerege/kernel/embedded";
import { silentLog } from "@kerege/kernel/log";
import { checkWhole } from "@kerege/registry";
import { root, temporaryFolder } from "./house.ts";
import { killDatabase } from "./kill-database.ts";
import { openRegisters, type WriterTask } from "./registers-writer.ts";
import { createDice, readWalk } from "./soak.ts";

const walk = readWalk();
const kills = process.argv.some((word) => word.startsWith("--times")) ? walk.times : 200;
/** Of so many kills one is of the database. */
const DATABASE_EVERY = 8;
const WRITERS = 3;
const IN_FLIGHT = 24;
/** The longest a writer lives after it has begun to write, in milliseconds. */
const LONGEST = 700;

const say = (line: string) => process.stdout.write(`${line}\n`);
const folder = temporaryFolder();
let database: Embedded | undefined;
after(() => database?.stop());

/** Acknowledged: version by act, and reads by key. */
const acknowledged = { acts: new Map<string, { key: string; version: number }>(), reads: new Map<string, number>() };
let started = 0;

interface Writer {
  child: ChildProcess;
  ready: Promise<boolean>;
  ended: Promise<unknown>;
}

const start = async () => {
  database = await startEmbedded({ folder, log: silentLog });
};
const task = (number: number): WriterTask => ({
  connection: database!.connection(),
  folder: join(folder, "blocks"),
  seed: walk.seed,
  number,
  inFlight: IN_FLIGHT,
});

function startWriter(): Writer {
  const program = fileURLToPath(new URL("registers-writer.ts", import.meta.url));
  const args = ["--import", "./kernel/tsx.mjs", program, JSON.stringify(task(started++))];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  let rest = "";
  let ready = (_: boolean) => {};
  const isReady = new Promise<boolean>((resolve) => {
    ready = resolve;
  });
  child.stdout!.setEncoding("utf8").on("data", (part: string) => {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const [kind, key, version, act] = line.split(" ") as [string, string, string, string];
      if (kind === "ready") ready(true);
      else if (kind === "e") acknowledged.acts.set(act, { key, version: Number(version) });
      else acknowledged.reads.set(key, (acknowledged.reads.get(key) ?? 0) + 1);
    }
  });
  const ended = once(child, "close").then(() => ready(false));
  return { child, ready: isReady, ended };
}

test("M-A9 M-A21: writers and databases are killed again and again under load", async () => {
  say(`seed ${walk.seed}, ${kills} kills, ${WRITERS} writers with ${IN_FLIGHT} in flight`);
  await start();
  const first = await openRegisters(task(0));
  await first.close();
  const dice = createDice(walk.seed, "kills");
  let writers = Array.from({ length: WRITERS }, startWriter);
  for (let number = 1; number <= kills; number++) {
    const victim = dice.below(WRITERS);
    assert.ok(await writers[victim]!.ready, `writer ended by itself, seed ${walk.seed}`);
    await new Promise((resolve) => setTimeout(resolve, dice.below(LONGEST)));
    if (number % DATABASE_EVERY === 0) {
      await killDatabase(database!);
      for (const { child } of writers) child.kill("SIGKILL");
      await Promise.all(writers.map(({ ended }) => ended));
      await start();
      writers = Array.from({ length: WRITERS }, startWriter);
    } else {
      writers[victim]!.child.kill("SIGKILL");
      await writers[victim]!.ended;
      writers[victim] = startWriter();
    }
    if (number % 20 === 0) say(`${number} kills, ${acknowledged.acts.size} events acknowledged`);
  }
  for (const { child } of writers) child.kill("SIGKILL");
  await Promise.all(writers.map(({ ended }) => ended));
  assert.ok(acknowledged.acts.size > kills, `only ${acknowledged.acts.size} events`);
});

test("M-A9 M-A21: afterwards nothing is half-written and nothing that was acknowledged is gone", async () => {
  const inside = await openRegisters(task(started));
  const held = openDatabase({ ...database!.connection(), max: 2 });
  try {
    const today = new Date().toISOString().slice(0, 10);
    const whole = await checkWhole(held, { registers: inside.registry.registers(), today });
    say(`${whole.records} records, ${whole.versions} versions, ${whole.reads} reads, ${whole.batches} batches`);
    assert.deepEqual(whole.faults, [], `seed ${walk.seed}`);
    const acts = await held.rows<{ act: string; key: string; version: number }>(sql`select act, key, version from registry.act`);
    const known = new Map(acts.map((row) => [row.act, row]));
    for (const [act, { key, version }] of acknowledged.acts)
      assert.deepEqual(known.get(act), { act, key, version }, `act ${act} was acknowledged, seed ${walk.seed}`);
    const reads = await held.rows<{ subject: string; reads: number }>(
      sql`select subject, count(*)::int as reads from registry.read_entry group by subject`,
    );
    const bySubject = new Map(reads.map((row) => [row.subject, row.reads]));
    // A read of somebody who is not there stands under the number asked for, without being about a person.
    for (const [key, count] of acknowledged.reads)
      assert.ok((bySubject.get(key) ?? 0) >= count, `${count} reads of ${key} were acknowledged, seed ${walk.seed}`);
    const told = await held.first<{ told: number }>(
      sql`select count(*)::int as told from kernel.event where type = 'registry.recorded'`,
    );
    assert.equal(told!.told, acts.length);
  } finally {
    await inside.close();
    await held.close();
  }
});
