/**
 * DEFLATE (RFC 1951) into a buffer of a known size. Own, because the one of Node keeps its memory when it refuses an input until the next
 * collection: many spoilt archives in a row made the process grow to half a gigabyte (`npm run bench -- fuzz`).
 */

/** The bytes are no DEFLATE stream of that size, or something follows it. */
export class InflateFault extends Error {
  override readonly name = "InflateFault";
}

const MAX_BITS = 15;
/** Codes up to so many bits are found by one look into a table; longer ones are rare. */
const FAST_BITS = 9;
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTHS = basesOf({ first: 3, groups: [8, 4, 4, 4, 4, 4], last: 258 });
const DISTANCES = basesOf({ first: 1, groups: [4, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2] });

type Bases = { readonly base: readonly number[]; readonly extra: readonly number[] };

/** Each group of codes has one more extra bit than the one before (3.2.5); the last length code has none and is 258. */
function basesOf({ first, groups, last }: { first: number; groups: readonly number[]; last?: number }): Bases {
  const base: number[] = [];
  const extra: number[] = [];
  let next = first;
  for (const [bits, count] of groups.entries()) {
    for (let i = 0; i < count; i++) {
      base.push(next);
      extra.push(bits);
      next += 1 << bits;
    }
  }
  if (last !== undefined) {
    base.push(last);
    extra.push(0);
  }
  return { base, extra };
}

type Code = { readonly counts: Uint16Array; readonly symbols: Uint16Array; readonly fast: Uint16Array };

/** Canonical code of the given lengths (3.2.2). `mayLack` for distances: one code alone, or none, is allowed there. */
function codeOf(lengths: Uint8Array, mayLack = false): Code {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) counts[length]! += 1;
  counts[0] = 0;
  let left = 1;
  let used = 0;
  const offsets = new Uint16Array(MAX_BITS + 2);
  const starts = new Uint16Array(MAX_BITS + 2);
  for (let bits = 1; bits <= MAX_BITS; bits++) {
    left = left * 2 - counts[bits]!;
    if (left < 0) throw new InflateFault("code of too many words");
    used += counts[bits]!;
    offsets[bits + 1] = offsets[bits]! + counts[bits]!;
    starts[bits + 1] = (starts[bits]! + counts[bits]!) << 1;
  }
  if (left > 0 && !(mayLack && used <= 1)) throw new InflateFault("code of too few words");
  const symbols = new Uint16Array(lengths.length);
  const fast = new Uint16Array(1 << FAST_BITS);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    symbols[offsets[length]!++] = symbol;
    const word = starts[length]!++;
    if (length > FAST_BITS) continue;
    // The stream has the first bit of a word lowest.
    let reversed = 0;
    for (let bit = 0; bit < length; bit++) reversed |= ((word >> bit) & 1) << (length - 1 - bit);
    for (let at = reversed; at < fast.length; at += 1 << length) fast[at] = (symbol << 4) | length;
  }
  return { counts, symbols, fast };
}

const FIXED_LENGTHS = codeOf(Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)));
const FIXED_DISTANCES = codeOf(new Uint8Array(32).fill(5));

class Bits {
  readonly #input: Uint8Array;
  #at = 0;
  #held = 0;
  #count = 0;

  constructor(input: Uint8Array) {
    this.#input = input;
  }

  take(count: number): number {
    while (this.#count < count) {
      const byte = this.#input[this.#at++];
      if (byte === undefined) throw new InflateFault("cut short");
      this.#held |= byte << this.#count;
      this.#count += 8;
    }
    const value = this.#held & ((1 << count) - 1);
    this.#held >>>= count;
    this.#count -= count;
    return value;
  }

