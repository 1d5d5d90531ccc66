import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createServer } from "@kerege/kernel/http";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { silentLog } from "@kerege/kernel/log";
import { openTestDatabase } from "@kerege/kernel/testing";
import { parseCheckpoint } from "../../log/checkpoint.ts";
import { hashLeaf } from "../../log/merkle.ts";
import { parseNote } from "../../log/note.ts";
import { addLogRoutes } from "../../log/routes.ts";
import { writeTileNumber } from "../../log/tile.ts";
import { tempFolder } from "../fixture.ts";
import { country, logOver, migrateTrust } from "../log-scene.ts";
import { missing } from "./program.ts";

/** Where Debian's packages of Go libraries lie. */
const LIBRARIES = "/usr/share/gocode";
const skip = existsSync(`${LIBRARIES}/src/golang.org/x/mod/sumdb/tlog`)
  ? missing("go")
  : "needs go (packages golang-go, golang-golang-x-mod-dev)";
const program = fileURLToPath(new URL("./log_check.go", import.meta.url));

const texts = createTexts();
addLocales(texts, "kernel", new URL("../../../../kernel/locales/", import.meta.url));
addLocales(texts, "trust", new URL("../../locales/", import.meta.url));

async function logOverHttp(t: TestContext) {
  const { database, close } = await openTestDatabase();
  t.after(close);
  await migrateTrust(database);
  const { log } = logOver(database, tempFolder(t));
  await log.begin();
  const app = await createServer({ log: silentLog, texts, languages: [...languages] });
  addLogRoutes(app, { means: { country }, log });
  t.after(() => app.close());
  return { log, get: async (path: string) => app.inject(path) };
}

const PLACE = 257;

test("Go's own library for transparency logs follows tiles, inclusion and consistency", { skip }, async (t) => {
  const { log, get } = await logOverHttp(t);
  const append = (from: number, to: number) => {
    const numbers = Array.from({ length: to - from }, (_, nr) => from + nr);
    return log.door.append(numbers.map((nr) => log.door.batch("test.act", [hashLeaf(Buffer.from(`act ${nr}`))])));
  };
  await append(0, 130);
  const old = parseCheckpoint(parseNote((await get("/log/checkpoint")).body)!)!;
  await append(130, 700);
  const note = (await get("/log/checkpoint")).body;
  const { size } = parseCheckpoint(parseNote(note)!)!;
  assert.equal(size, 700);

  const tiles: Record<string, string> = {};
  for (let level = 0, width = size; width > 0; level++, width = Math.floor(width / 256)) {
    for (let number = 0; number * 256 < width; number++) {
      const part = Math.min(256, width - number * 256);
      const name = `${level}/${writeTileNumber(number)}${part < 256 ? `.p/${part}` : ""}`;
      tiles[name] = (await get(`/log/tile/${name}`)).rawPayload.toString("hex");
    }
  }
  const entries = (await get("/log/tile/entries/001")).rawPayload;
  const at = (PLACE % 256) * 34 + 2;
  const entry = createHash("sha256")
    .update(Buffer.of(0))
    .update(entries.subarray(at, at + 32))
    .digest("hex");
  const path = async (query: string) => ((await get(`/log/proof?${query}`)).json() as { path: string[] }).path;
  const given = {
    Key: log.door.verifierKey,
    Note: note,
    Tiles: tiles,
    Place: PLACE,
    Entry: entry,
    Inclusion: await path(`place=${PLACE}&size=${size}`),
    Old: { Size: old.size, Root: old.root.toString("base64"), Consistency: await path(`from=${old.size}&to=${size}`) },
  };
  const folder = tempFolder(t);
  const judge = (input: unknown) => {
    const { stdout, stderr } = spawnSync("go", ["run", program], {
      input: JSON.stringify(input),
      encoding: "utf8",
      timeout: 300_000,
      env: { ...process.env, GO111MODULE: "off", GOPATH: LIBRARIES, GOFLAGS: "", GOCACHE: `${folder}/cache`, HOME: folder },
    });
    return `${stdout}${stderr}`.trim();
  };
  assert.equal(judge(given), "good");
  assert.match(judge({ ...given, Place: PLACE - 1 }), /^inclusion: invalid transparency proof/);
  assert.match(judge({ ...given, Old: { ...given.Old, Size: old.size - 1 } }), /^consistency: invalid transparency proof/);
  assert.match(judge({ ...given, Note: note.replace("\n700\n", "\n701\n") }), /^note: /);
  const spoiled = { ...tiles, "0/002.p/188": tiles["0/002.p/188"]!.replace(/^../, (byte) => (byte === "00" ? "01" : "00")) };
  assert.match(judge({ ...given, Tiles: spoiled }), /^tiles: /);
});
