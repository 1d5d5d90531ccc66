import type { ApiCall } from "@kerege/kernel/api";
import type { Item } from "./declaration.ts";
import type { ReferenceDoor } from "./door.ts";
import { editionOn } from "./edition.ts";
import { problem } from "./problems.ts";
import type { Reference } from "./reference.ts";

/** What a call of the API was asked: values of the path and of the query, checked already. */
export interface Asked {
  path: Record<string, string>;
  query: Record<string, string>;
}

/** Names of parameters and schemas stand in `openapi.ts`. */
export interface ApiRoute extends ApiCall {
  run(asked: Asked): unknown;
}

export const API = "/api/reference/v1";
const PAGE = 100;
const MOST = 1000;

/** The calls of the API, which is described from this same table. */
export function apiRoutes({ door, reading, today }: Pick<Reference, "door" | "reading"> & { today(): string }): ApiRoute[] {
  const listing = (name: string) => {
    const classifier = reading.classifiers.get(name);
    if (!classifier) throw problem("unknown-classifier", { params: { name } });
    const { title, about, owner, parents, properties } = classifier.declaration;
    const declared = properties?.map((property) => ({ name: property.name, title: property.title }));
    return {
      name,
      title,
      ...(about && { about }),
      owner,
      ...(parents && { parents }),
      ...(declared && { properties: declared }),
      editions: door.heads(name),
      links: {
        items: `${API}/classifiers/${name}/items`,
        csv: `${API}/classifiers/${name}/items.csv`,
        changes: `${API}/classifiers/${name}/changes`,
        feed: `/reference/${name}/feed.atom`,
      },
    };
  };

  return [
    {
      id: "listClassifiers",
      path: "/classifiers",
      summary: "All classifiers with their editions",
      query: [],
      answer: "Classifiers",
      run: () => ({ classifiers: door.classifiers().map(listing) }),
    },
    {
      id: "readClassifier",
      path: "/classifiers/:name",
      summary: "One classifier with its editions",
      query: [],
      answer: "Classifier",
      run: ({ path }) => listing(path.name!),
    },
    {
      id: "listItems",
      path: "/classifiers/:name/items",
      summary: "Items of an edition in the order of the list, a page at a time; with q what was found, best first",
      query: ["on", "edition", "q", "parent", "language", "after", "limit"],
      answer: "Items",
      run: ({ path, query }) => listItems(door, path.name!, { ...query, on: query.on ?? (query.edition ? undefined : today()) }),
    },
    {
      id: "readItem",
      path: "/classifiers/:name/items/:code",
      summary: "An item in force on a day (today when no day is given), or of an edition",
      query: ["on", "edition"],
      answer: "ItemAnswer",
      run({ path, query }) {
        const { name = "", code = "" } = path;
        const of = query.edition ? { edition: query.edition } : { on: query.on ?? today() };
        const item = door.item(name, code, of);
        if (!item)
          throw problem("unknown-code", { params: { code, state: of.on ? door.codeState(name, code, of.on) : "unknown" } });
        return { item, path: door.path(name, code, of).map((above) => above.code) };
      },
    },
    {
      id: "readHistory",
      path: "/classifiers/:name/items/:code/history",
      summary: "What a code meant in each edition, what it came from and what it became",
      query: [],
      answer: "History",
      run({ path }) {
        const history = door.history(path.name!, path.code!);
        if (history.length === 0) throw problem("unknown-code", { params: { code: path.code!, state: "unknown" } });
        return { history };
      },
    },
    {
      id: "diffEditions",
      path: "/classifiers/:name/diff",
      summary: "What differs between two editions",
      query: ["from", "to"],
      answer: "Diff",
      run: ({ path, query }) => ({ changes: door.diff(path.name!, query.from!, query.to!) }),
    },
    {
      id: "readMapping",
      path: "/classifiers/:name/mapping",
      summary: "How codes of one edition go over into those of another",
      query: ["from", "to"],
      answer: "Mapping",
      run: ({ path, query }) => ({ pairs: door.mapping(path.name!, query.from!, query.to!) }),
    },
    {
      id: "listChanges",
      path: "/classifiers/:name/changes",
      summary: "Publications after a number: keep `last` and ask from it again, nothing is skipped or repeated",
      query: ["since", "limit"],
      answer: "Changes",
      async run({ path, query }) {
        listing(path.name!);
        const after = Number(query.since ?? 0);
        const publications = await door.publications({ name: path.name!, after, limit: limitOf(query) });
        return { changes: publications, last: publications.at(-1)?.number ?? after };
      },
    },
    {
      id: "listCalendars",
      path: "/calendars",
      summary: "Working calendars and the years they cover",
      query: [],
      answer: "Calendars",
      run: () => ({
        calendars: door.calendars().map((name) => {
          const { declaration, parts } = reading.calendars.get(name)!;
          return { name, title: declaration.title, owner: declaration.owner, covers: parts.map(({ covers }) => covers) };
        }),
      }),
    },
    {
      id: "listDays",
      path: "/calendars/:name/days",
      summary: "Holidays and moved days of a calendar, from a day until another (the first one left out)",
      query: ["first", "until"],
      answer: "Days",
      run({ path, query }) {
        const calendar = reading.calendars.get(path.name!);
        if (!calendar) throw problem("unknown-classifier", { params: { name: path.name! } });
        const { first = "", until = "9999-12-31" } = query;
        const days = calendar.days.filter(({ day }) => day >= first && day < until);
        return { days: days.map((one) => ({ ...one, working: door.workingDay(one.day, path.name) })) };
      },
    },
    {
      id: "readStaff",
      path: "/bodies/:body/posts",
      summary: "Units and posts of a body, with who holds them on a day",
      query: ["on"],
      answer: "Staff",
      async run({ path, query }) {
        const { body = "" } = path;
        if (!door.body(body)) throw problem("unknown-code", { params: { code: body, state: "unknown" } });
        const holders = new Map((await door.officials({ on: query.on ?? today(), body })).map((one) => [one.post, one]));
        return {
          units: door.units(body),
          posts: door.posts(body).map(({ rights: _, ...post }) => {
            const holder = holders.get(post.code);
            return { ...post, ...(holder && { holder: { name: holder.name, from: holder.from, until: holder.until } }) };
          }),
        };
      },
    },
  ];
}

