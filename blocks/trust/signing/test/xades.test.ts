import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { toPem } from "../../issue.ts";
import { missing, run } from "../../test/conformance/program.ts";
import { tempFolder } from "../../test/fixture.ts";
import { addAsicSignature, liftAsic, signAsic } from "../asic.ts";
import { LEVELS } from "../means.ts";
import { validate } from "../validate.ts";
import { signXml } from "../xades-sign.ts";
import { later, NOW, scene, wordAt, YEAR } from "./scene.ts";

const XML = Buffer.from(
  `<?xml version="1.0" encoding="UTF-8"?>\n<act xmlns="urn:kerege:act" xmlns:x="urn:x" b="2" a='1 &amp; "2"' x:c="3">\r\n  <төрөлгөн жыл="2020">Айгүл &lt;Бекова&gt;</төрөлгөн><empty/><![CDATA[a<b]]></act>`,
);
const FILES = [
  { name: "өтүнмө.txt", content: Buffer.from("Өтүнмө\n"), mediaType: "text/plain" },
  { name: "тиркеме/план.bin", content: Buffer.alloc(3000, 7), mediaType: "application/octet-stream" },
];

for (const level of LEVELS) {
  test(`XML signed at level ${level} passes and says so`, async () => {
    const stage = scene();
    const { signer, means, trusted } = stage;
    const signed = await signXml(XML, signer, { at: NOW, level, means });
    const evidence = await wordAt(stage, NOW, signer.certificate);
    const report = validate(signed, { trusted: { ...trusted, evidence }, at: NOW });
    const [only] = report.signatures;
    assert.equal(report.reason, "good", JSON.stringify({ ...only, certificate: undefined }));
    assert.equal(only?.level, `XAdES-B-${level}`);
    assert.equal(only?.covers.scope, "whole-file");
  });

  test(`an ASiC-E container of level ${level} passes, and with a second signature too`, async () => {
    const stage = scene();
    const { signer, means, trusted } = stage;
    const container = await signAsic(FILES, signer, { at: NOW, level, means });
    const twice = await addAsicSignature(container, signer, { at: NOW, level, means });
    const evidence = await wordAt(stage, NOW, signer.certificate);
    for (const [bytes, count] of [
      [container, 1],
      [twice, 2],
    ] as const) {
      const report = validate(bytes, { trusted: { ...trusted, evidence }, at: NOW });
      assert.equal(report.reason, "good", JSON.stringify({ ...report.signatures[0], certificate: undefined }));
      assert.deepEqual(
        report.signatures.map((one) => one.level),
        Array(count).fill(`XAdES-B-${level}`),
      );
      assert.deepEqual(
        report.signatures[0]?.covers.parts.map(({ name }) => name),
        FILES.map(({ name }) => name),
      );
    }
  });
}

test("M-A20: a renewed container outlives the certificate of its signer", async () => {
  const stage = scene();
  const { signer, means, trusted, clock } = stage;
  const container = await signAsic(FILES, signer, { at: NOW, level: "LTA", means });
  clock.now = later(NOW, 5 * YEAR);
  const renewed = await liftAsic(container, "LTA", means);
  const at = later(NOW, 6 * YEAR);
  const evidence = await wordAt(stage, at);
  const report = validate(renewed, { trusted: { ...trusted, evidence }, at });
  assert.equal(report.reason, "good");
  assert.equal(report.signatures[0]?.stamps.length, 3);
});

for (const level of LEVELS) {
  test(`xmlsec1 verifies the XML signature of level ${level} and refuses a changed document`, {
    skip: missing("xmlsec1"),
  }, async (t) => {
    const folder = tempFolder(t);
    const file = (name: string, content: string | Buffer): string => {
      writeFileSync(path.join(folder, name), content);
      return path.join(folder, name);
    };
    const { signer, means, root, authority } = scene();
    const signed = await signXml(XML, signer, { at: NOW, level, means });
    const roots = file("root.pem", toPem("CERTIFICATE", root.certificate.der));
    const between = file("authority.pem", toPem("CERTIFICATE", authority.certificate.der));
    const verify = (bytes: Buffer) =>
      run(
        "xmlsec1",
        "--verify",
        "--trusted-pem",
        roots,
        "--untrusted-pem",
        between,
        "--verification-gmt-time",
        NOW.toISOString().slice(0, 19).replace("T", " "),
        "--id-attr:Id",
        "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
        file("signed.xml", bytes),
      );
    const good = verify(signed);
    assert.ok(good.ok, good.said);
    assert.match(good.said, /SignedInfo References \(ok\/all\): 2\/2/);
    assert.equal(verify(Buffer.from(signed.toString().replace("Айгүл", "Айгул"))).ok, false);
  });
}

test("unzip and xmlsec1 read the container and each reference in it", { skip: missing("unzip", "xmlsec1") }, async (t) => {
  const folder = tempFolder(t);
  const { signer, means, root, authority } = scene();
  const files = [{ name: "letter.txt", content: Buffer.from("A letter\n"), mediaType: "text/plain" }];
  const container = await signAsic(files, signer, { at: NOW, level: "LT", means });
  writeFileSync(path.join(folder, "letter.asice"), container);
  const tested = run("unzip", "-t", path.join(folder, "letter.asice"));
  assert.ok(tested.ok, tested.said);
  assert.ok(run("unzip", "-q", path.join(folder, "letter.asice"), "-d", folder).ok);
  writeFileSync(path.join(folder, "root.pem"), toPem("CERTIFICATE", root.certificate.der));
  writeFileSync(path.join(folder, "authority.pem"), toPem("CERTIFICATE", authority.certificate.der));
  const verified = run(
    "env",
    `--chdir=${folder}`,
    "xmlsec1",
    "--verify",
    "--trusted-pem",
    "root.pem",
    "--untrusted-pem",
    "authority.pem",
    "--verification-gmt-time",
    NOW.toISOString().slice(0, 19).replace("T", " "),
    "--id-attr:Id",
    "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
    "META-INF/signatures0.xml",
  );
  assert.ok(verified.ok, verified.said);
  assert.match(verified.said, /SignedInfo References \(ok\/all\): 2\/2/);
});
