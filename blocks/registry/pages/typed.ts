import type { Language } from "@kerege/kernel/locale";
import type { FieldProblem } from "@kerege/kernel/problem";
import { plainName } from "../content-look.ts";
import type { RegisterField, Values } from "../declaration.ts";
import type { Expanded } from "../expand.ts";
import { fromMinor, type Json } from "../field-types-parts.ts";
import type { Book } from "./book.ts";
import { partsOf } from "./values.tsx";

/** What stands in a form, by the names of its inputs. */
export type Typed = Record<string, string>;

/** Names of the inputs of a field begin with this, so that no field of a register meets an input of the page itself. */
export const INPUT = "v.";

/** Names of the inputs of a field that were typed into. */
export const inputsOf = (typed: Typed, field: string): string[] =>
  Object.keys(typed).filter((name) => name === `${INPUT}${field}` || name.startsWith(`${INPUT}${field}.`));

/** The inputs of a form as they came: the last of several of one name, without blanks around. */
export function typedOf(body: unknown): Typed {
  const typed: Typed = {};
  if (typeof body !== "object" || body === null) return typed;
  for (const [name, value] of Object.entries(body as Record<string, string | string[]>)) {
    const last = Array.isArray(value) ? value.at(-1) : value;
    if (typeof last === "string") typed[name] = last.trim();
  }
  return typed;
}

/** `5.11.2026`, `05.11.2026` or `2026-11-05` as `2026-11-05`; anything else as it was typed, to be refused with words. */
export function readDay(text: string): string {
  const [, day, month, year] = /^(\d{1,2})[./](\d{1,2})[./](\d{4})$/.exec(text) ?? [];
  return year ? `${year}-${month!.padStart(2, "0")}-${day!.padStart(2, "0")}` : text;
}

/** `2026-11-05` as people of the four languages write it. */
export function writeDay(day: string): string {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  return year ? `${date}.${month}.${year}` : day;
}

function readPartialDay(text: string): string {
  const [, month, year] = /^(\d{1,2})[./](\d{4})$/.exec(text) ?? [];
  return year ? `${year}-${month!.padStart(2, "0")}` : readDay(text);
}

const plainNumber = (text: string) => text.replaceAll(/[\s\u00a0]/g, "").replace(",", ".");

function readNumber(text: string): number | string {
  const number = Number(plainNumber(text));
  return text !== "" && Number.isFinite(number) ? number : text;
}

export interface CodeChoice {
  code: string;
  label: string;
}

/** A code typed as such or by its name. Several names that fit are given back to choose from. */
export function readCode(book: Book, field: RegisterField, given: { text: string; language: Language }) {
  const { text, language } = given;
  const classifier = field.classifier ?? "";
  const direct = book.reference.item(classifier, text);
  if (direct) return { code: direct.code };
  const found = book.reference.search(classifier, text, { language, limit: 12 });
  const same = found.filter((item) => Object.values(item.name).some((name) => name.toLowerCase() === text.toLowerCase()));
  const [only] = same.length > 0 ? same : found;
  if (only && (same.length === 1 || found.length === 1)) return { code: only.code };
  return {
    code: undefined,
    choices: found.map(
      (item): CodeChoice => ({ code: item.code, label: pathText(book, { classifier, code: item.code }, language) }),
    ),
  };
}

/** A code by its name with what it lies in: several villages have one name. */
export function pathText(book: Book, { classifier, code }: { classifier: string; code: string }, language: Language): string {
  const names = book.reference.path(classifier, code).map((item) => item.name[language]);
  return names.length === 0 ? code : [...new Set(names.reverse())].join(", ");
}

export interface ReadFields {
  /** As programs give them, ready for `decompose`. */
  given: Record<string, Json>;
  faults: FieldProblem[];
  /** Codes to choose from, by field. */
  choices: Record<string, CodeChoice[]>;
}

