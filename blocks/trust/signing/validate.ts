/** The one place where a file of any format is checked. The format is seen in the bytes; a name or a declared type counts for nothing. */
import { type Anchors, parseAnchors } from "../anchors.ts";
import { readAsic } from "./asic.ts";
import { readCades, reasonOfFault } from "./cades-check.ts";
import { type FoundSignature, judge } from "./judge.ts";
import { readJws } from "./jws-check.ts";
import { readPades } from "./pades-check.ts";
import { type Trusted, trustedFrom } from "./path.ts";
import { type Format, type Reason, reportOf, type ValidationReport } from "./report.ts";
import { readSignedXml } from "./xades-check.ts";

export type Validation = {
  /** Whom to believe: the published anchors, as text or read, or roots of one's own. */
  readonly trusted: string | Anchors | Trusted;
  /** The moment for which it is asked; the past is answered with what the file itself proves. */
  readonly at: Date;
  /** What a detached signature is over. */
  readonly content?: Uint8Array;
  /** Where one signature is over several files: each by its name. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
};

/** What a reader of one format returns: its signatures, and what is wrong with the file as a whole. */
export type FoundSignatures = { readonly signatures: readonly FoundSignature[]; readonly fault?: Reason };

const MAX_FILE = 64 * 1024 * 1024;

/** Never throws for what stands in the file. Throws RangeError when the anchors are none. */
export function validate(file: Uint8Array, validation: Validation): ValidationReport {
  const { at } = validation;
  const trusted = trustOf(validation.trusted);
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  const format = recognise(bytes);
  if (bytes.length > MAX_FILE) return reportOf(format, [], { at, fault: "too-large" });
  const { signatures, fault } = readSafely(format, bytes, { validation, trusted });
  const judged = signatures.map((one) => judge(one, trusted, at));
  return reportOf(format, judged, { at, ...(fault && { fault }) });
}

const kept = new WeakMap<Anchors, Trusted>();

function trustOf(given: Validation["trusted"]): Trusted {
  const anchors = typeof given === "string" ? parseAnchors(given) : given;
  if (!anchors) throw new RangeError("no trust anchors");
  if (!("lists" in anchors)) return anchors;
  const known = kept.get(anchors) ?? trustedFrom(anchors);
  kept.set(anchors, known);
  return known;
}

/** By the first bytes: a PDF, an archive, DER, XML, a JWS in one of its two forms. */
export function recognise(bytes: Buffer): Format {
  const head = bytes.toString("latin1", 0, 64);
  if (head.startsWith("%PDF-")) return "pdf";
  if (head.startsWith("PK\x03\x04")) return "asic";
  if (bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80) return "cms";
  if (/^(\xef\xbb\xbf)?[ \t\r\n]*<[?!A-Za-z_]/.test(head)) return "xml";
  if (/^[ \t\r\n]*\{/.test(head) || /^eyJ[A-Za-z0-9_-]+/.test(head)) return "jws";
  return "unknown";
}

type Reader = (bytes: Buffer, validation: Validation, trusted: Trusted) => FoundSignatures;

const READERS: Readonly<Record<Format, Reader>> = {
  cms: (bytes, { content }) => ({ signatures: readCades(bytes, { content }) }),
  pdf: readPades,
  xml: (bytes, { files = new Map() }) => readSignedXml(bytes, files),
  asic: readAsic,
  jws: (bytes, { content, files }, { authorities }) => ({ signatures: readJws(bytes, { content, files, known: authorities }) }),
  unknown: () => ({ signatures: [], fault: "unknown-format" }),
};

function readSafely(
  format: Format,
  bytes: Buffer,
  { validation, trusted }: { validation: Validation; trusted: Trusted },
): FoundSignatures {
  try {
    return READERS[format](bytes, validation, trusted);
  } catch (thrown) {
    const fault = reasonOfFault(thrown);
    if (!fault) throw thrown;
    return { signatures: [], fault };
  }
}
