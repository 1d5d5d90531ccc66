/** From text to tree: the grammar is lezer-feel's, the tree is ours (ast.ts). */
import { normalizeContextKey, parser, trackVariables } from "lezer-feel";
import type {
  ArithmeticOperator,
  ComparisonOperator,
  Iterator,
  NamedArgument,
  Node,
  Parameter,
  TypeNode,
  UnaryTests,
} from "./ast.ts";
import { parseDecimal } from "./decimal.ts";
import { diagnose, type SyntaxNode } from "./diagnose.ts";
import type { RawFault } from "./fault.ts";
import { readString, readTemporal } from "./literal.ts";
import { isListShape, type Shape, type Shapes } from "./plain.ts";
import type { Span } from "./run.ts";
import { scan } from "./scan.ts";

const DEPTH_LIMIT = 200;

export type Parsed<T> = { ok: true; tree: T } | { ok: false; fault: RawFault };

class ParseFault extends Error {
  readonly fault: RawFault;

  constructor(code: string, span: Span, params: RawFault["params"] = {}) {
    super(code);
    this.fault = { code, params, span: { from: span.from, to: span.to } };
  }
}

/**
 * Names the grammar must know to read names with spaces and signs; deeper shapes give the names of fields. Plain names it reads
 * by itself, and would take for less than they are where they are also words of types (`list`, `date`).
 */
function nameTree(shapes: Shapes, depth = 0): Record<string, unknown> {
  const names: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    const branch = nameBranch(shape, depth);
    if (name !== "__proto__" && (typeof branch === "object" || !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))) names[name] = branch;
  }
  return names;
}

/** An object where some name under it must be known, else 1. */
function nameBranch(shape: Shape, depth: number): unknown {
  if (typeof shape === "string" || depth > 12) return 1;
  if (isListShape(shape)) return nameBranch(shape[0], depth + 1);
  const tree = nameTree(shape as Shapes, depth + 1);
  return Object.keys(tree).length > 0 ? tree : 1;
}

function syntaxTree(text: string, top: string, shapes: Shapes): Parsed<SyntaxNode> {
  const fault = scan(text);
  if (fault) return { ok: false, fault };
  const masked = maskRangeTypes(text);
  const tree = parser.configure({ top, contextTracker: trackVariables(nameTree(shapes)) }).parse(masked);
  const found = diagnose(text, tree);
  return found ? { ok: false, fault: found } : { ok: true, tree: tree.topNode };
}

/** The grammar of lezer-feel has no `range<number>`: what is in the angle brackets is blanked, and read again at the type. */
function maskRangeTypes(text: string): string {
  return text.replace(
    /\brange(\s*<\s*[A-Za-z][A-Za-z ]*>)/g,
    (all, type: string) => all.slice(0, -type.length) + " ".repeat(type.length),
  );
}

function attempt<T>(read: () => T): Parsed<T> {
  try {
    return { ok: true, tree: read() };
  } catch (error) {
    if (error instanceof ParseFault) return { ok: false, fault: error.fault };
    throw error;
  }
}

export function parseExpression(text: string, shapes: Shapes): Parsed<Node> {
  const syntax = syntaxTree(text, "Expression", shapes);
  if (!syntax.ok) return syntax;
  return attempt(() => new Reader(text).expression(only(syntax.tree), 0));
}

export function parseUnaryTests(text: string, shapes: Shapes): Parsed<UnaryTests> {
  const syntax = syntaxTree(text, "UnaryTests", shapes);
  if (!syntax.ok) return syntax;
  const { tree: top } = syntax;
  const [first] = parts(top);
  const span = { from: top.from, to: top.to };
  if (first?.name === "Wildcard") return { ok: true, tree: { ...span, negated: false, tests: [{ ...span, kind: "any" }] } };
  const list = parts(top).find((part) => part.name === "PositiveUnaryTests");
  if (!list) return { ok: false, fault: { code: "unexpected", params: { text }, span } };
  return attempt(() => {
    const reader = new Reader(text);
    return { ...span, negated: first?.name === "not", tests: parts(list).map((test) => reader.expression(test, 0)) };
  });
}

/** A name in the one form in which names are compared: single spaces, spaces around signs. */
export function canonicalName(name: string): string {
  return normalizeContextKey(name.replace(/\s+/g, " ").trim());
}

function parts(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== "LineComment" && child.name !== "BlockComment") found.push(child);
  }
  return found;
}

function only(node: SyntaxNode): SyntaxNode {
  const [first] = parts(node);
  if (!first) throw new ParseFault("empty", node);
  return first;
}

function child(node: SyntaxNode, index: number): SyntaxNode {
  const found = parts(node).at(index);
  if (!found) throw new ParseFault("unexpected", node, { text: node.name });
  return found;
}

