/**
 * CMS SignedData of any shape that CAdES, time stamps and PDF signatures use (RFC 5652, 5), taken apart so that each part is
 * still the bytes that stood in the input, and put together again with more certificates, evidence or unsigned attributes.
 */
import { type Certificate, parseCertificate } from "../certificate.ts";
import {
  contentOf,
  context,
  type Der,
  DerFault,
  encode,
  integer,
  oid,
  oidText,
  partsOf,
  read,
  sequence,
  setOf,
  TAG,
} from "../der.ts";
import { type DigestName, digestOf, hashOf, isCmsSignature } from "./algorithm.ts";

export const TYPE = {
  signedContent: "1.2.840.113549.1.7.2",
  plain: "1.2.840.113549.1.7.1",
  tokenContent: "1.2.840.113549.1.9.16.1.4",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
  signatureTimeStamp: "1.2.840.113549.1.9.16.2.14",
  archiveTimeStampV3: "0.4.0.1733.2.4",
  hashIndexV3: "0.4.0.19122.1.5",
  /** OCSP answers among the revocation values (RFC 5940, 2.1). */
  ocspValue: "1.3.6.1.5.5.7.16.2",
} as const;

export type Attribute = { readonly type: string; readonly der: Der; readonly values: readonly Der[] };

export type SignerPart = {
  /** version, sid, digestAlgorithm, signedAttrs, signatureAlgorithm and signature, in this order and as they were sent. */
  readonly fixed: readonly Der[];
  readonly issuerAndSerial: readonly [Der, Der] | undefined;
  readonly keyId: Buffer | undefined;
  readonly digest: DigestName;
  /** AlgorithmIdentifier. */
  readonly algorithm: Buffer;
  readonly signature: Buffer;
  /** Sorted as DER wants it, each type once. */
  readonly signedAttributes: Der;
  readonly signed: readonly Attribute[];
  readonly unsigned: readonly Attribute[];
};

export type SignedContent = {
  readonly digestAlgorithms: Der;
  readonly encapsulated: Der;
  readonly contentType: string;
  /** Undefined when detached. */
  readonly content: Buffer | undefined;
  readonly certificates: readonly Der[];
  readonly revocations: readonly Der[];
  readonly signers: readonly SignerPart[];
};

const MAX_SIGNERS = 16;
const MAX_CERTIFICATES = 64;

/** Throws DerFault, UnsupportedFault. */
export function readSignedContent(bytes: Uint8Array): SignedContent {
  const [type, wrapped] = partsOf(read(bytes), TAG.sequence, 2);
  if (oidText(type!) !== TYPE.signedContent) throw new DerFault("not signed content");
  const parts = [...partsOf(partsOf(wrapped, 0xa0, 1)[0], TAG.sequence)];
  const [version, digestAlgorithms, encapsulated] = parts.splice(0, 3);
  const number = contentOf(version, TAG.integer);
  if (number.length !== 1 || number[0]! < 1 || number[0]! > 5) throw new DerFault("version");
  const certificates = parts[0]?.tag === 0xa0 ? parts.shift()!.children : [];
  const revocations = parts[0]?.tag === 0xa1 ? parts.shift()!.children : [];
  const infos = partsOf(parts.shift(), TAG.set);
  if (parts.length > 0 || infos.length === 0 || infos.length > MAX_SIGNERS || certificates.length > MAX_CERTIFICATES) {
    throw new DerFault("parts of signed content");
  }
  const digests = new Set(partsOf(digestAlgorithms, TAG.set).map(digestOf));
  const [contentType, content, ...rest] = partsOf(encapsulated, TAG.sequence);
  if (!contentType || rest.length > 0) throw new DerFault("encapsulated content");
  const signers = infos.map(readSigner);
  if (signers.some(({ digest }) => !digests.has(digest))) throw new DerFault("digest not named");
  return {
    digestAlgorithms: digestAlgorithms!,
    encapsulated: encapsulated!,
    contentType: oidText(contentType),
    content: content && contentOf(partsOf(content, 0xa0, 1)[0], TAG.octets),
    certificates,
    revocations,
    signers,
  };
}

function readSigner(info: Der): SignerPart {
  const parts = [...partsOf(info, TAG.sequence)];
  const unsigned = parts.at(-1)?.tag === 0xa1 ? parts.pop()!.children : [];
  const [version, id, digestAlgorithm, signedAttributes, algorithm, signature] = parts;
  // CAdES always has signed attributes; without them the signature would be over the bare content.
  if (parts.length !== 6 || signedAttributes?.tag !== 0xa0) throw new DerFault("signer without signed attributes");
  contentOf(version, TAG.integer);
  if (id?.tag !== TAG.sequence && id?.tag !== 0x80) throw new DerFault("signer without a name");
  const digest = digestOf(digestAlgorithm);
  const set = Buffer.from(signedAttributes.bytes);
  set[0] = TAG.set;
  const signed = attributesOf(read(set).children);
  if (new Set(signed.map(({ type }) => type)).size !== signed.length) throw new DerFault("attribute given twice");
  return {
    fixed: parts,
    issuerAndSerial: id?.tag === TAG.sequence ? (partsOf(id, TAG.sequence, 2) as [Der, Der]) : undefined,
    keyId: id?.tag === 0x80 ? id.content : undefined,
    digest,
    algorithm: algorithm!.bytes,
    signature: contentOf(signature, TAG.octets),
    signedAttributes,
    signed,
    unsigned: attributesOf(unsigned),
  };
}

function attributesOf(list: readonly Der[]): Attribute[] {
  return list.map((der) => {
    const [type, values] = partsOf(der, TAG.sequence, 2);
    return { type: oidText(type!), der, values: partsOf(values, TAG.set) };
  });
}

