/** From tree to closures: one function a node, faults gathered, names resolved to slots and facts. */
import type { ComparisonOperator, Node, TypeNode } from "./ast.ts";
import { compileCall, compileFunction, compileNamedCall } from "./calls.ts";
import { type Compiled, type Gathering, NOTHING, type Scope, withName } from "./frame.ts";
import { compileFilter, compileFor, compileQuantified } from "./loops.ts";
import { compileName, compilePath } from "./names.ts";
import { arithmetic, comparison, conjunction, disjunction, negation } from "./operators.ts";
import { canonicalName } from "./parse.ts";
import type { Shape } from "./plain.ts";
import { compileTest, includesAny } from "./tests.ts";
import { knownType, matchesType } from "./types.ts";
import { equalValues, FeelRange, type FeelValue, orderValues, typeName } from "./value.ts";

/** Compiles trees of one expression; given to every part that compiles children. */
export class Compiler {
  readonly gathering: Gathering;

  constructor(gathering: Gathering) {
    this.gathering = gathering;
  }

  compile(node: Node, scope: Scope | undefined): Compiled {
    switch (node.kind) {
      case "literal": {
        const { value } = node;
        return { run: () => value, shape: literalShape(value) };
      }
      case "name":
        return compileName(node, this.gathering, scope);
      case "input":
        return this.#input(node, scope);
      case "any":
        return { run: () => true, shape: "boolean" };
      case "path":
        return compilePath(node, this.gathering, { scope, compile: (target) => this.compile(target, scope) });
      case "filter":
        return compileFilter(this, node, scope);
      case "call":
        return compileCall(this, node, scope);
      case "call-named":
        return compileNamedCall(this, node, scope);
      case "for":
        return compileFor(this, node, scope);
      case "some":
      case "every":
        return compileQuantified(this, node, scope);
      case "function":
        return compileFunction(this, node, scope);
      case "instance":
        return this.#instance(node, scope);
      case "part":
        return node.compile(this, scope);
      default:
        return this.#operation(node, scope);
    }
  }

