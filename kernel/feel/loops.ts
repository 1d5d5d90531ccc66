/** `for`, `some`, `every` and filters (DMN 1.3 §10.3.2.14 and table 55). Every round is taken from the budget of the run. */
import type { Iterator, Node } from "./ast.ts";
import type { Compiler } from "./compile.ts";
import { Decimal, isWhole, toInteger, whole } from "./decimal.ts";
import { type Closure, type Compiled, type Frame, type Scope, withName } from "./frame.ts";
import { isListShape, type Shape } from "./plain.ts";
import type { Span } from "./run.ts";
import { dateOfEpochDay, FeelDate } from "./temporal.ts";
import { FeelRange, type FeelValue, isList } from "./value.ts";

interface Loop {
  readonly slot: number;
  /** The values to go through, or null with a warning. */
  readonly values: (frame: Frame) => Iterable<FeelValue> | null;
}

interface Loops {
  readonly loops: readonly Loop[];
  readonly scope: Scope | undefined;
}

function compileIterators(compiler: Compiler, iterators: readonly Iterator[], outer: Scope | undefined): Loops {
  let scope = outer;
  const loops = iterators.map((iterator): Loop => {
    const from = compiler.compile(iterator.from, scope);
    const to = iterator.to && compiler.compile(iterator.to, scope).run;
    const slot = compiler.gathering.slot();
    scope = withName(scope, iterator.name, { slot, shape: to ? "any" : itemShape(from.shape) });
    const span = iterator.from;
    const start = from.run;
    const values: Loop["values"] = to
      ? (frame) => count(start(frame), to(frame)) ?? frame.run.warn("iterator-range", {}, span)
      : (frame) => items(start(frame)) ?? frame.run.warn("iterator-null", {}, span);
    return { slot, values };
  });
  return { loops, scope };
}

function itemShape(shape: Shape): Shape {
  return isListShape(shape) ? shape[0] : shape === "list" || shape === "range" ? "any" : shape;
}

function items(value: FeelValue): Iterable<FeelValue> | null {
  if (value === null) return null;
  if (isList(value)) return value;
  return value instanceof FeelRange ? rangeItems(value) : [value];
}

/** A range as a list: whole numbers or days, the ends as far as they are included. */
function rangeItems(range: FeelRange): Iterable<FeelValue> | null {
  const { start, end } = range;
  const first = position(start);
  const last = position(end);
  if (first === null || last === null || start?.constructor !== end?.constructor) return null;
  return between(first + (range.startIncluded ? 0 : 1), {
    last: last - (range.endIncluded ? 0 : 1),
    dates: start instanceof FeelDate,
    down: false,
  });
}

function position(value: FeelValue): number | null {
  if (value instanceof Decimal && isWhole(value)) return toInteger(value);
  return value instanceof FeelDate ? value.epochDay : null;
}

/** `from..to`, downwards where the first is greater; whole numbers or days. */
function count(from: FeelValue, to: FeelValue): Iterable<FeelValue> | null {
  const first = position(from);
  const last = position(to);
  if (first === null || last === null || from?.constructor !== to?.constructor) return null;
  return between(first, { last, dates: from instanceof FeelDate, down: first > last });
}

function* between(first: number, more: { last: number; dates: boolean; down: boolean }): Generator<FeelValue> {
  const { last, dates, down } = more;
  for (let at = first; down ? at >= last : at <= last; at += down ? -1 : 1) yield dates ? dateOfEpochDay(at) : whole(at);
}

/** Goes through all combinations; a visitor that returns true ends it. False where an iterator has no list. */
function visit(frame: Frame, loops: readonly Loop[], more: { span: Span; at: number; visitor: () => boolean }): boolean {
  const loop = loops[more.at];
  if (!loop) return more.visitor();
  const values = loop.values(frame);
  if (values === null) throw new NoList();
  for (const value of values) {
    frame.run.span = more.span;
    frame.run.spend(1);
    frame.slots[loop.slot] = value;
    if (visit(frame, loops, { ...more, at: more.at + 1 })) return true;
  }
  return false;
}

/** Ends a loop whose iterator is null: the whole expression is null. */
class NoList extends Error {}

