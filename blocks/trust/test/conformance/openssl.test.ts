import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { parseAnchors } from "../../anchors.ts";
import { toPem } from "../../issue.ts";
import { findSignature, signPades } from "../../pades.ts";
import { authorityIn, BODY, plainPdf, SIGNING, tempFolder } from "../fixture.ts";
import { missing, run } from "./program.ts";

const skip = missing("openssl");

function filesIn(t: Parameters<typeof tempFolder>[0]) {
  const folder = tempFolder(t);
  const now = new Date();
  const { authority } = authorityIn(path.join(folder, "authority"), now);
  const signer = authority.signer(BODY);
  const anchors = parseAnchors(authority.anchors())!;
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const root = file("root.pem", toPem("CERTIFICATE", anchors.roots[0]!.der));
  const bodies = file("bodies.pem", toPem("CERTIFICATE", anchors.authorities[0]!.der));
  const leaf = file("signer.pem", toPem("CERTIFICATE", signer.certificate.der));
  const lists = (): string =>
    file("lists.pem", (["root", "bodies"] as const).map((name) => toPem("X509 CRL", authority.revocationList(name))).join(""));
  return { authority, signer, now, file, root, bodies, leaf, lists };
}

test("openssl accepts the chain by the letter of RFC 5280, revocation lists and all", { skip }, (t) => {
  const { authority, signer, root, bodies, leaf, lists } = filesIn(t);
  const verify = () =>
    run("openssl", "verify", "-x509_strict", "-crl_check_all", "-CRLfile", lists(), "-CAfile", root, "-untrusted", bodies, leaf);
  const good = verify();
  assert.ok(good.ok, good.said);
  authority.revoke(signer.certificate.serial);
  const revoked = verify();
  assert.equal(revoked.ok, false);
  assert.match(revoked.said, /certificate revoked/);
});

test("openssl reads the published bundle as it is", { skip }, (t) => {
  const { authority, file, leaf } = filesIn(t);
  const result = run("openssl", "verify", "-x509_strict", "-CAfile", file("anchors.pem", authority.anchors()), leaf);
  assert.ok(result.ok, result.said);
});

test("openssl verifies the CAdES signature over the signed stretches", { skip }, (t) => {
  const { signer, now, file, root } = filesIn(t);
  const pdf = signPades(plainPdf(), signer, { ...SIGNING, at: now });
  const found = findSignature(pdf);
  assert.ok("signature" in found);
  const { start, end, bytes } = found.signature.contents;
  const cms = file("signature.der", bytes.subarray(0, bytes.readUInt16BE(2) + 4));
  const content = Buffer.concat([pdf.subarray(0, start), pdf.subarray(end)]);
  const verify = (name: string) =>
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
      "-content",
      name,
      "-CAfile",
      root,
      "-out",
      file("out", ""),
    );
  const good = verify(file("content", content));
  assert.ok(good.ok, good.said);
  assert.match(good.said, /CAdES Verification successful/);
  content[20]! ^= 1;
  assert.equal(verify(file("changed", content)).ok, false);
});
