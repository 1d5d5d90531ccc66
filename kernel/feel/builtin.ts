/** How a built-in function is declared: its forms as one line of text each, its arguments checked before it runs. */
import { Decimal } from "./decimal.ts";
import type { Run } from "./run.ts";
import { DaysDuration, FeelDate, FeelDateTime, FeelTime, MonthsDuration } from "./temporal.ts";
import { FeelFunction, FeelRange, type FeelValue, isContext, isList, typeName } from "./value.ts";

interface Parameter {
  readonly name: string;
  readonly types: readonly string[];
  readonly optional: boolean;
  readonly nullable: boolean;
}

export interface Form {
  readonly parameters: readonly Parameter[];
  readonly variadic: boolean;
  readonly call: (args: FeelValue[], run: Run) => FeelValue;
}

export interface Builtin {
  readonly name: string;
  readonly forms: readonly Form[];
  readonly value: FeelFunction;
}

/**
 * A form from its signature: `"string: string, start position: number, length?: number"`. A type `any` takes null too, others with
 * a `?` after the type; several types are joined by `|`; a name that begins with `...` takes all arguments that follow, as a list.
 * A call with null where it is not taken, or with a value of another type, gives null and a warning.
 */
export function form(signature: string, call: (args: FeelValue[], run: Run) => FeelValue): Form {
  const declared = signature === "" ? [] : signature.split(", ");
  const parameters = declared.map((one): Parameter => {
    const [left = "", right = "any"] = one.split(": ");
    const types = right.replace("?", "").split("|");
    return {
      name: left.replace(/^\.\.\.|\?$/g, ""),
      types,
      optional: left.endsWith("?"),
      nullable: right.endsWith("?") || types.includes("any"),
    };
  });
  return { parameters, variadic: declared.at(-1)?.startsWith("...") ?? false, call };
}

export function builtin(name: string, ...forms: Form[]): Builtin {
  const value = new FeelFunction(name, forms[0]?.parameters.map((one) => one.name) ?? [], (args, run) =>
    callForms({ name, forms, args }, run),
  );
  return { name, forms, value };
}

function isOfType(value: FeelValue, type: string): boolean {
  switch (type) {
    case "any":
      return true;
    case "number":
      return value instanceof Decimal;
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "list":
      return isList(value);
    case "context":
      return isContext(value);
    case "date":
      return value instanceof FeelDate;
    case "time":
      return value instanceof FeelTime;
    case "date and time":
      return value instanceof FeelDateTime;
    case "days":
      return value instanceof DaysDuration;
    case "months":
      return value instanceof MonthsDuration;
    case "range":
      return value instanceof FeelRange;
    default:
      return type === "function" && value instanceof FeelFunction;
  }
}

/** The argument as the parameter wants it, undefined where it does not fit. A list of one and its item stand for each other. */
function fit(value: FeelValue, parameter: Parameter): FeelValue | undefined {
  if (value === null) return parameter.nullable ? null : undefined;
  if (parameter.types.some((type) => isOfType(value, type))) return value;
  if (isList(value) && value.length === 1) return value[0] === null ? undefined : fit(value[0]!, parameter);
  return parameter.types.includes("list") ? [value] : undefined;
}

/** Whether so many arguments may be given to a form. */
export function takes(one: Form, count: number): boolean {
  const required = one.parameters.filter((parameter) => !parameter.optional).length;
  return one.variadic ? count >= required : count >= required && count <= one.parameters.length;
}

function fitAll(one: Form, args: readonly FeelValue[]): FeelValue[] | undefined {
  if (!takes(one, args.length)) return undefined;
  const given = one.variadic ? [...args.slice(0, one.parameters.length - 1), args.slice(one.parameters.length - 1)] : args;
  const fitted: FeelValue[] = [];
  for (const [index, parameter] of one.parameters.entries()) {
    const value = given[index];
    if (value === undefined) {
      fitted.push(undefined as unknown as FeelValue);
      continue;
    }
    const found = fit(value, parameter);
    if (found === undefined) return undefined;
    fitted.push(found);
  }
  return fitted;
}

/** Calls the first form the arguments fit. */
export function callForms(call: { name: string; forms: readonly Form[]; args: FeelValue[] }, run: Run): FeelValue {
  for (const one of call.forms) {
    const args = fitAll(one, call.args);
    if (args) return one.call(args, run);
  }
  const wrong = call.args.map(typeName).join(", ");
  return run.warn(call.args.includes(null) ? "argument-null" : "argument-type", { function: call.name, given: wrong });
}

/** The positions of named arguments in a form, or undefined where the names do not fit it. */
export function orderNamed(one: Form, names: readonly string[]): number[] | undefined {
  const order = one.parameters.map((parameter) => names.indexOf(parameter.name));
  const known = new Set(one.parameters.map((parameter) => parameter.name));
  if (names.some((name) => !known.has(name)) || new Set(names).size !== names.length) return undefined;
  return one.parameters.every((parameter, index) => parameter.optional || order[index] !== -1) ? order : undefined;
}

/** The signature for a person: `substring(string, start position, length)`. */
export function printForms(one: Builtin): string {
  return one.forms.map((form) => `${one.name}(${form.parameters.map((parameter) => parameter.name).join(", ")})`).join("; ");
}
