import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Trust } from "@kerege/trust";
import { checkDocument, type DocumentVerdict } from "../check.ts";
import { canonicalJson } from "../facts.ts";
import { drawQr, drawQrInRuns } from "../qr.ts";
import { contentOf, forge, signerOf, statementOf } from "./forge.ts";
import { aigul, card, openStandard, portal } from "./standard.ts";

let standard: Awaited<ReturnType<typeof openStandard>>;
let foreign: Awaited<ReturnType<typeof openStandard>>;
let trust: Trust;
before(async () => {
  standard = await openStandard();
  foreign = await openStandard();
  trust = standard.trust;
});
after(async () => {
  await standard.house.close();
  await foreign.house.close();
});

const at = new Date("2026-11-06T00:00:00Z");
const check = (pdf: Uint8Array, text?: string): DocumentVerdict => checkDocument({ pdf, text }, trust.anchors(), at);
const failed = (verdict: DocumentVerdict) => verdict.checks.filter(({ passed }) => !passed).map(({ name }) => name);

test("an issued document passes every check, with no database", async () => {
  const { pdf, number } = await standard.door.issue(portal, card());
  const verdict = check(pdf);
  assert.equal(verdict.valid, true, verdict.reason);
  assert.deepEqual(
    verdict.checks.map(({ name, passed }) => `${name} ${passed}`),
    [
      "signature true",
      "attachments true",
      "statement true",
      "code true",
      "binding true",
      "issuer true",
      "page true",
      "term true",
    ],
  );
  assert.equal(verdict.signed?.number, number);
  assert.equal(verdict.signed?.body.code, "archive");
  assert.equal(verdict.signed?.facts.find(({ name }) => name === "address")?.value, card().facts.address);
});

test("M-A5: the code as documents of 0.1 draw it is checked as long as they live; of another text neither drawing passes", () => {
  for (const draw of [drawQr, drawQrInRuns]) {
    const verdict = check(forge(trust, { draw }));
    assert.equal(verdict.valid, true, verdict.reason);
    const other = check(forge(trust, { draw, code: statementOf(trust, contentOf({ number: "C-2026-000002" })) }));
    assert.equal(other.reason, "qr-of-another-document");
    assert.deepEqual(failed(other), ["code"]);
  }
});

test("M-0.1: a byte changed anywhere is refused", async () => {
  const { pdf } = await standard.door.issue(portal, card({ case: "bytes" }));
  for (let place = 11; place < pdf.length; place += 1571) {
    const changed = Buffer.from(pdf);
    changed[place]! ^= 0x01;
    const verdict = check(changed);
    assert.equal(verdict.valid, false, `byte ${place}`);
    assert.ok(verdict.reason, `byte ${place}`);
  }
  const digits = Buffer.from(pdf);
  const fact = digits.indexOf("21205199001234");
  assert.ok(fact > 0);
  digits[fact] = 0x33;
  assert.equal(check(digits).reason, "digest-mismatch");
});

test("something added after signing is refused", async () => {
  const { pdf } = await standard.door.issue(portal, card({ case: "added" }));
  assert.equal(check(Buffer.concat([pdf, Buffer.from("% more\n")])).reason, "changed-after-signing");
});

test("a document of another authority is refused, and so is its code", async () => {
  const { pdf, id } = await foreign.door.issue(portal, card({ case: "foreign" }));
  assert.equal(check(pdf).reason, "unknown-signer");
  const { statement } = await foreign.door.read(aigul, id);
  assert.equal(checkDocument({ text: statement }, trust.anchors(), at).reason, "unknown-key");
  assert.equal(checkDocument({ text: statement }, foreign.trust.anchors(), at).valid, true);
});

test("a made document that is all right passes, so that the refusals below are for their one reason", () => {
  const verdict = check(forge(trust));
  assert.equal(verdict.valid, true, verdict.reason);
});

test("M-0.1: another person's code on a well signed page is refused as such", () => {
  const other = contentOf({ number: "C-2026-000002", facts: { surname: "Асанова" } });
  const theirs = statementOf(trust, other);
  const painted = check(forge(trust, { code: theirs }));
  assert.equal(painted.reason, "qr-of-another-document");
  assert.deepEqual(failed(painted), ["code"]);
  const attachedToo = check(forge(trust, { code: theirs, statement: theirs }));
  assert.equal(attachedToo.reason, "qr-of-another-document");
  assert.deepEqual(failed(attachedToo), ["binding"]);
  assert.equal(attachedToo.signed?.number, "C-2026-000001", "the verdict shows the facts of the file");
});

test("facts other than those of the statement are refused", () => {
  const statement = statementOf(trust, contentOf());
  const facts = canonicalJson(contentOf({ facts: { surname: "Асанова" } }));
  assert.equal(check(forge(trust, { statement, facts })).reason, "facts-changed");
});

