/** A kind of document ready for use: its declaration and template compiled, checked once at start. */
import { type Language, languages, type Multilingual } from "@kerege/kernel/locale";
import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import { type DocumentDeclaration, type Facts, OWN_FACTS } from "./declaration.ts";
import type { Block, KeptLines } from "./layout.ts";
import type { Piece } from "./lines.ts";
import { checkMessage, compileMessage, type Message, showFact } from "./message.ts";
import { type Inline, type Node, parseTemplate, vocabularyOf } from "./template.ts";
import { openTypefaces } from "./typeface.ts";

export interface Kind {
  declaration: DocumentDeclaration;
  /** Names of the facts on the page, in their order; a title in each language. */
  labels: { fact: string; title: Multilingual }[];
  /** The rows of the document in a language; facts that are not there have no row. */
  rows(language: Language, facts: Facts, own: OwnWords): Block[];
}

interface Passage {
  pieces: Piece[];
  kept?: KeptLines;
}

/** Words of the block itself in one language: the line with number and day, titles of the facts that it adds. */
export interface OwnWords {
  numberLine: string;
  labels: Record<(typeof OWN_FACTS)[number], string>;
}

export function compileKind(declaration: DocumentDeclaration, template: string, own: Record<string, Multilingual>): Kind {
  const vocabulary = vocabularyOf(declaration);
  const { nodes } = parseTemplate(template, vocabulary);
  const texts: Record<string, Multilingual> = { ...declaration.texts, title: declaration.title };
  const messages = new Map<string, Message>();
  for (const language of languages) {
    for (const [key, text] of Object.entries(texts)) messages.set(`${language} ${key}`, compileMessage(text[language], language));
  }
  const isDate = (name: string) => vocabulary.facts[name]?.type === "date";
  const say = (inline: Inline[], language: Language, facts: Facts): Piece[] =>
    inline.map(({ bold, part }) => {
      if (part.kind === "break") return { bold, text: "\n" };
      if (part.kind === "literal") return { bold, text: part.text };
      if (part.kind === "text") return { bold, text: messages.get(`${language} ${part.key}`)!(facts) };
      return { bold, text: showFact(facts[part.name], { date: isDate(part.name), language }) };
    });
  // Rows without facts are the same in every document, and labels too: their lines are kept with them.
  const isFixed = (inline: Inline[], language: Language) =>
    inline.every(({ part }) => part.kind !== "fact" && (part.kind !== "text" || !texts[part.key]![language].includes("{")));
  const fixed = new Map<Inline[], Record<Language, Passage | undefined>>();
  for (const node of nodes) {
    for (const inline of node.kind === "list" ? node.items : "inline" in node ? [node.inline] : []) {
      fixed.set(
        inline,
        inEachLanguage((language) =>
          isFixed(inline, language) ? { pieces: say(inline, language, {}), kept: new Map() } : undefined,
        ),
      );
    }
  }
  const passage = (inline: Inline[], language: Language, facts: Facts): Passage =>
    fixed.get(inline)?.[language] ?? { pieces: say(inline, language, facts) };
  const labelKept = new Map(
    nodes
      .flatMap((node) => (node.kind === "facts" ? node.names : []))
      .map((name) => [name, inEachLanguage(() => new Map() as KeptLines)]),
  );
  const rowsOf = (node: Node, language: Language, { facts, own: words }: { facts: Facts; own: OwnWords }): Block[] => {
    if (node.kind === "number") return [{ kind: "number", pieces: [{ bold: false, text: words.numberLine }] }];
    if (node.kind === "facts") {
      const present = node.names.filter((name) => facts[name] !== undefined);
      return present.map((name) => ({
        kind: "fact",
        label: declaration.facts[name]?.title[language] ?? words.labels[name as keyof OwnWords["labels"]],
        value: showFact(facts[name], { date: isDate(name), language }),
        kept: labelKept.get(name)?.[language],
      }));
    }
    if (node.kind === "list") {
      return node.items.map((item, index) => ({
        kind: "item",
        marker: node.ordered ? `${index + 1}.` : "•",
        ...passage(item, language, facts),
      }));
    }
    return [{ kind: node.kind, ...passage(node.inline, language, facts) }];
  };
  const named = nodes.flatMap((node) => (node.kind === "facts" ? node.names : []));
  return {
    declaration,
    labels: [...new Set([...named, ...Object.keys(declaration.facts)])].map((fact) => ({
      fact,
      title: declaration.facts[fact]?.title ?? own[fact]!,
    })),
    rows: (language, facts, words) => nodes.flatMap((node) => rowsOf(node, language, { facts, own: words })),
  };
}

