/** Unary tests (DMN 1.3 §7.3.3 and grammar rules 7–17): one value against a test, in a cell of a table or after `in`. */
import type { Node } from "./ast.ts";
import type { Compiler } from "./compile.ts";
import type { Closure, Frame, Scope } from "./frame.ts";
import { compareWith } from "./operators.ts";
import { equalValues, FeelRange, type FeelValue, isList, rangeIncludes } from "./value.ts";

export type Test = (frame: Frame, input: FeelValue) => boolean | null;

/** Whether the input sign `?` stands anywhere in a tree. */
function usesInput(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  if ((node as Node).kind === "input") return true;
  return Object.values(node).some((child) => (Array.isArray(child) ? child.some(usesInput) : usesInput(child)));
}

export function compileTest(compiler: Compiler, node: Node, scope: Scope): Test {
  if (node.kind === "any") return () => true;
  if (node.kind === "half-range") return compileComparison(compiler, node, scope);
  const closure = compiler.compile(node, scope).run;
  if (node.kind === "range") return compileInterval(closure);
  if (usesInput(node)) {
    return (frame, input) => {
      const result = closure(frame);
      return typeof result === "boolean" || result === null ? result : matches(result, input);
    };
  }
  return (frame, input) => matches(closure(frame), input);
}

function compileComparison(compiler: Compiler, node: Node & { kind: "half-range" }, scope: Scope): Test {
  const { operator } = node;
  const other = compiler.compile(node.value, scope).run;
  return (frame, input) => compareWith(operator, input, { b: other(frame), run: frame.run, span: node });
}

function compileInterval(closure: Closure): Test {
  return (frame, input) => {
    const range = closure(frame);
    return range instanceof FeelRange ? rangeIncludes(range, input) : null;
  };
}

/**
 * A value as a test: a range that holds the input, a list that has it (or is it), a condition that is true, or the input itself.
 * A boolean counts as a condition only where the input is no boolean, or a cell `true` would pass for the input `false`.
 */
function matches(test: FeelValue, input: FeelValue): boolean | null {
  if (test instanceof FeelRange && !(input instanceof FeelRange)) return rangeIncludes(test, input);
  if (isList(test)) return listed(test, input);
  if (typeof test === "boolean" && typeof input !== "boolean" && input !== null) return test;
  return equalValues(input, test);
}

function listed(list: readonly FeelValue[], input: FeelValue): boolean | null {
  if (isList(input) && equalValues(input, list) === true) return true;
  let result: boolean | null = false;
  for (const item of list) {
    const found =
      item instanceof FeelRange && !(input instanceof FeelRange) ? rangeIncludes(item, input) : equalValues(input, item);
    if (found === true) return true;
    if (found === null && result === false && item instanceof FeelRange) result = null;
  }
  return result;
}

/** True where any test is met; null where none is and one could not be told. */
export function includesAny(tests: readonly Test[]): Test {
  const [only] = tests;
  if (only && tests.length === 1) return only;
  return (frame, input) => {
    let result: boolean | null = false;
    for (const test of tests) {
      const met = test(frame, input);
      if (met === true) return true;
      if (met === null) result = null;
    }
    return result;
  };
}
