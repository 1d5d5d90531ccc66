/**
 * Certificate revocation lists (RFC 5280, 5): complete lists of one authority, or partitions of one, each of which says by its issuing
 * distribution point which certificates it speaks of. No delta lists, no indirect lists.
 */
import type { KeyObject } from "node:crypto";
import { type Certificate, extensionList, KEY_USAGE, OID, wholeBits } from "./certificate.ts";
import { contentOf, context, type Der, DerFault, encode, integer, partsOf, read, readTime, sequence, TAG, time } from "./der.ts";
import { authorityKeyExtension, extension, signedStructure } from "./issue.ts";
import { verifyBy } from "./pki/algorithm.ts";
import { readPoint } from "./pki/extension.ts";
import { type SigningKey, signingKey } from "./pki/signing-key.ts";

/** CRLReason (5.3.1). `hold` may be lifted again; the others are for ever. */
export const REASONS = {
  unspecified: 0,
  "key-compromise": 1,
  "authority-compromise": 2,
  "affiliation-changed": 3,
  superseded: 4,
  "cessation-of-operation": 5,
  hold: 6,
  "privilege-withdrawn": 9,
} as const;

export type Reason = keyof typeof REASONS;

export const reasonOf = (code: number): Reason =>
  (Object.keys(REASONS) as Reason[]).find((name) => REASONS[name] === code) ?? "unspecified";

export type Revocation = { readonly serial: string; readonly at: Date; readonly reason?: Reason };

export type RevocationList = {
  readonly der: Buffer;
  readonly issuer: Buffer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Serial, in hex, to the moment from which the certificate counts for nothing. */
  readonly revoked: ReadonlyMap<string, Date>;
  /** Serials whose entry says why. */
  readonly reasons: ReadonlyMap<string, Reason>;
  /** Greater in each later list (5.2.3); undefined when the list does not say. */
  readonly number: bigint | undefined;
  /** Addresses of the partition this list is; undefined for a complete list. */
  readonly partition: readonly string[] | undefined;
  readonly signed: Buffer;
  /** AlgorithmIdentifier, DER. */
  readonly algorithm: Buffer;
  readonly signature: Buffer;
};

export type RevocationPlan = {
  issuer: { subject: Buffer; key: KeyObject | SigningKey };
  thisUpdate: Date;
  nextUpdate: Date;
  revoked: Iterable<Revocation>;
  /** Unless given, seconds since 1970: grows with time. */
  number?: number;
  /** Addresses of the one partition that this list is (issuing distribution point, 5.2.5). */
  partition?: readonly string[];
};

/** Values that a list may have: 16 MB of entries of the shortest form. */
const MAX_VALUES = 2_000_000;

export function writeRevocationList(plan: RevocationPlan): Buffer {
  const key = signingKey(plan.issuer.key);
  const entries = writeEntries(plan.revoked);
  const number = plan.number ?? Math.floor(plan.thisUpdate.getTime() / 1000);
  const body = sequence(
    integer(1),
    key.algorithm,
    plan.issuer.subject,
    time(plan.thisUpdate),
    time(plan.nextUpdate),
    // An empty list is left out (5.1.2.6).
    ...(entries.length > 0 ? [encode(TAG.sequence, entries)] : []),
    context(
      0,
      sequence(
        authorityKeyExtension(key.publicKey),
        extension(OID.crlNumber, integer(number)),
        ...(plan.partition ? [extension(OID.issuingDistributionPoint, partitionPoint(plan.partition), true)] : []),
      ),
    ),
  );
  return signedStructure(body, key);
}

const partitionPoint = (addresses: readonly string[]): Buffer =>
  sequence(context(0, context(0, ...addresses.map((one) => encode(0x86, Buffer.from(one, "latin1"))))));

