/** Abuse cases of authorities: what somebody hands in to get a certificate, a status or a time, and what we are asked to believe. */
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { Problem } from "@kerege/kernel/problem";
import { openTestDatabase } from "@kerege/kernel/testing";
import { KEY_USAGE, OID, parseCertificate } from "../certificate.ts";
import { parseRevocationList } from "../crl.ts";
import { DerFault, encode, integer, octets, oid, read, sequence, setOf, TAG, utf8 } from "../der.ts";
import { extension } from "../issue.ts";
import { authorityInformation, partitionPlace } from "../pki/extension.ts";
import { readCertId, writeAnswer, writeCertId } from "../pki/ocsp.ts";
import { believeOcsp } from "../pki/ocsp-read.ts";
import { validatePath } from "../pki/path.ts";
import { readCertificateRequest } from "../pki/request.ts";
import { createMemory } from "../pki/revocation.ts";
import { weaknessOfModulus } from "../pki/weak-key.ts";
import { keyOfKind, make, makeList } from "./chain-maker.ts";
import { migrateTrust } from "./log-scene.ts";
import { newKeyPair, OFFICER, PERSON, pkiOver, requestFor, serverOf } from "./pki-scene.ts";

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

const DAY = 86_400_000;
const now = new Date();
const root = make("Root", { key: keyOfKind("p256", 0), quirks: { authority: true }, now });
const authority = make("Authority", { key: keyOfKind("p256", 1), issuer: root, quirks: { authority: true }, now });
const leaf = make("Leaf", { key: keyOfKind("p256", 2), issuer: authority, now });
const rootList = makeList(root, { now });

const judge = (lists: Buffer[], answers: Buffer[] = [], memory = createMemory()) => {
  const verdict = validatePath({
    leaf: leaf.certificate,
    companions: [authority.certificate],
    roots: [root.certificate],
    at: now,
    purpose: "sign",
    status: { lists: lists.map((der) => parseRevocationList(der, { partial: true })), answers, oldest: 7 * DAY, memory },
  });
  return verdict.valid ? "good" : verdict.reason;
};

test("abuse 30: an older list than one already seen is refused, and so is a second list under the same number", () => {
  const memory = createMemory();
  const at = (hours: number) => new Date(now.getTime() - hours * 3_600_000);
  const newer = makeList(authority, { now, quirks: { thisUpdate: at(1) } });
  const older = makeList(authority, { now, quirks: { thisUpdate: at(20) } });
  assert.equal(judge([rootList, older], [], memory), "good", "while nothing later is known");
  assert.equal(judge([rootList, newer], [], memory), "good");
  assert.equal(judge([rootList, older], [], memory), "status-stale");
  const twin = makeList(authority, { now, quirks: { thisUpdate: at(1), nextUpdate: at(-30) } });
  assert.equal(judge([rootList, twin], [], memory), "status-stale");
  assert.equal(judge([rootList, newer], [], createMemory(memory.entries())), "good", "over a restart");
  assert.equal(judge([rootList, older], [], createMemory(memory.entries())), "status-stale", "over a restart");
});

test("abuse 30: a list past its end, older than we allow, or from the future proves nothing", () => {
  const aged = (from: number, until: number) =>
    makeList(authority, {
      now,
      quirks: { thisUpdate: new Date(now.getTime() + from * DAY), nextUpdate: new Date(now.getTime() + until * DAY) },
    });
  assert.equal(judge([rootList, aged(-3, -1)]), "status-stale");
  assert.equal(judge([rootList, aged(-9, 300)]), "status-stale", "whatever it says of itself");
  assert.equal(judge([rootList, aged(1, 3)]), "status-stale");
  assert.equal(judge([rootList]), "status-unknown", "and without any the answer is no");
});

