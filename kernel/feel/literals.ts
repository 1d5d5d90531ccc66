/** The numbers, days and spans of time that stand in an expression: what a law may move without changing its sense. */
import type { Node } from "./ast.ts";
import { Decimal } from "./decimal.ts";
import { parseExpression, parseUnaryTests } from "./parse.ts";
import type { Shapes } from "./plain.ts";
import { DaysDuration, FeelDate, MonthsDuration } from "./temporal.ts";

export interface Literal {
  /** Where its text stands in the expression; the text of a day or span is what stands between the quotes. */
  readonly from: number;
  readonly to: number;
  readonly kind: "number" | "day" | "duration";
  readonly text: string;
}

/** Literals in the order of the text. An expression that cannot be read has none. */
export function literalsOf(text: string, names: Shapes, as: "expression" | "tests" = "expression"): Literal[] {
  const parsed = as === "tests" ? parseUnaryTests(text, names) : parseExpression(text, names);
  if (!parsed.ok) return [];
  const found: Literal[] = [];
  const roots = "tests" in parsed.tree && !("kind" in parsed.tree) ? parsed.tree.tests : [parsed.tree as Node];
  for (const root of roots) gather(root, text, found);
  return found.sort((a, b) => a.from - b.from);
}

/** The expression with another text in the place of a literal. */
export function withLiteral(text: string, literal: Pick<Literal, "from" | "to">, value: string): string {
  return text.slice(0, literal.from) + value + text.slice(literal.to);
}

function gather(node: Node, text: string, found: Literal[]): void {
  if (node.kind === "literal") {
    const { value } = node;
    if (value instanceof Decimal)
      found.push({ from: node.from, to: node.to, kind: "number", text: text.slice(node.from, node.to) });
    else if (value instanceof FeelDate) found.push(quoted(node, text, "day"));
    else if (value instanceof DaysDuration || value instanceof MonthsDuration) found.push(quoted(node, text, "duration"));
    return;
  }
  const kind = node.kind === "call" && node.callee.kind === "name" ? CONSTRUCTORS[node.callee.name] : undefined;
  if (node.kind === "call" && kind) {
    const [only, ...more] = node.args;
    if (only?.kind === "literal" && typeof only.value === "string" && more.length === 0) {
      found.push(quoted(only, text, kind));
      return;
    }
  }
  for (const child of childrenOf(node)) gather(child, text, found);
}

const CONSTRUCTORS: Readonly<Record<string, Literal["kind"]>> = { date: "day", duration: "duration" };

function quoted(node: Node, text: string, kind: Literal["kind"]): Literal {
  const from = text.indexOf('"', node.from) + 1;
  const to = text.lastIndexOf('"', node.to - 1);
  return { from, to, kind, text: text.slice(from, to) };
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "path":
      return [node.target];
    case "filter":
      return [node.target, node.condition];
    case "call":
      return node.args;
    case "call-named":
      return node.args.map(({ value }) => value);
    case "negate":
    case "half-range":
    case "instance":
      return [node.value];
    case "arithmetic":
    case "comparison":
      return [node.left, node.right];
    case "between":
      return [node.value, node.low, node.high];
    case "in":
      return [node.value, ...node.tests];
    case "and":
    case "or":
      return node.terms;
    case "if":
      return [node.condition, node.yes, node.no];
    case "for":
    case "some":
    case "every":
      return [...node.iterators.flatMap(({ from, to }) => (to ? [from, to] : [from])), node.body];
    case "list":
      return node.items;
    case "context":
      return node.entries.map(({ value }) => value);
    case "range":
      return [node.start, node.end];
    case "function":
      return [node.body];
    default:
      return [];
  }
}
