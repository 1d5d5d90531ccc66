import type { Report } from "@kerege/kernel/pack";
import type { Classifier, MappingReading } from "./reading-classifier.ts";
import { unknownIn } from "./unknown.ts";

/** Terms of editions and their codes, and mappings between editions. */
export function checkEditions(classifier: Classifier, report: Report): void {
  checkTerms(classifier, report);
  for (const mapping of classifier.mappings) checkMapping(classifier, mapping, report);
}

function checkTerms({ file, editions }: Classifier, report: Report): void {
  const seen = new Set<string>();
  for (const { edition, place, validFrom, validUntil } of editions) {
    if (seen.has(edition)) report(file, [...place, "edition"], "reference.faults.edition-twice", { edition });
    seen.add(edition);
    if (validUntil !== undefined && validUntil <= validFrom)
      report(file, [...place, "valid_until"], "reference.faults.wrong-term", { from: validFrom, until: validUntil });
  }
  const ordered = [...editions].reverse();
  for (const [index, { edition, place, validFrom }] of ordered.entries()) {
    const before = ordered[index - 1];
    if (before && (before.validUntil === undefined || before.validUntil > validFrom))
      report(file, [...place, "valid_from"], "reference.faults.editions-overlap", { one: before.edition, other: edition });
  }
}

// Shares are written with a few decimals: a third three times is close enough to the whole.
const WHOLE = 0.005;

function checkMapping(classifier: Classifier, mapping: MappingReading, report: Report): void {
  const { file, editions } = classifier;
  const ends = (["from", "to"] as const).map((end) => {
    const found = editions.find(({ edition }) => edition === mapping[end]);
    if (!found) report(file, [...mapping.place, end], "reference.faults.unknown-edition", { edition: mapping[end] });
    return found;
  });
  const [before, after] = ends;
  if (!before || !after) return;
  const seen = new Set<string>();
  const shares = new Map<string, number[]>();
  for (const pair of mapping.pairs) {
    for (const [end, edition] of [
      ["from", before],
      ["to", after],
    ] as const) {
      const code = pair[end];
      if (code !== "" && !edition.byCode.has(code))
        report(pair.file, pair.place, "reference.faults.unknown-mapped", {
          ...unknownIn(code, classifier, edition),
          edition: edition.edition,
        });
    }
    const key = `${pair.from} ${pair.to}`;
    if (seen.has(key) || key === " ")
      report(pair.file, pair.place, "reference.faults.pair-twice", { from: pair.from, to: pair.to });
    seen.add(key);
    if (pair.share !== undefined && pair.from !== "") shares.set(pair.from, [...(shares.get(pair.from) ?? []), pair.share]);
  }
  for (const [code, parts] of shares) {
    const pairs = mapping.pairs.filter(({ from }) => from === code);
    const sum = parts.reduce((total, part) => total + part, 0);
    if (parts.length !== pairs.length || Math.abs(sum - 1) > WHOLE)
      report(pairs[0]!.file, pairs[0]!.place, "reference.faults.wrong-shares", { code, sum });
  }
}
