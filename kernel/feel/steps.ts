/** Steps of a path on values: entries of contexts, properties of dates, times, durations and ranges, the same over lists. */
import { entryOf, type Frame } from "./frame.ts";
import { isTemporal, temporalProperty } from "./moments.ts";
import type { Span } from "./run.ts";
import { FeelRange, type FeelValue, isContext, isList, typeName } from "./value.ts";

/** One step of a path: an entry, a property, or the same of every item of a list. */
export function take(value: FeelValue, name: string, at: { frame: Frame; span: Span }): FeelValue {
  if (value === null) return null;
  if (isContext(value)) {
    const entry = entryOf(value, name);
    return entry === undefined ? at.frame.run.warn("field-missing", { name }, at.span) : entry;
  }
  if (isList(value)) {
    at.frame.run.spend(value.length);
    return value.map((item) => take(item, name, at));
  }
  const found = property(value, name);
  return found === undefined ? at.frame.run.warn("property-missing", { name, type: typeName(value) }, at.span) : found;
}

/** A property by its name, undefined where the value has none of that name. */
export function property(value: FeelValue, name: string): FeelValue | undefined {
  if (isTemporal(value)) return temporalProperty(value, name);
  if (!(value instanceof FeelRange)) return undefined;
  if (name === "start") return value.start;
  if (name === "end") return value.end;
  if (name === "start included") return value.startIncluded;
  return name === "end included" ? value.endIncluded : undefined;
}
