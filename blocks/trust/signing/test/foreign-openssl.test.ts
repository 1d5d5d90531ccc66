/** What others make is read here, too: signatures and time stamps by openssl. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { toPem } from "../../issue.ts";
import { missing, run } from "../../test/conformance/program.ts";
import { tempFolder } from "../../test/fixture.ts";
import { liftCades, signCades } from "../cades.ts";
import { validate } from "../validate.ts";
import { certify, type Kind, NOW, scene, wordAt } from "./scene.ts";

const skip = missing("openssl");
const CONTENT = Buffer.from("Өтүнмө\n");

function filesIn(t: Parameters<typeof tempFolder>[0]) {
  const folder = tempFolder(t);
  const place = (name: string): string => path.join(folder, name);
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(place(name), content);
    return place(name);
  };
  return { place, file };
}

for (const kind of ["p256", "p384", "rsa"] as const satisfies readonly Kind[]) {
  test(`a CAdES signature that openssl makes with a key of kind ${kind} is read, and a changed one refused`, {
    skip,
  }, async (t) => {
    const { place, file } = filesIn(t);
    const stage = scene();
    const holder = certify({ name: "elsewhere", use: "sign", issuer: stage.authority, kind });
    const key = file("key.pem", holder.key.export({ format: "pem", type: "pkcs8" }) as string);
    const signer = file("signer.pem", toPem("CERTIFICATE", holder.certificate.der));
    const more = file("more.pem", toPem("CERTIFICATE", stage.authority.certificate.der));
    const given = [
      "-in",
      file("content", CONTENT),
      "-signer",
      signer,
      "-inkey",
      key,
      "-certfile",
      more,
      "-out",
      place("cms.der"),
    ];
    const digest = kind === "p384" ? "sha384" : "sha256";
    const made = run("openssl", "cms", "-sign", "-cades", "-md", digest, "-binary", "-outform", "DER", ...given);
    assert.ok(made.ok, made.said);
    const evidence = await wordAt(stage, NOW, holder.certificate);
    const at = new Date();
    const fresh = await wordAt(stage, at, holder.certificate);
    const ask = (content: Buffer) =>
      validate(readFileSync(place("cms.der")), { trusted: { ...stage.trusted, evidence: [...evidence, ...fresh] }, at, content });
    assert.equal(ask(CONTENT).reason, "good");
    assert.equal(ask(Buffer.from("Another\n")).reason, "content-changed");
  });
}

test("a time stamp that openssl makes counts like one of our own", { skip }, async (t) => {
  const { place, file } = filesIn(t);
  const stage = scene();
  stage.clock.now = new Date();
  const settings = [
    "[tsa]\ndefault_tsa = one\n[one]",
    `serial = ${file("serial", "1000\n")}`,
    "default_policy = 1.3.6.1.4.1.99999.2\nother_policies = 1.3.6.1.4.1.99999.2\ndigests = sha256\nsigner_digest = sha256",
    "accuracy = secs:1\ness_cert_id_alg = sha256\n",
  ].join("\n");
  const unit = [
    ...["-signer", file("tsa.pem", toPem("CERTIFICATE", stage.tsa.certificate.der))],
    ...["-inkey", file("tsa.key", stage.tsa.key.export({ format: "pem", type: "pkcs8" }) as string)],
    ...["-chain", file("chain.pem", toPem("CERTIFICATE", stage.authority.certificate.der))],
  ];
  const config = file("tsa.conf", settings);
  const stamp = (digest: Uint8Array): Buffer => {
    const wanted = Buffer.from(digest).toString("hex");
    const asked = run("openssl", "ts", "-query", "-digest", wanted, "-sha256", "-cert", "-out", place("query"));
    assert.ok(asked.ok, asked.said);
    const said = run(
      "openssl",
      "ts",
      "-reply",
      "-config",
      config,
      "-queryfile",
      place("query"),
      ...unit,
      "-token_out",
      "-out",
      place("token"),
    );
    assert.ok(said.ok, said.said);
    return readFileSync(place("token"));
  };
  const signature = signCades(CONTENT, stage.signer, { at: stage.clock.now, isDetached: false });
  const means = { ...stage.means, stamper: { ...stage.means.stamper, stamp } };
  const lifted = await liftCades(signature, { level: "LTA" }, means);
  stage.clock.now = new Date(Date.now() + 5000);
  const evidence = await wordAt(stage, stage.clock.now, stage.signer.certificate);
  const report = validate(lifted, { trusted: { ...stage.trusted, evidence }, at: stage.clock.now });
  assert.equal(report.reason, "good");
  assert.equal(report.signatures[0]?.level, "CAdES-B-LTA");
  assert.equal(report.signatures[0]?.stamps.length, 2);
});
