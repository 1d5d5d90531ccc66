import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { parseAnchors } from "../anchors.ts";
import { signCms } from "../cms.ts";
import { checkCms } from "../cms-read.ts";
import { findSignature, signPades } from "../pades.ts";
import { checkPdf } from "../pdf-check.ts";
import { PdfFault } from "../pdf-value.ts";
import { authorityIn, BODY, NOW, plainPdf, SIGNING, seeded, tempFolder, writePdf } from "./fixture.ts";

function signedIn(t: Parameters<typeof tempFolder>[0]) {
  const { authority, clock } = authorityIn(tempFolder(t));
  const signer = authority.signer(BODY);
  const pdf = signPades(plainPdf(), signer, SIGNING);
  return { authority, clock, signer, pdf, anchors: authority.anchors() };
}

const reasonOf = (verdict: ReturnType<typeof checkPdf>): string => (verdict.valid ? "valid" : verdict.reason);

test("a signed PDF says who signed it, when and why", (t) => {
  const { pdf, anchors, signer } = signedIn(t);
  const verdict = checkPdf(pdf, anchors, NOW);
  assert.ok(verdict.valid);
  assert.deepEqual(verdict.signer, {
    code: BODY.code,
    name: BODY.name,
    serial: signer.certificate.serial,
    fingerprint: signer.certificate.fingerprint,
  });
  assert.deepEqual(verdict.signedAt, NOW);
  assert.equal(verdict.timeSource, "signer");
  assert.equal(verdict.statedReason, SIGNING.reason);
});

test("signing leaves every byte of the document in its place", (t) => {
  const { pdf } = signedIn(t);
  assert.deepEqual(pdf.subarray(0, plainPdf().length), plainPdf());
});

test("a document that ends without a line break, has annotations, names and an identifier keeps them", (t) => {
  const { authority } = authorityIn(tempFolder(t));
  const old = writePdf([
    "<</Type/Catalog/Pages 2 0 R/Lang(ky)>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type /Page /Parent 2 0 R /Annots [ 4 0 R ] /MediaBox [0 0 10 10] >>",
    "<</Type/Annot/Subtype/Link/Rect[0 0 1 1]/Contents(a \\) b (c))>>",
  ]);
  const trimmed = old.subarray(0, old.length - 1);
  const pdf = signPades(trimmed, authority.signer(BODY), { ...SIGNING, rect: [10, 10, 200, 60] });
  assert.ok(checkPdf(pdf, authority.anchors(), NOW).valid);
  assert.match(pdf.toString("latin1"), /\/Annots +\[4 0 R 6 0 R\]/);
  assert.match(pdf.toString("latin1"), /\/Lang\(ky\)\/AcroForm/);
});

test("one changed byte anywhere is refused", (t) => {
  const { pdf, anchors } = signedIn(t);
  const trusted = parseAnchors(anchors)!;
  const random = seeded(20260302);
  for (let i = 0; i < 1500; i++) {
    const at = Math.floor(random() * pdf.length);
    const changed = Buffer.from(pdf);
    changed[at]! ^= 1 << Math.floor(random() * 8);
    assert.equal(checkPdf(changed, trusted, NOW).valid, false, `byte ${at}`);
  }
});

test("one byte more or less anywhere is refused", (t) => {
  const { pdf, anchors } = signedIn(t);
  const trusted = parseAnchors(anchors)!;
  const random = seeded(7);
  for (let i = 0; i < 300; i++) {
    const at = Math.floor(random() * pdf.length);
    const more = Buffer.concat([pdf.subarray(0, at), Buffer.from([pdf[at]!]), pdf.subarray(at)]);
    const less = Buffer.concat([pdf.subarray(0, at), pdf.subarray(at + 1)]);
    assert.equal(checkPdf(more, trusted, NOW).valid, false, `one more at ${at}`);
    assert.equal(checkPdf(less, trusted, NOW).valid, false, `one less at ${at}`);
  }
});

test("changed text in the page is a digest mismatch", (t) => {
  const { pdf, anchors } = signedIn(t);
  const changed = Buffer.from(pdf);
  changed.write("f", pdf.indexOf("plain page"));
  assert.equal(reasonOf(checkPdf(changed, anchors, NOW)), "digest-mismatch");
});