/** Reads one text; `depth` guards the stack against nesting without brackets. */
class Reader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  #slice(node: Span): string {
    return this.#text.slice(node.from, node.to);
  }

  #name(node: Span): string {
    return canonicalName(this.#slice(node).replace(/\/\*[\s\S]*?\*\/|\/\/[^\n\r]*/g, " "));
  }

  expression(node: SyntaxNode, outer: number): Node {
    const depth = outer + 1;
    if (depth > DEPTH_LIMIT) throw new ParseFault("too-deep", node, { limit: DEPTH_LIMIT });
    const span = { from: node.from, to: node.to };
    switch (node.name) {
      case "NumericLiteral": {
        const value = parseDecimal(this.#slice(node).replace(/\s/g, ""));
        if (value === null) throw new ParseFault("number-range", node, { text: this.#slice(node) });
        return { ...span, kind: "literal", value };
      }
      case "StringLiteral":
        return { ...span, kind: "literal", value: readString(this.#slice(node)) };
      case "BooleanLiteral":
        return { ...span, kind: "literal", value: this.#slice(node) === "true" };
      case "null":
        return { ...span, kind: "literal", value: null };
      case "?":
        return { ...span, kind: "input" };
      case "VariableName":
      case "SpecialFunctionName":
      case "DateTimeConstructor":
        return { ...span, kind: "name", name: this.#name(node) };
      case "DateTimeLiteral":
        return this.#dateTimeLiteral(node, depth);
      case "ParenthesizedExpression":
        return this.expression(child(node, 1), depth);
      case "PositiveUnaryTest":
      case "FunctionBody":
        return this.expression(only(node), depth);
      case "Wildcard":
        return { ...span, kind: "any" };
      default:
        return this.#compound(node, depth);
    }
  }

  #compound(node: SyntaxNode, depth: number): Node {
    const span = { from: node.from, to: node.to };
    const at = (index: number): Node => this.expression(child(node, index), depth);
    switch (node.name) {
      case "ArithmeticExpression":
        if (child(node, 0).name === "ArithOp") return { ...span, kind: "negate", value: at(1) };
        return {
          ...span,
          kind: "arithmetic",
          operator: this.#slice(child(node, 1)) as ArithmeticOperator,
          left: at(0),
          right: at(2),
        };
      case "Comparison":
        return this.#comparison(node, depth);
      case "SimplePositiveUnaryTest":
        return this.#simpleTest(node, depth);
      case "Conjunction":
        return { ...span, kind: "and", terms: this.#terms(node, depth) };
      case "Disjunction":
        return { ...span, kind: "or", terms: this.#terms(node, depth) };
      case "InstanceOfExpression":
        return { ...span, kind: "instance", value: at(0), type: this.#type(child(node, -1), depth) };
      case "PathExpression": {
        const name = child(node, 2);
        return { ...span, kind: "path", target: at(0), name: this.#name(name), nameSpan: { from: name.from, to: name.to } };
      }
      case "FilterExpression":
        return { ...span, kind: "filter", target: at(0), condition: at(2) };
      case "FunctionInvocation":
        return this.#call(node, depth);
      case "IfExpression":
        return { ...span, kind: "if", condition: at(1), yes: at(3), no: at(5) };
      case "ForExpression":
        return { ...span, kind: "for", iterators: this.#iterators(child(node, 1), depth), body: at(3) };
      case "QuantifiedExpression": {
        const kind = child(node, 0).name === "some" ? "some" : "every";
        return { ...span, kind, iterators: this.#iterators(child(node, 1), depth), body: at(3) };
      }
      case "List":
        return { ...span, kind: "list", items: this.#between(node).map((item) => this.expression(item, depth)) };
      case "Context":
        return { ...span, kind: "context", entries: this.#between(node).map((entry) => this.#entry(entry, depth)) };
      case "FunctionDefinition":
        return this.#function(node, depth);
      default:
        throw new ParseFault("unexpected", node, { text: this.#slice(node).slice(0, 40) });
    }
  }

  /** The children between the first and last, which are brackets. */
  #between(node: SyntaxNode): SyntaxNode[] {
    return parts(node).slice(1, -1);
  }

  #entry(entry: SyntaxNode, depth: number): { name: string; value: Node } {
    const key = only(child(entry, 0));
    const name = key.name === "StringLiteral" ? readString(this.#slice(key)) : this.#slice(key).replace(/\s+/g, " ");
    return { name, value: this.expression(child(entry, 1), depth) };
  }

  #terms(node: SyntaxNode, depth: number): Node[] {
    const terms: SyntaxNode[] = [];
    let left = node;
    while (left.name === node.name) {
      terms.unshift(child(left, 2));
      left = child(left, 0);
    }
    return [left, ...terms].map((term) => this.expression(term, depth));
  }

  #comparison(node: SyntaxNode, depth: number): Node {
    const span = { from: node.from, to: node.to };
    const [left, operator, ...rest] = parts(node);
    const value = this.expression(left!, depth);
    if (operator?.name === "between") {
      return { ...span, kind: "between", value, low: this.expression(rest[0]!, depth), high: this.expression(rest[2]!, depth) };
    }
    if (operator?.name === "in") {
      const tests = rest.flatMap((part) =>
        part.name === "PositiveUnaryTests" ? parts(part) : part.name === "PositiveUnaryTest" ? [part] : [],
      );
      return { ...span, kind: "in", value, tests: tests.map((test) => this.expression(test, depth)) };
    }
    const right = this.expression(rest[0]!, depth);
    return { ...span, kind: "comparison", operator: this.#slice(operator!) as ComparisonOperator, left: value, right };
  }

  #simpleTest(node: SyntaxNode, depth: number): Node {
    const span = { from: node.from, to: node.to };
    const [first, second] = parts(node);
    if (first?.name === "CompareOp") {
      return {
        ...span,
        kind: "half-range",
        operator: this.#slice(first) as ComparisonOperator,
        value: this.expression(second!, depth),
      };
    }
    const [open, start, , end, close] = parts(first!);
    return {
      ...span,
      kind: "range",
      start: this.expression(start!, depth),
      end: this.expression(end!, depth),
      startIncluded: open?.name === "[",
      endIncluded: close?.name === "]",
    };
  }

  #dateTimeLiteral(node: SyntaxNode, depth: number): Node {
    const first = child(node, 0);
    if (first.name !== "AtLiteral") return this.#call(node, depth);
    const text = readString(this.#slice(child(first, -1)));
    const value = readTemporal(text);
    if (value === null) throw new ParseFault("literal-bad", node, { text });
    return { from: node.from, to: node.to, kind: "literal", value };
  }

  #call(node: SyntaxNode, depth: number): Node {
    const span = { from: node.from, to: node.to };
    const callee = this.expression(child(node, 0), depth);
    const given = parts(node).find((part) => part.name === "PositionalParameters" || part.name === "NamedParameters");
    if (given?.name !== "NamedParameters") {
      return { ...span, kind: "call", callee, args: given ? parts(given).map((arg) => this.expression(arg, depth)) : [] };
    }
    const args: NamedArgument[] = parts(given).map((arg) => ({
      from: arg.from,
      to: arg.to,
      name: this.#name(child(arg, 0)),
      value: this.expression(child(arg, 1), depth),
    }));
    return { ...span, kind: "call-named", callee, args };
  }

  #iterators(node: SyntaxNode, depth: number): Iterator[] {
    return parts(node).map((iterator) => {
      const [from, , to] = parts(child(iterator, -1));
      return {
        name: this.#name(child(iterator, 0)),
        from: this.expression(from!, depth),
        to: to && this.expression(to, depth),
      };
    });
  }

  #function(node: SyntaxNode, depth: number): Node {
    const all = parts(node);
    const external = all.find((part) => part.name === "external");
    // External functions would run foreign code (Java, PMML): packs contain none.
    if (external) throw new ParseFault("function-external", external);
    const formal = all.find((part) => part.name === "FormalParameters");
    const parameters: Parameter[] = (formal ? parts(formal) : []).map((parameter) => {
      const type = parts(parameter)[1];
      const span = { from: parameter.from, to: parameter.to };
      return { ...span, name: this.#name(child(parameter, 0)), type: type && this.#type(type, depth) };
    });
    return { from: node.from, to: node.to, kind: "function", parameters, body: this.expression(all.at(-1)!, depth) };
  }

  #type(node: SyntaxNode, depth: number): TypeNode {
    if (depth > DEPTH_LIMIT) throw new ParseFault("too-deep", node, { limit: DEPTH_LIMIT });
    const inner = only(node);
    const nested = (part: SyntaxNode): TypeNode => this.#type(part, depth + 1);
    const under = (name: string): SyntaxNode[] => parts(inner).filter((part) => part.name === name);
    if (inner.name === "ListType") return { name: "list", items: under("Type").map(nested), fields: [] };
    if (inner.name === "ContextType") {
      const fields = under("ContextEntryTypes")
        .flatMap(parts)
        .map((field) => ({ name: this.#name(child(field, 0)), type: nested(child(field, 1)) }));
      return { name: "context", items: [], fields };
    }
    if (inner.name === "FunctionType") {
      const args = under("ArgumentTypes").flatMap(parts).map(only).map(nested);
      return { name: "function", items: [...args, ...under("Type").map(nested)], fields: [] };
    }
    const name = this.#name(inner);
    const argument =
      name === "range" ? /^\s*<\s*([A-Za-z][A-Za-z ]*?)\s*>/.exec(this.#text.slice(inner.from + 5))?.[1] : undefined;
    return { name, items: argument ? [{ name: canonicalName(argument), items: [], fields: [] }] : [], fields: [] };
  }
}
