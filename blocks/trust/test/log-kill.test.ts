import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { setTimeout as after } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { openDatabase, sql } from "@kerege/kernel/database";
import { openTestCluster } from "@kerege/kernel/embedded-template";
import { parseCheckpoint } from "../log/checkpoint.ts";
import { EMPTY_ROOT, hashLeaf, treeRoot } from "../log/merkle.ts";
import { parseNote } from "../log/note.ts";
import { verifyConsistency, verifyInclusion } from "../log/proof.ts";
import { seeded, tempFolder } from "./fixture.ts";
import { logOver, migrateTrust } from "./log-scene.ts";

const worker = fileURLToPath(new URL("./log-worker.ts", import.meta.url));
const KILLS = 25;

test("M-A9: killed at any moment, the sequencer loses no committed entry and places none twice", async (t) => {
  const cluster = await openTestCluster();
  t.after(() => cluster.close());
  const connection = cluster.connection(await cluster.createDatabase());
  const database = openDatabase(connection);
  t.after(() => database.close());
  await migrateTrust(database);
  const folder = tempFolder(t);
  const random = seeded(61);
  const committed = new Set<string>();

  /** One life of the worker; ends by SIGKILL after it has worked for a while, in the middle of whatever it does. */
  async function live(): Promise<void> {
    const child = spawn(
      process.execPath,
      [...process.execArgv.filter((one) => !one.startsWith("--test")), worker, JSON.stringify(connection), folder],
      {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, NODE_TEST_CONTEXT: undefined },
      },
    );
    const gone = once(child, "exit");
    const ready = Promise.withResolvers<void>();
    createInterface(child.stdout).on("line", (line) => {
      if (line === "ready") ready.resolve();
      // The last line may have been cut off in the middle.
      else if (line.length === 36) committed.add(line);
    });
    await Promise.race([ready.promise, gone.then(() => assert.fail("the worker ended by itself"))]);
    await after(random() * 150);
    child.kill("SIGKILL");
    const [, signal] = await gone;
    assert.equal(signal, "SIGKILL");
  }
  for (let life = 0; life < KILLS; life++) await live();

  const { log } = logOver(database, folder);
  const waiting = await database.rows(sql`select from trust.log_entry`);
  await log.settle();
  t.diagnostic(`${committed.size} entries were seen committed, ${waiting.length} still waited after ${KILLS} kills`);
  const rows = await database.rows<{ place: number; batch: string; root: Buffer }>(
    sql`select place, batch, root from trust.log_leaf order by place`,
  );
  assert.ok(committed.size > KILLS, "the worker did work");
  assert.deepEqual(
    rows.map(({ place }) => place),
    rows.map((_, index) => index),
    "places without a gap",
  );
  assert.equal(new Set(rows.map(({ batch }) => batch)).size, rows.length, "nothing twice");
  const placed = new Set(rows.map(({ batch }) => batch));
  assert.deepEqual(
    [...committed].filter((batch) => !placed.has(batch)),
    [],
    "nothing lost",
  );

  const hashes = Buffer.concat(rows.map(({ root }) => hashLeaf(root)));
  const notes = await database.rows<{ note: string }>(sql`select note from trust.log_checkpoint order by size`);
  const last = parseCheckpoint(parseNote(notes.at(-1)!.note)!)!;
  assert.equal(last.size, rows.length);
  let before = { size: 0, root: EMPTY_ROOT };
  for (const { note } of notes) {
    const checkpoint = parseCheckpoint(parseNote(note)!)!;
    assert.ok(
      treeRoot(hashes.subarray(0, checkpoint.size * 32)).equals(checkpoint.root),
      `the tiles give the root at ${checkpoint.size}`,
    );
    assert.ok(verifyConsistency(before, checkpoint, await log.tree.consistency(before.size, checkpoint.size)));
    before = checkpoint;
  }
  for (const { place, root } of rows.filter((_, index) => index % 17 === 0)) {
    const path = await log.tree.inclusion(place, last.size);
    assert.ok(verifyInclusion({ hash: hashLeaf(root), index: place }, path, last), `entry ${place}`);
  }
});
