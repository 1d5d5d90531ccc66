/** Abuse case 37: files that show something else than what was signed, in all the ways an update can do that. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readPdfFile } from "../../pdf-file.ts";
import { createSigner } from "../../signer.ts";
import { plainPdf, writePdf } from "../../test/fixture.ts";
import { liftPades, signPadesAt } from "../pades-sign.ts";
import { beginUpdate } from "../pdf-update.ts";
import { validate } from "../validate.ts";
import { certify, NOW, scene, wordAt } from "./scene.ts";

const SIGNING = { at: NOW, reason: "Issued", name: "Body" };

async function staged() {
  const stage = scene();
  const evidence = await wordAt(stage, NOW, stage.signer.certificate);
  const ask = (pdf: Buffer) => validate(pdf, { trusted: { ...stage.trusted, evidence }, at: NOW });
  const pdf = await signPadesAt(plainPdf(), stage.signer, { ...SIGNING, level: "LT", means: stage.means });
  assert.equal(ask(pdf).reason, "good");
  return { ...stage, ask, pdf };
}

type Change = { number: number; text: string }[];

/** The file with an update of the given objects; `next` is the first free number. */
function updated(pdf: Buffer, change: (next: number, text: (number: number) => string) => Change): Buffer {
  const file = readPdfFile(pdf);
  const update = beginUpdate(file);
  const next = update.reserve();
  const text = (number: number): string => {
    const { offset } = file.places.get(number)!;
    const from = pdf.indexOf("obj", offset) + 4;
    return pdf.toString("latin1", from, pdf.indexOf("endobj", from)).trim();
  };
  for (const one of change(next, text)) {
    while (one.number >= next && update.reserve() < one.number);
    update.write({ number: one.number }, one.text);
  }
  return Buffer.concat([pdf, ...update.finish()]);
}