function orNull(loop: () => FeelValue): FeelValue {
  try {
    return loop();
  } catch (error) {
    if (error instanceof NoList) return null;
    throw error;
  }
}

export function compileFor(compiler: Compiler, node: Node & { kind: "for" }, outer: Scope | undefined): Compiled {
  const { loops, scope } = compileIterators(compiler, node.iterators, outer);
  const partial = compiler.gathering.slot();
  const body = compiler.compile(node.body, withName(scope, "partial", { slot: partial, shape: ["any"] }));
  const each = body.run;
  const usesPartial = mentions(node.body, "partial");
  const run: Closure = (frame) =>
    orNull(() => {
      const results: FeelValue[] = [];
      const visitor = (): boolean => {
        if (usesPartial) {
          frame.run.spend(results.length >> 3);
          frame.slots[partial] = results.slice();
        }
        results.push(each(frame));
        return false;
      };
      visit(frame, loops, { span: node, at: 0, visitor });
      return results;
    });
  return { run, shape: [body.shape] };
}

function mentions(node: unknown, name: string): boolean {
  if (typeof node !== "object" || node === null) return false;
  const one = node as Node;
  if (one.kind === "name" && one.name === name) return true;
  if (one.kind === "part") return one.mentions(name);
  return Object.values(node).some((child) =>
    Array.isArray(child) ? child.some((item) => mentions(item, name)) : mentions(child, name),
  );
}

export function compileQuantified(
  compiler: Compiler,
  node: Node & { kind: "some" | "every" },
  outer: Scope | undefined,
): Compiled {
  const { loops, scope } = compileIterators(compiler, node.iterators, outer);
  const condition = compiler.compile(node.body, scope).run;
  const decides = node.kind === "some";
  const run: Closure = (frame) =>
    orNull(() => {
      let result: boolean | null = !decides;
      const visitor = (): boolean => {
        const met = condition(frame);
        if (met !== decides && met !== !decides) result = null;
        return met === decides;
      };
      return visit(frame, loops, { span: node, at: 0, visitor }) ? decides : result;
    });
  return { run, shape: "boolean" };
}

export function compileFilter(compiler: Compiler, node: Node & { kind: "filter" }, outer: Scope | undefined): Compiled {
  const target = compiler.compile(node.target, outer);
  const slot = compiler.gathering.slot();
  const shape = itemShape(target.shape);
  const item: Scope = { kind: "item", slot, shape, outer };
  const condition = compiler.compile(node.condition, withItem(item, slot, shape));
  const source = target.run;
  const test = condition.run;
  const run: Closure = (frame) => {
    const value = source(frame);
    const list = isList(value) ? value : value === null ? [] : value instanceof FeelRange ? [value] : [value];
    return filter(frame, list, { slot, test, span: node });
  };
  const indexed = condition.shape === "number";
  return { run, shape: indexed ? shape : isListShape(target.shape) ? target.shape : [shape] };
}

/** `item` is the item itself, unless the item has a field of that name. */
function withItem(item: Scope & { kind: "item" }, slot: number, shape: Shape): Scope {
  const named = withName(item.outer, "item", { slot, shape });
  return { ...item, outer: named };
}

function filter(frame: Frame, list: readonly FeelValue[], more: { slot: number; test: Closure; span: Span }): FeelValue {
  const { slot, test, span } = more;
  const kept: FeelValue[] = [];
  if (list.length === 0) {
    frame.slots[slot] = null;
    return test(frame) instanceof Decimal ? null : kept;
  }
  for (const item of list) {
    frame.run.span = span;
    frame.run.spend(1);
    frame.slots[slot] = item;
    const met = test(frame);
    if (met === true) kept.push(item);
    else if (met instanceof Decimal) return elementAt(list, met);
    else if (met !== false && met !== null) return frame.run.warn("filter-type", {}, span);
  }
  return kept;
}

/** The element at a position: from the start by 1, 2, …, from the end by -1, -2, … */
function elementAt(list: readonly FeelValue[], position: Decimal): FeelValue {
  const at = toInteger(position);
  if (at === null || at === 0) return null;
  return list[at > 0 ? at - 1 : list.length + at] ?? null;
}