const inEachLanguage = <Each>(make: (language: Language) => Each): Record<Language, Each> =>
  Object.fromEntries(languages.map((language) => [language, make(language)])) as Record<Language, Each>;

/** Pairs each declaration with its template; those with faults are left out, since `kerege check` has said why. */
export function readKinds(packs: Packs, own: Record<string, Multilingual>): Map<string, Kind> {
  const templates = templatesOf(packs);
  const kinds = new Map<string, Kind>();
  for (const file of packs.files<DocumentDeclaration>("document")) {
    const template = templates.get(`${file.pack}/${file.name}`);
    if (template) kinds.set(file.value.document, compileKind(file.value, template.text, own));
  }
  return kinds;
}

const templatesOf = (packs: Packs): Map<string, PackFile<string>> =>
  new Map(packs.files<string>("document-template").map((file) => [`${file.pack}/${file.name}`, file]));

/** What schemas cannot see: unknown facts and texts, templates without a declaration, characters that cannot be printed. */
export function checkKinds(packs: Packs, report: Report): void {
  const templates = templatesOf(packs);
  const seen = new Map<string, string>();
  for (const file of packs.files<DocumentDeclaration>("document")) {
    const declaration = file.value;
    if (declaration.document !== file.name) {
      report(file, ["document"], "documents.faults.name-differs", { name: file.name, said: declaration.document });
    }
    const other = seen.get(declaration.document);
    if (other) report(file, ["document"], "documents.faults.twice", { name: declaration.document, other });
    seen.set(declaration.document, file.file);
    checkFacts(file, report);
    const template = templates.get(`${file.pack}/${file.name}`);
    templates.delete(`${file.pack}/${file.name}`);
    if (!template) report(file, [], "documents.faults.no-template", { name: file.name });
    checkTexts(file, template ? checkTemplate(template, declaration, report) : undefined, report);
  }
  for (const template of templates.values()) report(template, [], "documents.faults.no-declaration", { name: template.name });
}

function checkFacts(file: PackFile<DocumentDeclaration>, report: Report): void {
  const shorts = new Map<string, string>();
  for (const [name, fact] of Object.entries(file.value.facts)) {
    if ((OWN_FACTS as readonly string[]).includes(name)) report(file, ["facts", name], "documents.faults.own-fact", { name });
    if (fact.short && shorts.has(fact.short)) {
      report(file, ["facts", name, "short"], "documents.faults.short-twice", {
        short: fact.short,
        other: shorts.get(fact.short)!,
      });
    }
    if (fact.short) shorts.set(fact.short, name);
  }
}

/** Gives the texts that the template uses. */
function checkTemplate(template: PackFile<string>, declaration: DocumentDeclaration, report: Report): Set<string> {
  const { faults, uses } = parseTemplate(template.text, vocabularyOf(declaration));
  for (const { line, column, code, params } of faults) report({ ...template, at: () => ({ line, column }) }, [], code, params);
  return uses.texts;
}

function checkTexts(file: PackFile<DocumentDeclaration>, used: Set<string> | undefined, report: Report): void {
  const declaration = file.value;
  const typefaces = openTypefaces();
  const vocabulary = vocabularyOf(declaration);
  const printable = (place: (string | number)[], text: Multilingual) => {
    for (const language of languages) {
      const character = typefaces.lacking(text[language].normalize("NFC"));
      if (character) report(file, [...place, language], "documents.faults.unprintable", { character: codeOf(character) });
    }
  };
  printable(["title"], declaration.title);
  printable(["body", "name"], declaration.body.name);
  for (const [name, { title }] of Object.entries(declaration.facts)) printable(["facts", name, "title"], title);
  for (const [key, text] of Object.entries(declaration.texts)) {
    printable(["texts", key], text);
    for (const language of languages) {
      for (const { code, params } of checkMessage(text[language], vocabulary))
        report(file, ["texts", key, language], code, params);
    }
    if (used && !used.has(key)) report(file, ["texts", key], "documents.faults.unused-text", { key });
  }
}

/** `U+1F600`. */
export const codeOf = (character: string): string => `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