const OVERLAYS: Record<string, (next: number, text: (number: number) => string) => Change> = {
  "the content of the page is written anew": () => [
    { number: 4, text: "<</Length 44>>\nstream\nBT /F1 18 Tf 60 700 Td (Another amount) Tj ET\nendstream" },
  ],
  "the page gets further content": (next, text) => [
    { number: next, text: "<</Length 3>>\nstream\nq Q\nendstream" },
    { number: 3, text: text(3).replace("/Contents 4 0 R", `/Contents[4 0 R ${next} 0 R]`) },
  ],
  "an annotation covers the page": (next, text) => [
    { number: next, text: "<</Type/Annot/Subtype/FreeText/Rect[0 0 500 800]/Contents(Approved)/DA(/Helv 12 Tf)>>" },
    { number: 3, text: text(3).replace(/\/Annots *\[/, `/Annots [${next} 0 R `) },
  ],
  "a signature field with a look covers the page": (next, text) => [
    { number: next, text: "<</Type/Annot/Subtype/Widget/FT/Sig/T(Seal)/Rect[0 0 500 800]>>" },
    { number: 3, text: text(3).replace(/\/Annots *\[/, `/Annots [${next} 0 R `) },
    { number: 1, text: text(1).replace("/Fields[", `/Fields[${next} 0 R `) },
  ],
  "the font is exchanged": () => [{ number: 5, text: "<</Type/Font/Subtype/Type1/BaseFont/Symbol>>" }],
  "the catalogue leads to other pages": (next, text) => [
    { number: next, text: "<</Type/Pages/Kids[]/Count 0>>" },
    { number: 1, text: text(1).replace("/Pages 2 0 R", `/Pages ${next} 0 R`) },
  ],
  "an action is run on opening": (_, text) => [
    { number: 1, text: text(1).replace("<<", "<</OpenAction<</S/URI/URI(http://example.invalid)>>") },
  ],
  "the form with the signature is taken away": (_, text) => [{ number: 1, text: text(1).replace(/\/AcroForm *<<[^<>]*>>/, "") }],
  "the store of proofs brings something to be shown": (next, text) => [
    { number: next, text: "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 3>>\nstream\nq Q\nendstream" },
    { number: next + 1, text: `<</Type/DSS/Certs[${next} 0 R]>>` },
    { number: 1, text: text(1).replace(/\/DSS \d+ 0 R/, `/DSS ${next + 1} 0 R`) },
  ],
  "an object nobody reaches is added": (next) => [{ number: next, text: "<</Type/Catalog/Pages 2 0 R>>" }],
};

for (const [what, change] of Object.entries(OVERLAYS)) {
  test(`abuse 37: ${what} in an update after signing`, async () => {
    const { ask, pdf, signer, means, authority } = await staged();
    const changed = updated(pdf, change);
    assert.equal(ask(changed).indication, "TOTAL-FAILED");
    assert.equal(ask(changed).reason, "changed-after-signing");
    // A further signature over the whole does not heal what the first one did not sign.
    const other = certify({ name: "second", use: "sign", issuer: authority });
    const second = createSigner({ ...other, chain: other.chain });
    const covered = await signPadesAt(changed, second, { ...SIGNING, level: "B", means }).catch(() => undefined);
    const first = (covered ? ask(covered).signatures : []).filter(
      ({ signer: by }) => by?.fingerprint === signer.certificate.fingerprint,
    );
    assert.ok(first.every(({ indication }) => indication === "TOTAL-FAILED"));
  });
}

test("abuse 37: a hole in the signed page that an update fills", async () => {
  const { ask, signer, means } = await staged();
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    // The second content is not there yet when the page is signed.
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents[4 0 R 10 0 R]/Resources<<>>>>",
    "<</Length 3>>\nstream\nq Q\nendstream",
  ];
  const pdf = await signPadesAt(writePdf(objects), signer, { ...SIGNING, level: "B", means });
  const lifted = await liftPades(pdf, "LT", means);
  assert.equal(ask(lifted).reason, "changed-after-signing");
});

test("abuse 37: a second field of the same name", async () => {
  const { ask, pdf } = await staged();
  const file = readPdfFile(pdf);
  const field = [...pdf.toString("latin1").matchAll(/(\d+) 0 obj\n<<\/Type\/Annot\/Subtype\/Widget\/FT\/Sig/g)].at(-1)![1];
  const twin = updated(pdf, (next, text) => [
    { number: next, text: text(Number(field)) },
    { number: 1, text: text(1).replace("/Fields[", `/Fields[${next} 0 R `) },
  ]);
  assert.equal(ask(twin).indication, "TOTAL-FAILED");
  assert.ok(file);
});

test("abuse 37: bytes after the end, and an update without a signature of its own", async () => {
  const { ask, pdf } = await staged();
  assert.equal(ask(Buffer.concat([pdf, Buffer.from("% more\n")])).indication, "TOTAL-FAILED");
  assert.equal(ask(Buffer.concat([pdf, Buffer.from("1 0 obj\n<<>>\nendobj\n")])).indication, "TOTAL-FAILED");
});

test("abuse 37: a self-made authority with the names of the real one", async () => {
  const { ask } = await staged();
  const forged = scene();
  const pdf = await signPadesAt(plainPdf(), forged.signer, { ...SIGNING, level: "LTA", means: forged.means });
  const report = ask(pdf);
  assert.equal(report.indication, "INDETERMINATE");
  assert.equal(report.reason, "unknown-signer");
  assert.ok(report.signatures[0]!.stamps.every(({ isTrusted }) => !isTrusted));
});

test("abuse 37: a certificate for signing in, or of an authority, signs a document", async () => {
  const stage = await staged();
  for (const use of ["login", "stamp", "answer"] as const) {
    const holder = certify({ name: use, use, issuer: stage.authority });
    const signer = createSigner({ ...holder, chain: holder.chain });
    const pdf = await signPadesAt(plainPdf(), signer, { ...SIGNING, level: "B", means: stage.means });
    assert.equal(stage.ask(pdf).reason, "certificate-misused", use);
  }
});

test("abuse 37: a changed byte of what was signed is seen wherever it stands, one of the signature changes nothing that is said", async () => {
  const { ask, pdf } = await staged();
  const [start, end] = [pdf.indexOf("/Contents <") + 10, pdf.indexOf(">", pdf.indexOf("/Contents <"))];
  const signedEnd = pdf.indexOf("%%EOF", end) + 6;
  const said = (bytes: Buffer): string => {
    const [one] = ask(bytes).signatures;
    return JSON.stringify([one?.signer, one?.claimedAt, one?.covers]);
  };
  const before = said(pdf);
  for (let at = 0; at < signedEnd; at += 13) {
    const changed = Buffer.from(pdf);
    changed[at]! ^= 0x01;
    const report = ask(changed);
    const { indication } = report;
    if (at < start || at > end) assert.notEqual(indication, "TOTAL-PASSED", `byte ${at}`);
    else if (indication === "TOTAL-PASSED") assert.equal(said(changed), before, `byte ${at}`);
    // A time stamp that is spoilt proves nothing; it never proves another time.
    const { provenAt } = report.signatures[0] ?? {};
    assert.ok(provenAt === undefined || provenAt.getTime() === NOW.getTime());
  }
});
