import type { SubmitResult } from "./door.ts";
import type { Settled } from "./situation.ts";
import type { CaseEvent, CaseRow } from "./store.ts";

/** What handing in came to. */
export function handedInAs(row: CaseRow): SubmitResult {
  return { kind: "case", case: { case: row.id, number: row.number, state: row.state } };
}

/** What the timeline says of a hand-in. */
export function submittedEvents(
  { situation, facts }: Settled,
  { outcome, at, by }: { outcome: string; at: Date; by: string | null },
): CaseEvent[] {
  const read = new Set(situation.edition.facts.filter((fact) => facts[fact.name]).map((fact) => fact.declaration.register));
  return [
    by === null ? { at, kind: "submitted", params: {} } : { at, kind: "submitted-for", params: { by } },
    ...(read.size > 0 ? [{ at, kind: "facts-read", params: { count: read.size } }] : []),
    { at, kind: outcome, params: {} },
  ];
}
