/** What a cell of a table says, where that can be told without evaluating it: a set of values of one kind. */
import { type FeelValue, orderValues, type Shapes, typeName } from "@kerege/kernel/feel";
import { type Node, Program, perform, type UnaryTests } from "@kerege/kernel/feel/parts";

/** Kinds of values that are ordered all against all, or few enough to name. */
export type Kind = "number" | "string" | "boolean" | "date" | "days and time duration" | "years and months duration";

/** Values from one end to the other; an end that is undefined lies at infinity. */
export interface Interval {
  readonly low: FeelValue | undefined;
  readonly lowIncluded: boolean;
  readonly high: FeelValue | undefined;
  readonly highIncluded: boolean;
}

export interface CellSet {
  readonly negated: boolean;
  readonly intervals: readonly Interval[];
  /** Whether `null` is named. */
  readonly withNull: boolean;
}

/** `-` and its like: any value at all. */
export type Cell = { readonly says: "any" } | { readonly says: "set"; readonly set: CellSet } | { readonly says: "free" };

const ANY_CELL: Cell = { says: "any" };
const FREE: Cell = { says: "free" };
const KINDS: ReadonlySet<string> = new Set<Kind>([
  "number",
  "string",
  "boolean",
  "date",
  "days and time duration",
  "years and months duration",
]);
const CONSTRUCTORS: ReadonlySet<string> = new Set(["date", "duration", "number", "years and months duration"]);

export function kindOf(value: FeelValue): Kind | undefined {
  const name = typeName(value);
  return KINDS.has(name) ? (name as Kind) : undefined;
}

/** The value of a tree that has no names in it: literals, their arithmetic, `date("2026-01-01")`. Undefined for every other. */
export function constantOf(node: Node, facts: Shapes): FeelValue | undefined {
  if (node.kind === "literal") return node.value;
  if (!isConstant(node, facts)) return undefined;
  const program = new Program({});
  const { run } = program.node(node, undefined);
  const slots = new Array<FeelValue>(program.slots).fill(null);
  return perform((under) => run({ input: {}, slots, run: under }), { moment: undefined, traced: false }).value;
}

function isConstant(node: Node, facts: Shapes): boolean {
  switch (node.kind) {
    case "literal":
      return true;
    case "negate":
      return isConstant(node.value, facts);
    case "arithmetic":
      return isConstant(node.left, facts) && isConstant(node.right, facts);
    case "list":
      return node.items.every((item) => isConstant(item, facts));
    case "context":
      return node.entries.every((entry) => isConstant(entry.value, facts));
    case "call":
      return (
        node.callee.kind === "name" &&
        CONSTRUCTORS.has(node.callee.name) &&
        !Object.hasOwn(facts, node.callee.name) &&
        node.args.every((arg) => isConstant(arg, facts))
      );
    default:
      return false;
  }
}

/** Reads the tests of a cell (DMN 1.5 §7.3.3): exact, or `free` where anything in it is not a value written out. */
export function readCell(tree: UnaryTests, facts: Shapes): Cell {
  if (tree.tests.length === 1 && tree.tests[0]!.kind === "any" && !tree.negated) return ANY_CELL;
  const intervals: Interval[] = [];
  let withNull = false;
  for (const test of tree.tests) {
    const read = readTest(test, facts);
    if (!read) return FREE;
    if (read === "null") withNull = true;
    else intervals.push(...read);
  }
  return { says: "set", set: { negated: tree.negated, intervals, withNull } };
}

function readTest(test: Node, facts: Shapes): readonly Interval[] | "null" | undefined {
  if (test.kind === "half-range") return readComparison(test, facts);
  if (test.kind === "range") return readRange(test, facts);
  const value = constantOf(test, facts);
  if (value === null) return "null";
  return value === undefined || kindOf(value) === undefined ? undefined : [only(value)];
}

function only(value: FeelValue): Interval {
  return { low: value, lowIncluded: true, high: value, highIncluded: true };
}

function readComparison(test: Node & { kind: "half-range" }, facts: Shapes): readonly Interval[] | undefined {
  const value = constantOf(test.value, facts);
  if (value === undefined || value === null || kindOf(value) === undefined) return undefined;
  const { operator } = test;
  if (typeof value === "boolean" && operator !== "=" && operator !== "!=") return undefined;
  const below: Interval = { low: undefined, lowIncluded: false, high: value, highIncluded: operator === "<=" };
  const above: Interval = { low: value, lowIncluded: operator === ">=", high: undefined, highIncluded: false };
  switch (operator) {
    case "=":
      return [only(value)];
    // Null too is not equal to the value: left to the test itself.
    case "!=":
      return undefined;
    case "<":
    case "<=":
      return [below];
    default:
      return [above];
  }
}

function readRange(test: Node & { kind: "range" }, facts: Shapes): readonly Interval[] | undefined {
  const low = constantOf(test.start, facts);
  const high = constantOf(test.end, facts);
  if (low === undefined || high === undefined || low === null || high === null) return undefined;
  if (kindOf(low) === undefined || kindOf(low) !== kindOf(high) || typeof low === "boolean") return undefined;
  const order = orderValues(low, high);
  if (order === null || order > 0) return [];
  return [{ low, lowIncluded: test.startIncluded, high, highIncluded: test.endIncluded }];
}

/** Kinds of all values a set names. */
export function kindsOf(set: CellSet): Kind[] {
  return set.intervals.flatMap(({ low, high }) => [low, high].flatMap((end) => (end === undefined ? [] : (kindOf(end) ?? []))));
}
