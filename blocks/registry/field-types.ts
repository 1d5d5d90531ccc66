import type { Shape } from "@kerege/kernel/feel";
import { formatDate, formatNumber } from "@kerege/kernel/format";
import type { Language, Translate } from "@kerege/kernel/locale";
import type { FieldType, RegisterField, Value } from "./declaration.ts";
import { fromWkb, geometryText, readGeometry, toWkb } from "./geometry.ts";
import { isDay, isPin } from "./pin.ts";

export { isDay };

/** What a value is checked against besides its field. */
export interface World {
  knowsCode(classifier: string, code: string): boolean;
  /** Day of recording in the country, `YYYY-MM-DD`: the `today` of `least` and `most`. */
  today: string;
}

/** What is wrong with a value: `registry.fields.<key>` and the values of its text. */
export interface Wrong {
  key: string;
  params?: Record<string, string | number>;
}

/** How a value is put into words for a person. */
export interface Showing {
  language: Language;
  translate: Translate;
  /** Name of a code of a classifier. */
  label(classifier: string, code: string, language: Language): string;
}

/** Types that are one column each; all others are spread over several (`composites`, composite.ts). */
export type ScalarType = Exclude<FieldType, "partial-date" | "money" | "multilingual">;

export interface ScalarEntry {
  sqlType: string;
  /** How FEEL sees it. */
  shape: Shape;
  /** Wrong where the value cannot be one of this field; null is never given. */
  check(field: RegisterField, value: Value, world: World): Wrong | undefined;
  /** To and from what the driver gives; as it is when left out. */
  encode?(value: Value): unknown;
  decode?(raw: unknown): Value;
  /** Can be a key, compared exactly, from its beginning, by spelling, between two values. */
  searched: { key?: true; exact?: true; prefix?: true; fuzzy?: true; range?: true };
  /** Condition of the column, `{}` standing for its name. */
  constraint?: string;
  show(field: RegisterField, value: Value, showing: Showing): string;
}

