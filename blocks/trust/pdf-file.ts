/** The structure of a PDF file (ISO 32000-2, 7.5): where its objects stand. Classic cross-reference tables only. */
import { type PdfDictionary, PdfFault, type PdfReference, type PdfValue, readPdfValue, skipSpace } from "./pdf-value.ts";

export type PdfFile = {
  readonly bytes: Buffer;
  /** Where the last cross-reference table begins. */
  readonly xrefAt: number;
  /** The last trailer. */
  readonly trailer: PdfDictionary;
  readonly places: ReadonlyMap<number, { readonly offset: number; readonly generation: number }>;
};

const MAX_UPDATES = 32;
const MAX_OBJECTS = 1_000_000;
/** An entry is `0000000123 00000 n` and two bytes that end the line (7.5.4). */
const [SPACE, RETURN, NEWLINE, ZERO, USED, FREE] = [0x20, 0x0d, 0x0a, 0x30, 0x6e, 0x66];

/** Throws PdfFault. */
export function readPdfFile(bytes: Buffer): PdfFile {
  const xrefAt = lastTableOf(bytes);
  const places = new Map<number, { offset: number; generation: number }>();
  const gone = new Set<number>();
  let trailer: PdfDictionary | undefined;
  let at: number | undefined = xrefAt;
  for (let updates = 0; at !== undefined; updates++) {
    if (updates > MAX_UPDATES) throw new PdfFault("too many updates");
    const section = readSection(bytes, at);
    if (!trailer) checkTail(bytes, section.trailer.end);
    trailer ??= section.trailer;
    for (const [number, place] of section.entries) {
      // The newest word on an object counts, be it its place or that it is gone.
      if (places.has(number) || gone.has(number)) continue;
      if (place) places.set(number, place);
      else gone.add(number);
    }
    const previous = wholeNumber(section.trailer.entries.get("Prev"));
    if (previous !== undefined && previous >= at) throw new PdfFault("cross-reference tables in a circle");
    at = previous;
  }
  if (trailer!.entries.has("Encrypt")) throw new PdfFault("encrypted", true);
  return { bytes, xrefAt, trailer: trailer!, places };
}

function lastTableOf(bytes: Buffer): number {
  const tail = bytes.toString("latin1", Math.max(0, bytes.length - 64));
  const match = /(?:^|[\r\n])startxref(?:\r\n|\r|\n)(\d{1,10})(?:\r\n|\r|\n)%%EOF(?:\r\n|\r|\n)?$/.exec(tail);
  if (!match) throw new PdfFault("no end of file mark at the end");
  return Number(match[1]);
}

/**
 * From the last table to the end of the file nothing may stand but that table. Otherwise the same signed bytes, cut at another
 * place, could be made to lead into a table that is really the content of an image or a text.
 */
function checkTail(bytes: Buffer, at: number): void {
  const tail = bytes.length - at > 64 ? "" : bytes.toString("latin1", at);
  if (!/^[\r\n ]{1,4}startxref[\r\n]{1,2}\d{1,10}[\r\n]{1,2}%%EOF[\r\n]{0,2}$/.test(tail)) {
    throw new PdfFault("something between the last trailer and the end");
  }
}

type Section = { trailer: PdfDictionary; entries: Map<number, { offset: number; generation: number } | undefined> };

function readSection(bytes: Buffer, at: number): Section {
  if (!/^xref[\r\n ]/.test(bytes.toString("latin1", at, at + 5))) {
    // A cross-reference stream is an object: `12 0 obj`.
    throw new PdfFault("no cross-reference table", /^\d+ \d+ obj/.test(bytes.toString("latin1", at, at + 24)));
  }
  const entries: Section["entries"] = new Map();
  let here = skipSpace(bytes, at + 4);
  for (;;) {
    const head = bytes.toString("latin1", here, here + 32);
    if (head.startsWith("trailer")) break;
    const match = /^(\d{1,10}) (\d{1,10}) ?(?:\r\n|\r|\n)/.exec(head);
    if (!match) throw new PdfFault("cross-reference table broken");
    here = readEntries({ bytes, at: here + match[0].length, first: Number(match[1]), count: Number(match[2]) }, entries);
  }
  const trailer = readPdfValue(bytes, here + "trailer".length);
  if (trailer.kind !== "dictionary") throw new PdfFault("no trailer");
  if (trailer.entries.has("XRefStm")) throw new PdfFault("hybrid file", true);
  return { trailer, entries };
}

