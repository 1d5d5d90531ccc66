import type { Shape } from "@kerege/kernel/feel";
import { formatDate, formatMoney, formatNumber } from "@kerege/kernel/format";
import type { Language } from "@kerege/kernel/locale";
import type { RegisterField, Value, Values } from "./declaration.ts";
import { geometryOfText, isDay, type Showing, scalarOf, type Wrong } from "./field-types.ts";
import { boxOf, geometryText, readGeometry } from "./geometry.ts";

/** Plain JSON of a value as programs give and get it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A part of a value: its column is `<field><suffix>`. */
export interface Part {
  name: string;
  suffix: string;
  field: Pick<RegisterField, "type"> & Partial<RegisterField>;
  /** There whenever the value is there. */
  must: boolean;
  /** Worked out from the other parts; never asked of anyone. */
  derived?: boolean;
}

/** A type whose values stand in several columns. Parts go by their names (`amount`, `currency`), not by their columns. */
export interface Composite {
  parts(field: RegisterField): Part[];
  /** The value as programs see it; the must-parts are there. */
  compose(parts: Values): Json;
  /** Its parts out of what a program gave. */
  decompose(field: RegisterField, given: Json): { parts: Values } | { wrong: Wrong };
  /** What FEEL sees, and its shape. */
  fact(parts: Values): Json;
  shape(field: RegisterField): Shape;
  /** Fills what is derived. */
  derive?(parts: Values): Values;
  /** Wrong where each part is well and the whole is not. */
  agree?(field: RegisterField, parts: Values): Wrong | undefined;
  show(field: RegisterField, parts: Values, showing: Showing): string;
}

const wrong = (key: string, params?: Wrong["params"]) => ({ wrong: params ? { key, params } : { key } });
const object = (given: Json): Record<string, Json> | undefined =>
  typeof given === "object" && given !== null && !Array.isArray(given) ? given : undefined;

/** The names of an object that are not among these. */
const strange = (given: Record<string, Json>, names: string[]) => Object.keys(given).find((name) => !names.includes(name));

