import { type Case, type LiveScope, type LiveToken, nodeById, type Place } from "./case.ts";
import { stuck } from "./flows.ts";
import type { EventDefinition, Node } from "./model.ts";
import { startOf } from "./plan.ts";
import type { Armed, EventWait } from "./state.ts";
import { dueOf } from "./timers.ts";
import { evaluateAt, kept } from "./variables.ts";

/** What a catching node waits for, from the events drawn on it. None where everything on it is thrown from inside. */
export function armed(
  c: Case,
  node: Node,
  from: { place: Pick<Place, "scope" | "own">; since: number },
): EventWait | "unreadable" | undefined {
  const { work } = node;
  if (node.kind === "receive" && work?.kind === "message") {
    return waitFor(c, { kind: "message", name: work.name, ...(work.correlation && { correlation: work.correlation }) }, from);
  }
  const waits: Armed[] = [];
  for (const event of node.events) {
    const one = waitFor(c, event, from);
    if (one === "unreadable") return one;
    if (one) waits.push({ node: node.id, waits: one });
  }
  if (waits.length <= 1) return waits[0]?.waits;
  return node.parallelMultiple ? { for: "all", events: waits } : { for: "any", events: waits };
}

function waitFor(
  c: Case,
  event: EventDefinition,
  from: { place: Pick<Place, "scope" | "own">; since: number },
): EventWait | "unreadable" | undefined {
  switch (event.kind) {
    case "message": {
      if (!event.correlation) return { for: "message", name: event.name };
      return { for: "message", name: event.name, correlation: kept(evaluateAt(c, from.place, event.correlation)) };
    }
    case "signal":
      return { for: "signal", name: event.name };
    case "conditional":
      c.changed = true;
      return { for: "condition" };
    case "timer": {
      const value = evaluateAt(c, from.place, event.value);
      const timer = dueOf(value, { when: event.when, from: from.since }, { calendar: c.model.calendar, working: event.working });
      return timer ? { for: "time", ...timer } : "unreadable";
    }
    default:
      return undefined;
  }
}

/** Arms the boundary events of an activity. Gives the id of a boundary whose timer cannot be read. */
export function armBoundaries(c: Case, token: LiveToken): string | undefined {
  const { node } = token;
  if (!node || node.boundaries.length === 0) return undefined;
  const boundaries: Armed[] = [];
  for (const index of node.boundaries) {
    const boundary = c.model.nodes[index]!;
    const waits = armed(c, boundary, { place: token, since: token.since });
    if (waits === "unreadable") return boundary.id;
    if (waits) boundaries.push({ node: boundary.id, waits });
  }
  if (boundaries.length > 0) token.boundaries = boundaries;
  return undefined;
}

/** Arms the event sub-processes of a scope that has just begun; one whose timer cannot be read becomes an incident. */
export function armListening(c: Case, scope: LiveScope): void {
  if (scope.scope.eventSubProcesses.length === 0) return;
  for (const index of scope.scope.eventSubProcesses) {
    const start = startOf(c.model, c.model.nodes[index]!);
    if (start) listen(c, scope, start);
  }
}

export function listen(c: Case, scope: LiveScope, start: Node): void {
  const waits = armed(c, start, { place: { scope, own: undefined }, since: scope.since });
  if (waits === "unreadable")
    stuck(c, { scope, node: start, of: undefined, own: undefined }, { code: "unreadable-time", leaving: false });
  else if (waits) scope.listening = [...(scope.listening ?? []), { node: start.id, waits }];
}

/** Whether a timer of the node counts working days. */
export function countsWorkingDays(c: Case, id: string): boolean {
  return nodeById(c, id)?.events.some((event) => event.kind === "timer" && event.working) ?? false;
}