const DEFAULT_MAX = 300;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are just what must not come in.
const UNSEEN = /[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** Signs of a part in one script only: Russian Cyrillic, and Latin as ICAO Doc 9303 part 3 has it in the visual zone. */
const SCRIPTS: Record<string, RegExp> = {
  russian: /^[А-Яа-яЁё][А-Яа-яЁё'’ .-]*$/u,
  latin: /^\p{Script=Latin}[\p{Script=Latin}'’ .-]*$/u,
};

const said = (_field: RegisterField, value: Value) => String(value);
const wrong = (key: string, params?: Wrong["params"]): Wrong => (params ? { key, params } : { key });

function checkText(field: RegisterField, value: Value): Wrong | undefined {
  if (typeof value !== "string" || value.trim() === "") return wrong("not-text");
  const max = field.max ?? DEFAULT_MAX;
  if (value.length > max) return wrong("too-long", { max });
  if (field.values && !field.values.includes(value)) return wrong("not-one-of");
  if (UNSEEN.test(value) || value !== value.normalize("NFC")) return wrong("not-text");
  return undefined;
}

function checkName(field: RegisterField, value: Value): Wrong | undefined {
  const fault = checkText(field, value);
  if (fault) return fault;
  if (!/\p{L}/u.test(String(value))) return wrong("not-name");
  const script = SCRIPTS[field.part?.name ?? ""];
  return script && !script.test(String(value)) ? wrong(`not-${field.part!.name}`) : undefined;
}

/** A limit that is `today`, a day or a number, as it stands on the day. */
const limit = (given: number | string | undefined, today: string) => (given === "today" ? today : given);

function checkDay(field: RegisterField, value: Value, world: World): Wrong | undefined {
  if (typeof value !== "string" || !isDay(value)) return wrong("not-date");
  const [least, most] = [limit(field.least, world.today), limit(field.most, world.today)];
  if (least !== undefined && value < String(least)) return wrong("too-early", { least });
  return most !== undefined && value > String(most) ? wrong("too-late", { most }) : undefined;
}

function checkNumber(field: RegisterField, value: Value): Wrong | undefined {
  if (field.least !== undefined && Number(value) < Number(field.least)) return wrong("too-small", { least: field.least });
  return field.most !== undefined && Number(value) > Number(field.most) ? wrong("too-great", { most: field.most }) : undefined;
}

/** One entry for each type of one column. */
export const scalars: Record<ScalarType, ScalarEntry> = {
  pin: {
    sqlType: "text",
    shape: "string",
    check: (_field, value) => (typeof value === "string" && isPin(value) ? undefined : wrong("not-pin")),
    searched: { key: true, exact: true },
    constraint: "{} ~ '^[0-9]{14}$'",
    show: said,
  },
  tin: {
    sqlType: "text",
    shape: "string",
    check: (_field, value) => (typeof value === "string" && isTin(value) ? undefined : wrong("not-tin")),
    searched: { key: true, exact: true },
    constraint: "{} ~ '^[0-9]{14}$'",
    show: said,
  },
  text: {
    sqlType: "text",
    shape: "string",
    check: checkText,
    searched: { key: true, exact: true, prefix: true },
    show: (field, value, { language }) => field.valueTitles?.[String(value)]?.[language] ?? String(value),
  },
  name: {
    sqlType: "text",
    shape: "string",
    check: checkName,
    searched: { exact: true, prefix: true, fuzzy: true },
    show: said,
  },
  date: {
    sqlType: "date",
    shape: "date",
    check: checkDay,
    searched: { exact: true, range: true },
    show: (_field, value, { language }) => formatDate(language, String(value)),
  },
  integer: {
    sqlType: "int8",
    shape: "number",
    check: (field, value) =>
      typeof value === "number" && Number.isSafeInteger(value) ? checkNumber(field, value) : wrong("not-whole"),
    decode: (raw) => (raw === null || raw === undefined ? null : Number(raw)),
    searched: { exact: true, range: true },
    show: (_field, value, { language }) => formatNumber(language, Number(value)),
  },
  decimal: {
    sqlType: "numeric",
    shape: "number",
    check: (field, value) =>
      typeof value !== "boolean" && /^-?\d{1,20}(\.\d{1,12})?$/.test(String(value))
        ? checkNumber(field, value)
        : wrong("not-decimal"),
    searched: { exact: true, range: true },
    show: (_field, value, { language }) => formatNumber(language, Number(value)),
  },
  boolean: {
    sqlType: "boolean",
    shape: "boolean",
    check: (_field, value) => (typeof value === "boolean" ? undefined : wrong("not-boolean")),
    searched: { exact: true },
    show: (_field, value, { translate }) => translate(value ? "registry.fields.yes" : "registry.fields.no"),
  },
  code: {
    sqlType: "text",
    shape: "string",
    check: (field, value, world) =>
      typeof value === "string" && world.knowsCode(field.classifier ?? "", value) ? undefined : wrong("not-code"),
    searched: { key: true, exact: true },
    show: (field, value, { language, label }) => label(field.classifier ?? "", String(value), language),
  },
  reference: {
    sqlType: "text",
    shape: "string",
    check: checkText,
    searched: { key: true, exact: true },
    show: said,
  },
  geometry: {
    sqlType: "bytea",
    shape: "string",
    check: (_field, value) =>
      typeof value === "string" && geometryOfText(value) !== undefined ? undefined : wrong("not-geometry"),
    encode: (value) => (value === null ? null : toWkb(geometryOfText(String(value))!)),
    decode: (raw) => (raw === null || raw === undefined ? null : geometryText(fromWkb(raw as Buffer))),
    searched: {},
    show: (_field, value, { translate }) =>
      translate("registry.fields.shape", { kind: String(geometryOfText(String(value))?.type ?? "") }),
  },
  file: {
    sqlType: "text",
    shape: "string",
    check: (_field, value) => (typeof value === "string" && /^[0-9a-f]{64}$/.test(value) ? undefined : wrong("not-file")),
    searched: { exact: true },
    constraint: "{} ~ '^[0-9a-f]{64}$'",
    show: said,
  },
  float: {
    sqlType: "float8",
    shape: "number",
    check: (_field, value) => (typeof value === "number" && Number.isFinite(value) ? undefined : wrong("not-decimal")),
    searched: {},
    show: said,
  },
};

/** The entry of a field of one column (every field of a flat declaration is one). */
export function scalarOf(field: RegisterField): ScalarEntry {
  return scalars[field.type as ScalarType];
}

/** What is wrong with one value of a field of one column; nothing when all is well. */
export function checkScalar(field: RegisterField, value: Value, world: World): Wrong | undefined {
  return value === null ? undefined : scalarOf(field).check(field, value, world);
}

/** A geometry out of its text; undefined where it is none. */
export function geometryOfText(text: string) {
  try {
    return readGeometry(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * The number of a taxpayer (TIN): of an organisation 14 digits, 0, the day of registration as DDMMYYYY, and five digits of office
 * and order; of a person who is in business, the personal number.
 */
export function isTin(text: string): boolean {
  if (isPin(text)) return true;
  return /^0\d{13}$/.test(text) && isDay(`${text.slice(5, 9)}-${text.slice(3, 5)}-${text.slice(1, 3)}`);
}
