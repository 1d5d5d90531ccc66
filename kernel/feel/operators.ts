/** Operators on values (DMN 1.3 §10.3.2.11–10.3.2.13): null where the tables give no result, with a warning that says why. */
import type { ArithmeticOperator, ComparisonOperator } from "./ast.ts";
import { add, compare, Decimal, divide, equalDecimals, multiply, negate, subtract } from "./decimal.ts";
import type { Closure } from "./frame.ts";
import {
  addTemporals,
  divideDuration,
  divideDurations,
  isTemporal,
  multiplyDuration,
  negateDuration,
  subtractTemporals,
} from "./moments.ts";
import { power } from "./roots.ts";
import { type Run, type Span, TEXT_LIMIT } from "./run.ts";
import { equalValues, type FeelValue, orderValues, typeName } from "./value.ts";

interface Site {
  readonly operator: string;
  readonly run: Run;
  readonly span: Span;
}

function mismatch(a: FeelValue, b: FeelValue, site: Site): null {
  const { operator, run, span } = site;
  if (a === null || b === null) return run.warn("operand-null", { operator }, span);
  return run.warn("operand-types", { operator, left: typeName(a), right: typeName(b) }, span);
}

function plusOther(a: FeelValue, b: FeelValue, site: Site): FeelValue {
  if (typeof a === "string" && typeof b === "string") {
    site.run.span = site.span;
    site.run.spend(Math.ceil((a.length + b.length) / 1000));
    return a.length + b.length > TEXT_LIMIT ? site.run.warn("text-limit", { limit: TEXT_LIMIT }, site.span) : a + b;
  }
  return (isTemporal(a) && isTemporal(b) ? addTemporals(a, b) : null) ?? mismatch(a, b, site);
}

function minusOther(a: FeelValue, b: FeelValue, site: Site): FeelValue {
  return (isTemporal(a) && isTemporal(b) ? subtractTemporals(a, b) : null) ?? mismatch(a, b, site);
}

function timesOther(a: FeelValue, b: FeelValue, site: Site): FeelValue {
  if (isTemporal(a) && b instanceof Decimal) return multiplyDuration(a, b) ?? mismatch(a, b, site);
  if (isTemporal(b) && a instanceof Decimal) return multiplyDuration(b, a) ?? mismatch(a, b, site);
  return mismatch(a, b, site);
}

function overOther(a: FeelValue, b: FeelValue, site: Site): FeelValue {
  if (isTemporal(a) && b instanceof Decimal) return divideDuration(a, b) ?? mismatch(a, b, site);
  if (isTemporal(a) && isTemporal(b)) return divideDurations(a, b) ?? mismatch(a, b, site);
  return mismatch(a, b, site);
}

/** A power costs about as much as so many sums. */
const POWER_STEPS = 20;

type Numeric = (a: Decimal, b: Decimal) => Decimal | null;
type Other = (a: FeelValue, b: FeelValue, site: Site) => FeelValue;

const ARITHMETIC: Readonly<Record<ArithmeticOperator, readonly [Numeric, Other]>> = {
  "+": [add, plusOther],
  "-": [subtract, minusOther],
  "*": [multiply, timesOther],
  "/": [divide, overOther],
  "**": [power, mismatch],
};

/** A closure for `left operator right`. */
export function arithmetic(operator: ArithmeticOperator, left: Closure, more: { right: Closure; span: Span }): Closure {
  const { right, span } = more;
  const [numeric, other] = ARITHMETIC[operator];
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    if (a instanceof Decimal && b instanceof Decimal) {
      if (operator === "**") frame.run.spend(POWER_STEPS);
      return (
        numeric(a, b) ?? frame.run.warn(operator === "/" && b.small === 0 ? "division-zero" : "number-range", { operator }, span)
      );
    }
    return other(a, b, { operator, run: frame.run, span });
  };
}

export function negation(value: Closure, span: Span): Closure {
  return (frame) => {
    const a = value(frame);
    if (a instanceof Decimal) return negate(a);
    return (isTemporal(a) ? negateDuration(a) : null) ?? mismatch(a, a, { operator: "-", run: frame.run, span });
  };
}

/** Whether an order (negative, zero, positive) satisfies an operator. */
function satisfies(operator: ComparisonOperator, order: number): boolean {
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    case "=":
      return order === 0;
    default:
      return order !== 0;
  }
}

/** `a operator b` on values: true, false, or null with a warning. */
export function compareWith(
  operator: ComparisonOperator,
  a: FeelValue,
  more: { b: FeelValue; run: Run; span: Span },
): boolean | null {
  const { b, run, span } = more;
  if (operator === "=" || operator === "!=") {
    const same = equalValues(a, b);
    if (same === null) return mismatch(a, b, { operator, run, span });
    return operator === "=" ? same : !same;
  }
  const order = orderValues(a, b);
  return order === null ? mismatch(a, b, { operator, run, span }) : satisfies(operator, order);
}

/** A closure for `left operator right`; numbers, the common case, are compared without a detour. */
export function comparison(operator: ComparisonOperator, left: Closure, more: { right: Closure; span: Span }): Closure {
  const { right, span } = more;
  const fast = NUMERIC[operator];
  return (frame) => {
    const a = left(frame);
    const b = right(frame);
    if (a instanceof Decimal && b instanceof Decimal) return fast(a, b);
    return compareWith(operator, a, { b, run: frame.run, span });
  };
}

const NUMERIC: Readonly<Record<ComparisonOperator, (a: Decimal, b: Decimal) => boolean>> = {
  "=": equalDecimals,
  "!=": (a, b) => !equalDecimals(a, b),
  "<": (a, b) => compare(a, b) < 0,
  "<=": (a, b) => compare(a, b) <= 0,
  ">": (a, b) => compare(a, b) > 0,
  ">=": (a, b) => compare(a, b) >= 0,
};

/** `and` (DMN 1.3 table 50): false where any term is false, else null where any is no boolean. */
export function conjunction(terms: readonly Closure[]): Closure {
  return decisive(terms, false);
}

/** `or`: true where any term is true, else null where any is no boolean. */
export function disjunction(terms: readonly Closure[]): Closure {
  return decisive(terms, true);
}

function decisive(terms: readonly Closure[], decides: boolean): Closure {
  return (frame) => {
    let result: boolean | null = !decides;
    for (let index = 0; index < terms.length; index += 1) {
      const value = terms[index]!(frame);
      if (value === decides) return decides;
      if (value !== !decides) result = null;
    }
    return result;
  };
}
