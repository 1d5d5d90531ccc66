/** Boxed expressions (DMN 1.5 §10.2.1) compiled to closures of FEEL: their parts see each other by the slots of one frame. */
import { FeelFunction, type FeelValue, type Shape } from "@kerege/kernel/feel";
import {
  BEGINNING,
  CALL_DEPTH_LIMIT,
  type Closure,
  type Compiled,
  isList,
  LimitReached,
  NOTHING,
  type Node,
  type Part,
  type Run,
  withName,
} from "@kerege/kernel/feel/parts";
import type { Compiling, Seen } from "./compiling.ts";
import type {
  Boxed,
  ConditionalExpression,
  ContextExpression,
  FilterExpression,
  FunctionExpression,
  InvocationExpression,
  IteratorExpression,
  RelationExpression,
} from "./document.ts";
import { compileTable } from "./table.ts";
import type { Coerce, Type } from "./types.ts";

/** Compiles an expression with the type it declares. */
export function compileBoxed(boxed: Boxed | undefined, seen: Seen, compiling: Compiling): Compiled {
  if (boxed === undefined) return NOTHING;
  const made = compileKind(boxed, seen, compiling);
  if (boxed.typeRef === undefined || boxed.kind === "function") return made;
  return coerced(made, compiling.types.find(boxed.typeRef, { element: seen.element, place: boxed.place }), compiling);
}

/** A value as a type wants it. */
export function coerced(made: Compiled, type: Type, compiling: Compiling): Compiled {
  if (type.shape === "any") return made;
  const { run } = made;
  const { coerce } = type;
  return { run: (frame) => coerce(run(frame)), shape: compiling.visible(type.shape) };
}

function compileKind(boxed: Boxed, seen: Seen, compiling: Compiling): Compiled {
  switch (boxed.kind) {
    case "literal":
      return compiling.program.text(boxed.written.text, seen, compiling.complain(seen.element, boxed.written));
    case "table": {
      const made = compileTable(boxed, seen, compiling);
      compiling.tables.push(made.outline);
      return made;
    }
    case "context":
      return compileContext(boxed, seen, compiling);
    case "invocation":
      return compileInvocation(boxed, seen, compiling);
    case "function":
      return compileFunction(boxed, seen, compiling);
    case "list":
      return compileList(boxed.items, seen, compiling);
    case "relation":
      return compileRelation(boxed, seen, compiling);
    case "conditional":
      return compileConditional(boxed, seen, compiling);
    case "filter":
      return compileFilter(boxed, seen, compiling);
    default:
      return compileIterator(boxed, seen, compiling);
  }
}

function compileList(items: readonly Boxed[], seen: Seen, compiling: Compiling): Compiled {
  const runs = items.map((item) => compileBoxed(item, seen, compiling).run);
  return { run: (frame) => runs.map((run) => run(frame)), shape: ["any"] };
}

function compileContext(boxed: ContextExpression, seen: Seen, compiling: Compiling): Compiled {
  let { scope } = seen;
  const names = new Set<string>();
  let result: Compiled | undefined;
  const entries: { name: string; slot: number; run: Closure }[] = [];
  const shape: Record<string, Shape> = {};
  for (const entry of boxed.entries) {
    const inner = { ...seen, scope };
    const value = compileBoxed(entry.value, inner, compiling);
    if (entry.name === undefined) {
      result = value;
      continue;
    }
    if (names.has(entry.name)) {
      compiling.say("entry-twice", { element: seen.element, place: boxed.place }, { name: entry.name });
      return NOTHING;
    }
    names.add(entry.name);
    const at = { element: seen.element, place: boxed.place };
    const typed = entry.typeRef === undefined ? value : coerced(value, compiling.types.find(entry.typeRef, at), compiling);
    const slot = compiling.program.slot();
    shape[entry.name] = typed.shape;
    entries.push({ name: entry.name, slot, run: typed.run });
    scope = withName(scope, entry.name, { slot, shape: typed.shape });
  }
  const last = result;
  const run: Closure = (frame) => {
    const context = new Map<string, FeelValue>();
    for (const entry of entries) {
      const value = entry.run(frame);
      frame.slots[entry.slot] = value;
      context.set(entry.name, value);
    }
    return last ? last.run(frame) : context;
  };
  return { run, shape: last ? last.shape : shape };
}

function compileRelation(boxed: RelationExpression, seen: Seen, compiling: Compiling): Compiled {
  const at = { element: seen.element, place: boxed.place };
  const types = boxed.columns.map((column) => compiling.types.find(column.typeRef, at));
  const rows = boxed.rows.map((row) =>
    row.map((cell, index) => {
      const made = compileBoxed(cell, seen, compiling);
      return {
        name: boxed.columns[index]?.name ?? "",
        run: types[index] ? coerced(made, types[index], compiling).run : made.run,
      };
    }),
  );
  const run: Closure = (frame) => rows.map((row) => new Map(row.map((cell) => [cell.name, cell.run(frame)])));
  return { run, shape: ["context"] };
}

function compileConditional(boxed: ConditionalExpression, seen: Seen, compiling: Compiling): Compiled {
  const condition = compileBoxed(boxed.condition, seen, compiling).run;
  const yes = compileBoxed(boxed.yes, seen, compiling);
  const no = compileBoxed(boxed.no, seen, compiling);
  const run: Closure = (frame) => {
    const met = condition(frame);
    if (met === true) return yes.run(frame);
    return met === false || met === null ? no.run(frame) : null;
  };
  return { run, shape: yes.shape === no.shape ? yes.shape : "any" };
}

