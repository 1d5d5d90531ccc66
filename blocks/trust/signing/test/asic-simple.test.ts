/** One file and its signature in one archive: what is inside is covered, and nothing else may be inside. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { toPem } from "../../issue.ts";
import { missing, run } from "../../test/conformance/program.ts";
import { tempFolder } from "../../test/fixture.ts";
import { addAsicSignature, liftAsic } from "../asic.ts";
import { ASIC_SIMPLE_TYPE, signAsicSimple } from "../asic-simple.ts";
import { LEVELS } from "../means.ts";
import { validate } from "../validate.ts";
import { readZip, writeZip, type ZipEntry } from "../zip.ts";
import { later, NOW, scene, wordAt, YEAR } from "./scene.ts";

const FILE = { name: "Арыз.txt", content: Buffer.from("Өргүү берүүңүздү суранам.\n") };
const P7S = "META-INF/signature.p7s";

for (const level of LEVELS)
  test(`M-A5: an ASiC-S container of level ${level} passes and names its file`, async () => {
    const stage = scene();
    const { signer, means, trusted } = stage;
    const container = await signAsicSimple(FILE, signer, { at: NOW, level, means });
    const evidence = await wordAt(stage, NOW, signer.certificate);
    const report = validate(container, { trusted: { ...trusted, evidence }, at: NOW });
    assert.equal(report.reason, "good", JSON.stringify({ ...report.signatures[0], certificate: undefined }));
    assert.equal(report.signatures[0]?.level, `CAdES-B-${level}`);
    assert.equal(report.signatures[0]?.covers.scope, "whole-file");
    assert.deepEqual(
      report.signatures[0]?.covers.parts.map(({ name }) => name),
      [FILE.name],
    );
  });

test("M-A20: a renewed ASiC-S container outlives the certificate of its signer", async () => {
  const stage = scene();
  const { signer, means, trusted } = stage;
  const basic = await signAsicSimple(FILE, signer, { at: NOW, level: "B", means });
  const lifted = await liftAsic(basic, "LTA", means);
  const at = later(NOW, 6 * YEAR);
  const ask = async (bytes: Buffer) =>
    validate(bytes, { trusted: { ...trusted, evidence: await wordAt(stage, at, signer.certificate) }, at });
  assert.equal((await ask(lifted)).indication, "TOTAL-PASSED");
  assert.equal((await ask(basic)).reason, "certificate-expired");
});

test("abuse 28: a changed file, a second one, one in a folder, another type or a missing signature is refused", async () => {
  const stage = scene();
  const { signer, means, trusted } = stage;
  const container = await signAsicSimple(FILE, signer, { at: NOW, level: "LT", means });
  const entries = readZip(container);
  const reasonOf = (changed: ZipEntry[]) => validate(writeZip(changed), { trusted, at: NOW }).reason;
  const change = (name: string, more: Partial<ZipEntry>) =>
    entries.map((entry) => (entry.name === name ? { ...entry, ...more } : entry));
  const extra = (name: string) => [...entries, { name, content: Buffer.from("x"), isStored: false }];
  assert.equal(reasonOf(entries), "good");
  assert.equal(reasonOf(change(FILE.name, { content: Buffer.from("Башка сөз") })), "content-changed");
  for (const name of ["second.txt", "META-INF/manifest.xml", "META-INF/timestamp.tst", "META-INF/signature2.p7s"])
    assert.equal(reasonOf(extra(name)), "unsigned-parts", name);
  assert.equal(reasonOf(change(FILE.name, { name: "folder/file.txt" })), "unsigned-parts");
  assert.equal(reasonOf(entries.filter(({ name }) => name !== FILE.name)), "unsigned-parts");
  assert.equal(reasonOf(entries.filter(({ name }) => name !== P7S)), "unsupported");
  assert.equal(reasonOf(change("mimetype", { content: Buffer.from("application/zip") })), "unsupported");
  assert.notEqual(reasonOf(change(P7S, { content: Buffer.from("x") })), "good");
  await assert.rejects(signAsicSimple({ ...FILE, name: "META-INF/x" }, signer, { at: NOW, level: "B", means }));
  await assert.rejects(addAsicSignature(container, signer, { at: NOW, level: "B", means }), "one signature, one file");
});

test("M-A5: openssl and unzip read an ASiC-S container without us", { skip: missing("openssl", "unzip") }, async (t) => {
  const { signer, means, root } = scene();
  const folder = tempFolder(t);
  const container = await signAsicSimple(FILE, signer, { at: NOW, level: "LTA", means });
  const place = (name: string, content: string | Buffer) => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const archive = place("one.asics", container);
  assert.equal(run("unzip", "-p", archive, "mimetype").said, ASIC_SIMPLE_TYPE);
  const anchors = place("root.pem", toPem("CERTIFICATE", root.certificate.der));
  const cms = place("signature.p7s", readZip(container).find(({ name }) => name === P7S)!.content);
  const verify = (content: Buffer) =>
    run(
      ...(["openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", cms, "-CAfile", anchors] as const),
      ...["-attime", String(NOW.getTime() / 1000), "-out", "/dev/null", "-content", place("content", content)],
    );
  assert.equal(verify(FILE.content).ok, true);
  assert.equal(verify(Buffer.from("x")).ok, false);
});
