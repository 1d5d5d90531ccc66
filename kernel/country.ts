import { existsSync } from "node:fs";
import path from "node:path";
import type { Language, Multilingual } from "./locale.ts";
import type { PackFileKind } from "./pack.ts";

/** One installation: which packs, languages, calendar, colours. Declared in `countries/<name>/country.yaml`. */
export interface Country {
  country: string;
  /** ISO 3166-1 alpha-2 of the calendar and reference lists. */
  code: string;
  name: Multilingual;
  portalName: Multilingual;
  /** A demo country has invented people and a page to sign in as any of them; a real one has neither. */
  demo: boolean;
  languages: Language[];
  timeZone: string;
  currency: string;
  packs: string[];
  colours?: Record<string, string>;
  people?: { count: number; seed: number };
}

export const countryKind: PackFileKind = {
  kind: "country",
  pattern: /^(country)\.yaml$/,
  schema: new URL("./pack/country.schema.json", import.meta.url),
};

export function countryFolder(root: string, name: string): string | undefined {
  const folder = path.join(root, "countries", name);
  return /^[a-z][a-z0-9-]*$/.test(name) && existsSync(path.join(folder, "country.yaml")) ? folder : undefined;
}
