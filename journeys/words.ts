import { readdirSync } from "node:fs";
import { addLocales, createTexts, type Language, type TextValue } from "@kerege/kernel/locale";

const texts = createTexts();
addLocales(texts, "kernel", new URL("../kernel/locales/", import.meta.url));
for (const block of readdirSync(new URL("../blocks/", import.meta.url))) {
  const folder = new URL(`../blocks/${block}/locales/`, import.meta.url);
  if (readdirSync(new URL(`../blocks/${block}/`, import.meta.url)).includes("locales")) addLocales(texts, block, folder);
}

/** The words a person sees, as the blocks have them: a journey looks for what is said, not for how it is worded. */
export function words(language: Language, key: string, values?: Record<string, TextValue>): string {
  const said = texts.translate(language, key, values);
  if (said === key || said === "") throw new RangeError(`there is no text ${key}`);
  return said;
}
