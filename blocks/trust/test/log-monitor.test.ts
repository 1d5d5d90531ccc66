/** Watching a log from outside: stories that do not fit together come to light. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createServer } from "@kerege/kernel/http";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { silentLog } from "@kerege/kernel/log";
import { openTestDatabase } from "@kerege/kernel/testing";
import { writeCheckpoint } from "../log/checkpoint.ts";
import { hashLeaf } from "../log/merkle.ts";
import { compareSights, provesSplit, recompute, type Sources } from "../log/monitor.ts";
import { noteKey, parseVerifierKey, signNote } from "../log/note.ts";
import { addLogRoutes } from "../log/routes.ts";
import { tempFolder } from "./fixture.ts";
import { country, logOver, migrateTrust, startWitness } from "./log-scene.ts";

const texts = createTexts();
addLocales(texts, "kernel", new URL("../../../kernel/locales/", import.meta.url));
addLocales(texts, "trust", new URL("../locales/", import.meta.url));

/** A log with its routes over a database of its own; the same folder gives the same key. */
async function logAt(t: TestContext, folder: string) {
  const { database, close } = await openTestDatabase();
  t.after(close);
  await migrateTrust(database);
  const { log, clock } = logOver(database, folder);
  await log.begin();
  const app = await createServer({ log: silentLog, texts, languages: [...languages] });
  addLogRoutes(app, { means: { country }, log });
  t.after(() => app.close());
  const sources: Sources = {
    async log(path) {
      const answer = await app.inject(path);
      return answer.statusCode === 200 ? answer.rawPayload : undefined;
    },
  };
  const acts = async (...contents: string[]) => {
    for (const content of contents) await log.door.append([log.door.batch("test.act", [hashLeaf(Buffer.from(content))])]);
  };
  const shown = async (from: string) => ({ from, note: (await sources.log("/log/checkpoint"))!.toString("utf8") });
  return { log, clock, app, sources, acts, shown };
}

const many = (count: number, from = 0) => Array.from({ length: count }, (_, nr) => `act ${from + nr}`);

test("M-A5: what was seen at several places and times is one history, and the tiles give its root", async (t) => {
  const { log, sources, acts, shown } = await logAt(t, tempFolder(t));
  const key = parseVerifierKey(log.door.verifierKey)!;
  const empty = await shown("empty");
  await acts(...many(3));
  const early = await shown("early");
  await acts(...many(5, 3));
  const late = await shown("late");
  const verdict = await compareSights(key, [late, early, empty, { ...late, from: "again" }], sources);
  assert.deepEqual(
    verdict.sights.map(({ from, size, state }) => [from, size, state]),
    [
      ["late", 8, "agrees"],
      ["early", 3, "agrees"],
      ["empty", 0, "agrees"],
      ["again", 8, "agrees"],
    ],
  );
  assert.equal(verdict.evidence, undefined);
  assert.equal(verdict.latest?.size, 8);
  assert.ok(await recompute(verdict.latest, sources));
  assert.ok(!(await recompute({ ...verdict.latest, size: 7 }, sources)));
});

test("M-A5: a log that tells two stories of one length has signed the proof against itself", async (t) => {
  const folder = tempFolder(t);
  const [open, hidden] = [await logAt(t, folder), await logAt(t, folder)];
  assert.equal(open.log.door.verifierKey, hidden.log.door.verifierKey);
  const key = parseVerifierKey(open.log.door.verifierKey)!;
  await open.acts("birth", "sale");
  await hidden.acts("birth", "another sale");
  const verdict = await compareSights(key, [await open.shown("visitor"), await hidden.shown("witness")], open.sources);
  assert.deepEqual(
    verdict.sights.map(({ state }) => state),
    ["split", "split"],
  );
  assert.equal(verdict.evidence?.kind, "roots");
  const written = JSON.stringify(verdict.evidence);
  assert.ok(provesSplit(written), "anyone can check it with nothing else");
  const [one] = verdict.evidence!.notes;
  assert.ok(!provesSplit(JSON.stringify({ ...verdict.evidence, notes: [one, one] })), "one story twice proves nothing");
  const forger = generateKeyPairSync("ed25519");
  const false2 = signNote(writeCheckpoint({ origin: key.name, size: 2, root: Buffer.alloc(32) }), {
    key: noteKey(key.name, 1, forger.publicKey),
    secret: forger.privateKey,
  });
  assert.ok(
    !provesSplit(JSON.stringify({ ...verdict.evidence, notes: [one, false2] })),
    "a note the log did not sign is no proof",
  );
  for (const broken of ["", "{", "null", "[]", '{"kerege":"split-view/1"}']) assert.equal(provesSplit(broken), false);
});

