import { receive, settle } from "./activities.ts";
import { countsWorkingDays } from "./arming.ts";
import { type Case, isEventWait, type LiveScope, type LiveToken, nodeById, note, put, stay, take } from "./case.ts";
import { leave } from "./flows.ts";
import type { EventDefinition, Node } from "./model.ts";
import { clear, declare, interrupt, openScope, release } from "./scopes.ts";
import type { Armed, EventWait } from "./state.ts";
import { nextOf } from "./timers.ts";
import { seen } from "./variables.ts";

/** Catching events (BPMN 2.0.2 §13.5): who waits for what comes, and what becomes of it. */

/** A place where something is waited for: the token itself, a boundary of it, an event sub-process of a scope. */
export type Spot =
  | { readonly at: "token"; readonly token: LiveToken; readonly waits: EventWait }
  | { readonly at: "boundary"; readonly token: LiveToken; readonly armed: Armed }
  | { readonly at: "scope"; readonly scope: LiveScope; readonly armed: Armed };

export function waitsOf(spot: Spot): EventWait {
  return spot.at === "token" ? spot.waits : spot.armed.waits;
}

/** All places that wait, the oldest stay first. */
export function spots(c: Case): Spot[] {
  const found: Spot[] = [];
  for (const token of c.tokens) {
    if (isEventWait(token.waits)) found.push({ at: "token", token, waits: token.waits });
    if (token.boundaries) for (const armed of token.boundaries) found.push({ at: "boundary", token, armed });
  }
  for (const scope of c.scopes) {
    if (scope.listening) for (const armed of scope.listening) found.push({ at: "scope", scope, armed });
  }
  return found;
}

/** Whether a place still waits for the same: what fired before it may have taken it away. */
export function isWaiting(spot: Spot): boolean {
  if (spot.at === "scope") return !spot.scope.closed && (spot.scope.listening?.includes(spot.armed) ?? false);
  if (!spot.token.there) return false;
  return spot.at === "token" ? spot.token.waits === spot.waits : (spot.token.boundaries?.includes(spot.armed) ?? false);
}

/** Simple waits only: time, message, signal, condition. */
export type Simple = Exclude<EventWait, { for: "any" } | { for: "all" }>;

/** What comes, as a test of a simple wait and the node that would catch it. */
export type Comes = (waits: Simple, node: string) => boolean;

interface Met {
  /** Node that catches. */
  readonly node: string;
  readonly waits: Simple;
  /** What of the wait is still missing; none when it is fulfilled. */
  readonly missing?: EventWait;
}

/** Finds what of a wait is met by something that comes. */
export function met(node: string, waits: EventWait, comes: Comes): Met | undefined {
  if (waits.for !== "any" && waits.for !== "all") return comes(waits, node) ? { node, waits } : undefined;
  for (const [index, one] of waits.events.entries()) {
    const found = met(one.node, one.waits, comes);
    if (!found) continue;
    if (waits.for === "any") return found;
    const events = waits.events.filter((_, other) => other !== index || found.missing !== undefined);
    if (found.missing) return { ...found, missing: { for: "all", events: events.with(index, { ...one, waits: found.missing }) } };
    return events.length > 0 ? { ...found, missing: { for: "all", events } } : found;
  }
  return undefined;
}

export function nodeOfSpot(spot: Spot): string {
  return spot.at === "token" ? (spot.token.node?.id ?? "") : spot.armed.node;
}

/** Lets something come to a place that waits for it. */
export function fire(c: Case, spot: Spot, what: { met: Met; brought: Parameters<typeof receive>[2] }): void {
  const { met: found, brought } = what;
  if (found.missing) {
    keepWaiting(c, spot, found.missing);
    return;
  }
  const node = nodeById(c, found.node);
  if (!node) return;
  if (spot.at === "token") {
    if (!goesOn(c, spot, found.waits)) fireToken(c, spot.token, { node, brought });
    return;
  }
  if (spot.at === "boundary") {
    rearm(c, spot, found.waits);
    fireBoundary(c, spot.token, { node, brought });
    return;
  }
  rearm(c, spot, found.waits);
  startHandler(c, spot.scope, { node, brought });
}

function keepWaiting(c: Case, spot: Spot, waits: EventWait): void {
  note(c, { kind: "taken", node: nodeOfSpot(spot) });
  if (spot.at === "token") spot.token.waits = waits;
  else replace(spot, { node: spot.armed.node, waits });
}

function replace(spot: Exclude<Spot, { at: "token" }>, by: Armed | undefined): void {
  const swap = (all: readonly Armed[] | undefined): readonly Armed[] | undefined => {
    const left = all?.flatMap((one) => (one !== spot.armed ? [one] : by ? [by] : []));
    return left?.length ? left : undefined;
  };
  if (spot.at === "boundary") spot.token.boundaries = swap(spot.token.boundaries);
  else spot.scope.listening = swap(spot.scope.listening);
}

/** After it fired a timer waits for its next time, or no more; a condition until it holds anew. */
function rearm(c: Case, spot: Exclude<Spot, { at: "token" }>, fired: Simple): void {
  if (fired.for !== "time" && fired.for !== "condition") return;
  const node = spot.armed.node;
  if (fired.for === "condition") {
    replace(spot, { node, waits: withOne(spot.armed.waits, fired, { ...fired, met: true }) });
    return;
  }
  const next = nextOf(fired, { calendar: c.model.calendar, working: countsWorkingDays(c, node) });
  const waits: EventWait | undefined = next && { for: "time", ...next };
  if (spot.armed.waits === fired) replace(spot, waits && { node, waits });
  else if (waits) replace(spot, { node, waits: withOne(spot.armed.waits, fired, waits) });
  else replace(spot, { node, waits: without(spot.armed.waits, fired) });
}