type Run = { bytes: Buffer; at: number; first: number; count: number };

function readEntries({ bytes, at, first, count }: Run, entries: Section["entries"]): number {
  if (count > MAX_OBJECTS || at + count * 20 > bytes.length) throw new PdfFault("cross-reference table broken");
  for (let i = 0; i < count; i++) {
    const line = at + i * 20;
    const offset = digitsAt(bytes, line, 10);
    const generation = digitsAt(bytes, line + 11, 5);
    const kind = bytes[line + 17];
    const [before, last] = [bytes[line + 18], bytes[line + 19]];
    const isEntry =
      offset >= 0 &&
      generation >= 0 &&
      bytes[line + 10] === SPACE &&
      bytes[line + 16] === SPACE &&
      (kind === USED || kind === FREE) &&
      (before === SPACE || before === RETURN) &&
      (last === RETURN || last === NEWLINE);
    if (!isEntry || entries.has(first + i)) throw new PdfFault("cross-reference table broken");
    entries.set(first + i, kind === USED ? { offset, generation } : undefined);
  }
  return at + count * 20;
}

/** So many digits as a number, -1 when one of them is none. */
function digitsAt(bytes: Buffer, at: number, count: number): number {
  let number = 0;
  for (let i = at; i < at + count; i++) {
    const digit = bytes[i]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    number = number * 10 + digit;
  }
  return number;
}

/** The object a reference leads to; a value that is no reference is itself. */
export function resolve(file: PdfFile, value: PdfValue | undefined): PdfValue | undefined {
  if (value?.kind !== "reference") return value;
  const place = file.places.get(value.number);
  if (!place) return undefined;
  const head = /^(\d{1,10}) (\d{1,5}) obj(?=[\0\t\n\f\r <[(/])/.exec(
    file.bytes.toString("latin1", place.offset, place.offset + 32),
  );
  const isRight = head && Number(head[1]) === value.number && Number(head[2]) === value.generation;
  if (!isRight || place.generation !== value.generation) throw new PdfFault("object not where it should be");
  const found = readPdfValue(file.bytes, place.offset + head[0].length);
  const after = skipSpace(file.bytes, found.end);
  if (!/^(endobj|stream)/.test(file.bytes.toString("latin1", after, after + 6))) throw new PdfFault("object without an end");
  return found;
}

export function dictionaryAt(file: PdfFile, value: PdfValue | undefined): PdfDictionary {
  const found = resolve(file, value);
  if (found?.kind !== "dictionary") throw new PdfFault("dictionary expected");
  return found;
}

export function itemsAt(file: PdfFile, value: PdfValue | undefined): readonly PdfValue[] {
  const found = resolve(file, value);
  if (found === undefined) return [];
  if (found.kind !== "array") throw new PdfFault("array expected");
  return found.items;
}

export function referenceIn(dictionary: PdfDictionary, key: string): PdfReference {
  const value = dictionary.entries.get(key);
  if (value?.kind !== "reference") throw new PdfFault(`reference expected under ${key}`);
  return value;
}

export function nameIn(dictionary: PdfDictionary, key: string): string | undefined {
  const value = dictionary.entries.get(key);
  return value?.kind === "name" ? value.name : undefined;
}

export function wholeNumber(value: PdfValue | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (value.kind !== "number" || !value.isWhole) throw new PdfFault("whole number expected");
  return value.number;
}
