/** Decision tables (DMN 1.5 chapter 8) compiled: input values once, then the pieces of their columns, then the hit policy. */
import type { FeelValue, Shape, Shapes } from "@kerege/kernel/feel";
import type { Closure, Compiled, Frame, Node, Scope, Test } from "@kerege/kernel/feel/parts";
import { type Cell, constantOf, readCell } from "./cell.ts";
import { type Column, makeColumn, wordsFor } from "./column.ts";
import type { Compiling, Seen } from "./compiling.ts";
import type { TableExpression, TableInput } from "./document.ts";
import type { PlacedText } from "./fault.ts";
import { compileHits, type Outcomes } from "./hits.ts";
import { type Norm, readNorm } from "./norm.ts";
import { noteTable } from "./tracing.ts";
import { ANY, type Type } from "./types.ts";

/** A table as it stands compiled: what explanations and checks read. */
export interface TableOutline {
  /** Name of the decision or function it stands in. */
  readonly element: string;
  readonly expression: TableExpression;
  readonly inputs: readonly InputOutline[];
  /** Norms by rule, read once. */
  readonly norms: readonly (Norm | undefined)[];
  /** Results by rule, where they are values written out. */
  readonly results: readonly (FeelValue | undefined)[];
}

export interface InputOutline {
  readonly label: string;
  readonly column: Column;
  /** Path of the fact the column reads, where it reads just that. */
  readonly path: string | undefined;
  readonly cells: readonly Cell[];
  /** What every value meets, where it is declared. */
  readonly allowed: Cell | undefined;
  readonly shape: Shape;
}

interface Input {
  readonly slot: number;
  readonly value: Closure;
  readonly coerce: Type["coerce"];
  readonly allowed: Test | undefined;
  readonly column: Column;
  readonly tests: readonly (Test | undefined)[];
  readonly outline: InputOutline;
}

export function compileTable(table: TableExpression, seen: Seen, compiling: Compiling): Compiled & { outline: TableOutline } {
  const rules = table.rules.length;
  const inputs = table.inputs.map((input, index) => compileInput({ table, input, index }, seen, compiling));
  const outcomes = compileOutcomes(table, seen, compiling);
  const hits = compileHits(table, { outcomes: outcomes.rules, otherwise: outcomes.otherwise, seen, compiling });
  const outline: TableOutline = {
    element: seen.element,
    expression: table,
    inputs: inputs.map((input) => input.outline),
    norms: table.rules.map((rule) => readNorm(rule.annotations.get("norm")?.text ?? "")),
    results: outcomes.rules.map((rule) => rule.constant),
  };
  const matched = rules <= 32 ? matchFew(inputs, rules) : matchMany(inputs, rules);
  const shape: Shape = hits.shape;
  const run: Closure = (frame) => {
    const held = matched(frame);
    noteTable(outline, frame, { inputs, held });
    return hits.choose(frame, held);
  };
  const quick = rules <= 32 ? hits.chooseBits : undefined;
  if (!quick) return { run, shape, outline };
  const bits = bitsOf(inputs, rules);
  const runQuick: Closure = (frame) => {
    if (frame.run.facts !== undefined) return run(frame);
    return quick(frame, bits(frame));
  };
  return { run: runQuick, shape, outline };
}

/** All rules of a table of at most 32 whose cells are met, as bits. */
function bitsOf(inputs: readonly Input[], rules: number): (frame: Frame) => number {
  const all = rules === 32 ? -1 : (1 << rules) - 1;
  const count = inputs.length;
  return (frame) => {
    let bits = all;
    for (let index = 0; index < count; index += 1) {
      const input = inputs[index]!;
      const value = askedOf(input, frame);
      const piece = input.column.pieceOf(value);
      if (piece >= 0) bits &= input.column.holds[piece]!;
      else bits = tested(input, { frame, value, bits });
      if (piece >= 0 && input.column.free.length > 0) bits = freed(input, { frame, value, bits });
    }
    return bits;
  };
}

interface Testing {
  readonly frame: Frame;
  readonly value: FeelValue;
  readonly bits: number;
}

/** Evaluates the cell of every rule that may still hold. */
function tested(input: Input, { frame, value, bits }: Testing): number {
  let left = bits;
  for (let rule = 0; rule < input.tests.length; rule += 1) {
    if ((left & (1 << rule)) !== 0 && input.tests[rule] && input.tests[rule]!(frame, value) !== true) left &= ~(1 << rule);
  }
  return left;
}

/** Evaluates the cells that no piece could answer. */
function freed(input: Input, { frame, value, bits }: Testing): number {
  let left = bits;
  for (const rule of input.column.free) {
    if ((left & (1 << rule)) !== 0 && input.tests[rule]!(frame, value) !== true) left &= ~(1 << rule);
  }
  return left;
}

function matchFew(inputs: readonly Input[], rules: number): (frame: Frame) => number[] {
  const bits = bitsOf(inputs, rules);
  return (frame) => listBits(bits(frame), 0);
}

/** Positions of the bits that are set, from the lowest. */
export function listBits(bits: number, first: number): number[] {
  const found: number[] = [];
  for (let left = bits; left !== 0; left &= left - 1) found.push(first + 31 - Math.clz32(left & -left));
  return found;
}

