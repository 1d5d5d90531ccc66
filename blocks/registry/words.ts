import { languages, type Texts } from "@kerege/kernel/locale";
import type { RegisterDeclaration } from "./declaration.ts";

/** A text as it stands, for a message: ICU would read braces and apostrophes. */
const plain = (text: string) => text.replaceAll("'", "''").replace(/[{}]/g, (sign) => `'${sign}'`);

/**
 * The words of registers in which a refusal is said: titles of rules, of unique values, and which event a state forbids. They are
 * added to the texts of the house as `registry.said.<register>.…`, so that a fault is read in the reader's language like any other.
 */
export function addWords(texts: Texts, registers: RegisterDeclaration[]): void {
  for (const register of registers) {
    for (const language of languages) {
      const say = (key: string, values: Record<string, string>) =>
        plain(texts.translate(language, `registry.fields.${key}`, values));
      const forbidden = Object.entries(register.events).flatMap(([name, event]) => {
        if (!event.from) return [];
        const states: [string, string][] = Object.entries(register.states ?? {}).map(([state, { title }]) => [
          state,
          title[language],
        ]);
        const said = [...states, ["none", texts.translate(language, "registry.fields.no-state")]].map(([state, title]) => [
          state,
          say("wrong-state", { event: event.title[language], state: title! }),
        ]);
        return [[name, Object.fromEntries(said)]];
      });
      texts.add(`registry.said.${register.register}`, language, {
        rules: titles(register.rules, language),
        unique: titles(register.unique, language),
        states: Object.fromEntries(forbidden),
        held: say("link-held", { register: register.title[language], key: "\u0001" }).replace("\u0001", "{key}"),
      });
    }
  }
}

function titles(table: Record<string, { title: Record<string, string> }> | undefined, language: string): Record<string, string> {
  return Object.fromEntries(Object.entries(table ?? {}).map(([name, { title }]) => [name, plain(title[language]!)]));
}
