import type { Means } from "@kerege/kernel/block";
import type { Declared, Item } from "./declaration.ts";
import type { Pair } from "./door.ts";
import { completePairs, diffItems } from "./edition.ts";
import type { Reading } from "./reading.ts";
import type { Classifier, EditionReading } from "./reading-classifier.ts";
import { createStore, hashOf, type StoredEdition } from "./store.ts";

/** Writes editions that are not in the tables yet, the oldest first, and numbers what changed for those who follow a list. */
export async function keepEditions(means: Means, reading: Reading): Promise<number> {
  const store = createStore(means.database);
  const known = await store.hashes();
  let kept = 0;
  for (const { edition, before } of storedEditions(reading)) {
    if (known.get(`${edition.name}/${edition.edition}`) === hashOf(edition)) continue;
    const written = await store.keep(edition, means.clock.now(), (former) => {
      const changes = diffItems(former ?? before ?? edition.items, edition.items).map(({ code, kind }) => ({ code, kind }));
      return { kind: former ? "replaced" : "published", changes };
    });
    if (!written) continue;
    means.log.note("edition-kept", {
      name: edition.name,
      edition: edition.edition,
      rows: edition.items.length + edition.days.length,
    });
    kept++;
  }
  return kept;
}

/** All editions as they are kept, each with the items of the edition before it. */
export function storedEditions(reading: Reading): { edition: StoredEdition; before?: Item[] }[] {
  const classifiers = [...reading.classifiers.values()].flatMap((classifier) =>
    [...classifier.editions].reverse().map((edition, index, ordered) => ({
      edition: storedOf(classifier, edition),
      before: ordered[index - 1]?.items,
    })),
  );
  const calendars = [...reading.calendars.values()].map(({ declaration, days }) => ({
    edition: { ...headOf(declaration), items: [], days, mappings: [] },
  }));
  const boundaries = [...reading.boundaries.values()].map(({ declaration, text }) => ({
    edition: { ...headOf(declaration), items: [], days: [], mappings: [], text },
  }));
  return [...classifiers, ...calendars, ...boundaries];
}

function headOf(declaration: Declared & { kind: string }): Omit<StoredEdition, "items" | "days" | "mappings" | "text"> {
  const { name, kind, title, owner, edition, valid_from, valid_until, act, source } = declaration;
  return {
    name,
    kind,
    title,
    owner,
    edition,
    validFrom: valid_from,
    ...(valid_until !== undefined && { validUntil: valid_until }),
    ...(act && { act }),
    source,
  };
}

function storedOf(classifier: Classifier, edition: EditionReading): StoredEdition {
  const { validFrom, validUntil, act, source, items } = edition;
  const mappings = classifier.mappings
    .filter(({ to }) => to === edition.edition)
    .map(({ from }) => ({ from, pairs: pairsOf(classifier, from, edition.edition) }));
  return {
    ...headOf(classifier.declaration),
    edition: edition.edition,
    validFrom,
    validUntil,
    act,
    source,
    items,
    days: [],
    mappings,
  };
}

/** The mapping between two editions; empty where none is declared. */
export function pairsOf(classifier: Classifier, from: string, to: string): Pair[] {
  const mapping = classifier.mappings.find((one) => one.from === from && one.to === to);
  const before = classifier.editions.find(({ edition }) => edition === from);
  const after = classifier.editions.find(({ edition }) => edition === to);
  if (!mapping || !before || !after) return [];
  const { pairs, sameCodes } = mapping;
  return completePairs({ pairs, sameCodes, before: before.byCode.keys(), after: new Set(after.byCode.keys()) });
}
