import assert from "node:assert/strict";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { test } from "node:test";
import { checkCeremony, holdCeremony, signRootList } from "../../pki/ceremony.ts";
import { openTokenKey } from "../../pki/pkcs11.ts";
import { tempFolder } from "../fixture.ts";
import { ceremonyWords, PLACES } from "../pki-scene.ts";
import { missing, run } from "./program.ts";

const MODULE = ["/usr/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so"].find((file) => existsSync(file));
const folder = process.env.KEREGE_PKCS11JS;

function packageMissing(): string | false {
  if (folder)
    return existsSync(path.join(folder, "index.js")) ? false : "needs the package pkcs11js in the folder KEREGE_PKCS11JS";
  try {
    createRequire(import.meta.url).resolve("pkcs11js");
    return false;
  } catch {
    return "needs the package pkcs11js, or its folder in KEREGE_PKCS11JS";
  }
}

const skip = MODULE ? packageMissing() || missing("softhsm2-util", "openssl") : "needs SoftHSM (package softhsm2)";

test("M-A5: a ceremony with the key of the root in hardware (SoftHSM): openssl accepts what it signed", { skip }, async (t) => {
  const home = tempFolder(t);
  mkdirSync(path.join(home, "tokens"));
  writeFileSync(
    path.join(home, "softhsm2.conf"),
    `directories.tokendir = ${path.join(home, "tokens")}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  process.env.SOFTHSM2_CONF = path.join(home, "softhsm2.conf");
  const made = run("softhsm2-util", "--init-token", "--free", "--label", "state", "--so-pin", "12345678", "--pin", "876543");
  assert.ok(made.ok, made.said);
  const place = { module: MODULE!, token: "state", pin: "876543", key: "root", package: folder };
  await assert.rejects(openTokenKey(place), { code: "trust.no-signing-key" }, "before there is a key");
  const token = await openTokenKey(place, { make: true });
  const ceremony = path.join(home, "ceremony");
  const participants = [
    { name: "A", role: "chair" },
    { name: "B", role: "witness" },
  ];
  const at = new Date(Math.floor(Date.now() / 1000) * 1000);
  holdCeremony({
    folder: ceremony,
    participants,
    words: ceremonyWords,
    token,
    at,
    country: "KG",
    stateName: "State",
    places: PLACES,
  });
  token.close();
  assert.equal(existsSync(path.join(ceremony, "offline")), false, "no key of the root in any file");
  const again = await openTokenKey(place);
  assert.ok(again.publicKey.equals(token.publicKey));
  signRootList({ folder: ceremony, participants, words: ceremonyWords, token: again, at: new Date(at.getTime() + 60_000) });
  again.close();
  assert.equal(checkCeremony(ceremony).records.length, 2);
  const certificate = (name: string) => path.join(ceremony, "servers", "authority", name, "certificate.pem");
  const moment = String(Math.floor(at.getTime() / 1000) + 120);
  const said = run("openssl", "verify", "-x509_strict", "-attime", moment, "-CAfile", certificate("root"), certificate("people"));
  assert.ok(said.ok, said.said);
  await assert.rejects(openTokenKey({ ...place, pin: "000000" }), { code: "trust.no-signing-key" });
});

test("without the package a sentence says what to do", async () => {
  const place = { module: "/none.so", token: "t", pin: "1", key: "k", package: "/nowhere" };
  await assert.rejects(openTokenKey(place), { code: "trust.no-pkcs11" });
});
