/** Numeric functions (DMN 1.4 table 74). */
import { type Builtin, builtin, form } from "./builtin.ts";
import { absolute, coefficient, cutToInteger, Decimal, isWhole, modulo, type Rounding, round } from "./decimal.ts";
import { isTemporal, negateDuration } from "./moments.ts";
import { exponential, naturalLogarithm, squareRoot } from "./roots.ts";
import type { Run } from "./run.ts";
import { DaysDuration, MonthsDuration } from "./temporal.ts";
import type { FeelValue } from "./value.ts";

const MIN_PLACES = -6111;
const MAX_PLACES = 6176;

function rounded(rounding: Rounding): (args: FeelValue[], run: Run) => FeelValue {
  return ([value, scale], run) => {
    const places = scale === undefined ? 0 : cutToInteger(scale as Decimal);
    if (places === null || places < MIN_PLACES || places > MAX_PLACES) return run.warn("places-outside");
    return round(value as Decimal, places, rounding);
  };
}

function parity(value: FeelValue, rest: bigint): boolean {
  const number = value as Decimal;
  if (!isWhole(number)) return false;
  // A negative scale means zeros at the end: an even number.
  const last = number.scale < 0 ? 0n : coefficient(number) % 2n;
  return (last === 0n ? 0n : 1n) === rest;
}

function size(value: FeelValue): FeelValue {
  if (value instanceof Decimal) return absolute(value);
  const negative = value instanceof DaysDuration ? value.nanos < 0n : value instanceof MonthsDuration && value.months < 0;
  return negative && isTemporal(value) ? negateDuration(value) : value;
}

export const numberBuiltins: readonly Builtin[] = [
  builtin("decimal", form("n: number, scale: number", rounded("half-even"))),
  builtin("floor", form("n: number, scale?: number", rounded("floor"))),
  builtin("ceiling", form("n: number, scale?: number", rounded("ceiling"))),
  builtin("round up", form("n: number, scale: number", rounded("up"))),
  builtin("round down", form("n: number, scale: number", rounded("down"))),
  builtin("round half up", form("n: number, scale: number", rounded("half-up"))),
  builtin("round half down", form("n: number, scale: number", rounded("half-down"))),
  builtin(
    "abs",
    form("n: number|days|months", ([value]) => size(value!)),
  ),
  builtin(
    "modulo",
    form(
      "dividend: number, divisor: number",
      ([dividend, divisor], run) => modulo(dividend as Decimal, divisor as Decimal) ?? run.warn("division-zero"),
    ),
  ),
  builtin(
    "sqrt",
    form("number: number", ([value], run) => squareRoot(value as Decimal) ?? run.warn("number-range", { operator: "sqrt" })),
  ),
  builtin(
    "log",
    form("number: number", ([value], run) => naturalLogarithm(value as Decimal) ?? run.warn("number-range", { operator: "log" })),
  ),
  builtin(
    "exp",
    form("number: number", ([value], run) => exponential(value as Decimal) ?? run.warn("number-range", { operator: "exp" })),
  ),
  builtin(
    "odd",
    form("number: number", ([value]) => parity(value!, 1n)),
  ),
  builtin(
    "even",
    form("number: number", ([value]) => parity(value!, 0n)),
  ),
];
