/**
 * A column of a table cut at every value its cells name: within a piece all cells answer the same, so a value is found its piece by
 * a search and with it all rules that hold, as bits. The same pieces serve the check of gaps and overlaps and the search for changes.
 */
import { Decimal, FeelDate, type FeelValue, orderValues } from "@kerege/kernel/feel";
import { compare } from "@kerege/kernel/feel/parts";
import { type Cell, type CellSet, type Kind, kindsOf } from "./cell.ts";

/** One value, or all between two neighbouring ones; an end that is undefined lies at infinity. */
export type Piece = { readonly at: FeelValue } | { readonly low: FeelValue | undefined; readonly high: FeelValue | undefined };

export interface Column {
  /** None where no cell names a value, or they name values of several kinds. */
  readonly kind: Kind | undefined;
  readonly pieces: readonly Piece[];
  /** Rules by piece: 32 to a word, `words` words to a piece. Cells that have to be evaluated count as holding. */
  readonly holds: Int32Array;
  /** Rules whose cell has to be evaluated. */
  readonly free: readonly number[];
  /** Index of the piece of a value; -1 where the value is null or of another kind. */
  readonly pieceOf: (value: FeelValue) => number;
}

/** Rules take so many words of 32 bits. */
export function wordsFor(rules: number): number {
  return Math.max(1, Math.ceil(rules / 32));
}

/** Columns that name more values are not cut: their cells are evaluated one by one. */
const MOST_BOUNDARIES = 5_000;

export function makeColumn(cells: readonly Cell[]): Column {
  const kinds = new Set(cells.flatMap((cell) => (cell.says === "set" ? kindsOf(cell.set) : [])));
  const [first] = kinds;
  const boundaries = kinds.size === 1 ? boundariesOf(cells) : [];
  // `null` alone, and values of several kinds, are left to the tests themselves.
  const kind = kinds.size === 1 && boundaries.length <= MOST_BOUNDARIES ? first : undefined;
  const pieces = piecesOf(kind, kind === undefined ? [] : boundaries);
  const words = wordsFor(cells.length);
  const holds = new Int32Array(Math.max(1, pieces.length) * words);
  const fill: Filling = { holds, words, pieces: Math.max(1, pieces.length), pieceOf: finder(kind, boundaries) };
  const free: number[] = [];
  for (const [rule, cell] of cells.entries()) {
    if (cell.says === "set" && kind !== undefined && cell.set.intervals.length > 0) fillSet(fill, rule, cell.set);
    else {
      fillPieces(fill, rule, { from: 0, to: fill.pieces - 1 });
      if (cell.says !== "any") free.push(rule);
    }
  }
  return { kind, pieces, holds, free, pieceOf: fill.pieceOf };
}

interface Filling {
  readonly holds: Int32Array;
  readonly words: number;
  readonly pieces: number;
  readonly pieceOf: Column["pieceOf"];
}

/** Sets the bit of a rule in a row of pieces, both ends included. */
function fillPieces({ holds, words }: Filling, rule: number, row: { from: number; to: number }): void {
  const bit = 1 << (rule & 31);
  for (let at = row.from * words + (rule >> 5); at <= row.to * words + (rule >> 5); at += words) holds[at]! |= bit;
}

function fillSet(fill: Filling, rule: number, set: CellSet): void {
  for (const { low, lowIncluded, high, highIncluded } of set.intervals) {
    const from = low === undefined ? 0 : fill.pieceOf(low) + (lowIncluded ? 0 : 1);
    const to = high === undefined ? fill.pieces - 1 : fill.pieceOf(high) - (highIncluded ? 0 : 1);
    fillPieces(fill, rule, { from, to });
  }
  if (!set.negated) return;
  const bit = 1 << (rule & 31);
  for (let at = rule >> 5; at < fill.holds.length; at += fill.words) fill.holds[at]! ^= bit;
}

