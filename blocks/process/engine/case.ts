import type { Plain } from "@kerege/kernel/feel";
import type { Flow, Model, Moment, Node, Scope } from "./model.ts";
import type { Plan } from "./plan.ts";
import type { Armed, Doer, Done, Effect, EventWait, HistoryEvent, Status, Wait } from "./state.ts";

/** A case while it is stepped: the same things as `State`, but in place and by reference. */
export interface Case {
  readonly model: Model;
  readonly plan: Plan;
  status: Status;
  next: number;
  /** Latest instant of any step. */
  at: number;
  moment: Moment;
  /** In the order of their ids. */
  tokens: LiveToken[];
  /** In the order of their ids: the first is the process. */
  scopes: LiveScope[];
  root: LiveScope | undefined;
  doers: Record<string, readonly Doer[]> | undefined;
  /** What is on its way, first in first out; from `head` to `tail`; what lies behind is left over. */
  queue: Moving[];
  head: number;
  tail: number;
  /** Throws wait until nothing moves: a catch reached in the same activation is not missed. */
  thrown: Thrown[];
  steps: number;
  readonly most: number;
  effects: Effect[];
  events: HistoryEvent[];
  /** Whether conditions have to be looked at again. */
  changed: boolean;
  /** Tokens at inclusive and complex joins. */
  joining: number;
}

export type Values = Record<string, Plain>;

export interface LiveToken {
  readonly id: number;
  /** None for a step nobody drew. */
  readonly node: Node | undefined;
  readonly scope: LiveScope;
  since: number;
  waits: Wait;
  boundaries: readonly Armed[] | undefined;
  attempt: number;
  own: Values | undefined;
  of: LiveToken | undefined;
  added: { readonly title: string; readonly days?: number } | undefined;
  inner: LiveScope | undefined;
  /** Until it is taken out of the case. */
  there: boolean;
}

export interface LiveScope {
  readonly id: number;
  readonly scope: Scope;
  readonly node: Node | undefined;
  readonly parent: LiveScope | undefined;
  readonly holder: LiveToken | undefined;
  since: number;
  variables: Values;
  done: Done[] | undefined;
  listening: readonly Armed[] | undefined;
  taken: boolean;
  begun: string[] | undefined;
  /** Tokens, moves and throws of this scope; it is over when there are none. */
  live: number;
  /** Counts up when everything inside is taken away: what still carries the old number is void. */
  era: number;
  closed: boolean;
}

/** A token on its way into a node. */
export interface Moving {
  readonly scope: LiveScope;
  readonly era: number;
  readonly node: Node;
  readonly flow: Flow | undefined;
  /** Repeated activity or compensation it is done for. */
  readonly of: LiveToken | undefined;
  readonly own: Values | undefined;
}

/** A place in the case where something is done: what tokens and moves have in common. */
export interface Place {
  readonly scope: LiveScope;
  readonly node: Node;
  readonly of: LiveToken | undefined;
  readonly own: Values | undefined;
}

export interface Thrown {
  readonly scope: LiveScope;
  readonly era: number;
  readonly node: Node;
  /** Which of its events is thrown next. */
  index: number;
}

export function note(c: Case, event: HistoryEvent): void {
  c.events.push(event);
}

/** Says that a node is entered; each shape of the line is written out, for this is said more often than all else. */
export function entered(c: Case, by: { readonly node: Node; readonly flow: Flow | undefined }, token?: LiveToken): void {
  const { node, flow } = by;
  if (flow && token) c.events.push({ kind: "entered", node: node.id, token: token.id, flow: flow.id });
  else if (flow) c.events.push({ kind: "entered", node: node.id, flow: flow.id });
  else if (token) c.events.push({ kind: "entered", node: node.id, token: token.id });
  else c.events.push({ kind: "entered", node: node.id });
}

/** Sends a token along a flow. */
export function send(c: Case, scope: LiveScope, flow: Flow): void {
  scope.live += 1;
  c.queue[c.tail++] = { scope, era: scope.era, node: c.model.nodes[flow.to]!, flow, of: undefined, own: undefined };
}

/** Puts a token to a node without a flow: begins, instances, handlers. */
export function put(c: Case, place: Place): void {
  const { scope, node, of, own } = place;
  scope.live += 1;
  c.queue[c.tail++] = { scope, era: scope.era, node, flow: undefined, of, own };
}

/** Makes a token wait at a place. */
export function stay(
  c: Case,
  place: { scope: LiveScope; node: Node | undefined; of?: LiveToken | undefined; own?: Values | undefined },
  waits: Wait,
): LiveToken {
  const token: LiveToken = {
    id: c.next++,
    node: place.node,
    scope: place.scope,
    since: c.at,
    waits,
    boundaries: undefined,
    attempt: 1,
    own: place.own,
    of: place.of,
    added: undefined,
    inner: undefined,
    there: true,
  };
  place.scope.live += 1;
  c.tokens.push(token);
  if (waits.for === "join") countJoin(c, token, 1);
  return token;
}

/** Takes a token out of the case; its scope still counts it until `release`. */
export function take(c: Case, token: LiveToken): void {
  if (!token.there) return;
  token.there = false;
  c.tokens.splice(placeOf(c.tokens, token.id), 1);
  if (token.waits.for === "join") countJoin(c, token, -1);
}

export function countJoin(c: Case, token: LiveToken, by: number): void {
  const kind = token.node?.kind;
  if (kind === "inclusive" || kind === "complex") c.joining += by;
}

/** Where an id stands among tokens or scopes, which are in the order of their ids. */
function placeOf(among: readonly { readonly id: number }[], id: number): number {
  let from = 0;
  let to = among.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (among[middle]!.id < id) from = middle + 1;
    else to = middle;
  }
  return from;
}

export function tokenById(c: Case, id: number): LiveToken | undefined {
  const found = c.tokens[placeOf(c.tokens, id)];
  return found?.id === id ? found : undefined;
}

export function scopeById(c: Case, id: number): LiveScope | undefined {
  const found = c.scopes[placeOf(c.scopes, id)];
  return found?.id === id ? found : undefined;
}

export function dropScope(c: Case, scope: LiveScope): void {
  if (scope.closed) return;
  scope.closed = true;
  c.scopes.splice(placeOf(c.scopes, scope.id), 1);
}

/** Whether what was noted for a scope still holds: nobody has emptied or closed it since. */
export function isCurrent(of: { readonly scope: LiveScope; readonly era: number }): boolean {
  return !of.scope.closed && of.scope.era === of.era;
}

/** Whether the token stands inside another one: in its scope, as its instance, as its handler. */
export function isUnder(token: LiveToken, upper: LiveToken): boolean {
  for (let at: LiveToken | undefined = token; at; at = at.of ?? at.scope.holder) if (at === upper) return true;
  return false;
}

export function isWithin(scope: LiveScope | undefined, upper: LiveScope): boolean {
  for (let at = scope; at; at = at.parent) if (at === upper) return true;
  return false;
}

export function isEventWait(waits: Wait): waits is EventWait {
  switch (waits.for) {
    case "time":
    case "message":
    case "signal":
    case "condition":
    case "any":
    case "all":
      return true;
    default:
      return false;
  }
}

export function nodeById(c: Case, id: string): Node | undefined {
  const index = c.model.nodeOf.get(id);
  return index === undefined ? undefined : c.model.nodes[index];
}
