/**
 * What a validation says: the indications of ETSI EN 319 102-1, and beside each the reason in words. Texts for reasons, next steps, levels
 * and formats stand in four languages under `trust.signing`.
 */
import type { Certificate } from "../certificate.ts";

export type Indication = "TOTAL-PASSED" | "INDETERMINATE" | "TOTAL-FAILED";

/** EN 319 102-1, table 6; the ones that can come about here. */
export type Subindication =
  | "FORMAT_FAILURE"
  | "HASH_FAILURE"
  | "SIG_CRYPTO_FAILURE"
  | "REVOKED"
  | "NOT_YET_VALID"
  | "SIG_CONSTRAINTS_FAILURE"
  | "CHAIN_CONSTRAINTS_FAILURE"
  | "CRYPTO_CONSTRAINTS_FAILURE"
  | "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
  | "NO_SIGNING_CERTIFICATE_FOUND"
  | "NO_CERTIFICATE_CHAIN_FOUND"
  | "REVOKED_NO_POE"
  | "OUT_OF_BOUNDS_NO_POE"
  | "TIMESTAMP_ORDER_FAILURE"
  | "SIGNED_DATA_NOT_FOUND"
  | "TRY_LATER"
  | "GENERIC";

type Row = { readonly indication: Indication; readonly sub?: Subindication; readonly next: NextStep };

/** What the person may do now. */
export const NEXT_STEPS = ["nothing", "ask-signer", "ask-body", "try-later", "give-content", "give-other-file", "renew"] as const;
export type NextStep = (typeof NEXT_STEPS)[number];

const failed = (sub: Subindication, next: NextStep = "ask-signer"): Row => ({ indication: "TOTAL-FAILED", sub, next });
const open = (sub: Subindication, next: NextStep): Row => ({ indication: "INDETERMINATE", sub, next });

/** Every reason there is, with what it means. */
export const REASONS = {
  good: { indication: "TOTAL-PASSED", next: "nothing" },
  "unknown-format": open("GENERIC", "give-other-file"),
  "too-large": open("GENERIC", "give-other-file"),
  "no-signature": open("GENERIC", "give-other-file"),
  malformed: failed("FORMAT_FAILURE"),
  unsupported: open("GENERIC", "ask-signer"),
  "weak-algorithm": open("CRYPTO_CONSTRAINTS_FAILURE", "ask-signer"),
  "algorithm-aged": open("CRYPTO_CONSTRAINTS_FAILURE_NO_POE", "ask-signer"),
  "content-missing": open("SIGNED_DATA_NOT_FOUND", "give-content"),
  "content-changed": failed("HASH_FAILURE"),
  "changed-after-signing": failed("FORMAT_FAILURE"),
  "unsigned-parts": failed("FORMAT_FAILURE"),
  "signature-mismatch": failed("SIG_CRYPTO_FAILURE"),
  "certificate-missing": open("NO_SIGNING_CERTIFICATE_FOUND", "ask-signer"),
  "unknown-signer": open("NO_CERTIFICATE_CHAIN_FOUND", "ask-body"),
  "certificate-misused": open("CHAIN_CONSTRAINTS_FAILURE", "ask-body"),
  "certificate-not-yet-valid": failed("NOT_YET_VALID"),
  "certificate-expired": open("OUT_OF_BOUNDS_NO_POE", "ask-signer"),
  "certificate-revoked": open("REVOKED_NO_POE", "ask-signer"),
  "signed-after-revocation": failed("REVOKED"),
  "authority-revoked": open("REVOKED_NO_POE", "ask-body"),
  "status-unknown": open("TRY_LATER", "try-later"),
  "signed-in-the-future": open("SIG_CONSTRAINTS_FAILURE", "ask-signer"),
  "stamps-out-of-order": open("TIMESTAMP_ORDER_FAILURE", "ask-signer"),
} as const satisfies Record<string, Row>;

export type Reason = keyof typeof REASONS;

export const FORMATS = ["pdf", "cms", "xml", "asic", "jws", "unknown"] as const;
export type Format = (typeof FORMATS)[number];

export type SignerReport = {
  /** A person by the name, a body by its seal; a person who signs for a body is `official`. */
  readonly kind: "person" | "official" | "body";
  readonly name: string;
  /** Body and its code, empty where the certificate names none. */
  readonly body: string;
  readonly bodyCode: string;
  readonly title: string;
  readonly serial: string;
  readonly fingerprint: string;
};

export type StampReport = {
  readonly at: Date;
  readonly kind: "signature" | "document" | "archive";
  /** Name of the authority as its certificate has it. */
  readonly authority: string;
  readonly certificate: Certificate;
  readonly isTrusted: boolean;
  /** Until when it proves something by itself: end of the authority's certificate or of the algorithm. */
  readonly until: Date;
};

export type CoveredPart = { readonly name: string; readonly sha256: string };

export type SignatureReport = {
  /** Name of the field, of the file in the container, or `1`, `2` … */
  readonly name: string;
  readonly indication: Indication;
  readonly subindication?: Subindication;
  readonly reason: Reason;
  readonly next: NextStep;
  /** Undefined when the signature does not say, or was not made by the key it names. */
  readonly signer?: SignerReport;
  readonly certificate?: Certificate;
  /** What the signer's clock said. */
  readonly claimedAt?: Date;
  /** The signature existed at this moment at the latest, by a trusted time stamp. */
  readonly provenAt?: Date;
  readonly timeSource: "stamp" | "claimed" | "none";
  /** `PAdES-B-LTA`; what is there and good, not what was meant. */
  readonly level: string;
  readonly stamps: readonly StampReport[];
  /** What was known of the certificate, and as of when. */
  readonly status?: { readonly source: "ocsp" | "list"; readonly knownAt: Date; readonly revokedAt?: Date };
  readonly covers: { readonly scope: "whole-file" | "earlier-version" | "parts"; readonly parts: readonly CoveredPart[] };
  /** Why it was signed, in the words of the signature. */
  readonly statedReason?: string;
  /** After this moment the signature can no longer be checked unless it is stamped anew before. */
  readonly until?: Date;
};

export type ValidationReport = {
  readonly format: Format;
  /** The worst of its signatures; without any, why there is none. */
  readonly indication: Indication;
  readonly subindication?: Subindication;
  readonly reason: Reason;
  readonly next: NextStep;
  /** The moment for which it was asked. */
  readonly at: Date;
  readonly signatures: readonly SignatureReport[];
};

const ORDER: readonly Indication[] = ["TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"];

export function verdictOf(reason: Reason): Pick<SignatureReport, "indication" | "subindication" | "reason" | "next"> {
  const row: Row = REASONS[reason];
  return { indication: row.indication, ...(row.sub && { subindication: row.sub }), reason, next: row.next };
}

/** `fault` speaks of the whole file and outweighs what single signatures say, unless one of them is worse. */
export function reportOf(
  format: Format,
  signatures: readonly SignatureReport[],
  { at, fault }: { at: Date; fault?: Reason },
): ValidationReport {
  const own = verdictOf(fault ?? (signatures.length === 0 ? "no-signature" : "good"));
  const worst = signatures.reduce<Pick<SignatureReport, "indication" | "subindication" | "reason" | "next">>(
    (found, one) => (ORDER.indexOf(one.indication) > ORDER.indexOf(found.indication) ? one : found),
    own,
  );
  const { indication, subindication, reason, next } = worst;
  return { format, indication, ...(subindication && { subindication }), reason, next, at, signatures };
}
