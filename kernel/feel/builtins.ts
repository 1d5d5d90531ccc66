/** All built-in functions by name (DMN 1.3/1.4 §10.3.4). */
import type { Builtin } from "./builtin.ts";
import { booleanBuiltins } from "./builtins-boolean.ts";
import { contextBuiltins } from "./builtins-context.ts";
import { conversionBuiltins } from "./builtins-conversion.ts";
import { dateBuiltins } from "./builtins-date.ts";
import { listBuiltins } from "./builtins-list.ts";
import { numberBuiltins } from "./builtins-number.ts";
import { rangeBuiltins } from "./builtins-range.ts";
import { statisticsBuiltins } from "./builtins-statistics.ts";
import { stringBuiltins } from "./builtins-string.ts";

let byName: ReadonlyMap<string, Builtin> | undefined;

function all(): ReadonlyMap<string, Builtin> {
  byName ??= new Map(
    [
      ...conversionBuiltins,
      ...booleanBuiltins,
      ...stringBuiltins,
      ...numberBuiltins,
      ...listBuiltins,
      ...statisticsBuiltins,
      ...contextBuiltins,
      ...dateBuiltins,
      ...rangeBuiltins,
    ].map((one) => [one.name, one]),
  );
  return byName;
}

export function findBuiltin(name: string): Builtin | undefined {
  return all().get(name);
}

export function builtinNames(): Iterable<string> {
  return all().keys();
}
