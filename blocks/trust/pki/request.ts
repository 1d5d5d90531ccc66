/**
 * Requests for certificates (PKCS#10, RFC 2986). Of what is asked only the key is taken over; the name and everything else come from
 * the register of holders. So what is asked is read to be refused where it contradicts, never to be believed.
 */
import type { KeyObject } from "node:crypto";
import { type Extension, extensionList, OID, wholeBits } from "../certificate.ts";
import { contentOf, type Der, DerFault, oidText, partsOf, read, TAG } from "../der.ts";
import { kindOf, readPublicKey, verifyBy } from "./algorithm.ts";
import { type NameAttribute, readAttributes, type Subject } from "./subject.ts";
import { weaknessOf } from "./weak-key.ts";

export const REQUEST_FAULTS = [
  "malformed",
  /** Not signed with the key it brings. */
  "no_possession",
  "weak_key",
  "reused_key",
  /** Names somebody else. */
  "foreign_subject",
  "invisible_characters",
  /** Asks for an extension that the kind does not have. */
  "foreign_extension",
] as const;
export type RequestFault = (typeof REQUEST_FAULTS)[number];

export type CertificateRequest = {
  readonly subject: readonly NameAttribute[];
  readonly publicKey: KeyObject;
  /** SubjectPublicKeyInfo as it is encoded. */
  readonly spki: Buffer;
  readonly extensions: readonly Extension[];
};

const EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
/** Challenge passwords have no use here, and a secret must not be left lying in a table. */
const MAX_BYTES = 16_384;

/** Reads a request as DER or as one PEM block; a fault is a result. */
export function readCertificateRequest(given: Uint8Array | string): CertificateRequest | RequestFault {
  try {
    const der = typeof given === "string" ? fromPem(given) : Buffer.from(given);
    if (!der || der.length > MAX_BYTES) return "malformed";
    return readRequest(der);
  } catch (fault) {
    if (fault instanceof DerFault) return fault.message.startsWith("invisible") ? "invisible_characters" : "malformed";
    throw fault;
  }
}

function readRequest(der: Buffer): CertificateRequest | RequestFault {
  const [signed, algorithm, signature] = partsOf(read(der), TAG.sequence, 3) as [Der, Der, Der];
  const [version, subject, spki, attributes] = partsOf(signed, TAG.sequence, 4) as [Der, Der, Der, Der];
  if (contentOf(version, TAG.integer).toString("hex") !== "00" || attributes.tag !== 0xa0)
    throw new DerFault("unexpected request");
  const publicKey = readPublicKey(spki.bytes);
  if (!publicKey || weaknessOf(publicKey)) return "weak_key";
  if (!verifyBy(publicKey, algorithm.bytes, { bytes: signed.bytes, signature: wholeBits(signature) })) return "no_possession";
  return { subject: readAttributes(subject), publicKey, spki: spki.bytes, extensions: readExtensions(attributes) };
}

function readExtensions(attributes: Der): Extension[] {
  const found: Extension[] = [];
  const seen = new Set<string>();
  for (const attribute of attributes.children) {
    const [type, values] = partsOf(attribute, TAG.sequence, 2);
    const name = oidText(type!);
    if (seen.has(name)) throw new DerFault("attribute given twice");
    seen.add(name);
    if (name === EXTENSION_REQUEST) found.push(...extensionList(partsOf(values, TAG.set, 1)[0]));
  }
  return found;
}

/**
 * What contradicts the certificate that would be issued. A request may leave parts of the name out, or all of it; what it says has to be
 * what the register says.
 */
export function contradictionOf(
  request: CertificateRequest,
  expected: { subject: Subject; extensions: readonly Buffer[] },
): RequestFault | undefined {
  const known = new Set(expected.subject.map(([part, text]) => `${OID[part]} ${text}`));
  if (request.subject.some(({ type, text }) => !known.has(`${type} ${text}`))) return "foreign_subject";
  const given = new Map(expected.extensions.map((bytes) => readExtension(read(bytes))));
  for (const { type, value } of request.extensions) {
    const ours = given.get(type);
    // Programs ask for a key identifier of their own making; ours is another and that contradicts nothing.
    if (type === OID.subjectKeyIdentifier) continue;
    if (!ours?.equals(value)) return "foreign_extension";
  }
  return undefined;
}

function readExtension(extension: Der): [string, Buffer] {
  const parts = partsOf(extension, TAG.sequence);
  return [oidText(parts[0]!), contentOf(parts.at(-1), TAG.octets)];
}

/** The kinds of keys that are certified; P-521 is read in certificates of others only. */
export const isCertifiable = (key: KeyObject): boolean => ["p256", "p384", "ed25519", "rsa"].includes(kindOf(key) ?? "");

function fromPem(text: string): Buffer | undefined {
  const found =
    /^\s*-----BEGIN (NEW )?CERTIFICATE REQUEST-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1?CERTIFICATE REQUEST-----\s*$/.exec(text);
  return found ? Buffer.from(found[2]!.replaceAll(/[\r\n]/g, ""), "base64") : undefined;
}
