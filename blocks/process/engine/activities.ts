import type { Plain } from "@kerege/kernel/feel";
import { beginAdHoc } from "./ad-hoc.ts";
import { armBoundaries, armed } from "./arming.ts";
import {
  type Case,
  countJoin,
  entered,
  type LiveScope,
  type LiveToken,
  type Moving,
  note,
  type Place,
  stay,
  take,
  type Values,
} from "./case.ts";
import { advanceHandlers } from "./compensation.ts";
import { leave } from "./flows.ts";
import { enough } from "./gateways.ts";
import type { Node, Work } from "./model.ts";
import { beginRepeat, instanceDone } from "./repeats.ts";
import { begin, openScope, quiet, release } from "./scopes.ts";
import type { Doer, HistoryEvent } from "./state.ts";
import { workingDaysAfter } from "./timers.ts";
import { assign, evaluateAt, give, kept, mapped, ownOf, seen } from "./variables.ts";

/** Activities (BPMN 2.0.2 §13.3): tasks, sub-processes, called processes. */

export function enterActivity(c: Case, moving: Moving): void {
  const { node } = moving;
  if (!enough(c, moving)) return;
  if (node.repeat && !isInstance(moving)) {
    beginRepeat(c, moving);
    return;
  }
  work(c, moving);
}

/** Whether a place is one of several of a repeated activity, rather than the activity as a whole or a handler. */
export function isInstance(place: Place): boolean {
  return place.of?.waits.for === "instances" && place.of.node === place.node;
}

/** Does what an activity is there for, or waits for it. */
function work(c: Case, moving: Moving): void {
  const { node } = moving;
  if (node.inner !== undefined) {
    enterScope(c, moving);
    return;
  }
  const kind = node.work?.kind;
  if (kind === "person" || kind === "call" || node.kind === "receive" || node.boundaries.length > 0) {
    wait(c, moving);
    return;
  }
  entered(c, moving);
  const place = node.input ? { ...moving, own: ownOf(c, moving) } : moving;
  finish(c, place, { result: perform(c, place) });
}

/** Work that is done within the step: decision, script, message. */
function perform(c: Case, place: Place): Values | undefined {
  const { node } = place;
  const asked = node.work;
  switch (asked?.kind) {
    case "decision": {
      const decided = asked.decide(seen(place.scope, place.own), c.moment);
      const value = kept(decided.value);
      const why = decided.why === undefined ? undefined : { why: decided.why };
      note(c, { kind: "decided", node: node.id, said: { decision: asked.name, value, ...why } });
      return { [asked.result]: value };
    }
    case "script": {
      const value = kept(evaluateAt(c, place, asked.script));
      if (asked.result !== undefined) return { [asked.result]: value };
      return isContext(value) ? { ...value } : undefined;
    }
    case "message":
      sendMessage(c, place, asked);
      return undefined;
    default:
      return undefined;
  }
}

function isContext(value: Plain): value is Record<string, Plain> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

export function sendMessage(
  c: Case,
  place: Place,
  message: Pick<Extract<Work, { kind: "message" }>, "name" | "correlation"> &
    Partial<Pick<Extract<Work, { kind: "message" }>, "parameters">>,
): void {
  const variables = seen(place.scope, place.own);
  c.effects.push({
    kind: "message",
    node: place.node.id,
    name: message.name,
    ...(message.correlation && { correlation: kept(message.correlation.evaluate(variables, c.moment)) }),
    key: String(c.next++),
    input: mapped(c, message.parameters ?? place.node.input ?? [], variables),
  });
  note(c, { kind: "thrown", node: place.node.id, said: { message: message.name } });
}

/** An activity that stays: a token with its boundary events. */
function wait(c: Case, moving: Moving): void {
  const token = enterToken(c, moving);
  if (token) ask(c, token);
}

