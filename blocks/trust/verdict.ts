/** What a check says. A refusal is a result with a stable code, never an exception. */

/** Why something was refused; the pages have a sentence for each in four languages under `trust.refusals`. */
export const REFUSALS = [
  /** The trust anchors given are not a bundle this program can read. */
  "malformed-anchors",
  "too-large",
  "not-a-pdf",
  "no-signature",
  /** More than one signature: which one speaks for the document cannot be said. */
  "several-signatures",
  /** Written or signed in a way this program does not check, so it says nothing about it. */
  "unsupported",
  /** Something was put after the signed part. */
  "changed-after-signing",
  /** The content is not the content that was signed. */
  "digest-mismatch",
  /** The signature was not made by the key it names. */
  "signature-mismatch",
  /** Does not lead to the root of this state. */
  "unknown-signer",
  "certificate-not-yet-valid",
  "certificate-expired",
  "certificate-revoked",
  /** The certificate was not given for this use, or its issuer was not allowed to issue. */
  "certificate-misused",
  /** The signer's clock was ahead of the time of checking. */
  "signed-in-the-future",
  "malformed",
  "not-a-statement",
  /** The statement names a certificate that is not among the anchors. */
  "unknown-key",
] as const;

export type Refusal = (typeof REFUSALS)[number];
export type Refused = { readonly valid: false; readonly reason: Refusal };

export const refuse = (reason: Refusal): Refused => ({ valid: false, reason });

/** The body that signed, as its certificate names it. */
export type SignerName = { readonly code: string; readonly name: string; readonly serial: string; readonly fingerprint: string };

export type Signed = {
  readonly valid: true;
  readonly signer: SignerName;
  /** What the signer's own clock said. */
  readonly signedAt: Date;
  /** `stamp` when a time stamp shows that the signature is not much younger than that. */
  readonly timeSource: "signer" | "stamp";
  /** The date of the revocation list that was consulted; undefined when the anchors hold none for this signer. */
  readonly revocationKnownAt: Date | undefined;
};