test("abuse 38: an old good answer, a foreign responder, one without the purpose are not believed", () => {
  const id = { bytes: writeCertId(leaf.certificate, authority.certificate) };
  const answered = (by: typeof leaf, at = now) =>
    writeAnswer(
      { certificate: by.certificate, key: by.key },
      { statuses: [{ id, status: { state: "good" } }], thisUpdate: at, nextUpdate: new Date(at.getTime() + 3_600_000) },
    );
  const question = { certificate: leaf.certificate, issuer: authority.certificate, at: now, oldest: 7 * DAY };
  const responding = { keyUsage: KEY_USAGE.digitalSignature, purposes: [OID.ocspSigning] };
  const key = keyOfKind("p256", 3);
  const responder = make("Responder", { key, issuer: authority, quirks: responding, now });
  const refused = (why: string) => ({ state: "refused", why });
  assert.deepEqual(believeOcsp(answered(responder), question), { state: "good" });
  assert.deepEqual(believeOcsp(answered(authority), question), { state: "good" }, "the authority itself");
  assert.deepEqual(believeOcsp(answered(responder, new Date(now.getTime() - DAY)), question), refused("stale"));
  const purposeless = make("Responder", { key, issuer: authority, quirks: { ...responding, purposes: [OID.clientAuth] }, now });
  assert.deepEqual(believeOcsp(answered(purposeless), question), refused("misused"));
  const stranger = make("Responder", { key, issuer: root, quirks: responding, now });
  assert.deepEqual(believeOcsp(answered(stranger), question), refused("misused"), "appointed by another authority");
  const ended = make("Responder", {
    key,
    issuer: authority,
    quirks: { ...responding, notBefore: new Date(now.getTime() - 9 * DAY), notAfter: new Date(now.getTime() - DAY) },
    now,
  });
  assert.deepEqual(believeOcsp(answered(ended), question), refused("misused"));
  const spoilt = answered(responder);
  const at = spoilt.indexOf(responder.certificate.der) - 12;
  spoilt[at]! ^= 1;
  assert.notEqual(believeOcsp(spoilt, question).state, "good");
  const about = { bytes: writeCertId(responder.certificate, authority.certificate) };
  const other = writeAnswer(responder, {
    statuses: [{ id: about, status: { state: "good" } }],
    thisUpdate: now,
    nextUpdate: now,
  });
  assert.deepEqual(believeOcsp(other, question), refused("foreign"));
  assert.equal(judge([rootList], [answered(stranger)]), "status-unknown", "the path is refused with it");
  assert.ok(readCertId(read(id.bytes)).serial === leaf.certificate.serial);
});

