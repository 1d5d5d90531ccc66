import type { Packs, Report } from "@kerege/kernel/pack";
import { nearest } from "@kerege/kernel/schema";
import type { FeatureCollection } from "./declaration.ts";
import { type Boundaries, type Classifier, onLine, type Reading, readReference } from "./reading.ts";

/** Faults of reference data that a schema cannot see, each with file and line. */
export function checkReference(packs: Packs, report: Report): void {
  const reading = readReference(packs, report);
  const bodies = reading.classifiers.get("bodies");
  if (bodies) {
    for (const file of packs.files<{ owner: string }>("reference")) {
      if (!bodies.byCode.has(file.value.owner))
        report(file, ["owner"], "reference.faults.unknown-body", unknown(file.value.owner, bodies));
    }
    for (const file of packs.files<{ owner: string }>("manifest")) {
      if (!bodies.byCode.has(file.value.owner))
        report(file, ["owner"], "reference.faults.unknown-body", unknown(file.value.owner, bodies));
    }
  }
  for (const classifier of reading.classifiers.values()) checkParents(classifier, reading, report);
  for (const shapes of reading.boundaries.values()) checkShapes(shapes, reading, report);
}

function unknown(code: string, classifier: Classifier): Record<string, string> {
  return { code, classifier: classifier.declaration.name, near: nearest(code.slice(0, 40), someCodes(classifier)) || "none" };
}

// Comparing with each of thousands of codes for each of thousands of faults would take minutes, and codes of digits have no near ones.
function someCodes(classifier: Classifier): string[] {
  return classifier.items.length > 300 ? [] : classifier.items.map((item) => item.code);
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
  for (const item of classifier.items) {
    const { file, line, place } = classifier.lineOf(item.code);
    const at = line === undefined ? file : onLine(file, line);
    if (item.parent !== undefined && !above.byCode.has(item.parent))
      report(at, place, "reference.faults.unknown-parent", { ...unknown(item.parent, above), item: item.code });
    else if (above === classifier && isInCircle(classifier, item.code))
      report(at, place, "reference.faults.circle", { code: item.code });
  }
}

function isInCircle(classifier: Classifier, code: string): boolean {
  let above = classifier.byCode.get(code)?.parent;
  for (let steps = 0; above !== undefined && steps <= classifier.items.length; steps++) {
    if (above === code) return true;
    above = classifier.byCode.get(above)?.parent;
  }
  return false;
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
    if (!classifier.byCode.has(code))
      report(shapes.file, [], "reference.faults.unknown-parent", { ...unknown(code, classifier), item: shapes.declaration.name });
  }
}
