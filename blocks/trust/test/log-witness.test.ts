import assert from "node:assert/strict";
import path from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { name, sql } from "@kerege/kernel/database";
import { openTestDatabase } from "@kerege/kernel/testing";
import { checkProof } from "../log/check-proof.ts";
import { quorumOf } from "../log/keys.ts";
import { hashLeaf } from "../log/merkle.ts";
import { tempFolder } from "./fixture.ts";
import { logOver, migrateTrust, startWitness } from "./log-scene.ts";

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

async function scene(t: TestContext) {
  const { database } = shared;
  const tables = ["log_entry", "log_leaf", "log_tile", "log_head", "log_checkpoint", "log_cosignature", "log_witness"];
  for (const table of tables) await database.run(sql`delete from ${name("trust", table)}`);
  const folder = tempFolder(t);
  const { log, trust, clock } = logOver(database, folder);
  // Witnesses have the clock of the machine.
  clock.set(new Date());
  await log.begin();
  const act = async (content: string) => {
    const salt = log.door.salts(1)[0]!;
    const batch = log.door.batch("test.act", [log.door.leaf(salt, content)]);
    await log.door.append([batch]);
    return { batch: batch.id, position: 0, content, salt };
  };
  const states = async () => (await log.view())!.witnesses.map(({ heard }) => heard?.state);
  return { database, folder, log, trust, clock, act, states };
}

test("M-A9: a proof carries the word of more than half of the witnesses, or there is none", async (t) => {
  const { log, trust, act, folder } = await scene(t);
  const start = (nr: number) =>
    startWitness(t, { folder: path.join(folder, `w${nr}`), log: log.door.verifierKey, name: `w${nr}.example` });
  const [one, two] = await Promise.all([start(1), start(2)]);
  log.door.addWitness(one.text);
  log.door.addWitness(two.text);
  const asked = await act("an act");
  await assert.rejects(log.door.prove(asked), { code: "trust.not-in-log" }, "in the log, but witnessed by nobody");
  await log.settle();
  const proof = await log.door.prove(asked);
  const anchors = trust.anchors();
  const verdict = checkProof(JSON.stringify(proof), anchors);
  assert.ok(verdict.valid, JSON.stringify(verdict));
  assert.deepEqual(verdict.witnesses.map((witness) => witness.name).sort(), ["w1.example", "w2.example"]);
  assert.ok(verdict.loggedBy instanceof Date);

  const lines = proof.checkpoint.trimEnd().split("\n");
  const without = { ...proof, checkpoint: `${lines.slice(0, -1).join("\n")}\n` };
  assert.deepEqual(checkProof(JSON.stringify(without), anchors), { valid: false, reason: "not-witnessed" });
  const signature = Buffer.from(lines.at(-1)!.split(" ")[2]!, "base64");
  signature[30]! ^= 1;
  const spoiled = `${lines.slice(0, -1).join("\n")}\n${lines.at(-1)!.split(" ").slice(0, 2).join(" ")} ${signature.toString("base64")}\n`;
  assert.deepEqual(checkProof(JSON.stringify({ ...proof, checkpoint: spoiled }), anchors), {
    valid: false,
    reason: "witness-signature-mismatch",
  });
  const early = new Date(verdict.loggedBy.getTime() - 3_600_000);
  assert.deepEqual(checkProof(JSON.stringify(proof), anchors, early), {
    valid: false,
    reason: "unanchored-keys",
    cause: "signed-in-the-future",
  });

  await two.end();
  const later = await act("a later act");
  await log.settle();
  await assert.rejects(log.door.prove(later), { code: "trust.not-in-log" }, "one of two is not more than half");
  assert.ok(checkProof(JSON.stringify(await log.door.prove(asked)), anchors).valid, "what was witnessed stays proven");
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(quorumOf), [0, 1, 2, 2, 3, 3]);
});

test("a witness that was away for a while is told everything it missed, under a new address too", async (t) => {
  const { log, act, folder, states } = await scene(t);
  const given = { folder: path.join(folder, "w"), log: log.door.verifierKey, name: "w.example" };
  const first = await startWitness(t, given);
  log.door.addWitness(first.text);
  await act("one");
  await log.settle();
  assert.deepEqual(await states(), ["agrees"]);
  await first.end();
  for (let nr = 0; nr < 5; nr++) await act(`missed ${nr}`);
  await log.settle();
  assert.deepEqual(await states(), ["silent"]);
  const again = await startWitness(t, given);
  // A log that starts anew knows nothing of what it heard before but what is in the database.
  const next = logOver(shared.database, folder);
  next.clock.set(new Date());
  next.log.door.addWitness(again.text);
  await next.log.settle();
  const view = (await next.log.view())!;
  assert.deepEqual(
    view.witnesses.map(({ heard }) => [heard?.state, heard?.size]),
    [["agrees", 6]],
  );
});

test("M-A9: a log put back to an earlier state, or with another past, is found out by its witness", async (t) => {
  const { database, log, act, folder, states } = await scene(t);
  const witness = await startWitness(t, { folder: path.join(folder, "w"), log: log.door.verifierKey, name: "w.example" });
  log.door.addWitness(witness.text);
  for (const content of ["one", "two", "three"]) await act(content);
  await log.settle();
  assert.deepEqual(await states(), ["agrees"]);

  // Somebody with all rights over the database takes the last act back.
  await database.run(sql`delete from trust.log_leaf`);
  await database.run(sql`delete from trust.log_tile`);
  await database.run(sql`delete from trust.log_head`);
  await database.run(sql`delete from trust.log_checkpoint`);
  await database.run(sql`delete from trust.log_cosignature`);
  const forged = logOver(database, folder);
  forged.clock.set(new Date());
  forged.log.door.addWitness(witness.text);
  await forged.log.begin();
  const append = (contents: string[]) =>
    forged.log.door.append(contents.map((content) => forged.log.door.batch("test.act", [hashLeaf(Buffer.from(content))])));
  await append(["one", "two"]);
  await forged.log.settle();
  assert.deepEqual(
    (await forged.log.view())!.witnesses.map(({ heard }) => heard?.state),
    ["ahead"],
  );

  // And then tells another story up to the same length and beyond it.
  await append(["another three", "four"]);
  const onceMore = logOver(database, folder);
  onceMore.clock.set(new Date());
  onceMore.log.door.addWitness(witness.text);
  await onceMore.log.settle();
  assert.deepEqual(
    (await onceMore.log.view())!.witnesses.map(({ heard }) => heard?.state),
    ["fork"],
  );
  assert.equal((await onceMore.log.store.cosignatures(4)).length, 0, "nothing of it is cosigned");
});

test("a witness that does not know the log, or answers nonsense, is not counted", async (t) => {
  const { log, act, folder, states } = await scene(t);
  const other = logOver(shared.database, tempFolder(t));
  const witness = await startWitness(t, { folder: path.join(folder, "w"), log: other.log.door.verifierKey, name: "w.example" });
  log.door.addWitness(witness.text);
  await act("one");
  await log.settle();
  assert.deepEqual(await states(), ["unknown-log"]);
});
