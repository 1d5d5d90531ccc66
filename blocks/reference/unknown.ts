import { nearest } from "@kerege/kernel/schema";
import type { Classifier, EditionReading } from "./reading-classifier.ts";

/** What a message about an unknown code needs, with the nearest known one. */
export function unknownIn(code: string, classifier: Classifier, edition = classifier.main): Record<string, string> {
  return { code, classifier: classifier.declaration.name, near: nearest(code.slice(0, 40), someCodes(edition)) || "none" };
}

// Comparing with each of thousands of codes for each of thousands of faults would take minutes, and codes of digits have no near ones.
function someCodes(edition: EditionReading): string[] {
  return edition.items.length > 300 ? [] : edition.items.map((item) => item.code);
}
