/**
 * The modules of a QR code (ISO/IEC 18004:2015) in the alphanumeric mode with medium error correction. Lines of modules are held
 * as bits of whole numbers, so that the penalties of the eight masks are counted for 32 lines at once.
 */

export interface QrSymbol {
  /** Modules along a side. */
  side: number;
  /** The modules from the top, each row in whole bytes from the highest bit; dark is 1. */
  bits: Buffer;
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

const sideOf = (version: number): number => 17 + 4 * version;
const alignmentsOf = (version: number): number => (version === 1 ? 0 : Math.floor(version / 7) + 2);

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
const countBitsOf = (version: number): number => (version < 10 ? 9 : version < 27 ? 11 : 13);

/** Throws RangeError for another character than those of table 5, or more of them than the largest code holds (3,391). */
export function encodeSymbol(text: string): QrSymbol {
  const length = 11 * (text.length >> 1) + 6 * (text.length & 1);
  let version = 1;
  while (version <= VERSIONS && 4 + countBitsOf(version) + length > 8 * dataWordsOf(version)) version++;
  if (version > VERSIONS) throw new RangeError("more than a QR code can hold");
  return draw(frameOf(version), withCorrection(wordsOf(text, version), version));
}

/** Mode, count, pairs of characters in eleven bits, end, and filling (7.4). */
function wordsOf(text: string, version: number): Uint8Array {
  const words = new Uint8Array(dataWordsOf(version));
  let at = 0;
  let held = 0;
  let bits = 0;
  const put = (value: number, size: number) => {
    held = (held << size) | value;
    for (bits += size; bits >= 8; ) words[at++] = held >>> (bits -= 8);
  };
  const valueAt = (index: number): number => {
    const value = VALUES[text.charCodeAt(index)];
    if (value === undefined || value < 0) throw new RangeError("not a character of the alphanumeric mode");
    return value;
  };
  put(0b0010, 4);
  put(text.length, countBitsOf(version));
  const pairs = text.length & ~1;
  for (let index = 0; index < pairs; index += 2) put(45 * valueAt(index) + valueAt(index + 1), 11);
  if (pairs < text.length) put(valueAt(pairs), 6);
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
    for (let index = 0; index < length; index++) factors[index] = product(factors[index]!, POWERS[root]!) ^ (factors[index + 1] ?? 0);
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

/** Square of modules: line after line in whole numbers of 32 bits, the first module in the highest bit. */
type Grid = Int32Array;

/** What is the same in all codes of a version. Grids come in pairs, by rows and by columns. */
interface Frame {
  version: number;
  side: number;
  /** Numbers in a line. */
  width: number;
  fixed: [Grid, Grid];
  masks: [Grid, Grid][];
  /** Where each bit of the codewords goes (7.7.3): 32 times the number, plus the bit from the highest. */
  places: [Uint16Array, Uint16Array];
  /** Where a symbol is put together. */
  plain: [Grid, Grid];
  masked: [Grid, Grid];
}

/** Kept frames, some 40 KB each: statements of one kind of document differ by a version or two. */
const MAX_FRAMES = 12;
const frames = new Map<number, Frame>();

function frameOf(version: number): Frame {
  const known = frames.get(version);
  if (known) return known;
  if (frames.size >= MAX_FRAMES) frames.delete(frames.keys().next().value!);
  const made = makeFrame(version);
  frames.set(version, made);
  return made;
}

const bitOf = (place: number): number => 0x80000000 >>> (place & 31);

/** Table 10. */
const MASKS: ((row: number, column: number) => boolean)[] = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => ((row >> 1) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];

function makeFrame(version: number): Frame {
  const side = sideOf(version);
  const width = (side + 31) >> 5;
  const pair = (): [Grid, Grid] => [new Int32Array(side * width), new Int32Array(side * width)];
  const placeOf = (line: number, along: number) => 32 * (line * width + (along >> 5)) + (along & 31);
  const darken = (grids: [Grid, Grid], row: number, column: number) => {
    const [byRow, byColumn] = [placeOf(row, column), placeOf(column, row)];
    grids[0][byRow >> 5]! |= bitOf(byRow);
    grids[1][byColumn >> 5]! |= bitOf(byColumn);
  };
  const fixed = pair();
  const isTaken = takenModules(version, (row, column) => darken(fixed, row, column));
  const masks = MASKS.map(pair);
  const rows: number[] = [];
  const columns: number[] = [];
  // Two columns at a time from the right, up and down in turn, past the column of the timing.
  for (let right = side - 1, up = true; right > 0; right -= right === 8 ? 3 : 2, up = !up) {
    for (let step = 0; step < side; step++) {
      const row = up ? side - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (isTaken(row, column)) continue;
        rows.push(placeOf(row, column));
        columns.push(placeOf(column, row));
        for (const [index, mask] of MASKS.entries()) if (mask(row, column)) darken(masks[index]!, row, column);
      }
    }
  }
  const places: Frame["places"] = [Uint16Array.from(rows), Uint16Array.from(columns)];
  return { version, side, width, fixed, masks, places, plain: pair(), masked: pair() };
}

/** Function patterns (6.3): tells which modules are theirs, and darkens what is dark but format and version, which come later. */
function takenModules(version: number, darken: (row: number, column: number) => void): (row: number, column: number) => boolean {
  const side = sideOf(version);
  const taken = new Uint8Array(side * side);
  const take = (row: number, column: number, dark = false) => {
    if (row < 0 || column < 0 || row >= side || column >= side) return;
    taken[row * side + column] = 1;
    if (dark) darken(row, column);
  };
  for (let step = 0; step < side; step++) {
    take(6, step, step % 2 === 0 && step > 7 && step < side - 8);
    take(step, 6, step % 2 === 0 && step > 7 && step < side - 8);
  }
  const rings = ({ row, column, reach, light }: { row: number; column: number; reach: number; light: number[] }) => {
    for (let y = -reach; y <= reach; y++) {
      for (let x = -reach; x <= reach; x++)
        take(row + y, column + x, !light.includes(Math.max(Math.abs(x), Math.abs(y))));
    }
  };
  const corners = [
    [3, 3],
    [3, side - 4],
    [side - 4, 3],
  ] as const;
  for (const [row, column] of corners) rings({ row, column, reach: 4, light: [2, 4] });
  const centres = alignmentCentres(version);
  const last = side - 7;
  for (const row of centres) {
    for (const column of centres) {
      const onFinder = (row === 6 && column === 6) || (row === 6 && column === last) || (row === last && column === 6);
      if (!onFinder) rings({ row, column, reach: 2, light: [1] });
    }
  }
  for (const [row, column] of formatPlaces(side)) take(row, column);
  take(side - 8, 8);
  if (version >= 7) for (const [row, column] of versionPlaces(side)) take(row, column);
  return (row, column) => taken[row * side + column] === 1;
}

/** Annex E. */
function alignmentCentres(version: number): number[] {
  const count = alignmentsOf(version);
  if (count === 0) return [];
  const last = sideOf(version) - 7;
  // Even steps from the end, the first of them what is left; version 32 alone does not follow the rule.
  const step = version === 32 ? 26 : 2 * Math.ceil((last - 6) / (2 * (count - 1)));
  return [6, ...Array.from({ length: count - 1 }, (_, index) => last - (count - 2 - index) * step)];
}

/** Row and column of each bit of the format, the lowest first, in its two places (7.9.1). */
function formatPlaces(side: number): [number, number][] {
  const steps = [0, 1, 2, 3, 4, 5, 7, 8];
  return [
    ...steps.map((row): [number, number] => [row, 8]),
    ...[7, 5, 4, 3, 2, 1, 0].map((column): [number, number] => [8, column]),
    ...steps.map((_, index): [number, number] => [8, side - 1 - index]),
    ...[7, 6, 5, 4, 3, 2, 1].map((up): [number, number] => [side - up, 8]),
  ];
}

/** Row and column of each bit of the version, the lowest first, in its two places (7.10). */
function versionPlaces(side: number): [number, number][] {
  const bits = Array.from({ length: 18 }, (_, bit): [number, number] => [Math.floor(bit / 3), side - 11 + (bit % 3)]);
  return [...bits, ...bits.map(([row, column]): [number, number] => [column, row])];
}

/** The value with the remainder of its division as words of correction (annexes C and D). */
function withRemainder(value: number, polynomial: number): number {
  const size = 31 - Math.clz32(polynomial);
  let rest = value << size;
  for (let bit = 31 - Math.clz32(rest || 1); bit >= size; bit--) if ((rest >> bit) & 1) rest ^= polynomial << (bit - size);
  return (value << size) | rest;
}

function draw(frame: Frame, words: Uint8Array): QrSymbol {
  const { side, width, fixed, places, plain, masked, version } = frame;
  for (const turn of [0, 1] as const) {
    const grid = plain[turn];
    const order = places[turn];
    grid.set(fixed[turn]);
    for (let at = 0, place = 0; at < words.length; at++) {
      for (let word = words[at]! << 24; word !== 0; word <<= 1, place++) {
        if (word < 0) {
          const here = order[place]!;
          grid[here >> 5]! |= 0x80000000 >>> (here & 31);
        }
      }
      place = 8 * (at + 1);
    }
  }
  const mask = bestMask(frame);
  const grid = masked[0];
  for (let at = 0; at < grid.length; at++) grid[at] = plain[0][at]! ^ frame.masks[mask]![0][at]!;
  const darken = (row: number, column: number) => {
    grid[row * width + (column >> 5)]! |= bitOf(column);
  };
  // Level M is 00 (table 12).
  const format = withRemainder(mask, 0b10100110111) ^ 0b101010000010010;
  for (const [index, [row, column]] of formatPlaces(side).entries()) if ((format >> (index % 15)) & 1) darken(row, column);
  darken(side - 8, 8);
  const named = version >= 7 ? withRemainder(version, 0b1111100100101) : 0;
  if (named) for (const [index, [row, column]] of versionPlaces(side).entries()) if ((named >> (index % 18)) & 1) darken(row, column);
  const bytes = (side + 7) >> 3;
  const bits = Buffer.alloc(bytes * side);
  for (let row = 0; row < side; row++) {
    for (let byte = 0; byte < bytes; byte++) bits[row * bytes + byte] = grid[row * width + (byte >> 2)]! >>> (24 - 8 * (byte & 3));
  }
  return { side, bits };
}

/** The mask with the lowest penalty, of equals the first (7.8.3). Format and version count as light: they come after the choice. */
function bestMask({ side, width, plain, masked, masks }: Frame): number {
  let best = 0;
  let lowest = Number.POSITIVE_INFINITY;
  const [rows, columns] = masked;
  const shape = { side, width };
  for (const [index, [byRow, byColumn]] of masks.entries()) {
    for (let at = 0; at < rows.length; at++) {
      rows[at] = plain[0][at]! ^ byRow[at]!;
      columns[at] = plain[1][at]! ^ byColumn[at]!;
    }
    // A mask that is past the lowest already need not be counted to the end.
    let penalty = countRuns(rows, shape) + countRuns(columns, shape);
    if (penalty < lowest) penalty += countBoxes(rows, shape);
    if (penalty < lowest) penalty += 40 * (countFinders(rows, shape) + countFinders(columns, shape));
    if (penalty < lowest) [best, lowest] = [index, penalty];
  }
  return best;
}

interface Shape {
  side: number;
  width: number;
}

function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Bits of the last number of a line that are modules. */
const usedBits = (side: number): number => (side & 31 ? ~(0xffffffff >>> (side & 31)) : -1);

/** Five and more of a kind down the lines: 3, and 1 for each more. */
function countRuns(grid: Grid, { side, width }: Shape): number {
  let sum = 0;
  for (let word = 0; word < width; word++) {
    const used = word === width - 1 ? usedBits(side) : -1;
    let line = grid[3 * width + word]!;
    let [one, two, three] = [grid[word]! ^ grid[width + word]!, grid[width + word]! ^ grid[2 * width + word]!, 0];
    three = grid[2 * width + word]! ^ line;
    let before = 0;
    for (let at = 4 * width + word; at < grid.length; at += width) {
      const next = grid[at]!;
      const four = line ^ next;
      const five = ~(one | two | three | four) & used;
      // A run of L has L - 4 places where five stand in line, the first of which counts 2 more.
      if (five) {
        sum += ones(five);
        const begun = five & ~before;
        if (begun) sum += 2 * ones(begun);
      }
      before = five;
      one = two;
      two = three;
      three = four;
      line = next;
    }
  }
  return sum;
}

/** Two by two of a kind: 3 each; and 10 for each 5 % that dark modules are away from half. */
function countBoxes(grid: Grid, { side, width }: Shape): number {
  let [boxes, dark] = [0, 0];
  const last = width - 1;
  // The last module of a line has no neighbour. (A side is odd, so that a line never ends with its number.)
  const used = usedBits(side) << 1;
  for (let word = 0; word < width; word++) {
    let [above, aboveEqual] = [0, 0];
    for (let at = word; at < grid.length; at += width) {
      const here = grid[at]!;
      dark += ones(here);
      const neighbour = (here << 1) | (word < last ? grid[at + 1]! >>> 31 : 0);
      const equal = ~(here ^ neighbour) & (word === last ? used : -1);
      if (at >= width) {
        const same = equal & aboveEqual & ~(here ^ above);
        if (same) boxes += ones(same);
      }
      above = here;
      aboveEqual = equal;
    }
  }
  const total = side * side;
  const away = Math.ceil(Math.max(0, Math.abs(100 * dark - 50 * total) - 5 * total) / (5 * total));
  return 3 * boxes + 10 * away;
}

/** Dark 1 : 1 : 3 : 1 : 1 down the lines with four light before or behind. */
function countFinders(grid: Grid, { side, width }: Shape): number {
  let count = 0;
  const last = (side - 7) * width;
  for (let at = 0; at < last + width; at++) {
    const core =
      grid[at]! &
      ~grid[at + width]! &
      grid[at + 2 * width]! &
      grid[at + 3 * width]! &
      grid[at + 4 * width]! &
      ~grid[at + 5 * width]! &
      grid[at + 6 * width]!;
    if (core === 0) continue;
    if (at >= 4 * width) {
      const before = grid[at - width]! | grid[at - 2 * width]! | grid[at - 3 * width]! | grid[at - 4 * width]!;
      count += ones(core & ~before);
    }
    if (at < last - 3 * width) {
      const behind = grid[at + 7 * width]! | grid[at + 8 * width]! | grid[at + 9 * width]! | grid[at + 10 * width]!;
      count += ones(core & ~behind);
    }
  }
  return count;
}
