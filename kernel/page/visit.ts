import type { Language, Multilingual, Translate } from "../locale.ts";

/** Switches a person keeps on a device. */
export interface Preferences {
  size: "normal" | "large" | "largest";
  contrast: "normal" | "high";
  images: "on" | "off";
  theme: "auto" | "light" | "dark";
}

/** Who looks at a page, in which language, with which switches. */
export interface Visit {
  language: Language;
  t: Translate;
  /** Address of the page, with its query. */
  path: string;
  prefs: Preferences;
  /** Who is signed in; an official at a desk has a post; `acting` names the one a person acts for. */
  person?: { name: string; post?: string; acting?: string };
  /** Of the footer. */
  links: { href: string; text: string }[];
  country: { name: Multilingual; portalName: Multilingual; demo: boolean; languages: Language[] };
}