/** What was typed for fields, as values; an empty input is null. */
export function readFields(
  book: Book,
  register: Expanded,
  given: { fields: string[]; typed: Typed; language: Language },
): ReadFields {
  const read: ReadFields = { given: {}, faults: [], choices: {} };
  for (const name of given.fields) {
    const field = register.declared.fields[name]!;
    const input = (part = "") => given.typed[`${INPUT}${name}${part && `.${part}`}`] ?? "";
    if (field.type === "code" && input() !== "") {
      const { code, choices } = readCode(book, field, { text: input(), language: given.language });
      if (code === undefined) {
        read.faults.push({
          pointer: `/values/${name}`,
          key: choices.length > 0 ? "registry.pages.which-code" : "registry.fields.not-code",
        });
        read.choices[name] = choices;
      } else read.given[name] = code;
    } else read.given[name] = readOne(field, input);
  }
  return read;
}

function readOne(field: RegisterField, input: (part?: string) => string): Json {
  const text = input();
  switch (field.type) {
    case "date":
      return text === "" ? null : readDay(text);
    case "partial-date":
      return text === "" ? null : readPartialDay(text);
    case "integer":
      return text === "" ? null : readNumber(text);
    case "decimal":
      return text === "" ? null : plainNumber(text);
    case "boolean":
      return text === "" ? null : text === "yes";
    case "money":
      return input("amount") === "" ? null : { amount: plainNumber(input("amount")), currency: input("currency") };
    case "multilingual": {
      const texts = Object.fromEntries(
        (["ky", "ru", "kk", "en"] as const).flatMap((language) => (input(language) === "" ? [] : [[language, input(language)]])),
      );
      return Object.keys(texts).length === 0 ? null : texts;
    }
    case "name": {
      if (!field.scripts?.length) return text === "" ? null : text.normalize("NFC");
      if (text === "") return null;
      const scripts = Object.fromEntries(field.scripts.map((script) => [script, input(script) === "" ? null : input(script)]));
      return { value: text.normalize("NFC"), ...scripts };
    }
    case "file":
      return input("sha256") === ""
        ? null
        : { sha256: input("sha256"), name: input("name"), type: input("type"), size: Number(input("size")) };
    case "pin":
    case "tin":
    case "reference":
      return text === "" ? null : text.replaceAll(/[\s\u00a0]/g, "");
    default:
      return text === "" ? null : text.normalize("NFC");
  }
}

/** What is held, as the inputs of a form show it. */
export function typedFrom(register: Expanded, fields: string[], values: Values): Typed {
  const typed: Typed = {};
  for (const name of fields) {
    const field = register.declared.fields[name]!;
    const parts = partsOf(register, name, values);
    const put = (value: unknown, part = "") => {
      if (value !== null && value !== undefined) typed[`${INPUT}${name}${part && `.${part}`}`] = String(value);
    };
    if (!parts) continue;
    switch (field.type) {
      case "money":
        put(fromMinor(Number(parts.amount), String(parts.currency)), "amount");
        put(parts.currency, "currency");
        break;
      case "multilingual":
      case "file":
        for (const [part, value] of Object.entries(parts)) put(value, part);
        break;
      case "partial-date":
        put(writePartialDay(String(parts.first), String(parts.precision)));
        break;
      case "name":
        put(parts.value);
        put(parts.russian, "russian");
        put(parts.latin, "latin");
        break;
      case "geometry":
        put(parts.shape);
        break;
      case "boolean":
        put(parts.value ? "yes" : "no");
        break;
      case "date":
        put(writeDay(String(parts.value)));
        break;
      default:
        put(parts.value);
    }
  }
  return typed;
}

function writePartialDay(first: string, precision: string): string {
  if (precision === "year") return first.slice(0, 4);
  return precision === "month" ? `${first.slice(5, 7)}.${first.slice(0, 4)}` : writeDay(first);
}

/** A file that was kept, as the inputs of a field of type `file`. Its name is without the folders that some browsers send. */
export function fileTyped(name: string, file: { sha256: string; name: string; type: string; size: number }): Typed {
  const part = (which: string) => `${INPUT}${name}.${which}`;
  return {
    [part("sha256")]: file.sha256,
    [part("name")]: plainName(file.name),
    [part("type")]: file.type,
    [part("size")]: String(file.size),
  };
}
