/**
 * Writes certificates by the profile of this authority (RFC 5280; ETSI EN 319 412-3 for seals of legal persons).
 * P-256 keys, SHA-256. A signing certificate may sign documents and nothing else.
 */
import { createHash, createPublicKey, type KeyObject, randomBytes } from "node:crypto";
import { OID } from "./certificate.ts";
import {
  bits,
  boolean,
  contentOf,
  context,
  encode,
  integer,
  octets,
  oid,
  printable,
  read,
  sequence,
  setOf,
  TAG,
  time,
  utf8,
} from "./der.ts";
import { type SigningKey, signingKey } from "./pki/signing-key.ts";

export type NameParts = { country: string; organization: string; organizationId?: string; commonName: string };

export type CertificatePlan = {
  kind: "root" | "authority" | "signer";
  subject: Buffer;
  key: KeyObject;
  issuer: { subject: Buffer; key: KeyObject | SigningKey };
  notBefore: Date;
  notAfter: Date;
  /** Authorities that may stand below an authority; 0 unless said otherwise. */
  pathLength?: number;
  /** What else stands in it, e.g. where its status is asked. */
  more?: readonly Buffer[];
  /** Distribution point in place of the one list by name. */
  listAddress?: string;
};

/** A certificate as it shall be, with all its extensions. */
export type CertificateContent = Pick<CertificatePlan, "subject" | "issuer" | "notBefore" | "notAfter"> & {
  publicKey: KeyObject;
  extensions: readonly Buffer[];
  /** Of `newSerial`; a fresh one unless given. */
  serial?: Buffer;
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
  return writeCertificate({ ...plan, publicKey: publicPart(plan.key), extensions: extensionsOf(plan) });
}

/** Returns the certificate in DER, with a serial number nobody can guess. */
export function writeCertificate(content: CertificateContent): Buffer {
  const key = signingKey(content.issuer.key);
  const body = sequence(
    context(0, integer(2)),
    integer(content.serial ?? newSerial()),
    key.algorithm,
    content.issuer.subject,
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subject,
    spkiOf(content.publicKey),
    context(3, sequence(...content.extensions)),
  );
  return signedStructure(body, key);
}

/** Certificates, revocation lists and answers alike: what is signed, the algorithm, the signature. */
export function signedStructure(body: Buffer, key: KeyObject | SigningKey): Buffer {
  const signing = signingKey(key);
  return sequence(body, signing.algorithm, bits(signing.sign(body)));
}

export function extension(type: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(type), ...(critical ? [boolean(true)] : []), octets(value));
}

export const authorityKeyExtension = (key: KeyObject): Buffer =>
  extension(OID.authorityKeyIdentifier, sequence(encode(0x80, keyIdOf(key))));

/** Who issued and whose key it is: in every certificate. */
export const keyExtensions = (issuer: KeyObject | SigningKey, key: KeyObject): Buffer[] => [
  authorityKeyExtension(signingKey(issuer).publicKey),
  extension(OID.subjectKeyIdentifier, octets(keyIdOf(key))),
];

function extensionsOf({ kind, key, issuer, pathLength = 0, more = [], listAddress }: CertificatePlan): Buffer[] {
  const keyIds = [...keyExtensions(issuer.key, key), ...more];
  if (kind !== "root") keyIds.push(listPlace(issuer.subject, listAddress));
  if (kind === "signer") {
    return [
      ...keyIds,
      extension(OID.keyUsage, bits(Buffer.from([0x40]), 6), true),
      // NSS, and pdfsig with it, trusts a document signer only with one of these purposes.
      extension(OID.extendedKeyUsage, sequence(oid(OID.emailProtection), oid(OID.documentSigning))),
    ];
  }
  const constraints = sequence(boolean(true), ...(kind === "authority" ? [integer(pathLength)] : []));
  return [
    ...keyIds,
    extension(OID.basicConstraints, constraints, true),
    extension(OID.keyUsage, bits(Buffer.from([0x06]), 1), true),
  ];
}

/**
 * Where revocations are found (RFC 5280, 4.2.1.13): in the list of this issuer, by name, and by address where the installation has
 * one that lasts. NSS calls certificates without this untrusted.
 */
export function listPlace(issuer: Buffer, address?: string): Buffer {
  const names = [...(address ? [encode(0x86, Buffer.from(address, "latin1"))] : []), context(4, issuer)];
  return extension(OID.crlDistributionPoints, sequence(sequence(context(0, context(0, ...names)))));
}

/** Positive, 126 random bits (CA/Browser Forum asks for at least 64). */
export function newSerial(): Buffer {
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial;
}

export const spkiOf = (key: KeyObject): Buffer => publicPart(key).export({ format: "der", type: "spki" });
const publicPart = (key: KeyObject): KeyObject => (key.type === "private" ? createPublicKey(key) : key);

/** Left 160 bits of SHA-256 over the key bits (RFC 7093, 2, method 1). */
export function keyIdOf(key: KeyObject): Buffer {
  const keyBits = contentOf(read(spkiOf(key)).children[1], TAG.bits);
  return createHash("sha256").update(keyBits.subarray(1)).digest().subarray(0, 20);
}

/** One PEM block (RFC 7468). */
export function toPem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}