  #operation(node: Node, scope: Scope | undefined): Compiled {
    switch (node.kind) {
      case "negate": {
        const value = this.compile(node.value, scope);
        return { run: negation(value.run, node), shape: value.shape };
      }
      case "arithmetic":
        return this.#arithmetic(node, scope);
      case "comparison":
        return this.#comparison(node, scope);
      case "and":
      case "or": {
        const terms = node.terms.map((term) => this.compile(term, scope).run);
        return { run: node.kind === "and" ? conjunction(terms) : disjunction(terms), shape: "boolean" };
      }
      case "between":
        return this.#between(node, scope);
      case "in":
        return this.#in(node, scope);
      case "if":
        return this.#if(node, scope);
      case "list":
        return this.#list(node, scope);
      case "context":
        return this.#context(node, scope);
      case "range":
        return this.#range(node, scope);
      case "half-range":
        return this.#halfRange(node, scope);
      default:
        return NOTHING;
    }
  }

  #input(node: Node, scope: Scope | undefined): Compiled {
    for (let at = scope; at; at = at.outer) {
      if (at.kind !== "input") continue;
      const { slot, shape } = at;
      return { run: (frame) => frame.slots[slot] ?? null, shape };
    }
    return this.gathering.fault("input-outside", node);
  }

  #arithmetic(node: Node & { kind: "arithmetic" }, scope: Scope | undefined): Compiled {
    const left = this.compile(node.left, scope);
    const right = this.compile(node.right, scope);
    const run = arithmetic(node.operator, left.run, { right: right.run, span: node });
    return { run, shape: arithmeticShape(left.shape, right.shape) };
  }

  #comparison(node: Node & { kind: "comparison" }, scope: Scope | undefined): Compiled {
    const left = this.compile(node.left, scope);
    const right = this.compile(node.right, scope);
    this.#checkTypes(node, { operator: node.operator, left: left.shape, right: right.shape });
    return { run: comparison(node.operator, left.run, { right: right.run, span: node }), shape: "boolean" };
  }

  /** A comparison of two types that are known and differ is always null: a slip of the author. */
  #checkTypes(node: Node & { kind: "comparison" }, types: { operator: ComparisonOperator; left: Shape; right: Shape }): void {
    const { left, right, operator } = types;
    if (node.left.kind === "literal" && node.right.kind === "literal") return;
    if (!isScalar(left) || !isScalar(right) || left === right) return;
    this.gathering.fault("types-differ", node, { operator, left, right });
  }

  #between(node: Node & { kind: "between" }, scope: Scope | undefined): Compiled {
    const value = this.compile(node.value, scope).run;
    const low = this.compile(node.low, scope).run;
    const high = this.compile(node.high, scope).run;
    const slot = this.gathering.slot();
    const held = (frame: Parameters<typeof value>[0]): FeelValue => frame.slots[slot] ?? null;
    const both = conjunction([
      comparison(">=", held, { right: low, span: node }),
      comparison("<=", held, { right: high, span: node }),
    ]);
    const run = (frame: Parameters<typeof value>[0]): FeelValue => {
      frame.slots[slot] = value(frame);
      return both(frame);
    };
    return { run, shape: "boolean" };
  }

  #in(node: Node & { kind: "in" }, scope: Scope | undefined): Compiled {
    const value = this.compile(node.value, scope);
    const slot = this.gathering.slot();
    const inner: Scope = { kind: "input", slot, shape: value.shape, outer: scope };
    const tests = node.tests.map((test) => compileTest(this, test, inner));
    const any = includesAny(tests);
    const run = value.run;
    return {
      run: (frame) => {
        const tested = run(frame);
        frame.slots[slot] = tested;
        return any(frame, tested);
      },
      shape: "boolean",
    };
  }

  #if(node: Node & { kind: "if" }, scope: Scope | undefined): Compiled {
    const condition = this.compile(node.condition, scope).run;
    const yes = this.compile(node.yes, scope);
    const no = this.compile(node.no, scope);
    const [whenTrue, otherwise] = [yes.run, no.run];
    const { condition: at } = node;
    const run: Compiled["run"] = (frame) => {
      const met = condition(frame);
      if (met === true) return whenTrue(frame);
      if (met !== false) frame.run.warn("condition-null", {}, at);
      return otherwise(frame);
    };
    return { run, shape: yes.shape === no.shape ? yes.shape : "any" };
  }

  #list(node: Node & { kind: "list" }, scope: Scope | undefined): Compiled {
    const compiled = node.items.map((item) => this.compile(item, scope));
    const items = compiled.map((item) => item.run);
    const [first] = compiled;
    const shape: Shape = first && compiled.every((item) => item.shape === first.shape) ? [first.shape] : ["any"];
    return { run: (frame) => items.map((item) => item(frame)), shape };
  }

  #context(node: Node & { kind: "context" }, scope: Scope | undefined): Compiled {
    let inner = scope;
    const entries = node.entries.map(({ name, value }) => {
      const compiled = this.compile(value, inner);
      const slot = this.gathering.slot();
      inner = withName(inner, canonicalName(name), { slot, shape: compiled.shape });
      return { name, slot, run: compiled.run };
    });
    const twice = node.entries.find((entry, index) => node.entries.findIndex((other) => other.name === entry.name) !== index);
    if (twice) return this.gathering.fault("entry-twice", node, { name: twice.name });
    const run: Compiled["run"] = (frame) => {
      const context = new Map<string, FeelValue>();
      for (const entry of entries) {
        const value = entry.run(frame);
        frame.slots[entry.slot] = value;
        context.set(entry.name, value);
      }
      return context;
    };
    // Open: a field that is not in it is null, not a fault (DMN 1.3 table 52).
    return { run, shape: "context" };
  }

  #range(node: Node & { kind: "range" }, scope: Scope | undefined): Compiled {
    const start = this.compile(node.start, scope).run;
    const end = this.compile(node.end, scope).run;
    const { startIncluded, endIncluded } = node;
    const run: Compiled["run"] = (frame) => {
      const [from, to] = [start(frame), end(frame)];
      const order = orderValues(from, to);
      if (order === null || order > 0) return frame.run.warn("range-ends", {}, node);
      return new FeelRange({ start: from, end: to, startIncluded, endIncluded });
    };
    return { run, shape: "range" };
  }

  /** `(<10)` as a value: a range open to one side (DMN 1.4 §10.3.2.7). */
  #halfRange(node: Node & { kind: "half-range" }, scope: Scope | undefined): Compiled {
    const end = this.compile(node.value, scope).run;
    const { operator } = node;
    if (operator === "!=") return this.gathering.fault("unexpected", node, { text: "!=" });
    const run: Compiled["run"] = (frame) => {
      const value = end(frame);
      if (value === null || equalValues(value, value) === null) return frame.run.warn("range-ends", {}, node);
      if (operator === "=") return new FeelRange({ start: value, end: value, startIncluded: true, endIncluded: true });
      const included = operator === "<=" || operator === ">=";
      const below = operator === "<" || operator === "<=";
      return new FeelRange({
        start: below ? null : value,
        end: below ? value : null,
        startIncluded: !below && included,
        endIncluded: below && included,
      });
    };
    return { run, shape: "range" };
  }

  #instance(node: Node & { kind: "instance" }, scope: Scope | undefined): Compiled {
    const value = this.compile(node.value, scope).run;
    const type = this.gathering.type(node.type);
    const unknown = unknownType(type);
    if (unknown !== undefined) return this.gathering.fault("type-unknown", node, { name: unknown });
    return { run: (frame) => matchesType(value(frame), type), shape: "boolean" };
  }
}

function unknownType(type: TypeNode): string | undefined {
  if (!knownType(type.name)) return type.name;
  return [...type.items, ...type.fields.map((field) => field.type)].map(unknownType).find((name) => name !== undefined);
}

function literalShape(value: FeelValue): Shape {
  return value === null ? "any" : typeName(value);
}

const SCALARS = new Set<Shape>([
  "boolean",
  "number",
  "string",
  "date",
  "time",
  "date and time",
  "days and time duration",
  "years and months duration",
]);

function isScalar(shape: Shape): shape is Shape & string {
  return SCALARS.has(shape);
}

function arithmeticShape(left: Shape, right: Shape): Shape {
  return left === "number" && right === "number" ? "number" : "any";
}
