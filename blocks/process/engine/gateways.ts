import { armed } from "./arming.ts";
import { type Case, entered, type LiveScope, type LiveToken, type Moving, note, send, stay, take } from "./case.ts";
import { choose, split, stuck } from "./flows.ts";
import type { Node } from "./model.ts";
import { release } from "./scopes.ts";
import type { Armed } from "./state.ts";
import { seen } from "./variables.ts";

/** Gateways (BPMN 2.0.2 §13.4): exclusive, parallel, inclusive, complex, event-based. */

export function enterExclusive(c: Case, moving: Moving): void {
  entered(c, moving);
  choose(c, moving);
}

export function enterParallel(c: Case, moving: Moving): void {
  const { node, scope, flow } = moving;
  if (node.incoming.length > 1 && flow) {
    const waiting = joinOf(c, scope, node);
    const arrived = waiting?.waits.for === "join" ? [...waiting.waits.arrived, flow.id] : [flow.id];
    note(c, { kind: "taken", node: node.id, flow: flow.id });
    if (!node.incoming.every((index) => arrived.includes(c.model.flows[index]!.id))) {
      keep(c, moving, { waiting, arrived });
      return;
    }
    const rest = [...arrived];
    for (const index of node.incoming) rest.splice(rest.indexOf(c.model.flows[index]!.id), 1);
    keepRest(c, waiting, rest);
    note(c, { kind: "entered", node: node.id });
  } else entered(c, moving);
  for (const index of node.outgoing) send(c, scope, c.model.flows[index]!);
}

/** The token that gathers what arrives at a join; there is at most one per node and scope. */
export function joinOf(c: Case, scope: LiveScope, node: Node): LiveToken | undefined {
  for (const token of c.tokens) {
    if (token.node === node && token.scope === scope && token.waits.for === "join") return token;
  }
  return undefined;
}

function keep(c: Case, moving: Moving, join: { waiting: LiveToken | undefined; arrived: readonly string[] }): void {
  const { waiting, arrived } = join;
  if (!waiting) stay(c, { scope: moving.scope, node: moving.node }, { for: "join", arrived });
  else if (waiting.waits.for === "join") waiting.waits = { ...waiting.waits, arrived };
}

function keepRest(c: Case, waiting: LiveToken | undefined, rest: readonly string[]): void {
  if (!waiting) return;
  if (rest.length > 0) {
    waiting.waits = { for: "join", arrived: rest };
    return;
  }
  take(c, waiting);
  release(c, waiting.scope);
}

/** Waits for a number of tokens before an activity begins (`startQuantity`); gives true when enough are there. */
export function enough(c: Case, moving: Moving): boolean {
  const { node, flow } = moving;
  if (node.startQuantity <= 1 || !flow || moving.of) return true;
  const waiting = joinOf(c, moving.scope, node);
  const arrived = waiting?.waits.for === "join" ? [...waiting.waits.arrived, flow.id] : [flow.id];
  if (arrived.length < node.startQuantity) {
    note(c, { kind: "taken", node: node.id, flow: flow.id });
    keep(c, moving, { waiting, arrived });
    return false;
  }
  keepRest(c, waiting, arrived.slice(node.startQuantity));
  return true;
}

export function enterInclusive(c: Case, moving: Moving): void {
  if (moving.node.incoming.length > 1 && moving.flow) {
    gather(c, moving);
    return;
  }
  entered(c, moving);
  if (!split(c, moving.scope, moving.node)) noFlow(c, moving.scope, moving.node);
}

function noFlow(c: Case, scope: LiveScope, node: Node): void {
  if (node.outgoing.length > 0) stuck(c, { scope, node, of: undefined, own: undefined }, { code: "no-flow", leaving: true });
}

function gather(c: Case, moving: Moving): void {
  const { scope, node, flow } = moving;
  if (!flow) return;
  note(c, { kind: "taken", node: node.id, flow: flow.id });
  const waiting = joinOf(c, scope, node);
  const arrived = waiting?.waits.for === "join" ? [...waiting.waits.arrived, flow.id] : [flow.id];
  keep(c, moving, { waiting, arrived });
}

