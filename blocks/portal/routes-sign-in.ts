import { SESSION_COOKIE } from "@kerege/identity";
import type { App } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import { sendPage } from "./answer.ts";
import { one } from "./form.ts";
import { SignIn } from "./pages/sign-in.tsx";
import type { PortalMeans } from "./portal.ts";
import { checkLanguage } from "./routes-public.ts";
import { safeReturn } from "./visit.ts";

const DEMO_PEOPLE = 12;

/** Signing in and out. The page that lists invented people exists only in a demo country: elsewhere its routes are not there. */
export function signInRoutes(app: App, { means, needs, reception }: PortalMeans): void {
  const { identity, synthetic } = needs;
  const offered = means.country.languages;

  app.get("/:language/sign-in", async (request, reply) => {
    checkLanguage(request, offered);
    const { visit } = await reception.visitor(request);
    const arrival = await identity.arrivals.of(request);
    const asked = one(request.query, "q").slice(0, 100);
    // The portal asks the provider as any other program does; the provider leads back here with its question.
    if (arrival.interaction === undefined)
      return identity.arrivals.begin(request, reply, {
        back: arrival.back,
        language: visit.language,
        ...(asked !== "" && { hint: asked }),
      });
    const people = identity.demo ? await synthetic.demoPeople(DEMO_PEOPLE) : [];
    const text = asked || (arrival.hint ?? "");
    const found = identity.demo && text !== "" ? await synthetic.findPeople(text) : undefined;
    return sendPage(
      request,
      reply,
      SignIn({
        visit,
        people,
        ways: identity.factors.waysFor(arrival, visit.language),
        back: arrival.back,
        interaction: arrival.interaction,
        demo: identity.demo && !arrival.officials,
        needed: one(request.query, "return") !== "",
        text,
        found,
      }),
    );
  });

  app.post("/:language/sign-out", async (request, reply) => {
    checkLanguage(request, offered);
    const token = request.cookies[SESSION_COOKIE];
    if (token !== undefined) await identity.signOut(token);
    // Whatever a browser kept of the person's pages goes with the session.
    reply.clearCookie(SESSION_COOKIE, { path: "/" }).header("clear-site-data", '"cache"');
    return reply.redirect(`/${(request.params as { language: string }).language}`, 303);
  });

  if (!identity.demo) return;
  app.post("/:language/sign-in", async (request, reply) => {
    checkLanguage(request, offered);
    const pin = one(request.body, "pin").replaceAll(/\s/g, "");
    const [person] = /^\d{14}$/.test(pin) ? await synthetic.findPeople(pin) : [];
    if (!person) throw kernelProblem("not-found");
    const login = { pin: person.pin, name: person.name, assurance: "demo" as const, methods: ["demo"], at: means.clock.now() };
    return identity.arrivals.finish(request, reply, login);
  });
}

/** Where the problem of a page that needs signing in leads. */
export function signInPath(language: string, path: string): string {
  const desk = path.startsWith(`/${language}/desk/`) ? "desk/" : "";
  return `/${language}/${desk}sign-in?return=${encodeURIComponent(safeReturn(path, `/${language}/${desk ? "desk/registers" : "cabinet"}`))}`;
}

export const needsSignIn = kernelProblem("sign-in-needed").code;
