/** Where along one fact the answers of tables change: the values at which a search for another outcome has to look. */
import {
  Decimal,
  decimal,
  type Facts,
  FeelDate,
  type FeelValue,
  type Moment,
  orderValues,
  type Shape,
} from "@kerege/kernel/feel";
import { add, divide, multiply, parseDate, round, subtract } from "@kerege/kernel/feel/parts";
import type { Piece } from "./column.ts";
import type { Decision } from "./decisions.ts";
import type { TableUse } from "./tracing.ts";

/** A fact that can be set to another value. */
export interface Lever {
  readonly path: string;
  readonly kind: "number" | "date" | "string" | "boolean";
  readonly value: FeelValue;
  /** What can be told apart along it, in rising order, each with a value in it: the nearest to the present one. */
  readonly steps: readonly { readonly piece: Piece; readonly value: FeelValue }[];
}

export interface Situation {
  readonly decision: Decision;
  readonly facts: Facts;
  readonly moment: Moment | undefined;
  readonly wanted: (value: FeelValue) => boolean;
  /** Texts a fact may be, by its path. */
  readonly values?: Readonly<Record<string, readonly string[]>> | undefined;
}

const ONE = decimal(1)!;
const SEVEN = decimal(7)!;
/** Years a day is moved at most. */
const YEARS = 150;
const MOST_THRESHOLDS = 60;

/** The shape of a fact by its path; undefined where the decision knows none. */
export function shapeAt(decision: Decision, path: string): Shape | undefined {
  const [first = "", ...rest] = path.split(".");
  let shape = decision.inputs.find((input) => input.name === first)?.shape;
  for (const name of rest) {
    if (shape === undefined || typeof shape === "string" || Array.isArray(shape)) return undefined;
    shape = Object.hasOwn(shape, name) ? (shape as Record<string, Shape>)[name] : undefined;
  }
  return shape;
}

/** Facts with another value at a path. */
export function withFact(facts: Facts, path: string, value: FeelValue): Facts {
  const [first = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...facts, [first]: value };
  const inner = facts[first];
  const holder = inner instanceof Map ? Object.fromEntries(inner) : inner;
  const open = typeof holder === "object" && holder !== null && !Array.isArray(holder) ? (holder as Facts) : {};
  return { ...facts, [first]: withFact(open, rest.join("."), value) };
}

/** The fact as something that can be moved; undefined for lists, contexts, times and what nothing asks for. */
export function leverOf(situation: Situation, path: string, value: FeelValue): Lever | undefined {
  const kind = shapeAt(situation.decision, path);
  if (kind === "boolean") {
    const steps = [false, true].map((one) => ({ piece: { at: one }, value: one }));
    return { path, kind, value, steps };
  }
  const listed = kind === "string" ? situation.values?.[path] : undefined;
  if (listed) return { path, kind: "string", value, steps: listed.map((one) => ({ piece: { at: one }, value: one })) };
  if (kind === "string") {
    const texts = [...new Set(boundariesAt(situation.decision, path))].filter((one) => typeof one === "string").sort();
    const steps: Lever["steps"] = texts.map((one) => ({ piece: { at: one }, value: one }));
    return { path, kind, value, steps: texts.length > 0 && isOpen(situation.decision, path) ? [...steps, OTHER] : steps };
  }
  if (kind !== "number" && kind !== "date") return undefined;
  const found = [
    ...boundariesAt(situation.decision, path),
    ...(kind === "number" ? alongNumber : alongDays)(situation, path, value),
  ];
  const flips = found.length > 0 ? [] : flipsOf(situation, { path, value, kind });
  const thresholds = sorted(
    [...found, ...flips].filter((one) => (kind === "number" ? one instanceof Decimal : one instanceof FeelDate)),
  );
  return { path, kind, value, steps: stepsOf(around(thresholds, value), value) };
}

/** Any text that no column names. */
const OTHER = { piece: { low: undefined, high: undefined }, value: "…" };

/** Whether a text may be one that nobody has listed. */
function isOpen(decision: Decision, path: string): boolean {
  return decision.tables.every((table) => table.inputs.every((input) => input.path !== path || input.allowed === undefined));
}

