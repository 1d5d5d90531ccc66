import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { name, prepared, sql } from "@kerege/kernel/database";
import { openTestDatabase } from "@kerege/kernel/testing";
import { checkProof } from "../log/check-proof.ts";
import { parseCheckpoint } from "../log/checkpoint.ts";
import type { LogBatch, ProofFile } from "../log/contract.ts";
import { hashLeaf, treeRoot } from "../log/merkle.ts";
import { parseNote } from "../log/note.ts";
import { verifyConsistency } from "../log/proof.ts";
import { logEntryInsert, logEntryStatement } from "../log/store.ts";
import { NOW, tempFolder } from "./fixture.ts";
import { logOver, migrateTrust } from "./log-scene.ts";

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

async function logIn(t: Parameters<typeof tempFolder>[0]) {
  const { database } = shared;
  for (const table of ["log_entry", "log_leaf", "log_tile", "log_head", "log_checkpoint", "log_cosignature", "log_witness"])
    await database.run(sql`delete from ${name("trust", table)}`);
  const folder = tempFolder(t);
  const scene = logOver(database, folder);
  await scene.log.begin();
  return { ...scene, database, folder, door: scene.log.door };
}

type Scene = Awaited<ReturnType<typeof logIn>>;
type Act = { content: string; salt: Buffer; batch: LogBatch; position: number };

/** Acts of one batch, written as a block does it. */
async function write({ door, database }: Scene, contents: readonly string[]): Promise<Act[]> {
  const salts = door.salts(contents.length);
  const batch = door.batch(
    "test.act",
    contents.map((content, index) => door.leaf(salts[index]!, content)),
  );
  await database.run(logEntryStatement(batch));
  return contents.map((content, position) => ({ content, salt: salts[position]!, batch, position }));
}

const proofOf = ({ door }: Scene, { content, salt, batch, position }: Act): Promise<ProofFile> =>
  door.prove({ batch: batch.id, position, content, salt });

test("M-A9: what was done is proven by a file and the trust anchors alone", async (t) => {
  const scene = await logIn(t);
  const acts: Act[] = [];
  for (const count of [1, 2, 3, 7, 128])
    acts.push(
      ...(await write(
        scene,
        Array.from({ length: count }, (_, nr) => `act ${count}.${nr}`),
      )),
    );
  await assert.rejects(proofOf(scene, acts[0]!), { code: "trust.not-in-log" }, "not before it has a place");
  await scene.log.settle();
  const early = scene.trust.anchors();
  await proofOf(scene, acts[0]!);
  const anchors = scene.trust.anchors();
  for (const act of acts) {
    const verdict = checkProof(JSON.stringify(await proofOf(scene, act)), anchors, NOW);
    assert.ok(verdict.valid, JSON.stringify(verdict));
    assert.equal(verdict.content, act.content);
    assert.equal(verdict.size, 5);
  }
  assert.equal(
    checkProof(JSON.stringify(await proofOf(scene, acts[0]!)), early, NOW).valid,
    false,
    "anchors from before the log had keys",
  );
});