function boundariesOf(cells: readonly Cell[]): FeelValue[] {
  const ends = cells.flatMap((cell) =>
    cell.says === "set" ? cell.set.intervals.flatMap(({ low, high }) => [low, high].filter((end) => end !== undefined)) : [],
  );
  const sorted = ends.toSorted((a, b) => orderValues(a, b) ?? 0);
  return sorted.filter((end, index) => index === 0 || orderValues(sorted[index - 1]!, end) !== 0);
}

/** Pieces in rising order: below the first, the first, between the first and the second, … */
function piecesOf(kind: Kind | undefined, boundaries: readonly FeelValue[]): Piece[] {
  if (kind === undefined) return [];
  if (kind === "boolean") return [{ at: false }, { at: true }];
  const pieces: Piece[] = [{ low: undefined, high: boundaries[0] }];
  for (const [index, at] of boundaries.entries()) pieces.push({ at }, { low: at, high: boundaries[index + 1] });
  return pieces;
}

function finder(kind: Kind | undefined, boundaries: readonly FeelValue[]): Column["pieceOf"] {
  switch (kind) {
    case undefined:
      return () => -1;
    case "boolean":
      return (value) => (typeof value === "boolean" ? Number(value) : -1);
    case "number":
      return numberFinder(boundaries as readonly Decimal[]);
    case "date":
      return dateFinder((boundaries as readonly FeelDate[]).map(({ epochDay }) => epochDay));
    case "string":
      return textFinder(boundaries as readonly string[]);
    default:
      return (value) => {
        const first = boundaries[0]!;
        if (value === null || typeof value !== "object" || value.constructor !== first?.constructor) return -1;
        return search(boundaries.length, (index) => orderValues(value, boundaries[index]!) ?? 0);
      };
  }
}

/** Position among the pieces by a binary search over the boundaries; `order` tells how the value stands to one of them. */
function search(count: number, order: (index: number) => number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    const found = order(middle);
    if (found === 0) return 2 * middle + 1;
    if (found < 0) high = middle;
    else low = middle + 1;
  }
  return 2 * low;
}

function numberFinder(boundaries: readonly Decimal[]): Column["pieceOf"] {
  // Boundaries and values with a common number of places are compared as whole numbers; money and ages always are.
  const scale = Math.max(0, ...boundaries.map((one) => one.scale));
  const scaled = boundaries.map((one) => one.small * 10 ** (scale - one.scale));
  const short =
    boundaries.every((one) => one.big === undefined && one.scale >= 0) && scaled.every((one) => Math.abs(one) <= LARGEST);
  const powers = Array.from({ length: scale + 1 }, (_, power) => 10 ** power);
  const exact = new Float64Array(short ? scaled : []);
  return (value) => {
    if (!(value instanceof Decimal)) return -1;
    if (short && value.big === undefined && value.scale >= 0 && value.scale <= scale) {
      const wanted = value.small * powers[scale - value.scale]!;
      if (wanted <= LARGEST && wanted >= -LARGEST) return searchNumbers(exact, wanted);
    }
    return search(boundaries.length, (index) => compare(value, boundaries[index]!));
  };
}

/** Below it every whole number is a double, so that scaling by a power of ten is exact. */
const LARGEST = Number.MAX_SAFE_INTEGER;

function searchNumbers(boundaries: Float64Array, wanted: number): number {
  let low = 0;
  let high = boundaries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = boundaries[middle]!;
    if (at === wanted) return 2 * middle + 1;
    if (wanted < at) high = middle;
    else low = middle + 1;
  }
  return 2 * low;
}

function dateFinder(days: readonly number[]): Column["pieceOf"] {
  const exact = new Float64Array(days);
  return (value) => (value instanceof FeelDate ? searchNumbers(exact, value.epochDay) : -1);
}

function textFinder(boundaries: readonly string[]): Column["pieceOf"] {
  const places = new Map(boundaries.map((text, index) => [text, 2 * index + 1]));
  return (value) => {
    if (typeof value !== "string") return -1;
    return places.get(value) ?? search(boundaries.length, (index) => orderValues(value, boundaries[index]!) ?? 0);
  };
}
