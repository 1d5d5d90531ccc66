/** Reads a CMS signature for the judge: what it covers, who made it, which time stamps stand on it. Says nothing about trust. */
import { contentOf, type Der, DerFault, oid, oidText, partsOf, readTime, TAG } from "../der.ts";
import { type DigestName, digestOf, digestsOf, hashOf, UnsupportedFault, WeakFault } from "./algorithm.ts";
import { archiveParts, unsignedValues } from "./cades.ts";
import type { FoundSignature, FoundStamp } from "./judge.ts";
import type { Reason } from "./report.ts";
import {
  attributeOf,
  certificatesIn,
  checkSigner,
  readSignedContent,
  type SignedContent,
  type SignerFault,
  type SignerPart,
  saysType,
  TYPE,
  tokensUnder,
} from "./signed-content.ts";
import { checkToken, hashIndexOf, readToken, type Token } from "./token.ts";

export type CadesQuestion = {
  /** What a detached signature is over; or its digests, where it is long or in pieces. */
  readonly content?: Uint8Array | undefined;
  readonly digest?: Digests;
  readonly name?: string;
};

const MAX_UNSIGNED = 64;
const FAULTS: Readonly<Record<SignerFault, Reason>> = {
  "digest-mismatch": "content-changed",
  "signature-mismatch": "signature-mismatch",
  "no-certificate": "certificate-missing",
  malformed: "malformed",
};

/** One entry a signer. Throws DerFault or UnsupportedFault when the whole cannot be read. */
export function readCades(signature: Uint8Array, { content, digest, name = "" }: CadesQuestion = {}): FoundSignature[] {
  const signed = readSignedContent(signature);
  // Content inside and beside: which of the two is meant cannot be said, so they must be the same.
  const beside = digest ?? (content && digestsOf(content));
  const inside = signed.content && digestsOf(signed.content);
  if (inside && beside && !inside("sha256").equals(beside("sha256"))) return [{ ...empty(name), fault: "content-changed" }];
  const covered = inside ?? beside;
  return signed.signers.map((part, i) => readOne(signed, part, { covered, name: name || String(i + 1) }));
}

const empty = (name: string): FoundSignature => ({
  name,
  profile: "CAdES",
  companions: [],
  evidence: [],
  stamps: [],
  covers: { scope: "whole-file", parts: [] },
});

type Digests = (name: DigestName) => Buffer;
type Rest = { covered: Digests | undefined; name: string };

function readOne(signed: SignedContent, part: SignerPart, { covered, name }: Rest): FoundSignature {
  const certificates = certificatesIn(signed);
  const time = attributeOf(part.signed, TYPE.signingTime);
  const base = { ...empty(name), evidence: revocationsOf(signed), ...(time && { claimedAt: claimedTime(time) }) };
  if (!covered) return { ...base, fault: "content-missing" };
  const checked = checkSigner(part, covered(part.digest), certificates);
  const fault = "fault" in checked ? FAULTS[checked.fault] : saysType(part, signed.contentType) ? undefined : "malformed";
  if ("fault" in checked || fault) return { ...base, fault: fault ?? "malformed" };
  const { certificate } = checked;
  return {
    ...base,
    certificate,
    companions: certificates.filter((one) => one !== certificate),
    stamps: stampsOf(signed, part, covered),
    covers: { scope: "whole-file", parts: [{ name: "", sha256: covered("sha256").toString("hex") }] },
  };
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5652, 11.3). */
const claimedTime = (value: Der): Date => readTime(value);

/** Lists as they are, OCSP answers out of their wrapping (RFC 5652, 10.2.1; RFC 5940). */
export function revocationsOf({ revocations }: SignedContent): Buffer[] {
  return revocations.flatMap((one) => {
    if (one.tag === TAG.sequence) return [one.bytes];
    const [type, answer] = one.tag === 0xa1 ? one.children : [];
    return type && answer && oidText(type) === TYPE.ocspValue ? [answer.bytes] : [];
  });
}

