import assert from "node:assert/strict";
import { test } from "node:test";
import { createManualClock } from "@kerege/kernel/clock";
import { createServer } from "@kerege/kernel/http";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { parseAnchors } from "../anchors.ts";
import { problems } from "../problems.ts";
import { addRoutes } from "../routes.ts";
import { createTrust } from "../trust.ts";
import { REFUSALS } from "../verdict.ts";
import { BODY, NOW, plainPdf, SIGNING, tempFolder } from "./fixture.ts";

const texts = createTexts();
addLocales(texts, "trust", new URL("../locales/", import.meta.url));
const silent = { fault() {}, warn() {}, note() {}, child: () => silent } as never;
const country = { code: "KG", name: { ky: "Үлгү", ru: "Образец", kk: "Үлгі", en: "Sample" } } as never;

function trustIn(t: Parameters<typeof tempFolder>[0]) {
  return createTrust({ clock: createManualClock(NOW), dataFolder: tempFolder(t), country });
}

test("the anchors can be fetched by anyone and kept for a while", async (t) => {
  const trust = trustIn(t);
  const app = await createServer({ log: silent, texts, languages: [...languages] });
  addRoutes(app, trust);
  const signer = trust.signer(BODY);
  const anchors = await app.inject("/trust/anchors.pem");
  assert.equal(anchors.statusCode, 200);
  assert.match(String(anchors.headers["cache-control"]), /^public/);
  assert.equal(parseAnchors(anchors.body)?.signers[0]?.fingerprint, signer.certificate.fingerprint);
  const again = await app.inject({ url: "/trust/anchors.pem", headers: { "if-none-match": String(anchors.headers.etag) } });
  assert.equal(again.statusCode, 304);
  await app.close();
});

test("what the door signs, the door and the pure check accept", (t) => {
  const trust = trustIn(t);
  const signer = trust.signer(BODY);
  const pdf = trust.signPdf(plainPdf(), signer, SIGNING);
  assert.ok(trust.checkPdf(pdf).valid);
  assert.ok(trust.checkPdf(pdf, trust.anchors(), NOW).valid);
  assert.ok(trust.checkStatement(trust.sealStatement(signer, { "1": "x" })).valid);
  assert.equal(trust.checkPdf(pdf, "nonsense").valid, false);
});

test("what cannot be signed or sealed is a problem of this block", (t) => {
  const trust = trustIn(t);
  const signer = trust.signer(BODY);
  assert.throws(() => trust.signPdf(Buffer.from("text"), signer, SIGNING), { code: "trust.unsignable-pdf" });
  assert.throws(() => trust.sealStatement(signer, { "1": 0.5 }), { code: "trust.unsealable-claims" });
});

test("every refusal and every problem has its words in four languages", () => {
  const keys = [
    ...REFUSALS.map((reason) => `trust.refusals.${reason}`),
    ...Object.keys(problems).flatMap((name) => [`trust.problems.${name}.title`, `trust.problems.${name}.detail`]),
  ];
  for (const language of languages) {
    const known = texts.keys(language);
    for (const key of keys) assert.ok(known.includes(key), `${language} ${key}`);
  }
});
