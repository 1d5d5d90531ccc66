import { formatNumber } from "@kerege/kernel/format";
import { languages } from "@kerege/kernel/locale";
import type { Visit } from "@kerege/kernel/page";
import type { ComponentChildren } from "preact";
import type { RegisterField, Values } from "../declaration.ts";
import type { Expanded } from "../expand.ts";
import { type Showing, scalarOf } from "../field-types.ts";
import { compositeOf } from "../field-types-parts.ts";
import type { Book } from "./book.ts";
import { Shape } from "./shape.tsx";

/** Where a reference leads; nothing where there is no page for this reader. */
export type LinkOf = (register: string, key: string) => string | undefined;
/** Where the file of a field is got; nothing where this reader gets none. */
export type FileOf = (field: string) => string | undefined;

const showing = (book: Book, { language, t }: Visit): Showing => ({
  language,
  translate: t,
  label: (classifier, code, wanted) => book.reference.label(classifier, code, wanted),
});

/** Values of a declared field by the names of its parts; nothing where none is held. */
export function partsOf(register: Expanded, field: string, values: Values): Values | undefined {
  const composite = register.composites.get(field);
  const parts = composite
    ? Object.fromEntries(composite.parts.map((part) => [part.name, values[part.column] ?? null]))
    : { value: values[field] ?? null };
  return Object.values(parts).every((value) => value === null) ? undefined : parts;
}

/** A value in words, without marks of a page. Empty where nothing is held. */
export function valueText(given: { book: Book; visit: Visit; register: Expanded; field: string; values: Values }): string {
  const { book, visit, register, field, values } = given;
  const declared = register.declared.fields[field];
  const parts = partsOf(register, field, values);
  if (!declared || !parts) return "";
  const composite = compositeOf(declared);
  if (composite) return composite.show(declared, parts, showing(book, visit));
  if (declared.type === "pin" || declared.type === "tin") return groupDigits(String(parts.value));
  return scalarOf(declared).show(declared, parts.value!, showing(book, visit));
}

/** A personal number in parts that are easy to read out: sex, day of birth and the rest in Kyrgyzstan (14 digits), else fours. */
export function groupDigits(number: string): string {
  const parts = /^(\d)(\d{8})(\d{5})$/.exec(number)?.slice(1) ?? number.match(/.{1,4}/gs) ?? [];
  return parts.join("\u00a0");
}

/** A value as a card shows it: shapes drawn, texts with their other languages, files with what is known of them. */
export function ValueView(given: {
  book: Book;
  visit: Visit;
  register: Expanded;
  field: string;
  values: Values;
  linkOf?: LinkOf | undefined;
  fileOf?: FileOf | undefined;
}) {
  const { visit, register, field, values, linkOf, fileOf } = given;
  const declared = register.declared.fields[field]!;
  const parts = partsOf(register, field, values);
  const { t, language } = visit;
  if (!parts) return <span class="nothing">{t("registry.pages.nothing-held")}</span>;
  const text = valueText(given);
  switch (declared.type) {
    case "geometry":
      return (
        <>
          <Shape text={String(parts.shape)} title={text} />
          <small>{boxText(visit, parts)}</small>
        </>
      );
    case "multilingual":
      return <OtherParts text={text} others={languages.flatMap((one) => (one === language ? [] : other(parts[one], one)))} />;
    case "name":
      return <OtherParts text={text} others={[...other(parts.russian, "ru"), ...other(parts.latin, "en")]} />;
    case "file": {
      const href = fileOf?.(field);
      return (
        <>
          {href ? (
            <a href={href} download>
              {text}
            </a>
          ) : (
            text
          )}
          <small>
            {t("registry.pages.file", { type: String(parts.type), size: sizeText(visit, Number(parts.size)) })}{" "}
            <code>{String(parts.sha256).slice(0, 16)}…</code>
          </small>
        </>
      );
    }
    case "reference": {
      const href = linkOf?.(declared.register ?? "", String(parts.value));
      const shown = /^\d{14}$/.test(text) ? groupDigits(text) : text;
      return href ? <a href={href}>{shown}</a> : <span class="num">{shown}</span>;
    }
    case "pin":
    case "tin":
    case "money":
    case "integer":
    case "decimal":
      return <span class="num">{text}</span>;
    default:
      return <>{text}</>;
  }
}

interface Other {
  text: string;
  lang: string;
}
const other = (value: unknown, lang: string): Other[] => (typeof value === "string" ? [{ text: value, lang }] : []);

function OtherParts({ text, others }: { text: string; others: Other[] }) {
  return (
    <>
      {text}
      {others
        .filter((one) => one.text !== text)
        .map((one) => (
          <small lang={one.lang}>{one.text}</small>
        ))}
    </>
  );
}

export function sizeText({ language, t }: Visit, bytes: number): string {
  if (bytes < 1_000_000)
    return t("registry.pages.kilobytes", { size: formatNumber(language, Math.max(1, Math.round(bytes / 1000))) });
  return t("registry.pages.megabytes", { size: formatNumber(language, Math.round(bytes / 100_000) / 10) });
}

function boxText({ t, language }: Visit, parts: Values): ComponentChildren {
  const side = (name: string) => formatNumber(language, Math.round(Number(parts[name]) * 10_000) / 10_000);
  return t("registry.pages.box", { west: side("west"), south: side("south"), east: side("east"), north: side("north") });
}

/** Title of a declared field, or of the field that a column is a part of. */
export function fieldTitle(register: Expanded, name: string, { language }: Visit): string {
  const declared: RegisterField | undefined = register.declared.fields[name] ?? register.flat.fields[name];
  return declared?.title[language] ?? name;
}
