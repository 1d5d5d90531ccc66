import type { IdentityDoor, Session } from "@kerege/identity";
import type { Actor } from "@kerege/kernel/actor";
import type { Country } from "@kerege/kernel/country";
import { languageOf, type Reply, type Request } from "@kerege/kernel/http";
import type { Language, Texts } from "@kerege/kernel/locale";
import type { Preferences, Visit } from "@kerege/kernel/page";
import { kernelProblem } from "@kerege/kernel/problem";

export const SESSION_COOKIE = "session";
export const PREFERENCES_COOKIE = "preferences";

export interface Visitor {
  visit: Visit;
  session: Session | undefined;
}

export interface SignedIn extends Visitor {
  session: Session;
  actor: Extract<Actor, { kind: "person" }>;
}

const footer = ["services", "verify", "help", "accessibility"];

/** Finds out who asks, in which language, with which switches on. */
export function createReception(means: { country: Country; texts: Texts }, identity: IdentityDoor) {
  const { country, texts } = means;
  const visitor = async (request: Request): Promise<Visitor> => {
    const token = request.cookies[SESSION_COOKIE];
    const session = token === undefined ? undefined : await identity.find(token);
    const language = languageOf(request, country.languages);
    return { session, visit: visitOf(request, { language, session }) };
  };
  const visitOf = (request: Request, given: { language: Language; session?: Session }): Visit => ({
    language: given.language,
    t: texts.of(given.language),
    path: request.url,
    // An address that cannot be read is answered before the cookies are.
    prefs: readPreferences((request.cookies as Request["cookies"] | undefined)?.[PREFERENCES_COOKIE]),
    person: given.session && { name: given.session.name },
    links: footer.map((page) => ({
      href: `/${given.language}/${page}`,
      text: texts.translate(given.language, `portal.nav.${page}`),
    })),
    country: { name: country.name, portalName: country.portalName, demo: country.demo, languages: country.languages },
  });
  return {
    visitor,
    visitOf,
    /** Only a signed-in person goes on; the problem page offers to sign in and to come back. */
    async signedIn(request: Request): Promise<SignedIn> {
      const found = await visitor(request);
      if (!found.session) throw kernelProblem("sign-in-needed");
      return { visit: found.visit, session: found.session, actor: { kind: "person", pin: found.session.pin } };
    },
  };
}

export type Reception = ReturnType<typeof createReception>;

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

/** A path on this server to go back to, or the fallback; an address of another site is never followed. */
export function safeReturn(path: unknown, fallback: string): string {
  if (typeof path !== "string" || path.length > 500 || !/^\/[a-z]{2}(?:\/|$)/.test(path)) return fallback;
  return /[\\\s]|^\/\//.test(path) ? fallback : path;
}

export function setCookie(
  reply: Reply,
  given: { name: string; value: string; secure: boolean; seconds?: number; script?: boolean },
): void {
  reply.setCookie(given.name, given.value, {
    path: "/",
    httpOnly: given.script !== true,
    sameSite: "lax",
    secure: given.secure,
    maxAge: given.seconds,
  });
}
