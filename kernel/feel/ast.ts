/** The tree of an expression, as the compiler wants it: names whole, literals read, every node with its place. */
import type { Compiler } from "./compile.ts";
import type { Compiled, Scope } from "./frame.ts";
import type { Span } from "./run.ts";
import type { FeelValue } from "./value.ts";

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "**";
export type ComparisonOperator = "=" | "!=" | "<" | "<=" | ">" | ">=";

export interface TypeNode {
  /** A type name, `any`, `list`, `context`, `range`, `function`, or an unknown word. */
  readonly name: string;
  readonly items: readonly TypeNode[];
  readonly fields: readonly { readonly name: string; readonly type: TypeNode }[];
}

export interface Iterator {
  readonly name: string;
  readonly from: Node;
  /** The other end of `from..to`. */
  readonly to: Node | undefined;
}

export interface Parameter extends Span {
  readonly name: string;
  readonly type: TypeNode | undefined;
}

export interface NamedArgument extends Span {
  readonly name: string;
  readonly value: Node;
}

export type Node = Span &
  (
    | { readonly kind: "literal"; readonly value: FeelValue }
    | { readonly kind: "name"; readonly name: string }
    | { readonly kind: "input" }
    | { readonly kind: "any" }
    | { readonly kind: "path"; readonly target: Node; readonly name: string; readonly nameSpan: Span }
    | { readonly kind: "filter"; readonly target: Node; readonly condition: Node }
    | { readonly kind: "call"; readonly callee: Node; readonly args: readonly Node[] }
    | { readonly kind: "call-named"; readonly callee: Node; readonly args: readonly NamedArgument[] }
    | { readonly kind: "negate"; readonly value: Node }
    | { readonly kind: "arithmetic"; readonly operator: ArithmeticOperator; readonly left: Node; readonly right: Node }
    | { readonly kind: "comparison"; readonly operator: ComparisonOperator; readonly left: Node; readonly right: Node }
    | { readonly kind: "between"; readonly value: Node; readonly low: Node; readonly high: Node }
    | { readonly kind: "in"; readonly value: Node; readonly tests: readonly Node[] }
    | { readonly kind: "and" | "or"; readonly terms: readonly Node[] }
    | { readonly kind: "if"; readonly condition: Node; readonly yes: Node; readonly no: Node }
    | { readonly kind: "for"; readonly iterators: readonly Iterator[]; readonly body: Node }
    | { readonly kind: "some" | "every"; readonly iterators: readonly Iterator[]; readonly body: Node }
    | { readonly kind: "instance"; readonly value: Node; readonly type: TypeNode }
    | { readonly kind: "list"; readonly items: readonly Node[] }
    | { readonly kind: "context"; readonly entries: readonly { readonly name: string; readonly value: Node }[] }
    | {
        readonly kind: "range";
        readonly start: Node;
        readonly end: Node;
        readonly startIncluded: boolean;
        readonly endIncluded: boolean;
      }
    | { readonly kind: "half-range"; readonly operator: ComparisonOperator; readonly value: Node }
    | { readonly kind: "function"; readonly parameters: readonly Parameter[]; readonly body: Node }
    | Part
  );

/** What is no text of this expression but compiles to a value where it stands: a boxed expression of DMN, with texts of its own. */
export interface Part extends Span {
  readonly kind: "part";
  readonly compile: (compiler: Compiler, scope: Scope | undefined) => Compiled;
  /** Whether a text in it may speak of a name. */
  readonly mentions: (name: string) => boolean;
}

/** The tests of a decision table cell: any of them, or (negated) none of them. */
export interface UnaryTests extends Span {
  readonly negated: boolean;
  readonly tests: readonly Node[];
}