function limitOf({ limit }: Record<string, string>): number {
  return Math.min(limit === undefined ? PAGE : Number(limit), MOST);
}

/** The edition that a query means; problem `reference.unknown-edition`. */
export function editionAsked(door: ReferenceDoor, name: string, query: { on?: string; edition?: string }): string {
  const heads = door.heads(name);
  const found = query.edition
    ? heads.find(({ edition }) => edition === query.edition)
    : query.on === undefined
      ? heads[0]
      : editionOn(heads, query.on);
  if (!found) throw problem("unknown-edition", { params: { name, edition: query.edition ?? query.on ?? "" } });
  return found.edition;
}

function listItems(door: ReferenceDoor, name: string, query: Record<string, string | undefined>) {
  const { q, parent, after, on } = query;
  const edition = editionAsked(door, name, query);
  const language = (query.language ?? "ky") as "ky";
  let all: Item[] = door.items(name, { edition });
  if (q !== undefined)
    all = door.search(name, q, { language, limit: all.length, edition, ...(parent !== undefined && { parent }) });
  else if (parent !== undefined) all = all.filter((item) => (item.parent ?? "") === parent);
  if (on !== undefined && !query.edition) all = all.filter((item) => door.item(name, item.code, { on }) !== undefined);
  const start = after === undefined ? 0 : all.findIndex((item) => item.code === after) + 1;
  if (after !== undefined && start === 0) throw problem("unknown-code", { params: { code: after, state: "unknown" } });
  const limit = limitOf(query as Record<string, string>);
  const items = all.slice(start, start + limit);
  const more = start + limit < all.length;
  return { edition, total: all.length, items, ...(more && { after: items.at(-1)!.code }) };
}
