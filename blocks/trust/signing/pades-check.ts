/**
 * Reads the signatures and document time stamps of a PDF. The last of them reaches to the end of the file, or only proofs follow it;
 * between two of them stands nothing but proofs, time stamps and further signatures. Otherwise nothing in the file is believed.
 */
import { type Certificate, parseCertificate } from "../certificate.ts";
import { DerFault } from "../der.ts";
import { dictionaryAt, itemsAt, type PdfFile, readPdfFile, resolve } from "../pdf-file.ts";
import { type PdfSignature, readFields, readSignature, requireUniqueNames } from "../pdf-signature.ts";
import { PdfFault, skipSpace } from "../pdf-value.ts";
import { digestsOf } from "./algorithm.ts";
import { readCades, reasonOfFault, stampOf } from "./cades-check.ts";
import type { FoundSignature, FoundStamp } from "./judge.ts";
import { signatureBytes } from "./pades-sign.ts";
import { addsOnlyProofs } from "./pdf-changes.ts";
import type { Reason } from "./report.ts";
import type { FoundSignatures } from "./validate.ts";

type Placed = PdfSignature & { readonly end: number };

const MAX_SIGNATURES = 32;
const MAX_PROOFS = 100;
const MAX_STEPS = 64;
/** Bytes looked at over all signatures. */
const MAX_WORK = 256 * 1024 * 1024;
const END = Buffer.from("%%EOF");

export function readPades(bytes: Buffer): FoundSignatures {
  try {
    return readSignatures(bytes);
  } catch (fault) {
    if (!(fault instanceof PdfFault)) throw fault;
    if (wasSigned(bytes)) return { signatures: [], fault: "changed-after-signing" };
    return {
      signatures: [],
      fault: bytes.includes("/ByteRange") ? (fault.isUnsupported ? "unsupported" : "malformed") : "no-signature",
    };
  }
}

function readSignatures(bytes: Buffer): FoundSignatures {
  const file = readPdfFile(bytes);
  const placed = placedIn(file);
  if (placed.length === 0) return { signatures: [], fault: wasSigned(bytes) ? "changed-after-signing" : "no-signature" };
  const fault = coverageFault(file, placed);
  const proofs = proofsIn(file);
  const stamps = fault ? [] : placed.filter(({ type }) => type === "DocTimeStamp").map((one) => documentStamp(bytes, one));
  const signed = placed.filter(({ type }) => type === "Sig");
  if (signed.length === 0) return { signatures: [], fault: fault ?? "no-signature" };
  const signatures = signed.map((one) => {
    const later = placed.filter(({ end, type }) => end > one.end && type === "Sig").length > 0;
    const found = readOne(bytes, one);
    return {
      ...found,
      name: one.field,
      profile: "PAdES" as const,
      ...(fault && { fault }),
      companions: [...found.companions, ...proofs.certificates],
      evidence: [...found.evidence, ...proofs.evidence],
      stamps: [...found.stamps, ...stamps.filter(({ end }) => end > one.end).flatMap(({ found: list }) => list)],
      covers: { ...found.covers, scope: later ? ("earlier-version" as const) : ("whole-file" as const) },
      ...(one.reason !== undefined && { statedReason: one.reason }),
    };
  });
  return { signatures, ...(fault && { fault }) };
}

/** By the end of what each covers; ends are different, else one would cover the other's bytes and the other its. */
function placedIn(file: PdfFile): Placed[] {
  const fields = readFields(file);
  requireUniqueNames(fields);
  const placed = fields
    .filter(({ isSignature, value }) => isSignature && value)
    .map((field) => readSignature(file, field))
    .map((one) => ({ ...one, end: one.byteRange[2] + one.byteRange[3] }))
    .sort((a, b) => a.end - b.end);
  if (placed.length > MAX_SIGNATURES) throw new PdfFault("too many signatures");
  return placed;
}

function coverageFault(file: PdfFile, placed: readonly Placed[]): Reason | undefined {
  const { bytes } = file;
  for (const [i, { byteRange, contents, end }] of placed.entries()) {
    const [from, firstLength, second] = byteRange;
    const fits = from === 0 && firstLength === contents.start && second === contents.end && end <= bytes.length;
    if (!fits || (i > 0 && end === placed[i - 1]!.end)) return "malformed";
  }
  const ends = placed.map(({ end }) => end);
  if (ends.length * bytes.length > MAX_WORK) return "too-large";
  if (ends.at(-1)! < bytes.length) ends.push(bytes.length);
  for (let i = 1; i < ends.length; i++) {
    const old = readPdfFile(bytes.subarray(0, ends[i - 1]!));
    const next = ends[i] === bytes.length ? file : readPdfFile(bytes.subarray(0, ends[i]!));
    if (!addsOnlyInSteps(old, next)) return "changed-after-signing";
  }
  return undefined;
}

/** Between two signatures there may be an update of proofs; each update is looked at by itself. */
function addsOnlyInSteps(old: PdfFile, next: PdfFile): boolean {
  let steps = 0;
  for (let at = next.bytes.indexOf(END, old.bytes.length); at >= 0; at = next.bytes.indexOf(END, at + 1)) {
    if (++steps > MAX_STEPS) return false;
    const end = at + END.length + (next.bytes[at + END.length] === 0x0a ? 1 : 0);
    if (end >= next.bytes.length) break;
    const between = readableUpTo(next.bytes, end);
    if (between) return addsOnlyProofs(old, between) && addsOnlyInSteps(between, next);
  }
  return addsOnlyProofs(old, next);
}

