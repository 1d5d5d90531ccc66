/**
 * CBOR in its core deterministic form (RFC 8949, 4.2.1), as much as a sealed statement needs: whole numbers, text, bytes,
 * booleans, null, lists and maps. No floats, no tags, no indefinite lengths; map keys are sorted and unique.
 *
 * A map is an object here. A key written as a whole number ("4", "-1") is an integer key on the wire, which is one or two
 * bytes in the QR code; any other key is text.
 */

export type ClaimValue = number | string | boolean | null | Uint8Array | readonly ClaimValue[] | Claims;
export type Claims = { readonly [key: string]: ClaimValue };

/** The bytes are not deterministic CBOR, or the value cannot be written as such. */
export class CborFault extends Error {
  override readonly name = "CborFault";
}

const MAX_DEPTH = 8;
const MAX_KEY = 64;
const INTEGER_KEY = /^(0|-?[1-9]\d{0,8})$/;

// Writing ----------------------------------------------------------------------------------------------------------

export function encodeCbor(value: ClaimValue, depth = 0): Buffer {
  if (depth > MAX_DEPTH) throw new CborFault("nested too deep");
  if (value === null) return Buffer.from([0xf6]);
  if (typeof value === "boolean") return Buffer.from([value ? 0xf5 : 0xf4]);
  if (typeof value === "number") return encodeInteger(value);
  if (typeof value === "string") return encodeText(value);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map((one) => encodeCbor(one, depth + 1))]);
  const entries = Object.entries(value as Claims).map(([key, one]) => [encodeKey(key), encodeCbor(one, depth + 1)] as const);
  entries.sort((a, b) => Buffer.compare(a[0], b[0]));
  return Buffer.concat([head(5, entries.length), ...entries.flat()]);
}

/** A tagged or listed structure around parts that are already encoded. */
export const encodeList = (parts: readonly Uint8Array[]): Buffer => Buffer.concat([head(4, parts.length), ...parts]);
export const encodeTag = (tag: number, value: Uint8Array): Buffer => Buffer.concat([head(6, tag), value]);

function encodeInteger(value: number): Buffer {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new CborFault("only whole numbers can be sealed");
  return value < 0 ? head(1, -1 - value) : head(0, value);
}

function encodeText(value: string): Buffer {
  if (!value.isWellFormed()) throw new CborFault("text is not well-formed Unicode");
  const bytes = Buffer.from(value, "utf8");
  return Buffer.concat([head(3, bytes.length), bytes]);
}

function encodeKey(key: string): Buffer {
  if (key === "__proto__" || key.length > MAX_KEY) throw new CborFault("unfit key");
  return INTEGER_KEY.test(key) ? encodeInteger(Number(key)) : encodeText(key);
}

function head(major: number, argument: number): Buffer {
  const top = major << 5;
  if (argument < 24) return Buffer.from([top | argument]);
  if (argument < 0x100) return Buffer.from([top | 24, argument]);
  const bytes = Buffer.alloc(argument < 0x10000 ? 3 : argument < 0x100000000 ? 5 : 9);
  bytes[0] = top | (bytes.length === 3 ? 25 : bytes.length === 5 ? 26 : 27);
  if (bytes.length === 3) bytes.writeUInt16BE(argument, 1);
  else if (bytes.length === 5) bytes.writeUInt32BE(argument, 1);
  else bytes.writeBigUInt64BE(BigInt(argument), 1);
  return bytes;
}

// Reading ----------------------------------------------------------------------------------------------------------

/** Reads one value that fills the input. Throws {@link CborFault}. */
export function decodeCbor(input: Uint8Array): ClaimValue {
  const reader: Reader = { bytes: Buffer.from(input), at: 0 };
  const value = readValue(reader, 0);
  if (reader.at !== reader.bytes.length) throw new CborFault("bytes after the value");
  return value;
}

type Reader = { readonly bytes: Buffer; at: number };

