/** Calls of built-in and own functions, and the definitions of own ones. */
import type { NamedArgument, Node } from "./ast.ts";
import { type Builtin, callForms, orderNamed, printForms, takes } from "./builtin.ts";
import { builtinNames, findBuiltin } from "./builtins.ts";
import type { Compiler } from "./compile.ts";
import { nearest } from "./fault.ts";
import { type Closure, type Compiled, type Scope, withName } from "./frame.ts";
import { programOf } from "./pattern.ts";
import type { Shape } from "./plain.ts";
import { CALL_DEPTH_LIMIT, LimitReached, type Run, type Span } from "./run.ts";
import { fitType } from "./types.ts";
import { FeelFunction, type FeelValue } from "./value.ts";

/** The built-in function a name calls, unless a variable or fact of that name hides it. */
function builtinOf(compiler: Compiler, callee: Node, scope: Scope | undefined): Builtin | undefined {
  if (callee.kind !== "name" || compiler.gathering.declared.has(callee.name)) return undefined;
  for (let at = scope; at; at = at.outer) if (at.kind === "names" && at.names.has(callee.name)) return undefined;
  return findBuiltin(callee.name);
}

function isKnown(compiler: Compiler, name: string, scope: Scope | undefined): boolean {
  if (compiler.gathering.declared.has(name)) return true;
  for (let at = scope; at; at = at.outer) {
    if (at.kind === "names" && at.names.has(name)) return true;
    if (at.kind === "item") return true;
  }
  return false;
}

function compileCallee(compiler: Compiler, callee: Node, scope: Scope | undefined): Closure {
  if (callee.kind === "name" && !isKnown(compiler, callee.name, scope)) {
    const near = nearest(callee.name, builtinNames());
    const { name } = callee;
    const fault = near === undefined ? "function-unknown" : "function-near";
    return compiler.gathering.fault(fault, callee, near === undefined ? { name } : { name, near }).run;
  }
  return compiler.compile(callee, scope).run;
}

export function compileCall(compiler: Compiler, node: Node & { kind: "call" }, scope: Scope | undefined): Compiled {
  const args = node.args.map((arg) => compiler.compile(arg, scope).run);
  const builtin = builtinOf(compiler, node.callee, scope);
  if (builtin) {
    const pattern = wrongPattern(builtin.name, node.args);
    if (pattern) return compiler.gathering.fault("pattern-bad", pattern);
    const forms = builtin.forms.filter((form) => takes(form, args.length));
    if (forms.length === 0) {
      return compiler.gathering.fault("argument-count", node, {
        name: builtin.name,
        given: args.length,
        forms: printForms(builtin),
      });
    }
    const call = { name: builtin.name, forms };
    return {
      run: (frame) => callBuiltin(call, evaluate(args, frame), { run: frame.run, span: node }),
      shape: resultShape(builtin.name),
    };
  }
  const callee = compileCallee(compiler, node.callee, scope);
  return { run: (frame) => callValue(callee(frame), evaluate(args, frame), { run: frame.run, span: node }), shape: "any" };
}

/** A pattern that is written out and is none is told before any evaluation. */
function wrongPattern(name: string, args: readonly Node[]): Node | undefined {
  if (name !== "matches" && name !== "replace" && name !== "split") return undefined;
  const [, pattern] = args;
  const flags = args[name === "matches" ? 2 : 3];
  if (pattern?.kind !== "literal" || typeof pattern.value !== "string") return undefined;
  if (flags !== undefined && (flags.kind !== "literal" || typeof flags.value !== "string")) return undefined;
  return programOf(pattern.value, flags === undefined ? "" : String(flags.value)) ? undefined : pattern;
}

function evaluate(args: readonly Closure[], frame: Parameters<Closure>[0]): FeelValue[] {
  const values: FeelValue[] = [];
  for (const arg of args) values.push(arg(frame));
  return values;
}

const COSTLY: ReadonlySet<string> = new Set(["exp", "log", "sqrt", "stddev"]);

/** What a call takes from the budget, by the size of what it is given. */
function costOf(name: string, args: readonly FeelValue[]): number {
  let steps = COSTLY.has(name) ? 20 : 1;
  for (const arg of args) {
    if (typeof arg === "string") steps += arg.length >> 8;
    else if (Array.isArray(arg)) steps += arg.length >> 4;
  }
  return steps;
}

function callBuiltin(
  call: { name: string; forms: Builtin["forms"] },
  args: FeelValue[],
  at: { run: Run; span: Span },
): FeelValue {
  at.run.span = at.span;
  at.run.spend(costOf(call.name, args));
  return callForms({ name: call.name, forms: call.forms, args }, at.run);
}

function callValue(callee: FeelValue, args: FeelValue[], at: { run: Run; span: Span }): FeelValue {
  at.run.span = at.span;
  if (callee instanceof FeelFunction) return callee.call(args, at.run);
  return at.run.warn("not-a-function", {}, at.span);
}

