/** Texts of a document: ICU MessageFormat as far as a document may use it, `{fact}` and `{fact, date}`. */
import { formatDate } from "@kerege/kernel/format";
import type { Language } from "@kerege/kernel/locale";
import type { Facts } from "./declaration.ts";
import type { Vocabulary } from "./template.ts";

export type Message = (facts: Facts) => string;

export interface MessageFault {
  /** `documents.faults.<name>`. */
  code: string;
  params: Record<string, string | number>;
}

const PART = /\{\s*([a-z][a-z0-9_]*)\s*(,\s*date\s*)?\}/g;

/** A plural or a choice is refused: a document names facts, and a choice of words hides which were signed. */
export function checkMessage(source: string, vocabulary: Vocabulary): MessageFault[] {
  const faults: MessageFault[] = [];
  const rest = source.replace(PART, (_, name: string, date: string | undefined) => {
    const type = vocabulary.facts[name]?.type;
    if (!type) faults.push({ code: "documents.faults.unknown-fact", params: { name } });
    else if ((type === "date") !== (date !== undefined)) {
      faults.push({ code: `documents.faults.${type === "date" ? "date-as-text" : "text-as-date"}`, params: { name } });
    }
    return "";
  });
  if (/[{}]/.test(rest))
    faults.push({ code: "documents.faults.unknown-placeholder", params: { placeholder: rest.trim().slice(0, 40) } });
  return faults;
}

/** A fact that the document does not have leaves no double space. */
export function compileMessage(source: string, language: Language): Message {
  const parts: (string | { name: string; date: boolean })[] = [];
  let at = 0;
  for (const match of source.matchAll(PART)) {
    parts.push(source.slice(at, match.index), { name: match[1]!, date: match[2] !== undefined });
    at = match.index + match[0].length;
  }
  parts.push(source.slice(at));
  return (facts) =>
    parts
      .map((part) => (typeof part === "string" ? part : showFact(facts[part.name], { date: part.date, language })))
      .join("")
      .replace(/ {2,}/g, " ")
      .replace(/ (?=[,.;:])/g, "");
}

/** A day is written out and stays on one line; a fact that is not there is empty. */
export function showFact(value: string | undefined, { date, language }: { date: boolean; language: Language }): string {
  if (value === undefined) return "";
  return date ? unbroken(formatDate(language, value)) : value;
}

export const unbroken = (text: string): string => text.replaceAll(" ", "\u00a0");