test("facts that are not in their one written form are not ours", () => {
  const statement = statementOf(trust, contentOf());
  for (const facts of ["", "{}", "[]", `${canonicalJson(contentOf())} `, '{"__proto__":{}}', "\ufffd"]) {
    const verdict = check(forge(trust, { statement, facts }));
    assert.equal(verdict.reason, "not-ours", JSON.stringify(facts));
    assert.deepEqual(failed(verdict), ["attachments"]);
  }
});

test("a body cannot issue in the name of another", () => {
  const content = contentOf();
  const library = signerOf(trust, "library");
  assert.equal(check(forge(trust, { content, signer: library })).reason, "wrong-issuer");
  const statement = statementOf(trust, content, library);
  assert.equal(check(forge(trust, { content, statement })).reason, "wrong-issuer");
  assert.equal(check(forge(trust, { content, statement, signer: library })).reason, "wrong-issuer");
});

test("anything painted besides text, thin rules and one code is refused", () => {
  const paintings = {
    "a black box": (sheets: { contents: string[] }) =>
      sheets.contents.push(`${sheets.contents.pop()}/Artifact BMC\n0 g 60 60 113 113 re f\nEMC\n`),
    "a second code": (sheets: { contents: string[] }) => {
      const content = sheets.contents.pop()!;
      const line = content.split("\n").find((one) => one.includes("/Qr Do"))!;
      sheets.contents.push(`${content}/Artifact BMC\n${line}\nEMC\n`);
    },
    "a picture in the text": (sheets: { contents: string[] }) =>
      sheets.contents.push(`${sheets.contents.pop()}BI /W 1 /H 1 ID x EI\n`),
    "a path": (sheets: { contents: string[] }) =>
      sheets.contents.push(`${sheets.contents.pop()}/Artifact BMC\n0 0 m 9 9 l S\nEMC\n`),
    "no code at all": (sheets: { contents: string[] }) =>
      sheets.contents.push(sheets.contents.pop()!.replace(/q 0 g .* Do Q\n/, "")),
  };
  for (const [name, paint] of Object.entries(paintings))
    assert.equal(check(forge(trust, { paint })).reason, "painted-over", name);
});

test("a code given beside the file must be of the same document", async () => {
  const mine = await standard.door.issue(portal, card({ case: "pair-1" }));
  const other = await standard.door.issue(portal, card({ case: "pair-2" }));
  const code = async (id: string) => (await standard.door.read(aigul, id)).statement;
  assert.equal(check(mine.pdf, await code(mine.id)).valid, true);
  assert.equal(check(mine.pdf, await code(other.id)).reason, "qr-of-another-document");
  assert.equal(check(mine.pdf, "KRG1:ABC").reason, "malformed");
});

test("after its last day a document is genuine but out of term", async () => {
  const { pdf, id } = await standard.door.issue(portal, card({ case: "term" }));
  const last = checkDocument({ pdf }, trust.anchors(), new Date("2027-02-04T23:00:00Z"));
  assert.equal(last.valid, true, last.reason);
  const { statement } = await standard.door.read(aigul, id);
  for (const input of [{ pdf }, { text: statement }]) {
    const verdict = checkDocument(input, trust.anchors(), new Date("2027-02-05T00:00:00Z"));
    assert.equal(verdict.reason, "expired");
    assert.deepEqual(verdict.params, { date: "2027-02-04" });
    assert.ok(verdict.signed);
  }
});

test("what is no document at all is refused with a reason, whatever it is", () => {
  assert.equal(check(Buffer.from("")).valid, false);
  assert.equal(check(Buffer.from("%PDF-1.7\n")).valid, false);
  assert.equal(checkDocument({}, trust.anchors(), at).reason, "not-ours");
  assert.equal(checkDocument({ text: "hello" }, trust.anchors(), at).reason, "not-a-statement");
  assert.equal(checkDocument({ text: "KRG1:" }, "not anchors", at).reason, "malformed-anchors");
  const claims = trust.sealStatement(signerOf(trust), { d: "x", n: "1" });
  assert.equal(checkDocument({ text: claims }, trust.anchors(), at).reason, "not-ours");
});

test("every reason a check may give has its words in four languages", async () => {
  const { REASONS } = await import("../check.ts");
  const { REFUSALS } = await import("@kerege/trust");
  for (const language of ["ky", "ru", "kk", "en"] as const) {
    const keys = new Set(standard.house.texts.keys(language));
    for (const reason of REASONS) {
      for (const part of ["title", "detail"])
        assert.ok(keys.has(`documents.refusals.${reason}.${part}`), `${language} ${reason} ${part}`);
    }
    for (const refusal of REFUSALS) assert.ok(keys.has(`trust.refusals.${refusal}`), `${language} ${refusal}`);
  }
});
