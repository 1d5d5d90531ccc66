/**
 * Whether the rules of a table cover all inputs, and whether two of them hold at once. Columns are cut into pieces within which all
 * cells answer the same, so the answer is exact; where a cell has to be evaluated it is said that it could not be told.
 */
import { equalValues, FeelDate } from "@kerege/kernel/feel";
import type { Cell } from "./cell.ts";
import { makeColumn, type Piece } from "./column.ts";
import { type InputOutline, listBits, type TableOutline } from "./table.ts";

/** Some inputs, column by column; a column without a piece may have any value. */
export type Box = readonly { readonly label: string; readonly piece: Piece | undefined }[];

export type Finding =
  /** Inputs for which there is no rule. */
  | { readonly kind: "gap"; readonly example: Box }
  /** Two rules, numbered from 1, that hold at once where the hit policy wants one, or the same result. */
  | { readonly kind: "overlap"; readonly rules: readonly [number, number]; readonly example: Box }
  | { readonly kind: "unchecked"; readonly reason: Reason; readonly label: string };

/** A cell that must be evaluated; the same fact in two columns; results that must be evaluated; too many combinations. */
export type Reason = "free-cell" | "fact-twice" | "free-result" | "too-large";

const MOST_GAPS = 5;
/** Steps of the search for gaps; a table that needs more has too many columns for anyone to read. */
const MOST_STEPS = 300_000;

interface Cut {
  readonly label: string;
  /** Pieces that answer alike, as one of them; bits of the rules that hold. */
  readonly groups: readonly { readonly piece: Piece | undefined; readonly rules: bigint }[];
  /** By rule: bits of the groups it holds in. */
  readonly reach: readonly Int32Array[];
}

/** Findings of a table, exact; gaps only where a rule is wanted for every input. */
export function checkTable(table: TableOutline): readonly Finding[] {
  const { inputs, expression } = table;
  const free = inputs.filter((input) => input.cells.some((cell) => isFree(cell, input)));
  const findings: Finding[] = free.map(({ label }) => ({ kind: "unchecked", reason: "free-cell", label }));
  const paths = inputs.map((input) => input.path ?? input.label);
  const twice = inputs.filter((_, index) => paths.indexOf(paths[index]!) !== index);
  findings.push(...twice.map(({ label }) => ({ kind: "unchecked", reason: "fact-twice", label }) as const));
  if (twice.length > 0) return findings;
  const cuts = inputs.map(cutOf);
  const wantsOne = ["UNIQUE", "ANY", "FIRST", "PRIORITY"].includes(expression.hitPolicy);
  const hasDefault = expression.outputs.some((output) => output.otherwise !== undefined);
  if (wantsOne && !hasDefault && free.length === 0) findings.push(...findGaps(cuts, expression.rules.length));
  if (expression.hitPolicy === "UNIQUE" || expression.hitPolicy === "ANY") {
    const settled = expression.rules.map((_, rule) => inputs.every((input) => !isFree(input.cells[rule]!, input)));
    findings.push(...findOverlaps(table, cuts, settled));
  }
  return findings;
}

/** A cell that no piece answers. A column of `-` alone has no pieces and needs none. */
function isFree(cell: Cell, input: InputOutline): boolean {
  return cell.says === "free" || (cell.says === "set" && input.column.free.includes(input.cells.indexOf(cell)));
}

function cutOf({ label, cells, allowed }: InputOutline): Cut {
  // What is allowed is one more row, whose boundaries cut the column too.
  const bounded = allowed?.says === "set" ? allowed : undefined;
  const column = makeColumn(bounded ? [...cells, bounded] : cells);
  const count = cells.length;
  if (column.pieces.length === 0)
    return cutInto(label, count, [{ piece: undefined, held: Array.from({ length: count }, (_, rule) => rule) }]);
  const words = column.holds.length / column.pieces.length;
  const bounds = bounded !== undefined && !column.free.includes(count);
  const groups = new Map<string, { piece: Piece; held: number[] }>();
  for (const [index, piece] of column.pieces.entries()) {
    if (isEmpty(piece)) continue;
    const bits = column.holds.subarray(index * words, (index + 1) * words);
    const held = [...bits].flatMap((word, at) => listBits(word, at * 32));
    if (bounds && !held.includes(count)) continue;
    const key = bits.join();
    if (!groups.has(key)) groups.set(key, { piece, held: held.filter((rule) => rule < count) });
  }
  return cutInto(label, count, [...groups.values()]);
}

