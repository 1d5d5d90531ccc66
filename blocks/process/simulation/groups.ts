/** A fact by which people are grouped; never the person itself. */
export interface GroupOf<Case> {
  readonly by: string;
  /** Band of the case; undefined where it is not known. */
  band(one: Case): string | undefined;
}

/** Group under which everybody is counted whose own group is too small to be shown, or not known. */
export const OTHERS = "*";

export interface Band {
  readonly band: string;
  readonly cases: number;
}

/**
 * Folds bands of under `least` cases into one, so that no number speaks of few people. If the fold itself is too small, the smallest
 * of the others joins it: otherwise the difference to the whole would tell what was hidden.
 * @param join adds the second to the first
 */
export function foldSmall<Kept extends Band>(
  bands: readonly Kept[],
  least: number,
  join: (into: Kept, from: Kept) => Kept,
): Kept[] {
  const sorted = [...bands].sort((a, b) => b.cases - a.cases || (a.band < b.band ? -1 : 1));
  const kept = sorted.filter((one) => one.band !== OTHERS && one.cases >= least);
  const small = sorted.filter((one) => one.band === OTHERS || one.cases < least);
  while (small.length > 0 && sum(small) < least && kept.length > 0) small.push(kept.pop()!);
  if (small.length === 0) return kept;
  const [first, ...rest] = small;
  const folded = rest.reduce(join, first!);
  // Where even all together are too few there is nothing to show.
  return sum(small) < least ? kept : [...kept, { ...folded, band: OTHERS }];
}

function sum(bands: readonly Band[]): number {
  return bands.reduce((all, { cases }) => all + cases, 0);
}

/** Band of a number by its lower limits: limits 0, 18, 60 give `0–17`, `18–59`, `60+`; under the first `<0`. */
export function bandOf(value: number, limits: readonly number[]): string {
  let at = -1;
  while (at + 1 < limits.length && value >= limits[at + 1]!) at++;
  if (at < 0) return `<${limits[0]}`;
  const next = limits[at + 1];
  const from = limits[at]!;
  if (next === undefined) return `${from}+`;
  return Number.isInteger(from) && Number.isInteger(next)
    ? next - 1 === from
      ? `${from}`
      : `${from}–${next - 1}`
    : `${from}–${next}`;
}

/** Full years between two days `YYYY-MM-DD`. */
export function yearsBetween(from: string, to: string): number {
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  return to.slice(5) < from.slice(5) ? years - 1 : years;
}
