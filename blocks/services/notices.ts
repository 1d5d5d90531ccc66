import { dayOf } from "@kerege/kernel/clock";
import { formatDate } from "@kerege/kernel/format";
import { type Language, languages, type Multilingual, type Texts } from "@kerege/kernel/locale";
import type { CaseRow } from "./store.ts";

type Values = Record<string, string>;

/** Letters of a case that no pack writes: an official asks, the term passed, it was taken back. In every language, under `services.notices`. */
export interface Notice {
  kind: string;
  subject: Multilingual;
  body: Multilingual;
}

export function createNotices(texts: Texts, timeZone: string) {
  const write = (name: string, values: (language: Language) => Values): Omit<Notice, "kind"> => {
    const all = (part: string) =>
      Object.fromEntries(
        languages.map((language) => [language, texts.translate(language, `services.notices.${name}.${part}`, values(language))]),
      ) as Multilingual;
    return { subject: all("subject"), body: all("body") };
  };
  const numberOf = ({ number }: CaseRow) => number ?? "";
  return {
    asked: (row: CaseRow, asked: { message: string; question: string; until: Date }): Notice => ({
      kind: `question-${asked.message}`,
      ...write("asked", (language) => ({
        number: numberOf(row),
        question: asked.question,
        until: formatDate(language, dayOf(new Date(asked.until.getTime() - 1), timeZone)),
      })),
    }),
    overdue: (row: CaseRow): Notice => ({
      kind: "overdue",
      ...write("overdue", (language) => ({
        number: numberOf(row),
        day: row.expected_on === null ? "" : formatDate(language, row.expected_on),
      })),
    }),
    withdrawn: (row: CaseRow): Notice => ({ kind: "withdrawn", ...write("withdrawn", () => ({ number: numberOf(row) })) }),
  };
}
