/**
 * Writes certificates by the profile of this authority (RFC 5280; ETSI EN 319 412-3 for seals of legal persons).
 * P-256 keys, SHA-256. A signing certificate may sign documents and nothing else.
 */
import { createHash, createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { OID } from "./certificate.ts";
import { bits, boolean, context, encode, integer, octets, oid, printable, sequence, setOf, time, utf8 } from "./der.ts";
import { ECDSA_SHA256, rawToDer, signRaw } from "./ecdsa.ts";

export type NameParts = { country: string; organization: string; organizationId?: string; commonName: string };

export type CertificatePlan = {
  kind: "root" | "authority" | "signer";
  subject: Buffer;
  key: KeyObject;
  issuer: { subject: Buffer; key: KeyObject };
  notBefore: Date;
  notAfter: Date;
};

export function writeName(parts: NameParts): Buffer {
  const rdn = (type: string, value: Buffer): Buffer => setOf(sequence(oid(type), value));
  return sequence(
    rdn(OID.country, printable(parts.country)),
    rdn(OID.organization, utf8(parts.organization)),
    ...(parts.organizationId ? [rdn(OID.organizationIdentifier, utf8(parts.organizationId))] : []),
    rdn(OID.commonName, utf8(parts.commonName)),
  );
}

/** Returns the certificate in DER. */
export function issueCertificate(plan: CertificatePlan): Buffer {
  const body = sequence(
    context(0, integer(2)),
    integer(newSerial()),
    ECDSA_SHA256,
    plan.issuer.subject,
    sequence(time(plan.notBefore), time(plan.notAfter)),
    plan.subject,
    spkiOf(plan.key),
    context(3, sequence(...extensionsOf(plan))),
  );
  return signedStructure(body, plan.issuer.key);
}

/** Certificates and revocation lists alike: what is signed, the algorithm, the signature. */
export function signedStructure(body: Buffer, key: KeyObject): Buffer {
  return sequence(body, ECDSA_SHA256, bits(rawToDer(signRaw(key, body))));
}

export function extension(type: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(type), ...(critical ? [boolean(true)] : []), octets(value));
}

export const authorityKeyExtension = (key: KeyObject): Buffer =>
  extension(OID.authorityKeyIdentifier, sequence(encode(0x80, keyIdOf(key))));

function extensionsOf({ kind, key, issuer }: CertificatePlan): Buffer[] {
  const keyIds = [authorityKeyExtension(issuer.key), extension(OID.subjectKeyIdentifier, octets(keyIdOf(key)))];
  if (kind !== "root") keyIds.push(listPlace(issuer.subject));
  if (kind === "signer") {
    return [
      ...keyIds,
      extension(OID.keyUsage, bits(Buffer.from([0x40]), 6), true),
      // NSS, and pdfsig with it, trusts a document signer only with one of these purposes.
      extension(OID.extendedKeyUsage, sequence(oid(OID.emailProtection), oid(OID.documentSigning))),
    ];
  }
  const constraints = sequence(boolean(true), ...(kind === "authority" ? [integer(0)] : []));
  return [
    ...keyIds,
    extension(OID.basicConstraints, constraints, true),
    extension(OID.keyUsage, bits(Buffer.from([0x06]), 1), true),
  ];
}

/**
 * Where revocations are found (RFC 5280, 4.2.1.13): in the list of this issuer, by name and not by address, because the
 * address of an installation may change while its certificates live on. NSS calls certificates without this untrusted.
 */
function listPlace(issuer: Buffer): Buffer {
  const fullName = context(0, context(4, issuer));
  return extension(OID.crlDistributionPoints, sequence(sequence(context(0, fullName))));
}

/** Positive, 126 random bits (CA/Browser Forum asks for at least 64). */
function newSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial;
}

const spkiOf = (key: KeyObject): Buffer => publicPart(key).export({ format: "der", type: "spki" });
const publicPart = (key: KeyObject): KeyObject => (key.type === "private" ? createPublicKey(key) : key);

/** Left 160 bits of SHA-256 over the key bits (RFC 7093, 2, method 1). */
function keyIdOf(key: KeyObject): Buffer {
  return createHash("sha256").update(spkiOf(key).subarray(26)).digest().subarray(0, 20);
}

/** One PEM block (RFC 7468). */
export function toPem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
