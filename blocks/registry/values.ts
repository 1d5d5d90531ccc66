import type { FieldProblem } from "@kerege/kernel/problem";
import type { RegisterDeclaration, RegisterField, Value, Values } from "./declaration.ts";
import { isPin } from "./pin.ts";

/** Knows codes of classifiers; given by the reference data. */
export type KnowsCode = (classifier: string, code: string) => boolean;

/** What is wrong with the values an event brings, field by field; nothing when all is well. */
export function checkValues(
  register: RegisterDeclaration,
  given: { event: string; values: Values; knowsCode: KnowsCode },
): FieldProblem[] {
  const event = register.events[given.event]!;
  const found: FieldProblem[] = [];
  const say = (field: string, key: string, params?: Record<string, string | number>) =>
    found.push({ pointer: `/values/${field}`, key: `registry.fields.${key}`, params });
  for (const [name, value] of Object.entries(given.values)) {
    const field = register.fields[name];
    if (!field) say(name, "unknown");
    else if (!event.sets.includes(name)) say(name, "not-of-event");
    else if (value === null) {
      if (field.required) say(name, "required");
    } else {
      const wrong = checkValue(field, value, given.knowsCode);
      if (wrong) say(name, wrong, { max: field.max ?? 0 });
    }
  }
  const needed = event.creates
    ? Object.keys(register.fields).filter((name) => register.fields[name]!.required && name !== register.key)
    : [];
  for (const name of new Set([...needed, ...(event.requires ?? [])])) {
    const value = given.values[name];
    if (value === undefined || value === null || value === "") say(name, "required");
  }
  return found;
}

const DEFAULT_MAX = 300;

function checkValue(field: RegisterField, value: Value, knowsCode: KnowsCode): string | undefined {
  switch (field.type) {
    case "integer":
      return typeof value === "number" && Number.isSafeInteger(value) ? undefined : "not-whole";
    case "decimal":
      return /^-?\d{1,20}(\.\d{1,12})?$/.test(String(value)) ? undefined : "not-decimal";
    case "boolean":
      return typeof value === "boolean" ? undefined : "not-boolean";
    case "date":
      return typeof value === "string" && isDay(value) ? undefined : "not-date";
    case "pin":
      return typeof value === "string" && isPin(value) ? undefined : "not-pin";
    case "code":
      return typeof value === "string" && knowsCode(field.classifier!, value) ? undefined : "not-code";
    default:
      if (typeof value !== "string" || value.trim() === "") return "not-text";
      if (value.length > (field.max ?? DEFAULT_MAX)) return "too-long";
      if (field.values && !field.values.includes(value)) return "not-one-of";
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are just what must not come in.
      return /[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(value) ? "not-text" : undefined;
  }
}

/** A real day of the calendar, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
