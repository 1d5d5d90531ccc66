import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { parseAnchors } from "../../anchors.ts";
import { toPem } from "../../issue.ts";
import { type PdfSigning, signPades } from "../../pades.ts";
import { authorityIn, BODY, plainPdf, SIGNING, tempFolder } from "../fixture.ts";
import { missing, run } from "./program.ts";

function signedFiles(t: Parameters<typeof tempFolder>[0], signing: Partial<PdfSigning> = {}) {
  const folder = tempFolder(t);
  const at = new Date();
  const { authority } = authorityIn(path.join(folder, "authority"), at);
  const pdf = signPades(plainPdf(), authority.signer(BODY), { ...SIGNING, at, ...signing });
  const file = path.join(folder, "signed.pdf");
  writeFileSync(file, pdf);
  return { folder, authority, pdf, file };
}

test("pdfsig trusts the signature and says that it covers the whole document", { skip: missing("pdfsig", "certutil") }, (t) => {
  const { folder, authority, pdf, file } = signedFiles(t);
  const nss = path.join(folder, "nss");
  mkdirSync(nss);
  const root = path.join(folder, "root.pem");
  writeFileSync(root, toPem("CERTIFICATE", parseAnchors(authority.anchors())!.roots[0]!.der));
  assert.ok(run("certutil", "-N", "-d", `sql:${nss}`, "--empty-password").ok);
  assert.ok(run("certutil", "-A", "-d", `sql:${nss}`, "-n", "root", "-t", "C,C,C", "-a", "-i", root).ok);
  const judge = (name: string) => run("pdfsig", "-nssdir", nss, "-no-ocsp", name).said;
  const said = judge(file);
  for (const line of ["Signature is Valid", "Certificate is Trusted", "Total document signed", "ETSI.CAdES.detached"]) {
    assert.ok(said.includes(line), `${line} not in: ${said}`);
  }
  const changed = Buffer.from(pdf);
  changed.write("f", pdf.indexOf("plain page"));
  writeFileSync(file, changed);
  assert.match(judge(file), /Digest Mismatch/);
});

for (const [what, signing] of [
  ["without a place", {}],
  ["with a place on the page", { rect: [60, 60, 260, 120] }],
] as [string, Partial<PdfSigning>][]) {
  test(`qpdf finds no fault in a file signed ${what}`, { skip: missing("qpdf") }, (t) => {
    const { file } = signedFiles(t, signing);
    const { ok, said } = run("qpdf", "--check", file);
    assert.ok(ok, said);
    assert.ok(!said.includes("WARNING"), said);
  });
}
