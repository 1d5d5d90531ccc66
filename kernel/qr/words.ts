/**
 * What stands in a QR code (ISO/IEC 18004:2015): a text in the alphanumeric mode or in bytes, as words of eight bits, with words of
 * medium correction (level M, 15 %) woven in.
 */

/** Words in the smallest version that holds them. */
export interface QrWords {
  version: number;
  words: Uint8Array;
}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const VALUES = new Int8Array(128).fill(-1);
for (const [value, character] of [...ALPHABET].entries()) VALUES[character.charCodeAt(0)] = value;

/** Table 9, level M, by version: codewords of correction in a block, and blocks. */
const CORRECTION = [
  10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 28, 28, 28,
];
const BLOCKS = [
  1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17, 18, 20, 21, 23, 25, 26, 28, 29, 31, 33, 35, 37, 38,
  40, 43, 45, 47, 49,
];
const VERSIONS = CORRECTION.length;

/** Modules along a side. */
export const sideOf = (version: number): number => 17 + 4 * version;
/** Alignment patterns in a row. */
export const alignmentsOf = (version: number): number => (version === 1 ? 0 : Math.floor(version / 7) + 2);

/** Codewords of the whole symbol (table 1): what finders, timing, alignment, format and version leave of the square. */
function codewordsOf(version: number): number {
  const side = sideOf(version);
  const across = alignmentsOf(version);
  // An alignment pattern has 25 modules; three would lie on finders, and those in line with them share 5 with the timing.
  const alignment = across === 0 ? 0 : 25 * (across * across - 3) - 10 * (across - 2);
  const free = side * side - 3 * 64 - 2 * (side - 16) - 31 - alignment - (version >= 7 ? 36 : 0);
  return free >> 3;
}

const dataWordsOf = (version: number): number => codewordsOf(version) - CORRECTION[version - 1]! * BLOCKS[version - 1]!;

/** A text in one of the modes (tables 2 and 3): how its count and its characters are written. */
interface Mode {
  indicator: number;
  countBits(version: number): number;
  count: number;
  /** Values with the bits each takes. */
  pieces: [value: number, size: number][];
}

function alphanumeric(text: string): Mode | undefined {
  const values = Array.from(text, (character) => VALUES[character.codePointAt(0)!] ?? -1);
  if (values.some((value) => value < 0)) return undefined;
  const pieces: Mode["pieces"] = [];
  for (let index = 0; index + 1 < values.length; index += 2) pieces.push([45 * values[index]! + values[index + 1]!, 11]);
  if (values.length % 2 === 1) pieces.push([values.at(-1)!, 6]);
  const countBits = (version: number) => (version < 10 ? 9 : version < 27 ? 11 : 13);
  return { indicator: 0b0010, countBits, count: values.length, pieces };
}

function inBytes(text: string): Mode {
  const bytes = Buffer.from(text);
  const pieces = Array.from(bytes, (byte): [number, number] => [byte, 8]);
  return { indicator: 0b0100, countBits: (version) => (version < 10 ? 8 : 16), count: bytes.length, pieces };
}

/** Throws RangeError for more than the largest code holds (3,391 characters or 2,331 bytes). */
export function encodeWords(text: string): QrWords {
  const mode = alphanumeric(text) ?? inBytes(text);
  const length = mode.pieces.reduce((all, [, size]) => all + size, 0);
  let version = 1;
  while (version <= VERSIONS && 4 + mode.countBits(version) + length > 8 * dataWordsOf(version)) version++;
  if (version > VERSIONS) throw new RangeError("more than a QR code can hold");
  return { version, words: withCorrection(wordsOf(mode, version), version) };
}

/** Mode, count, characters, end, and filling (7.4). */
function wordsOf(mode: Mode, version: number): Uint8Array {
  const words = new Uint8Array(dataWordsOf(version));
  let at = 0;
  let held = 0;
  let bits = 0;
  const put = (value: number, size: number) => {
    held = (held << size) | value;
    for (bits += size; bits >= 8; at++) {
      bits -= 8;
      words[at] = held >>> bits;
    }
  };
  put(mode.indicator, 4);
  put(mode.count, mode.countBits(version));
  for (const [value, size] of mode.pieces) put(value, size);
  const free = 8 * (words.length - at) - bits;
  put(0, Math.min(4, free));
  if (bits > 0) put(0, 8 - bits);
  for (let pad = 0xec; at < words.length; pad ^= 0xec ^ 0x11) words[at++] = pad;
  return words;
}

/** Powers of 2 in the field of 256 with the polynomial 0x11d (7.5.2), twice over so that sums of two exponents find theirs. */
const POWERS = new Uint8Array(510);
const LOGS = new Uint8Array(256);
for (let exponent = 0, value = 1; exponent < 255; exponent++) {
  POWERS[exponent] = POWERS[exponent + 255] = value;
  LOGS[value] = exponent;
  value = (value << 1) ^ (value & 0x80 ? 0x11d : 0);
}
const product = (a: number, b: number): number => (a && b ? POWERS[LOGS[a]! + LOGS[b]!]! : 0);

/** By length: the generator polynomial times each of 256 factors. */
const generators = new Map<number, Uint8Array>();

function generatorOf(length: number): Uint8Array {
  const known = generators.get(length);
  if (known) return known;
  // (x - 1)(x - 2)(x - 4)…: highest power first, its factor 1 left out.
  const factors = new Uint8Array(length);
  factors[length - 1] = 1;
  for (let root = 0; root < length; root++) {
    for (let index = 0; index < length; index++)
      factors[index] = product(factors[index]!, POWERS[root]!) ^ (factors[index + 1] ?? 0);
  }
  const products = new Uint8Array(256 * length);
  for (let by = 0; by < 256; by++) {
    for (let index = 0; index < length; index++) products[by * length + index] = product(by, factors[index]!);
  }
  generators.set(length, products);
  return products;
}

/** The words in blocks, each with its words of correction, woven together (7.5, 7.6). */
function withCorrection(words: Uint8Array, version: number): Uint8Array {
  const all = new Uint8Array(codewordsOf(version));
  const [blocks, length] = [BLOCKS[version - 1]!, CORRECTION[version - 1]!];
  const products = generatorOf(length);
  const short = Math.floor(words.length / blocks);
  const shorts = blocks - (words.length % blocks);
  const rest = new Uint8Array(length + 1);
  for (let block = 0, at = 0; block < blocks; block++) {
    rest.fill(0);
    const size = short + (block < shorts ? 0 : 1);
    for (let index = 0; index < size; index++, at++) {
      const word = words[at]!;
      // Long blocks alone have a last word.
      all[index < short ? index * blocks + block : short * blocks + block - shorts] = word;
      const from = (word ^ rest[0]!) * length;
      for (let step = 0; step < length; step++) rest[step] = rest[step + 1]! ^ products[from + step]!;
    }
    for (let step = 0; step < length; step++) all[words.length + step * blocks + block] = rest[step]!;
  }
  return all;
}
