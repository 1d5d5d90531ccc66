/** Pages open to all: authorities, the state of a certificate by its serial number, checking any file. */
import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { createBound } from "@kerege/kernel/bound";
import { createServer } from "@kerege/kernel/http";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { silentLog } from "@kerege/kernel/log";
import { openTestDatabase } from "@kerege/kernel/testing";
import { addTrustPages } from "../routes-pages.ts";
import { createSigner } from "../signer.ts";
import { signCades } from "../signing/cades.ts";
import { signPadesAt } from "../signing/pades-sign.ts";
import { plainPdf } from "./fixture.ts";
import { country, migrateTrust } from "./log-scene.ts";
import { newKeyPair, OFFICER, PERSON, pkiOver } from "./pki-scene.ts";

const texts = createTexts();
addLocales(texts, "kernel", new URL("../../../kernel/locales/", import.meta.url));
addLocales(texts, "trust", new URL("../locales/", import.meta.url));

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

async function scene(t: TestContext) {
  const opened = pkiOver(t, shared.database);
  const { trust, pki, clock } = opened;
  const app = await createServer({ log: silentLog, texts, languages: [...languages] });
  addTrustPages(app, { means: { country, clock }, trust, pki, checkBound: createBound({ each: 0, all: 0 }, clock) });
  t.after(() => app.close());
  const { publicKey, privateKey } = newKeyPair();
  const issued = await pki.door.issue(OFFICER, { kind: "person-signing", holder: PERSON, publicKey });
  const signer = createSigner({
    certificate: issued.certificate,
    chain: pki.door.status.issuers(issued.certificate).slice(0, -1),
    key: privateKey,
  });
  const check = (files: Record<string, Buffer>) => {
    const mark = "----kerege";
    const parts = Object.entries(files).map(([name, content]) => [
      Buffer.from(`--${mark}\r\ncontent-disposition: form-data; name="${name}"; filename="x.bin"\r\n\r\n`),
      content,
      Buffer.from("\r\n"),
    ]);
    const payload = Buffer.concat([...parts.flat(), Buffer.from(`--${mark}--\r\n`)]);
    const headers = { "content-type": `multipart/form-data; boundary=${mark}`, "sec-fetch-site": "same-origin" };
    return app.inject({ method: "POST", url: "/en/check", headers, payload });
  };
  const levels = { stamper: pki.door.stamper, status: pki.door.status };
  return { ...opened, app, issued, signer, check, levels };
}

test("M-A5: anyone sees the authorities and the state of a certificate by its number, and not whose it is", async (t) => {
  const { app, issued, pki } = await scene(t);
  for (const language of languages) {
    const page = await app.inject(`/${language}/trust`);
    assert.equal(page.statusCode, 200);
    for (const name of ["root", "bodies", "people"]) assert.match(page.body, new RegExp(`/trust/authorities/${name}\\.cer`));
  }
  const { serial } = issued;
  const spelt = [serial, serial.toUpperCase(), serial.replaceAll(/(..)(?=.)/g, "$1:"), ` 0x${serial}`, serial.replace(/^0/, "")];
  for (const one of spelt) {
    const found = await app.inject(`/en/trust?serial=${encodeURIComponent(one)}`);
    assert.equal(found.statusCode, 200, one);
    assert.match(found.body, /This certificate is valid/);
    assert.doesNotMatch(found.body, /20503199001234|Асанова|Айгүл/, "a number tells nobody the person");
  }
  for (const none of ["00", "zz", "' or 1=1 --", "01".repeat(20)]) {
    const found = await app.inject(`/en/trust?serial=${encodeURIComponent(none)}`);
    assert.equal(found.statusCode, 404, none);
    assert.match(found.body, /There is no such certificate/);
  }
  await pki.door.revoke(OFFICER, { serial, reason: "key-compromise" });
  const revoked = await app.inject(`/ru/trust?serial=${serial}`);
  assert.match(revoked.body, /Этот сертификат отозван/);
  assert.match(revoked.body, /ключ мог стать известен другим/);
});

test("M-A5: the page of checking says in plain words who signed, when, what, and what is wrong", async (t) => {
  const { app, signer, check, levels } = await scene(t);
  assert.equal((await app.inject("/ky/check")).statusCode, 200);
  const signing = { at: new Date(), reason: "Consent", name: "Асанова Айгүл" };
  const pdf = await signPadesAt(plainPdf(), signer, { ...signing, level: "LT", means: levels });
  const good = await check({ file: pdf });
  assert.equal(good.statusCode, 200);
  for (const words of [/The signature is valid/, /Асанова/, /Confirmed by a time stamp/, /The whole file is signed/, /Consent/])
    assert.match(good.body, words);
  const changed = Buffer.from(pdf);
  changed[200]! ^= 1;
  const bad = await check({ file: changed });
  assert.match(bad.body, /The signature is not valid/);
  assert.match(bad.body, /Do not rely on this one/);

  const text = Buffer.from("a text");
  const detached = signCades(text, signer, { at: new Date() });
  assert.match((await check({ file: detached })).body, /The document it was made for is missing/);
  assert.doesNotMatch((await check({ file: detached, content: text })).body, /is missing|was changed/);
  assert.match((await check({ file: detached, content: Buffer.from("another") })).body, /was changed after it was signed/);
  assert.match((await check({ file: Buffer.from("hello") })).body, /we find no signatures/);
  assert.equal((await check({})).statusCode, 422);
  assert.equal((await check({ file: Buffer.alloc(0) })).statusCode, 422);
});
