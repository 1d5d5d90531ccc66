import { closeSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { Plain } from "@kerege/kernel/feel";
import { problem } from "../problems.ts";

/** What a column holds. `day` is `YYYY-MM-DD`; `json` is anything plain, written once for all rows of a block that have the same. */
export type ColumnKind = "text" | "number" | "day" | "yes" | "json";

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}

export interface PastHeader {
  readonly columns: readonly Column[];
  /** Whose cases they are and from where: plain, for whoever opens the file. */
  readonly about: Readonly<Record<string, Plain>>;
}

/** Values of a row by column; left out where nothing was recorded, which is not the same as null. */
export type PastRow = Readonly<Record<string, Plain | undefined>>;

/** Rows that are encoded together. */
const BLOCK = 8192;
const MARK = Buffer.from("KEREGE-PAST-1\n", "latin1");
const DAY_MS = 86_400_000;
/** Longest header or block that is believed; a longer one is a spoilt file. */
const MOST_BYTES = 1 << 28;

const ABSENT = 0;
const NULL = 1;
const VALUE = 2;

interface ColumnPart {
  /** Whether each row has a value; left out where all have one. */
  states?: [from: number, bytes: number];
  values: [from: number, bytes: number];
  as: "u8" | "u16" | "i32" | "f64";
  /** Distinct texts, or JSON texts. */
  dictionary?: string[];
}

interface BlockHeader {
  rows: number;
  columns: ColumnPart[];
}

/** Writes past cases into a file, column by column; memory holds one block. */
export function writePast(file: string, header: PastHeader): { add(row: PastRow): void; close(): number } {
  const partial = `${file}.partial`;
  const handle = openSync(partial, "w", 0o600);
  writeSync(handle, MARK);
  writeFramed(handle, Buffer.from(JSON.stringify(header)));
  let rows: PastRow[] = [];
  let written = 0;
  const flush = () => {
    if (rows.length === 0) return;
    writeFramed(handle, zstdCompressSync(encodeBlock(header.columns, rows)));
    written += rows.length;
    rows = [];
  };
  return {
    add(row) {
      rows.push(row);
      if (rows.length === BLOCK) flush();
    },
    /** Gives the number of rows; only now the file stands under its name. */
    close() {
      flush();
      closeSync(handle);
      renameSync(partial, file);
      return written;
    },
  };
}

function writeFramed(handle: number, bytes: Buffer): void {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  writeSync(handle, length);
  writeSync(handle, bytes);
}

function encodeBlock(columns: readonly Column[], rows: readonly PastRow[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  const put = (bytes: ArrayBufferView): [number, number] => {
    const place: [number, number] = [at, bytes.byteLength];
    const padding = (8 - (bytes.byteLength % 8)) % 8;
    parts.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), Buffer.alloc(padding));
    at += bytes.byteLength + padding;
    return place;
  };
  const header: BlockHeader = { rows: rows.length, columns: columns.map((column) => encodeColumn(column, rows, put)) };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(text.length);
  const padding = Buffer.alloc((8 - (text.length % 8)) % 8, 0x20);
  return Buffer.concat([length, text, padding, ...parts]);
}

function encodeColumn(column: Column, rows: readonly PastRow[], put: (bytes: ArrayBufferView) => [number, number]): ColumnPart {
  const states = new Uint8Array(rows.length);
  const numbers = new Float64Array(rows.length);
  const dictionary = new Map<string, number>();
  for (let row = 0; row < rows.length; row++) {
    const value = rows[row]![column.name];
    states[row] = value === undefined ? ABSENT : value === null ? NULL : VALUE;
    if (value === undefined || value === null) continue;
    numbers[row] = numberOf(column, value, dictionary);
  }
  const texts = column.kind === "text" || column.kind === "json";
  const as = texts ? (dictionary.size <= 256 ? "u8" : "u16") : column.kind === "yes" ? "u8" : asOf(numbers);
  return {
    ...(states.some((state) => state !== VALUE) && { states: put(states) }),
    values: put(
      as === "u8"
        ? Uint8Array.from(numbers)
        : as === "u16"
          ? Uint16Array.from(numbers)
          : as === "i32"
            ? Int32Array.from(numbers)
            : numbers,
    ),
    as,
    ...(texts && { dictionary: [...dictionary.keys()] }),
  };
}

function numberOf(column: Column, value: Plain, dictionary: Map<string, number>): number {
  if (column.kind === "yes" && typeof value === "boolean") return value ? 1 : 0;
  if (column.kind === "number" && typeof value === "number") return value;
  if (column.kind === "day" && typeof value === "string") {
    const day = Date.parse(`${value}T00:00:00Z`) / DAY_MS;
    if (Number.isInteger(day)) return day;
  }
  if (column.kind === "json" || (column.kind === "text" && typeof value === "string")) {
    const text = column.kind === "json" ? JSON.stringify(value) : (value as string);
    let index = dictionary.get(text);
    if (index === undefined) {
      index = dictionary.size;
      dictionary.set(text, index);
    }
    return index;
  }
  throw new TypeError(`the column ${column.name} holds ${column.kind}, which a ${typeof value} is not`);
}

