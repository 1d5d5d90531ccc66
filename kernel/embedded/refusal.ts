import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Setting, SettingTable } from "../settings.ts";

export type Language = "ky" | "ru" | "kk" | "en";

/** Why starting, backing up or restoring did not happen: a code with a text in four languages that says what to do about it. */
export class Refusal extends Error {
  readonly code: string;
  readonly params: Record<string, string | number>;
  constructor(code: string, params: Record<string, string | number> = {}, cause?: unknown) {
    super(code, { cause });
    this.name = "Refusal";
    this.code = code;
    this.params = params;
  }
}

const terminalLanguages: Record<string, Language> = { ky: "ky", ru: "ru", kk: "kk" };

/** What the terminal says is no affair of a block. */
export const terminalSettings = {
  language: {
    env: "LC_ALL",
    about: "With `LC_MESSAGES` and `LANG`: language of what the terminal says (ky, ru, kk; else English).",
    parse: (locale) => terminalLanguages[locale.slice(0, 2).toLowerCase()],
    default: "en",
    otherwise: "of the system",
  } satisfies Setting<Language>,
} satisfies SettingTable;

/** The language of the terminal from LC_ALL, LC_MESSAGES or LANG; English where it is none of the four. */
export function terminalLanguage(environment: NodeJS.ProcessEnv = process.env): Language {
  const asked = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || "";
  const { parse: read, default: fallback } = terminalSettings.language;
  return read(asked) ?? fallback;
}

/** The sentence of a refusal, ready to print. */
export function refusalText(refusal: Refusal, language: Language = terminalLanguage()): string {
  const texts = parse(readFileSync(new URL(`./locales/${language}.yaml`, import.meta.url), "utf8")) as {
    refusals: Record<string, string>;
  };
  const text = texts.refusals[refusal.code] ?? refusal.code;
  return text.replace(/\{(\w+)\}/g, (_, key: string) => String(refusal.params[key] ?? "")).trim();
}

/** Turns what the operating system answered about a folder into a refusal; anything else stays as it is. */
export function folderRefusal(error: unknown, folder: string): unknown {
  const code = systemCode(error);
  if (code === "ENOSPC" || code === "EDQUOT") return new Refusal("disk-full", { folder }, error);
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") return new Refusal("no-permission", { folder }, error);
  if (code === "ENOTDIR" || code === "EEXIST") return new Refusal("not-a-folder", { folder }, error);
  if (code === "ENAMETOOLONG") return new Refusal("name-too-long", { folder }, error);
  return error;
}

export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