test("upper-case digits and marks in the padding are refused", (t) => {
  const { pdf, anchors } = signedIn(t);
  const start = pdf.indexOf("/Contents <") + 11;
  const end = pdf.indexOf(">", start);
  for (let at = start; at < end; at++) {
    const upper = String.fromCharCode(pdf[at]!).toUpperCase();
    if (upper === String.fromCharCode(pdf[at]!)) continue;
    const changed = Buffer.from(pdf);
    changed.write(upper, at);
    assert.equal(reasonOf(checkPdf(changed, anchors, NOW)), "malformed");
  }
  for (const mark of [" ", "1", "\n", "A"]) {
    const changed = Buffer.from(pdf);
    changed.write(mark, end - 1);
    assert.notEqual(reasonOf(checkPdf(changed, anchors, NOW)), "valid");
  }
});

/** An update as an editor would append it: object 4 anew, with a table that leads back to the signed one. */
function appendUpdate(pdf: Buffer, objects: Record<number, string>, root = "1 0 R"): Buffer {
  const previous = /startxref\n(\d+)\n%%EOF\n$/.exec(pdf.toString("latin1"))![1];
  let text = "";
  let table = "xref\n";
  for (const [number, object] of Object.entries(objects)) {
    table += `${number} 1\n${String(pdf.length + text.length).padStart(10, "0")} 00000 n \n`;
    text += `${number} 0 obj\n${object}\nendobj\n`;
  }
  const at = pdf.length + text.length;
  return Buffer.concat([
    pdf,
    Buffer.from(`${text}${table}trailer\n<</Size 9/Root ${root}/Prev ${previous}>>\nstartxref\n${at}\n%%EOF\n`),
  ]);
}

test("anything appended is a change after signing", (t) => {
  const { pdf, anchors } = signedIn(t);
  const update: Record<string, Buffer> = {
    "a line break": Buffer.concat([pdf, Buffer.from("\n")]),
    "a comment": Buffer.concat([pdf, Buffer.from("% seen\n")]),
    zeros: Buffer.concat([pdf, Buffer.alloc(100)]),
    "another page text": appendUpdate(pdf, { 4: "<</Length 2>>\nstream\nq \nendstream" }),
    "a catalogue without the form": appendUpdate(pdf, { 1: "<</Type/Catalog/Pages 2 0 R>>" }),
    "another catalogue": appendUpdate(pdf, { 8: "<</Type/Catalog/Pages 2 0 R>>" }, "8 0 R"),
    "an end mark": Buffer.concat([pdf, Buffer.from("%%EOF\n")]),
  };
  for (const [what, changed] of Object.entries(update)) {
    assert.equal(reasonOf(checkPdf(changed, anchors, NOW)), "changed-after-signing", what);
  }
});

test("a second signature field, by any name, is refused", (t) => {
  const { pdf, anchors } = signedIn(t);
  for (const name of ["KeregeSignature", "Signature1"]) {
    const changed = appendUpdate(pdf, {
      1: "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[7 0 R 8 0 R]/SigFlags 3>>>>",
      8: `<</FT/Sig/T(${name})/V 6 0 R>>`,
    });
    assert.equal(reasonOf(checkPdf(changed, anchors, NOW)), "changed-after-signing", name);
  }
});

test("the signature moved to another place over the same signed bytes is refused", (t) => {
  const { pdf, anchors } = signedIn(t);
  const found = findSignature(pdf);
  assert.ok("signature" in found);
  const { start, end } = found.signature.contents;
  const gap = pdf.subarray(start, end);
  const rest = Buffer.concat([pdf.subarray(0, start), pdf.subarray(end)]);
  const random = seeded(3);
  for (let i = 0; i < 200; i++) {
    const at = Math.floor(random() * rest.length);
    if (at === start) continue;
    const moved = Buffer.concat([rest.subarray(0, at), gap, rest.subarray(at)]);
    assert.equal(checkPdf(moved, anchors, NOW).valid, false, `moved to ${at}`);
  }
});

