import assert from "node:assert/strict";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { test } from "node:test";
import { type Anchors, parseAnchors, writeAnchors } from "../anchors.ts";
import { type Certificate, parseCertificate } from "../certificate.ts";
import { checkChain } from "../chain.ts";
import { writeRevocationList } from "../crl.ts";
import { DerFault, integer, read, sequence } from "../der.ts";
import { type CertificatePlan, issueCertificate, toPem, writeName } from "../issue.ts";
import { NOW } from "./fixture.ts";

type Holder = { certificate: Certificate; key: KeyObject };
const YEAR = 365 * 86_400_000;

function issue(kind: CertificatePlan["kind"], commonName: string, issuer?: Holder, dates: Partial<CertificatePlan> = {}): Holder {
  const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const subject = writeName({ country: "KG", organization: "Test", commonName });
  const by = issuer ? { subject: issuer.certificate.subject, key: issuer.key } : { subject, key };
  const plan = {
    kind,
    subject,
    key,
    issuer: by,
    notBefore: new Date(NOW.getTime() - YEAR),
    notAfter: new Date(NOW.getTime() + YEAR),
  };
  return { key, certificate: parseCertificate(issueCertificate({ ...plan, ...dates })) };
}

const root = issue("root", "Root");
const authority = issue("authority", "Authority", root);
const bundle = (authorities: Holder[], lists: Buffer[] = []): Anchors =>
  parseAnchors(
    writeAnchors({ root: root.certificate, authorities: authorities.map(({ certificate }) => certificate), signers: [], lists }),
  )!;

function reasonFor(leaf: Holder, companions: Holder[], anchors = bundle([authority]), signedAt = NOW): string {
  const question = { leaf: leaf.certificate, companions: companions.map(({ certificate }) => certificate), signedAt, at: NOW };
  const result = checkChain(question, anchors);
  return "reason" in result ? result.reason : result.path.map(({ name }) => name.commonName).join(" < ");
}

test("a signer under an authority under the root is accepted, with the authority known or sent along", () => {
  const signer = issue("signer", "Signer", authority);
  assert.equal(reasonFor(signer, []), "Signer < Authority < Root");
  assert.equal(reasonFor(signer, [authority], bundle([])), "Signer < Authority < Root");
  assert.equal(reasonFor(signer, [authority, root], bundle([])), "Signer < Authority < Root");
});

test("a root that came with the signature is not a root", () => {
  const ownRoot = issue("root", "Root");
  const ownAuthority = issue("authority", "Authority", ownRoot);
  const signer = issue("signer", "Signer", ownAuthority);
  assert.equal(reasonFor(signer, [ownAuthority, ownRoot]), "unknown-signer");
  assert.equal(reasonFor(signer, []), "unknown-signer");
});

test("a certificate sent along that is not part of the way is refused", () => {
  const signer = issue("signer", "Signer", authority);
  assert.equal(reasonFor(signer, [issue("authority", "Other", root)]), "unknown-signer");
});

test("a signer may not issue, an authority may not sign documents, an authority may not make authorities", () => {
  const signer = issue("signer", "Signer", authority);
  assert.equal(reasonFor(issue("signer", "Under a signer", signer), [signer]), "certificate-misused");
  assert.equal(reasonFor(authority, []), "certificate-misused");
  const below = issue("authority", "Below", authority);
  assert.equal(reasonFor(issue("signer", "Deep", below), [below]), "certificate-misused");
  assert.equal(reasonFor(root, []), "unknown-signer");
});

test("a signer right under the root is accepted, a longer way than four is not looked for", () => {
  assert.equal(reasonFor(issue("signer", "Direct", root), []), "Direct < Root");
  const one = issue("authority", "One", root);
  const two = issue("authority", "Two", one);
  const three = issue("authority", "Three", two);
  assert.equal(reasonFor(issue("signer", "Far", three), [one, two, three]), "unknown-signer");
});

test("an authority whose time is over takes its signers with it", () => {
  const over = issue("authority", "Over", root, { notAfter: new Date(NOW.getTime() - 1000) });
  assert.equal(reasonFor(issue("signer", "Signer", over), [over]), "certificate-expired");
  const coming = issue("authority", "Coming", root, { notBefore: new Date(NOW.getTime() + 1000) });
  assert.equal(reasonFor(issue("signer", "Signer", coming), [coming]), "certificate-not-yet-valid");
});

test("a revoked authority takes its signers with it", () => {
  const list = writeRevocationList({
    issuer: { subject: root.certificate.subject, key: root.key },
    thisUpdate: NOW,
    nextUpdate: new Date(NOW.getTime() + YEAR),
    revoked: [{ serial: authority.certificate.serial, at: NOW }],
  });
  assert.equal(reasonFor(issue("signer", "Signer", authority), [], bundle([authority], [list])), "certificate-revoked");
});

test("a bundle is refused when its root is not marked, not itself, or a list is nobody's", () => {
  const good = writeAnchors({ root: root.certificate, authorities: [authority.certificate], signers: [], lists: [] });
  assert.ok(parseAnchors(good));
  assert.ok(parseAnchors(good.replaceAll("\n", "\r\n")));
  const strangerList = writeRevocationList({
    issuer: { subject: root.certificate.subject, key: authority.key },
    thisUpdate: NOW,
    nextUpdate: NOW,
    revoked: [],
  });
  const cases = [
    "",
    good.replace(/# Root .*\n/, ""),
    good.replace(/# Root ./, "# Root z"),
    good.replace(root.certificate.fingerprint, authority.certificate.fingerprint),
    good.replace(/# Authority.*\n/, `# Root ${authority.certificate.fingerprint}\n`),
    good.replace("-----END CERTIFICATE-----", ""),
    good.replace("MII", "MI*"),
    `${good}\nsome words\n`,
    good + toPem("X509 CRL", strangerList),
    good + toPem("CERTIFICATE", Buffer.concat([authority.certificate.der, Buffer.from([0])])),
  ];
  for (const [index, text] of cases.entries()) assert.equal(parseAnchors(text), undefined, `case ${index}`);
});

test("a certificate with a field twice, of another version or with rubbish is not read", () => {
  const { der } = authority.certificate;
  const [body, algorithm, signature] = read(der).children;
  const parts = body!.children.map(({ bytes }) => bytes);
  const rebuilt = (fields: Buffer[]): Buffer => sequence(sequence(...fields), algorithm!.bytes, signature!.bytes);
  assert.deepEqual(parseCertificate(rebuilt(parts)).der, der);
  const twice = Buffer.from(rebuilt(parts).toString("hex").replaceAll("0603551d23", "0603551d0e"), "hex");
  for (const broken of [twice, rebuilt(parts.slice(1)), rebuilt([...parts, integer(1)]), der.subarray(1), Buffer.alloc(0)]) {
    assert.throws(() => parseCertificate(broken), DerFault);
  }
});
