import { type ProblemTable, problemsOf } from "@kerege/kernel/problem";

export const problems = {
  /** A key or certificate of the authority cannot be read, or they do not belong together. */
  "broken-authority": { status: 500 },
  /** The code or name of a body cannot stand in a certificate. */
  "unfit-body": { status: 500 },
  /** The PDF given to be signed is not one that can be. */
  "unsignable-pdf": { status: 500 },
  /** The claims given to be sealed do not fit a statement. */
  "unsealable-claims": { status: 500 },
  /** A batch for the log without leaves, or with leaves or salts of another length. */
  "unfit-batch": { status: 500 },
  /** What was said of a witness is no verifier key with an address. */
  "unfit-witness": { status: 500 },
  /** A part of a name cannot stand in a certificate. */
  "unfit-subject": { status: 422 },
  /** A request for a certificate that is refused; `why` is one of `REQUEST_FAULTS` in pki/request.ts. */
  "refused-request": { status: 422 },
  /** There is no certificate with this serial number. */
  "unknown-certificate": { status: 404 },
  /** What was asked does not follow from the state of the certificate: who is revoked stays so. */
  "settled-certificate": { status: 409 },
  /** An authority of that name is not open on this machine. */
  "unknown-authority": { status: 404 },
  /** The digest to be stamped is not a SHA-256. */
  "unfit-imprint": { status: 500 },
  /** The clock was put back, or stands outside the life of the stamping certificate. */
  "untrusted-clock": { status: 503 },
  /** A key file, a pass phrase or a token does not give the key. */
  "no-signing-key": { status: 500 },
  /** PKCS#11 was asked for and its package is not installed. */
  "no-pkcs11": { status: 500 },
  /** What the ceremony is told does not suffice. */
  "unfit-ceremony": { status: 422 },
  /** The log does not hold this, or no checkpoint over it has been witnessed yet. */
  "not-in-log": { status: 404 },
  /** What is to be signed is empty, too large, no text, or no PDF. */
  "unfit-to-sign": { status: 422 },
  /** There is no such request for this person. */
  "no-such-request": { status: 404 },
  /** Signed, declined or run out already. */
  "request-settled": { status: 409 },
  /** The phrase does not open the key; `left` tries are left. */
  "wrong-phrase": { status: 422 },
  /** The phrase was wrong too often: the key cannot be used any more. */
  "key-blocked": { status: 409 },
  "no-key": { status: 409 },
  /** The certificate is suspended, revoked or has run out. */
  "certificate-not-good": { status: 409 },
  /** Nobody tells the name that a certificate needs. */
  "unknown-person": { status: 409 },
  /** Somebody acting for another asked to sign with a key, which only the holder has. */
  "own-name-only": { status: 403 },
} satisfies ProblemTable;

export const trustProblem = problemsOf("trust", problems);
