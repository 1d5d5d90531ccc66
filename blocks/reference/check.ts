import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import { nearest } from "@kerege/kernel/schema";
import { checkEditions } from "./check-edition.ts";
import { checkOrganisation } from "./check-organisation.ts";
import type { FeatureCollection } from "./declaration.ts";
import { type Boundaries, type Calendar, type Reading, readReference } from "./reading.ts";
import type { Classifier, EditionReading } from "./reading-classifier.ts";
import { unknownIn } from "./unknown.ts";

/** Faults of reference data that a schema cannot see, each with file and line. */
export function checkReference(packs: Packs, report: Report): void {
  const reading = readReference(packs, report);
  const bodies = reading.classifiers.get("bodies");
  if (bodies) {
    const owned = [...packs.files<{ owner: string }>("reference"), ...packs.files<{ owner: string }>("manifest")];
    for (const file of owned) {
      if (!bodies.main.byCode.has(file.value.owner))
        report(file, ["owner"], "reference.faults.unknown-body", unknownIn(file.value.owner, bodies));
    }
  }
  for (const classifier of reading.classifiers.values()) {
    checkParents(classifier, reading, report);
    checkEditions(classifier, report);
  }
  checkCalendars([...reading.calendars.values()], report);
  for (const shapes of reading.boundaries.values()) checkShapes(shapes, reading, report);
  checkOrganisation(reading, report);
}

function checkParents(classifier: Classifier, reading: Reading, report: Report): void {
  const { parents } = classifier.declaration;
  const above = parents === undefined ? classifier : reading.classifiers.get(parents);
  if (!above) {
    report(classifier.file, ["parents"], "reference.faults.unknown-classifier", {
      name: parents!,
      near: nearest(parents!, reading.classifiers.keys()) || "none",
    });
    return;
  }
  for (const edition of classifier.editions) {
    // What lies in another classifier lies in some edition of it: each has its own days.
    const known = above === classifier ? [edition] : above.editions;
    for (const item of edition.items) {
      const { file, place } = edition.lineOf(item.code);
      if (item.parent !== undefined && !known.some(({ byCode }) => byCode.has(item.parent!)))
        report(file, place, "reference.faults.unknown-parent", { ...unknownIn(item.parent, above, known[0]), item: item.code });
      else if (above === classifier && isInCircle(edition, item.code))
        report(file, place, "reference.faults.circle", { code: item.code });
    }
  }
}

function isInCircle({ byCode, items }: EditionReading, code: string): boolean {
  let above = byCode.get(code)?.parent;
  for (let steps = 0; above !== undefined && steps <= items.length; steps++) {
    if (above === code) return true;
    above = byCode.get(above)?.parent;
  }
  return false;
}

/** Of several calendars one is the country's; the files of one calendar cover different years. */
function checkCalendars(calendars: Calendar[], report: Report): void {
  const main = calendars.filter(({ declaration }) => declaration.default === true);
  if (calendars.length > 1 && main.length !== 1) {
    for (const { file, declaration } of main.length === 0 ? calendars.slice(1) : main.slice(1))
      report(file, ["kind"], "reference.faults.second-calendar", { name: declaration.name });
  }
  for (const { file, parts } of calendars) {
    const ordered = [...parts].sort((a, b) => (a.covers.from < b.covers.from ? -1 : 1));
    for (const [index, part] of ordered.entries()) {
      checkCover(file as PackFile, [...part.place, "covers"], { part, before: ordered[index - 1], report });
    }
  }
}

function checkCover(
  file: PackFile,
  place: (string | number)[],
  { part, before, report }: { part: Calendar["parts"][number]; before: Calendar["parts"][number] | undefined; report: Report },
): void {
  const { from, until } = part.covers;
  if (until <= from) report(file, place, "reference.faults.wrong-term", { from, until });
  if (before && before.covers.until > from)
    report(file, place, "reference.faults.editions-overlap", { one: before.edition, other: part.edition });
}

/** The collection of a boundaries file, or undefined when it is no GeoJSON FeatureCollection. */
export function parseShapes(text: string): FeatureCollection | undefined {
  try {
    const value = JSON.parse(text) as FeatureCollection;
    const features = value?.type === "FeatureCollection" && Array.isArray(value.features) ? value.features : undefined;
    return features?.every((feature) => feature?.type === "Feature" && feature.properties && feature.geometry)
      ? value
      : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function checkShapes(shapes: Boundaries, reading: Reading, report: Report): void {
  const collection = parseShapes(shapes.text);
  if (!collection) {
    report(shapes.file, [], "reference.faults.not-geojson", { file: shapes.declaration.file });
    return;
  }
  const classifier = reading.classifiers.get(shapes.declaration.classifier);
  if (!classifier) {
    const near = nearest(shapes.declaration.classifier, reading.classifiers.keys()) || "none";
    report(shapes.file, [], "reference.faults.unknown-classifier", { name: shapes.declaration.classifier, near });
    return;
  }
  for (const feature of collection.features) {
    const code = String(feature.properties[shapes.declaration.code] ?? "");
    if (!classifier.main.byCode.has(code))
      report(shapes.file, [], "reference.faults.unknown-parent", {
        ...unknownIn(code, classifier),
        item: shapes.declaration.name,
      });
  }
}