export function compileNamedCall(compiler: Compiler, node: Node & { kind: "call-named" }, scope: Scope | undefined): Compiled {
  const builtin = builtinOf(compiler, node.callee, scope);
  if (builtin) return compileNamedBuiltin(compiler, node, { builtin, scope });
  const callee = compileCallee(compiler, node.callee, scope);
  const args = compileArguments(compiler, node.args, scope);
  const run: Closure = (frame) => {
    const called = callee(frame);
    if (!(called instanceof FeelFunction)) return frame.run.warn("not-a-function", {}, node);
    const { parameters } = called;
    if (parameters.length !== args.length || !parameters.every((name) => args.some((arg) => arg.name === name))) {
      return frame.run.warn("argument-type", { function: called.name, given: args.map((arg) => arg.name).join(", ") }, node);
    }
    const values = parameters.map((name) => args.find((arg) => arg.name === name)!.run(frame));
    return callValue(called, values, { run: frame.run, span: node });
  };
  return { run, shape: "any" };
}

function compileArguments(
  compiler: Compiler,
  args: readonly NamedArgument[],
  scope: Scope | undefined,
): { name: string; run: Closure }[] {
  return args.map((arg) => ({ name: arg.name, run: compiler.compile(arg.value, scope).run }));
}

type NamedNode = Node & { kind: "call-named" };

function compileNamedBuiltin(
  compiler: Compiler,
  node: NamedNode,
  more: { builtin: Builtin; scope: Scope | undefined },
): Compiled {
  const { builtin } = more;
  const names = node.args.map((arg) => arg.name);
  const args = compileArguments(compiler, node.args, more.scope);
  const fitting = builtin.forms.flatMap((form) => {
    const order = orderNamed(form, names);
    // A list given by its name is one argument, not the tail of many.
    return order ? [{ form: { ...form, variadic: false }, order, spread: form.variadic }] : [];
  });
  // A form that takes one list is what a list given by its name means.
  const plain = fitting.filter(({ spread }) => !spread);
  if (fitting.length === 0) {
    return compiler.gathering.fault("argument-names", node, {
      name: builtin.name,
      given: names.join(", "),
      forms: printForms(builtin),
    });
  }
  const run: Closure = (frame) => {
    const values = args.map((arg) => arg.run(frame));
    frame.run.span = node;
    for (const { form, order } of plain.length > 0 ? plain : fitting) {
      const last = order.findLastIndex((from) => from >= 0);
      // A gap before the last argument given stands for an optional argument left out.
      const ordered = order.slice(0, last + 1).map((from) => (from >= 0 ? values[from]! : (undefined as unknown as FeelValue)));
      const result = callForms({ name: builtin.name, forms: [form], args: ordered }, frame.run);
      if (result !== null) return result;
    }
    return null;
  };
  return { run, shape: resultShape(builtin.name) };
}

/** What is known of the result of a built-in function, so that slips in comparisons are found. */
const RESULTS: Readonly<Record<string, Shape>> = {
  count: "number",
  sum: "number",
  "string length": "number",
  floor: "number",
  ceiling: "number",
  contains: "boolean",
  "starts with": "boolean",
  "ends with": "boolean",
  "list contains": "boolean",
  today: "date",
  now: "date and time",
  "years and months duration": "years and months duration",
  date: "date",
  time: "time",
  "date and time": "date and time",
  number: "number",
  string: "string",
  "upper case": "string",
  "lower case": "string",
  not: "boolean",
};

function resultShape(name: string): Shape {
  return Object.hasOwn(RESULTS, name) ? RESULTS[name]! : "any";
}

export function compileFunction(compiler: Compiler, node: Node & { kind: "function" }, outer: Scope | undefined): Compiled {
  let scope = outer;
  const slots = node.parameters.map((parameter) => {
    const slot = compiler.gathering.slot();
    scope = withName(scope, parameter.name, { slot, shape: "any" });
    return slot;
  });
  const body = compiler.compile(node.body, scope).run;
  const names = node.parameters.map((parameter) => parameter.name);
  const types = node.parameters.map(({ type }) => type && compiler.gathering.type(type));
  const run: Closure = (frame) => {
    const captured = frame.slots.slice();
    return new FeelFunction("function", names, (args, caller) => {
      if (args.length !== slots.length) return caller.warn("argument-type", { function: "function", given: String(args.length) });
      const own = captured.slice();
      for (const [index, slot] of slots.entries()) {
        const value = fitType(args[index]!, types[index]);
        if (value === undefined) return caller.warn("argument-type", { function: "function", given: names[index]! });
        own[slot] = value;
      }
      return enter(caller, node, () => body({ input: frame.input, slots: own, run: caller }));
    });
  };
  return { run, shape: "function" };
}

/** Calls inside calls are counted, so that no recursion can exhaust the stack. */
function enter(run: Run, span: Span, call: () => FeelValue): FeelValue {
  run.spend(1);
  run.depth += 1;
  if (run.depth > CALL_DEPTH_LIMIT) throw new LimitReached(span);
  const result = call();
  run.depth -= 1;
  return result;
}