function asOf(numbers: Float64Array): "i32" | "f64" {
  return numbers.every((number) => Number.isInteger(number) && Math.abs(number) < 2 ** 31 && !Object.is(number, -0))
    ? "i32"
    : "f64";
}

export interface PastBlock {
  readonly rows: number;
  /** Values of one column, by row. */
  column(name: string): (row: number) => Plain | undefined;
}

export interface PastFile {
  readonly header: PastHeader;
  /** From the first on, each call anew. */
  blocks(): Generator<PastBlock>;
  /** Row by row, with the columns by name. */
  rows(): Generator<PastRow>;
  close(): void;
}

/** Opens a file of past cases. A file that is none, or is spoilt, is a Problem. Memory holds one block. */
export function openPast(file: string): PastFile {
  const handle = openSync(file, "r");
  const mark = Buffer.alloc(MARK.length);
  readSync(handle, mark, 0, MARK.length, 0);
  if (!mark.equals(MARK)) {
    closeSync(handle);
    throw problem("no-past-file");
  }
  const head = readFramed(handle, MARK.length);
  if (!head) throw problem("no-past-file");
  const header = JSON.parse(head.bytes.toString()) as PastHeader;
  function* blocks(): Generator<PastBlock> {
    for (let at = head!.next; ; ) {
      const frame = readFramed(handle, at);
      if (!frame) return;
      at = frame.next;
      yield decodeBlock(header.columns, zstdDecompressSync(frame.bytes, { maxOutputLength: MOST_BYTES }));
    }
  }
  function* rows(): Generator<PastRow> {
    const { columns } = header;
    for (const block of blocks()) {
      const read = columns.map((column) => block.column(column.name));
      for (let row = 0; row < block.rows; row++) {
        const made: Record<string, Plain | undefined> = {};
        for (let index = 0; index < columns.length; index++) {
          const value = read[index]!(row);
          if (value !== undefined) made[columns[index]!.name] = value;
        }
        yield made;
      }
    }
  }
  return { header, blocks, rows, close: () => closeSync(handle) };
}

function readFramed(handle: number, at: number): { bytes: Buffer; next: number } | undefined {
  const length = Buffer.alloc(4);
  const got = readSync(handle, length, 0, 4, at);
  if (got === 0) return undefined;
  const size = length.readUInt32LE();
  if (got < 4 || size > MOST_BYTES) throw problem("past-file-spoilt");
  const bytes = Buffer.alloc(size);
  if (readSync(handle, bytes, 0, size, at + 4) < size) throw problem("past-file-spoilt");
  return { bytes, next: at + 4 + size };
}

function decodeBlock(columns: readonly Column[], found: Buffer): PastBlock {
  // Typed arrays stand at multiples of their size, which a slice of a pool need not.
  const bytes = found.byteOffset % 8 === 0 ? found : Buffer.from(Uint8Array.from(found).buffer);
  const length = bytes.readUInt32LE();
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + length)) as BlockHeader;
  const begin = bytes.byteOffset + 8 + Math.ceil(length / 8) * 8;
  const index = new Map(columns.map((column, number) => [column.name, number]));
  return {
    rows: header.rows,
    column(name) {
      const number = index.get(name);
      if (number === undefined) return () => undefined;
      return decodeColumn(columns[number]!, header.columns[number]!, { buffer: bytes.buffer as ArrayBuffer, begin });
    },
  };
}

function decodeColumn(
  { kind }: Column,
  part: ColumnPart,
  { buffer, begin }: { buffer: ArrayBuffer; begin: number },
): (row: number) => Plain | undefined {
  const [from, size] = part.values;
  const at = begin + from;
  const values =
    part.as === "u8"
      ? new Uint8Array(buffer, at, size)
      : part.as === "u16"
        ? new Uint16Array(buffer, at, size / 2)
        : part.as === "i32"
          ? new Int32Array(buffer, at, size / 4)
          : new Float64Array(buffer, at, size / 8);
  const states = part.states && new Uint8Array(buffer, begin + part.states[0], part.states[1]);
  const value = reading(kind, part, values);
  if (!states) return value;
  return (row) => (states[row] === VALUE ? value(row) : states[row] === NULL ? null : undefined);
}

function reading(kind: ColumnKind, part: ColumnPart, values: ArrayLike<number>): (row: number) => Plain {
  if (kind === "number") return (row) => values[row]!;
  if (kind === "yes") return (row) => values[row] === 1;
  if (kind === "day") return (row) => dayText(values[row]!);
  const dictionary: Plain[] = kind === "json" ? part.dictionary!.map((text) => JSON.parse(text) as Plain) : part.dictionary!;
  return (row) => dictionary[values[row]!]!;
}

const days = new Map<number, string>();
/** Texts of days are few beside the cases they stand in. */
function dayText(day: number): string {
  let text = days.get(day);
  if (text === undefined) {
    text = new Date(day * DAY_MS).toISOString().slice(0, 10);
    if (days.size < 100_000) days.set(day, text);
  }
  return text;
}
