/**
 * DER, the one encoding of ASN.1 that certificates and signatures use (ITU-T X.690).
 *
 * The writer produces definite, minimal lengths. The reader accepts nothing else: every byte of the input has exactly one
 * meaning, so that no two different byte strings are ever read as the same signature.
 */

export type Der = {
  readonly tag: number;
  /** The whole value with tag and length, as it stands in the input. */
  readonly bytes: Buffer;
  /** What follows tag and length. */
  readonly content: Buffer;
  /** Present when the tag is a constructed one. */
  readonly children: readonly Der[];
};

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  none: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8: 0x0c,
  printable: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

const MAX_DEPTH = 32;
const MAX_VALUES = 20_000;

/** The bytes are not DER; never leaves this block: readers turn it into a result. */
export class DerFault extends Error {
  override readonly name = "DerFault";
}

// Writing ----------------------------------------------------------------------------------------------------------

export function encode(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  // Made in one piece: every answer and every time stamp is put together of dozens of these.
  const bytes = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4;
  const made = Buffer.allocUnsafe(2 + bytes + length);
  made[0] = tag;
  made[1] = bytes === 0 ? length : 0x80 | bytes;
  if (bytes > 0) made.writeUIntBE(length, 2, bytes);
  let at = 2 + bytes;
  for (const part of parts) {
    made.set(part, at);
    at += part.length;
  }
  return made;
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => encode(TAG.sequence, ...parts);

/** SET OF: DER sorts the encodings (X.690, 11.6). */
export const setOf = (...parts: readonly Uint8Array[]): Buffer => encode(TAG.set, ...[...parts].sort(Buffer.compare));

export const boolean = (value: boolean): Buffer => encode(TAG.boolean, Buffer.from([value ? 0xff : 0]));
export const octets = (value: Uint8Array): Buffer => encode(TAG.octets, value);
export const utf8 = (value: string): Buffer => encode(TAG.utf8, Buffer.from(value, "utf8"));
export const printable = (value: string): Buffer => encode(TAG.printable, Buffer.from(value, "latin1"));

/** Constructed context tag `[number]`. */
export const context = (number: number, ...parts: readonly Uint8Array[]): Buffer => encode(0xa0 | number, ...parts);

/** Bits given as whole bytes; `unused` counts the free bits of the last byte. */
export const bits = (value: Uint8Array, unused = 0): Buffer => encode(TAG.bits, Buffer.from([unused]), value);

export function integer(value: number | Uint8Array): Buffer {
  if (typeof value !== "number") {
    const head = value[0] ?? 0;
    return encode(TAG.integer, head & 0x80 ? Buffer.concat([Buffer.from([0]), value]) : value);
  }
  let hex = value.toString(16);
  if (hex.length % 2) hex = `0${hex}`;
  return integer(Buffer.from(hex, "hex"));
}

const oids = new Map<string, Buffer>();

export function oid(text: string): Buffer {
  const known = oids.get(text);
  if (known) return known;
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift(0x80 | (left % 128));
    bytes.push(...groups);
  }
  const made = encode(TAG.oid, Buffer.from(bytes));
  oids.set(text, made);
  return made;
}

/** UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280, 4.1.2.5). Whole seconds, UTC. */
export function time(at: Date): Buffer {
  const digits = at.toISOString().slice(0, 19).replace(/[-:T]/g, "");
  return at.getUTCFullYear() < 2050
    ? encode(TAG.utcTime, Buffer.from(`${digits.slice(2)}Z`, "latin1"))
    : encode(TAG.generalizedTime, Buffer.from(`${digits}Z`, "latin1"));
}

// Reading ----------------------------------------------------------------------------------------------------------

/** Reads one value that fills the whole input, below 16 MB, with at most `most` values in it. Throws {@link DerFault}. */
export function read(input: Uint8Array, most = MAX_VALUES): Der {
  const bytes = Buffer.isBuffer(input) ? input : Buffer.from(input.buffer, input.byteOffset, input.length);
  const budget = { left: most };
  const value = readAt({ bytes, budget }, 0, 0);
  if (value.bytes.length !== bytes.length) throw new DerFault("bytes after the value");
  return value;
}

type Input = { readonly bytes: Buffer; readonly budget: { left: number } };

