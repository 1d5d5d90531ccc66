/**
 * Answers about the status of certificates (OCSP, RFC 6960; nonces by RFC 8954). What is written is the basic response, signed by a
 * responder to whom the authority of the certificates gave a certificate for nothing else.
 */
import { createHash, type KeyObject } from "node:crypto";
import { type Certificate, extensionList, OID } from "../certificate.ts";
import { REASONS, type Reason } from "../crl.ts";
import { contentOf, context, type Der, DerFault, encode, octets, oid, partsOf, read, sequence, TAG } from "../der.ts";
import { extension, signedStructure } from "../issue.ts";
import { second } from "./instant.ts";
import { type SigningKey, signingKey } from "./signing-key.ts";

export const BASIC = "1.3.6.1.5.5.7.48.1.1";
export const NONCE = "1.3.6.1.5.5.7.48.1.2";
export const HASHES: Record<string, string> = { "1.3.14.3.2.26": "sha1", "2.16.840.1.101.3.4.2.1": "sha256" };

/** Which certificate is asked about. The hashes name its issuer; SHA-1 here protects nothing and is what programs send. */
export type CertId = {
  readonly bytes: Buffer;
  readonly hash: string;
  readonly nameHash: Buffer;
  readonly keyHash: Buffer;
  /** Hex. */
  readonly serial: string;
};

export type OcspRequest = { readonly ids: readonly CertId[]; readonly nonce: Buffer | undefined };

export type Status =
  | { readonly state: "good" }
  /** Never issued by this authority; the asker looks elsewhere. */
  | { readonly state: "unknown" }
  | { readonly state: "revoked"; readonly at: Date; readonly reason: Reason };

export type Responder = {
  readonly certificate: Certificate;
  readonly key: KeyObject | SigningKey;
};

/** OCSPResponseStatus of an answer without a word about certificates (4.2.1). */
export const FAULTS = { "malformed-request": 1, "internal-error": 2, "try-later": 3, unauthorized: 6 } as const;

const MAX_IDS = 16;
const MAX_NONCE = 32;

/** Throws DerFault when the bytes are not one request; a signature over the request is passed over, as 4.1.2 allows. */
export function readRequest(bytes: Uint8Array): OcspRequest {
  const [request] = partsOf(read(bytes), TAG.sequence);
  const fields = [...partsOf(request, TAG.sequence)];
  if (fields[0]?.tag === 0xa0) fields.shift();
  if (fields[0]?.tag === 0xa1) fields.shift();
  const asked = partsOf(fields.shift(), TAG.sequence);
  if (asked.length === 0 || asked.length > MAX_IDS) throw new DerFault("asks about none or too many");
  const extensions = fields[0]?.tag === 0xa2 ? extensionList(partsOf(fields.shift(), 0xa2, 1)[0]) : [];
  if (fields.length > 0 || extensions.some(({ type, critical }) => critical && type !== NONCE))
    throw new DerFault("unknown fields");
  const nonce = extensions.find(({ type }) => type === NONCE);
  const value = nonce && contentOf(read(nonce.value), TAG.octets);
  if (value && (value.length === 0 || value.length > MAX_NONCE)) throw new DerFault("nonce of another length");
  return { ids: asked.map((one) => readCertId(partsOf(one, TAG.sequence)[0]!)), nonce: nonce?.value };
}

/** By the bytes of their identifiers: reading the numbers out of them costs more than all the rest. */
const hashNamed = new Map(Object.entries(HASHES).map(([type, name]) => [oid(type).toString("latin1"), name]));

export function readCertId(id: Der): CertId {
  const [algorithm, nameHash, keyHash, serial] = partsOf(id, TAG.sequence, 4);
  const hash = hashNamed.get(partsOf(algorithm, TAG.sequence)[0]!.bytes.toString("latin1"));
  if (!hash) throw new DerFault("unknown hash");
  return {
    bytes: id.bytes,
    hash,
    nameHash: contentOf(nameHash, TAG.octets),
    keyHash: contentOf(keyHash, TAG.octets),
    serial: contentOf(serial, TAG.integer).toString("hex"),
  };
}

