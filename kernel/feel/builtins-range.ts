/** Range functions (DMN 1.3 table 79; `range` of DMN 1.5). A point stands for the range that holds it alone. */
import { type Builtin, builtin, type Form, form } from "./builtin.ts";
import { parseDecimal } from "./decimal.ts";
import { readString, readTemporal } from "./literal.ts";
import type { Run } from "./run.ts";
import { FeelRange, type FeelValue, orderValues } from "./value.ts";

type Relation = (a: FeelRange, b: FeelRange) => boolean | null;

function pointRange(value: FeelValue): FeelRange {
  if (value instanceof FeelRange) return value;
  return new FeelRange({ start: value, end: value, startIncluded: true, endIncluded: true });
}

/** Order of an end of one range against an end of the other; open ends lie at infinity; null where they cannot be ordered. */
function startOrder(a: FeelRange, b: FeelRange): number | null {
  if (a.start === null || b.start === null) return (a.start === null ? 0 : 1) - (b.start === null ? 0 : 1);
  const order = orderValues(a.start, b.start);
  return order === 0 ? Number(b.startIncluded) - Number(a.startIncluded) : order;
}

function endOrder(a: FeelRange, b: FeelRange): number | null {
  if (a.end === null || b.end === null) return (a.end === null ? 1 : 0) - (b.end === null ? 1 : 0);
  const order = orderValues(a.end, b.end);
  return order === 0 ? Number(a.endIncluded) - Number(b.endIncluded) : order;
}

/** Negative where a ends before b starts, zero where they touch in one point that both hold. */
function endToStart(a: FeelRange, b: FeelRange): number | null {
  if (a.end === null || b.start === null) return 1;
  const order = orderValues(a.end, b.start);
  return order === 0 && !(a.endIncluded && b.startIncluded) ? -1 : order;
}

function both(a: boolean | null, b: boolean | null): boolean | null {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
}

function when(order: number | null, test: (order: number) => boolean): boolean | null {
  return order === null ? null : test(order);
}

const before: Relation = (a, b) => when(endToStart(a, b), (order) => order < 0);
const meets: Relation = (a, b) => {
  if (a.end === null || b.start === null) return false;
  return a.endIncluded && b.startIncluded ? when(orderValues(a.end, b.start), (order) => order === 0) : false;
};
const overlaps: Relation = (a, b) =>
  both(
    when(endToStart(a, b), (order) => order >= 0),
    when(endToStart(b, a), (order) => order >= 0),
  );
const overlapsBefore: Relation = (a, b) =>
  both(
    both(
      when(startOrder(a, b), (order) => order < 0),
      when(endToStart(a, b), (order) => order >= 0),
    ),
    when(endOrder(a, b), (order) => order <= 0),
  );
const finishes: Relation = (a, b) =>
  both(
    when(endOrder(a, b), (order) => order === 0),
    when(startOrder(a, b), (order) => order >= 0),
  );
const starts: Relation = (a, b) =>
  both(
    when(startOrder(a, b), (order) => order === 0),
    when(endOrder(a, b), (order) => order <= 0),
  );
const during: Relation = (a, b) =>
  both(
    when(startOrder(a, b), (order) => order >= 0),
    when(endOrder(a, b), (order) => order <= 0),
  );
const coincides: Relation = (a, b) =>
  both(
    when(startOrder(a, b), (order) => order === 0),
    when(endOrder(a, b), (order) => order === 0),
  );
const swapped =
  (relation: Relation): Relation =>
  (a, b) =>
    relation(b, a);

const POINT = "number|string|date|time|date and time|days|months";

function relation(name: string, relate: Relation, kinds: readonly ("point" | "range")[][]): Builtin {
  const typeOf = (kind: "point" | "range"): string => (kind === "point" ? POINT : "range");
  const call: Form["call"] = ([a, b], run) =>
    relate(pointRange(a!), pointRange(b!)) ?? run.warn("argument-type", { function: name, given: "range" });
  const namesOf = (first: string, second: string): [string, string] => {
    if (first === second) return [`${first}1`, `${first}2`];
    return [first, second];
  };
  const forms = kinds.map(([first = "point", second = "point"]) => {
    const [left, right] = namesOf(first, second);
    return form(`${left}: ${typeOf(first)}, ${right}: ${typeOf(second)}`, call);
  });
  return builtin(name, ...forms);
}

const RANGES: ("point" | "range")[][] = [["range", "range"]];
const POINT_IN: ("point" | "range")[][] = [["point", "range"], ...RANGES];
const HOLDS_POINT: ("point" | "range")[][] = [["range", "point"], ...RANGES];
const ANY: ("point" | "range")[][] = [["point", "point"], ["point", "range"], ["range", "point"], ...RANGES];

const RANGE_TEXT = /^\s*([[\](])\s*(.*?)\s*\.\.\s*(.*?)\s*([[\])])\s*$/s;
const CONSTRUCTOR = /^(?:date|time|date and time|duration)\s*\(\s*("(?:[^"\\]|\\.)*")\s*\)$/;

/** An end written as a literal: a number, a string, `@"…"` or a constructor of one literal. */
function readEnd(text: string): FeelValue | undefined {
  if (text === "" || text === "null") return null;
  if (/^"(?:[^"\\]|\\.)*"$/.test(text)) return readString(text);
  const temporal = /^@("(?:[^"\\]|\\.)*")$/.exec(text)?.[1] ?? CONSTRUCTOR.exec(text)?.[1];
  if (temporal !== undefined) return readTemporal(readString(temporal)) ?? undefined;
  return parseDecimal(text) ?? undefined;
}

function readRange(text: string, run: Run): FeelValue {
  const match = text.length > 500 ? null : RANGE_TEXT.exec(text);
  const start = match ? readEnd(match[2]!) : undefined;
  const end = match ? readEnd(match[3]!) : undefined;
  const wrong = (): null => run.warn("text-unreadable", { text: text.slice(0, 60), kind: "range" });
  if (!match || start === undefined || end === undefined || (start === null && end === null)) return wrong();
  const startIncluded = match[1] === "[";
  const endIncluded = match[4] === "]";
  if ((start === null && startIncluded) || (end === null && endIncluded)) return wrong();
  const order = start === null || end === null ? 0 : orderValues(start, end);
  if (order === null || order > 0) return wrong();
  return new FeelRange({ start, end, startIncluded, endIncluded });
}

export const rangeBuiltins: readonly Builtin[] = [
  relation("before", before, ANY),
  relation("after", swapped(before), ANY),
  relation("meets", meets, RANGES),
  relation("met by", swapped(meets), RANGES),
  relation("overlaps", overlaps, RANGES),
  relation("overlaps before", overlapsBefore, RANGES),
  relation("overlaps after", swapped(overlapsBefore), RANGES),
  relation("finishes", finishes, POINT_IN),
  relation("finished by", swapped(finishes), HOLDS_POINT),
  relation("includes", swapped(during), HOLDS_POINT),
  relation("during", during, POINT_IN),
  relation("starts", starts, POINT_IN),
  relation("started by", swapped(starts), HOLDS_POINT),
  relation("coincides", coincides, [["point", "point"], ...RANGES]),
  builtin(
    "range",
    form("from: string", ([text], run) => readRange(text as string, run)),
  ),
];