/** Values named in the columns that read the fact itself. */
function boundariesAt(decision: Decision, path: string): FeelValue[] {
  const inputs = decision.tables.flatMap((table) => table.inputs).filter((input) => input.path === path);
  return inputs.flatMap(({ column, allowed }) => [
    ...column.pieces.flatMap((piece) => ("at" in piece ? [piece.at] : [])),
    ...(allowed?.says === "set"
      ? allowed.set.intervals.flatMap(({ low, high }) => [low, high]).filter((end) => end !== undefined)
      : []),
  ]);
}

function sorted(values: readonly FeelValue[]): FeelValue[] {
  const rising = values.toSorted((a, b) => orderValues(a, b) ?? 0);
  return rising.filter((one, index) => index === 0 || orderValues(rising[index - 1]!, one) !== 0);
}

/** The nearest thresholds on both sides: what lies beyond so many is no advice to anyone. */
function around(rising: readonly FeelValue[], value: FeelValue): readonly FeelValue[] {
  const place = value === null ? 0 : rising.filter((one) => (orderValues(one, value) ?? 0) < 0).length;
  return rising.slice(Math.max(0, place - MOST_THRESHOLDS / 2), place + MOST_THRESHOLDS / 2);
}

function usesAt(situation: Situation, path: string, value: FeelValue): readonly TableUse[] {
  return situation.decision.follow(withFact(situation.facts, path, value), situation.moment).uses;
}

/** Columns whose values follow the fact along a straight line: solved for each value the column names, exactly. */
function alongNumber(situation: Situation, path: string, value: FeelValue): FeelValue[] {
  if (!(value instanceof Decimal)) return [];
  const [next, far] = [add(value, ONE), add(value, SEVEN)];
  if (!next || !far) return [];
  const [here, there, beyond] = [value, next, far].map((one) => usesAt(situation, path, one)) as [Uses, Uses, Uses];
  return here.flatMap((use, at) =>
    use.values.flatMap((start, column) => {
      const [second, third] = [valueIn(there, { use, at, column }), valueIn(beyond, { use, at, column })];
      if (!(start instanceof Decimal && second instanceof Decimal && third instanceof Decimal)) return [];
      const slope = subtract(second, start);
      const long = subtract(third, start);
      const straight = slope && long && orderValues(multiply(slope, SEVEN), long) === 0;
      if (!slope || !straight || slope.small === 0) return [];
      return around(named(use, column), start).flatMap((boundary) => solve({ value, start, slope, boundary }));
    }),
  );
}

type Uses = readonly TableUse[];

/** The value of the same column of the same table in another evaluation. */
function valueIn(uses: Uses, of: { use: TableUse; at: number; column: number }): FeelValue {
  const other = uses[of.at];
  return other && other.table === of.use.table ? (other.values[of.column] ?? null) : null;
}

function named(use: TableUse, column: number): FeelValue[] {
  return use.table.inputs[column]!.column.pieces.flatMap((piece) => ("at" in piece ? [piece.at] : []));
}

/** `value + (boundary − start) ÷ slope`; where that has no end, the two nearest hundredths. */
function solve(line: { value: Decimal; start: Decimal; slope: Decimal; boundary: FeelValue }): FeelValue[] {
  const { value, start, slope, boundary } = line;
  if (!(boundary instanceof Decimal)) return [];
  const gap = subtract(boundary, start);
  const way = gap && divide(gap, slope);
  const at = way && add(value, way);
  if (!at) return [];
  if (at.scale <= 6) return [at];
  return [round(at, 2, "floor"), round(at, 2, "ceiling")].filter((one) => one !== null);
}

/** Columns whose values follow a day in any rising or falling way: the day at which each value is passed, by halving. */
function alongDays(situation: Situation, path: string, value: FeelValue): FeelValue[] {
  if (!(value instanceof FeelDate)) return [];
  const here = usesAt(situation, path, value);
  const [first, last] = [value.epochDay - YEARS * 365, value.epochDay + YEARS * 365];
  const seen = new Map<number, Uses>();
  const usesOn = (day: number): Uses => {
    const known = seen.get(day) ?? usesAt(situation, path, dayOf(day));
    seen.set(day, known);
    return known;
  };
  return here.flatMap((use, at) =>
    use.table.inputs.flatMap((input, column) => {
      if (input.path === path) return [];
      return around(named(use, column), use.values[column] ?? null).flatMap((boundary) => {
        const order = (day: number): number => orderValues(valueIn(usesOn(day), { use, at, column }), boundary) ?? Number.NaN;
        return [crossing({ first, last }, (day) => order(day) >= 0), crossing({ first, last }, (day) => order(day) > 0)].flatMap(
          (day) => (day === undefined ? [] : [dayOf(day - 1), dayOf(day)]),
        );
      });
    }),
  );
}

