import type { Plain } from "./declaration.ts";
import type { FieldFault, FieldState } from "./form.ts";
import { isRecord, type Typed } from "./situation.ts";

const DEFAULT_LENGTH = { text: 200, "long-text": 2000 };

/** Makes a value of what was typed, or says what is wrong with it. Nothing typed for an optional field is null. */
export function readField(state: FieldState, typed: Typed, picked: Plain): { value: Plain } | { fault: FieldFault } {
  const { declaration } = state.field;
  const name = declaration.field;
  const given = typed[name];
  const texts = (Array.isArray(given) ? given : [given ?? ""]).map((text) => text.trim()).filter((text) => text !== "");
  if (declaration.type === "date") return readDay(state, texts[0] ?? dayFromParts(name, typed));
  if (declaration.type === "lookup") return readLookup(state, typed, picked);
  if (texts.length === 0) return declaration.required === false ? { value: declaration.many ? [] : null } : missing(state);
  switch (declaration.type) {
    case "choice":
    case "language":
      return readOption(state, texts[0]!);
    case "record": {
      const unknown = texts.find((text) => !state.options.some((option) => option.value === text));
      if (unknown !== undefined) return fault("not-an-option");
      return { value: declaration.many ? [...new Set(texts)] : texts[0]! };
    }
    case "yes-no":
      return texts[0] === "yes" || texts[0] === "no" ? { value: texts[0] === "yes" } : fault("not-an-option");
    case "number":
      return readNumber(state, texts[0]!);
    default:
      return readText(state, texts[0]!);
  }
}

function fault(code: string, params: FieldFault["params"] = {}, part?: string): { fault: FieldFault } {
  return { fault: { code, params, part } };
}

function missing(state: FieldState): { fault: FieldFault } {
  const { type, many } = state.field.declaration;
  if (type === "choice" || type === "yes-no" || type === "language" || type === "record")
    return fault(many ? "choose-some" : "choose-one");
  return fault(type === "date" ? "enter-day" : "enter");
}

function readOption(state: FieldState, text: string): { value: Plain } | { fault: FieldFault } {
  return state.options.some((option) => option.value === text) ? { value: text } : fault("not-an-option");
}

function readText(state: FieldState, text: string): { value: Plain } | { fault: FieldFault } {
  const { type, maxLength } = state.field.declaration;
  const long = type === "long-text";
  const max = maxLength ?? DEFAULT_LENGTH[long ? "long-text" : "text"];
  const clean = long ? text.replace(/\r\n?/g, "\n") : text.replace(/\s+/g, " ");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd]/.test(clean)) return fault("not-text");
  return [...clean].length > max ? fault("too-long", { max }) : { value: clean };
}

function readNumber(state: FieldState, text: string): { value: Plain } | { fault: FieldFault } {
  const plain = text.replace(/[\s\u00a0]/g, "").replace(",", ".");
  if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(plain)) return fault("not-a-number");
  const number = Number(plain);
  if (state.min !== undefined && number < Number(state.min)) return fault("too-small", { min: Number(state.min) });
  if (state.max !== undefined && number > Number(state.max)) return fault("too-large", { max: Number(state.max) });
  return { value: number };
}

/** Three inputs, as people write days (GOV.UK date input): `<field>.day`, `<field>.month`, `<field>.year`. */
function dayFromParts(name: string, typed: Typed): string {
  const [day, month, year] = ["day", "month", "year"].map((part) => String(typed[`${name}.${part}`] ?? "").trim());
  if (!day && !month && !year) return "";
  return `${(year ?? "").padStart(4, "0")}-${(month ?? "").padStart(2, "0")}-${(day ?? "").padStart(2, "0")}`;
}

function readDay(state: FieldState, text: string): { value: Plain } | { fault: FieldFault } {
  if (text === "") return state.field.declaration.required === false ? { value: null } : fault("enter-day", {}, "day");
  if (!isDay(text)) return fault("not-a-day", {}, "day");
  if (state.min !== undefined && text < state.min) return fault("too-early", { min: state.min }, "day");
  if (state.max !== undefined && text > state.max) return fault("too-late", { max: state.max }, "day");
  return { value: text };
}

/** A day that exists, `YYYY-MM-DD`, of the years 1800 to 2999. */
export function isDay(text: string): boolean {
  if (!/^(1[89]|2\d)\d{2}-\d{2}-\d{2}$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function readLookup(state: FieldState, typed: Typed, picked: Plain): { value: Plain } | { fault: FieldFault } {
  const { field, lookup, required } = state.field.declaration;
  if (isRecord(picked)) return { value: String(typed[field]) };
  const parts = lookup?.parts ?? [];
  const empty = parts.filter(({ part }) => String(typed[`${field}.${part}`] ?? "").trim() === "");
  if (empty.length === parts.length && required === false) return { value: null };
  const lacking = empty.find((part) => part.required !== false);
  if (lacking) return fault("enter", {}, lacking.part);
  return fault("pick");
}