/** Makes the token of an activity, with its boundary events armed. */
export function enterToken(c: Case, moving: Moving): LiveToken | undefined {
  const { node } = moving;
  const token = stay(
    c,
    { scope: moving.scope, node, of: moving.of, own: isWhole(node, moving) ? moving.own : ownOf(c, moving) },
    { for: "instances", open: 0, done: 0 },
  );
  if (isWhole(node, moving))
    note(c, { kind: "entered", node: node.id, token: token.id, ...byFlow(moving), said: { whole: true } });
  else entered(c, moving, token);
  const unreadable = isInstance(moving) ? undefined : armBoundaries(c, token);
  if (unreadable === undefined) return token;
  incident(c, token, "unreadable-time");
  return undefined;
}

function byFlow({ flow }: Moving): { flow?: string } {
  return flow ? { flow: flow.id } : {};
}

/** Asks for the work of a token; also when it is tried again. */
export function ask(c: Case, token: LiveToken): void {
  const { node } = token;
  if (!node) return;
  const asked = node.work;
  if (asked?.kind === "person") {
    askPerson(c, token, asked);
    return;
  }
  if (asked?.kind === "call") {
    call(c, token, asked);
    return;
  }
  if (node.kind === "receive") {
    const waits = armed(c, node, { place: token, since: token.since });
    if (waits && waits !== "unreadable") {
      token.waits = waits;
      return;
    }
  }
  const place: Place = { scope: token.scope, node, of: token.of, own: token.own };
  settle(c, token, { result: perform(c, place) });
}

function askPerson(c: Case, token: LiveToken, asked: Extract<Work, { kind: "person" }>): void {
  const body = asked.body && evaluateAt(c, token, asked.body);
  const days = asked.days && Number(evaluateAt(c, token, asked.days) ?? Number.NaN);
  token.waits = {
    for: "person",
    role: asked.role,
    ...(typeof body === "string" && { body }),
    ...(days !== undefined && !Number.isNaN(days) && { due: workingDaysAfter(token.since, days, c.model.calendar) }),
  };
}

/** Asks the world to do a call; the key is the token's, so that a call tried again is the same deed. */
export function call(c: Case, token: LiveToken, asked: Extract<Work, { kind: "call" }>): void {
  const key = String(token.id);
  token.waits = { for: "call", name: asked.name, key };
  const input = mapped(c, asked.parameters, seen(token.scope, token.own));
  c.effects.push({ kind: "call", token: token.id, node: token.node?.id ?? "", name: asked.name, key, input });
}

/** What cannot go on by itself waits for an officer; deadlines of the activity go on running. */
export function incident(c: Case, token: LiveToken, code: string): void {
  if (token.waits.for === "join") countJoin(c, token, -1);
  token.waits = { for: "incident", code, attempts: token.attempt, since: c.at };
  note(c, { kind: "incident", token: token.id, ...(token.node && { node: token.node.id }), said: { code } });
}

function enterScope(c: Case, moving: Moving): void {
  const token = enterToken(c, moving);
  if (!token) return;
  openInner(c, token);
}

/** Opens what is inside an activity and lets it begin. */
export function openInner(c: Case, token: LiveToken): void {
  const inner = token.node?.inner === undefined ? undefined : c.model.scopes[token.node.inner];
  if (!inner) return;
  const scope = openScope(c, inner, { holder: token, variables: innerVariables(token) });
  begin(c, scope);
  if (inner.kind === "ad-hoc") beginAdHoc(c, scope);
  else if (scope.live === 0) quiet(c, scope);
}

/** A called process has variables of its own: what is mapped in, or a copy of all that is seen. */
function innerVariables(token: LiveToken): Values {
  if (token.node?.kind !== "call" || token.node.input) return { ...token.own };
  return { ...seen(token.scope, token.own) };
}

/** How an activity was done. */
export interface Doing {
  readonly result?: Readonly<Record<string, Plain>> | undefined;
  readonly by?: Doer | undefined;
  /** Token that waited for it, when one did. */
  readonly token?: LiveToken;
  /** Its scope inside, now closed. */
  readonly closed?: LiveScope;
  /** Said in the record instead of `done`. */
  readonly skipped?: string | undefined;
}

