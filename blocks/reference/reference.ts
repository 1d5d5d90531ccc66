import type { Means } from "@kerege/kernel/block";
import { createCalendar } from "./calendar.ts";
import { parseShapes } from "./check.ts";
import type { Item, ReferenceDoor } from "./declaration.ts";
import { problem } from "./problems.ts";
import { type Classifier, readReference } from "./reading.ts";
import { createSearchIndex, type SearchIndex } from "./search.ts";
import { createStore, hashOf, type StoredEdition } from "./store.ts";

/** The use cases of reference data, over what the packs declare. `keepEditions` writes new editions to the tables. */
export function createReference(means: Means): { door: ReferenceDoor; keepEditions(): Promise<number> } {
  const reading = readReference(means.packs);
  const store = createStore(means.database);
  const indexes = new Map<string, SearchIndex>();
  const declared = [...reading.calendars.values()][0];
  const calendar = declared && createCalendar(declared.declaration, declared.days);

  const classifierOf = (name: string): Classifier => {
    const classifier = reading.classifiers.get(name);
    if (!classifier) throw problem("unknown-classifier", { params: { name } });
    return classifier;
  };
  const calendarOf = () => {
    if (!calendar) throw problem("no-calendar");
    return calendar;
  };
  const path = (name: string, code: string): Item[] => {
    const way: Item[] = [];
    let classifier: Classifier | undefined = classifierOf(name);
    let at = classifier.byCode.get(code);
    while (classifier && at) {
      way.unshift(at);
      const above: Classifier | undefined =
        classifier.declaration.parents === undefined ? classifier : reading.classifiers.get(classifier.declaration.parents);
      at = at.parent === undefined ? undefined : above?.byCode.get(at.parent);
      classifier = above;
    }
    return way;
  };

  const door: ReferenceDoor = {
    classifiers: () => [...reading.classifiers.keys()],
    items: (classifier) => classifierOf(classifier).items,
    item: (classifier, code) => classifierOf(classifier).byCode.get(code),
    label: (classifier, code, language) => classifierOf(classifier).byCode.get(code)?.name[language] ?? code,
    path,
    search(name, text, { language, limit = 20, parent }) {
      let index = indexes.get(name);
      if (!index) {
        index = createSearchIndex(classifierOf(name).items);
        indexes.set(name, index);
      }
      const allows = (item: Item) =>
        parent === undefined || path(name, item.code).some((above) => above.code === parent && above !== item);
      return index.find(text, { language, limit, allows });
    },
    workingDay: (day) => calendarOf().workingDay(day),
    addWorkingDays: (day, n) => calendarOf().addWorkingDays(day, n),
    holiday: (day) => calendar?.holiday(day),
    boundaries(name) {
      const shapes = reading.boundaries.get(name);
      if (shapes) shapes.collection ??= parseShapes(shapes.text);
      return shapes?.collection;
    },
    bodies: () => reading.classifiers.get("bodies")?.items ?? [],
    body: (code) => reading.classifiers.get("bodies")?.byCode.get(code),
    sources: () => editions().map(({ declaration: { name, title, edition, source } }) => ({ name, title, edition, source })),
    editions: store.editions,
    itemsOfEdition: store.itemsOfEdition,
  };

  const editions = (): StoredEdition[] => [
    ...[...reading.classifiers.values()].map(({ declaration, items }) => ({ declaration, items, days: [] })),
    ...[...reading.calendars.values()].map(({ declaration, days }) => ({ declaration, items: [], days })),
    ...[...reading.boundaries.values()].map(({ declaration, text }) => ({ declaration, items: [], days: [], text })),
  ];

  return {
    door,
    async keepEditions() {
      const known = await store.hashes();
      let kept = 0;
      for (const edition of editions()) {
        const { name, edition: day } = edition.declaration;
        if (known.get(`${name}/${day}`) === hashOf(edition)) continue;
        await store.keep(edition, means.clock.now());
        means.log.note("edition-kept", { name, edition: day, rows: edition.items.length + edition.days.length });
        kept++;
      }
      return kept;
    },
  };
}
