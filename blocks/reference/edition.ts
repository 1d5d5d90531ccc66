import type { Item } from "./declaration.ts";
import type { Change, CodeState, EditionHead, Pair, PairKind } from "./door.ts";

interface Term {
  from?: string;
  until?: string;
}

/** Whether a day lies in a term; days are `YYYY-MM-DD`, `until` is the first day outside. */
export function inForce({ from, until }: Term, on: string): boolean {
  return (from === undefined || from <= on) && (until === undefined || on < until);
}

/** The edition in force on a day. Of several the one that began last. `editions` has the newest first. */
export function editionOn<One extends EditionHead>(editions: One[], on: string): One | undefined {
  return editions.find(({ validFrom, validUntil }) => inForce({ from: validFrom, until: validUntil }, on));
}

interface Coded extends EditionHead {
  byCode: Map<string, Item>;
}

/** Why a code may or may not be used on a day: unknown everywhere, of an edition or term that has not begun, or closed. */
export function codeStateOn(editions: Coded[], code: string, on: string): CodeState {
  const terms = editions.flatMap((edition) => {
    const item = edition.byCode.get(code);
    return item ? [termOf(edition, item)] : [];
  });
  if (terms.length === 0) return "unknown";
  if (terms.some((term) => inForce(term, on))) return "valid";
  return terms.every((term) => on < (term.from ?? "")) ? "upcoming" : "closed";
}

/** Days a code is in force within its edition. */
export function termOf(edition: EditionHead, item: Item): { from: string; until?: string } {
  const from = item.from !== undefined && item.from > edition.validFrom ? item.from : edition.validFrom;
  const ends = [edition.validUntil, item.until].filter((day) => day !== undefined).sort();
  return ends[0] === undefined ? { from } : { from, until: ends[0] };
}

/** What differs between two lists: codes that came or went, names, places in the hierarchy, anything else. */
export function diffItems(before: Item[], after: Item[]): Change[] {
  const old = new Map(before.map((item) => [item.code, item]));
  const now = new Set(after.map((item) => item.code));
  const removed = before
    .filter((item) => !now.has(item.code))
    .map((item): Change => ({ code: item.code, kind: "removed", before: item }));
  const rest = after.flatMap((item): Change[] => {
    const former = old.get(item.code);
    if (!former) return [{ code: item.code, kind: "added", after: item }];
    const kind = differs(former, item);
    return kind ? [{ code: item.code, kind, before: former, after: item }] : [];
  });
  return [...removed, ...rest];
}

function differs(before: Item, after: Item): Change["kind"] | undefined {
  if (said(before.name) !== said(after.name)) return "renamed";
  if (before.parent !== after.parent || before.level !== after.level) return "moved";
  return said(withoutName(before)) === said(withoutName(after)) ? undefined : "changed";
}

function withoutName({ name: _, borrowed: __, ...rest }: Item): object {
  return rest;
}

/** The same text for equal values, whatever the order of their keys. */
function said(value: object): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export interface DeclaredPair {
  from: string;
  to: string;
  share?: number;
  note?: Item["name"];
}

/**
 * A mapping with the kind of each line, and with the codes that are the same in both lists where the declaration says so. A line without
 * `to` says that the code ended, one without `from` that it is new.
 */
export function completePairs(given: {
  pairs: DeclaredPair[];
  sameCodes: boolean;
  before: Iterable<string>;
  after: ReadonlySet<string>;
}): Pair[] {
  const pairs: DeclaredPair[] = given.pairs.map(({ from, to, share, note }) => ({
    from,
    to,
    ...(share !== undefined && { share }),
    ...(note && { note }),
  }));
  if (given.sameCodes) {
    const from = new Set(pairs.map((pair) => pair.from));
    const to = new Set(pairs.map((pair) => pair.to));
    for (const code of given.before)
      if (given.after.has(code) && !from.has(code) && !to.has(code)) pairs.push({ from: code, to: code });
  }
  const targets = countBy(pairs, "from", "to");
  const sources = countBy(pairs, "to", "from");
  return pairs.map((pair) => ({ ...pair, kind: kindOf(pair, targets, sources) }));
}

function countBy(pairs: DeclaredPair[], key: "from" | "to", other: "from" | "to"): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pair of pairs) if (pair[key] !== "" && pair[other] !== "") counts.set(pair[key], (counts.get(pair[key]) ?? 0) + 1);
  return counts;
}

function kindOf({ from, to }: DeclaredPair, targets: Map<string, number>, sources: Map<string, number>): PairKind {
  if (to === "") return "ended";
  if (from === "") return "new";
  const splits = targets.get(from)! > 1;
  const merges = sources.get(to)! > 1;
  if (splits && merges) return "many-to-many";
  if (splits) return "split";
  if (merges) return "merge";
  return from === to ? "same" : "one-to-one";
}