export const attributeOf = (list: readonly Attribute[], type: string): Der | undefined => {
  const found = list.find((one) => one.type === type);
  if (found && found.values.length !== 1) throw new DerFault("attribute with several values");
  return found?.values[0];
};

export type SignerFault = "digest-mismatch" | "signature-mismatch" | "no-certificate" | "malformed";
export type CheckedSigner = { readonly certificate: Certificate } | { readonly fault: SignerFault };

/**
 * Whether a signer signed content with this digest. `known` are certificates beside those that were sent along. That the
 * certificate may be believed is another question.
 */
export function checkSigner(part: SignerPart, digest: Uint8Array, known: readonly Certificate[]): CheckedSigner {
  const certificate = known.find((one) => isOf(part, one));
  if (!certificate) return { fault: "no-certificate" };
  const sentDigest = attributeOf(part.signed, TYPE.messageDigest);
  const reference = attributeOf(part.signed, TYPE.signingCertificateV2);
  if (!sentDigest || !reference) return { fault: "malformed" };
  if (!contentOf(sentDigest, TAG.octets).equals(digest)) return { fault: "digest-mismatch" };
  // Binds the signature to this very certificate, not to another one over the same key (ESS, RFC 5035).
  if (!namesCertificate(reference, certificate.der)) return { fault: "signature-mismatch" };
  const signed = Buffer.from(part.signedAttributes.bytes);
  signed[0] = TAG.set;
  const algorithm = { identifier: part.algorithm, digest: part.digest };
  const isGood = isCmsSignature(certificate.publicKey, algorithm, { bytes: signed, signature: part.signature });
  return isGood ? { certificate } : { fault: "signature-mismatch" };
}

/** The signed attribute content-type must say what the content is (RFC 5652, 11.1). */
export function saysType(part: SignerPart, contentType: string): boolean {
  const said = attributeOf(part.signed, TYPE.contentType);
  return said !== undefined && oidText(said) === contentType;
}

function isOf({ issuerAndSerial, keyId }: SignerPart, certificate: Certificate): boolean {
  if (keyId) return certificate.subjectKeyId?.equals(keyId) === true;
  const [issuer, serial] = issuerAndSerial ?? [];
  return certificate.issuer.equals(issuer!.bytes) && certificate.serial === contentOf(serial, TAG.integer).toString("hex");
}

/** SigningCertificateV2: the first ESSCertIDv2 names the signer; SHA-256 is its default (RFC 5035, 3). */
function namesCertificate(value: Der, certificate: Buffer): boolean {
  const ids = partsOf(partsOf(value, TAG.sequence)[0], TAG.sequence);
  const parts = [...partsOf(ids[0], TAG.sequence)];
  const digest = parts[0]?.tag === TAG.sequence ? digestOf(parts.shift()) : "sha256";
  return contentOf(parts[0], TAG.octets).equals(hashOf(digest, certificate));
}

/** The certificates that were sent along and can be read; others (attribute certificates, `[n]`) are passed over. */
export function certificatesIn({ certificates }: SignedContent): Certificate[] {
  return certificates.filter(({ tag }) => tag === TAG.sequence).map(({ bytes }) => parseCertificate(bytes));
}

export type Additions = {
  readonly certificates?: readonly Buffer[];
  /** Revocation lists in DER. */
  readonly lists?: readonly Buffer[];
  /** OCSPResponse in DER. */
  readonly answers?: readonly Buffer[];
  /** Whole attributes for the one signer. */
  readonly unsigned?: readonly Buffer[];
};

/** The same signature with more beside it: nothing that is signed or stamped changes by a byte. */
export function withAdditions(content: SignedContent, additions: Additions): Buffer {
  const { certificates = [], lists = [], answers = [], unsigned = [] } = additions;
  const [signer, ...others] = content.signers;
  if (!signer || others.length > 0) throw new DerFault("one signer expected");
  const allCertificates = unique([...content.certificates.map(({ bytes }) => bytes), ...certificates]);
  const values = [...lists, ...answers.map((answer) => context(1, oid(TYPE.ocspValue), answer))];
  const allValues = unique([...content.revocations.map(({ bytes }) => bytes), ...values]);
  const attributes = [...signer.unsigned.map(({ der }) => der.bytes), ...unsigned].sort(Buffer.compare);
  const isPlain = content.contentType === TYPE.plain;
  const version = allValues.some((value) => value[0] === 0xa1) ? 5 : isPlain ? 1 : 3;
  const info = sequence(...signer.fixed.map(({ bytes }) => bytes), ...(attributes.length > 0 ? [context(1, ...attributes)] : []));
  const signed = sequence(
    integer(version),
    content.digestAlgorithms.bytes,
    content.encapsulated.bytes,
    ...(allCertificates.length > 0 ? [context(0, ...allCertificates)] : []),
    ...(allValues.length > 0 ? [context(1, ...allValues)] : []),
    encode(TAG.set, info),
  );
  return sequence(oid(TYPE.signedContent), context(0, signed));
}

export const attribute = (type: string, value: Buffer): Buffer => sequence(oid(type), setOf(value));

/** Sorted as DER sorts a set, each once. */
function unique(values: readonly Buffer[]): Buffer[] {
  const sorted = [...values].sort(Buffer.compare);
  return sorted.filter((value, i) => i === 0 || !sorted[i - 1]!.equals(value));
}

/** The tokens under an unsigned attribute; it may stand several times, each with one or more values. */
export function tokensUnder(unsigned: readonly Attribute[], type: string): Buffer[] {
  return unsigned.filter((one) => one.type === type).flatMap(({ values }) => values.map(({ bytes }) => bytes));
}