  symbol({ counts, symbols, fast }: Code): number {
    while (this.#count < FAST_BITS && this.#at < this.#input.length) {
      this.#held |= this.#input[this.#at++]! << this.#count;
      this.#count += 8;
    }
    const entry = fast[this.#held & ((1 << FAST_BITS) - 1)]!;
    const length = entry & 15;
    if (length > 0 && length <= this.#count) {
      this.#held >>>= length;
      this.#count -= length;
      return entry >> 4;
    }
    let [word, first, index] = [0, 0, 0];
    for (let bits = 1; bits <= MAX_BITS; bits++) {
      word |= this.take(1);
      const count = counts[bits]!;
      if (word - count < first) return symbols[index + (word - first)]!;
      index += count;
      first = (first + count) << 1;
      word <<= 1;
    }
    throw new InflateFault("no such word");
  }

  /** Whole bytes from here on; what is left of the byte begun is passed over (3.2.4). */
  bytes(count: number): Uint8Array {
    this.align();
    const from = this.#at;
    this.#at += count;
    if (this.#at > this.#input.length) throw new InflateFault("cut short");
    return this.#input.subarray(from, this.#at);
  }

  /** Gives back whole bytes that were taken ahead. */
  align(): void {
    this.#at -= this.#count >> 3;
    this.#held = 0;
    this.#count = 0;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#input.length;
  }
}

/** Throws InflateFault unless the input is one whole stream of exactly so many bytes. */
export function inflate(input: Uint8Array, size: number): Buffer {
  // No stream unfolds to more: a length of 258 takes at least two bits.
  if (size > input.length * 1032) throw new InflateFault("larger than it can be");
  const output = Buffer.allocUnsafe(size);
  const bits = new Bits(input);
  let at = 0;
  for (let isLast = false; !isLast; ) {
    isLast = bits.take(1) === 1;
    const kind = bits.take(2);
    if (kind === 0) at = copyStored(bits, output, at);
    else if (kind === 1) at = unfold(bits, { output, at, lengths: FIXED_LENGTHS, distances: FIXED_DISTANCES });
    else if (kind === 2) at = unfold(bits, { output, at, ...readCodes(bits) });
    else throw new InflateFault("unknown kind of block");
  }
  bits.align();
  if (at !== size || !bits.isAtEnd) throw new InflateFault("another size");
  return output;
}

function copyStored(bits: Bits, output: Buffer, at: number): number {
  const head = bits.bytes(4);
  const length = head[0]! | (head[1]! << 8);
  if (length !== (~(head[2]! | (head[3]! << 8)) & 0xffff)) throw new InflateFault("length of a block");
  if (at + length > output.length) throw new InflateFault("another size");
  output.set(bits.bytes(length), at);
  return at + length;
}

type Codes = { readonly lengths: Code; readonly distances: Code };

function readCodes(bits: Bits): Codes {
  const [lengthCount, distanceCount, wordCount] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  if (lengthCount > 286 || distanceCount > 30) throw new InflateFault("too many codes");
  const words = new Uint8Array(19);
  for (let i = 0; i < wordCount; i++) words[ORDER[i]!] = bits.take(3);
  const code = codeOf(words);
  const all = new Uint8Array(lengthCount + distanceCount);
  for (let i = 0; i < all.length; ) {
    const symbol = bits.symbol(code);
    if (symbol < 16) {
      all[i++] = symbol;
      continue;
    }
    const value = symbol === 16 ? all[i - 1] : 0;
    const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    if (value === undefined || i + times > all.length) throw new InflateFault("lengths of codes");
    all.fill(value, i, i + times);
    i += times;
  }
  if (all[256] === 0) throw new InflateFault("no end of a block");
  return { lengths: codeOf(all.subarray(0, lengthCount), true), distances: codeOf(all.subarray(lengthCount), true) };
}

function unfold(bits: Bits, { output, at: from, lengths, distances }: Codes & { output: Buffer; at: number }): number {
  let at = from;
  for (;;) {
    const symbol = bits.symbol(lengths);
    if (symbol === 256) return at;
    if (symbol < 256) {
      if (at >= output.length) throw new InflateFault("another size");
      output[at++] = symbol;
      continue;
    }
    const place = symbol - 257;
    const code = place < LENGTHS.base.length ? place : -1;
    if (code < 0) throw new InflateFault("no such length");
    const length = LENGTHS.base[code]! + bits.take(LENGTHS.extra[code]!);
    const way = bits.symbol(distances);
    if (way >= DISTANCES.base.length) throw new InflateFault("no such distance");
    const distance = DISTANCES.base[way]! + bits.take(DISTANCES.extra[way]!);
    if (distance > at || at + length > output.length) throw new InflateFault("distance or size");
    if (distance >= length) output.copyWithin(at, at - distance, at - distance + length);
    else for (let i = 0; i < length; i++) output[at + i] = output[at + i - distance]!;
    at += length;
  }
}