function matchMany(inputs: readonly Input[], rules: number): (frame: Frame) => number[] {
  const words = wordsFor(rules);
  return (frame) => {
    const bits = new Int32Array(words).fill(-1);
    if ((rules & 31) !== 0) bits[words - 1] = (1 << (rules & 31)) - 1;
    for (const input of inputs) {
      const { column, tests } = input;
      const value = askedOf(input, frame);
      const piece = column.pieceOf(value);
      if (piece >= 0) for (let word = 0; word < words; word += 1) bits[word]! &= column.holds[piece * words + word]!;
      const open = piece >= 0 ? column.free : tests.keys();
      for (const rule of open) {
        const bit = 1 << (rule & 31);
        if ((bits[rule >> 5]! & bit) !== 0 && tests[rule] && tests[rule]!(frame, value) !== true) bits[rule >> 5]! &= ~bit;
      }
    }
    return [...bits].flatMap((word, index) => listBits(word, index * 32));
  };
}

function askedOf(input: Input, frame: Frame): FeelValue {
  let value = input.coerce(input.value(frame));
  frame.slots[input.slot] = value;
  if (input.allowed && value !== null && input.allowed(frame, value) !== true) {
    value = null;
    frame.slots[input.slot] = null;
  }
  return value;
}

interface Placed {
  readonly table: TableExpression;
  readonly input: TableInput;
  readonly index: number;
}

function compileInput({ table, input, index }: Placed, seen: Seen, compiling: Compiling): Input {
  const { program, types } = compiling;
  const complain = compiling.complain(seen.element, input.written);
  const expression = program.text(input.written.text, seen, complain);
  const type =
    input.typeRef === undefined ? ANY : types.find(input.typeRef, { element: seen.element, place: input.written.place });
  const shape = type === ANY ? expression.shape : compiling.visible(type.shape);
  const slot = program.slot();
  const scope: Scope = { kind: "input", slot, shape, outer: seen.scope };
  const inner = { facts: seen.facts, scope };
  const compiled = table.rules.map((rule) => {
    const written = rule.cells[index];
    if (!written || written.text.trim() === "-") return { cell: ANY_CELL, test: undefined };
    const made = program.tests(written.text, inner, compiling.complain(seen.element, written));
    const cell: Cell = made ? readCell(made.tree, seen.facts) : { says: "free" };
    return { cell, test: made?.test ?? NEVER };
  });
  const values = input.values ?? type.allowed;
  const declared = values && program.tests(values.text, inner, compiling.complain(seen.element, values));
  const allowed = input.values && declared?.test;
  const cells = compiled.map(({ cell }) => cell);
  const column = makeColumn(cells);
  const outline: InputOutline = {
    label: input.label,
    column,
    path: pathOf(expression.tree, seen.facts),
    cells,
    allowed: declared && readCell(declared.tree, seen.facts),
    shape,
  };
  const tests = compiled.map(({ test }) => test);
  return { slot, value: expression.run, coerce: type.coerce, allowed, column, tests, outline };
}

const ANY_CELL: Cell = { says: "any" };
const NEVER: Test = () => null;

/** `a.b.c` where an expression is nothing but the reading of a fact. */
function pathOf(tree: Node | undefined, facts: Shapes): string | undefined {
  if (tree?.kind === "name") return Object.hasOwn(facts, tree.name) ? tree.name : undefined;
  if (tree?.kind !== "path") return undefined;
  const target = pathOf(tree.target, facts);
  return target === undefined ? undefined : `${target}.${tree.name}`;
}

function compileOutcomes(
  table: TableExpression,
  seen: Seen,
  compiling: Compiling,
): { rules: Outcomes[]; otherwise: Outcomes | undefined } {
  const types = table.outputs.map((output) =>
    compiling.types.find(output.typeRef, { element: seen.element, place: table.place }),
  );
  const compileCells = (cells: readonly (PlacedText | undefined)[]): Outcomes => {
    const compiled = table.outputs.map((_, index) => {
      const written = cells[index];
      if (!written) return { run: () => null, constant: null };
      const made = compiling.program.text(written.text, seen, compiling.complain(seen.element, written));
      const { coerce } = types[index]!;
      const constant = made.tree && constantOf(made.tree, seen.facts);
      if (constant !== undefined) {
        const value = coerce(constant);
        return { run: () => value, constant: value };
      }
      const { run } = made;
      return { run: (frame: Frame) => coerce(run(frame)), constant: undefined };
    });
    return outcomesOf(table, compiled);
  };
  const defaults = table.outputs.map((output) => output.otherwise);
  return {
    rules: table.rules.map((rule) => compileCells(rule.results)),
    otherwise: defaults.some((one) => one !== undefined) ? compileCells(defaults) : undefined,
  };
}

function outcomesOf(table: TableExpression, cells: readonly { run: Closure; constant: FeelValue | undefined }[]): Outcomes {
  if (cells.length === 1) return cells[0]!;
  const names = table.outputs.map((output) => output.name);
  const run: Closure = (frame) => new Map(names.map((name, index) => [name, cells[index]!.run(frame)]));
  if (cells.some((cell) => cell.constant === undefined)) return { run, constant: undefined };
  const constant = new Map(names.map((name, index) => [name, cells[index]!.constant!]));
  return { run: () => constant, constant };
}
