/** `kerege verify` with files that no portal issued: who signed, when and how surely, what is wrong, and what to do. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { addLocales, createTexts, type Language } from "@kerege/kernel/locale";
import { openTestHouse } from "@kerege/kernel/testing";
import {
  liftCades,
  noteKey,
  type SignedFile,
  type Signer,
  signAsic,
  signCades,
  signJws,
  signNote,
  signXml,
  type TrustDoor,
  writeVerifierKey,
} from "@kerege/trust";
import trustBlock from "@kerege/trust/block";
import { verify } from "../verify.ts";

const root = mkdtempSync(join(tmpdir(), "kerege-verify-"));
const anchors = join(root, "anchors.pem");
const CONTENT = Buffer.from("Өтүнмө\n");
let house: Awaited<ReturnType<typeof openTestHouse>>;
let trust: TrustDoor;
let signer: Signer;

before(async () => {
  const folder = join(root, "countries", "trial");
  mkdirSync(folder, { recursive: true });
  const name = "{ ky: Сыноо, ru: Проба, kk: Сынақ, en: Trial }";
  const more = ["languages: [ky, ru]", "timeZone: Asia/Bishkek", "demo: false", "currency: KGS", "packs: []"];
  const lines = ["country: trial", "code: KG", `name: ${name}`, `portalName: ${name}`, ...more];
  writeFileSync(join(folder, "country.yaml"), `${lines.join("\n")}\n`);
  house = await openTestHouse([trustBlock], { root, country: "trial", at: new Date().toISOString() });
  trust = house.doors.trust as TrustDoor;
  signer = trust.signer({ code: "archive", name: "Архив кызматы" });
  writeFileSync(anchors, trust.anchors());
});
after(async () => {
  await house?.close();
  rmSync(root, { recursive: true, force: true });
});

async function run(content: Uint8Array | string, { more = [], language = "en" }: { more?: string[]; language?: Language } = {}) {
  const file = join(root, "given");
  writeFileSync(file, content);
  const texts = createTexts();
  addLocales(texts, "cli", new URL("../locales/", import.meta.url));
  const said: string[] = [];
  const put = (text: string) => void said.push(text);
  const say = (key: string, values?: Record<string, string | number>) => texts.translate(language, `cli.${key}`, values);
  const code = await verify([file, "--anchors", anchors, ...more], { language, say, print: put, complain: put });
  return { code, text: said.join("\n") };
}

const beside = (content: Uint8Array): string[] => {
  const file = join(root, "beside.txt");
  writeFileSync(file, content);
  return ["--content", file];
};
const files: SignedFile[] = [{ name: "a.txt", content: CONTENT, mediaType: "text/plain" }];
const at = () => house.clock.now();

test("M-A5: kerege verify says of any signed file who signed it, when and how surely", async () => {
  const means = trust.signing.levels;
  const stamped = await liftCades(signCades(CONTENT, signer, { at: at() }), { level: "T", content: CONTENT }, means);
  const cases: [string, Uint8Array | string, string[]][] = [
    ["CAdES-B-B", signCades(CONTENT, signer, { at: at(), isDetached: false }), []],
    ["CAdES-B-T", stamped, beside(CONTENT)],
    ["XAdES-B-B", await signXml(Buffer.from("<act>1</act>"), signer, { at: at() }), []],
    ["XAdES-B-B", await signAsic(files, signer, { at: at() }), []],
    ["JAdES-B-B", await signJws(CONTENT, signer, { at: at() }), beside(CONTENT)],
  ];
  for (const [level, file, more] of cases) {
    const { code, text } = await run(file, { more });
    assert.equal(code, 0, `${level}: ${text}`);
    for (const part of ["Genuine.", "Архив кызматы (Body)", level, at().toISOString().slice(0, 16)])
      assert.ok(text.includes(part), `${part} not in ${text}`);
    assert.equal(text.includes("Confirmed by a time stamp"), level.endsWith("-T"));
  }
});

test("the document of a detached signature is asked for, and another one is refused", async () => {
  const detached = signCades(CONTENT, signer, { at: at() });
  const without = await run(detached);
  assert.equal(without.code, 2);
  assert.match(without.text, /Add the document to which the signature belongs/);
  const other = await run(detached, { more: beside(Buffer.from("Another")) });
  assert.deepEqual([other.code, other.text.includes("content-changed")], [1, true]);
  assert.equal((await run(detached, { more: ["--content", join(root, "none")] })).code, 2);
});

test("a changed file, a stranger's signature and a file without any are not trusted, in four languages", async () => {
  const xml = Buffer.from(await signXml(Buffer.from("<act>1</act>"), signer, { at: at() }));
  const changed = Buffer.from(xml.toString("utf8").replace("<act>1", "<act>2"));
  const said = new Set<string>();
  for (const language of ["ky", "ru", "kk", "en"] as const) {
    const { code, text } = await run(changed, { language });
    assert.equal(code, 1, text);
    assert.doesNotMatch(text, /\b(trust|cli|verify)\.[a-z]/);
    said.add(text);
  }
  assert.equal(said.size, 4);
  for (const nothing of ["", "hello", "<a/>", "{}", "%PDF-1.7\n", "PK\x03\x04"])
    assert.equal((await run(nothing)).code, 1, nothing);
});

test("a split.json proves that the log told two stories, or does not", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = noteKey("log.example/trial", 1, publicKey);
  const note = (byte: number) =>
    signNote(`log.example/trial\n5\n${Buffer.alloc(32, byte).toString("base64")}\n`, { key, secret: privateKey });
  const evidence = (one: unknown, two: unknown) =>
    JSON.stringify({ kerege: "split-view/1", log: writeVerifierKey(key), notes: [one, two], kind: "roots" }, null, 2);
  const proof = await run(evidence(note(1), note(2)));
  assert.equal(proof.code, 0, proof.text);
  assert.ok(proof.text.includes(writeVerifierKey(key)) && proof.text.includes("two different stories"));
  const same = await run(evidence(note(1), note(1)));
  assert.deepEqual([same.code, same.text.includes("does not prove")], [1, true]);
});
