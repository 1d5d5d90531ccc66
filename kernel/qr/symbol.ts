/** The modules of a QR code (ISO/IEC 18004:2015). */
import { bestMask, type Grid, MASKS, type Masking } from "./mask.ts";
import { alignmentsOf, encodeWords, sideOf } from "./words.ts";

export interface QrSymbol {
  /** Modules along a side. */
  side: number;
  /** The modules from the top, each row in whole bytes from the highest bit; dark is 1. */
  bits: Buffer;
}

/**
 * With medium correction: in the alphanumeric mode where the text has only its characters, else as bytes of UTF-8. Throws RangeError for
 * more than 3,391 characters, or 2,331 bytes.
 */
export function drawSymbol(text: string): QrSymbol {
  const { version, words } = encodeWords(text);
  return draw(frameOf(version), words);
}

/** What is the same in all codes of a version, and where its symbols are put together. */
interface Frame extends Masking {
  fixed: [Grid, Grid];
  /** By mask: its modules, with those of the format and version that follow from it. */
  flips: Grid[];
  /** Where each bit of the words goes (7.7.3): 32 times the number, plus the bit from the highest. */
  places: [Uint16Array, Uint16Array];
}

/** Some 40 KB each: statements of one kind of document differ by a version or two. */
const MAX_FRAMES = 12;
const frames = new Map<number, Frame>();

/** Of too many the one not asked for longest is let go. */
function frameOf(version: number): Frame {
  const frame = frames.get(version) ?? makeFrame(version);
  if (!frames.delete(version) && frames.size >= MAX_FRAMES) frames.delete(frames.keys().next().value!);
  frames.set(version, frame);
  return frame;
}

const bitOf = (place: number): number => 0x80000000 >>> (place & 31);
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
  const flips = masks.map(([byRow], mask) => {
    const grid = Int32Array.from(byRow);
    const grids: [Grid, Grid] = [grid, new Int32Array(grid.length)];
    // Level M is 00 (table 12).
    const format = withRemainder(mask, 0b10100110111) ^ 0b101010000010010;
    for (const [index, [row, column]] of formatPlaces(side).entries())
      if ((format >> (index % 15)) & 1) darken(grids, row, column);
    darken(grids, side - 8, 8);
    const named = version >= 7 ? withRemainder(version, 0b1111100100101) : 0;
    for (const [index, [row, column]] of versionPlaces(side).entries())
      if ((named >> (index % 18)) & 1) darken(grids, row, column);
    return grid;
  });
  return { side, width, fixed, flips, masks, places, plain: pair(), masked: pair() };
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
      for (let x = -reach; x <= reach; x++) take(row + y, column + x, !light.includes(Math.max(Math.abs(x), Math.abs(y))));
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
  const { side, width, fixed, places, plain, masked } = frame;
  const [rows, columns] = plain;
  const [byRow, byColumn] = places;
  rows.set(fixed[0]);
  columns.set(fixed[1]);
  for (let at = 0; at < words.length; at++) {
    // Every second bit is set: to write also the others is quicker than to ask.
    for (let place = 8 * at, word = words[at]! << 24; word !== 0; word <<= 1, place++) {
      const row = byRow[place]!;
      const column = byColumn[place]!;
      const bit = word & -0x80000000;
      rows[row >> 5]! |= bit >>> (row & 31);
      columns[column >> 5]! |= bit >>> (column & 31);
    }
  }
  const flips = frame.flips[bestMask(frame)]!;
  const grid = masked[0];
  for (let at = 0; at < grid.length; at++) grid[at] = rows[at]! ^ flips[at]!;
  const bytes = (side + 7) >> 3;
  const bits = Buffer.alloc(bytes * side);
  for (let row = 0; row < side; row++) {
    for (let byte = 0; byte < bytes; byte++)
      bits[row * bytes + byte] = grid[row * width + (byte >> 2)]! >>> (24 - 8 * (byte & 3));
  }
  return { side, bits };
}