/** Strips `tag` from the front and returns the list items under it, which must be exactly `count`, still encoded. */
export function splitTaggedList(input: Uint8Array, tag: number, count: number): readonly Buffer[] {
  const reader: Reader = { bytes: Buffer.from(input), at: 0 };
  const outer = readHead(reader);
  const list = outer.major === 6 && outer.argument === tag ? readHead(reader) : undefined;
  if (list?.major !== 4 || list.argument !== count) throw new CborFault("another structure expected");
  const parts: Buffer[] = [];
  for (let i = 0; i < count; i++) {
    const from = reader.at;
    readValue(reader, 1);
    parts.push(reader.bytes.subarray(from, reader.at));
  }
  if (reader.at !== reader.bytes.length) throw new CborFault("bytes after the value");
  return parts;
}

function readHead(reader: Reader): { major: number; argument: number; short: number } {
  const first = reader.bytes[reader.at];
  if (first === undefined) throw new CborFault("value cut short");
  reader.at += 1;
  const major = first >> 5;
  const short = first & 0x1f;
  if (short < 24) return { major, argument: short, short };
  if (short > 27) throw new CborFault("indefinite length or reserved form");
  const size = 1 << (short - 24);
  if (reader.at + size > reader.bytes.length) throw new CborFault("value cut short");
  const argument = size === 8 ? Number(reader.bytes.readBigUInt64BE(reader.at)) : reader.bytes.readUIntBE(reader.at, size);
  reader.at += size;
  const least = size === 1 ? 24 : 2 ** (8 * (size / 2));
  if (argument < least || !Number.isSafeInteger(argument)) throw new CborFault("number not in its shortest form");
  return { major, argument, short };
}

function readValue(reader: Reader, depth: number): ClaimValue {
  if (depth > MAX_DEPTH) throw new CborFault("nested too deep");
  const { major, argument, short } = readHead(reader);
  switch (major) {
    case 0:
      return argument;
    case 1:
      if (!Number.isSafeInteger(-1 - argument)) throw new CborFault("number too large");
      return -1 - argument;
    case 2:
      return take(reader, argument);
    case 3:
      return readText(reader, argument);
    case 4:
      return readList(reader, argument, depth);
    case 5:
      return readMap(reader, argument, depth);
    case 7:
      if (short === 20 || short === 21) return short === 21;
      if (short === 22) return null;
  }
  throw new CborFault("floats, tags and other simple values are not part of a statement");
}

function take(reader: Reader, length: number): Buffer {
  const end = reader.at + length;
  if (end > reader.bytes.length) throw new CborFault("value cut short");
  const part = reader.bytes.subarray(reader.at, end);
  reader.at = end;
  return part;
}

function readText(reader: Reader, length: number): string {
  const bytes = take(reader, length);
  const text = bytes.toString("utf8");
  if (!Buffer.from(text, "utf8").equals(bytes)) throw new CborFault("text is not UTF-8");
  return text;
}

function readList(reader: Reader, length: number, depth: number): ClaimValue[] {
  // Each item takes at least one byte, so a lying length cannot make us reserve memory.
  if (length > reader.bytes.length - reader.at) throw new CborFault("value cut short");
  const list: ClaimValue[] = [];
  for (let i = 0; i < length; i++) list.push(readValue(reader, depth + 1));
  return list;
}

function readMap(reader: Reader, length: number, depth: number): Claims {
  if (length > reader.bytes.length - reader.at) throw new CborFault("value cut short");
  const map: Record<string, ClaimValue> = Object.create(null);
  let previous: Buffer | undefined;
  for (let i = 0; i < length; i++) {
    const from = reader.at;
    const key = readValue(reader, depth + 1);
    const encoded = reader.bytes.subarray(from, reader.at);
    if (previous && Buffer.compare(previous, encoded) >= 0) throw new CborFault("keys not sorted and unique");
    previous = encoded;
    map[keyText(key)] = readValue(reader, depth + 1);
  }
  return map;
}

function keyText(key: ClaimValue): string {
  if (typeof key === "number" && INTEGER_KEY.test(String(key))) return String(key);
  if (typeof key === "string" && key.length <= MAX_KEY && key !== "__proto__" && !INTEGER_KEY.test(key)) return key;
  throw new CborFault("unfit key");
}
