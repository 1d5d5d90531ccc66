import type { Plain } from "@kerege/kernel/feel";
import type { Language } from "@kerege/kernel/locale";

/** Says an act by its code. */
export type ActOf = (code: string) => string;

/** A provision of law, or several, in words: an act by its code or by its names, with its article. */
export function normText(norm: Plain, { actOf, language }: { actOf: ActOf; language: Language }): string {
  if (typeof norm === "string") return norm;
  if (Array.isArray(norm))
    return norm
      .map((one: Plain) => normText(one, { actOf, language }))
      .filter(Boolean)
      .join("; ");
  if (!isRecord(norm)) return "";
  const { act, article } = norm;
  const named = typeof act === "string" ? actOf(act) : isRecord(act) && typeof act[language] === "string" ? act[language] : "";
  return [named, typeof article === "string" || typeof article === "number" ? String(article) : ""].filter(Boolean).join(", ");
}

export const isRecord = (value: Plain): value is Readonly<Record<string, Plain>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