test("M-A9: a proof that was changed anywhere is refused, and the reason is named", async (t) => {
  const scene = await logIn(t);
  const acts = await write(scene, ["a", "b", "c", "d", "e"]);
  await write(scene, ["x"]);
  await write(scene, ["y"]);
  await scene.log.settle();
  const proof = await proofOf(scene, acts[2]!);
  const anchors = scene.trust.anchors();
  const other = Buffer.alloc(32, 5).toString("base64");
  const check = (change: Partial<ProofFile>) => {
    const verdict = checkProof(JSON.stringify({ ...proof, ...change }), anchors, NOW);
    return verdict.valid ? "valid" : verdict.reason;
  };
  assert.equal(check({}), "valid");
  assert.equal(check({ content: "C" }), "content-mismatch");
  assert.equal(check({ salt: Buffer.alloc(16).toString("base64") }), "content-mismatch");
  assert.equal(check({ leaf: other }), "content-mismatch");
  assert.equal(check({ content: undefined, salt: undefined, leaf: other }), "not-in-log");
  const { batch, log } = proof;
  assert.equal(check({ batch: { ...batch, path: [other, ...batch.path.slice(1)] } }), "not-in-log");
  assert.equal(check({ batch: { ...batch, path: batch.path.slice(1) } }), "not-in-log");
  assert.equal(check({ batch: { ...batch, position: 3 } }), "not-in-log");
  assert.equal(check({ batch: { ...batch, leaves: 4 } }), "not-in-log");
  assert.equal(check({ batch: { ...batch, position: 5 } }), "not-a-proof");
  assert.equal(check({ log: { ...log, place: 1 } }), "not-in-log");
  assert.equal(check({ log: { ...log, path: [other, ...log.path.slice(1)] } }), "not-in-log");
  assert.equal(check({ log: { ...log, path: [] } }), "not-in-log");
  assert.equal(check({ checkpoint: proof.checkpoint.replace("\n3\n", "\n4\n") }), "log-signature-mismatch");
  assert.equal(check({ checkpoint: proof.checkpoint.replace("\n3\n", "\n03\n") }), "malformed-checkpoint");
  assert.equal(check({ checkpoint: proof.checkpoint.split("\n\n")[0]! }), "malformed-checkpoint");
  assert.equal(check({ keys: "KRG1:AAAA" }), "unanchored-keys");
  assert.equal(
    check({ keys: scene.trust.sealStatement(scene.trust.signer({ code: "some-body", name: "Some body" }), { kind: "x" }) }),
    "unanchored-keys",
  );
  assert.equal(check({ batch: undefined }), "not-a-proof");
  for (const file of ["", "null", "[]", "{}", "{", JSON.stringify({ ...proof, kerege: "proof/2" }), Buffer.from([0x7b, 0xff])])
    assert.deepEqual(checkProof(file, anchors, NOW), { valid: false, reason: "not-a-proof" });
});

test("a log that nobody vouches for proves nothing, however well it is made", async (t) => {
  const scene = await logIn(t);
  const [act] = await write(scene, ["a"]);
  await scene.log.settle();
  const proof = await proofOf(scene, act!);
  const own = scene.trust.anchors();
  const stranger = logOver(shared.database, tempFolder(t));
  stranger.trust.signer({ code: "transparency-log", name: "Transparency log" });
  assert.deepEqual(checkProof(JSON.stringify(proof), stranger.trust.anchors(), NOW), {
    valid: false,
    reason: "unanchored-keys",
    cause: "unknown-key",
  });
  // Vouched for, but not the log that signed this checkpoint.
  assert.equal(checkProof(JSON.stringify({ ...proof, keys: stranger.log.keys() }), stranger.trust.anchors(), NOW).valid, false);
  scene.trust.revoke(scene.trust.signer({ code: "transparency-log", name: "Transparency log" }).certificate.serial);
  assert.ok(checkProof(JSON.stringify(proof), own, NOW).valid);
  assert.deepEqual(checkProof(JSON.stringify(proof), scene.trust.anchors(), NOW), {
    valid: false,
    reason: "unanchored-keys",
    cause: "certificate-revoked",
  });
});

test("M-A9: content and salt can be erased; the proof stays, of the others whole, of the erased one bare", async (t) => {
  const scene = await logIn(t);
  const acts = await write(scene, ["keep", "erase", "keep too"]);
  await scene.log.settle();
  const { batch } = acts[1]!;
  const bare = await scene.door.prove({ batch: batch.id, position: 1 });
  const verdict = checkProof(JSON.stringify(bare), scene.trust.anchors(), NOW);
  assert.ok(verdict.valid);
  assert.equal(verdict.content, undefined);
  assert.equal(JSON.stringify(bare).includes("erase"), false);
  assert.ok(checkProof(JSON.stringify(await proofOf(scene, acts[2]!)), scene.trust.anchors(), NOW).valid);
  // Who has the right content but no longer the salt cannot show it, and guessing gives nothing.
  await assert.rejects(scene.door.prove({ batch: batch.id, position: 1, content: "erase", salt: Buffer.alloc(16) }), {
    code: "trust.not-in-log",
  });
});