/** An expression as a part of a tree of FEEL, compiled where the tree puts it. */
function partOf(boxed: Boxed | undefined, seen: Seen, compiling: Compiling): Part {
  return {
    ...BEGINNING,
    kind: "part",
    compile: (_, scope) => compileBoxed(boxed, { ...seen, scope }, compiling),
    mentions: (name) => mentions(boxed, name),
  };
}

/** Whether any text in an expression has a name in it; said too often it costs a little time, never a result. */
function mentions(boxed: unknown, name: string): boolean {
  if (typeof boxed === "string") return boxed.includes(name);
  if (typeof boxed !== "object" || boxed === null) return false;
  return Object.values(boxed).some((value) => mentions(value, name));
}

/** A closure put into a tree of FEEL as it is. */
function readyPart(made: Compiled): Part {
  return { ...BEGINNING, kind: "part", compile: () => made, mentions: () => false };
}

function compileFilter(boxed: FilterExpression, seen: Seen, compiling: Compiling): Compiled {
  const source = compileBoxed(boxed.source, seen, compiling);
  const slot = compiling.program.slot();
  const target = readyPart({ run: (frame) => frame.slots[slot] ?? null, shape: source.shape });
  const tree: Node = { ...BEGINNING, kind: "filter", target, condition: partOf(boxed.match, seen, compiling) };
  const filter = compiling.program.node(tree, seen.scope);
  const run: Closure = (frame) => {
    const list = source.run(frame);
    if (list === null) return null;
    frame.slots[slot] = list;
    return filter.run(frame);
  };
  return { run, shape: filter.shape };
}

function compileIterator(boxed: IteratorExpression, seen: Seen, compiling: Compiling): Compiled {
  const iterators = [{ name: boxed.variable, from: partOf(boxed.source, seen, compiling), to: undefined }];
  const tree: Node = { ...BEGINNING, kind: "for", iterators, body: partOf(boxed.body, seen, compiling) };
  const each = compiling.program.node(tree, seen.scope);
  return boxed.kind === "for" ? each : { run: quantified(each.run, boxed.kind === "some"), shape: "boolean" };
}

/** Boxed `some` and `every` look at all items: one that gives no boolean makes the whole null (DMN 1.5 §10.2.1.12). */
function quantified(each: Closure, decides: boolean): Closure {
  return (frame) => {
    const results = each(frame);
    if (!isList(results) || results.some((one) => one !== null && typeof one !== "boolean")) return null;
    if (results.includes(decides)) return decides;
    return results.includes(null) ? null : !decides;
  };
}

function compileInvocation(boxed: InvocationExpression, seen: Seen, compiling: Compiling): Compiled {
  const callee = compileBoxed(boxed.callee, seen, compiling).run;
  const bindings = boxed.bindings.map(({ name, value }) => ({ name, run: compileBoxed(value, seen, compiling).run }));
  const run: Closure = (frame) => {
    const called = callee(frame);
    if (!(called instanceof FeelFunction)) return frame.run.warn("not-a-function");
    const given = new Map(bindings.map(({ name, run: value }) => [name, value(frame)]));
    const unknown = [...given.keys()].find((name) => !called.parameters.includes(name));
    if (unknown !== undefined) return frame.run.warn("argument-type", { function: called.name, given: unknown });
    return called.call(
      called.parameters.map((name) => given.get(name) ?? null),
      frame.run,
    );
  };
  return { run, shape: "any" };
}

interface Lasting {
  /** The name a function of a business knowledge model calls itself by; it sees its frame as it is when it is called. */
  readonly name?: string;
  readonly result?: Coerce;
}

/** A function whose body is an expression of its own. */
export function compileFunction(boxed: FunctionExpression, seen: Seen & { lasting?: Lasting }, compiling: Compiling): Compiled {
  const { lasting = {}, facts, element } = seen;
  const at = { element: seen.element, place: boxed.place };
  if (boxed.language !== "FEEL") {
    compiling.say("function-language", at, { language: boxed.language });
    return NOTHING;
  }
  let { scope } = seen;
  const parameters = boxed.parameters.map(({ name, typeRef }) => {
    const type = compiling.types.find(typeRef, at);
    const slot = compiling.program.slot();
    scope = withName(scope, name, { slot, shape: compiling.visible(type.shape) });
    return { name, slot, coerce: type.coerce };
  });
  const body = compileBoxed(boxed.body, { facts, element, scope }, compiling).run;
  const names = parameters.map(({ name }) => name);
  const called = lasting.name ?? "function";
  const run: Closure = (frame) => {
    const captured = lasting.name === undefined ? frame.slots.slice() : frame.slots;
    return new FeelFunction(called, names, (args, caller) => {
      if (args.length !== parameters.length)
        return caller.warn("argument-type", { function: called, given: String(args.length) });
      const slots = captured.slice();
      for (const [index, { name, slot, coerce }] of parameters.entries()) {
        const value = coerce(args[index]!);
        if (value === null && args[index] !== null) return caller.warn("argument-type", { function: called, given: name });
        slots[slot] = value;
      }
      const value = enter(caller, () => body({ input: frame.input, slots, run: caller }));
      return lasting.result ? lasting.result(value) : value;
    });
  };
  return { run, shape: "function" };
}

/** Calls inside calls are counted, so that no recursion can exhaust the stack. */
export function enter(run: Run, call: () => FeelValue): FeelValue {
  run.spend(1);
  run.depth += 1;
  if (run.depth > CALL_DEPTH_LIMIT) throw new LimitReached(BEGINNING);
  const result = call();
  run.depth -= 1;
  return result;
}
