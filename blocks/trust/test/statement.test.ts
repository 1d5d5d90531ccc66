import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAnchors } from "../anchors.ts";
import { decodeBase45, encodeBase45 } from "../base45.ts";
import { CborFault, encodeCbor, encodeList, encodeTag, splitTaggedList } from "../cbor.ts";
import type { Signer } from "../signer.ts";
import { MAX_STATEMENT, openStatement, seal } from "../statement.ts";
import { authorityIn, BODY, NOW, seeded, tempFolder } from "./fixture.ts";

const CLAIMS = {
  "1": "KG-2026-000123",
  "2": "21205199001234",
  kind: "sample",
  on: 20260302,
  open: true,
  lines: ["Нарын", "Ала-Тоо"],
};

function sealedIn(t: Parameters<typeof tempFolder>[0]) {
  const { authority, clock } = authorityIn(tempFolder(t));
  const signer = authority.signer(BODY);
  return { authority, clock, signer, text: seal(signer, CLAIMS, NOW), anchors: authority.anchors() };
}

const reasonOf = (verdict: ReturnType<typeof openStatement>): string => (verdict.valid ? "valid" : verdict.reason);
const asText = (cose: Uint8Array): string => `KRG1:${encodeBase45(cose)}`;

/** A statement built by hand, signed with the real key whatever it says. */
function handmade(signer: Signer, parts: { headers?: Buffer; payload?: Buffer; unprotected?: Buffer; tag?: number }): string {
  const headers = parts.headers ?? encodeCbor({ "1": -7, "4": signer.kid, "15": { "6": NOW.getTime() / 1000 } });
  const payload = parts.payload ?? encodeCbor({ "1": "x" });
  const signature = signer.sign(encodeCbor(["Signature1", headers, Buffer.alloc(0), payload]));
  const list = [encodeCbor(headers), parts.unprotected ?? encodeCbor({}), encodeCbor(payload), encodeCbor(signature)];
  return asText(encodeTag(parts.tag ?? 18, encodeList(list)));
}

test("a statement gives back its claims and its signer", (t) => {
  const { text, anchors } = sealedIn(t);
  assert.match(text, /^KRG1:[0-9A-Z $%*+\-./:]+$/);
  const verdict = openStatement(text, anchors, NOW);
  assert.ok(verdict.valid);
  assert.deepEqual({ ...verdict.claims }, CLAIMS);
  assert.equal(verdict.signer.code, BODY.code);
  assert.deepEqual(verdict.signedAt, NOW);
});

test("the statement made by hand is the one the sealer makes", (t) => {
  const { signer, anchors } = sealedIn(t);
  assert.equal(reasonOf(openStatement(handmade(signer, {}), anchors, NOW)), "valid");
});

test("one changed character is refused", (t) => {
  const { text, anchors } = sealedIn(t);
  const trusted = parseAnchors(anchors)!;
  const random = seeded(99);
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:ab\n";
  for (let i = 0; i < 1000; i++) {
    const at = Math.floor(random() * text.length);
    const character = alphabet[Math.floor(random() * alphabet.length)]!;
    if (character === text[at]) continue;
    const changed = text.slice(0, at) + character + text.slice(at + 1);
    assert.equal(openStatement(changed, trusted, NOW).valid, false, `character ${at}`);
  }
});

test("a changed claim is a signature mismatch", (t) => {
  const { text, anchors } = sealedIn(t);
  const bytes = decodeBase45(text.slice(5))!;
  bytes.write("21205199001235", bytes.indexOf("21205199001234"));
  assert.equal(reasonOf(openStatement(asText(bytes), anchors, NOW)), "signature-mismatch");
});

test("a key that is not published is unknown, and a borrowed key id does not help", (t) => {
  const { anchors, signer } = sealedIn(t);
  const other = authorityIn(tempFolder(t)).authority.signer(BODY);
  assert.equal(reasonOf(openStatement(seal(other, CLAIMS, NOW), anchors, NOW)), "unknown-key");
  const borrowed: Signer = { ...other, kid: signer.kid };
  assert.equal(reasonOf(openStatement(seal(borrowed, CLAIMS, NOW), anchors, NOW)), "signature-mismatch");
});

