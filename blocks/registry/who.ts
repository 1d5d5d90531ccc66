import type { Language, Multilingual, Texts } from "@kerege/kernel/locale";
import type { Agreement, Ground, RegisterDeclaration } from "./declaration.ts";
import { subjectFields } from "./read-entry.ts";

/** Who reads under a ground. */
export type Reader =
  | { kind: "self" }
  | { kind: "children"; until: number }
  | { kind: "body"; body: string }
  | { kind: "agreement"; agreement: string; parties: string[]; number: string }
  | { kind: "anyone" };

/** One line of "who may read what about whom": one register, one ground, one kind of reader. */
export interface AccessRow {
  register: string;
  ground: string;
  title: Multilingual;
  purpose: Multilingual;
  reader: Reader;
  /** Declared fields. */
  fields: string[];
  searches: string[];
  /** Values that a record must have, by field; nothing where all records may be read. */
  rows: Record<string, (string | number | boolean)[] | "reader-body">;
  law: Ground["law"];
  /** Of all a record is about, or of one of them. */
  consent: boolean | "any";
  breakGlass: boolean;
  deferred: Ground["deferred"] | undefined;
}

/** Who may read a register, ordered by ground and reader. What is not here is denied. */
export function accessTable(register: RegisterDeclaration, grounds: Ground[], agreements: Agreement[]): AccessRow[] {
  const name = register.register;
  return grounds
    .filter((ground) => ground.reads[name] !== undefined)
    .sort((a, b) => (a.ground < b.ground ? -1 : 1))
    .flatMap((ground) =>
      readersOf(ground, agreements).map((reader) => ({
        register: name,
        ground: ground.ground,
        title: ground.title,
        purpose: ground.purpose,
        reader,
        fields: ground.reads[name]!,
        // A person looks up only what is about nobody: his own record is found by his number.
        searches: isPerson(reader) && register.subject !== undefined ? [] : (ground.searches?.[name] ?? []),
        rows: ground.rows?.[name] ?? {},
        law: ground.law,
        consent: ground.consent ?? false,
        breakGlass: ground.breakGlass === true,
        deferred: ground.deferred,
      })),
    );
}

function isPerson(reader: Reader): boolean {
  return reader.kind === "self" || reader.kind === "children";
}

function readersOf({ readers }: Ground, agreements: Agreement[]): Reader[] {
  const named = (readers.agreements ?? []).flatMap((name) => {
    const found = agreements.find((one) => one.agreement === name);
    return found ? [{ kind: "agreement" as const, agreement: name, parties: found.parties, number: found.number }] : [];
  });
  return [
    ...(readers.self ? [{ kind: "self" as const }] : []),
    ...(readers.children ? [{ kind: "children" as const, until: readers.children.until }] : []),
    ...(readers.bodies ?? []).map((body) => ({ kind: "body" as const, body })),
    ...named,
    ...(readers.anyone ? [{ kind: "anyone" as const }] : []),
  ];
}

export interface AccessWords {
  texts: Texts;
  language: Language;
  /** Name of a body by its code; the code itself where nothing is known. */
  bodyName?(code: string): string;
}

/** The lines in words: ground, reader, about whom, fields, searches, law; one text each. */
export function accessWords(register: RegisterDeclaration, rows: AccessRow[], words: AccessWords): string[][] {
  const { texts, language, bodyName = (code) => code } = words;
  const say = (key: string, values?: Record<string, string>) => texts.translate(language, `registry.who.${key}`, values);
  const field = (name: string) => register.fields[name]?.title[language] ?? name;
  const readerText = (reader: Reader) => {
    if (reader.kind === "body") return bodyName(reader.body);
    if (reader.kind === "agreement")
      return say("agreement", { parties: reader.parties.map(bodyName).join(", "), number: reader.number });
    return reader.kind === "children" ? say("children", { until: String(reader.until) }) : say(reader.kind);
  };
  return rows.map((row) => {
    const scope = Object.entries(row.rows).map(([name, values]) =>
      values === "reader-body"
        ? say("reader-body", { field: field(name) })
        : say("rows", { field: field(name), values: values.join(", ") }),
    );
    const limits = [
      ...(row.consent ? [say(consentWords(register, row.consent))] : []),
      ...(row.breakGlass ? [say("break-glass")] : []),
    ];
    const own = isPerson(row.reader) && register.subject !== undefined;
    return [
      row.title[language],
      readerText(row.reader),
      [
        own ? say(row.reader.kind === "children" ? "own-children" : "own") : scope.length === 0 ? say("all") : "",
        ...scope,
        ...limits,
      ]
        .filter(Boolean)
        .join("; "),
      row.fields.map(field).join(", "),
      row.searches.map((name) => register.search[name]?.title[language] ?? name).join("; "),
      say("article", { act: row.law.act[language], article: row.law.article }),
    ];
  });
}

/** Whom a record is about, where it may be several; in words. */
export function aboutWords(register: RegisterDeclaration, { texts, language }: AccessWords): string | undefined {
  const fields = subjectFields(register);
  if (fields.length < 2) return undefined;
  const titles = fields.map((name) => register.fields[name]?.title[language] ?? name);
  return texts.translate(language, "registry.who.about", { fields: titles.join(", ") });
}

function consentWords(register: RegisterDeclaration, consent: boolean | "any"): string {
  if (subjectFields(register).length < 2) return "consent";
  return consent === "any" ? "consent-of-one" : "consent-of-each";
}

const WIDTHS = [22, 20, 16, 34, 16, 34];

/** The table as text in columns, each cell broken over as many lines as it needs. */
export function accessText(register: RegisterDeclaration, rows: AccessRow[], words: AccessWords): string {
  const say = (key: string, values?: Record<string, string>) =>
    words.texts.translate(words.language, `registry.who.${key}`, values);
  const title = say("head", { title: register.title[words.language] });
  if (rows.length === 0) return `${title}\n${say("nobody")}`;
  const names = ["ground", "reader", "whom", "fields", "ways", "law"].map((name) => say(`columns.${name}`));
  const rule = WIDTHS.map((width) => "-".repeat(width)).join("-+-");
  const about = aboutWords(register, words);
  return [
    title,
    ...(about === undefined ? [] : [about]),
    "",
    ...lines(names),
    rule,
    ...accessWords(register, rows, words).flatMap((row) => [...lines(row), rule]),
  ].join("\n");
}

function lines(cells: string[]): string[] {
  const broken = cells.map((cell, index) => wrap(cell, WIDTHS[index]!));
  const height = Math.max(...broken.map((cell) => cell.length));
  return Array.from({ length: height }, (_, at) =>
    broken
      .map((cell, index) => (cell[at] ?? "").padEnd(WIDTHS[index]!))
      .join(" | ")
      .trimEnd(),
  );
}

function wrap(text: string, width: number): string[] {
  const made = [""];
  for (const word of text.split(" ")) {
    const last = made.at(-1)!;
    if (last !== "" && last.length + 1 + word.length > width) made.push(word);
    else made[made.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return made.flatMap((line) => line.match(new RegExp(`.{1,${width}}`, "gu")) ?? [""]);
}
