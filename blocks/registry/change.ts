import type { RegisterDeclaration, RegisterEvent, Value, Values } from "./declaration.ts";
import { claimOf } from "./store-sql.ts";
import { apply, fold, nextChange, on, type Segment, type VersionRow } from "./timeline.ts";

/** What stands of a record before a change. */
export interface Standing {
  version: number;
  validFrom: string;
  recordedAt: Date;
  endedOn: string | null;
  nextChangeOn: string | null;
  state: string | null;
  values: Values;
}

export interface ChangeRequest {
  values: Values;
  validFrom: string;
}

/** What a change makes of a record. */
export interface Change {
  /** What was held, in order of time; nothing for a new record. */
  held: Segment[];
  /** The stretch that held on the day from which the change is true. */
  before: Segment | undefined;
  /** New versions, in order of time. */
  made: Segment[];
  after: Segment[];
  /** What holds today (or the first that will). */
  now: Segment;
  nextChangeOn: string | null;
}

/**
 * Whether the versions have to be read: not where the change begins in or after the last stretch that is known, which is then the
 * current row. A correction has to know since when the wrong value was held.
 */
export function needsVersions(standing: Standing, event: RegisterEvent, validFrom: string): boolean {
  return event.corrects === true || standing.nextChangeOn !== null || validFrom < standing.validFrom;
}

/** What is held of a record, from its versions or, where they are not needed, from its current row. */
export function heldOf(standing: Standing | undefined, versions: VersionRow[] | undefined): Segment[] {
  if (versions) return fold(versions);
  if (!standing) return [];
  const { validFrom, values, endedOn, state } = standing;
  return [{ from: validFrom, to: null, values, ended: endedOn !== null, state }];
}

/** The record as it is after an event; pure. `today` decides which stretch is the current row. */
export function changeOf(held: Segment[], given: { request: ChangeRequest; event: RegisterEvent; today: string }): Change {
  const { request, event, today } = given;
  const made = apply(held, {
    from: request.validFrom,
    values: request.values,
    ended: event.ends === true,
    state: event.to,
  });
  const after = fold([...held, ...made].map((segment, version) => ({ ...segment, version })));
  const current = on(after, today);
  const now = current ?? after[0]!;
  return {
    held,
    before: on(held, request.validFrom),
    made,
    after,
    now,
    nextChangeOn: current ? nextChange(after, today) : now.from,
  };
}

/** What a record claims for itself alone: the values of its `unique` rules in every stretch that is not over and not at an end. */
export function claimsOf(register: RegisterDeclaration, segments: Segment[], today: string): { rule: string; value: string }[] {
  const claims = new Map<string, { rule: string; value: string }>();
  for (const [rule, { fields, states }] of Object.entries(register.unique ?? {})) {
    for (const segment of segments) {
      if (segment.ended || (segment.to !== null && segment.to <= today)) continue;
      if (states && !states.includes(segment.state ?? "")) continue;
      const value = claimOf(fields.map((field) => segment.values[field]));
      if (value !== null) claims.set(`${rule} ${value}`, { rule, value });
    }
  }
  return [...claims.values()];
}

/** A field that was held wrongly, and since when: the instant from which the wrong value was recorded without a break. */
export interface Corrected {
  field: string;
  wrongSince: Date;
}

/** What a correction put right: fields whose value on some day is another now, each with the instant since which the wrong one was held. */
export function correctedBy(change: Pick<Change, "held" | "made">, versions: (VersionRow & { recordedAt: Date })[]): Corrected[] {
  const found = new Map<string, Date>();
  for (const segment of change.made) {
    const days = [segment.from, ...change.held.map(({ from }) => from)].filter(
      (day) => day >= segment.from && (segment.to === null || day < segment.to),
    );
    for (const day of days) {
      const wrong = on(change.held, day);
      if (!wrong) continue;
      for (const [field, value] of Object.entries(segment.values)) {
        if (wrong.values[field] === value) continue;
        const since = heldSince(versions, { field, day, value: wrong.values[field] ?? null });
        const known = found.get(field);
        if (since && (!known || since < known)) found.set(field, since);
      }
    }
  }
  return [...found].map(([field, wrongSince]) => ({ field, wrongSince }));
}

function heldSince(
  versions: (VersionRow & { recordedAt: Date })[],
  { field, day, value }: { field: string; day: string; value: Value },
): Date | undefined {
  let since: Date | undefined;
  for (const version of versions) {
    if (version.from > day || (version.to !== null && version.to <= day)) continue;
    if ((version.values[field] ?? null) !== value) since = undefined;
    else since ??= version.recordedAt;
  }
  return since;
}

/** Stretches of a record with the day from which it is at an end; none while it is not. */
export function endOf(segments: Segment[]): string | null {
  return segments.find((segment) => segment.ended)?.from ?? null;
}
