/**
 * Reads back the files that `pdf.ts` writes and `trust` signs: classic tables, whole generations, direct lengths. Whatever else a
 * PDF may be is a `PdfUnknown`, since it is not ours.
 */
import { inflateSync } from "node:zlib";

export class PdfUnknown extends Error {}

export interface Name {
  name: string;
}
export interface Reference {
  reference: number;
}
export type Dictionary = Map<string, Value>;
export type Value = number | string | boolean | null | Name | Reference | Value[] | Dictionary;

export interface PdfReading {
  root: Dictionary;
  /** The value an object or a reference stands for. */
  resolve(value: Value | undefined): Value;
  dictionary(value: Value | undefined): Dictionary;
  list(value: Value | undefined): Value[];
  /** Content of a stream, unpacked. */
  stream(value: Value | undefined): { dictionary: Dictionary; content: Buffer };
}

/** A document that is kept for generations is stamped anew every few years, by two updates each time. */
const MAX_UPDATES = 32;
const MAX_OBJECTS = 20_000;
const MAX_DEPTH = 16;
/** A page or an attachment of ours is a hundredth of this; a packed bomb stops here. */
const MAX_CONTENT = 4 * 1024 * 1024;

/** Throws `PdfUnknown`. */
export function readPdf(bytes: Buffer): PdfReading {
  const { places, trailer } = readTables(bytes);
  const seen = new Map<number, { value: Value; end: number }>();
  const load = (number: number) => {
    const known = seen.get(number);
    if (known) return known;
    const at = places.get(number);
    const header = `${number} 0 obj\n`;
    if (at === undefined || bytes.toString("latin1", at, at + header.length) !== header)
      throw new PdfUnknown("object not at its place");
    const read = readValue(bytes, at + header.length, 0);
    seen.set(number, read);
    return read;
  };
  const resolve = (value: Value | undefined): Value => {
    if (value === undefined) throw new PdfUnknown("entry missing");
    return isReference(value) ? load(value.reference).value : value;
  };
  const dictionary = (value: Value | undefined): Dictionary => {
    const found = resolve(value);
    if (!(found instanceof Map)) throw new PdfUnknown("not a dictionary");
    return found;
  };
  return {
    root: dictionary(trailer.get("Root")),
    resolve,
    dictionary,
    list(value) {
      const found = resolve(value);
      if (!Array.isArray(found)) throw new PdfUnknown("not a list");
      return found;
    },
    stream(value) {
      if (value === undefined || !isReference(value)) throw new PdfUnknown("stream without a place");
      const { value: entries, end } = load(value.reference);
      const length = entries instanceof Map ? entries.get("Length") : undefined;
      if (!(entries instanceof Map) || typeof length !== "number") throw new PdfUnknown("not a stream");
      const mark = "\nstream\n";
      const start = end + mark.length;
      if (
        bytes.toString("latin1", end, start) !== mark ||
        bytes.toString("latin1", start + length, start + length + 10) !== "\nendstream"
      ) {
        throw new PdfUnknown("stream of another length");
      }
      return { dictionary: entries, content: unpack(bytes.subarray(start, start + length), entries) };
    },
  };
}

export const isReference = (value: Value | undefined): value is Reference =>
  typeof value === "object" && value !== null && "reference" in value;

export const nameOf = (value: Value | undefined): string | undefined =>
  typeof value === "object" && value !== null && "name" in value ? value.name : undefined;

function unpack(packed: Buffer, entries: Dictionary): Buffer {
  if (entries.has("DecodeParms") || entries.has("F")) throw new PdfUnknown("stream packed in another way");
  if (!entries.has("Filter")) return packed;
  if (nameOf(entries.get("Filter")) !== "FlateDecode") throw new PdfUnknown("stream packed in another way");
  try {
    return inflateSync(packed, { maxOutputLength: MAX_CONTENT });
  } catch {
    throw new PdfUnknown("broken stream");
  }
}

function readTables(bytes: Buffer): { places: Map<number, number>; trailer: Dictionary } {
  const end = /\nstartxref\n(\d{1,10})\n%%EOF\n$/.exec(bytes.toString("latin1", Math.max(0, bytes.length - 48)));
  if (!end) throw new PdfUnknown("no end");
  const places = new Map<number, number>();
  let trailer: Dictionary | undefined;
  let at: number | undefined = Number(end[1]);
  for (let updates = 0; at !== undefined; updates++) {
    if (updates >= MAX_UPDATES) throw new PdfUnknown("too many updates");
    const table = readTable(bytes, at, places);
    trailer ??= table;
    const previous = table.get("Prev");
    if (previous !== undefined && (typeof previous !== "number" || previous >= at)) throw new PdfUnknown("tables in a circle");
    at = previous;
  }
  return { places, trailer: trailer! };
}