test("an entry is written by another block in the one statement of its act", async (t) => {
  const { door, database, log } = await logIn(t);
  const role = `t_writer_${process.pid}`;
  await database.run(sql`create role ${name(role)} nologin`);
  t.after(async () => {
    await database.run(sql`drop owned by ${name(role)}`);
    await database.run(sql`drop role ${name(role)}`);
  });
  await database.run(sql`create schema writer`);
  await database.run(sql`create table writer.act (id int primary key, batch uuid not null)`);
  await database.run(sql`grant all on schema writer to ${name(role)}`);
  await database.run(sql`grant all on writer.act to ${name(role)}`);
  const writer = shared.as(role);
  const batch = door.batch("writer.act", [door.leaf(door.salts(1)[0]!, "act 1")]);
  const statement = prepared(
    `with acted as (insert into writer.act values ($1, $2) returning id), logged as (${logEntryInsert(3)}) select id from acted`,
  );
  assert.deepEqual(await writer.rows(statement([1, batch.id, ...batch.values])), [{ id: 1 }]);
  await assert.rejects(writer.rows(statement([1, batch.id, ...door.batch("writer.act", [batch.root]).values])), "the act fails");
  await log.settle();
  assert.deepEqual(await door.places([batch.id]), new Map([[batch.id, 0]]), "and so nothing was logged of it");
  await assert.rejects(writer.rows(sql`select * from trust.log_entry`), /permission denied/);
  await assert.rejects(writer.run(sql`delete from trust.log_leaf`), /permission denied/);
  await assert.rejects(writer.run(sql`update trust.log_entry set root = ''::bytea`), /permission denied/);
});

test("batches handed in again after a fault keep their one place", async (t) => {
  const { door, log } = await logIn(t);
  const batches = Array.from({ length: 30 }, (_, nr) => door.batch("test.act", [hashLeaf(Buffer.from(`${nr}`))]));
  const first = await door.append(batches.slice(0, 20));
  assert.deepEqual(
    [...first.values()].sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, nr) => nr),
  );
  const again = await door.append(batches);
  for (const [id, place] of first) assert.equal(again.get(id), place);
  assert.equal((await log.store.head())!.size, 30);
  await Promise.all([door.append(batches), door.append(batches.slice(5)), log.settle()]);
  assert.deepEqual(await door.places(batches.map(({ id }) => id)), again);
});

test("what is committed late is placed late and never passed over; what is rolled back never comes", async (t) => {
  const { door, database, log } = await logIn(t);
  const [early, late, never] = [1, 2, 3].map((nr) => door.batch("test.act", [hashLeaf(Buffer.from(`${nr}`))])) as [
    LogBatch,
    LogBatch,
    LogBatch,
  ];
  await database.transaction(async (tx) => {
    await tx.run(logEntryStatement(early));
    await database.run(logEntryStatement(late));
    await log.settle();
    assert.deepEqual(await door.places([early.id, late.id]), new Map([[late.id, 0]]));
  });
  const undone = database.transaction(async (tx) => {
    await tx.run(logEntryStatement(never));
    throw new RangeError("changed its mind");
  });
  await assert.rejects(undone, RangeError);
  await log.settle();
  assert.deepEqual(
    await door.places([early.id, late.id, never.id]),
    new Map([
      [early.id, 1],
      [late.id, 0],
    ]),
  );
});

test("several sequencers at once give every entry one place, and each checkpoint continues the one before", async (t) => {
  const scene = await logIn(t);
  const others = [1, 2, 3].map(() => logOver(shared.database, scene.folder));
  let writing = true;
  const sequencers = others.map(async ({ log }) => {
    while (writing) await log.settle();
  });
  for (let round = 0; round < 40; round++)
    await Promise.all(Array.from({ length: 10 }, (_, nr) => write(scene, [`${round}.${nr}`])));
  writing = false;
  await Promise.all(sequencers);
  await scene.log.settle();
  const rows = await scene.database.rows<{ place: number; root: Buffer }>(
    sql`select place, root from trust.log_leaf order by place`,
  );
  assert.deepEqual(
    rows.map(({ place }) => place),
    Array.from({ length: 400 }, (_, place) => place),
  );
  const hashes = rows.map(({ root }) => hashLeaf(root));
  const notes = await scene.database.rows<{ note: string }>(sql`select note from trust.log_checkpoint order by size`);
  const checkpoints = notes.map(({ note }) => parseCheckpoint(parseNote(note)!)!);
  assert.equal(checkpoints.at(-1)!.size, 400);
  for (const [nr, checkpoint] of checkpoints.entries()) {
    assert.ok(treeRoot(Buffer.concat(hashes.slice(0, checkpoint.size))).equals(checkpoint.root), `root at ${checkpoint.size}`);
    const before = checkpoints[nr - 1];
    if (before) assert.ok(verifyConsistency(before, checkpoint, await scene.log.tree.consistency(before.size, checkpoint.size)));
  }
});