export function withOne(waits: EventWait, old: EventWait, by: EventWait): EventWait {
  if (waits === old) return by;
  if (waits.for !== "any" && waits.for !== "all") return waits;
  return { ...waits, events: waits.events.map((one) => ({ node: one.node, waits: withOne(one.waits, old, by) })) };
}

function without(waits: EventWait, old: EventWait): EventWait {
  if (waits.for !== "any" && waits.for !== "all") return waits;
  return { ...waits, events: waits.events.filter((one) => one.waits !== old) };
}

/** An intermediate timer with a cycle sends a token at each of its times, and waits for the next. */
function goesOn(c: Case, spot: Extract<Spot, { at: "token" }>, fired: Simple): boolean {
  const { token } = spot;
  const next =
    fired.for === "time" && spot.waits === fired && token.node
      ? nextOf(fired, { calendar: c.model.calendar, working: countsWorkingDays(c, token.node.id) })
      : undefined;
  if (!next || !token.node) return false;
  token.waits = { for: "time", ...next };
  note(c, { kind: "caught", node: token.node.id, token: token.id });
  leave(c, token.scope, token.node);
  return true;
}

interface Catching {
  readonly node: Node;
  readonly brought: Parameters<typeof receive>[2];
}

function fireToken(c: Case, token: LiveToken, { node, brought }: Catching): void {
  const { scope } = token;
  note(c, { kind: "caught", node: node.id, token: token.id, ...(brought && { said: { brought } }) });
  if (node === token.node && node.kind === "receive") {
    settle(c, token, { result: brought });
    return;
  }
  const { era } = scope;
  take(c, token);
  receive(c, { scope, node, of: undefined, own: token.own }, brought);
  leave(c, scope, node);
  release(c, scope, era);
}

/** A boundary event fires: the activity ends when it interrupts. */
export function fireBoundary(c: Case, token: LiveToken, { node, brought }: Catching): void {
  const { scope } = token;
  note(c, { kind: "caught", node: node.id, token: token.id, ...(brought && { said: { brought } }) });
  const { era } = scope;
  if (node.interrupting) interrupt(c, token);
  receive(c, { scope, node, of: undefined, own: undefined }, brought);
  leave(c, scope, node);
  if (node.interrupting) release(c, scope, era);
}

/** An event sub-process begins; an interrupting one takes over its scope. */
export function startHandler(c: Case, scope: LiveScope, { node, brought }: Catching): void {
  const inner = c.model.scopes[node.scope]!;
  const holding = inner.node === undefined ? undefined : c.model.nodes[inner.node];
  if (!holding) return;
  note(c, { kind: "caught", node: node.id, ...(brought && { said: { brought } }) });
  if (node.interrupting) {
    clear(c, scope);
    scope.listening = undefined;
    scope.taken = true;
  }
  const token = stay(c, { scope, node: holding }, { for: "scope", scope: 0 });
  note(c, { kind: "entered", node: holding.id, token: token.id });
  const open = openScope(c, inner, { holder: token, variables: {} });
  declare(c, open);
  receive(c, { scope: open, node, of: undefined, own: undefined }, brought);
  put(c, { scope: open, node, of: undefined, own: undefined });
}

/** A repeated activity throws to its own boundary events. */
export function tellBoundaries(c: Case, outer: LiveToken, event: EventDefinition): void {
  const { node } = outer;
  if (!node) return;
  note(c, { kind: "thrown", node: node.id });
  for (const index of node.boundaries) {
    const boundary = c.model.nodes[index]!;
    if (outer.there && boundary.events.some((one) => isSame(one, event)))
      fireBoundary(c, outer, { node: boundary, brought: undefined });
  }
}

function isSame(one: EventDefinition, event: EventDefinition): boolean {
  if (one.kind !== event.kind) return false;
  const name = (of: EventDefinition): string | undefined => ("name" in of ? of.name : "code" in of ? of.code : undefined);
  return name(one) === undefined || name(one) === name(event);
}

/**
 * Looks at all conditions once; the first that has come to hold fires. What holds no more may fire again later. Gives whether one did.
 */
export function fireConditions(c: Case): boolean {
  for (const spot of spots(c)) {
    const waits = waitsOf(spot);
    let changed = waits;
    const found = met(nodeOfSpot(spot), waits, (simple, id) => {
      if (simple.for !== "condition") return false;
      const holds = conditionHolds(c, spot, id);
      if (holds && !simple.met) return true;
      if (!holds && simple.met) changed = withOne(changed, simple, { for: "condition" });
      return false;
    });
    if (found) {
      fire(c, spot, { met: found, brought: undefined });
      return true;
    }
    if (changed !== waits) {
      if (spot.at === "token") spot.token.waits = changed;
      else replace(spot, { node: spot.armed.node, waits: changed });
    }
  }
  return false;
}

function conditionHolds(c: Case, spot: Spot, id: string): boolean {
  const event = nodeById(c, id)?.events.find((one) => one.kind === "conditional");
  const variables = spot.at === "scope" ? seen(spot.scope, undefined) : seen(spot.token.scope, spot.token.own);
  return event?.kind === "conditional" && event.condition.evaluate(variables, c.moment) === true;
}

/** The due instants of a wait, the earliest. */
export function dueIn(waits: EventWait): number {
  if (waits.for === "time") return waits.due;
  if (waits.for !== "any" && waits.for !== "all") return Number.POSITIVE_INFINITY;
  return waits.events.reduce((least, one) => Math.min(least, dueIn(one.waits)), Number.POSITIVE_INFINITY);
}