test("abuse 38: requests for others, without the key, with weak or used keys, with invisible characters are refused", async (t) => {
  const { door } = pkiOver(t, shared.database);
  const issue = (request: Buffer | string) => door.issue(OFFICER, { kind: "person-signing", holder: PERSON, request });
  const refusedAs = async (why: string, request: Buffer | string) =>
    assert.rejects(
      issue(request),
      (fault) => fault instanceof Problem && fault.code === "trust.refused-request" && fault.params.why === why,
      why,
    );
  const { privateKey } = newKeyPair();
  await refusedAs("no_possession", requestFor(privateKey, { signedBy: newKeyPair().privateKey }));
  await refusedAs("foreign_subject", requestFor(privateKey, { subject: [["serialNumber", "PNOKG-10101198005678"]] }));
  await refusedAs("foreign_subject", requestFor(privateKey, { subject: [["organization", "Министрлик"]] }));
  const named = (text: string) =>
    requestFor(privateKey, { rawSubject: sequence(setOf(sequence(oid(OID.commonName), utf8(text)))) });
  for (const text of ["Асанова\u0000Айгүл", "\u202eлүгйА", "Асанова\u200bАйгүл", "a\u2028b"])
    await refusedAs("invisible_characters", named(text));
  await refusedAs("weak_key", requestFor(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey));
  await refusedAs("weak_key", requestFor(generateKeyPairSync("rsa", { modulusLength: 2048, publicExponent: 3 }).privateKey));
  await refusedAs("weak_key", requestFor(generateKeyPairSync("ec", { namedCurve: "P-521" }).privateKey));
  await refusedAs("malformed", requestFor(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey).subarray(0, -1));
  await refusedAs("malformed", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n");
  const asking = (wanted: Buffer) =>
    requestFor(privateKey, { attributes: [sequence(oid("1.2.840.113549.1.9.14"), setOf(sequence(wanted)))] });
  await refusedAs(
    "foreign_extension",
    asking(extension(OID.basicConstraints, sequence(encode(TAG.boolean, Buffer.from([255]))), true)),
  );
  await refusedAs(
    "foreign_extension",
    asking(extension(OID.subjectAlternativeName, sequence(encode(0x82, Buffer.from("portal.example"))))),
  );
  const good = requestFor(privateKey, {
    subject: [
      ["country", "KG"],
      ["serialNumber", "PNOKG-20503199001234"],
    ],
  });
  const { certificate } = await issue(good);
  assert.equal(certificate.name.surname, "Асанова", "the name is that of the register");
  await refusedAs("reused_key", good);
  await door.revoke(OFFICER, { serial: certificate.serial });
  await refusedAs("reused_key", requestFor(privateKey));
});

test("abuse 38: keys of the faulty generator of 2017 and keys with small factors are known", () => {
  // N ≡ 65537^a modulo every small prime is what that generator leaves behind; put together by the Chinese remainder theorem.
  const primes = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127,
    131, 137, 139, 149, 151, 157, 163, 167,
  ].map(BigInt);
  const all = primes.reduce((product, prime) => product * prime, 2n);
  const marked = (BigInt("0x10001") ** 5n % all) + all * (BigInt(`0x${"c3".repeat(230)}`) << 1n);
  assert.equal(weaknessOfModulus(marked % 2n === 0n ? marked + all / 2n : marked), "roca");
  assert.equal(weaknessOfModulus(167n * BigInt(`0x${"c5".repeat(255)}`)), "small-factor");
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  assert.equal(
    weaknessOfModulus(BigInt(`0x${Buffer.from(publicKey.export({ format: "jwk" }).n!, "base64url").toString("hex")}`)),
    undefined,
  );
});

test("abuse 38: serial numbers cannot be guessed: no two share their beginning", async (t) => {
  const { door } = pkiOver(t, shared.database);
  const beginnings = new Set<string>();
  for (let i = 0; i < 24; i++) {
    const { serial } = await door.issue(OFFICER, {
      kind: "person-signing",
      holder: PERSON,
      request: requestFor(newKeyPair().privateKey),
    });
    assert.match(serial, /^[4-7][0-9a-f]{31}$/);
    beginnings.add(serial.slice(0, 14));
  }
  assert.equal(beginnings.size, 24);
});

test("abuse 38: MD5, SHA-1, wrong lengths, foreign policies and unknown extensions get no time stamp", async (t) => {
  const { pki } = pkiOver(t, shared.database);
  const asked = (algorithm: string, size: number, ...more: Buffer[]) =>
    sequence(integer(1), sequence(sequence(oid(algorithm)), octets(Buffer.alloc(size, 1))), ...more);
  const SHA256 = "2.16.840.1.101.3.4.2.1";
  const said = (request: Buffer) => {
    const [status, token] = read(pki.stamper().answer(request)).children;
    return [status!.children[0]!.content[0], status!.children[1]?.content.toString("hex"), token !== undefined];
  };
  assert.deepEqual(said(asked(SHA256, 32)), [0, undefined, true]);
  const badAlg = [2, "0780", false];
  assert.deepEqual(said(asked("1.2.840.113549.2.5", 16)), badAlg, "MD5");
  assert.deepEqual(said(asked("1.3.14.3.2.26", 20)), badAlg, "SHA-1");
  const badFormat = [2, "0204", false];
  for (const size of [0, 20, 31, 33, 64]) assert.deepEqual(said(asked(SHA256, size)), badFormat, `${size}`);
  assert.deepEqual(said(asked(SHA256, 32, oid("1.2.3.4"))), [2, "000001", false], "unacceptedPolicy");
  const extensions = encode(0xa0, extension("1.2.3.4", octets(Buffer.alloc(1)), true));
  assert.deepEqual(said(asked(SHA256, 32, extensions)), [2, "07000080", false], "unacceptedExtension");
  assert.deepEqual(said(Buffer.from("30800000", "hex")), badFormat, "indefinite length");
  assert.deepEqual(said(Buffer.concat([asked(SHA256, 32), Buffer.alloc(1)])), badFormat, "bytes after it");
});

