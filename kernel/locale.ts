import { readdirSync, readFileSync } from "node:fs";
import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";
import { parse as parseYaml } from "yaml";
import { formatDate, formatNumber } from "./format.ts";
import { readKept } from "./kept.ts";

export const languages = ["ky", "ru", "kk", "en"] as const;
export type Language = (typeof languages)[number];
/** The same text in each language of the house. */
export type Multilingual = Record<Language, string>;

export type TextValue = string | number | Date;
export type Translate = (key: string, values?: Record<string, TextValue>) => string;

export interface Texts {
  /** The text of `block.path.to.key`; a missing key gives the key itself, which a test forbids. */
  translate(language: Language, key: string, values?: Record<string, TextValue>): string;
  has(key: string): boolean;
  of(language: Language): Translate;
  /** Adds texts under a name (a block's or a pack's). */
  add(name: string, language: Language, tree: unknown): void;
  keys(language: Language): string[];
}

export function isLanguage(value: unknown): value is Language {
  return typeof value === "string" && (languages as readonly string[]).includes(value);
}

/** The plural whose number `#` stands for. */
type Pound = { value: string; offset: number };
type Compiled = (values: Record<string, TextValue>) => string;

const NO_VALUES: Record<string, TextValue> = {};

/** ICU MessageFormat compiled to closures on first use; formatting is ours since browsers and CLDR lack Kyrgyz forms. */
export function createTexts(): Texts {
  const sources = new Map<Language, Map<string, string>>(languages.map((language) => [language, new Map()]));
  const compiled = new Map<Language, Map<string, Compiled>>(languages.map((language) => [language, new Map()]));
  const translators = new Map<Language, Translate>();
  const translate = (language: Language, key: string, values?: Record<string, TextValue>) => translatorOf(language)(key, values);
  const translatorOf = (language: Language): Translate => {
    const known = translators.get(language);
    if (known) return known;
    const [cache, source] = [compiled.get(language)!, sources.get(language)!];
    const translator: Translate = (key, values = NO_VALUES) => {
      let message = cache.get(key);
      if (!message) {
        const text = source.get(key);
        if (text === undefined) return key;
        message = compileMessage(text, language);
        cache.set(key, message);
      }
      return message(values);
    };
    translators.set(language, translator);
    return translator;
  };
  const texts: Texts = {
    translate,
    has: (key) => sources.get("en")!.has(key),
    of: translatorOf,
    add(prefix, language, tree) {
      flatten(prefix, tree, (key, text) => {
        sources.get(language)!.set(key, text);
        compiled.get(language)!.delete(key);
      });
    },
    keys: (language) => [...sources.get(language)!.keys()],
  };
  return texts;
}

const localeReader = { name: "locale", read: (text: string): unknown => parseYaml(text) };

/** Adds `ky.yaml ru.yaml kk.yaml en.yaml` of a folder. */
export function addLocales(texts: Texts, prefix: string, folder: URL): void {
  for (const file of readdirSync(folder)) {
    const language = file.replace(/\.yaml$/, "");
    if (isLanguage(language)) texts.add(prefix, language, readKept(localeReader, readFileSync(new URL(file, folder), "utf8")));
  }
}

export function flatten(prefix: string, tree: unknown, give: (key: string, text: string) => void): void {
  if (typeof tree === "string") give(prefix, tree);
  else if (tree && typeof tree === "object") {
    for (const [key, value] of Object.entries(tree)) flatten(prefix ? `${prefix}.${key}` : key, value, give);
  }
}

export function compileMessage(source: string, language: Language): Compiled {
  const parts = parse(source, { ignoreTag: true }).map((element) => compileElement(element, language, undefined));
  return joinParts(parts);
}

function joinParts(parts: Compiled[]): Compiled {
  if (parts.length === 1) return parts[0]!;
  return (values) => {
    let text = "";
    for (const part of parts) text += part(values);
    return text;
  };
}

/** Whether a text is a well-formed ICU message. */
export function isMessage(source: string): boolean {
  try {
    parse(source, { ignoreTag: true });
    return true;
  } catch {
    return false;
  }
}

function compileElement(element: MessageFormatElement, language: Language, pound: Pound | undefined): Compiled {
  switch (element.type) {
    case TYPE.literal:
      return () => element.value;
    case TYPE.argument:
      return (values) => show(values[element.value], language);
    case TYPE.number:
      return (values) => show(values[element.value], language);
    case TYPE.date:
      return (values) => formatDate(language, dayOr(values[element.value]));
    case TYPE.pound:
      return (values) => show(pound === undefined ? "" : counted(values[pound.value], pound.offset), language);
    case TYPE.select:
    case TYPE.plural: {
      const options = new Map<string, Compiled>();
      for (const [key, option] of Object.entries(element.options)) {
        const parts = option.value.map((inner) =>
          compileElement(inner, language, element.type === TYPE.plural ? element : pound),
        );
        options.set(key, joinParts(parts));
      }
      const other = options.get("other") ?? (() => "");
      if (element.type === TYPE.select) return (values) => (options.get(String(values[element.value])) ?? other)(values);
      const rules = new Intl.PluralRules(language, { type: element.pluralType ?? "cardinal" });
      return (values) => {
        const count = Number(values[element.value]);
        return (options.get(`=${count}`) ?? options.get(rules.select(count - element.offset)) ?? other)(values);
      };
    }
    default:
      return () => "";
  }
}

function dayOr(value: TextValue | undefined): Date | string {
  return value instanceof Date ? value : String(value ?? "");
}

function counted(value: TextValue | undefined, offset: number): TextValue | undefined {
  return offset !== 0 && Number.isFinite(Number(value)) ? Number(value) - offset : value;
}

function show(value: TextValue | undefined, language: Language): string {
  if (value === undefined) return "";
  if (typeof value === "number") return formatNumber(language, value);
  if (value instanceof Date) return formatDate(language, value);
  return value;
}
