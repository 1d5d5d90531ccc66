/** Reads and believes answers about the status of certificates (RFC 6960, 3.2), ours and those of others. */
import { type Certificate, extensionList, isSignedBy, KEY_USAGE, parseCertificate, wholeBits } from "../certificate.ts";
import { type Reason, reasonOf } from "../crl.ts";
import { contentOf, type Der, DerFault, oidText, partsOf, read, TAG } from "../der.ts";
import { verifyBy } from "./algorithm.ts";
import { readInstant } from "./instant.ts";
import { BASIC, type CertId, FAULTS, isResponder, issuerHashes, NONCE, readCertId, type Status } from "./ocsp.ts";

export type SingleAnswer = {
  readonly id: CertId;
  readonly status: Status;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
};

export type OcspAnswer = {
  readonly answers: readonly SingleAnswer[];
  readonly producedAt: Date;
  /** SHA-1 of the responder's key, or its name in DER. */
  readonly responder: { readonly keyHash: Buffer } | { readonly name: Buffer };
  readonly certificates: readonly Certificate[];
  readonly nonce: Buffer | undefined;
  readonly signed: Buffer;
  readonly algorithm: Buffer;
  readonly signature: Buffer;
};

const MAX_CERTIFICATES = 4;

/** Throws DerFault when the bytes are not a successful basic response. */
export function readOcsp(bytes: Uint8Array): OcspAnswer {
  const [status, wrapped] = partsOf(read(bytes), TAG.sequence);
  const code = contentOf(status, TAG.enumerated)[0];
  if (code !== 0)
    throw new DerFault(`the responder refused: ${Object.entries(FAULTS).find(([, one]) => one === code)?.[0] ?? code}`);
  const [type, content] = partsOf(partsOf(wrapped, 0xa0, 1)[0], TAG.sequence, 2);
  if (oidText(type!) !== BASIC) throw new DerFault("no basic response");
  const parts = [...partsOf(read(contentOf(content, TAG.octets)), TAG.sequence)];
  const [signed, algorithm, signature, certificates] = parts;
  if (parts.length > 4) throw new DerFault("unexpected response fields");
  const sent = certificates ? partsOf(partsOf(certificates, 0xa0, 1)[0], TAG.sequence) : [];
  if (sent.length > MAX_CERTIFICATES) throw new DerFault("too many certificates");
  partsOf(algorithm, TAG.sequence);
  return {
    ...readBody([...partsOf(signed, TAG.sequence)]),
    certificates: sent.map(({ bytes: der }) => parseCertificate(der)),
    signed: signed!.bytes,
    algorithm: algorithm!.bytes,
    signature: wholeBits(signature!),
  };
}

function readBody(fields: Der[]): Pick<OcspAnswer, "answers" | "producedAt" | "responder" | "nonce"> {
  if (fields[0]?.tag === 0xa0) throw new DerFault("unknown version");
  const who = fields.shift();
  const inside = who?.children[0];
  if (!inside || (who.tag !== 0xa1 && who.tag !== 0xa2)) throw new DerFault("no responder");
  const producedAt = readInstant(fields.shift());
  const answers = partsOf(fields.shift(), TAG.sequence).map(readSingle);
  const extensions = fields[0]?.tag === 0xa1 ? extensionList(partsOf(fields.shift(), 0xa1, 1)[0]) : [];
  if (fields.length > 0 || extensions.some(({ critical }) => critical)) throw new DerFault("unexpected response fields");
  return {
    answers,
    producedAt,
    responder: who.tag === 0xa2 ? { keyHash: contentOf(inside, TAG.octets) } : { name: inside.bytes },
    nonce: extensions.find(({ type }) => type === NONCE)?.value,
  };
}

function readSingle(single: Der): SingleAnswer {
  const [id, status, thisUpdate, ...rest] = partsOf(single, TAG.sequence);
  const next = rest[0]?.tag === 0xa0 ? rest.shift() : undefined;
  const extensions = rest[0]?.tag === 0xa1 ? extensionList(partsOf(rest.shift(), 0xa1, 1)[0]) : [];
  if (rest.length > 0 || extensions.some(({ critical }) => critical)) throw new DerFault("unexpected answer fields");
  return {
    id: readCertId(id!),
    status: readStatus(status),
    thisUpdate: readInstant(thisUpdate),
    nextUpdate: next && readInstant(partsOf(next, 0xa0, 1)[0]),
  };
}

function readStatus(status: Der | undefined): Status {
  if (status?.tag === 0x80 && status.content.length === 0) return { state: "good" };
  if (status?.tag === 0x82 && status.content.length === 0) return { state: "unknown" };
  const [at, reason] = partsOf(status, 0xa1);
  const code = reason && contentOf(partsOf(reason, 0xa0, 1)[0], TAG.enumerated)[0];
  const why: Reason = reasonOf(code ?? 0);
  return { state: "revoked", at: readInstant(at), reason: why };
}

export type OcspQuestion = {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
  /** The moment for which the status is wanted. */
  readonly at: Date;
  /** How old an answer without its own end may be, in milliseconds. */
  readonly oldest: number;
};

/** Between the responder's clock and ours. */
const TOLERANCE = 5 * 60_000;

/** The status, or why the answer is not believed. */
export type Believed =
  | Status
  | { readonly state: "refused"; readonly why: "malformed" | "foreign" | "misused" | "signature" | "stale" };

/** Whether the answer is about this certificate, fresh, and from a responder whom this very issuer appointed. */
export function believeOcsp(bytes: Uint8Array, question: OcspQuestion): Believed {
  try {
    return believe(readOcsp(bytes), question);
  } catch (fault) {
    if (fault instanceof DerFault) return { state: "refused", why: "malformed" };
    throw fault;
  }
}

function believe(answer: OcspAnswer, { certificate, issuer, at, oldest }: OcspQuestion): Believed {
  const refused = (why: Extract<Believed, { state: "refused" }>["why"]): Believed => ({ state: "refused", why });
  const single = answer.answers.find(({ id }) => isAbout(id, certificate, issuer));
  if (!single) return refused("foreign");
  const responder = [issuer, ...answer.certificates].find((one) => isNamed(answer.responder, one));
  if (!responder?.publicKey) return refused("foreign");
  if (responder !== issuer && !responder.der.equals(issuer.der)) {
    const fits =
      isSignedBy(responder, issuer) && isResponder(responder) && (responder.keyUsage & KEY_USAGE.digitalSignature) !== 0;
    if (!fits || responder.notBefore > answer.producedAt || responder.notAfter < answer.producedAt) return refused("misused");
  }
  if (!verifyBy(responder.publicKey, answer.algorithm, { bytes: answer.signed, signature: answer.signature }))
    return refused("signature");
  const until = single.nextUpdate?.getTime() ?? single.thisUpdate.getTime() + oldest;
  if (single.thisUpdate.getTime() > at.getTime() + TOLERANCE) return refused("stale");
  if (Math.min(until, single.thisUpdate.getTime() + oldest) + TOLERANCE < at.getTime()) return refused("stale");
  return single.status;
}

function isAbout(id: CertId, certificate: Certificate, issuer: Certificate): boolean {
  const { nameHash, keyHash } = issuerHashes(issuer, id.hash);
  return id.serial === certificate.serial && id.nameHash.equals(nameHash) && id.keyHash.equals(keyHash);
}

const isNamed = (responder: OcspAnswer["responder"], certificate: Certificate): boolean =>
  "keyHash" in responder
    ? issuerHashes(certificate, "sha1").keyHash.equals(responder.keyHash)
    : certificate.subject.equals(responder.name);
