/** The values of FEEL, their type names, equality and order (DMN 1.3 §10.3.2.13, tables 42, 45, 53 and 54). */
import { compare, Decimal, equalDecimals } from "./decimal.ts";
import { compareTemporals, isTemporal } from "./moments.ts";
import { charge, type Run } from "./run.ts";
import { DaysDuration, FeelDate, FeelDateTime, FeelTime, MonthsDuration, type Temporal } from "./temporal.ts";

export type FeelList = readonly FeelValue[];
/** A context; a map, so that no key (`__proto__`, `constructor`) can reach anything of JavaScript. */
export type FeelContext = ReadonlyMap<string, FeelValue>;
export type FeelValue = null | boolean | string | Decimal | Temporal | FeelList | FeelContext | FeelRange | FeelFunction;

/** A range; an end that is `null` is open towards infinity, as in `(<10)`. */
export class FeelRange {
  readonly start: FeelValue;
  readonly end: FeelValue;
  readonly startIncluded: boolean;
  readonly endIncluded: boolean;

  constructor(parts: { start: FeelValue; end: FeelValue; startIncluded: boolean; endIncluded: boolean }) {
    this.start = parts.start;
    this.end = parts.end;
    this.startIncluded = parts.startIncluded && parts.start !== null;
    this.endIncluded = parts.endIncluded && parts.end !== null;
  }

  toString(): string {
    const start = this.start === null ? "" : printValue(this.start);
    const end = this.end === null ? "" : printValue(this.end);
    return `${this.startIncluded ? "[" : "("}${start}..${end}${this.endIncluded ? "]" : ")"}`;
  }
}

/** A function that is a value: `function(a) a + 1`, or a built-in one passed as an argument. */
export class FeelFunction {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly call: (args: FeelValue[], run: Run) => FeelValue;

  constructor(name: string, parameters: readonly string[], call: (args: FeelValue[], run: Run) => FeelValue) {
    this.name = name;
    this.parameters = parameters;
    this.call = call;
  }
}

export type TypeName =
  | "null"
  | "boolean"
  | "number"
  | "string"
  | "date"
  | "time"
  | "date and time"
  | "days and time duration"
  | "years and months duration"
  | "list"
  | "context"
  | "range"
  | "function";

export function isList(value: FeelValue): value is FeelList {
  return Array.isArray(value);
}

export function isContext(value: FeelValue): value is FeelContext {
  return value instanceof Map;
}

export function typeName(value: FeelValue): TypeName {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "string") return "string";
  if (value instanceof Decimal) return "number";
  if (isList(value)) return "list";
  if (isContext(value)) return "context";
  if (value instanceof FeelDate) return "date";
  if (value instanceof FeelTime) return "time";
  if (value instanceof FeelDateTime) return "date and time";
  if (value instanceof DaysDuration) return "days and time duration";
  if (value instanceof MonthsDuration) return "years and months duration";
  return value instanceof FeelRange ? "range" : "function";
}

/** `=`: null where the two cannot be compared, so that a condition on it is not met. */
export function equalValues(a: FeelValue, b: FeelValue): boolean | null {
  if (a === b) return true;
  if (a === null || b === null) return false;
  if (a instanceof Decimal) return b instanceof Decimal ? equalDecimals(a, b) : null;
  if (typeof a !== "object" || typeof b !== "object") return typeof a === typeof b ? false : null;
  if (isTemporal(a)) return equalTemporals(a, b);
  if (isList(a)) return isList(b) ? equalLists(a, b) : null;
  if (isContext(a)) return isContext(b) ? equalContexts(a, b) : null;
  if (a instanceof FeelRange) return b instanceof FeelRange ? equalRanges(a, b) : null;
  return a instanceof FeelFunction && b instanceof FeelFunction ? false : null;
}

function equalTemporals(a: Temporal, b: FeelValue): boolean | null {
  if (!isTemporal(b)) return null;
  const order = compareTemporals(a, b);
  return order === null ? null : order === 0;
}

function equalLists(a: FeelList, b: FeelList): boolean | null {
  if (a.length !== b.length) return false;
  charge(a.length);
  let result: boolean | null = true;
  for (let index = 0; index < a.length; index += 1) {
    const same = equalValues(a[index]!, b[index]!);
    if (same === false) return false;
    if (same === null) result = null;
  }
  return result;
}

function equalContexts(a: FeelContext, b: FeelContext): boolean | null {
  if (a.size !== b.size) return false;
  charge(a.size);
  let result: boolean | null = true;
  for (const [key, value] of a) {
    const other = b.get(key);
    if (other === undefined) return false;
    const same = equalValues(value, other);
    if (same === false) return false;
    if (same === null) result = null;
  }
  return result;
}

function equalRanges(a: FeelRange, b: FeelRange): boolean | null {
  if (a.startIncluded !== b.startIncluded || a.endIncluded !== b.endIncluded) return false;
  return equalLists([a.start, a.end], [b.start, b.end]);
}

/** `<` and its like: negative, zero or positive, null where the two have no order. */
export function orderValues(a: FeelValue, b: FeelValue): number | null {
  if (a instanceof Decimal) return b instanceof Decimal ? compare(a, b) : null;
  if (typeof a === "string") return typeof b === "string" ? compareText(a, b) : null;
  return isTemporal(a) && isTemporal(b) ? compareTemporals(a, b) : null;
}

/** Text is ordered by code points, not by UTF-16 units. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const size = Math.min(a.length, b.length);
  for (let at = 0; at < size; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    const surrogates = (left & 0xf800) === 0xd800 || (right & 0xf800) === 0xd800;
    return surrogates ? (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0) : left - right;
  }
  return a.length - b.length;
}

/** Whether a range holds a value; null where they cannot be compared. */
export function rangeIncludes(range: FeelRange, value: FeelValue): boolean | null {
  if (value === null) return null;
  if (range.start !== null) {
    const order = orderValues(value, range.start);
    if (order === null) return null;
    if (order < 0 || (order === 0 && !range.startIncluded)) return false;
  }
  if (range.end !== null) {
    const order = orderValues(value, range.end);
    if (order === null) return null;
    if (order > 0 || (order === 0 && !range.endIncluded)) return false;
  }
  return true;
}

/** Whether a value with all its parts has at most so many, shared ones counted as often as they are met. */
export function withinSize(value: FeelValue, limit: number): boolean {
  let left = limit;
  const open: FeelValue[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    left -= 1;
    if (left < open.length) return false;
    if (isList(next)) for (const item of next) open.push(item);
    else if (isContext(next)) for (const item of next.values()) open.push(item);
  }
  return true;
}

/** The text of a value as `string()` gives it; texts inside lists and contexts are quoted. */
export function printValue(value: FeelValue, inside = false): string {
  if (value === null) return "null";
  if (typeof value === "string") return inside ? `"${value.replace(/["\\]/g, "\\$&")}"` : value;
  charge(1);
  if (isList(value)) return `[${value.map((item) => printValue(item, true)).join(", ")}]`;
  if (isContext(value)) {
    const entries = [...value].map(([key, item]) => `${printKey(key)}: ${printValue(item, true)}`);
    return `{${entries.join(", ")}}`;
  }
  return value instanceof FeelFunction ? `function(${value.parameters.join(", ")})` : String(value);
}

function printKey(key: string): string {
  return /^[\p{L}_][\p{L}\p{N}_ ]*$/u.test(key) ? key : `"${key.replace(/["\\]/g, "\\$&")}"`;
}