/** Adds the places that a newer table has not given yet. */
function readTable(bytes: Buffer, at: number, places: Map<number, number>): Dictionary {
  if (bytes.toString("latin1", at, at + 5) !== "xref\n") throw new PdfUnknown("no table");
  let here = at + 5;
  for (;;) {
    const head = /^(\d{1,6}) (\d{1,6})\n/.exec(bytes.toString("latin1", here, here + 16));
    if (!head) break;
    here += head[0].length;
    const [first, count] = [Number(head[1]), Number(head[2])];
    if (first + count > MAX_OBJECTS) throw new PdfUnknown("too many objects");
    for (let index = 0; index < count; index++, here += 20) {
      const entry = /^(\d{10}) (\d{5}) ([nf]) \n$/.exec(bytes.toString("latin1", here, here + 20));
      if (!entry) throw new PdfUnknown("broken table");
      if (!places.has(first + index)) places.set(first + index, entry[3] === "n" ? Number(entry[1]) : -1);
    }
  }
  const trailer = "trailer\n";
  if (bytes.toString("latin1", here, here + trailer.length) !== trailer) throw new PdfUnknown("no trailer");
  const { value } = readValue(bytes, here + trailer.length, 0);
  if (!(value instanceof Map)) throw new PdfUnknown("no trailer");
  return value;
}

const TOKEN =
  /[ \n]*(?:(<<)|(\[)|\/([^\s()<>[\]{}/%]*)|<([0-9a-fA-F]*)>|\(((?:[^()\\]|\\[\s\S])*)\)|(\d+) 0 R\b|([+-]?\d+(?:\.\d+)?)|(true|false|null)|(>>|\]))/y;
/** Longest value read at once; the window doubles when it is too small. */
const WINDOW = 4096;

/** One value and where it ends. */
function readValue(bytes: Buffer, at: number, depth: number): { value: Value; end: number } {
  for (let size = WINDOW; ; size *= 4) {
    const text = bytes.toString("latin1", at, at + size);
    const cursor = { text, at: 0, cut: at + size < bytes.length };
    try {
      const value = next(cursor, depth);
      return { value: value as Value, end: at + cursor.at };
    } catch (fault) {
      if (!(fault instanceof PdfUnknown) || !cursor.cut || size > MAX_CONTENT) throw fault;
    }
  }
}

const CLOSE = Symbol("close");

function next(cursor: { text: string; at: number }, depth: number): Value | typeof CLOSE {
  if (depth > MAX_DEPTH) throw new PdfUnknown("nested too deep");
  TOKEN.lastIndex = cursor.at;
  const match = TOKEN.exec(cursor.text);
  if (!match) throw new PdfUnknown("unknown word");
  cursor.at = TOKEN.lastIndex;
  const [, map, list, name, hex, literal, reference, number, word] = match;
  if (map) return readMap(cursor, depth);
  if (list) {
    const values: Value[] = [];
    for (let value = next(cursor, depth + 1); value !== CLOSE; value = next(cursor, depth + 1)) values.push(value);
    return values;
  }
  if (name !== undefined)
    return { name: name.replace(/#([0-9a-fA-F]{2})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16))) };
  if (hex !== undefined) return textOf(Buffer.from(hex, "hex"));
  if (literal !== undefined) return textOf(Buffer.from(literal.replace(/\\([\s\S])/g, "$1"), "latin1"));
  if (reference !== undefined) return { reference: Number(reference) };
  if (number !== undefined) return Number(number);
  if (word !== undefined) return word === "null" ? null : word === "true";
  return CLOSE;
}

function readMap(cursor: { text: string; at: number }, depth: number): Dictionary {
  const entries: Dictionary = new Map();
  for (;;) {
    const key = next(cursor, depth + 1);
    if (key === CLOSE) return entries;
    const value = next(cursor, depth + 1);
    const name = nameOf(key);
    if (name === undefined || value === CLOSE || entries.has(name)) throw new PdfUnknown("key missing or given twice");
    entries.set(name, value);
  }
}

function textOf(bytes: Buffer): string {
  return bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0
    ? Buffer.from(bytes.subarray(2)).swap16().toString("utf16le")
    : bytes.toString("latin1");
}