function readableUpTo(bytes: Buffer, end: number): PdfFile | undefined {
  try {
    return readPdfFile(bytes.subarray(0, end));
  } catch (fault) {
    if (fault instanceof PdfFault) return undefined;
    throw fault;
  }
}

const digestsAround = (bytes: Buffer, { contents, end }: Placed): ReturnType<typeof digestsOf> =>
  digestsOf(bytes.subarray(0, contents.start), bytes.subarray(contents.end, end));

function readOne(bytes: Buffer, one: Placed): FoundSignature {
  const empty = {
    name: one.field,
    profile: "PAdES" as const,
    companions: [],
    evidence: [],
    stamps: [],
    covers: { scope: "whole-file" as const, parts: [] },
  };
  if (one.subFilter !== "ETSI.CAdES.detached") return { ...empty, fault: "unsupported" };
  const claimedAt = readPdfTime(one.time);
  if (one.time !== undefined && !claimedAt) return { ...empty, fault: "malformed" };
  try {
    const found = readCades(signatureBytes(one.contents.bytes), { digest: digestsAround(bytes, one), name: one.field });
    const [only, ...others] = found;
    if (!only || others.length > 0) return { ...empty, fault: "malformed" };
    // The time of PAdES stands in the PDF and not in the CMS (EN 319 142-1, table 1); what others put there is read, too.
    return { ...only, ...((claimedAt ?? only.claimedAt) && { claimedAt: claimedAt ?? only.claimedAt }) };
  } catch (thrown) {
    const fault = reasonOfFault(thrown);
    if (!fault) throw thrown;
    return { ...empty, fault };
  }
}

function documentStamp(bytes: Buffer, one: Placed): { end: number; found: FoundStamp[] } {
  const found =
    one.subFilter === "ETSI.RFC3161" ? stampOf(signatureBytes(one.contents.bytes), "document", digestsAround(bytes, one)) : [];
  return { end: one.end, found };
}

/** What lies in the document security store. It is believed for nothing: each piece is signed by someone. */
function proofsIn(file: PdfFile): { certificates: Certificate[]; evidence: Buffer[] } {
  const root = dictionaryAt(file, file.trailer.entries.get("Root"));
  const value = root.entries.get("DSS");
  if (!value) return { certificates: [], evidence: [] };
  const store = dictionaryAt(file, value);
  const streams = (key: string): Buffer[] => {
    const items = itemsAt(file, store.entries.get(key));
    if (items.length > MAX_PROOFS) throw new PdfFault("too many proofs");
    return items.flatMap((item) => streamAt(file, item) ?? []);
  };
  return { certificates: streams("Certs").flatMap(readable), evidence: [...streams("OCSPs"), ...streams("CRLs")] };
}

function readable(der: Buffer): Certificate[] {
  try {
    return [parseCertificate(der)];
  } catch (fault) {
    if (fault instanceof DerFault) return [];
    throw fault;
  }
}

/** Bytes of a stream without a filter; one with a filter is passed over. */
function streamAt(file: PdfFile, item: Parameters<typeof resolve>[1]): Buffer | undefined {
  const found = resolve(file, item);
  const length = found?.kind === "dictionary" ? found.entries.get("Length") : undefined;
  if (found?.kind !== "dictionary" || found.entries.has("Filter") || length?.kind !== "number" || !length.isWhole)
    return undefined;
  const at = skipSpace(file.bytes, found.end) + "stream".length;
  const from = at + (file.bytes[at] === 0x0d ? 2 : 1);
  return from + length.number <= file.bytes.length ? file.bytes.subarray(from, from + length.number) : undefined;
}

/** `D:20260131235959Z`, or with an offset of `+00'00'`; other forms leave the time zone open (7.9.4). */
function readPdfTime(text: string | undefined): Date | undefined {
  const match = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z|([+-])(\d\d)'(\d\d)'?)$/.exec(text ?? "");
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, sign, hours = "0", minutes = "0"] = match;
  const local = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(local.getTime()) || local.getUTCDate() !== Number(day)) return undefined;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
  return new Date(local.getTime() - offset);
}

/**
 * Whether some earlier state of the file was signed. Only chooses the words of a refusal: "changed after signing" instead of "no
 * signature" when an update hides the signature.
 */
function wasSigned(bytes: Buffer): boolean {
  for (let at = bytes.lastIndexOf(END), tries = 0; at > 0 && tries < 16; at = bytes.lastIndexOf(END, at - 1), tries++) {
    for (const end of [at + END.length, at + END.length + 1]) {
      const file = end < bytes.length ? readableUpTo(bytes, end) : undefined;
      if (file && reaches(file)) return true;
    }
  }
  return false;
}

function reaches(file: PdfFile): boolean {
  try {
    return placedIn(file).some(({ end }) => end === file.bytes.length);
  } catch (fault) {
    if (fault instanceof PdfFault) return false;
    throw fault;
  }
}