test("a signer in the bundle that does not lead to its root is unknown", (t) => {
  const { anchors } = sealedIn(t);
  const other = authorityIn(tempFolder(t)).authority;
  const stranger = other.signer(BODY);
  const block = /# Signer [^\n]*\n-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n/.exec(other.anchors())![0];
  assert.equal(reasonOf(openStatement(seal(stranger, CLAIMS, NOW), anchors + block, NOW)), "unknown-signer");
});

test("expired, revoked and from the future", (t) => {
  const { text, anchors, authority, signer } = sealedIn(t);
  assert.equal(reasonOf(openStatement(text, anchors, new Date("2030-01-01T00:00:00Z"))), "certificate-expired");
  assert.equal(reasonOf(openStatement(text, anchors, new Date(NOW.getTime() - 600_000))), "signed-in-the-future");
  authority.revoke(signer.certificate.serial);
  assert.equal(reasonOf(openStatement(text, authority.anchors(), NOW)), "certificate-revoked");
});

test("other faces of the same signature are refused", (t) => {
  const { text, anchors } = sealedIn(t);
  const bytes = decodeBase45(text.slice(5))!;
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const s = BigInt(`0x${bytes.subarray(-32).toString("hex")}`);
  const mirrored = Buffer.concat([bytes.subarray(0, -32), Buffer.from((order - s).toString(16).padStart(64, "0"), "hex")]);
  assert.equal(reasonOf(openStatement(asText(mirrored), anchors, NOW)), "signature-mismatch");
  const [headers, , payload, signature] = splitTaggedList(bytes, 18, 4) as [Buffer, Buffer, Buffer, Buffer];
  const noted = encodeTag(18, encodeList([headers, encodeCbor({ note: 1 }), payload, signature]));
  assert.equal(reasonOf(openStatement(asText(noted), anchors, NOW)), "malformed");
  assert.equal(reasonOf(openStatement(text.toLowerCase().replace("krg1", "KRG1"), anchors, NOW)), "malformed");
  assert.equal(reasonOf(openStatement(`${text} `, anchors, NOW)), "malformed");
});

test("properly signed but not in the one form is malformed", (t) => {
  const { signer, anchors } = sealedIn(t);
  const hex = (text: string): Buffer => Buffer.from(text, "hex");
  const issued = { "6": NOW.getTime() / 1000 };
  const cases: [string, Parameters<typeof handmade>[1]][] = [
    ["a claim given twice", { payload: hex("a20161610161 62".replace(" ", "")) }],
    ["claims not sorted", { payload: hex("a202616101 6162".replace(" ", "")) }],
    ["an indefinite map", { payload: hex("bf016161ff") }],
    ["a float", { payload: hex("a101f93c00") }],
    ["claims that are a list", { payload: hex("80") }],
    ["no algorithm", { headers: encodeCbor({ "4": signer.kid, "15": issued }) }],
    ["another algorithm", { headers: encodeCbor({ "1": -8, "4": signer.kid, "15": issued }) }],
    ["a header nobody knows", { headers: encodeCbor({ "1": -7, "2": ["x"], "4": signer.kid, "15": issued }) }],
    ["no time", { headers: encodeCbor({ "1": -7, "4": signer.kid }) }],
    ["a time that is text", { headers: encodeCbor({ "1": -7, "4": signer.kid, "15": { "6": "now" } }) }],
    ["a short key id", { headers: encodeCbor({ "1": -7, "4": signer.kid.subarray(0, 1), "15": issued }) }],
    ["another tag", { tag: 17 }],
  ];
  for (const [what, parts] of cases)
    assert.equal(reasonOf(openStatement(handmade(signer, parts), anchors, NOW)), "malformed", what);
});

test("too long, empty or foreign", (t) => {
  const { signer, anchors } = sealedIn(t);
  assert.equal(reasonOf(openStatement(`KRG1:${"0".repeat(MAX_STATEMENT)}`, anchors, NOW)), "too-large");
  assert.equal(reasonOf(openStatement("", anchors, NOW)), "not-a-statement");
  assert.equal(reasonOf(openStatement("HC1:6BF", anchors, NOW)), "not-a-statement");
  assert.equal(reasonOf(openStatement("KRG1:", anchors, NOW)), "malformed");
  assert.throws(() => seal(signer, { text: "x".repeat(4000) }, NOW), CborFault);
  assert.throws(() => seal(signer, { sum: 1.5 }, NOW), CborFault);
});