/** Digits behind the point of a currency (ISO 4217; ECMA-402 has them). */
export function minorDigits(currency: string): number {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** `1234.5` in a currency of two digits is 123450; undefined where there are more digits than the currency has. */
export function toMinor(amount: string, currency: string): number | undefined {
  const digits = minorDigits(currency);
  const found = /^(-?)(\d{1,15})(?:\.(\d+))?$/.exec(amount);
  if (!found || (found[3]?.length ?? 0) > digits) return undefined;
  const minor = Number(`${found[1]}${found[2]}${(found[3] ?? "").padEnd(digits, "0")}`);
  return Number.isSafeInteger(minor) ? minor : undefined;
}

export function fromMinor(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  if (digits === 0) return String(minor);
  const text = String(Math.abs(minor)).padStart(digits + 1, "0");
  return `${minor < 0 ? "-" : ""}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

const money: Composite = {
  parts: ({ least, most }) => [
    { name: "amount", suffix: "", must: true, field: { type: "integer", least, most } },
    { name: "currency", suffix: "_currency", must: true, field: { type: "code", classifier: "currencies" } },
  ],
  compose: ({ amount, currency }) => ({ amount: fromMinor(Number(amount), String(currency)), currency: String(currency) }),
  decompose(_field, given) {
    const read = object(given);
    if (!read || strange(read, ["amount", "currency"]) || typeof read.currency !== "string") return wrong("not-money");
    const amount = typeof read.amount === "string" ? toMinor(read.amount, read.currency) : undefined;
    return amount === undefined ? wrong("not-money") : { parts: { amount, currency: read.currency } };
  },
  fact: (parts) => money.compose(parts),
  shape: () => ({ amount: "number", currency: "string" }),
  show(_field, { amount, currency }, { language }) {
    const code = String(currency);
    if (minorDigits(code) === 2) return formatMoney(language, Number(amount), code);
    return `${formatNumber(language, Number(fromMinor(Number(amount), code)))}\u00a0${code}`;
  },
};

/** Languages a text must come in where it must come at all. */
const MUST_LANGUAGES: Language[] = ["ky", "ru"];
const LANGUAGES: Language[] = ["ky", "ru", "kk", "en"];

const multilingual: Composite = {
  parts: ({ max, languages }) =>
    LANGUAGES.map((language) => ({
      name: language,
      suffix: `_${language}`,
      must: (languages ?? MUST_LANGUAGES).includes(language),
      field: { type: "text", max },
    })),
  compose: (parts) => Object.fromEntries(LANGUAGES.flatMap((one) => (parts[one] == null ? [] : [[one, parts[one]]]))),
  decompose(_field, given) {
    const read = object(given);
    if (!read || strange(read, LANGUAGES)) return wrong("not-multilingual");
    if (Object.values(read).some((text) => text !== null && typeof text !== "string")) return wrong("not-multilingual");
    return { parts: Object.fromEntries(LANGUAGES.map((one) => [one, (read[one] ?? null) as Value])) };
  },
  fact: (parts) => multilingual.compose(parts),
  shape: () => ({ ky: "string", ru: "string", kk: "string", en: "string" }),
  show: (_field, parts, { language }) =>
    String(parts[language] ?? LANGUAGES.map((one) => parts[one]).find((text) => text != null)),
};

const PRECISIONS = ["day", "month", "year"];

/** Day after the last that a partly known date may be. */
function lastDay(first: string, precision: Value): string {
  const [year, month] = first.split("-").map(Number) as [number, number];
  if (precision === "day") return first;
  const end = precision === "year" ? Date.UTC(year + 1, 0, 0) : Date.UTC(year, month, 0);
  return new Date(end).toISOString().slice(0, 10);
}

const partialDate: Composite = {
  parts: ({ least, most }) => [
    { name: "first", suffix: "", must: true, field: { type: "date", least, most } },
    { name: "precision", suffix: "_precision", must: true, field: { type: "text", values: PRECISIONS } },
  ],
  compose({ first, precision }) {
    return String(first).slice(0, precision === "year" ? 4 : precision === "month" ? 7 : 10);
  },
  decompose(_field, given) {
    const text = typeof given === "string" ? given : "";
    const precision = PRECISIONS[[10, 7, 4].indexOf(text.length)];
    const first = `${text}-01-01`.slice(0, 10);
    return precision && isDay(first) ? { parts: { first, precision } } : wrong("not-partial-date");
  },
  fact: ({ first, precision }) => ({ first: String(first), last: lastDay(String(first), precision ?? "day") }),
  shape: () => ({ first: "date", last: "date" }),
  agree(_field, { first, precision }) {
    const rest = precision === "year" ? "-01-01" : precision === "month" ? "-01" : "";
    return String(first).endsWith(rest) ? undefined : { key: "not-partial-date" };
  },
  show(_field, { first, precision }, { language, translate }) {
    const text = String(first);
    if (precision === "year") return translate("registry.fields.year", { year: text.slice(0, 4) });
    if (precision === "month") return translate("registry.fields.month", { month: text.slice(5, 7), year: text.slice(0, 4) });
    return formatDate(language, text);
  },
};

const nameInScripts: Composite = {
  parts: ({ scripts = [], max }) => [
    { name: "value", suffix: "", must: true, field: { type: "name", max } },
    ...scripts.map((script) => ({ name: script, suffix: `_${script}`, must: false, field: { type: "name" as const, max } })),
  ],
  compose: (parts) => Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== null)) as Json,
  decompose({ scripts = [] }, given) {
    if (typeof given === "string") return { parts: { value: given } };
    const read = object(given);
    if (!read || strange(read, ["value", ...scripts]) || typeof read.value !== "string") return wrong("not-name");
    const parts: Values = { value: read.value };
    for (const script of scripts) {
      const spelling = read[script] ?? null;
      if (spelling !== null && typeof spelling !== "string") return wrong("not-name");
      parts[script] = spelling;
    }
    return { parts };
  },
  // A rule speaks of the name itself: `surname = mother.surname`.
  fact: ({ value }) => value ?? null,
  shape: () => "string",
  show: (_field, { value }) => String(value),
};

/** Most bytes of a file whose field does not say. */
export const DEFAULT_BYTES = 20_000_000;

const file: Composite = {
  parts: ({ media }) => [
    { name: "sha256", suffix: "", must: true, field: { type: "file" } },
    { name: "name", suffix: "_name", must: true, field: { type: "text", max: 255 } },
    { name: "type", suffix: "_type", must: true, field: { type: "text", max: 100, ...(media && { values: media }) } },
    { name: "size", suffix: "_size", must: true, field: { type: "integer", least: 1 } },
  ],
  compose: ({ sha256, name, type, size }) => ({ sha256: sha256!, name: name!, type: type!, size: size! }),
  decompose(_field, given) {
    const read = object(given);
    if (!read || strange(read, ["sha256", "name", "type", "size"])) return wrong("not-file");
    const { sha256, name, type, size } = read;
    if (typeof sha256 !== "string" || typeof name !== "string" || typeof type !== "string" || typeof size !== "number")
      return wrong("not-file");
    return { parts: { sha256, name, type, size } };
  },
  fact: (parts) => file.compose(parts),
  shape: () => ({ sha256: "string", name: "string", type: "string", size: "number" }),
  agree: ({ bytes = DEFAULT_BYTES }, { name, size }) =>
    /[/\\]/.test(String(name)) ? { key: "not-file" } : Number(size) > bytes ? { key: "too-large", params: { bytes } } : undefined,
  show: (_field, { name }) => String(name),
};

const SIDES = ["west", "south", "east", "north"] as const;

const geometry: Composite = {
  parts: () => [
    { name: "shape", suffix: "", must: true, field: { type: "geometry" } },
    ...SIDES.map((side) => ({
      name: side,
      suffix: `_${side}`,
      must: true,
      derived: true,
      field: { type: "float" as const },
    })),
  ],
  compose: ({ shape }) => JSON.parse(String(shape)) as Json,
  decompose(_field, given) {
    const read = typeof given === "string" ? geometryOfText(given) : readGeometry(given);
    return read ? { parts: { shape: geometryText(read), ...boxOf(read) } } : wrong("not-geometry");
  },
  derive(parts) {
    const read = typeof parts.shape === "string" ? geometryOfText(parts.shape) : undefined;
    return read ? { shape: geometryText(read), ...boxOf(read) } : parts;
  },
  fact: (parts) => Object.fromEntries(SIDES.map((side) => [side, parts[side] ?? null])),
  shape: () => ({ west: "number", south: "number", east: "number", north: "number" }),
  show: (field, { shape }, showing) => scalarOf({ ...field, type: "geometry" }).show(field, shape ?? null, showing),
};

/** How the values of a declared field stand in several columns; undefined for a field of one column. */
export function compositeOf(field: RegisterField): Composite | undefined {
  switch (field.type) {
    case "money":
      return money;
    case "multilingual":
      return multilingual;
    case "partial-date":
      return partialDate;
    case "file":
      return file;
    case "geometry":
      return geometry;
    case "name":
      return field.scripts?.length ? nameInScripts : undefined;
    default:
      return undefined;
  }
}
