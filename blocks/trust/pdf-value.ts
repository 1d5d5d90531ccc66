/**
 * The values of PDF syntax (ISO 32000-2, 7.3), each with the place where it stands in the file. Strict: a dictionary with a key
 * given twice, a string without an end or a nesting without a bottom is a fault, not something to be guessed at.
 */

type Place = { readonly start: number; readonly end: number };
export type PdfDictionary = Place & { readonly kind: "dictionary"; readonly entries: ReadonlyMap<string, PdfValue> };
export type PdfReference = Place & { readonly kind: "reference"; readonly number: number; readonly generation: number };
export type PdfString = Place & { readonly kind: "string"; readonly bytes: Buffer; readonly isHex: boolean };
export type PdfValue =
  | PdfDictionary
  | PdfReference
  | PdfString
  | (Place & { readonly kind: "array"; readonly items: readonly PdfValue[] })
  | (Place & { readonly kind: "name"; readonly name: string })
  | (Place & { readonly kind: "number"; readonly number: number; readonly isWhole: boolean })
  | (Place & { readonly kind: "keyword"; readonly word: string });

/** The file is not what the standard says, or (`unsupported`) is written in a way we do not read. */
export class PdfFault extends Error {
  override readonly name = "PdfFault";
  readonly isUnsupported: boolean;
  constructor(message: string, isUnsupported = false) {
    super(message);
    this.isUnsupported = isUnsupported;
  }
}

const MAX_DEPTH = 32;
const MAX_ITEMS = 100_000;
const WHITE = new Set([0, 9, 10, 12, 13, 32]);
const DELIMITERS = new Set([..."()<>[]{}/%"].map((character) => character.charCodeAt(0)));
const code = (character: string): number => character.charCodeAt(0);
const isRegular = (byte: number | undefined): boolean => byte !== undefined && !WHITE.has(byte) && !DELIMITERS.has(byte);

/** The first place at or after `at` that is neither white space nor a comment. */
export function skipSpace(pdf: Buffer, at: number): number {
  let here = at;
  for (;;) {
    const byte = pdf[here];
    if (byte !== undefined && WHITE.has(byte)) here += 1;
    else if (byte === code("%")) {
      while (here < pdf.length && pdf[here] !== 10 && pdf[here] !== 13) here += 1;
    } else return here;
  }
}

export function readPdfValue(pdf: Buffer, at: number, depth = 0): PdfValue {
  if (depth > MAX_DEPTH) throw new PdfFault("nested too deep");
  const start = skipSpace(pdf, at);
  const byte = pdf[start];
  if (byte === undefined) throw new PdfFault("file cut short");
  if (byte === code("/")) return readName(pdf, start);
  if (byte === code("(")) return readLiteral(pdf, start);
  if (byte === code("[")) return readArray(pdf, start, depth);
  if (byte === code("<")) return pdf[start + 1] === code("<") ? readDictionary(pdf, start, depth) : readHex(pdf, start);
  return readWord(pdf, start);
}

function wordEnd(pdf: Buffer, start: number): number {
  let end = start;
  while (isRegular(pdf[end])) end += 1;
  return end;
}

function readName(pdf: Buffer, start: number): PdfValue {
  const end = wordEnd(pdf, start + 1);
  // `#41` is another way to write `A` (7.3.5): both must be the same key.
  const raw = pdf.toString("latin1", start + 1, end);
  const name = raw.replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { kind: "name", name, start, end };
}

function readWord(pdf: Buffer, start: number): PdfValue {
  const end = wordEnd(pdf, start);
  const word = pdf.toString("latin1", start, Math.min(end, start + 40));
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(word) && end - start <= 40) {
    const isWhole = /^\d{1,10}$/.test(word);
    return (isWhole && readReference(pdf, start)) || { kind: "number", number: Number(word), isWhole, start, end };
  }
  if (word === "true" || word === "false" || word === "null") return { kind: "keyword", word, start, end };
  throw new PdfFault("unknown word");
}

