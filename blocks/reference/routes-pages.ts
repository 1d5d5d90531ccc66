import { sendPublic } from "@kerege/kernel/api";
import { dayOf } from "@kerege/kernel/clock";
import { type App, languageOf, type Request } from "@kerege/kernel/http";
import { renderPage, type Visit } from "@kerege/kernel/page";
import { kernelProblem } from "@kerege/kernel/problem";
import type { VNode } from "preact";
import { editionAsked } from "./api.ts";
import type { Pair } from "./door.ts";
import { editionOn, termOf } from "./edition.ts";
import { CalendarPage } from "./pages/calendar.tsx";
import { ChangesPage } from "./pages/changes.tsx";
import { ClassifierPage } from "./pages/classifier.tsx";
import { CodePage } from "./pages/code.tsx";
import { ListsPage } from "./pages/lists.tsx";
import { problem } from "./problems.ts";
import type { Calendar } from "./reading.ts";
import type { Classifier } from "./reading-classifier.ts";
import type { Reference } from "./reference.ts";
import type { RoutesMeans } from "./routes.ts";

const PAGE = 100;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Pages of reference data, open to everyone. */
export function addPageRoutes(app: App, means: RoutesMeans, { door, reading }: Reference): void {
  const { country } = means;
  const today = () => dayOf(means.clock.now(), country.timeZone);

  const page = (path: string, draw: (visit: Visit, request: Request) => VNode | Promise<VNode>) =>
    app.get(`/:language/reference${path}`, async (request: Request, reply) => {
      const language = languageOf(request, country.languages);
      if ((request.params as { language: string }).language !== language) throw kernelProblem("not-found");
      const content = renderPage(await draw(await app.visits.visitor(request, language), request));
      return sendPublic(request, reply, { type: "text/html; charset=utf-8", content, shared: false });
    });
  const classifierOf = (name: string): Classifier => {
    const classifier = reading.classifiers.get(name);
    if (!classifier) throw problem("unknown-classifier", { params: { name } });
    return classifier;
  };
  const bodyName = (code: string, { language }: Visit) => door.body(code)?.name[language] ?? code;
  /** The edition in force today; where none is, the one the file begins with. */
  const currentOf = ({ editions, main }: Classifier) => editionOn(editions, today()) ?? main;
  const shownOf = (classifier: Classifier, asked: string) => {
    const name = classifier.declaration.name;
    const edition = asked === "" ? currentOf(classifier).edition : editionAsked(door, name, { edition: asked });
    return { edition, current: edition === currentOf(classifier).edition };
  };

  // An address without a language leads to the reader's own.
  for (const path of ["/reference", "/reference/:name"]) {
    app.get(path, async (request, reply) =>
      reply
        .header("vary", "cookie, accept-language")
        .header("cache-control", "private, no-cache")
        .redirect(`/${languageOf(request, country.languages)}${request.url}`, 302),
    );
  }

  page("", (visit) =>
    ListsPage({
      visit,
      classifiers: [...reading.classifiers.values()].map((classifier) => ({
        ...headOf(classifier),
        owner: bodyName(classifier.declaration.owner, visit),
        rows: currentOf(classifier).rows,
      })),
      calendars: [...reading.calendars.values()].map((calendar) => ({
        ...headOf(calendar),
        owner: bodyName(calendar.declaration.owner, visit),
        rows: calendar.days.length,
      })),
    }),
  );

  page("/:name", (visit, request) => {
    const { name } = request.params as { name: string };
    const calendar = reading.calendars.get(name);
    return calendar ? drawCalendar(visit, request, calendar) : drawClassifier(visit, request, classifierOf(name));
  });

  page("/:name/codes/:code", (visit, request) => {
    const { name, code } = request.params as { name: string; code: string };
    return drawCode(visit, request, { classifier: classifierOf(name), code });
  });

  page("/:name/changes", (visit, request) => {
    const { name } = request.params as { name: string };
    const classifier = classifierOf(name);
    const { from, to } = { from: one(request, "from"), to: one(request, "to") };
    const changes = door.diff(name, from, to);
    const pairs = door.mapping(name, from, to).map(withNames(visit, { name, from, to }));
    return ChangesPage({ visit, view: { ...headOf(classifier), from, to, pairs, changes } });
  });

  /** Each side is named as its own edition has it: the same code may mean something else in the other. */
  const withNames = (visit: Visit, given: { name: string; from?: string; to?: string }) => (pair: Pair) => ({
    ...pair,
    fromName: door.item(given.name, pair.from, { edition: given.from })?.name[visit.language] ?? "",
    toName: door.item(given.name, pair.to, { edition: given.to })?.name[visit.language] ?? "",
  });

  function historyOf(visit: Visit, name: string, code: string) {
    const editions = door.heads(name).map(({ edition }) => edition);
    return door.history(name, code).map(({ became, cameFrom, ...entry }) => {
      const at = editions.indexOf(entry.edition);
      const before = cameFrom.map(withNames(visit, { name, from: editions[at + 1], to: entry.edition }));
      const after = became.map(withNames(visit, { name, from: entry.edition, to: editions[at - 1] }));
      return { ...entry, turned: [...before, ...after] };
    });
  }

  function drawClassifier(visit: Visit, request: Request, classifier: Classifier): VNode {
    const { name, about, owner, properties = [] } = classifier.declaration;
    const { edition, current } = shownOf(classifier, one(request, "edition"));
    const text = one(request, "q").trim().slice(0, 200);
    const items = door.items(name, { edition });
    const below = new Map<string, number>();
    // What lies in another classifier has no levels of its own here.
    if (classifier.declaration.parents === undefined)
      for (const { parent } of items) if (parent !== undefined) below.set(parent, (below.get(parent) ?? 0) + 1);
    const top = below.size > 0 ? items.filter((item) => item.parent === undefined) : items;
    const found = text === "" ? top : door.search(name, text, { language: visit.language, limit: items.length, edition });
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    const asked = one(request, "page") || "1";
    const number = /^[1-9]\d{0,4}$/.test(asked) ? Number(asked) : 0;
    if (number < 1 || number > pages) throw kernelProblem("not-found");
    const heads = door.heads(name);
    return ClassifierPage({
      visit,
      view: {
        ...headOf(classifier),
        about,
        owner: bodyName(owner, visit),
        heads,
        head: heads.find((head) => head.edition === edition)!,
        current,
        properties,
        text,
        total: found.length,
        items: found.slice((number - 1) * PAGE, number * PAGE).map((item) => ({ item, below: below.get(item.code) ?? 0 })),
        page: number,
        pages,
      },
    });
  }

  async function drawCode(visit: Visit, request: Request, given: { classifier: Classifier; code: string }): Promise<VNode> {
    const { classifier, code } = given;
    const { name, parents, properties = [] } = classifier.declaration;
    const { edition, current } = shownOf(classifier, one(request, "edition"));
    const item = door.item(name, code, { edition });
    if (!item) throw problem("unknown-code", { params: { code, state: door.codeState(name, code, today()) } });
    const reading = classifier.editions.find((one) => one.edition === edition)!;
    const way = door.path(name, code, { edition }).slice(0, -1);
    return CodePage({
      visit,
      view: {
        ...headOf(classifier),
        item,
        edition,
        current,
        term: termOf(reading, item),
        above: way.map((above) => ({ classifier: parents ?? name, item: above })),
        below: parents === undefined ? reading.items.filter(({ parent }) => parent === code) : [],
        properties,
        history: historyOf(visit, name, code),
        ...(name === "bodies" && { staff: await staffOf(code) }),
      },
    });
  }

  async function staffOf(body: string) {
    const holders = new Map((await door.officials({ on: today(), body })).map((holder) => [holder.post, holder]));
    return { units: door.units(body), posts: door.posts(body).map((post) => ({ post, holder: holders.get(post.code) })) };
  }

  function drawCalendar(visit: Visit, request: Request, { declaration, days, parts }: Calendar): VNode {
    const { name, title, owner, source } = declaration;
    const years = [...new Set(parts.flatMap(({ covers }) => yearsOf(covers)))].sort();
    const now = today().slice(0, 4);
    const year = one(request, "year") || (years.includes(now) ? now : years.at(-1)!);
    if (!years.includes(year)) throw kernelProblem("not-found");
    const shown = days.filter(({ day }) => day.startsWith(year));
    return CalendarPage({
      visit,
      view: {
        name,
        title,
        owner: bodyName(owner, visit),
        source,
        year,
        years,
        days: shown.map((day) => ({ day, working: door.workingDay(day.day, name) })),
        worked: shown.flatMap(({ day, movedFrom }) => (movedFrom === undefined ? [] : [{ day: movedFrom, to: day }])),
      },
    });
  }
}

function headOf({ declaration: { name, title } }: Classifier | Calendar) {
  return { name, title };
}

function yearsOf({ from, until }: { from: string; until: string }): string[] {
  const last = Number(until.slice(0, 4)) - (until.endsWith("-01-01") ? 1 : 0);
  const first = Number(from.slice(0, 4));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => String(first + index));
}

/** One value of the query; a day that is none is no address. */
function one(request: Request, name: string): string {
  const value = (request.query as Record<string, unknown>)[name];
  const text = typeof value === "string" ? value : "";
  if (["edition", "from", "to"].includes(name) && text !== "" && !DAY.test(text)) throw kernelProblem("not-found");
  return text;
}
