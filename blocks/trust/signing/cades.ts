/**
 * CAdES baseline signatures (ETSI EN 319 122-1): CMS with the signed attributes of CAdES, and the levels above it, each made from the
 * one below without a change to what was signed. Detached or with the content inside.
 */
import { CMS_OID } from "../cms.ts";
import { context, type Der, DerFault, encode, integer, octets, oid, partsOf, read, sequence, setOf, TAG, time } from "../der.ts";
import { ECDSA_SHA256, rawToDer } from "../ecdsa.ts";
import type { Signer } from "../signer.ts";
import { DIGEST_OIDS, hashOf } from "./algorithm.ts";
import { collectMaterial, type Level, type LevelMeans, type Material, reaches } from "./means.ts";
import {
  attribute,
  certificatesIn,
  readSignedContent,
  type SignedContent,
  type SignerPart,
  TYPE,
  tokensUnder,
  withAdditions,
} from "./signed-content.ts";
import { readToken } from "./token.ts";

export type CadesSigning = {
  /** The signer's clock. */
  readonly at: Date;
  /** Without the content inside; the default. */
  readonly isDetached?: boolean;
};

const SHA256 = sequence(oid(DIGEST_OIDS.sha256));

/** Level B. Returns a ContentInfo in DER. */
export function signCades(content: Uint8Array, signer: Signer, { at, isDetached = true }: CadesSigning): Buffer {
  const { certificate, chain } = signer;
  const set = setOf(
    attribute(TYPE.contentType, oid(TYPE.plain)),
    attribute(TYPE.messageDigest, octets(hashOf("sha256", content))),
    attribute(TYPE.signingTime, time(at)),
    // SHA-256 is the default of ESSCertIDv2 and so is left out (RFC 5035, 3).
    attribute(TYPE.signingCertificateV2, sequence(sequence(sequence(octets(hashOf("sha256", certificate.der)))))),
  );
  const sent = Buffer.from(set);
  sent[0] = 0xa0;
  const serial = read(certificate.der).children[0]!.children[1]!.bytes;
  const signature = octets(rawToDer(signer.sign(set)));
  const info = sequence(integer(1), sequence(certificate.issuer, serial), SHA256, sent, ECDSA_SHA256, signature);
  const signedContent = sequence(
    integer(1),
    setOf(SHA256),
    sequence(oid(TYPE.plain), ...(isDetached ? [] : [context(0, octets(content))])),
    context(0, ...[certificate, ...chain].map(({ der }) => der).sort(Buffer.compare)),
    encode(TAG.set, info),
  );
  return sequence(oid(CMS_OID.signedContent), context(0, signedContent));
}

/**
 * Lifts a signature to a level; what it has already is left as it is. `content` is what was signed, needed for LTA of a detached one.
 * Throws DerFault when the signature cannot be read.
 */
export async function liftCades(
  signature: Uint8Array,
  wanted: { readonly level: Level; readonly content?: Uint8Array },
  means: LevelMeans,
): Promise<Buffer> {
  let lifted: Buffer = Buffer.from(signature);
  const { level } = wanted;
  if (reaches(level, "T") && tokensUnder(onlySigner(lifted).unsigned, TYPE.signatureTimeStamp).length === 0) {
    lifted = stampSignature(lifted, means);
  }
  if (reaches(level, "LT")) lifted = await addMaterial(lifted, means);
  if (reaches(level, "LTA")) lifted = addArchiveStamp(lifted, wanted.content, means);
  return lifted;
}

/** Level T: a time stamp over the signature value (5.3). */
export function stampSignature(signature: Buffer, { stamper }: Pick<LevelMeans, "stamper">): Buffer {
  const content = readSignedContent(signature);
  const token = stamper.stamp(hashOf("sha256", content.signers[0]!.signature));
  return withAdditions(content, { unsigned: [attribute(TYPE.signatureTimeStamp, token)] });
}

/** Level LT: the certificates and proofs of signer and time stamps beside the signature (5.4; RFC 5652, 10.2.1). */
async function addMaterial(signature: Buffer, { status }: LevelMeans): Promise<Buffer> {
  const content = readSignedContent(signature);
  return withAdditions(content, await collectMaterial(leavesOf(content), status));
}

/** The certificates whose state has to be proven: of the signer, of each authority that stamped. */
function leavesOf(content: SignedContent) {
  const signer = content.signers[0]!;
  const sent = certificatesIn(content);
  const stamps = [TYPE.signatureTimeStamp, TYPE.archiveTimeStampV3].flatMap((type) => tokensUnder(signer.unsigned, type));
  const stampers = stamps.flatMap((der) => readToken(der).certificates.filter(({ isAuthority }) => !isAuthority));
  return [...sent.filter(({ isAuthority }) => !isAuthority), ...stampers];
}

/**
 * Level LTA, and each renewal: archive-time-stamp-v3 over all that stands in the signature by then (5.5.3), with the index of what it
 * covers inside the token.
 */
export function addArchiveStamp(
  signature: Buffer,
  content: Uint8Array | undefined,
  { stamper }: Pick<LevelMeans, "stamper">,
): Buffer {
  const signed = readSignedContent(signature);
  const covered = signed.content ?? content;
  if (!covered) throw new DerFault("the content of a detached signature is needed");
  const index = hashIndex(signed);
  const token = stamper.stamp(hashOf("sha256", ...archiveParts(signed, { index, contentHash: hashOf("sha256", covered) })));
  const indexed = withAdditions(readSignedContent(token), { unsigned: [attribute(TYPE.hashIndexV3, index)] });
  return withAdditions(signed, { unsigned: [attribute(TYPE.archiveTimeStampV3, indexed)] });
}

/** ATSHashIndexV3: what the stamp covers, by digest, so that more may be added later without touching it (5.5.2). */
function hashIndex(signed: SignedContent): Buffer {
  const digests = (values: readonly Uint8Array[]): Buffer => sequence(...values.map((one) => octets(hashOf("sha256", one))));
  return sequence(
    SHA256,
    digests(signed.certificates.map(({ bytes }) => bytes)),
    digests(signed.revocations.map(({ bytes }) => bytes)),
    digests(unsignedValues(signed.signers[0]!)),
  );
}

/** Type and value of each unsigned attribute, one entry a value. */
export const unsignedValues = (signer: SignerPart): Buffer[] =>
  signer.unsigned.flatMap(({ der, values }) => values.map((value) => Buffer.concat([der.children[0]!.bytes, value.bytes])));

/** What is hashed for the imprint: type of the content, its digest, the signer's fields without the unsigned ones, the index. */
export function archiveParts(signed: SignedContent, { index, contentHash }: { index: Buffer; contentHash: Buffer }): Buffer[] {
  const type = partsOf(signed.encapsulated, TAG.sequence)[0] as Der;
  return [type.bytes, contentHash, ...signed.signers[0]!.fixed.map(({ bytes }) => bytes), index];
}

function onlySigner(signature: Buffer): SignerPart {
  return readSignedContent(signature).signers[0]!;
}

export type { Material };