/**
 * A page text that holds a whole false structure: signature dictionary, catalogue, field and table. When the signature is moved
 * into that text and padded so that `startxref` leads to the false table, the signed bytes are the very same.
 */
function falseStructure(places: { text: number; startxref: number; signed: number }): {
  text: string;
  gapAt: number;
  gap: number;
} {
  const width = "0000000000".length;
  const head = (gapAt: number, gap: number): string => {
    const range = [0, gapAt, gapAt + gap, places.signed - gapAt].map((number) => String(number).padStart(width)).join(" ");
    return `9 0 obj\n<</Type/Sig/SubFilter/ETSI.CAdES.detached/ByteRange [${range}]/Contents `;
  };
  const gapAt = places.text + head(0, 0).length;
  const after = "/M(D:20260302093000Z)>>\nendobj\n";
  const catalogue = "10 0 obj\n<</AcroForm<</Fields[11 0 R]>>>>\nendobj\n";
  const field = "11 0 obj\n<</FT/Sig/T(x)/V 9 0 R>>\nendobj\n\n";
  const even = (gapAt + after.length + catalogue.length + field.length - places.startxref) % 2 === 0 ? "" : "\n";
  const objects = after + catalogue + field + even;
  const gap = places.startxref - gapAt - objects.length;
  const at = [places.text, gapAt + gap + after.length, gapAt + gap + after.length + catalogue.length];
  const rows = at.map((offset) => `${String(offset).padStart(width, "0")} 00000 n \n`).join("");
  return { text: `${head(gapAt, gap)}${objects}xref\n9 3\n${rows}trailer\n<</Size 12/Root 10 0 R>>\n`, gapAt, gap };
}

test("the same signed bytes read through a table inside the content are refused", (t) => {
  const { authority } = authorityIn(tempFolder(t));
  const signer = authority.signer(BODY);
  const sign = (text: string) => {
    const pdf = signPades(plainPdf(text), signer, SIGNING);
    const found = findSignature(pdf);
    assert.ok("signature" in found);
    const { start, end, bytes } = found.signature.contents;
    return { bytes, signed: Buffer.concat([pdf.subarray(0, start), pdf.subarray(end)]), pdf };
  };
  const blank = sign(" ".repeat(600));
  const places = {
    text: blank.pdf.indexOf(" ".repeat(600)),
    startxref: Number(/startxref\n(\d+)\n%%EOF\n$/.exec(blank.pdf.toString("latin1"))![1]),
    signed: blank.signed.length,
  };
  const { text, gapAt, gap } = falseStructure(places);
  const { signed, bytes, pdf } = sign(text.padEnd(600));
  assert.ok(checkPdf(pdf, authority.anchors(), NOW).valid);
  const contents = Buffer.from(`<${bytes.toString("hex").padEnd(gap - 2, "0")}>`);
  const moved = Buffer.concat([signed.subarray(0, gapAt), contents, signed.subarray(gapAt)]);
  assert.equal(moved.toString("latin1", places.startxref, places.startxref + 8), "xref\n9 3");
  assert.deepEqual(findSignature(moved), { fault: "malformed" });
  assert.equal(reasonOf(checkPdf(moved, authority.anchors(), NOW)), "malformed");
});

test("a signature without the authority it was sent with, padded to the same length, is refused", (t) => {
  const { pdf, anchors, signer } = signedIn(t);
  const found = findSignature(pdf);
  assert.ok("signature" in found);
  const { start, end } = found.signature.contents;
  const digest = createHash("sha256").update(pdf.subarray(0, start)).update(pdf.subarray(end)).digest();
  const lone = signCms(digest, { ...signer, chain: [] });
  assert.ok(checkCms(lone, digest).valid);
  const contents = Buffer.from(`<${lone.toString("hex").padEnd(end - start - 2, "0")}>`);
  const changed = Buffer.concat([pdf.subarray(0, start), contents, pdf.subarray(end)]);
  assert.equal(reasonOf(checkPdf(changed, anchors, NOW)), "malformed");
});

test("an authority of its own, with the same names, is an unknown signer", (t) => {
  const { anchors } = signedIn(t);
  const other = authorityIn(tempFolder(t)).authority;
  const forged = signPades(plainPdf(), other.signer(BODY), SIGNING);
  assert.ok(checkPdf(forged, other.anchors(), NOW).valid);
  assert.equal(reasonOf(checkPdf(forged, anchors, NOW)), "unknown-signer");
});

