/** Names and paths: where a name of the expression comes from, and how a fact is read. */
import type { Node } from "./ast.ts";
import { builtinNames, findBuiltin } from "./builtins.ts";
import { readFact } from "./facts.ts";
import { nearest } from "./fault.ts";
import { type Closure, type Compiled, entryOf, type Gathering, ownKey, type Scope } from "./frame.ts";
import { fieldShape, isListShape, type Shape } from "./plain.ts";
import type { Span } from "./run.ts";
import { property, take } from "./steps.ts";
import { isContext } from "./value.ts";

interface Resolution {
  readonly compiled: Compiled | undefined;
  /** Whether a filter over items of unknown shape stands between, so that the name may yet be a field. */
  readonly open: boolean;
}

/** The field of a shape by the canonical form of its name. */
function shapeField(shape: Shape, name: string): { key: string; shape: Shape } | undefined {
  if (typeof shape === "string" || isListShape(shape)) return undefined;
  const key = ownKey(shape, name);
  return key === undefined ? undefined : { key, shape: (shape as Readonly<Record<string, Shape>>)[key]! };
}

export function compileName(node: Span & { name: string }, gathering: Gathering, scope: Scope | undefined): Compiled {
  const { compiled, open } = resolve(node, gathering, scope);
  if (compiled) return compiled;
  if (open) return { run: (frame) => frame.run.warn("name-missing", { name: node.name }, node), shape: "any" };
  return unknownName(node, gathering, scope);
}

function unknownName(node: Span & { name: string }, gathering: Gathering, scope: Scope | undefined): Compiled {
  const known = [...gathering.declared.values()].map((one) => one.key);
  for (let at = scope; at; at = at.outer)
    known.push(...(at.kind === "names" ? at.names.keys() : at.kind === "item" ? fieldNames(at.shape) : []));
  const near = nearest(node.name, known) ?? nearest(node.name, builtinNames());
  return near === undefined
    ? gathering.fault("name-unknown", node, { name: node.name })
    : gathering.fault("name-near", node, { name: node.name, near });
}

function resolve(node: Span & { name: string }, gathering: Gathering, scope: Scope | undefined): Resolution {
  const { name } = node;
  for (let at = scope; at; at = at.outer) {
    if (at.kind === "names") {
      const variable = at.names.get(name);
      if (variable?.fact !== undefined)
        return { compiled: noted(readSlot(variable.slot, variable.shape), variable.fact, gathering), open: false };
      if (variable) return { compiled: readSlot(variable.slot, variable.shape), open: false };
    } else if (at.kind === "item") {
      const field = shapeField(at.shape, name);
      if (field) return { compiled: step(readSlot(at.slot, at.shape), { ...node, shape: field.shape }), open: false };
      if (at.shape === "any" || at.shape === "context") return fieldOrOuter(at.slot, node, resolve(node, gathering, at.outer));
    }
  }
  const declared = gathering.declared.get(name);
  if (declared) return { compiled: readFact([declared.key], declared.shape, { gathering, span: node }), open: false };
  const builtin = findBuiltin(name);
  if (builtin) return { compiled: { run: () => builtin.value, shape: "function" }, open: false };
  return { compiled: undefined, open: false };
}

function readSlot(slot: number, shape: Shape): Compiled {
  return { run: (frame) => frame.slots[slot] ?? null, shape };
}

/** Notes what a closure reads under the path of a fact. */
function noted(compiled: Compiled, path: string, gathering: Gathering): Compiled {
  gathering.reads.add(path);
  const { run } = compiled;
  const noting: Closure = (frame) => {
    const { facts } = frame.run;
    if (facts === undefined) return run(frame);
    const value = run(frame);
    facts.set(path, value);
    return value;
  };
  return { run: noting, shape: compiled.shape };
}

/** The variable a name stands for where that is a fact kept in a slot. */
function slotFact(name: string, scope: Scope | undefined): { slot: number; shape: Shape; fact: string } | undefined {
  for (let at = scope; at; at = at.outer) {
    if (at.kind === "item" && (at.shape === "any" || at.shape === "context" || shapeField(at.shape, name))) return undefined;
    const variable = at.kind === "names" ? at.names.get(name) : undefined;
    if (variable)
      return variable.fact === undefined ? undefined : { slot: variable.slot, shape: variable.shape, fact: variable.fact };
  }
  return undefined;
}

/** In a filter a name is a field of the item first, and else what it is outside (DMN 1.3 §10.3.2.5). */
function fieldOrOuter(slot: number, node: Span & { name: string }, outer: Resolution): Resolution {
  const { name } = node;
  const beyond: Closure = outer.compiled?.run ?? ((frame) => frame.run.warn("name-missing", { name }, node));
  const run: Closure = (frame) => {
    const item = frame.slots[slot];
    if (item !== null && item !== undefined) {
      if (isContext(item)) {
        const field = entryOf(item, name);
        if (field !== undefined) return field;
      } else if (outer.compiled === undefined) {
        return property(item, name) ?? beyond(frame);
      }
    }
    return beyond(frame);
  };
  return { compiled: { run, shape: "any" }, open: true };
}