function readAt(input: Input, start: number, depth: number): Der {
  const { bytes, budget } = input;
  if (depth > MAX_DEPTH) throw new DerFault("nested too deep");
  budget.left -= 1;
  if (budget.left < 0) throw new DerFault("too many values");
  const tag = bytes[start];
  if (tag === undefined) throw new DerFault("value cut short");
  if ((tag & 0x1f) === 0x1f) throw new DerFault("long tag");
  const { from, length } = lengthAt(bytes, start + 1);
  const end = from + length;
  if (end > bytes.length) throw new DerFault("value cut short");
  const content = bytes.subarray(from, end);
  const children: Der[] = [];
  if (tag & 0x20) {
    const inside: Input = { bytes: bytes.subarray(0, end), budget };
    for (let at = from; at < end; ) {
      const child = readAt(inside, at, depth + 1);
      children.push(child);
      at += child.bytes.length;
    }
  }
  const value: Der = { tag, bytes: bytes.subarray(start, end), content, children };
  checkContent(value);
  return value;
}

function lengthAt(bytes: Buffer, at: number): { from: number; length: number } {
  const first = bytes[at];
  if (first === undefined) throw new DerFault("length cut short");
  if (first < 0x80) return { from: at + 1, length: first };
  const count = first & 0x7f;
  if (count === 0 || count > 3) throw new DerFault("indefinite or oversize length");
  if (at + 1 + count > bytes.length) throw new DerFault("length cut short");
  const length = bytes.readUIntBE(at + 1, count);
  const least = count === 1 ? 0x80 : 2 ** (8 * (count - 1));
  if (length < least) throw new DerFault("length not minimal");
  return { from: at + 1 + count, length };
}

/** The universal types in use have one form each (X.690, 11). */
function checkContent({ tag, content, children }: Der): void {
  const size = content.length;
  const first = content[0] ?? 0;
  const second = content[1] ?? 0;
  const bad =
    (tag === TAG.boolean && (size !== 1 || (first !== 0 && first !== 0xff))) ||
    (tag === TAG.none && size !== 0) ||
    (tag === TAG.integer &&
      (size === 0 || (size > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))))) ||
    (tag === TAG.bits &&
      (size === 0 || first > 7 || (first > 0 && (size === 1 || (content[size - 1]! & ((1 << first) - 1)) !== 0)))) ||
    (tag === TAG.oid && !isOid(content)) ||
    (tag === TAG.set && !isSorted(children));
  if (bad) throw new DerFault(`value of tag ${tag} is not in its one form`);
  // Universal types 1–12 and the strings are primitive in DER, sequence and set are constructed, 0 is reserved.
  if ((tag & 0xc0) === 0) {
    const number = tag & 0x1f;
    const compound = number === 16 || number === 17;
    if (number === 0 || compound !== ((tag & 0x20) !== 0)) throw new DerFault(`tag ${tag} is not allowed`);
  }
}

function isOid(content: Buffer): boolean {
  if (content.length === 0 || content.length > 40) return false;
  let fresh = true;
  for (const byte of content) {
    if (fresh && byte === 0x80) return false;
    fresh = byte < 0x80;
  }
  return fresh;
}

export function isSorted(values: readonly Der[]): boolean {
  return values.every((value, i) => i === 0 || Buffer.compare(values[i - 1]!.bytes, value.bytes) <= 0);
}

export function oidText(value: Der): string {
  if (value.tag !== TAG.oid) throw new DerFault("object identifier expected");
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of value.content) {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER / 256) throw new DerFault("object identifier too large");
    if (byte < 0x80) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const head = arcs[0]!;
  const top = Math.min(2, Math.floor(head / 40));
  return [top, head - top * 40, ...arcs.slice(1)].join(".");
}

export function readTime(value: Der): Date {
  const text = value.content.toString("latin1");
  const short = value.tag === TAG.utcTime && /^\d{12}Z$/.test(text);
  const long = value.tag === TAG.generalizedTime && /^\d{14}Z$/.test(text);
  if (!short && !long) throw new DerFault("time expected");
  const digits = short ? `${Number(text.slice(0, 2)) < 50 ? "20" : "19"}${text}` : text;
  if (long && Number(digits.slice(0, 4)) < 2050) throw new DerFault("time before 2050 must be short");
  const at = new Date(digits.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  // A date such as 31 February would be moved by some parsers and refused by others.
  if (Number.isNaN(at.getTime()) || at.toISOString().replace(/[-:T]/g, "").slice(0, 14) !== digits.slice(0, 14)) {
    throw new DerFault("no such time");
  }
  return at;
}

/** The only child list a fixed structure may have: exactly `count` parts under `tag`. */
export function partsOf(value: Der | undefined, tag: number, count?: number): readonly Der[] {
  if (!value || value.tag !== tag || (count !== undefined && value.children.length !== count)) {
    throw new DerFault(`structure of tag ${tag} expected`);
  }
  return value.children;
}

export function contentOf(value: Der | undefined, tag: number): Buffer {
  if (!value || value.tag !== tag) throw new DerFault(`value of tag ${tag} expected`);
  return value.content;
}