test("abuse 34: DER that is nested, indefinite, not minimal or cut is refused by every reader of this folder", () => {
  const deep = (depth: number): Buffer => (depth === 0 ? Buffer.alloc(0) : encode(0x30, deep(depth - 1)));
  const lying = [
    deep(200),
    Buffer.from("3080020100000000", "hex"),
    Buffer.from("308102020100", "hex"),
    Buffer.from("30030201", "hex"),
    Buffer.from("300402020001", "hex"),
    Buffer.from("3084ffffffff", "hex"),
    Buffer.concat([Buffer.from("30830fffff", "hex"), Buffer.alloc(100)]),
    Buffer.alloc(0),
    randomBytes(65_536),
    encode(0x30, ...Array.from({ length: 21_000 }, () => integer(1))),
  ];
  for (const bytes of lying) {
    assert.throws(() => parseCertificate(bytes), DerFault);
    assert.throws(() => parseRevocationList(bytes), DerFault);
    assert.equal(readCertificateRequest(bytes), "malformed");
    assert.deepEqual(believeOcsp(bytes, { certificate: leaf.certificate, issuer: authority.certificate, at: now, oldest: DAY }), {
      state: "refused",
      why: "malformed",
    });
  }
});

test("abuse 29: addresses inside a certificate are never called: a listening socket hears nothing", async (t) => {
  let heard = 0;
  const listener = createServer((socket) => {
    heard += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  t.after(() => listener.close());
  const { port } = listener.address() as { port: number };
  const address = `http://127.0.0.1:${port}`;
  const places = { address, arc: "2.999", qualified: "no" as const };
  const scene = pkiOver(t, shared.database, { places });
  const app = await serverOf(t, scene);
  const issued = await scene.door.issue(OFFICER, {
    kind: "person-signing",
    holder: PERSON,
    request: requestFor(newKeyPair().privateKey),
  });
  const { certificate, chain } = issued;
  assert.ok(certificate.der.includes(`127.0.0.1:${port}/trust/ocsp`));
  const path = {
    leaf: certificate,
    companions: chain,
    roots: [scene.hierarchy.root.certificate],
    at: new Date(),
    purpose: "sign" as const,
  };
  assert.ok(validatePath(path).valid);
  const status = { lists: [], answers: [], oldest: DAY };
  assert.deepEqual(validatePath({ ...path, status }), { valid: false, reason: "status-unknown", position: 1 });
  await scene.door.status.ocsp(certificate, chain[0]!);
  await scene.door.status.revocationList(certificate, chain[0]!);
  scene.door.status.issuers(certificate);
  const seal = scene.trust.signer({ code: "socket-test", name: "Body" });
  assert.ok(scene.trust.checkStatement(scene.trust.sealStatement(seal, { "1": "x" })).valid);
  const wanted = [authorityInformation({ ocsp: `${address}/a`, issuer: `${address}/b` }), partitionPlace(`${address}/c`)];
  const attributes = [sequence(oid("1.2.840.113549.1.9.14"), setOf(sequence(...wanted)))];
  const upload = requestFor(newKeyPair().privateKey, { attributes });
  await assert.rejects(scene.door.issue(OFFICER, { kind: "person-signing", holder: PERSON, request: upload }));
  await app.inject({
    method: "POST",
    url: "/trust/ocsp",
    headers: { "content-type": "application/ocsp-request" },
    payload: certificate.der,
  });
  // A connection of our own, to see that the listener hears at all, and that everything begun before it has been heard.
  await fetch(address).catch(() => {});
  assert.equal(heard, 1);
  assert.ok(createHash("sha256").update(certificate.der).digest("hex") === certificate.fingerprint);
});
