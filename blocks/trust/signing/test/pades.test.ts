import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAnchors, writeAnchors } from "../../anchors.ts";
import { checkPdf } from "../../pdf-check.ts";
import { readPdfFile } from "../../pdf-file.ts";
import { createSigner } from "../../signer.ts";
import { plainPdf } from "../../test/fixture.ts";
import { LEVELS } from "../means.ts";
import { liftPades, signPadesAt } from "../pades-sign.ts";
import { beginUpdate } from "../pdf-update.ts";
import { validate } from "../validate.ts";
import { certify, later, listOf, NOW, scene, wordAt, YEAR } from "./scene.ts";

const SIGNING = { at: NOW, reason: "Тиркелген документ", name: "Калктын каттоо кызматы" };

for (const level of LEVELS) {
  test(`a PDF signed at level ${level} passes and says so`, async () => {
    const stage = scene();
    const { signer, means, trusted } = stage;
    const pdf = await signPadesAt(plainPdf(), signer, { ...SIGNING, level, means });
    assert.deepEqual(pdf.subarray(0, plainPdf().length), plainPdf());
    const evidence = await wordAt(stage, NOW, signer.certificate);
    const report = validate(pdf, { trusted: { ...trusted, evidence }, at: NOW });
    const [only] = report.signatures;
    assert.equal(report.reason, "good", JSON.stringify({ ...only, certificate: undefined }));
    assert.equal(only?.level, `PAdES-B-${level}`);
    assert.equal(only?.covers.scope, "whole-file");
    assert.equal(only?.statedReason, SIGNING.reason);
    assert.deepEqual(only?.claimedAt, NOW);
  });
}

test("a signature of level B is lifted to any level later, by a time stamp over the file", async () => {
  const stage = scene();
  const { signer, means, trusted } = stage;
  const basic = await signPadesAt(plainPdf(), signer, { ...SIGNING, means });
  const evidence = await wordAt(stage, NOW, signer.certificate);
  for (const level of LEVELS) {
    const report = validate(await liftPades(basic, level, means), { trusted: { ...trusted, evidence }, at: NOW });
    assert.equal(report.signatures[0]?.level, `PAdES-B-${level}`);
    assert.equal(report.reason, "good");
  }
});

test("several people sign one file, each signature stays good, field names are different", async () => {
  const stage = scene();
  const { signer, means, trusted, authority } = stage;
  const other = certify({ name: "second", use: "sign", issuer: authority });
  const second = createSigner({ ...other, chain: other.chain });
  let pdf = await signPadesAt(plainPdf(), signer, { ...SIGNING, level: "LTA", means });
  pdf = await signPadesAt(pdf, second, { ...SIGNING, name: "Second", level: "LTA", means });
  const evidence = await wordAt(stage, NOW, signer.certificate, other.certificate);
  const report = validate(pdf, { trusted: { ...trusted, evidence }, at: NOW });
  assert.equal(report.reason, "good", JSON.stringify(report.signatures.map((one) => one.reason)));
  assert.deepEqual(
    report.signatures.map(({ name, level, covers }) => [name, level, covers.scope]),
    [
      ["KeregeSignature", "PAdES-B-LTA", "earlier-version"],
      ["KeregeSignature2", "PAdES-B-LTA", "whole-file"],
    ],
  );
});

test("M-A20: a PDF renewed by proofs and a time stamp outlives its signer and the first time-stamping authority", async () => {
  const stage = scene();
  const { signer, means, trusted, clock, authority } = stage;
  const pdf = await signPadesAt(plainPdf(), signer, { ...SIGNING, level: "LTA", means });
  const next = certify({ name: "Time stamps 2", use: "stamp", issuer: authority, until: later(NOW, 12 * YEAR) });
  const { tokenOf } = await import("./scene.ts");
  clock.now = later(NOW, 7 * YEAR);
  const stamper = {
    ...means.stamper,
    certificate: next.certificate,
    stamp: (digest: Uint8Array) => tokenOf(next, digest, clock.now),
  };
  const renewed = await liftPades(pdf, "LTA", { ...means, stamper });
  const at = later(NOW, 9 * YEAR);
  const evidence = await wordAt(stage, at, next.certificate);
  const ask = (bytes: Buffer) => validate(bytes, { trusted: { ...trusted, evidence }, at }).reason;
  assert.equal(ask(pdf), "certificate-expired");
  assert.equal(ask(renewed), "good");
});

for (const level of ["T", "LT", "LTA"] as const) {
  test(`a check of issued documents accepts one lifted to level ${level}, and refuses it with a page added`, async () => {
    const stage = scene();
    const { signer, means, trusted } = stage;
    const lists = [listOf(stage.root, [], NOW), listOf(stage.authority, [], NOW)];
    const anchors = parseAnchors(
      writeAnchors({ root: stage.root.certificate, authorities: trusted.authorities, signers: [signer.certificate], lists }),
    )!;
    const pdf = await signPadesAt(plainPdf(), signer, { ...SIGNING, level, means });
    const verdict = checkPdf(pdf, anchors, NOW);
    assert.ok(verdict.valid);
    assert.equal(verdict.level, `PAdES-B-${level}`);
    assert.equal(verdict.timeSource, "stamp");
    assert.deepEqual(verdict.signedAt, NOW);
    const update = beginUpdate(readPdfFile(pdf));
    update.write({ number: 4 }, "<</Length 3>>\nstream\nq Q\nendstream");
    const changed = checkPdf(Buffer.concat([pdf, ...update.finish()]), anchors, NOW);
    assert.equal(changed.valid, false);
  });
}
