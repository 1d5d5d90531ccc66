import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import { createServer } from "@kerege/kernel/http";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { silentLog } from "@kerege/kernel/log";
import { openTestDatabase } from "@kerege/kernel/testing";
import { PROOF_REFUSALS } from "../log/check-proof.ts";
import { parseCheckpoint } from "../log/checkpoint.ts";
import { openLogKeys } from "../log/keys.ts";
import { hashLeaf, treeRoot } from "../log/merkle.ts";
import { isSignedBy, noteKey, parseNote, writeVerifierKey } from "../log/note.ts";
import { verifyConsistency, verifyInclusion } from "../log/proof.ts";
import { addLogRoutes } from "../log/routes.ts";
import { WITNESS_STATES } from "../log/store.ts";
import { NOW, tempFolder } from "./fixture.ts";
import { country, logOver, migrateTrust } from "./log-scene.ts";

const texts = createTexts();
addLocales(texts, "kernel", new URL("../../../kernel/locales/", import.meta.url));
addLocales(texts, "trust", new URL("../locales/", import.meta.url));

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

test("a monitor that has only the routes and the anchors can follow the whole log", async (t) => {
  const { log, trust } = logOver(shared.database, tempFolder(t));
  const app = await createServer({ log: silentLog, texts, languages: [...languages] });
  addLogRoutes(app, { means: { country }, log });
  t.after(() => app.close());
  const get = async (url: string) => app.inject(url);
  assert.equal((await get("/log/checkpoint")).statusCode, 404, "before it has begun");
  await log.begin();
  const empty = parseCheckpoint(parseNote((await get("/log/checkpoint")).body)!)!;
  assert.equal(empty.size, 0);
  const roots = Array.from({ length: 300 }, (_, nr) => hashLeaf(Buffer.from(`${nr}`)));
  const batches = roots.map((root) => log.door.batch("test.act", [root]));
  await log.door.append(batches.slice(0, 100));
  const middle = parseCheckpoint(parseNote((await get("/log/checkpoint")).body)!)!;
  await log.door.append(batches);

  const answer = await get("/log/checkpoint");
  assert.match(String(answer.headers["content-type"]), /^text\/plain; charset=utf-8/);
  const note = parseNote(answer.body)!;
  const checkpoint = parseCheckpoint(note)!;
  assert.equal(checkpoint.size, 300);
  const keys = openLogKeys((await get("/log/keys")).body, trust.anchors(), NOW);
  assert.ok(typeof keys === "object" && isSignedBy(note, keys.log));

  const full = await get("/log/tile/0/000");
  assert.match(String(full.headers["cache-control"]), /immutable/);
  assert.equal(full.headers["content-type"], "application/octet-stream");
  const partial = await get("/log/tile/0/001.p/44");
  assert.equal(full.rawPayload.length, 8192);
  assert.ok(treeRoot(Buffer.concat([full.rawPayload, partial.rawPayload])).equals(checkpoint.root));
  assert.ok((await get("/log/tile/1/000.p/1")).rawPayload.equals(treeRoot(full.rawPayload)));
  assert.ok(
    (await get("/log/tile/0/001.p/20")).rawPayload.equals(partial.rawPayload.subarray(0, 640)),
    "as it was at a smaller size",
  );
  const bundle = (await get("/log/tile/entries/001.p/44")).rawPayload;
  assert.equal(bundle.length, 44 * 34);
  const entries = Array.from({ length: 44 }, (_, nr) => bundle.subarray(nr * 34 + 2, nr * 34 + 34));
  assert.ok(Buffer.concat(entries.map(hashLeaf)).equals(partial.rawPayload));
  for (const path of [
    "0/001",
    "0/001.p/45",
    "0/002",
    "1/000",
    "1/000.p/2",
    "2/000.p/1",
    "entries/001",
    "0/x000/001",
    "63/000",
    "9/x999/x999/x999/x999/x999/999",
  ])
    assert.equal((await get(`/log/tile/${path}`)).statusCode, 404, path);

  const hashes = (list: string[]) => list.map((one) => Buffer.from(one, "base64"));
  const inclusion = (await get("/log/proof?place=37")).json();
  const place = Buffer.concat([full.rawPayload]).subarray(37 * 32, 38 * 32);
  assert.ok(verifyInclusion({ hash: place, index: 37 }, hashes(inclusion.path), checkpoint));
  const consistency = (await get("/log/proof?from=100&to=300")).json();
  assert.ok(verifyConsistency(middle, checkpoint, hashes(consistency.path)));
  const leaf = (await get(`/log/proof?batch=${batches[3]!.id}&position=0`)).json();
  assert.equal(leaf.kerege, "proof/1");
  const wrong: [string, number][] = [
    ["", 422],
    ["place=300", 404],
    ["place=1&size=301", 404],
    ["from=301", 404],
    ["from=200&to=100", 404],
    ["place=-1", 422],
    ["place=1e3", 422],
    ["place=01", 422],
    ["batch=x&position=0", 422],
    [`batch=${batches[3]!.id}&position=1`, 404],
    [`batch=${batches[3]!.id}`, 422],
    ["batch=00000000-0000-7000-8000-000000000000&position=0", 404],
    ["place=1&other=2", 422],
  ];
  for (const [query, status] of wrong) assert.equal((await get(`/log/proof?${query}`)).statusCode, status, query);
});