test("before its time, after its time and from the future", (t) => {
  const { pdf, anchors, authority } = signedIn(t);
  assert.equal(reasonOf(checkPdf(pdf, anchors, new Date("2029-03-03T00:00:00Z"))), "certificate-expired");
  assert.equal(reasonOf(checkPdf(pdf, anchors, new Date(NOW.getTime() - 600_000))), "signed-in-the-future");
  const early = signPades(plainPdf(), authority.signer(BODY), { ...SIGNING, at: new Date("2020-01-01T00:00:00Z") });
  assert.equal(reasonOf(checkPdf(early, anchors, NOW)), "certificate-not-yet-valid");
});

test("a revoked certificate counts for nothing once the list says so", (t) => {
  const { pdf, anchors, authority, signer, clock } = signedIn(t);
  clock.advance(86_400_000);
  authority.revoke(signer.certificate.serial);
  assert.equal(reasonOf(checkPdf(pdf, authority.anchors(), clock.now())), "certificate-revoked");
  const older = checkPdf(pdf, anchors, clock.now());
  assert.ok(older.valid);
  assert.deepEqual(older.revocationKnownAt, NOW);
});

test("what is no signed PDF is told from what is", (t) => {
  const { anchors } = signedIn(t);
  const cases: [Uint8Array, string][] = [
    [Buffer.alloc(0), "not-a-pdf"],
    [Buffer.from("KRG1:"), "not-a-pdf"],
    [plainPdf(), "no-signature"],
    [Buffer.from("%PDF-1.7\n/ByteRange"), "malformed"],
    [
      Buffer.from("%PDF-1.7\n1 0 obj\n<</ByteRange[0 1 2 3]/Type/XRef>>stream\nendstream\nendobj\nstartxref\n9\n%%EOF\n"),
      "unsupported",
    ],
  ];
  for (const [file, reason] of cases) assert.equal(reasonOf(checkPdf(file, anchors, NOW)), reason);
  assert.equal(reasonOf(checkPdf(plainPdf(), "-----BEGIN CERTIFICATE-----", NOW)), "malformed-anchors");
});

test("a file that is no plain PDF, or has a form already, is not signed", (t) => {
  const { pdf, signer } = signedIn(t);
  for (const file of [
    pdf,
    Buffer.from("text"),
    Buffer.from("%PDF-1.7\nstartxref\n0\n%%EOF\n"),
    writePdf(["<</Type/Catalog>>"]),
  ]) {
    assert.throws(() => signPades(file, signer, SIGNING), PdfFault);
  }
});

test("nests and circles in a PDF end in a refusal", (t) => {
  const { anchors } = signedIn(t);
  const nest = `<</Type/Catalog/AcroForm ${"[".repeat(5000)}${"]".repeat(5000)}>>`;
  const files = [
    writePdf([nest, "<</ByteRange 1>>"]),
    writePdf(["<</Type/Catalog/AcroForm 2 0 R>>", "<</Fields[3 0 R]>>", "<</T(a)/FT/Sig/Kids[3 0 R]/ByteRange[]>>"]),
    writePdf(["<</Type/Catalog/AcroForm 2 0 R>>", "<</Fields[3 0 R]>>", "<</T(a)/FT/Sig/V 3 0 R/ByteRange[0 1 2 3]/Type/Sig>>"]),
  ];
  const many = "3 0 R ".repeat(9000);
  const heavy = `<</T(a)/FT/Tx/ByteRange[${"0 ".repeat(50_000)}]>>`;
  files.push(writePdf(["<</Type/Catalog/AcroForm 2 0 R>>", `<</Fields[${many}]>>`, heavy]));
  const circle = `%PDF-1.7\n/ByteRange\nxref\n0 0\ntrailer\n<</Prev 20>>\nstartxref\n20\n%%EOF\n`;
  for (const file of [...files, Buffer.from(circle)]) assert.equal(reasonOf(checkPdf(file, anchors, NOW)), "malformed");
});