/** The work of a waiting token is done. */
export function settle(c: Case, token: LiveToken, doing: Doing): void {
  const { era } = token.scope;
  take(c, token);
  if (token.node)
    finish(
      c,
      { scope: token.scope, node: token.node, of: token.of, own: token.own },
      {
        result: doing.result,
        by: doing.by,
        token,
        skipped: doing.skipped,
      },
    );
  release(c, token.scope, era);
}

/** An activity is done: its result joins the scope, and a token goes on. */
export function finish(c: Case, place: Place, doing: Doing): void {
  const { node, scope } = place;
  const result = doing.closed ? resultOf(place, doing.closed) : doing.result;
  record(c, place, doing);
  if (doing.by !== undefined && c.plan.remembered.has(node.id)) remember(c, node.id, doing.by);
  const undoing = place.of?.waits.for === "compensation";
  const inside = doing.closed && { ...place, own: { ...place.own, ...doing.closed.variables } };
  if (isWhole(node, place)) {
    if (result) assign(c, scope, result);
  } else {
    const gathers = isInstance(place) && node.repeat?.kind === "many" && node.repeat.gather !== undefined;
    if (!gathers) give(c, inside ?? place, result);
    if (c.plan.undoable[node.index] && !undoing) keepDone(c, place, doing.closed);
    if (isInstance(place)) {
      instanceDone(c, inside ?? place, result);
      return;
    }
  }
  if (undoing && place.of) {
    advanceHandlers(c, place.of);
    return;
  }
  if (!node.forCompensation) leave(c, scope, node);
}

/** The whole of a repeated activity leaves nothing to undo: its instances do. */
function isWhole(node: Node, place: Place): boolean {
  return node.repeat !== undefined && !isInstance(place);
}

function record(c: Case, place: Place, doing: Doing): void {
  const { node } = place;
  const { result, token, by, skipped } = doing;
  // A task that nobody waited for: written out, for simulation says it a million times.
  if (!token && by === undefined && skipped === undefined && !result) {
    note(c, { kind: "done", node: node.id });
    return;
  }
  const event: { -readonly [Key in keyof HistoryEvent]: HistoryEvent[Key] } = {
    kind: skipped === undefined ? "done" : "skipped",
    node: node.id,
  };
  if (token) event.token = token.id;
  if (by !== undefined) event.by = by;
  const output = result !== undefined && Object.keys(result).length > 0 ? { output: result } : undefined;
  if (isWhole(node, place)) event.said = { ...output, whole: true, ...(skipped !== undefined && { reason: skipped }) };
  else if (skipped !== undefined) event.said = { reason: skipped, ...output };
  else if (output) event.said = output;
  note(c, event);
}

/** A called process gives all its variables unless it says what. */
function resultOf(place: Place, closed: LiveScope): Values | undefined {
  return place.node.kind === "call" && !place.node.output ? closed.variables : undefined;
}

export function remember(c: Case, node: string, by: Doer): void {
  const doers = c.doers?.[node] ?? [];
  if (!doers.includes(by)) c.doers = { ...c.doers, [node]: [...doers, by] };
}

function keepDone(c: Case, place: Place, closed: LiveScope | undefined): void {
  const { node, scope } = place;
  if (closed && !closed.done?.length && node.compensatedBy === undefined && !hasOwnUndoing(c, closed)) return;
  const own = closed ? closed.variables : { ...seen(scope, place.own) };
  scope.done ??= [];
  scope.done.push({ node: node.id, own, ...(closed?.done?.length && { inner: closed.done }) });
}

function hasOwnUndoing(c: Case, closed: LiveScope): boolean {
  return closed.scope.eventSubProcesses.some((index) => {
    const inner = c.model.nodes[index]?.inner;
    const nodes = inner === undefined ? [] : c.model.scopes[inner]!.nodes;
    return nodes.some((one) => c.model.nodes[one]!.events.some((event) => event.kind === "compensation"));
  });
}

/** What an event brought joins its scope, as the node maps it. */
export function receive(c: Case, place: Place, brought: Readonly<Record<string, Plain>> | undefined): void {
  if (brought || place.node.output) give(c, place, brought);
}
