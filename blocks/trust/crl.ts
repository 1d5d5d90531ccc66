/** Certificate revocation lists (RFC 5280, 5): complete lists of one authority each, no delta and no partition. */
import type { KeyObject } from "node:crypto";
import { type Certificate, extensionList, KEY_USAGE, OID } from "./certificate.ts";
import { contentOf, context, type Der, DerFault, integer, partsOf, read, readTime, sequence, TAG, time } from "./der.ts";
import { derToRaw, ECDSA_SHA256, verifyRaw } from "./ecdsa.ts";
import { authorityKeyExtension, extension, signedStructure } from "./issue.ts";

export type Revocation = { readonly serial: string; readonly at: Date };

export type RevocationList = {
  readonly der: Buffer;
  readonly issuer: Buffer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Serial, in hex, to the moment from which the certificate counts for nothing. */
  readonly revoked: ReadonlyMap<string, Date>;
  readonly signed: Buffer;
  readonly signature: Buffer;
};

export type RevocationPlan = {
  issuer: { subject: Buffer; key: KeyObject };
  thisUpdate: Date;
  nextUpdate: Date;
  revoked: readonly Revocation[];
};

export function writeRevocationList(plan: RevocationPlan): Buffer {
  const entries = plan.revoked.map(({ serial, at }) => sequence(integer(Buffer.from(serial, "hex")), time(at)));
  const body = sequence(
    integer(1),
    ECDSA_SHA256,
    plan.issuer.subject,
    time(plan.thisUpdate),
    time(plan.nextUpdate),
    // An empty list is left out (5.1.2.6).
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    context(
      0,
      sequence(
        authorityKeyExtension(plan.issuer.key),
        // Grows with time, so a later list always has the greater number (5.2.3).
        extension(OID.crlNumber, integer(Math.floor(plan.thisUpdate.getTime() / 1000))),
      ),
    ),
  );
  return signedStructure(body, plan.issuer.key);
}

/** Throws DerFault when the bytes are not one list of the kind we write. */
export function parseRevocationList(bytes: Uint8Array): RevocationList {
  const der = Buffer.from(bytes);
  const [signed, algorithm, signature] = partsOf(read(der), TAG.sequence, 3) as [Der, Der, Der];
  const fields = [...partsOf(signed, TAG.sequence)];
  const [version, inner, issuer, thisUpdate, nextUpdate] = fields.splice(0, 5);
  if (contentOf(version, TAG.integer).toString("hex") !== "01") throw new DerFault("revocation list version 2 expected");
  if (!inner?.bytes.equals(ECDSA_SHA256) || !algorithm.bytes.equals(ECDSA_SHA256)) throw new DerFault("unknown algorithm");
  const entries = fields[0]?.tag === TAG.sequence ? partsOf(fields.shift(), TAG.sequence) : [];
  const extensions = fields.length === 1 ? extensionList(partsOf(fields[0], 0xa0, 1)[0]) : [];
  // A critical extension we do not know may say that the list is a partial one (5.2).
  if (fields.length > 1 || extensions.some(({ critical }) => critical)) throw new DerFault("unexpected revocation list fields");
  const content = contentOf(signature, TAG.bits);
  if (content[0] !== 0) throw new DerFault("whole bytes expected");
  return {
    der,
    issuer: issuer!.bytes,
    thisUpdate: readTime(thisUpdate!),
    nextUpdate: readTime(nextUpdate!),
    revoked: new Map(entries.map(readEntry)),
    signed: signed.bytes,
    signature: derToRaw(content.subarray(1)),
  };
}

function readEntry(entry: Der): [string, Date] {
  const [serial, at, ...rest] = partsOf(entry, TAG.sequence);
  if (rest.length > 0 && extensionList(rest[0]).some(({ critical }) => critical)) throw new DerFault("unknown entry");
  return [contentOf(serial, TAG.integer).toString("hex"), readTime(at!)];
}

/** Whether the list is really the issuer's word. */
export function isListOf(list: RevocationList, issuer: Certificate): boolean {
  return (
    list.issuer.equals(issuer.subject) &&
    (issuer.keyUsage & KEY_USAGE.crlSign) !== 0 &&
    issuer.publicKey !== undefined &&
    verifyRaw(issuer.publicKey, list.signed, list.signature)
  );
}
