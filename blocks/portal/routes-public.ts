import { bounded, createBound } from "@kerege/kernel/bound";
import { dayOf } from "@kerege/kernel/clock";
import { type App, LANGUAGE_COOKIE, languageOf, type Reply, type Request } from "@kerege/kernel/http";
import { isLanguage, type Language } from "@kerege/kernel/locale";
import { PREFERENCES_COOKIE, readPreferences, type Visit, writePreferences } from "@kerege/kernel/page";
import { kernelProblem } from "@kerege/kernel/problem";
import { lifeEvents } from "@kerege/services";
import type { VNode } from "preact";
import { createPublicPages, sendPage } from "./answer.ts";
import { one } from "./form.ts";
import { BodyPage } from "./pages/body.tsx";
import { Catalogue } from "./pages/catalogue.tsx";
import { Home } from "./pages/home.tsx";
import { LifeEventPage } from "./pages/life-event.tsx";
import { Plain } from "./pages/plain.tsx";
import { groupProblems, ProblemMeaningPage, ProblemsPage } from "./pages/problems.tsx";
import { SearchPage } from "./pages/search.tsx";
import { ServicePage } from "./pages/service.tsx";
import type { PortalMeans } from "./portal.ts";
import { safeReturn, setCookie } from "./visit.ts";

const YEAR = 365 * 86_400;

/** Pages anyone may open: home, catalogue, services, search, help, and the switches. */
export function publicRoutes(app: App, { means, needs, reception, secure }: PortalMeans): void {
  const keep = createPublicPages();
  const { services, reference } = needs;
  const offered = means.country.languages;

  /** Draws for the person where one is signed in, from the kept pages otherwise. */
  const page = (path: string, draw: (visit: Visit, request: Request) => VNode) =>
    app.get(`/:language${path}`, async (request: Request, reply: Reply) => {
      const { visit, session } = await reception.visitor(request);
      checkLanguage(request, offered);
      if (session) return sendPage(request, reply, draw(visit, request));
      const key = [request.url, writePreferences(visit.prefs), dayOf(means.clock.now(), means.country.timeZone)].join(" ");
      return keep(request, reply, { key, draw: () => draw(visit, request) });
    });

  app.get("/", async (request, reply) =>
    reply
      .header("vary", "cookie, accept-language")
      .header("cache-control", "private, no-cache")
      .redirect(`/${languageOf(request, offered)}`, 302),
  );
  page("", (visit) =>
    Home({ visit, services: services.catalogue(), events: eventsOf(services.catalogue()), bodies: bodiesOf() }),
  );
  page("/services", (visit) => Catalogue({ visit, services: services.catalogue(), bodies: bodiesOf() }));
  page("/life-events/:event", (visit, request) => {
    const { event } = request.params as { event: string };
    const found = services.catalogue().filter((service) => (service.lifeEvents as string[]).includes(event));
    if (!(lifeEvents as readonly string[]).includes(event)) throw kernelProblem("not-found");
    return LifeEventPage({ visit, event, services: found });
  });
  page("/bodies/:body", (visit, request) => {
    const body = reference.body((request.params as { body: string }).body);
    if (!body) throw kernelProblem("not-found");
    return BodyPage({ visit, body, services: services.catalogue().filter((service) => service.body === body.code) });
  });
  page("/services/:service", (visit, request) =>
    ServicePage({ visit, passport: services.passport((request.params as { service: string }).service) }),
  );
  page("/help", (visit) => Plain({ visit, kind: "help" }));
  page("/accessibility", (visit) => Plain({ visit, kind: "accessibility" }));

  page("/problems", (visit) => ProblemsPage({ visit, groups: groupProblems(app.problemTables) }));
  page("/problems/:code", (visit, request) => ProblemMeaningPage({ visit, problem: problemOf(request) }));
  // The `type` of a problem names no language: who follows it is led to the page in his own.
  const inOwnLanguage = (request: Request, reply: Reply) =>
    reply
      .header("vary", "cookie, accept-language")
      .header("cache-control", "private, no-cache")
      .redirect(`/${languageOf(request, offered)}${request.url.split("?", 1)[0]}`, 302);
  app.get("/problems", async (request, reply) => inOwnLanguage(request, reply));
  app.get("/problems/:code", async (request, reply) => {
    problemOf(request);
    return inOwnLanguage(request, reply);
  });

  const searches = createBound(means.settings.searchBounds, means.clock);
  app.get("/:language/search", bounded(searches), async (request, reply) => {
    checkLanguage(request, offered);
    const { visit } = await reception.visitor(request);
    const text = one(request.query, "q").trim().slice(0, 200);
    return sendPage(request, reply, SearchPage({ visit, text, found: services.search(text, visit.language) }));
  });

  app.post("/:language/preferences", async (request, reply) => {
    const body = request.body;
    const chosen = readPreferences(["size", "contrast", "images", "theme"].map((name) => `${name}.${one(body, name)}`).join("/"));
    setCookie(reply, { name: PREFERENCES_COOKIE, value: writePreferences(chosen), secure, seconds: YEAR });
    return reply.redirect(safeReturn(one(body, "return"), `/${languageOf(request, offered)}`), 303);
  });

  app.get("/:language/language", async (request, reply) => {
    const { language } = request.params as { language: string };
    checkLanguage(request, offered);
    setCookie(reply, { name: LANGUAGE_COOKIE, value: language, secure, seconds: YEAR });
    return reply.redirect(safeReturn(one(request.query, "return"), `/${language}`), 303);
  });

  function problemOf(request: Request) {
    const { code } = request.params as { code: string };
    const known = groupProblems(app.problemTables).flatMap(({ problems }) => problems);
    const found = known.find((problem) => problem.code === code);
    if (!found) throw kernelProblem("not-found");
    return found;
  }
  function eventsOf(catalogue: ReturnType<typeof services.catalogue>) {
    return lifeEvents.map((event) => ({
      event,
      count: catalogue.filter((service) => service.lifeEvents.includes(event)).length,
    }));
  }
  function bodiesOf() {
    const count = new Map<string, number>();
    for (const service of services.catalogue()) count.set(service.body, (count.get(service.body) ?? 0) + 1);
    return reference
      .bodies()
      .filter((body) => count.has(body.code))
      .map((body) => ({ code: body.code, name: body.name, count: count.get(body.code)! }));
  }
}

/** `/xx/…` in a language the country does not offer is no page. */
export function checkLanguage(request: Request, offered: Language[]): void {
  const { language } = request.params as { language: string };
  if (!isLanguage(language) || !offered.includes(language)) throw kernelProblem("not-found");
}