/** Stamps that stamp this signature and nothing else, innermost first. One that does not fit counts for nothing. */
function stampsOf(signed: SignedContent, part: SignerPart, covered: Digests): FoundStamp[] {
  const value = digestsOf(part.signature);
  if (part.unsigned.length > MAX_UNSIGNED) throw new DerFault("too many unsigned attributes");
  const plain = tokensUnder(part.unsigned, TYPE.signatureTimeStamp).flatMap((der) => stampOf(der, "signature", value));
  const archive = tokensUnder(part.unsigned, TYPE.archiveTimeStampV3)
    .flatMap((der) => archiveStampOf(der, signed, covered))
    .sort((a, b) => a.token.at.getTime() - b.token.at.getTime());
  // Each is covered by all later ones: one that is older by its own word only was put in afterwards.
  const chained = archive.filter((one, i) => archive.slice(i + 1).every((later) => namesStamp(later.token, one.token)));
  return [...plain, ...chained];
}

function namesStamp(later: Token, earlier: Token): boolean {
  const [algorithm, , , values] = partsOf(hashIndexOf(later), TAG.sequence, 4);
  const wanted = hashOf(digestOf(algorithm), oid(TYPE.archiveTimeStampV3), earlier.der);
  return partsOf(values, TAG.sequence).some((one) => contentOf(one, TAG.octets).equals(wanted));
}

/** Empty when the token cannot be read or stamps something else. */
export function stampOf(der: Buffer, kind: FoundStamp["kind"], digest: Parameters<typeof checkToken>[1]): FoundStamp[] {
  try {
    const checked = checkToken(readToken(der), digest);
    return "fault" in checked ? [] : [{ ...checked, kind }];
  } catch (fault) {
    if (fault instanceof DerFault || fault instanceof UnsupportedFault) return [];
    throw fault;
  }
}

function archiveStampOf(der: Buffer, signed: SignedContent, covered: Digests): FoundStamp[] {
  try {
    const token = readToken(der);
    const index = hashIndexOf(token);
    if (!index || signed.signers.length !== 1 || !coversAll(index, signed)) return [];
    const parts = archiveParts(signed, { index: index.bytes, contentHash: covered(token.digest) });
    const checked = checkToken(token, digestsOf(...parts));
    return "fault" in checked ? [] : [{ ...checked, kind: "archive" }];
  } catch (fault) {
    if (fault instanceof DerFault || fault instanceof UnsupportedFault) return [];
    throw fault;
  }
}

/** Whether each thing the index names is still there, and it names the time stamp over the signature (EN 319 122-1, 5.5.2). */
function coversAll(index: Der, signed: SignedContent): boolean {
  const [algorithm, certificates, revocations, values] = partsOf(index, TAG.sequence, 4);
  const digest = digestOf(algorithm);
  const signer = signed.signers[0]!;
  const holds = (list: Der | undefined, present: readonly Uint8Array[]): boolean => {
    const known = new Set(present.map((one) => hashOf(digest, one).toString("hex")));
    return partsOf(list, TAG.sequence).every((one) => known.has(contentOf(one, TAG.octets).toString("hex")));
  };
  const named = new Set(partsOf(values, TAG.sequence).map((one) => contentOf(one, TAG.octets).toString("hex")));
  const plain = signer.unsigned
    .filter(({ type }) => type === TYPE.signatureTimeStamp)
    .flatMap(({ der, values: list }) => list.map((value) => hashOf(digest, der.children[0]!.bytes, value.bytes).toString("hex")));
  return (
    holds(
      certificates,
      signed.certificates.map(({ bytes }) => bytes),
    ) &&
    holds(
      revocations,
      signed.revocations.map(({ bytes }) => bytes),
    ) &&
    holds(values, unsignedValues(signer)) &&
    plain.every((one) => named.has(one))
  );
}

/** The reason for a fault a reader threw; undefined for what is no fault of the input. */
export function reasonOfFault(fault: unknown): Reason | undefined {
  if (fault instanceof WeakFault) return "weak-algorithm";
  if (fault instanceof UnsupportedFault) return "unsupported";
  return fault instanceof DerFault ? "malformed" : undefined;
}
