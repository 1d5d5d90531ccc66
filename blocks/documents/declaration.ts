import type { Language, Multilingual } from "@kerege/kernel/locale";

export type FactType = "text" | "date" | "address" | "pin";

export interface FactDeclaration {
  type: FactType;
  title: Multilingual;
  /** Key in the statement of the code, short because every letter makes the code larger. A fact without one is not in it. */
  short?: string;
  /** The document may be issued without it; its row is then left out. */
  optional?: boolean;
}

/** `documents/<name>.yaml`. */
export interface DocumentDeclaration {
  document: string;
  title: Multilingual;
  law: { act: string; article?: string }[];
  /** Body that issues it and signs with its key. */
  body: { code: string; name: Multilingual };
  /** Stands before the number: `R` gives `R-2026-000123`. */
  prefix?: string;
  /** `person`: the person's language; `state-and-person`: the state language and the person's side by side. */
  languages: "person" | "state-and-person";
  /** The document may be relied on for so long; for ever when left out. */
  validity?: { months: number };
  /** How long the state keeps it. */
  retention: "forever" | { years: number };
  facts: Record<string, FactDeclaration>;
  texts: Record<string, Multilingual>;
}

/** Facts the state itself adds to each document. */
export const OWN_FACTS = ["number", "issued_on", "valid_through"] as const;

/** Values of a document: text, or a day as `YYYY-MM-DD`. */
export type Facts = Record<string, string>;

/** The language of the state stands first in the list of the country. */
export function languagesOf(declaration: Pick<DocumentDeclaration, "languages">, person: Language, state: Language): Language[] {
  return declaration.languages === "person" || person === state ? [person] : [state, person];
}

/** `R-2026-000123`. */
export function writeNumber({ prefix }: Pick<DocumentDeclaration, "prefix">, year: number, sequence: number): string {
  return `${prefix ? `${prefix}-` : ""}${year}-${String(sequence).padStart(6, "0")}`;
}

/** The last day of a document issued on a day: the day before the same day so many months later, or the end of a shorter month. */
export function lastDay(issuedOn: string, { months }: { months: number }): string {
  const [year, month, day] = issuedOn.split("-").map(Number) as [number, number, number];
  const lastOfMonth = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  const same = new Date(Date.UTC(year, month - 1 + months, Math.min(day, lastOfMonth)));
  return new Date(same.getTime() - 86_400_000).toISOString().slice(0, 10);
}
