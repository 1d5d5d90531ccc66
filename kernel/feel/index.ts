/**
 * FEEL, the expression language of every condition in packs (DMN 1.3/1.4): compiled once to closures, decimal numbers, exact
 * dates. `compileExpression` and `compileUnaryTests` never throw for what is in an expression: faults are a result.
 */
import { Compiler } from "./compile.ts";
import { type Fault, faultAt, type RawFault, type Warning, warningAt } from "./fault.ts";
import { type Closure, type Compiled, Gathering, type Scope } from "./frame.ts";
import { parseExpression, parseUnaryTests } from "./parse.ts";
import { emptySlots, type Moment, type Performed, perform } from "./perform.ts";
import { fromPlain, type Plain, type Shape, type Shapes } from "./plain.ts";
import { compileTest, includesAny } from "./tests.ts";
import type { FeelValue } from "./value.ts";

export { Decimal, decimal } from "./decimal.ts";
export { describeFault, describeWarning, type Fault, feelLocales, type Warning } from "./fault.ts";
export { type Literal, literalsOf, withLiteral } from "./literals.ts";
export type { Moment } from "./perform.ts";
export { fromPlain, type Json, type Plain, type Shape, type Shapes, toPlain } from "./plain.ts";
export { DaysDuration, FeelDate, FeelDateTime, FeelTime, MonthsDuration } from "./temporal.ts";
export {
  equalValues,
  type FeelContext,
  FeelFunction,
  type FeelList,
  FeelRange,
  type FeelValue,
  orderValues,
  printValue,
  type TypeName,
  typeName,
} from "./value.ts";

/** The facts an expression may speak of: names alone, or names with their shapes. */
export interface Names {
  readonly names: readonly string[] | Shapes;
  /** Own types by name, for `instance of` and the parameters of functions. */
  readonly types?: Shapes;
}

/** Facts as plain JSON, FEEL values, or both mixed. */
export type Facts = Readonly<Record<string, Plain>>;

/** A fact that was read, by its path, with the value it had. */
export interface ReadFact {
  readonly path: string;
  readonly value: FeelValue;
}

export interface Trace {
  readonly value: FeelValue;
  readonly facts: readonly ReadFact[];
  /** Why a value became null, with line and column in the expression. */
  readonly warnings: readonly Warning[];
}

export interface Expression {
  readonly ok: true;
  /** Paths of facts it can refer to, as `person.born_on`, sorted. */
  readonly reads: readonly string[];
  /** What is known of the value before any evaluation. */
  readonly shape: Shape;
  /** The value; null where an operation has no result or the budget is spent. Never throws. */
  evaluate(facts: Facts, moment?: Moment): FeelValue;
  evaluateWithTrace(facts: Facts, moment?: Moment): Trace;
}

export interface Tests {
  readonly ok: true;
  readonly reads: readonly string[];
  /** Whether the input meets the tests; null where that cannot be told. Never throws. */
  evaluate(input: Plain, facts?: Facts, moment?: Moment): boolean | null;
  evaluateWithTrace(input: Plain, facts?: Facts, moment?: Moment): Trace;
}

export interface Faulty {
  readonly ok: false;
  readonly faults: readonly Fault[];
}

/** The shape of the value tested, as `number`; `any` where it is not known. */
export interface TestNames extends Names {
  readonly input?: Shape;
}

function shapesOf(names: Names["names"]): Shapes {
  if (!isNameList(names)) return names;
  return Object.fromEntries(names.map((name) => [name, "any" as const]));
}

function isNameList(names: Names["names"]): names is readonly string[] {
  return Array.isArray(names);
}

function faulty(text: string, faults: readonly RawFault[]): Faulty {
  const sorted = faults.toSorted((a, b) => a.span.from - b.span.from);
  return { ok: false, faults: sorted.map((fault) => faultAt(text, fault)) };
}

function sortedReads(gathering: Gathering): string[] {
  return [...gathering.reads].sort();
}

/**
 * Compiles an expression.
 * @param text the expression, at most 5 000 characters
 * @param names the facts it may speak of; a name that is not among them is a fault
 */
export function compileExpression(text: string, names: Names): Expression | Faulty {
  const shapes = shapesOf(names.names);
  const parsed = parseExpression(text, shapes);
  if (!parsed.ok) return faulty(text, [parsed.fault]);
  const gathering = new Gathering(shapes, names.types ?? {});
  const compiled: Compiled = new Compiler(gathering).compile(parsed.tree, undefined);
  if (gathering.faults.length > 0) return faulty(text, gathering.faults);
  const machine = { text, run: compiled.run, slots: gathering.slots };
  return {
    ok: true,
    reads: sortedReads(gathering),
    shape: compiled.shape,
    evaluate: (facts, moment) => start(machine, { facts, moment, traced: false }).value,
    evaluateWithTrace: (facts, moment) => traceOf(text, start(machine, { facts, moment, traced: true })),
  };
}

/**
 * Compiles the unary tests of a decision table cell: `-`, `< 18`, `[1..5]`, `"a", "b"`, `not(null)`, `? > limit`.
 * In a test `?` is the value tested.
 */
export function compileUnaryTests(text: string, names: TestNames): Tests | Faulty {
  const shapes = shapesOf(names.names);
  const parsed = parseUnaryTests(text, shapes);
  if (!parsed.ok) return faulty(text, [parsed.fault]);
  const gathering = new Gathering(shapes, names.types ?? {});
  const slot = gathering.slot();
  const shape = names.input ?? "any";
  const scope: Scope = { kind: "input", slot, shape, outer: undefined };
  const compiler = new Compiler(gathering);
  const any = includesAny(parsed.tree.tests.map((test) => compileTest(compiler, test, scope)));
  if (gathering.faults.length > 0) return faulty(text, gathering.faults);
  const { negated } = parsed.tree;
  const run: Closure = (frame) => {
    const met = any(frame, frame.slots[slot] ?? null);
    return negated && met !== null ? !met : met;
  };
  const machine = { text, run, slots: gathering.slots };
  const begin = (input: Plain, more: { facts?: Facts; moment?: Moment; traced: boolean }): Performed =>
    start(machine, { facts: more.facts ?? {}, moment: more.moment, traced: more.traced, first: fromPlain(input, shape) });
  return {
    ok: true,
    reads: sortedReads(gathering),
    evaluate: (input, facts, moment) => truth(begin(input, { facts, moment, traced: false }).value),
    evaluateWithTrace: (input, facts, moment) => traceOf(text, begin(input, { facts, moment, traced: true })),
  };
}

function truth(value: FeelValue): boolean | null {
  return typeof value === "boolean" ? value : null;
}

interface Machine {
  readonly text: string;
  readonly run: Closure;
  readonly slots: number;
}

interface Beginning {
  readonly facts: Facts;
  readonly moment: Moment | undefined;
  readonly traced: boolean;
  /** The value tested, which unary tests keep in the first slot. */
  readonly first?: FeelValue;
}

function start(machine: Machine, beginning: Beginning): Performed {
  const { facts, first } = beginning;
  const slots = emptySlots(machine.slots);
  if (first !== undefined) slots[0] = first;
  return perform((run) => machine.run({ input: facts, slots, run }), beginning);
}

function traceOf(text: string, ended: Performed): Trace {
  const { value, run } = ended;
  return {
    value,
    facts: [...(run.facts ?? [])].map(([path, fact]) => ({ path, value: fact })),
    warnings: (run.warnings ?? []).map((warning) => warningAt(text, warning)),
  };
}
