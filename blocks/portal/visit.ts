import { type Deed, decide, type IdentityDoor, refusalOf, SESSION_COOKIE, type Session, unscoped, whoms } from "@kerege/identity";
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

/** The person's own pages: what they show is personal. */
const cabinet: Deed = { name: "portal.cabinet", by: ["person"], for: whoms };

const footer = ["services", "registers", "reference", "log", "trust", "verify", "help", "accessibility"];

/** Finds out who asks, in which language, with which switches on. */
export function createReception(visits: Visits, { identity, languages }: { identity: IdentityDoor; languages: Language[] }) {
  for (const page of footer) visits.link(`/${page}`, `portal.nav.${page}`);
  const sessionOf = async (request: Request): Promise<Session | undefined> => {
    const token = (request.cookies as Request["cookies"] | undefined)?.[SESSION_COOKIE];
    return token === undefined ? undefined : identity.find(token);
  };
  const greeted = async (request: Request, session: Session | undefined, language: Language): Promise<Visit["person"]> => {
    if (!session) return undefined;
    // A mandate that no longer stands is told where something is done under it; open pages greet the person alone.
    const at = await identity.personAt(request, session).catch(() => undefined);
    return { name: session.name, ...(at?.acting && { acting: at.acting[language] }) };
  };
  visits.greet = async (request, language) => greeted(request, await sessionOf(request), language);
  const visitor = async (request: Request): Promise<Visitor> => {
    const session = await sessionOf(request);
    const language = languageOf(request, languages);
    return { session, visit: visits.of(request, { language, person: await greeted(request, session, language) }) };
  };
  return {
    visitor,
    /**
     * Only a signed-in person goes on, who is known surely enough for personal data and whose mandate stands at this moment; the
     * problem page offers to sign in and to come back. @throws {Problem} `kernel.sign-in-needed` and those of `identity`
     */
    async signedIn(request: Request): Promise<SignedIn> {
      const { visit, session } = await visitor(request);
      if (!session) throw kernelProblem("sign-in-needed");
      const { actor } = await identity.personAt(request, session);
      const decision = decide(unscoped(actor), cabinet, { on: { demo: identity.demo } });
      if (!decision.allowed) throw refusalOf(decision);
      return { visit, session, actor };
    },
    /** The person alone, whatever mandate was chosen and however it stands: where the choice is made. */
    async alone(request: Request): Promise<SignedIn> {
      const { visit, session } = await visitor(request);
      if (!session) throw kernelProblem("sign-in-needed");
      const actor = identity.aloneAt(session);
      const decision = decide(actor, cabinet, { on: { demo: identity.demo } });
      if (!decision.allowed) throw refusalOf(decision);
      return { visit, session, actor };
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