/** All entries in one run of bytes: with a value object for each part, a list of a few hundred thousand takes seconds. */
function writeEntries(revoked: Iterable<Revocation>): Buffer {
  let bytes = Buffer.allocUnsafe(1 << 16);
  let at = 0;
  let known: { second: number; bytes: Buffer } | undefined;
  for (const { serial, at: from, reason = "unspecified" } of revoked) {
    const second = Math.floor(from.getTime() / 1000);
    if (known?.second !== second) known = { second, bytes: time(from) };
    const size = serial.length >> 1;
    if (size === 0 || size > 21) throw new DerFault("no serial number");
    const code = REASONS[reason];
    const length = 2 + size + known.bytes.length + (code === 0 ? 0 : 14);
    if (at + length + 2 > bytes.length) bytes = Buffer.concat([bytes, Buffer.allocUnsafe(bytes.length)]);
    bytes[at++] = TAG.sequence;
    bytes[at++] = length;
    bytes[at++] = TAG.integer;
    bytes[at++] = size;
    at += bytes.write(serial, at, "hex");
    at += known.bytes.copy(bytes, at);
    // Extensions with a reasonCode, not critical; 0 is left out (5.3.1).
    if (code !== 0) {
      bytes.write("300c300a0603551d1504030a01", at, "hex");
      bytes[at + 13] = code;
      at += 14;
    }
  }
  return bytes.subarray(0, at);
}

/**
 * Throws DerFault when the bytes are not one list of a kind that is read. A partition is refused unless `partial` says that the caller
 * looks at `partition`: read as a complete list it would call certificates good that it says nothing about.
 */
export function parseRevocationList(bytes: Uint8Array, { partial = false } = {}): RevocationList {
  const der = Buffer.from(bytes);
  const [signed, algorithm, signature] = partsOf(read(der, MAX_VALUES), TAG.sequence, 3) as [Der, Der, Der];
  const fields = [...partsOf(signed, TAG.sequence)];
  const [version, inner, issuer, thisUpdate, nextUpdate] = fields.splice(0, 5);
  if (contentOf(version, TAG.integer).toString("hex") !== "01") throw new DerFault("revocation list version 2 expected");
  if (!inner?.bytes.equals(algorithm.bytes)) throw new DerFault("two algorithms");
  partsOf(issuer, TAG.sequence);
  const entries = fields[0]?.tag === TAG.sequence ? partsOf(fields.shift(), TAG.sequence) : [];
  const extensions = fields.length === 1 ? extensionList(partsOf(fields[0], 0xa0, 1)[0]) : [];
  const point = extensions.find(({ type }) => type === OID.issuingDistributionPoint);
  // A critical extension we do not know may change what the entries mean (5.2).
  const strange = extensions.some((one) => one.critical && !(partial && one === point));
  if (fields.length > 1 || strange || (point && !partial)) throw new DerFault("unexpected revocation list fields");
  const number = extensions.find(({ type }) => type === OID.crlNumber);
  const revoked = new Map<string, Date>();
  const reasons = new Map<string, Reason>();
  for (const entry of entries) readEntry(entry, { revoked, reasons });
  return {
    der,
    issuer: issuer!.bytes,
    thisUpdate: readTime(thisUpdate!),
    nextUpdate: readTime(nextUpdate!),
    revoked,
    reasons,
    number: number && readNumber(number.value),
    partition: point && readPoint(point.value),
    signed: signed.bytes,
    algorithm: algorithm.bytes,
    signature: wholeBits(signature),
  };
}

function readNumber(value: Buffer): bigint {
  const content = contentOf(read(value), TAG.integer);
  if (content.length > 21 || (content[0]! & 0x80) !== 0) throw new DerFault("no list number");
  return BigInt(`0x${content.toString("hex")}`);
}

function readEntry(entry: Der, found: { revoked: Map<string, Date>; reasons: Map<string, Reason> }): void {
  const [serial, at, ...rest] = partsOf(entry, TAG.sequence);
  const name = contentOf(serial, TAG.integer).toString("hex");
  if (rest.length > 1 || found.revoked.has(name)) throw new DerFault("unexpected entry");
  found.revoked.set(name, readTime(at!));
  if (!rest[0]) return;
  for (const { type, critical, value } of extensionList(rest[0])) {
    // certificateIssuer would make the entry one of another authority (5.3.3).
    if (critical) throw new DerFault("unknown entry");
    if (type === OID.reasonCode) found.reasons.set(name, reasonOf(contentOf(read(value), TAG.enumerated)[0] ?? 0));
  }
}

/** Whether the list is really the issuer's word. */
export function isListOf(list: RevocationList, issuer: Certificate): boolean {
  return (
    list.issuer.equals(issuer.subject) &&
    (issuer.keyUsage & KEY_USAGE.crlSign) !== 0 &&
    issuer.publicKey !== undefined &&
    verifyBy(issuer.publicKey, list.algorithm, { bytes: list.signed, signature: list.signature })
  );
}
