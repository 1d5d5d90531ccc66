import { type Case, isEventWait, type LiveScope, type LiveToken, nodeById, note } from "./case.ts";
import { type Comes, dueIn, fire, isWaiting, met, nodeOfSpot, type Spot, spots, waitsOf } from "./catching.ts";
import type { Armed, Command, EventWait } from "./state.ts";
import { dueOf, workingDaysAfter } from "./timers.ts";
import { evaluateAt } from "./variables.ts";

/** Terms of a case: what is due next, what fires when time has come, and how terms are counted anew. */

/** The earliest instant anything fires; none where only people and messages are waited for. */
export function nextDue(c: Case): number | undefined {
  let least = Number.POSITIVE_INFINITY;
  for (const token of c.tokens) {
    const { waits } = token;
    if (waits.for === "call") least = Math.min(least, waits.retryAt ?? least);
    else if (isEventWait(waits)) least = Math.min(least, dueIn(waits));
    if (token.boundaries) for (const armed of token.boundaries) least = Math.min(least, dueIn(armed.waits));
  }
  for (const scope of c.scopes) {
    if (scope.listening) for (const armed of scope.listening) least = Math.min(least, dueIn(armed.waits));
  }
  return Number.isFinite(least) ? least : undefined;
}

/** The place that has been due longest at an instant, the older stay first; or a call whose pause is over. */
export function mostDue(c: Case, at: number): Spot | LiveToken | undefined {
  let found: Spot | LiveToken | undefined;
  let least = at + 1;
  for (const spot of spots(c)) {
    const due = dueIn(waitsOf(spot));
    if (due < least) {
      least = due;
      found = spot;
    }
  }
  for (const token of c.tokens) {
    if (token.waits.for !== "call" || token.waits.retryAt === undefined || token.waits.retryAt >= least) continue;
    least = token.waits.retryAt;
    found = token;
  }
  return found;
}

export function isSpot(due: Spot | LiveToken): due is Spot {
  return "at" in due;
}

/** Fires the earliest timer of a place. */
export function fireDue(c: Case, spot: Spot): void {
  const due = dueIn(waitsOf(spot));
  const comes: Comes = (waits) => waits.for === "time" && waits.due === due;
  const found = isWaiting(spot) ? met(nodeOfSpot(spot), waitsOf(spot), comes) : undefined;
  if (found) fire(c, spot, { met: found, brought: undefined });
}

/** Counts all terms again from when each began. A cycle that has begun goes on as it was. */
export function recount(c: Case, command: Extract<Command, { kind: "recount" }>): void {
  for (const token of c.tokens) {
    if (isEventWait(token.waits)) token.waits = counted(c, token.node?.id ?? "", { waits: token.waits, place: token });
    else if (token.waits.for === "person") token.waits = { ...token.waits, ...personDue(c, token) };
    token.boundaries = token.boundaries?.map((one) => recounted(c, one, token));
  }
  for (const scope of c.scopes) scope.listening = scope.listening?.map((one) => recounted(c, one, scope));
  note(c, { kind: "recounted", by: command.by, said: { reason: command.reason } });
}

function personDue(c: Case, token: LiveToken): { due?: number } {
  const days = token.added ? token.added.days : token.node?.work?.kind === "person" && token.node.work.days;
  if (!days) return {};
  const count = typeof days === "number" ? days : Number(evaluateAt(c, token, days) ?? Number.NaN);
  return Number.isNaN(count) ? {} : { due: workingDaysAfter(token.since, count, c.model.calendar) };
}

function recounted(c: Case, one: Armed, place: LiveToken | LiveScope): Armed {
  return { node: one.node, waits: counted(c, one.node, { waits: one.waits, place }) };
}

function counted(c: Case, id: string, of: { waits: EventWait; place: LiveToken | LiveScope }): EventWait {
  const { waits, place } = of;
  if (waits.for === "any" || waits.for === "all") {
    return {
      ...waits,
      events: waits.events.map((one) => ({ node: one.node, waits: counted(c, one.node, { waits: one.waits, place }) })),
    };
  }
  const event = nodeById(c, id)?.events.find((one) => one.kind === "timer");
  if (waits.for !== "time" || waits.every !== undefined || event?.kind !== "timer") return waits;
  const seen = "scope" in place && "waits" in place ? place : { scope: place, own: undefined };
  const value = evaluateAt(c, seen, event.value);
  const due = dueOf(value, { when: event.when, from: place.since }, { calendar: c.model.calendar, working: event.working });
  return due ? { for: "time", ...due } : waits;
}
