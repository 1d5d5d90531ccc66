import type { Means } from "@kerege/kernel/block";
import { createCalendar, type WorkingCalendar } from "./calendar.ts";
import { parseShapes } from "./check.ts";
import type { Item } from "./declaration.ts";
import type { HistoryEntry, Of, Publication, ReferenceDoor } from "./door.ts";
import { codeStateOn, diffItems, editionOn, inForce, termOf } from "./edition.ts";
import { createOfficials } from "./officials.ts";
import { organisationOf } from "./organisation.ts";
import { problem } from "./problems.ts";
import { keepEditions, pairsOf } from "./publishing.ts";
import { type Reading, readReference } from "./reading.ts";
import type { Classifier, EditionReading } from "./reading-classifier.ts";
import { createSearchIndex, type SearchIndex } from "./search.ts";
import { createStore } from "./store.ts";

export interface Reference {
  door: ReferenceDoor;
  /** What is declared, for the block's own pages. */
  reading: Reading;
  /** The newest publications of a list first. */
  lastPublications(name: string, limit: number): Promise<Publication[]>;
  /** Writes new editions and declared officials to the tables; how many of each. */
  keep(): Promise<{ editions: number; officials: number }>;
}

const MOST_PUBLICATIONS = 100;

/** The use cases of reference data, over what the packs declare. */
export function createReference(means: Means): Reference {
  const reading = readReference(means.packs);
  const store = createStore(means.database);
  const organisation = organisationOf(reading);
  const officials = createOfficials(means, { reading, organisation });
  const indexes = new Map<EditionReading, SearchIndex>();
  const properties = new Map<string, Map<string, Item>>();
  const calendars = new Map<string, WorkingCalendar>();
  const declaredCalendars = [...reading.calendars.values()].sort(
    (a, b) => Number(b.declaration.default === true) - Number(a.declaration.default === true),
  );

  const classifierOf = (name: string): Classifier => {
    const classifier = reading.classifiers.get(name);
    if (!classifier) throw problem("unknown-classifier", { params: { name } });
    return classifier;
  };
  const editionOf = (classifier: Classifier, of: Of | undefined): EditionReading | undefined => {
    if (of?.edition !== undefined) return classifier.editions.find(({ edition }) => edition === of.edition);
    return of?.on === undefined ? classifier.main : editionOn(classifier.editions, of.on);
  };
  const namedEdition = (name: string, edition: string): EditionReading => {
    const found = editionOf(classifierOf(name), { edition });
    if (!found) throw problem("unknown-edition", { params: { name, edition } });
    return found;
  };
  const item = (name: string, code: string, of?: Of): Item | undefined => {
    const found = editionOf(classifierOf(name), of)?.byCode.get(code);
    return found === undefined || of?.on === undefined || inForce(found, of.on) ? found : undefined;
  };
  const path = (name: string, code: string, of?: Of): Item[] => {
    const way: Item[] = [];
    let classifier: Classifier | undefined = classifierOf(name);
    let at = editionOf(classifier, of)?.byCode.get(code);
    while (classifier && at) {
      way.unshift(at);
      const above: string | undefined = classifier.declaration.parents;
      // The days of editions are each classifier's own: what lies in another one is looked for by the day.
      const same: boolean = above === undefined;
      classifier = same ? classifier : reading.classifiers.get(above!);
      const asked: Of | undefined = same || of?.on !== undefined ? of : undefined;
      at = at.parent === undefined || !classifier ? undefined : editionOf(classifier, asked)?.byCode.get(at.parent);
    }
    return way;
  };
  const calendarOf = (name?: string) => {
    const declared = name === undefined ? declaredCalendars[0] : reading.calendars.get(name);
    if (!declared) throw name === undefined ? problem("no-calendar") : problem("unknown-classifier", { params: { name } });
    let calendar = calendars.get(declared.declaration.name);
    if (!calendar) {
      calendar = createCalendar(declared.declaration, declared.days);
      calendars.set(declared.declaration.name, calendar);
    }
    return calendar;
  };

  const door: ReferenceDoor = {
    ...officials.door,
    classifiers: () => [...reading.classifiers.keys()],
    items: (name, of) => editionOf(classifierOf(name), of)?.items ?? [],
    item,
    codeState: (name, code, on) => codeStateOn(classifierOf(name).editions, code, on),
    itemBy(name, property, value) {
      const key = `${name} ${property}`;
      let byValue = properties.get(key);
      if (!byValue) {
        const pairs = classifierOf(name).main.items.map((one) => [one.properties?.[property], one] as const);
        byValue = new Map(pairs.filter((pair): pair is [string, Item] => pair[0] !== undefined));
        properties.set(key, byValue);
      }
      return byValue.get(value);
    },
    label(name, code, language) {
      const { main, editions } = classifierOf(name);
      const found = [main, ...editions].find(({ byCode }) => byCode.has(code));
      return found?.byCode.get(code)?.name[language] ?? code;
    },
    path,
    search(name, text, { language, limit = 20, parent, edition }) {
      const searched = edition === undefined ? classifierOf(name).main : namedEdition(name, edition);
      let index = indexes.get(searched);
      if (!index) {
        index = createSearchIndex(searched.items);
        indexes.set(searched, index);
      }
      const of = edition === undefined ? undefined : { edition };
      const allows = (one: Item) =>
        parent === undefined || path(name, one.code, of).some((above) => above.code === parent && above !== one);
      return index.find(text, { language, limit, allows });
    },
    heads: (name) =>
      classifierOf(name).editions.map(({ edition, validFrom, validUntil, act, source, rows }) => ({
        edition,
        validFrom,
        ...(validUntil !== undefined && { validUntil }),
        ...(act && { act }),
        source,
        rows,
      })),
    diff: (name, from, to) => diffItems(namedEdition(name, from).items, namedEdition(name, to).items),
    mapping(name, from, to) {
      namedEdition(name, from);
      namedEdition(name, to);
      return pairsOf(classifierOf(name), from, to);
    },
    history: (name, code) => historyOf(classifierOf(name), code),
    calendars: () => declaredCalendars.map(({ declaration }) => declaration.name),
    workingDay: (day, calendar) => calendarOf(calendar).workingDay(day),
    addWorkingDays: (day, n, calendar) => calendarOf(calendar).addWorkingDays(day, n),
    holiday: (day, calendar) => (declaredCalendars.length === 0 ? undefined : calendarOf(calendar).holiday(day)),
    boundaries(name) {
      const shapes = reading.boundaries.get(name);
      if (shapes) shapes.collection ??= parseShapes(shapes.text);
      return shapes?.collection;
    },
    bodies: () => reading.classifiers.get("bodies")?.main.items ?? [],
    body: (code) => reading.classifiers.get("bodies")?.main.byCode.get(code),
    units: (body) => [...organisation.units.values()].filter((unit) => unit.body === body),
    posts: (body) => [...organisation.posts.values()].filter((post) => body === undefined || post.body === body),
    post: (code) => organisation.posts.get(code),
    apart: () => organisation.apart,
    sources: () =>
      [...reading.classifiers.values(), ...reading.calendars.values(), ...reading.boundaries.values()].map(
        ({ declaration: { name, title, edition, source } }) => ({ name, title, edition, source }),
      ),
    editions: store.editions,
    itemsOfEdition: store.itemsOfEdition,
    publications: ({ name, after = 0, limit = MOST_PUBLICATIONS }) => store.publications({ name, after, limit }),
  };

  return {
    door,
    reading,
    lastPublications: store.lastPublications,
    keep: async () => ({ editions: await keepEditions(means, reading), officials: await officials.keepDeclared() }),
  };
}

function historyOf(classifier: Classifier, code: string): HistoryEntry[] {
  const ordered = [...classifier.editions].reverse();
  return ordered.flatMap((edition, index) => {
    const found = edition.byCode.get(code);
    if (!found) return [];
    const before = ordered[index - 1];
    const next = ordered[index + 1];
    const told = (pairs: HistoryEntry["became"]) => pairs.filter(({ kind, note }) => kind !== "same" || note);
    return [
      {
        edition: edition.edition,
        ...termOf(edition, found),
        item: found,
        became: next ? told(pairsOf(classifier, edition.edition, next.edition)).filter((pair) => pair.from === code) : [],
        cameFrom: before ? told(pairsOf(classifier, before.edition, edition.edition)).filter((pair) => pair.to === code) : [],
      },
    ];
  });
}