test("an entry changed behind the log's back is found: its proof leads nowhere", async (t) => {
  const scene = await logIn(t);
  const acts = await write(scene, ["a", "b"]);
  await write(scene, ["c"]);
  await scene.log.settle();
  const forged = scene.door.leaf(acts[0]!.salt, "A");
  const hashes = Buffer.concat([forged, acts[0]!.batch.hashes!.subarray(32)]);
  await scene.database.run(
    sql`update trust.log_leaf set hashes = ${hashes}, root = ${treeRoot(hashes)} where batch = ${acts[0]!.batch.id}`,
  );
  const proof = await proofOf(scene, { ...acts[0]!, content: "A" });
  assert.deepEqual(checkProof(JSON.stringify(proof), scene.trust.anchors(), NOW), { valid: false, reason: "not-in-log" });
});

test("what does not fit a batch is refused before anything is written", async (t) => {
  const { door, database } = await logIn(t);
  for (const leaves of [[], [Buffer.alloc(31)], [Buffer.alloc(32), Buffer.alloc(33)]])
    assert.throws(() => door.batch("test.act", leaves), { code: "trust.unfit-batch" });
  assert.throws(() => door.leaf(Buffer.alloc(15), "x"), { code: "trust.unfit-batch" });
  assert.throws(() => door.addWitness("nobody http://127.0.0.1"), { code: "trust.unfit-witness" });
  const { values } = door.batch("test.act", [Buffer.alloc(32)]);
  const insert = prepared(logEntryInsert(1));
  const broken = [
    [...values.slice(0, 4), Buffer.alloc(31), null],
    [...values.slice(0, 3), 0, ...values.slice(4)],
  ];
  for (const wrong of [...broken, [...values.slice(0, 5), Buffer.alloc(64)]])
    await assert.rejects(database.run(insert(wrong)), /check constraint/);
});

test("a log that has got another key goes on under another name, and what was proven before stays proven", async (t) => {
  const scene = await logIn(t);
  const acts = await write(scene, ["a", "b"]);
  await scene.log.settle();
  const before = await proofOf(scene, acts[0]!);
  rmSync(path.join(scene.folder, "log", "log-key.pem"));
  const next = { ...scene, ...logOver(scene.database, scene.folder) };
  const again = { ...next, door: next.log.door };
  await again.log.settle();
  const view = (await again.log.view())!;
  assert.equal(view.size, 1);
  assert.notEqual(view.origin, before.checkpoint.split("\n")[0]);
  const anchors = again.trust.anchors();
  for (const proof of [before, await proofOf(again, acts[1]!)]) assert.ok(checkProof(JSON.stringify(proof), anchors, NOW).valid);
  const mixed = { ...before, keys: again.log.keys() };
  assert.deepEqual(checkProof(JSON.stringify(mixed), anchors, NOW), { valid: false, reason: "foreign-log" });
});

test("a batch written without its hashes is proven with the leaves its block kept, and with no others", async (t) => {
  const { door, log, trust } = await logIn(t);
  const salts = door.salts(3);
  const leaves = salts.map((salt, nr) => door.leaf(salt, `act ${nr}`));
  const batch = { ...door.batch("test.act", leaves), hashes: null };
  await door.append([batch]);
  await log.settle();
  const request = { batch: batch.id, position: 1, content: "act 1", salt: salts[1]! };
  const proof = await door.prove({ ...request, leaves });
  assert.ok(checkProof(JSON.stringify(proof), trust.anchors(), NOW).valid);
  for (const wrong of [undefined, leaves.slice(1), [leaves[0]!, leaves[2]!, leaves[1]!], [...leaves, leaves[0]!]])
    await assert.rejects(door.prove({ ...request, leaves: wrong }), { code: "trust.not-in-log" });
});
