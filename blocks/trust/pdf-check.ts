/**
 * Checks a signed PDF against trust anchors, with no network. A PDF is valid only when its single signature covers every byte
 * of the file but the signature itself, so there is nothing in it that the body did not sign. The checker looks only at bytes
 * the signature covers; the signature's own bytes have one accepted form. Only proofs and time stamps may follow such a signature,
 * or stand in it: a file with these goes through the validation of all levels (`signing/validate.ts`).
 */
import { createHash } from "node:crypto";
import { type Anchors, parseAnchors } from "./anchors.ts";
import type { Certificate } from "./certificate.ts";
import { checkChain } from "./chain.ts";
import { checkCms } from "./cms-read.ts";
import { signerNameOf } from "./name.ts";
import { findSignature, type PdfSignature } from "./pdf-signature.ts";
import { validate } from "./signing/validate.ts";
import { type Refusal, type Refused, refuse, type Signed } from "./verdict.ts";

export type PdfVerdict =
  | (Signed & {
      /** `PAdES-B-B` to `PAdES-B-LTA`. */
      readonly level: string;
      /** What the file was signed with; its way to a root is good. */
      readonly certificate: Certificate;
      /** Why it was signed, in the words of the signature. */
      readonly statedReason: string | undefined;
      /** A trusted time stamp shows that the file was there at this moment. */
      readonly provenAt?: Date;
    })
  | Refused;

const MAX_PDF = 64 * 1024 * 1024;
const MAX_SIGNATURE = 32 * 1024;
/** Bytes. An ECDSA signature in DER is a few bytes shorter than the room left for it, never more. */
const MAX_PADDING = 16;
const END = Buffer.from("%%EOF");

/** `anchors` is the published bundle or its parsed form; `at` is the moment for which validity is asked. */
export function checkPdf(pdf: Uint8Array, anchors: string | Anchors, at: Date): PdfVerdict {
  const trusted = typeof anchors === "string" ? parseAnchors(anchors) : anchors;
  if (!trusted) return refuse("malformed-anchors");
  const plain = checkPlain(pdf, trusted, at);
  return !plain.valid && MAY_BE_LIFTED.has(plain.reason) ? (checkLifted(pdf, trusted, at) ?? plain) : plain;
}

/** What a signature of level B alone is refused for, although it may be one of a higher level. */
const MAY_BE_LIFTED: ReadonlySet<Refusal> = new Set(["changed-after-signing", "several-signatures", "unsupported", "malformed"]);

/** Undefined unless it is good: one signature, of a higher level, and nothing but proofs behind it. */
function checkLifted(pdf: Uint8Array, trusted: Anchors, at: Date): PdfVerdict | undefined {
  const { indication, signatures } = validate(pdf, { trusted, at });
  const [only, ...others] = signatures;
  if (indication !== "TOTAL-PASSED" || others.length > 0 || !only?.certificate || !only.claimedAt) return undefined;
  // Without a stamp nothing is lifted, and the strict form of level B holds.
  if (only.timeSource !== "stamp") return undefined;
  return {
    valid: true,
    signer: signerNameOf(only.certificate),
    signedAt: only.claimedAt,
    timeSource: only.timeSource,
    revocationKnownAt: only.status?.knownAt,
    level: only.level,
    certificate: only.certificate,
    statedReason: only.statedReason,
    ...(only.provenAt && { provenAt: only.provenAt }),
  };
}

function checkPlain(pdf: Uint8Array, trusted: Anchors, at: Date): PdfVerdict {
  if (pdf.length > MAX_PDF) return refuse("too-large");
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.length);
  const found = findSignature(bytes);
  if ("fault" in found) return refuse(hadSignature(bytes) ? "changed-after-signing" : found.fault);
  const { signature } = found;
  const misplaced = placeFault(bytes, signature);
  if (misplaced) return refuse(misplaced);
  const signedAt = readPdfTime(signature.time);
  const cms = withoutPadding(bytes, signature);
  if (!signedAt || !cms) return refuse("malformed");
  const { start, end } = signature.contents;
  const digest = createHash("sha256").update(bytes.subarray(0, start)).update(bytes.subarray(end)).digest();
  const checked = checkCms(cms, digest);
  if (!checked.valid) return checked;
  const chain = checkChain({ leaf: checked.signer, companions: checked.companions, signedAt, at }, trusted);
  if ("reason" in chain) return refuse(chain.reason);
  return {
    valid: true,
    signer: signerNameOf(checked.signer),
    signedAt,
    timeSource: "signer",
    revocationKnownAt: chain.revocationKnownAt,
    level: "PAdES-B-B",
    certificate: checked.signer,
    statedReason: signature.reason,
  };
}

/** The signed stretches must be the whole file around the very string that holds the signature. */
function placeFault(bytes: Buffer, { byteRange, contents, subFilter }: PdfSignature): Refusal | undefined {
  if (subFilter !== "ETSI.CAdES.detached") return "unsupported";
  const [from, firstLength, second, secondLength] = byteRange;
  if (from !== 0 || firstLength !== contents.start || second !== contents.end) return "malformed";
  if (second + secondLength < bytes.length) return "changed-after-signing";
  return second + secondLength > bytes.length ? "malformed" : undefined;
}

/**
 * The CMS inside the hex string: the only bytes that are not signed. Digits are lower case, the padding is zeros and short, so
 * that nothing can be taken out of the signature or put into it.
 */
function withoutPadding(bytes: Buffer, { contents }: PdfSignature): Buffer | undefined {
  const digits = bytes.toString("latin1", contents.start + 1, contents.end - 1);
  if (digits.length > MAX_SIGNATURE * 2 || digits.length % 2 !== 0 || !/^3082[0-9a-f]+$/.test(digits)) return undefined;
  const length = contents.bytes.readUInt16BE(2) + 4;
  const padding = contents.bytes.subarray(length);
  if (length > contents.bytes.length || padding.length > MAX_PADDING || padding.some((byte) => byte !== 0)) return undefined;
  return contents.bytes.subarray(0, length);
}

/** `D:20260131235959Z` and nothing else: other forms leave the time zone open. */
function readPdfTime(text: string | undefined): Date | undefined {
  const match = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? "");
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(at.getTime()) || at.getUTCDate() !== Number(day) ? undefined : at;
}

/**
 * Whether the file up to some earlier end mark was covered by a signature. Only chooses the words of a refusal: it lets us say
 * "changed after signing" instead of "no signature" when an update hides the signature.
 */
function hadSignature(bytes: Buffer): boolean {
  for (let at = bytes.lastIndexOf(END), tries = 0; at > 0 && tries < 16; at = bytes.lastIndexOf(END, at - 1), tries++) {
    for (const length of [at + END.length, at + END.length + 1]) {
      const found = length < bytes.length ? findSignature(bytes.subarray(0, length)) : undefined;
      if (found && "signature" in found && placeFault(bytes.subarray(0, length), found.signature) === undefined) return true;
    }
  }
  return false;
}
