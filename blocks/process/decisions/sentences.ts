/** Explanations and changes as sentences, in the language of whoever reads them. */
import { Decimal, FeelDate, type FeelValue, type Json, printValue } from "@kerege/kernel/feel";
import { addLocales, type Texts, type TextValue, type Translate } from "@kerege/kernel/locale";
import type { Change, Range } from "./change.ts";
import type { Piece } from "./column.ts";
import type { Box, Finding } from "./coverage.ts";
import type { Explanation, FactSource } from "./explain.ts";
import type { Norm } from "./norm.ts";

export interface Words {
  readonly translate: Translate;
  /** What people call a fact, by its path. */
  readonly fact: (path: string) => string;
  readonly norm: (norm: Norm) => string;
  /** A register by its code, with the day it was read where that is known. */
  readonly source: (source: FactSource) => string;
  /** What people call a table, by the decision it stands in; its own name where nothing is said. */
  readonly table?: (name: string) => string;
  /** What people call a value of a fact, as a code of a classifier; undefined where it is said as it is. */
  readonly value?: (path: string, value: Json) => string | undefined;
}

/** Adds the texts sentences are made of, where no house is open. */
export function addDecidingTexts(texts: Texts): void {
  addLocales(texts, "process", new URL("../locales/", import.meta.url));
}

/** First the rules that held with their norms, then the facts with their values and registers. */
export function explanationSentences(explanation: Explanation, words: Words): string[] {
  const { translate } = words;
  const called = (table: string) => words.table?.(table) ?? table;
  const rules = explanation.rules.map(({ table, number, norm }) =>
    norm
      ? translate("process.deciding.rule-by", { table: called(table), number, norm: words.norm(norm) })
      : translate("process.deciding.rule", { table: called(table), number }),
  );
  const none = explanation.unanswered.map((table) => translate("process.deciding.no-rule", { table: called(table) }));
  const facts = explanation.facts.map(({ path, value, source }) => {
    const said = { fact: words.fact(path), value: words.value?.(path, value) ?? jsonText(value, translate) };
    return source
      ? translate("process.deciding.fact-from", { ...said, source: words.source(source) })
      : translate("process.deciding.fact", said);
  });
  return [...rules, ...none, ...facts];
}

/** `It would be otherwise if: income – less than 12,000.` One sentence for each way. */
export function changeSentences(ways: readonly (readonly Change[])[], words: Words): string[] {
  const { translate } = words;
  return ways.map((changes) => {
    const parts = changes.map(({ path, range, to }) => {
      const other = typeof to === "string" && range.low === undefined;
      const said = other ? translate("process.deciding.other-text") : rangeText(range, { path, words });
      return translate("process.deciding.condition", { fact: words.fact(path), range: said });
    });
    const own = changes.every((change) => change.changeable);
    const key = own ? "process.deciding.would-change" : "process.deciding.would-differ";
    // A Russian day ends with the full stop of «г.» already.
    return translate(key, { changes: parts.join("; ") }).replace(/\.\.$/, ".");
  });
}

interface Said {
  readonly path: string;
  readonly words: Words;
}

const AMOUNTS = { atLeast: "at-least", above: "above", atMost: "at-most", below: "below" };
const DAYS = { atLeast: "from", above: "after", atMost: "until", below: "before" };

function rangeText(range: Range, said: Said): string {
  const { translate } = said.words;
  const end = (key: string, value: FeelValue): string => translate(`process.deciding.${key}`, { value: valueText(value, said) });
  if (range.low !== undefined && range.low === range.high) return end("exactly", range.low);
  const keys = range.low instanceof FeelDate || range.high instanceof FeelDate ? DAYS : AMOUNTS;
  const from = range.low === undefined ? undefined : end(range.lowIncluded ? keys.atLeast : keys.above, range.low);
  const to = range.high === undefined ? undefined : end(range.highIncluded ? keys.atMost : keys.below, range.high);
  if (from !== undefined && to !== undefined) return translate("process.deciding.both", { from, to });
  return from ?? to ?? translate("process.deciding.any");
}

function valueText(value: FeelValue, { path, words }: Said): TextValue {
  const known = typeof value === "string" || typeof value === "boolean" ? words.value?.(path, value) : undefined;
  return known ?? plainText(value, words.translate);
}

function plainText(value: FeelValue, translate: Translate): TextValue {
  if (value instanceof Decimal) return value.big === undefined ? value.toNumber() : value.toString();
  if (value instanceof FeelDate && value.year > 0 && value.year <= 9999) return new Date(value.epochDay * 86_400_000);
  if (typeof value === "boolean") return translate(value ? "process.deciding.yes" : "process.deciding.no");
  return printValue(value);
}

function jsonText(value: Json, translate: Translate): TextValue {
  if (value === null) return translate("process.deciding.unknown");
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return translate(value ? "process.deciding.yes" : "process.deciding.no");
  if (typeof value !== "string") return JSON.stringify(value);
  return /^\d{4}-\d\d-\d\d$/.test(value) ? new Date(`${value}T00:00:00Z`) : value;
}

/** What was found in a table, for its author. */
export function findingSentence(finding: Finding, table: string, translate: Translate): string {
  if (finding.kind === "unchecked")
    return translate(`process.deciding.unchecked-${finding.reason}`, { table, column: finding.label });
  const example = exampleText(finding.example, translate);
  if (finding.kind === "gap") return translate("process.deciding.gap", { table, example });
  const [first, second] = finding.rules;
  return translate("process.deciding.overlap", { table, first, second, example });
}

/** Inputs as `age – 18; kind – more than 3`. */
export function exampleText(box: Box, translate: Translate): string {
  const words: Words = { translate, fact: (path) => path, norm: ({ act }) => act, source: ({ register }) => register };
  const parts = box.map(({ label, piece }) => {
    const range = piece === undefined ? translate("process.deciding.any") : pieceText(piece, { path: label, words });
    return translate("process.deciding.condition", { fact: label, range });
  });
  return parts.join("; ");
}

function pieceText(piece: Piece, said: Said): string {
  if ("at" in piece) return rangeText({ low: piece.at, lowIncluded: true, high: piece.at, highIncluded: true }, said);
  const { low, high } = piece;
  if (typeof low === "string" || typeof high === "string") return said.words.translate("process.deciding.other-text");
  return rangeText({ low, lowIncluded: false, high, highIncluded: false }, said);
}