/** True where the root of a path is a fact that no variable hides. */
function rootFact(name: string, gathering: Gathering, scope: Scope | undefined): { key: string; shape: Shape } | undefined {
  for (let at = scope; at; at = at.outer) {
    if (at.kind === "names" && at.names.has(name)) return undefined;
    if (at.kind === "item" && (at.shape === "any" || at.shape === "context" || shapeField(at.shape, name))) return undefined;
  }
  return gathering.declared.get(name);
}

type PathNode = Node & { kind: "path" };

/** `a.b.c`: one reading of a fact as far as the shapes go, then steps. */
export function compilePath(
  node: PathNode,
  gathering: Gathering,
  more: { scope: Scope | undefined; compile: (node: Node) => Compiled },
): Compiled {
  const steps: PathNode[] = [];
  let root: Node = node;
  while (root.kind === "path") {
    steps.unshift(root);
    root = root.target;
  }
  const kept = root.kind === "name" ? slotFact(root.name, more.scope) : undefined;
  if (kept) {
    const taken = knownSteps(kept.shape, steps);
    const reached = walk(readSlot(kept.slot, kept.shape), steps.slice(0, taken.length), gathering);
    return walk(noted(reached, [kept.fact, ...taken].join("."), gathering), steps.slice(taken.length), gathering);
  }
  const fact = root.kind === "name" ? rootFact(root.name, gathering, more.scope) : undefined;
  if (!fact) return walk(more.compile(root), steps, gathering);
  const keys = [fact.key, ...knownSteps(fact.shape, steps)];
  const taken = keys.length - 1;
  const span = taken === 0 ? root : steps[taken - 1]!;
  return walk(readFact(keys, shapeAlong(fact.shape, keys.slice(1)), { gathering, span }), steps.slice(taken), gathering);
}

/** The keys of the steps that lead from field to field of a fact, before any property or list. */
function knownSteps(start: Shape, steps: readonly PathNode[]): string[] {
  const keys: string[] = [];
  let shape = start;
  for (const { name } of steps) {
    const field = shapeField(shape, name);
    if (!field && shape !== "any" && shape !== "context") break;
    keys.push(field?.key ?? name);
    shape = field?.shape ?? "any";
  }
  return keys;
}

function shapeAlong(start: Shape, keys: readonly string[]): Shape {
  return keys.reduce<Shape>((shape, key) => fieldShape(shape, key) ?? "any", start);
}

function walk(start: Compiled, steps: readonly PathNode[], gathering: Gathering): Compiled {
  let current = start;
  for (const { name, nameSpan } of steps) {
    const next = stepShape(current.shape, name);
    if (next === undefined) {
      const fields = fieldNames(current.shape);
      const near = nearest(name, fields);
      if (near !== undefined) return gathering.fault("field-near", nameSpan, { name, near });
      return gathering.fault("field-unknown", nameSpan, { name, known: fields.join(", ") || "—" });
    }
    current = step(current, { ...nameSpan, name, shape: next });
  }
  return current;
}

const PROPERTIES: Readonly<Record<string, Readonly<Record<string, Shape>>>> = {
  date: { year: "number", month: "number", day: "number", weekday: "number" },
  time: { hour: "number", minute: "number", second: "number", "time offset": "days and time duration", timezone: "string" },
  "days and time duration": { days: "number", hours: "number", minutes: "number", seconds: "number" },
  "years and months duration": { years: "number", months: "number" },
  range: { start: "any", end: "any", "start included": "boolean", "end included": "boolean" },
};

function propertiesOf(shape: string): Readonly<Record<string, Shape>> {
  return shape === "date and time" ? { ...PROPERTIES.date, ...PROPERTIES.time } : (PROPERTIES[shape] ?? {});
}

function fieldNames(shape: Shape): string[] {
  if (isListShape(shape)) return fieldNames(shape[0]);
  return Object.keys(typeof shape === "string" ? propertiesOf(shape) : shape);
}

/** The shape of a field or property; undefined where the shape is known to have none of that name. */
function stepShape(shape: Shape, name: string): Shape | undefined {
  if (isListShape(shape)) {
    const item = stepShape(shape[0], name);
    return item === undefined ? undefined : [item];
  }
  if (typeof shape !== "string") return shapeField(shape, name)?.shape;
  if (shape === "any" || shape === "context" || shape === "list" || shape === "null" || shape === "function") return "any";
  const properties = propertiesOf(shape);
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

function step(target: Compiled, field: Span & { name: string; shape: Shape }): Compiled {
  const { name } = field;
  const run: Closure = (frame) => take(target.run(frame), name, { frame, span: field });
  return { run, shape: field.shape };
}