test("the page of the log speaks four languages and says how to check", async (t) => {
  const { log } = logOver(shared.database, tempFolder(t));
  await log.begin();
  const witness = noteKey("witness.example/w", 4, generateKeyPairSync("ed25519").publicKey);
  log.door.addWitness(`${writeVerifierKey(witness)} http://127.0.0.1:1`);
  const app = await createServer({ log: silentLog, texts, languages: [...languages] });
  addLogRoutes(app, { means: { country }, log });
  t.after(() => app.close());
  const start = await app.inject({ url: "/log", headers: { "accept-language": "kk" } });
  assert.deepEqual([start.statusCode, start.headers.location], [302, "/kk/log"]);
  for (const language of languages) {
    const page = await app.inject(`/${language}/log`);
    assert.equal(page.statusCode, 200);
    assert.match(page.body, new RegExp(`<html lang="${language}"`));
    assert.ok(page.body.includes(texts.translate(language, "trust.log.title")));
    assert.ok(page.body.includes(texts.translate(language, "trust.log.states.not-asked")));
    assert.doesNotMatch(page.body.replaceAll(/<[^>]*>/g, " "), /\btrust\.[a-z]/, "every text is there");
  }
  assert.equal((await app.inject("/de/log")).statusCode, 404);
});

test("every reason a proof is refused for and every state of a witness has its words in four languages", () => {
  const keys = [
    ...PROOF_REFUSALS.map((reason) => `trust.proof.refusals.${reason}`),
    ...WITNESS_STATES.map((state) => `trust.log.states.${state}`),
  ];
  for (const language of languages) for (const key of keys) assert.ok(texts.keys(language).includes(key), `${language} ${key}`);
});

test("M-A5: anyone sees which checkpoints the log has shown and how many witnesses stand under each, page by page", async (t) => {
  const { database, close } = await openTestDatabase();
  t.after(close);
  await migrateTrust(database);
  const { log } = logOver(database, tempFolder(t));
  const app = await createServer({ log: silentLog, texts, languages: [...languages] });
  addLogRoutes(app, { means: { country }, log });
  t.after(() => app.close());
  assert.equal((await app.inject("/ky/log/monitor")).statusCode, 404, "before it has begun");
  await log.begin();
  for (let nr = 0; nr < 25; nr++) await log.door.append([log.door.batch("test.act", [hashLeaf(Buffer.from(`${nr}`))])]);
  await log.store.hear({ witness: "w.example+00000000", size: 25, state: "agrees", at: NOW }, { line: "— w.example AAAAAA==\n" });
  const shown = await app.inject("/log/checkpoints");
  assert.equal(shown.statusCode, 200, shown.body);
  const all = shown.json() as {
    checkpoints: { size: number; note: string; witnesses: unknown[] }[];
  };
  assert.deepEqual(
    all.checkpoints.map(({ size }) => size),
    Array.from({ length: 26 }, (_, nr) => 25 - nr),
  );
  assert.deepEqual(all.checkpoints[0]!.witnesses, [{ witness: "w.example+00000000", at: NOW.toISOString() }]);
  assert.ok(parseNote(all.checkpoints[3]!.note));
  const part = (await app.inject("/log/checkpoints?below=10&limit=2")).json() as typeof all;
  assert.deepEqual(
    part.checkpoints.map(({ size }) => size),
    [9, 8],
  );
  assert.equal((await app.inject("/log/checkpoints?limit=1000")).statusCode, 422);
  assert.equal((await app.inject("/log/checkpoints?below=x")).statusCode, 422);
  for (const language of languages) {
    const page = await app.inject(`/${language}/log/monitor`);
    assert.equal(page.statusCode, 200);
    assert.equal(page.body.match(/<tr/g)!.length, 21, "the head and a page of twenty");
    const next = /href="(\?below=\d+)"/.exec(page.body)![1]!;
    const rest = await app.inject(`/${language}/log/monitor${next}`);
    assert.equal(rest.body.match(/<tr/g)!.length, 7);
    assert.doesNotMatch(rest.body, /rel="next"/);
  }
  assert.equal((await app.inject("/ky/log/monitor?below=-1")).statusCode, 422);
});