export function enterComplex(c: Case, moving: Moving): void {
  const { scope, node } = moving;
  if (node.incoming.length <= 1 || !moving.flow) {
    enterInclusive(c, moving);
    return;
  }
  gather(c, moving);
  const token = joinOf(c, scope, node);
  if (token?.waits.for !== "join" || token.waits.fired) return;
  const { arrived } = token.waits;
  const count = { activationCount: arrived.length, waitingForStart: true };
  const active = node.activation
    ? node.activation.evaluate({ ...seen(scope, undefined), ...count }, c.moment) === true
    : arrived.length >= node.incoming.length;
  if (!active) return;
  token.waits = { for: "join", arrived, fired: true };
  note(c, { kind: "entered", node: node.id });
  if (!split(c, scope, node)) noFlow(c, scope, node);
}

/**
 * Lets one inclusive or complex join go on when nothing can reach it any more that it would have to wait for (§13.4.3, §13.4.6). Where
 * joins only wait for each other the one that has waited longest goes first. Gives whether one did.
 */
export function fireJoin(c: Case): boolean {
  const waiting: LiveToken[] = [];
  for (const token of c.tokens) {
    if (token.waits.for === "join" && (token.node?.kind === "inclusive" || token.node?.kind === "complex")) waiting.push(token);
  }
  const blocked = new Map<LiveToken, readonly LiveToken[]>();
  for (const token of waiting) {
    const blockers = blockersOf(c, token);
    if (blockers.length === 0) {
      fire(c, token);
      return true;
    }
    blocked.set(token, blockers);
  }
  const circular = waiting.find((token) => waitsOnlyForJoins(token, blocked));
  if (circular) fire(c, circular);
  return circular !== undefined;
}

function waitsOnlyForJoins(token: LiveToken, blocked: ReadonlyMap<LiveToken, readonly LiveToken[]>): boolean {
  const found = new Set([token]);
  for (const one of found) {
    const blockers = blocked.get(one);
    if (!blockers) return false;
    for (const blocker of blockers) found.add(blocker);
  }
  return true;
}

/** Tokens of the same scope that can reach a flow nothing has come by yet, and none of those something has come by. */
function blockersOf(c: Case, join: LiveToken): readonly LiveToken[] {
  const { node, scope, waits } = join;
  const upstream = node && c.plan.upstream.get(node.index);
  if (!node || !upstream || waits.for !== "join") return [];
  const came = node.incoming.map((flow) => waits.arrived.includes(c.model.flows[flow]!.id));
  const blockers: LiveToken[] = [];
  for (const token of c.tokens) {
    if (token.scope !== scope || token === join || !token.node || token.of) continue;
    const from = token.node.index;
    const missing = upstream.some((reach, index) => !came[index] && reach[from] === 1);
    if (missing && !upstream.some((reach, index) => came[index] && reach[from] === 1)) blockers.push(token);
  }
  return blockers;
}

function fire(c: Case, token: LiveToken): void {
  const { node, scope, waits } = token;
  if (!node || waits.for !== "join") return;
  if (node.kind === "complex") {
    // The gateway is ready for its next round; whoever came late is taken in (§13.4.6, reset).
    take(c, token);
    if (!waits.fired) noFlow(c, scope, node);
    release(c, scope);
    return;
  }
  const rest = [...waits.arrived];
  for (const id of new Set(waits.arrived)) rest.splice(rest.indexOf(id), 1);
  note(c, { kind: "entered", node: node.id });
  if (!split(c, scope, node)) noFlow(c, scope, node);
  if (rest.length > 0) token.waits = { for: "join", arrived: rest };
  else {
    take(c, token);
    release(c, scope);
  }
}

/** Waits for the first of the events behind the gateway; for all of them each waits for itself. */
export function enterEventBased(c: Case, moving: Moving): void {
  const { node, scope } = moving;
  entered(c, moving);
  if (node.waitsForAll) {
    for (const index of node.outgoing) send(c, scope, c.model.flows[index]!);
    return;
  }
  const events: Armed[] = [];
  for (const index of node.outgoing) {
    const target = c.model.nodes[c.model.flows[index]!.to]!;
    const waits = armed(c, target, { place: moving, since: c.at });
    if (waits === "unreadable") {
      stuck(c, moving, { code: "unreadable-time", leaving: false });
      return;
    }
    if (waits) events.push({ node: target.id, waits });
  }
  stay(c, moving, { for: "any", events });
}