function cutInto(label: string, count: number, groups: readonly { piece: Piece | undefined; held: readonly number[] }[]): Cut {
  const reach = Array.from({ length: count }, () => new Int32Array(Math.ceil(groups.length / 32)));
  for (const [index, { held }] of groups.entries()) for (const rule of held) reach[rule]![index >> 5]! |= 1 << (index & 31);
  return { label, reach, groups: groups.map(({ piece, held }) => ({ piece, rules: bitsOf(held, count) })) };
}

function bitsOf(held: readonly number[], count: number): bigint {
  const digits = new Uint8Array(count + 1);
  for (const rule of held) digits[count - rule] = 1;
  return BigInt(`0b${digits.join("")}`);
}

function everyRule(count: number): bigint {
  return (1n << BigInt(count)) - 1n;
}

/** Between a day and the next there is none. */
function isEmpty(piece: Piece): boolean {
  if ("at" in piece) return false;
  return piece.low instanceof FeelDate && piece.high instanceof FeelDate && piece.high.epochDay - piece.low.epochDay === 1;
}

function findGaps(cuts: readonly Cut[], rules: number): Finding[] {
  const gaps: Finding[] = [];
  const known = new Set<string>();
  const chosen: (Piece | undefined)[] = [];
  let steps = 0;
  const look = (column: number, left: bigint): boolean => {
    if (left === 0n) {
      const example = cuts.map(({ label }, index) => ({ label, piece: index < column ? chosen[index] : undefined }));
      gaps.push({ kind: "gap", example });
      return gaps.length < MOST_GAPS;
    }
    const cut = cuts[column];
    const key = `${column} ${left}`;
    if (!cut || known.has(key)) return true;
    known.add(key);
    for (const { piece, rules: holding } of cut.groups) {
      steps += 1;
      if (steps > MOST_STEPS) return false;
      chosen[column] = piece;
      if (!look(column + 1, left & holding)) return false;
    }
    return true;
  };
  look(0, everyRule(rules));
  return steps > MOST_STEPS ? [...gaps, { kind: "unchecked", reason: "too-large", label: "" }] : gaps;
}

const MOST_OVERLAPS = 20;

function findOverlaps(table: TableOutline, cuts: readonly Cut[], settled: readonly boolean[]): Finding[] {
  const found: Finding[] = [];
  const count = settled.length;
  let unknown = false;
  for (let first = 0; first < count && found.length < MOST_OVERLAPS; first += 1) {
    for (let second = first + 1; second < count && found.length < MOST_OVERLAPS; second += 1) {
      if (!settled[first] || !settled[second]) continue;
      const same = table.expression.hitPolicy === "ANY" ? sameResult(table, first, second) : false;
      if (same === true) continue;
      const example = meeting(cuts, first, second);
      if (!example) continue;
      if (same === undefined) unknown = true;
      else found.push({ kind: "overlap", rules: [first + 1, second + 1], example });
    }
  }
  return unknown ? [...found, { kind: "unchecked", reason: "free-result", label: "" }] : found;
}

/** Inputs for which two rules hold, if there are any. */
function meeting(cuts: readonly Cut[], first: number, second: number): Box | undefined {
  const box: { label: string; piece: Piece | undefined }[] = [];
  for (const { label, groups, reach } of cuts) {
    const [a, b] = [reach[first]!, reach[second]!];
    const word = a.findIndex((bits, index) => (bits & b[index]!) !== 0);
    if (word < 0) return undefined;
    const [group = 0] = listBits(a[word]! & b[word]!, word * 32);
    box.push({ label, piece: groups[group]!.piece });
  }
  return box;
}

/** Whether two rules give the same; undefined where that shows only when they are evaluated. */
function sameResult(table: TableOutline, first: number, second: number): boolean | undefined {
  const [a, b] = [table.results[first], table.results[second]];
  if (a !== undefined && b !== undefined) return equalValues(a, b) === true;
  const texts = (rule: number): string => table.expression.rules[rule]!.results.map(({ text }) => text.trim()).join("\u0000");
  return texts(first) === texts(second) ? true : undefined;
}