test("M-A5: a log that forgot what it once showed is found out by its own tiles", async (t) => {
  const folder = tempFolder(t);
  const [before, now] = [await logAt(t, folder), await logAt(t, folder)];
  const key = parseVerifierKey(before.log.door.verifierKey)!;
  await before.acts(...many(300));
  await now.acts(...many(299), "rewritten", ...many(20, 300));
  const seen = await before.shown("seen last time");
  const verdict = await compareSights(key, [await now.shown("visitor"), seen], now.sources);
  assert.equal(verdict.evidence?.kind, "prefix");
  assert.deepEqual(
    verdict.sights.map(({ state }) => state),
    ["split", "split"],
  );
});

test("M-A5: a log that does not prove what it owes is not called good, and a stranger's note is not its fault", async (t) => {
  const { log, acts, shown } = await logAt(t, tempFolder(t));
  const key = parseVerifierKey(log.door.verifierKey)!;
  await acts("a");
  const early = await shown("early");
  await acts("b", "c");
  const late = await shown("late");
  const silent: Sources = { log: async () => undefined };
  const verdict = await compareSights(key, [early, late, { from: "stranger", note: "not a note" }], silent);
  assert.deepEqual(
    verdict.sights.map(({ from, state }) => [from, state]),
    [
      ["early", "agrees"],
      ["late", "unproven"],
      ["stranger", "not-of-the-log"],
    ],
  );
  assert.equal(verdict.evidence, undefined);
});

const command = fileURLToPath(new URL("../../../apps/cli/main.ts", import.meta.url));

/** `kerege monitor …` as an outsider runs it. */
async function monitor(...args: string[]): Promise<{ code: number; said: string }> {
  const child = spawn(
    process.execPath,
    [...process.execArgv.filter((one) => !one.startsWith("--test")), command, "monitor", ...args],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, LANG: "en_US.UTF-8", LC_ALL: "en_US.UTF-8" },
    },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part: string) => (said += part));
  const [code] = await once(child, "close");
  return { code: Number(code), said };
}

test("M-A5: the command finds out a state that shows its visitors another log than its witness, and keeps the proof", async (t) => {
  const folder = tempFolder(t);
  const [open, hidden] = [await logAt(t, path.join(folder, "state")), await logAt(t, path.join(folder, "state"))];
  const key = open.log.door.verifierKey;
  const witness = await startWitness(t, { folder: path.join(folder, "witness"), log: key, name: "w.example" });
  // The witness has the clock of the machine.
  for (const { clock } of [open, hidden]) clock.set(new Date());
  open.log.door.addWitness(witness.text);
  await open.acts("birth");
  await hidden.acts("birth");
  await open.log.settle();
  const address = async (one: typeof open) => {
    await one.app.listen({ port: 0, host: "127.0.0.1" });
    return `http://127.0.0.1:${(one.app.server.address() as AddressInfo).port}`;
  };
  const [good, bad] = [await address(open), await address(hidden)];
  const kept = path.join(folder, "monitor");
  const options = ["--witness", witness.text, "--folder", kept];
  assert.equal((await monitor(good, ...options)).code, 2, "nobody has told it the key of the log");
  const first = await monitor(good, "--key", key, "--full", ...options);
  assert.equal(first.code, 0, first.said);
  assert.match(first.said, /One history, 1 entry\./);
  assert.equal((await monitor(bad, ...options)).code, 0, "so far both tell the same");

  await open.acts("sale", "licence");
  await open.log.settle();
  await hidden.acts("another sale", "licence");
  const found = await monitor(bad, ...options);
  assert.equal(found.code, 1, found.said);
  assert.match(found.said, /w\.example: 3 entries, contradicts another/);
  const proof = path.join(kept, "split.json");
  assert.ok(existsSync(proof) && provesSplit(readFileSync(proof, "utf8")));
  await witness.end();
  const alone = await monitor(good, ...options);
  assert.equal(alone.code, 0, alone.said);
  assert.match(alone.said, /w\.example: does not answer/);
  assert.equal((await monitor("http://127.0.0.1:1", ...options)).code, 3);
  assert.equal((await monitor("not an address")).code, 2);
});
