/**
 * The inside of FEEL, for who compiles what consists of many texts that see each other's values: the boxed expressions and tables
 * of DMN. All texts of a program run on one frame and one budget.
 */
import type { Node, UnaryTests } from "./ast.ts";
import { Compiler } from "./compile.ts";
import { type Fault, faultAt } from "./fault.ts";
import { type Compiled, Gathering, NOTHING, type Scope } from "./frame.ts";
import { parseExpression, parseUnaryTests } from "./parse.ts";
import { isListShape, type Shape, type Shapes } from "./plain.ts";
import { compileTest, includesAny, type Test } from "./tests.ts";

export type { Node, Part, UnaryTests } from "./ast.ts";
export { add, compare, divide, equalDecimals, multiply, round, subtract } from "./decimal.ts";
export { type Closure, type Compiled, entryOf, type Frame, NOTHING, type Scope, withName } from "./frame.ts";
export { canonicalName } from "./parse.ts";
export { emptySlots, type Performed, perform } from "./perform.ts";
export { BEGINNING, CALL_DEPTH_LIMIT, LimitReached, type Run } from "./run.ts";
export { parseDate, parseDateTime, parseDuration, parseTime } from "./temporal.ts";
export type { Test } from "./tests.ts";
export { fitType, typeOfShape } from "./types.ts";
export { isContext, isList, rangeIncludes } from "./value.ts";

/** What a text sees: facts of the input of the frame, and the values of slots. */
export interface Sight {
  readonly facts: Shapes;
  readonly scope: Scope | undefined;
}

export type Complain = (fault: Fault) => void;

export interface CompiledText extends Compiled {
  /** None where the text has a fault. */
  readonly tree: Node | undefined;
}

/** The tests of a cell as one test, and their tree. The value tested must stand in the slot of the scope while it runs. */
export interface CompiledTests {
  readonly tree: UnaryTests;
  readonly test: Test;
}

/** Texts that run on one frame. Compiling never throws: faults are told to `complain` and the text is null. */
export class Program {
  readonly #types: Shapes;
  readonly #gathering: Gathering;
  /** Paths of facts that its texts can refer to. */
  readonly reads = new Set<string>();

  /** @param types own types by name, for `instance of` and the parameters of functions */
  constructor(types: Shapes) {
    this.#types = types;
    this.#gathering = new Gathering({}, types);
  }

  /** How many slots a frame needs. */
  get slots(): number {
    return this.#gathering.slots;
  }

  slot(): number {
    return this.#gathering.slot();
  }

  /** Compiles a tree whose texts are parts. */
  node(node: Node, scope: Scope | undefined): Compiled {
    return new Compiler(this.#gathering).compile(node, scope);
  }

  text(text: string, sight: Sight, complain: Complain): CompiledText {
    const parsed = parseExpression(text, namesOf(sight));
    if (!parsed.ok) {
      complain(faultAt(text, parsed.fault));
      return { ...NOTHING, tree: undefined };
    }
    const { tree } = parsed;
    const made = this.#compile(sight.facts, { text, complain }, (compiler) => compiler.compile(tree, sight.scope));
    return made ? { ...made, tree } : { ...NOTHING, tree: undefined };
  }

  /** The scope of what is seen must begin with the input that is tested. */
  tests(text: string, sight: Sight, complain: Complain): CompiledTests | undefined {
    const parsed = parseUnaryTests(text, namesOf(sight));
    if (!parsed.ok) {
      complain(faultAt(text, parsed.fault));
      return undefined;
    }
    const { tree } = parsed;
    const { scope } = sight;
    const positive = this.#compile(sight.facts, { text, complain }, (compiler) =>
      includesAny(tree.tests.map((test) => compileTest(compiler, test, scope!))),
    );
    if (!positive) return undefined;
    const negated: Test = (frame, input) => {
      const met = positive(frame, input);
      return met === null ? null : !met;
    };
    return { tree, test: tree.negated ? negated : positive };
  }

  /** Each text has names and faults of its own; slots and reads are those of the program. */
  #compile<Made>(facts: Shapes, how: { text: string; complain: Complain }, make: (compiler: Compiler) => Made): Made | undefined {
    const own = new Gathering(facts, this.#types);
    own.slots = this.#gathering.slots;
    const made = make(new Compiler(own));
    this.#gathering.slots = own.slots;
    for (const path of own.reads) this.reads.add(path);
    for (const fault of own.faults) how.complain(faultAt(how.text, fault));
    return own.faults.length > 0 ? undefined : made;
  }
}

/** Names the grammar must know, the inner ones before the outer ones. */
function namesOf(sight: Sight): Shapes {
  const inner: [string, Shape][] = [];
  for (let at = sight.scope; at; at = at.outer) {
    if (at.kind === "names") for (const [name, { shape }] of at.names) inner.push([name, shape]);
    else if (at.kind === "item") inner.push(...fieldsOf(at.shape));
  }
  return { ...sight.facts, ...Object.fromEntries(inner.reverse()) };
}

function fieldsOf(shape: Shape): [string, Shape][] {
  return typeof shape === "string" || isListShape(shape) ? [] : Object.entries(shape);
}
