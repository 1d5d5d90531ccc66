import type { Values } from "./declaration.ts";

/** A stretch of time over which a record was the same. `to` is exclusive; none means for good. */
export interface Segment {
  from: string;
  to: string | null;
  values: Values;
  ended: boolean;
  /** State of the record, where its register has states. */
  state: string | null;
}

export interface VersionRow extends Segment {
  version: number;
}

/** Folds versions (each laid over the earlier ones) into the segments held now, in order of time. */
export function fold(versions: VersionRow[]): Segment[] {
  let segments: Segment[] = [];
  for (const version of [...versions].sort((a, b) => a.version - b.version)) segments = overlay(segments, version);
  return segments;
}

function overlay(segments: Segment[], top: Segment): Segment[] {
  const kept: Segment[] = [];
  for (const segment of segments) {
    if (segment.from < top.from) kept.push({ ...segment, to: earlier(segment.to, top.from) });
    if (top.to !== null && (segment.to === null || segment.to > top.to)) {
      kept.push({ ...segment, from: later(segment.from, top.to) });
    }
  }
  kept.push({ from: top.from, to: top.to, values: top.values, ended: top.ended, state: top.state });
  return kept.sort((a, b) => (a.from < b.from ? -1 : 1));
}

/**
 * What must be written when an event sets values (and perhaps a state) from a day on: one new segment for each present segment it
 * touches. A field, and the state, keeps what a later event has already made of it (a move recorded late does not undo the move
 * after it), so a full row is never laid over other people's later changes.
 */
export function apply(
  segments: Segment[],
  change: { from: string; values: Values; ended: boolean; state?: string | undefined },
): Segment[] {
  const base = segments.filter((segment) => segment.from <= change.from).at(-1);
  const before = base && (base.to === null || base.to > change.from) ? base : undefined;
  const later = segments.filter((segment) => segment.from > change.from);
  const made: Segment[] = [];
  const open = new Map(Object.entries(change.values));
  let state = change.state;
  let previous: Pick<Segment, "values" | "state"> = before ?? { values: {}, state: null };
  made.push({
    from: change.from,
    to: before ? before.to : (later[0]?.from ?? null),
    values: { ...previous.values, ...change.values },
    ended: change.ended || (before?.ended ?? false),
    state: state ?? previous.state,
  });
  for (const segment of later) {
    for (const field of [...open.keys()]) if (segment.values[field] !== previous.values[field]) open.delete(field);
    if (segment.state !== previous.state) state = undefined;
    previous = segment;
    if (open.size === 0 && state === undefined && !change.ended) break;
    made.push({
      ...segment,
      values: { ...segment.values, ...Object.fromEntries(open) },
      ended: segment.ended || change.ended,
      state: state ?? segment.state,
    });
  }
  return made;
}

/** The segment that holds on a day. */
export function on(segments: Segment[], day: string): Segment | undefined {
  return segments.find((segment) => segment.from <= day && (segment.to === null || segment.to > day));
}

/** First day after `day` on which something changes, if it is known already. */
export function nextChange(segments: Segment[], day: string): string | null {
  return segments.find((segment) => segment.from > day)?.from ?? null;
}

function later(a: string, b: string): string {
  return a < b ? b : a;
}

function earlier(a: string | null, b: string): string {
  return a === null || a > b ? b : a;
}
