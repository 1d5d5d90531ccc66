/** Signatures by people: sole control of the key, the signing step, evidence, pages. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, type TestContext, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { createServer } from "@kerege/kernel/http";
import { createIds } from "@kerege/kernel/id";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { silentLog } from "@kerege/kernel/log";
import { openTestDatabase } from "@kerege/kernel/testing";
import type { EvidenceRecord } from "../personal/evidence-record.ts";
import { MOST_TRIES, type Person, phraseFault } from "../personal/keys.ts";
import { addPersonalRoutes } from "../personal/routes.ts";
import { createSignatures } from "../personal/signatures.ts";
import { readSignedContent } from "../signing/signed-content.ts";
import { validate } from "../signing/validate.ts";
import { missing, run } from "./conformance/program.ts";
import { plainPdf } from "./fixture.ts";
import { country, migrateTrust } from "./log-scene.ts";
import { pkiOver } from "./pki-scene.ts";

const texts = createTexts();
addLocales(texts, "kernel", new URL("../../../kernel/locales/", import.meta.url));
addLocales(texts, "trust", new URL("../locales/", import.meta.url));

const AIGUL: Person = { kind: "person", pin: "20503199001234", assurance: "substantial" };
const BAKYT: Person = { kind: "person", pin: "10101198005678", assurance: "high" };
const PHRASE = "төрт жылкы жайлоодо";

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

function scene(t: TestContext) {
  const { database } = shared;
  const opened = pkiOver(t, database);
  const { clock, told, trust, pki, folder } = opened;
  const ids = createIds(() => clock.now().getTime());
  const events = { tell: async (_tx: unknown, one: never) => void told.push(one) } as never;
  const signatures = createSignatures({ clock, ids, events, database, dataFolder: folder }, { trust, pki: pki.door });
  signatures.door.names.find = async (pin) =>
    pin === AIGUL.pin
      ? { surname: "Асанова", givenName: "Айгүл" }
      : pin === BAKYT.pin
        ? { surname: "Токтосунов", givenName: "Бакыт" }
        : undefined;
  const check = (file: Buffer) => validate(file, { trusted: trust.anchors(), at: clock.now() });
  const askText = (content: string, kind: "advanced" | "simple" = "advanced", holder = AIGUL.pin) =>
    signatures.door.ask(holder, {
      ...{ title: "Арыз", media: "text/plain", content: Buffer.from(content), kind },
      ...{ askedBy: "services", reference: "case-1", back: "/cases/1" },
    });
  const forget = async () => {
    await database.run(sql`delete from trust.person_key`);
    await database.run(sql`delete from trust.signing_request`);
  };
  return { ...opened, database, signatures, check, askText, forget };
}

test("M-A5: a person makes a key, signs a text and a PDF with the phrase, and both are good to anyone", async (t) => {
  const { signatures, check, askText, forget, told } = scene(t);
  await forget();
  await signatures.keys.make(AIGUL, PHRASE);
  const own = await signatures.keys.own(AIGUL);
  assert.equal(own?.certificate.kind, "person-signing");
  const { id } = await askText("Мен макулмун.\n");
  await signatures.sign(AIGUL, id, PHRASE);
  const text = (await signatures.show(AIGUL, id)).signed!;
  assert.equal(readSignedContent(text).content?.toString("utf8"), "Мен макулмун.\n", "what was shown is inside");
  const report = check(text);
  assert.equal(report.indication, "TOTAL-PASSED", JSON.stringify(report));
  assert.equal(report.signatures[0]!.signer?.kind, "person");
  assert.match(report.signatures[0]!.signer!.name, /Асанова/);
  assert.equal(report.signatures[0]!.timeSource, "stamp");

  const pdf = plainPdf("A contract");
  const asked = await signatures.door.ask(AIGUL.pin, {
    ...{ title: "Келишим", media: "application/pdf", content: pdf, kind: "advanced" },
    ...{ askedBy: "services", reference: "case-2", back: "/cases/2" },
  });
  await signatures.sign(AIGUL, asked.id, PHRASE);
  const signed = (await signatures.show(AIGUL, asked.id)).signed!;
  assert.ok(signed.subarray(0, pdf.length).equals(pdf), "the file is continued, not changed");
  assert.equal(check(signed).indication, "TOTAL-PASSED", JSON.stringify(check(signed)));
  const settled = told.filter(({ type }) => type === "trust.request-settled").map(({ body }) => body);
  assert.deepEqual(
    settled.map(({ reference, state, askedBy }) => [reference, state, askedBy]),
    [
      ["case-1", "signed", "services"],
      ["case-2", "signed", "services"],
    ],
  );
});

test("M-A5: without the phrase nobody signs; five wrong ones block the key, also when they come at once", async (t) => {
  const { signatures, askText, forget, database } = scene(t);
  await forget();
  await signatures.keys.make(AIGUL, PHRASE);
  const { id } = await askText("Макулмун");
  await assert.rejects(signatures.sign(AIGUL, id, "another phrase"), {
    code: "trust.wrong-phrase",
    params: { left: MOST_TRIES - 1 },
  });
  await signatures.keys.changePhrase(AIGUL, { old: PHRASE, new: "беш кой короодо" });
  await assert.rejects(signatures.sign(AIGUL, id, PHRASE), { code: "trust.wrong-phrase" }, "the old phrase is void");
  const guesses = await Promise.allSettled(
    Array.from({ length: 12 }, (_, nr) => signatures.sign(AIGUL, id, `a guess number ${nr}`)),
  );
  const codes = guesses.map((one) => (one.status === "rejected" ? (one.reason as { code: string }).code : "signed"));
  assert.ok(
    codes.every((code) => code === "trust.wrong-phrase" || code === "trust.key-blocked"),
    codes.join(),
  );
  const [counted] = await database.rows<{ tries: number; blocked: boolean }>(
    sql`select tries, blocked_at is not null as blocked from trust.person_key where ended_at is null`,
  );
  assert.deepEqual({ ...counted }, { tries: MOST_TRIES, blocked: true }, "no guess was made beyond the fifth");
  await assert.rejects(signatures.sign(AIGUL, id, "беш кой короодо"), { code: "trust.key-blocked" }, "even the right one");
  const [row] = await database.rows<{ wrapped: Buffer }>(sql`select wrapped from trust.person_key where ended_at is null`);
  assert.ok(!row!.wrapped.toString("latin1").includes("PRIVATE"), "the key lies nowhere in the open");
  await signatures.keys.giveUp(AIGUL);
  assert.equal(await signatures.keys.own(AIGUL), undefined);
  await assert.rejects(signatures.sign(AIGUL, id, PHRASE), { code: "trust.no-key" });
});

test("M-A5: a wrapped key moved to another person or another installation opens for nobody", async (t) => {
  const { signatures, askText, forget, database } = scene(t);
  await forget();
  await signatures.keys.make(AIGUL, PHRASE);
  await signatures.keys.make(BAKYT, "башка сөз айкашы");
  await database.run(sql`update trust.person_key to_take set salt = mine.salt, nonce = mine.nonce, wrapped = mine.wrapped
    from trust.person_key mine where to_take.holder = ${AIGUL.pin} and mine.holder = ${BAKYT.pin}`);
  const { id } = await askText("Макулмун");
  await assert.rejects(signatures.sign(AIGUL, id, "башка сөз айкашы"), { code: "trust.wrong-phrase" });
  const other = scene(t);
  const theirs = await other.askText("Макулмун", "advanced", BAKYT.pin);
  await assert.rejects(other.signatures.sign(BAKYT, theirs.id, "башка сөз айкашы"), { code: "trust.wrong-phrase" });
});

test("M-A5: a new key takes the place of the old one, whose certificate is revoked; what it signed before stays good", async (t) => {
  const { signatures, check, askText, forget, clock } = scene(t);
  await forget();
  await signatures.keys.make(AIGUL, PHRASE);
  const before = (await signatures.keys.own(AIGUL))!.certificate.serial;
  const { id } = await askText("Эски ачкыч менен");
  await signatures.sign(AIGUL, id, PHRASE);
  clock.advance(60_000);
  await signatures.keys.make(AIGUL, "жаңы сөз айкашы");
  const certificates = await signatures.keys.certificates(AIGUL);
  const old = certificates.find(({ serial }) => serial === before);
  assert.deepEqual([old?.state, old?.reason], ["revoked", "superseded"]);
  clock.advance(60_000);
  const report = check((await signatures.show(AIGUL, id)).signed!);
  assert.equal(report.indication, "TOTAL-PASSED", "a time stamp proves that it was signed before");
});

test("M-A5: a simple signature is evidence under the seal of the state: what was shown, to whom, how surely known, when", async (t) => {
  const { signatures, check, askText, forget, clock } = scene(t);
  await forget();
  const { id } = await askText("Мен эреже менен тааныштым.", "simple");
  await assert.rejects(signatures.sign(AIGUL, id, PHRASE), { code: "trust.no-such-request" });
  const at = new Date("2026-11-22T08:00:00Z");
  const shown = { methods: ["pwd", "otp", "mfa"], at };
  await signatures.agree(AIGUL, id, { agreed: "Баскычты басуу менен макулмун", shown });
  const { signed } = await signatures.show(AIGUL, id);
  const record = JSON.parse(readSignedContent(signed!).content!.toString("utf8")) as EvidenceRecord;
  assert.deepEqual(record.signer, {
    ...{ pin: AIGUL.pin, name: "Асанова Айгүл", assurance: "substantial" },
    ...{ methods: ["pwd", "otp", "mfa"], signedInAt: at.toISOString() },
  });
  assert.equal(record.document.sha256, createHash("sha256").update("Мен эреже менен тааныштым.").digest("hex"));
  assert.equal(record.agreed, "Баскычты басуу менен макулмун");
  assert.equal(record.at, clock.now().toISOString());
  const report = check(signed!);
  assert.equal(report.indication, "TOTAL-PASSED", JSON.stringify(report));
  assert.equal(report.signatures[0]!.signer?.kind, "body");
  await assert.rejects(signatures.agree(AIGUL, id, { agreed: "again" }), { code: "trust.request-settled" });
});

test("M-A5: openssl reads what a person signed and finds the text inside", { skip: missing("openssl") }, async (t) => {
  const { signatures, askText, forget, folder, trust } = scene(t);
  await forget();
  await signatures.keys.make(AIGUL, PHRASE);
  const { id } = await askText("Мен макулмун.\n");
  await signatures.sign(AIGUL, id, PHRASE);
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const [root] = trust.anchors().match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----\n/)!;
  const signed = file("signed.p7m", (await signatures.show(AIGUL, id)).signed!);
  const options = ["-inform", "DER", "-in", signed, "-CAfile", file("root.pem", root), "-purpose", "any", "-binary"];
  const verdict = run("openssl", "cms", "-verify", "-cades", ...options);
  assert.ok(verdict.ok, verdict.said);
  assert.match(verdict.said, /Мен макулмун\./);
});

test("what is asked for is signed or declined once, by its holder only, and not after its time", async (t) => {
  const { signatures, askText, forget, clock, database } = scene(t);
  await forget();
  await signatures.keys.make(AIGUL, PHRASE);
  const { id } = await askText("Макулмун");
  await assert.rejects(signatures.show(BAKYT, id), { code: "trust.no-such-request" });
  await assert.rejects(signatures.decline(BAKYT, id), { code: "trust.no-such-request" });
  await assert.rejects(signatures.show(AIGUL, "not-an-id"), { code: "trust.no-such-request" });
  const both = await Promise.allSettled([signatures.sign(AIGUL, id, PHRASE), signatures.sign(AIGUL, id, PHRASE)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  await assert.rejects(signatures.decline(AIGUL, id), { code: "trust.request-settled" });
  const late = await askText("Кеч");
  clock.advance(61 * 60_000);
  assert.equal((await signatures.show(AIGUL, late.id)).state, "expired");
  await assert.rejects(signatures.sign(AIGUL, late.id, PHRASE), { code: "trust.request-settled" });
  clock.advance(25 * 3_600_000);
  await askText("Дагы");
  const [{ count } = { count: 0 }] = await database.rows<{ count: number }>(
    sql`select count(*)::int as count from trust.signing_request where id = ${late.id}`,
  );
  assert.equal(count, 0, "what was never answered is not kept");
});

test("text with signs that cannot be seen, an empty one, or a PDF that is none is never shown for signing", async (t) => {
  const { signatures, askText } = scene(t);
  for (const text of ["", "pay 100\u202e001 yap", "a\u200bb", "a\u0000b", "x\u2066y"]) {
    await assert.rejects(askText(text), { code: "trust.unfit-to-sign" }, JSON.stringify(text));
  }
  const order = { title: "x", kind: "advanced", askedBy: "a", reference: "b", back: "/" } as const;
  const ask = (more: { media: "text/plain" | "application/pdf"; content: Buffer }) =>
    signatures.door.ask(AIGUL.pin, { ...order, ...more });
  await assert.rejects(ask({ media: "application/pdf", content: Buffer.from("no pdf") }), { code: "trust.unfit-to-sign" });
  await assert.rejects(ask({ media: "text/plain", content: Buffer.from([0xff, 0xfe, 0x41]) }), { code: "trust.unfit-to-sign" });
});

test("a phrase that everyone would guess is refused", () => {
  assert.equal(phraseFault("кыска", "кыска", AIGUL.pin), "short");
  assert.equal(phraseFault("a".repeat(101), "", AIGUL.pin), "long");
  assert.equal(phraseFault("aaaaaaaaaa", "aaaaaaaaaa", AIGUL.pin), "plain");
  assert.equal(phraseFault("12345678", "12345678", AIGUL.pin), "plain");
  assert.equal(phraseFault(`x${AIGUL.pin}`, `x${AIGUL.pin}`, AIGUL.pin), "plain");
  assert.equal(phraseFault(PHRASE, "башка", AIGUL.pin), "different");
  assert.equal(phraseFault(PHRASE, PHRASE, AIGUL.pin), undefined);
});

async function pages(t: TestContext) {
  const made = scene(t);
  await made.forget();
  const app = await createServer({ log: silentLog, texts, languages: [...languages] });
  let who: Actor | undefined = AIGUL;
  app.askers.add(async () => who);
  addPersonalRoutes(app, { means: { country }, signatures: made.signatures });
  t.after(() => app.close());
  const post = (url: string, fields: Record<string, string>) =>
    app.inject({
      method: "POST",
      url,
      headers: { "content-type": "application/x-www-form-urlencoded", "sec-fetch-site": "same-origin" },
      payload: new URLSearchParams(fields).toString(),
    });
  const as = (actor: Actor | undefined) => {
    who = actor;
  };
  return { ...made, app, post, as };
}

test("M-A5: the pages lead from making a key over the signing step to the signed file", async (t) => {
  const { app, post, as, signatures, askText, check } = await pages(t);
  for (const language of languages) {
    const page = await app.inject(`/${language}/cabinet/signatures`);
    assert.equal(page.statusCode, 200, page.body);
    assert.match(page.body, /name="phrase"/);
  }
  const short = await post("/ru/cabinet/signatures/key", { phrase: "abc", again: "abc" });
  assert.equal(short.statusCode, 422);
  assert.match(short.body, /Фраза слишком короткая: не меньше 8 знаков/);
  assert.equal((await post("/ru/cabinet/signatures/key", { phrase: PHRASE, again: PHRASE })).statusCode, 303);
  const { id } = await askText("Мен макулмун <script>.");
  const step = await app.inject(`/ru/sign/${id}`);
  assert.match(step.body, /Мен макулмун &lt;script/);
  assert.match(step.body, new RegExp(createHash("sha256").update("Мен макулмун <script>.").digest("hex").slice(0, 8)));
  const wrong = await post(`/ru/sign/${id}`, { phrase: "не та фраза", answer: "sign" });
  assert.equal(wrong.statusCode, 422);
  assert.match(wrong.body, /Осталось 4 попытки/);
  const done = await post(`/ru/sign/${id}`, { phrase: PHRASE, answer: "sign" });
  assert.equal(done.statusCode, 303);
  assert.equal(done.headers.location, "/ru/cases/1");
  const file = await app.inject(`/ru/cabinet/signatures/${id}/file`);
  assert.match(String(file.headers["content-disposition"]), /^attachment; filename="signed-\w{6}\.p7m"$/);
  assert.equal(check(file.rawPayload).indication, "TOTAL-PASSED");
  assert.match((await app.inject(`/ru/sign/${id}`)).body, /Подписано/);

  const no = await askText("Жок", "simple");
  assert.equal((await post(`/kk/sign/${no.id}`, { answer: "decline" })).statusCode, 303);
  assert.equal((await signatures.show(AIGUL, no.id)).state, "declined");
  const list = await app.inject("/en/cabinet/signatures");
  assert.match(list.body, /declined/);

  as(BAKYT);
  for (const url of [`/ru/sign/${id}`, `/ru/sign/${id}/content`, `/ru/cabinet/signatures/${id}/file`])
    assert.equal((await app.inject(url)).statusCode, 404, url);
  as({ ...AIGUL, behalf: { mandate: id, kind: "parent", of: "person", subject: BAKYT.pin } });
  assert.equal((await app.inject("/ru/cabinet/signatures")).statusCode, 403, "not in the name of another");
  as({ ...AIGUL, assurance: "simple" });
  assert.equal((await app.inject("/ru/cabinet/signatures")).statusCode, 403, "not known surely enough");
  as(undefined);
  assert.equal((await app.inject("/ru/cabinet/signatures")).statusCode, 401);
});

test("M-A5: a person signs a file of his or her own; one that cannot be signed is told why", async (t) => {
  const { app, post, signatures, check } = await pages(t);
  await signatures.keys.make(AIGUL, PHRASE);
  const upload = (name: string, content: Buffer) => {
    const mark = "----kerege";
    const payload = Buffer.concat([
      Buffer.from(`--${mark}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: x/y\r\n\r\n`),
      content,
      Buffer.from(`\r\n--${mark}--\r\n`),
    ]);
    const headers = { "content-type": `multipart/form-data; boundary=${mark}`, "sec-fetch-site": "same-origin" };
    return app.inject({ method: "POST", url: "/en/cabinet/signatures/own", headers, payload });
  };
  const asked = await upload("Келишим.pdf", plainPdf("Own"));
  assert.equal(asked.statusCode, 303, asked.body);
  const step = String(asked.headers.location);
  assert.match((await app.inject(step)).body, /Келишим\.pdf/);
  assert.equal((await post(step, { phrase: PHRASE, answer: "sign" })).headers.location, "/en/cabinet/signatures");
  const file = await app.inject(`${step.replace("/sign/", "/cabinet/signatures/")}/file`);
  assert.equal(file.headers["content-type"], "application/pdf");
  assert.equal(check(file.rawPayload).indication, "TOTAL-PASSED");
  const image = await upload("a.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]));
  assert.equal(image.statusCode, 422);
  assert.match(image.body, /has to be a PDF or a plain text/);
  assert.equal((await upload("empty.txt", Buffer.alloc(0))).statusCode, 422);
  assert.match((await post("/en/cabinet/signatures/give-up", {})).body, /Tick that you are sure/);
  assert.equal((await post("/en/cabinet/signatures/give-up", { sure: "yes" })).statusCode, 303);
  assert.equal(await signatures.keys.own(AIGUL), undefined);
});
