import { type IdentityDoor, SESSION_COOKIE, type Session } from "@kerege/identity";
import type { Actor } from "@kerege/kernel/actor";
import { languageOf, type Reply, type Request } from "@kerege/kernel/http";
import type { Language } from "@kerege/kernel/locale";
import type { Visit, Visits } from "@kerege/kernel/page";
import { kernelProblem } from "@kerege/kernel/problem";

export interface Visitor {
  visit: Visit;
  session: Session | undefined;
}

export interface SignedIn extends Visitor {
  session: Session;
  actor: Extract<Actor, { kind: "person" }>;
}

const footer = ["services", "registers", "reference", "log", "verify", "help", "accessibility"];

/** Finds out who asks, in which language, with which switches on. */
export function createReception(visits: Visits, { identity, languages }: { identity: IdentityDoor; languages: Language[] }) {
  for (const page of footer) visits.link(`/${page}`, `portal.nav.${page}`);
  const sessionOf = async (request: Request): Promise<Session | undefined> => {
    const token = (request.cookies as Request["cookies"] | undefined)?.[SESSION_COOKIE];
    return token === undefined ? undefined : identity.find(token);
  };
  visits.greet = async (request) => {
    const session = await sessionOf(request);
    return session && { name: session.name };
  };
  const visitor = async (request: Request): Promise<Visitor> => {
    const session = await sessionOf(request);
    const person = session && { name: session.name };
    return { session, visit: visits.of(request, { language: languageOf(request, languages), person }) };
  };
  return {
    visitor,
    /** Only a signed-in person goes on; the problem page offers to sign in and to come back. */
    async signedIn(request: Request): Promise<SignedIn> {
      const found = await visitor(request);
      if (!found.session) throw kernelProblem("sign-in-needed");
      return { visit: found.visit, session: found.session, actor: { kind: "person", pin: found.session.pin } };
    },
  };
}

export type Reception = ReturnType<typeof createReception>;

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
