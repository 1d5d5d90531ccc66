import type { FastifyRequest } from "fastify";
import type { Language, Texts } from "../locale.ts";
import type { Preferences, Visit } from "./visit.ts";

export const PREFERENCES_COOKIE = "preferences";

/** A page of the desks of officials: address without language, key of its text, rights one of which a post needs. */
export interface DeskPlace {
  path: string;
  key: string;
  rights: string[];
}

/** Makes a `Visit` of a request, for every block that draws pages. */
export interface Visits {
  /** A link of the footer to a block's own page, the same under every page: address without language, key of its text. */
  link(path: string, key: string): void;
  /** A block's own page for officials, shown in the bar of every desk that may open it. */
  place(place: DeskPlace): void;
  readonly places: readonly DeskPlace[];
  /** Tells who is signed in, to be greeted; given by the block that knows. */
  greet?: (request: FastifyRequest, language: Language) => Promise<Visit["person"]>;
  /** Tells which official sits at the desk, under which post; given by the block that knows. */
  greetOfficial?: (request: FastifyRequest, language: Language) => Promise<Visit["person"]>;
  /** A visit of the given person, or of nobody in particular. */
  of(request: FastifyRequest, given: { language: Language; person?: Visit["person"] }): Visit;
  /** A visit of whoever asks. */
  visitor(request: FastifyRequest, language: Language): Promise<Visit>;
  /** A visit of whoever sits at the desk: the header names the post. */
  official(request: FastifyRequest, language: Language): Promise<Visit>;
}

declare module "fastify" {
  interface FastifyInstance {
    visits: Visits;
  }
}

export function createVisits(means: { texts: Texts; country: Visit["country"] }): Visits {
  const { texts, country } = means;
  const footer: { path: string; key: string }[] = [];
  const places: DeskPlace[] = [];
  // Made once for a language, so that what is drawn around every page is known again.
  const links = new Map<Language, Visit["links"]>();
  const linksIn = (language: Language) => {
    let made = links.get(language);
    if (!made) {
      made = footer.map(({ path, key }) => ({ href: `/${language}${path}`, text: texts.translate(language, key) }));
      links.set(language, made);
    }
    return made;
  };
  return {
    link(path, key) {
      footer.push({ path, key });
      links.clear();
    },
    places,
    place: (place) => void places.push(place),
    of: (request, { language, person }) => ({
      language,
      t: texts.of(language),
      path: request.url,
      // An address that cannot be read is answered before the cookies are.
      prefs: readPreferences((request.cookies as FastifyRequest["cookies"] | undefined)?.[PREFERENCES_COOKIE]),
      ...(person && { person }),
      links: linksIn(language),
      country,
    }),
    async visitor(request, language) {
      return this.of(request, { language, person: await this.greet?.(request, language) });
    },
    async official(request, language) {
      return this.of(request, { language, person: await this.greetOfficial?.(request, language) });
    },
  };
}

const choices = {
  size: ["normal", "large", "largest"],
  contrast: ["normal", "high"],
  images: ["on", "off"],
  theme: ["auto", "light", "dark"],
} as const;

/** `size.large/contrast.high`: what a person switched on, on this device. Anything else is as if nothing were chosen. */
export function readPreferences(cookie: string | undefined): Preferences {
  const chosen = new Map((cookie ?? "").split("/").map((part) => part.split(".") as [string, string]));
  const pick = <Name extends keyof typeof choices>(name: Name) => {
    const value = chosen.get(name);
    return ((choices[name] as readonly string[]).includes(value ?? "") ? value : choices[name][0]) as Preferences[Name];
  };
  return { size: pick("size"), contrast: pick("contrast"), images: pick("images"), theme: pick("theme") };
}

export function writePreferences(prefs: Preferences): string {
  return Object.entries(prefs)
    .map(([name, value]) => `${name}.${value}`)
    .join("/");
}