/** How one asks about a certificate; SHA-1, since every responder knows it. */
export function writeCertId(certificate: Pick<Certificate, "serial">, issuer: Certificate): Buffer {
  const { nameHash, keyHash } = issuerHashes(issuer, "sha1");
  const algorithm = sequence(oid("1.3.14.3.2.26"), encode(TAG.none));
  return sequence(algorithm, octets(nameHash), octets(keyHash), encode(TAG.integer, Buffer.from(certificate.serial, "hex")));
}

export function issuerHashes({ subject, spki }: Certificate, hash: string): { nameHash: Buffer; keyHash: Buffer } {
  const keyBits = contentOf(read(spki).children[1], TAG.bits).subarray(1);
  const digest = (bytes: Buffer): Buffer => createHash(hash).update(bytes).digest();
  return { nameHash: digest(subject), keyHash: digest(keyBits) };
}

/** OCSPRequest in DER about one certificate, for tests and for checks of our own service. */
export function writeRequest(certificate: Certificate, issuer: Certificate, nonce?: Buffer): Buffer {
  const extensions = nonce ? [context(2, sequence(extension(NONCE, octets(nonce))))] : [];
  return sequence(sequence(sequence(sequence(writeCertId(certificate, issuer))), ...extensions));
}

type Frame = { readonly id: Buffer; readonly certificates: Buffer };
const frames = new WeakMap<Responder, Frame>();

/** The parts that are the same in every answer of one responder. */
function frameOf(responder: Responder): Frame {
  const known = frames.get(responder);
  if (known) return known;
  const frame = {
    id: context(2, octets(issuerHashes(responder.certificate, "sha1").keyHash)),
    certificates: context(0, sequence(responder.certificate.der)),
  };
  frames.set(responder, frame);
  return frame;
}

export type Answer = {
  readonly statuses: readonly { readonly id: Pick<CertId, "bytes">; readonly status: Status }[];
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** The value of the nonce extension as it was asked. */
  readonly nonce?: Buffer | undefined;
};

const BASIC_ID = oid(BASIC);
const SUCCESS = encode(TAG.enumerated, Buffer.from([0]));
const GOOD = encode(0x80);
const UNKNOWN = encode(0x82);

/** OCSPResponse in DER. */
export function writeAnswer(responder: Responder, { statuses, thisUpdate, nextUpdate, nonce }: Answer): Buffer {
  const { id, certificates } = frameOf(responder);
  const from = second(thisUpdate);
  const until = context(0, second(nextUpdate));
  const singles = statuses.map((one) => sequence(one.id.bytes, writeStatus(one.status), from, until));
  const body = sequence(id, from, sequence(...singles), ...(nonce ? [context(1, sequence(extension(NONCE, nonce)))] : []));
  const signing = signingKey(responder.key);
  const basic = signedStructure(body, signing);
  // signedStructure ends the sequence after the signature; the certificate stands inside it, so the parts are put together anew.
  const inside = Buffer.concat([contentAfterHead(basic), certificates]);
  return sequence(SUCCESS, context(0, sequence(BASIC_ID, octets(encode(TAG.sequence, inside)))));
}

const contentAfterHead = (value: Buffer): Buffer => {
  const first = value[1]!;
  return value.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f));
};

function writeStatus(status: Status): Buffer {
  if (status.state === "good") return GOOD;
  if (status.state === "unknown") return UNKNOWN;
  const code = REASONS[status.reason];
  const reason = code === 0 ? [] : [context(0, encode(TAG.enumerated, Buffer.from([code])))];
  return encode(0xa1, second(status.at), ...reason);
}

export const writeFault = (fault: keyof typeof FAULTS): Buffer => sequence(encode(TAG.enumerated, Buffer.from([FAULTS[fault]])));

/** The request of a GET (appendix A.1): Base64 in the path, percent-encoded or not. Undefined when it is not Base64. */
export function decodePath(text: string): Buffer | undefined {
  let plain: string;
  try {
    plain = decodeURIComponent(text);
  } catch {
    return undefined;
  }
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(plain)) return undefined;
  return Buffer.from(plain, "base64");
}

export const isResponder = ({ extendedKeyUsage, isAuthority }: Certificate): boolean =>
  !isAuthority && (extendedKeyUsage ?? []).includes(OID.ocspSigning);
