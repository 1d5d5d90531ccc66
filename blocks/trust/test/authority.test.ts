import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { Problem } from "@kerege/kernel/problem";
import { parseAnchors } from "../anchors.ts";
import { authorityIn, BODY, NOW, tempFolder } from "./fixture.ts";

const codeIs = (code: string) => (fault: unknown) => fault instanceof Problem && fault.code === code;

test("a body's certificate says what Node's own reader says", (t) => {
  const { authority } = authorityIn(tempFolder(t));
  const { certificate, chain } = authority.signer(BODY);
  const outside = new X509Certificate(certificate.der);
  assert.equal(outside.serialNumber.toLowerCase(), certificate.serial);
  assert.equal(outside.fingerprint256.replaceAll(":", "").toLowerCase(), certificate.fingerprint);
  assert.equal(new Date(outside.validFrom).getTime(), certificate.notBefore.getTime());
  assert.equal(new Date(outside.validTo).getTime(), certificate.notAfter.getTime());
  assert.equal(outside.ca, false);
  assert.ok(outside.checkIssued(new X509Certificate(chain[0]!.der)));
  assert.ok(outside.verify(chain[0]!.publicKey!));
  assert.match(outside.subject, /O=Калктын каттоо кызматы/);
  assert.equal(certificate.name.organizationId, "GO:KG-population-register");
  assert.deepEqual(certificate.extendedKeyUsage, ["1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36"]);
});

test("the same body has the same signer, after a restart too", (t) => {
  const folder = tempFolder(t);
  const { authority } = authorityIn(folder);
  const first = authority.signer(BODY);
  assert.equal(authority.signer(BODY), first);
  const again = authorityIn(folder).authority;
  assert.deepEqual(again.signer(BODY).kid, first.kid);
  assert.deepEqual(
    parseAnchors(again.anchors())?.signers.map(({ fingerprint }) => fingerprint),
    [first.certificate.fingerprint],
  );
});

test("a new name, a near end and a revocation each bring a new certificate; the old ones stay published", (t) => {
  const folder = tempFolder(t);
  const { authority, clock } = authorityIn(folder);
  const first = authority.signer(BODY);
  const renamed = authority.signer({ ...BODY, name: "Калк реестри" });
  assert.notDeepEqual(renamed.kid, first.kid);
  assert.deepEqual(authority.signer(BODY).kid, first.kid);
  clock.set("2029-01-15T00:00:00Z");
  const renewed = authority.signer(BODY);
  assert.notDeepEqual(renewed.kid, first.kid);
  authority.revoke(renewed.certificate.serial);
  const after = authority.signer(BODY);
  assert.notDeepEqual(after.kid, renewed.kid);
  assert.equal(parseAnchors(authority.anchors())?.signers.length, 4);
});

test("only the owner may read keys", { skip: process.platform === "win32" }, (t) => {
  const folder = tempFolder(t);
  authorityIn(folder).authority.signer(BODY);
  const keys = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("key.pem"));
  assert.equal(keys.length, 3);
  for (const name of keys) {
    assert.equal(statSync(path.join(folder, name)).mode & 0o777, 0o600);
    assert.equal(statSync(path.dirname(path.join(folder, name))).mode & 0o077, 0);
    assert.match(readFileSync(path.join(folder, name), "utf8"), /^-----BEGIN PRIVATE KEY-----/);
  }
});

test("several starts at the same time agree on one authority and one signer", async (t) => {
  const folder = tempFolder(t);
  const program = `
    const { authorityIn, BODY } = await import(${JSON.stringify(new URL("./fixture.ts", import.meta.url).href)});
    const { authority } = authorityIn(${JSON.stringify(path.join(folder, "authority"))});
    console.log(authority.signer(BODY).kid.toString("hex"), /# Root (.*)/.exec(authority.anchors())[1]);`;
  const runs = Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]));
  const said = new Set((await Promise.all(runs)).map(({ stdout }) => stdout.trim()));
  assert.equal(said.size, 1);
  assert.match([...said][0]!, /^[0-9a-f]{16} [0-9a-f]{64}$/);
  assert.deepEqual(readdirSync(path.join(folder, "authority", "signers", BODY.code)), ["0001"]);
});

test("a start that was cut off leaves nothing that the next one trips over", (t) => {
  const folder = tempFolder(t);
  const left = path.join(folder, ".new-0123");
  mkdirSync(left, { recursive: true });
  writeFileSync(path.join(left, "key.pem"), "half");
  utimesSync(left, new Date(0), new Date(0));
  const young = path.join(folder, ".new-4567");
  mkdirSync(young);
  authorityIn(folder).authority.signer(BODY);
  assert.deepEqual(readdirSync(folder).sort(), [".new-4567", "bodies", "root", "signers"]);
});

test("a broken or exchanged key stops the start and names the folder", (t) => {
  const folder = tempFolder(t);
  authorityIn(folder);
  const rootKey = readFileSync(path.join(folder, "root", "key.pem"));
  const place = path.join(folder, "bodies", "key.pem");
  chmodSync(place, 0o600);
  writeFileSync(place, rootKey);
  assert.throws(
    () => authorityIn(folder),
    (fault) => codeIs("trust.broken-authority")(fault) && (fault as Problem).params.folder === path.join(folder, "bodies"),
  );
  writeFileSync(place, "");
  assert.throws(() => authorityIn(folder), codeIs("trust.broken-authority"));
});

for (const body of [
  { code: "../root", name: "A" },
  { code: "", name: "A" },
  { code: "Register", name: "A" },
  { code: "register", name: " " },
  { code: "register", name: "A\u0000B" },
  { code: "register", name: "A\u202eB" },
  { code: "register", name: "A\nB" },
  { code: "register", name: "x".repeat(201) },
]) {
  test(`no certificate for ${JSON.stringify(body).slice(0, 60)}`, (t) => {
    const folder = tempFolder(t);
    const { authority } = authorityIn(folder);
    assert.throws(() => authority.signer(body), codeIs("trust.unfit-body"));
    assert.deepEqual(readdirSync(folder).sort(), ["bodies", "root"]);
  });
}

test("a revocation list is the same for an hour, then a new one", (t) => {
  const { authority, clock } = authorityIn(tempFolder(t));
  const first = authority.revocationList("bodies");
  assert.equal(authority.revocationList("bodies"), first);
  clock.set(new Date(NOW.getTime() + 3_700_000));
  assert.notDeepEqual(authority.revocationList("bodies"), first);
});
