import type { Language, Texts } from "@kerege/kernel/locale";
import { forWhom, levelFor } from "./applying.ts";
import type { ServiceDeclaration } from "./declaration.ts";

export interface ActsWords {
  texts: Texts;
  language: Language;
}

/** Who may apply for what, for whom, how surely known: a table as text, one line for a service, by the names of services. */
export function actsText(services: ServiceDeclaration[], { texts, language }: ActsWords): string {
  const say = (key: string) => texts.translate(language, `services.acts.${key}`);
  const rows = services
    .toSorted((a, b) => (a.service < b.service ? -1 : 1))
    .map((one) => [
      one.service,
      one.title[language],
      forWhom(one)
        .map((whom) => say(`whom.${whom}`))
        .join(", "),
      say(`level.${levelFor(one)}`),
      one.body,
    ]);
  const head = ["service", "title", "for", "assurance", "body"].map((name) => say(`columns.${name}`));
  const widths = head.map((_, index) => Math.max(...[head, ...rows].map((row) => row[index]!.length)));
  const line = (row: string[]) =>
    row
      .map((cell, index) => cell.padEnd(widths[index]!))
      .join(" | ")
      .trimEnd();
  return [line(head), widths.map((width) => "-".repeat(width)).join("-+-"), ...rows.map(line)].join("\n");
}
