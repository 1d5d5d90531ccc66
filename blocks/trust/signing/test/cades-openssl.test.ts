import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { toPem } from "../../issue.ts";
import { missing, run } from "../../test/conformance/program.ts";
import { tempFolder } from "../../test/fixture.ts";
import { liftCades, signCades } from "../cades.ts";
import { LEVELS } from "../means.ts";
import { readSignedContent, TYPE, tokensUnder } from "../signed-content.ts";
import { NOW, scene } from "./scene.ts";

const skip = missing("openssl");
const CONTENT = Buffer.from("Тиркелген документ\n");

function folderFor(t: Parameters<typeof tempFolder>[0]) {
  const folder = tempFolder(t);
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  return file;
}

for (const level of LEVELS) {
  for (const isDetached of [true, false]) {
    const how = isDetached ? "detached" : "attached";
    test(`openssl verifies CAdES-B-${level}, ${how}, and refuses other content`, { skip }, async (t) => {
      const file = folderFor(t);
      const { signer, means, root } = scene();
      const basic = signCades(CONTENT, signer, { at: NOW, isDetached });
      const lifted = await liftCades(basic, { level, content: CONTENT }, means);
      const anchors = file("root.pem", toPem("CERTIFICATE", root.certificate.der));
      const cms = file("signature.der", lifted);
      const verify = (content: Buffer) =>
        run(
          "openssl",
          "cms",
          "-verify",
          "-cades",
          "-binary",
          "-inform",
          "DER",
          "-in",
          cms,
          "-CAfile",
          anchors,
          "-attime",
          String(NOW.getTime() / 1000),
          "-out",
          file("out", ""),
          ...(isDetached ? ["-content", file("content", content)] : []),
        );
      const good = verify(CONTENT);
      assert.ok(good.ok, good.said);
      assert.match(good.said, /CAdES Verification successful/);
      if (isDetached) assert.equal(verify(Buffer.from("Another document\n")).ok, false);
    });
  }
}

test("openssl verifies the time stamp inside a CAdES signature over the signature value", { skip }, async (t) => {
  const file = folderFor(t);
  const { signer, means, root } = scene();
  const lifted = await liftCades(signCades(CONTENT, signer, { at: NOW }), { level: "T" }, means);
  const part = readSignedContent(lifted).signers[0]!;
  const [token] = tokensUnder(part.unsigned, TYPE.signatureTimeStamp);
  const at = ["-attime", String(NOW.getTime() / 1000)];
  const verify = (bytes: Buffer) =>
    run(
      "openssl",
      "ts",
      "-verify",
      "-token_in",
      "-in",
      file("token.der", token!),
      "-data",
      file("value", bytes),
      "-CAfile",
      file("root.pem", toPem("CERTIFICATE", root.certificate.der)),
      ...at,
    );
  const good = verify(part.signature);
  assert.ok(good.ok, good.said);
  assert.equal(verify(Buffer.from("another")).ok, false);
});
