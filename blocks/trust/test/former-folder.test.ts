/** A data folder of the version before: root, authority for bodies and signers without policies and addresses. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { openTestDatabase } from "@kerege/kernel/testing";
import { parseRevocationList } from "../crl.ts";
import { issueCertificate, writeName } from "../issue.ts";
import { writePair } from "../key-store.ts";
import { newKey } from "../pki/hierarchy.ts";
import { BODY, plainPdf, SIGNING, tempFolder } from "./fixture.ts";
import { migrateTrust } from "./log-scene.ts";
import { newKeyPair, OFFICER, PERSON, pkiOver, requestFor } from "./pki-scene.ts";

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

const DAY = 86_400_000;

function formerFolder(t: Parameters<typeof tempFolder>[0]): string {
  const folder = tempFolder(t);
  const home = path.join(folder, "authority");
  const dates = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 900 * DAY) };
  const named = (commonName: string) => writeName({ country: "KG", organization: "Sample", commonName });
  const root = { key: newKey(), subject: named("Demonstration root authority") };
  const rootDer = issueCertificate({ kind: "root", ...root, issuer: root, ...dates });
  const bodies = { key: newKey(), subject: named("Demonstration authority for state bodies") };
  const bodiesDer = issueCertificate({ kind: "authority", ...bodies, issuer: root, ...dates });
  const name = writeName({ country: "KG", organization: BODY.name, organizationId: `GO:KG-${BODY.code}`, commonName: BODY.name });
  const seal = { key: newKey(), subject: name };
  const sealDer = issueCertificate({ kind: "signer", ...seal, issuer: bodies, ...dates });
  writePair(path.join(home, "root"), { key: root.key, certificate: rootDer });
  writePair(path.join(home, "bodies"), { key: bodies.key, certificate: bodiesDer });
  writePair(path.join(home, "signers", BODY.code, "0001"), { key: seal.key, certificate: sealDer });
  mkdirSync(path.join(home, "revoked"));
  writeFileSync(path.join(home, "revoked", "4a4b4c"), `${new Date(Date.now() - DAY).toISOString()}\n`);
  return folder;
}

test("a data folder of the version before opens, signs with the seals it has, and gets the authorities it lacks", async (t) => {
  const folder = formerFolder(t);
  const { trust, door, pki } = pkiOver(t, shared.database, { folder });
  await pki.prepare();
  const signer = trust.signer(BODY);
  assert.equal(
    signer.certificate.extensions.some(({ type }) => type === "2.5.29.32"),
    false,
    "the seal that was there",
  );
  assert.deepEqual(readdirSync(path.join(folder, "authority", "signers", BODY.code)), ["0001"]);
  assert.ok(trust.checkPdf(trust.signPdf(plainPdf(), signer, { ...SIGNING, at: new Date() })).valid);
  assert.deepEqual([...parseRevocationList(trust.revocationList("bodies")).revoked.keys()], ["4a4b4c"]);
  assert.equal((await door.find(signer.certificate.serial))?.state, "good");
  const issued = await door.issue(OFFICER, {
    kind: "person-signing",
    holder: PERSON,
    request: requestFor(newKeyPair().privateKey),
  });
  assert.equal(door.status.issuers(issued.certificate).length, 2);
  const bodies = door.status.issuers(signer.certificate)[0]!;
  assert.ok((await door.status.ocsp(signer.certificate, bodies))!.length > 0);
});

test("M-A5: what an authority for people or a company issued never passes as a document of the state", async (t) => {
  const scene = pkiOver(t, shared.database);
  const { trust, door, hierarchy } = scene;
  const { createSigner } = await import("../signer.ts");
  const own = trust.signer(BODY);
  assert.ok(trust.checkPdf(trust.signPdf(plainPdf(), own, { ...SIGNING, at: new Date() })).valid);
  const pair = newKeyPair();
  const person = await door.issue(OFFICER, { kind: "person-signing", holder: PERSON, request: requestFor(pair.privateKey) });
  const { privateKey } = newKeyPair();
  const official = await door.issue(OFFICER, {
    kind: "official-signing",
    holder: { type: "official", id: "o-9", surname: "А", givenName: "Б", post: "Адис", employer: { type: "body", ...BODY } },
    request: requestFor(privateKey),
  });
  // An authority for people that goes bad and writes the name and the policy of a body.
  const people = hierarchy.authority("people");
  const { certify, subjectOf } = await import("../pki/profile.ts");
  const { writeSubject } = await import("../pki/subject.ts");
  const { parseCertificate } = await import("../certificate.ts");
  const key = newKey();
  const forged = certify(
    {
      kind: "body-seal",
      subject: writeSubject(subjectOf({ type: "body", ...BODY }, "KG")),
      publicKey: key,
      issuer: { name: "people", subject: people.certificate.subject, key: people.key },
      notBefore: new Date(Date.now() - DAY),
      notAfter: new Date(Date.now() + DAY),
      list: "people",
    },
    scene.pki.places,
  );
  for (const signer of [
    createSigner({ certificate: person.certificate, chain: person.chain, key: pair.privateKey }),
    createSigner({ certificate: official.certificate, chain: official.chain, key: privateKey }),
    createSigner({ certificate: parseCertificate(forged), chain: people.chain, key }),
  ]) {
    const verdict = trust.checkPdf(trust.signPdf(plainPdf(), signer, { ...SIGNING, at: new Date() }));
    assert.deepEqual(verdict, { valid: false, reason: "certificate-misused" }, signer.certificate.name.commonName);
  }
});
