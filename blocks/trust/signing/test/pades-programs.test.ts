import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { toPem } from "../../issue.ts";
import { readPdfFile } from "../../pdf-file.ts";
import { readFields, readSignature } from "../../pdf-signature.ts";
import { missing, run } from "../../test/conformance/program.ts";
import { plainPdf, tempFolder } from "../../test/fixture.ts";
import { LEVELS, type Level } from "../means.ts";
import { signatureBytes, signPadesAt } from "../pades-sign.ts";
import { scene } from "./scene.ts";

const now = new Date();

async function signedAt(t: Parameters<typeof tempFolder>[0], level: Level, times = 1) {
  const folder = tempFolder(t);
  const stage = scene();
  stage.clock.now = now;
  const signing = { at: now, reason: "Тиркелген документ", name: "Калктын каттоо кызматы", level, means: stage.means };
  let pdf: Buffer = plainPdf();
  for (let i = 0; i < times; i++) pdf = await signPadesAt(pdf, stage.signer, signing);
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  return { ...stage, folder, pdf, file };
}

for (const level of LEVELS) {
  test(`qpdf finds no fault in a PDF of level ${level} with two signatures`, { skip: missing("qpdf") }, async (t) => {
    const { pdf, file } = await signedAt(t, level, 2);
    const { ok, said } = run("qpdf", "--check", file("signed.pdf", pdf));
    assert.ok(ok, said);
    assert.ok(!said.includes("WARNING"), said);
  });

  test(`pdfsig trusts the signature of level ${level} and sees a changed byte`, {
    skip: missing("pdfsig", "certutil"),
  }, async (t) => {
    const { folder, pdf, file, root } = await signedAt(t, level);
    const nss = path.join(folder, "nss");
    mkdirSync(nss);
    assert.ok(run("certutil", "-N", "-d", `sql:${nss}`, "--empty-password").ok);
    const anchor = file("root.pem", toPem("CERTIFICATE", root.certificate.der));
    assert.ok(run("certutil", "-A", "-d", `sql:${nss}`, "-n", "root", "-t", "C,C,C", "-a", "-i", anchor).ok);
    const judge = (bytes: Buffer) => run("pdfsig", "-nssdir", nss, "-no-ocsp", file("signed.pdf", bytes)).said;
    const said = judge(pdf);
    for (const line of ["Signature is Valid", "Certificate is Trusted", "ETSI.CAdES.detached"]) {
      assert.ok(said.includes(line), `${line} not in: ${said}`);
    }
    const changed = Buffer.from(pdf);
    changed.write("f", pdf.indexOf("plain page"));
    assert.match(judge(changed), /Digest Mismatch/);
  });
}

test("openssl verifies the document time stamp over the extracted byte range", { skip: missing("openssl") }, async (t) => {
  const { pdf, file, root } = await signedAt(t, "LTA");
  const document = readPdfFile(pdf);
  const stamp = readFields(document)
    .map((field) => readSignature(document, field))
    .find(({ type }) => type === "DocTimeStamp")!;
  const covered = Buffer.concat([pdf.subarray(0, stamp.contents.start), pdf.subarray(stamp.contents.end)]);
  const token = file("token.der", signatureBytes(stamp.contents.bytes));
  const anchor = file("root.pem", toPem("CERTIFICATE", root.certificate.der));
  const verify = (bytes: Buffer) =>
    run("openssl", "ts", "-verify", "-token_in", "-in", token, "-data", file("covered", bytes), "-CAfile", anchor);
  const good = verify(covered);
  assert.ok(good.ok, good.said);
  covered[100]! ^= 1;
  assert.equal(verify(covered).ok, false);
});