function dayOf(epochDay: number): FeelDate {
  return parseDate(new Date(epochDay * 86_400_000).toISOString().slice(0, 10))!;
}

/** The first whole number at which an answer has changed, where it changes once; undefined where both ends answer alike. */
function crossing({ first, last }: { first: number; last: number }, answer: (at: number) => boolean): number | undefined {
  const begins = answer(first);
  if (begins === answer(last)) return undefined;
  let [low, high] = [first, last];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (answer(middle) === begins) low = middle;
    else high = middle;
  }
  return high;
}

/** Where no table asks for the fact, the outcome itself tells: looked for further and further away, then by halving. */
function flipsOf(situation: Situation, fact: { path: string; value: FeelValue; kind: "number" | "date" }): FeelValue[] {
  const { path, value } = fact;
  const start = value instanceof FeelDate ? value.epochDay : value instanceof Decimal ? Math.round(value.toNumber()) : undefined;
  if (start === undefined || !Number.isSafeInteger(start)) return [];
  const make = (at: number): FeelValue => (fact.kind === "date" ? dayOf(at) : decimal(at));
  const wanted = (at: number): boolean =>
    situation.wanted(situation.decision.evaluate(withFact(situation.facts, path, make(at)), situation.moment));
  const reach = fact.kind === "date" ? YEARS * 365 : 1e9;
  const ways = [1, -1].flatMap((sign) => {
    for (let far = 1; far <= reach; far *= 3) {
      if (!wanted(start + sign * far)) continue;
      const found = crossing({ first: 0, last: far }, (at) => wanted(start + sign * at));
      return found === undefined ? [] : [make(start + sign * found), make(start + sign * (found - 1))];
    }
    return [];
  });
  return ways;
}

/** Pieces between thresholds, each with the value in it that is nearest to the present one. */
function stepsOf(thresholds: readonly FeelValue[], value: FeelValue): Lever["steps"] {
  const unit = unitOf(thresholds, value);
  const bounds = [undefined, ...thresholds, undefined];
  return bounds.slice(1).flatMap((high, index) => {
    const low = bounds[index];
    const between = { piece: { low, high }, value: nearest({ low, high }, value, unit) };
    const here = high === undefined ? [] : [{ piece: { at: high }, value: high }];
    return between.value === undefined ? here : [{ piece: between.piece, value: between.value }, ...here];
  });
}

/** The smallest step worth naming: of a number by the places its thresholds have, of a day one day. */
function unitOf(thresholds: readonly FeelValue[], value: FeelValue): Decimal {
  const places = Math.max(0, ...[...thresholds, value].map((one) => (one instanceof Decimal ? one.scale : 0)));
  return decimal(places === 0 ? "1" : `0.${"0".repeat(places - 1)}1`)!;
}

type Ends = { low: FeelValue | undefined; high: FeelValue | undefined };

function nearest({ low, high }: Ends, value: FeelValue, unit: Decimal): FeelValue | undefined {
  const above = low === undefined || (value !== null && (orderValues(value, low) ?? 0) > 0);
  const below = high === undefined || (value !== null && (orderValues(value, high) ?? 0) < 0);
  if (above && below && value !== null) return value;
  const inside = above && high !== undefined ? moved(high, unit, -1) : low !== undefined ? moved(low, unit, 1) : undefined;
  if (inside === undefined) return undefined;
  if (low !== undefined && (orderValues(inside, low) ?? 0) <= 0) return middle(low, high);
  return high !== undefined && (orderValues(inside, high) ?? 0) >= 0 ? middle(low, high) : inside;
}

function moved(value: FeelValue, unit: Decimal, sign: 1 | -1): FeelValue | undefined {
  if (value instanceof FeelDate) return dayOf(value.epochDay + sign);
  if (!(value instanceof Decimal)) return undefined;
  return (sign > 0 ? add(value, unit) : subtract(value, unit)) ?? undefined;
}

function middle(low: FeelValue | undefined, high: FeelValue | undefined): FeelValue | undefined {
  if (!(low instanceof Decimal && high instanceof Decimal)) return undefined;
  const sum = add(low, high);
  return (sum && divide(sum, decimal(2)!)) ?? undefined;
}
