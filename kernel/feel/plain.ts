/** Between the values of FEEL and plain JSON. Shapes say what a plain text or number stands for. */
import { Decimal, decimal } from "./decimal.ts";
import { isTemporal } from "./moments.ts";
import { dateTimeOfNanos, MonthsDuration, parseDate, parseDateTime, parseDuration, parseTime } from "./temporal.ts";
import { FeelFunction, FeelRange, type FeelValue, isContext, isList, printValue, type TypeName } from "./value.ts";
import { UTC } from "./zone.ts";

/**
 * What a name stands for: a type name, `any`, a list of one shape as `[shape]`, or the fields of a context. A context given by
 * its fields is closed: a field that is not in it is a fault of the expression.
 */
export type Shape = TypeName | "any" | readonly [Shape] | { readonly [field: string]: Shape };
export type Shapes = Readonly<Record<string, Shape>>;

/** Plain JSON that may hold FEEL values too. */
export type Plain = FeelValue | number | bigint | undefined | Date | readonly Plain[] | { readonly [key: string]: Plain };

const MAX_DEPTH = 64;
const MILLION = 1_000_000n;

/** The shape of a field, `any` where nothing is known, undefined where the context is closed and has no such field. */
export function fieldShape(shape: Shape, field: string): Shape | undefined {
  if (typeof shape === "string") return shape === "context" || shape === "any" ? "any" : undefined;
  if (isListShape(shape)) return undefined;
  return Object.hasOwn(shape, field) ? shape[field] : undefined;
}

export function isListShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

/**
 * A FEEL value from plain JSON. Numbers become decimals; text becomes a date, time, duration or number where the shape says so,
 * and null where it cannot be read as that.
 */
export function fromPlain(value: unknown, shape: Shape = "any"): FeelValue {
  return convert(value, shape, 0);
}

function convert(value: unknown, shape: Shape, depth: number): FeelValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return fromText(value, shape);
  if (typeof value === "number" || typeof value === "bigint") return decimal(value);
  if (typeof value === "boolean") return value;
  if (typeof value !== "object" || depth > MAX_DEPTH) return null;
  if (value instanceof Decimal || isTemporal(value) || value instanceof FeelRange || value instanceof FeelFunction) return value;
  if (value instanceof Date) {
    const at = value.getTime();
    return Number.isNaN(at) ? null : dateTimeOfNanos(BigInt(at) * MILLION, UTC, 0);
  }
  if (Array.isArray(value)) {
    const item = isListShape(shape) ? shape[0] : "any";
    return value.map((one) => convert(one, item, depth + 1));
  }
  const entries = value instanceof Map ? value : Object.entries(value);
  const context = new Map<string, FeelValue>();
  for (const [key, field] of entries)
    context.set(String(key), convert(field, fieldShape(shape, String(key)) ?? "any", depth + 1));
  return context;
}

function fromText(text: string, shape: Shape): FeelValue {
  switch (shape) {
    case "number":
      return decimal(text);
    case "date":
      return parseDate(text);
    case "time":
      return parseTime(text);
    case "date and time":
      return parseDateTime(text);
    case "days and time duration":
    case "years and months duration": {
      const duration = parseDuration(text);
      return duration instanceof MonthsDuration === (shape === "years and months duration") ? duration : null;
    }
    default:
      return text;
  }
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Plain JSON of a FEEL value. A number becomes a JSON number where that keeps every digit, else its decimal text; dates, times and
 * durations become ISO 8601 text, ranges their FEEL text, functions null.
 */
export function toPlain(value: FeelValue): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (value instanceof Decimal) {
    const number = value.toNumber();
    // Fifteen digits survive the way into a double and back.
    if (value.big === undefined && value.scale >= 0 && value.scale <= 15 && Math.abs(value.small) < 1e15) return number;
    return decimal(number)?.toString() === value.toString() ? number : value.toString();
  }
  if (isList(value)) return value.map(toPlain);
  // fromEntries defines own properties, so a key named __proto__ stays a key.
  if (isContext(value)) return Object.fromEntries([...value].map(([key, field]) => [key, toPlain(field)]));
  return value instanceof FeelFunction ? null : printValue(value);
}