function readReference(pdf: Buffer, start: number): PdfReference | undefined {
  const match = /^(\d{1,10})[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R/.exec(pdf.toString("latin1", start, start + 32));
  if (!match || isRegular(pdf[start + match[0].length])) return undefined;
  return { kind: "reference", number: Number(match[1]), generation: Number(match[2]), start, end: start + match[0].length };
}

function readArray(pdf: Buffer, start: number, depth: number): PdfValue {
  const items: PdfValue[] = [];
  let at = skipSpace(pdf, start + 1);
  while (pdf[at] !== code("]")) {
    const item = readPdfValue(pdf, at, depth + 1);
    if (items.push(item) > MAX_ITEMS) throw new PdfFault("too many items");
    at = skipSpace(pdf, item.end);
  }
  return { kind: "array", items, start, end: at + 1 };
}

function readDictionary(pdf: Buffer, start: number, depth: number): PdfDictionary {
  const entries = new Map<string, PdfValue>();
  let at = skipSpace(pdf, start + 2);
  while (pdf[at] !== code(">")) {
    const key = readPdfValue(pdf, at, depth + 1);
    if (key.kind !== "name" || entries.has(key.name)) throw new PdfFault("key missing or given twice");
    const value = readPdfValue(pdf, key.end, depth + 1);
    if (entries.set(key.name, value).size > MAX_ITEMS) throw new PdfFault("too many items");
    at = skipSpace(pdf, value.end);
  }
  if (pdf[at + 1] !== code(">")) throw new PdfFault("dictionary without an end");
  return { kind: "dictionary", entries, start, end: at + 2 };
}

function readHex(pdf: Buffer, start: number): PdfString {
  const end = pdf.indexOf(">", start);
  const digits = end < 0 ? "" : pdf.toString("latin1", start + 1, end).replace(/[\0\t\n\f\r ]/g, "");
  if (end < 0 || !/^[0-9A-Fa-f]*$/.test(digits)) throw new PdfFault("string without an end");
  return { kind: "string", bytes: Buffer.from(digits + (digits.length % 2 ? "0" : ""), "hex"), isHex: true, start, end: end + 1 };
}

const ESCAPES: Record<string, number> = { n: 10, r: 13, t: 9, b: 8, f: 12 };

function readLiteral(pdf: Buffer, start: number): PdfString {
  const bytes: number[] = [];
  let open = 1;
  let at = start + 1;
  for (; open > 0; at++) {
    const byte = pdf[at];
    if (byte === undefined) throw new PdfFault("string without an end");
    if (byte === code("\\")) {
      const octal = /^[0-7]{1,3}/.exec(pdf.toString("latin1", at + 1, at + 4))?.[0];
      const next = pdf.toString("latin1", at + 1, at + 2);
      if (octal) bytes.push(Number.parseInt(octal, 8) & 0xff);
      else if (next in ESCAPES) bytes.push(ESCAPES[next]!);
      // A backslash at the end of a line continues it.
      else if (next !== "\n" && next !== "\r") bytes.push(next.charCodeAt(0));
      else if (next === "\r" && pdf[at + 2] === 10) at += 1;
      at += octal ? octal.length : 1;
      continue;
    }
    if (byte === code("(")) open += 1;
    if (byte === code(")")) open -= 1;
    if (open > 0) bytes.push(byte);
  }
  return { kind: "string", bytes: Buffer.from(bytes), isHex: false, start, end: at };
}

/** A text string as people read it: UTF-16 with its mark, UTF-8 with its mark, else Latin-1 (7.9.2.2). */
export function pdfText({ bytes }: PdfString): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0)
    return Buffer.from(bytes.subarray(2)).swap16().toString("utf16le");
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.toString("utf8", 3);
  return bytes.toString("latin1");
}

/** Writes a text string: printable ASCII as a literal, anything else as UTF-16. */
export function writePdfText(text: string): string {
  if (/^[ -~]*$/.test(text)) return `(${text.replace(/[\\()]/g, "\\$&")})`;
  return `<feff${Buffer.from(text, "utf16le").swap16().toString("hex")}>`;
}
