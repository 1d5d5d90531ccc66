import { sendMessage } from "./activities.ts";
import { type Case, entered, isCurrent, type LiveScope, type LiveToken, type Moving, note, put, type Thrown } from "./case.ts";
import { fire, fireBoundary, isWaiting, met, nodeOfSpot, spots, startHandler, waitsOf } from "./catching.ts";
import { takeDone, undo } from "./compensation.ts";
import { leave } from "./flows.ts";
import type { EventDefinition, Node } from "./model.ts";
import { startOf } from "./plan.ts";
import { clear, complete, end, interrupt, release } from "./scopes.ts";
import { mapped, seen } from "./variables.ts";

/** Throwing events (BPMN 2.0.2 §13.5): what is thrown waits until nothing moves, then is caught by the nearest that can. */

export function enterThrow(c: Case, moving: Moving): void {
  const { node, scope } = moving;
  entered(c, moving);
  if (node.events.length === 0) {
    if (node.kind === "throw") leave(c, scope, node);
    return;
  }
  scope.live += 1;
  proceed(c, { scope, era: scope.era, node, index: 0 });
}

/** Throws what need not wait; the first that has to is put off. */
function proceed(c: Case, thrown: Thrown): void {
  const { scope, node } = thrown;
  const events = c.plan.throws[node.index]!;
  for (; thrown.index < events.length; thrown.index++) {
    const event = events[thrown.index]!;
    if (event.kind === "message") {
      sendMessage(c, { scope, node, of: undefined, own: undefined }, messageOf(node, event));
    } else if (event.kind === "link") {
      jump(c, thrown, event.name);
      return;
    } else if (event.kind === "terminate") {
      terminate(c, scope, node);
      return;
    } else {
      c.thrown.push(thrown);
      return;
    }
  }
  if (node.kind === "throw") leave(c, scope, node);
  release(c, scope, thrown.era);
}

function messageOf(node: Node, event: Extract<EventDefinition, { kind: "message" }>): Parameters<typeof sendMessage>[2] {
  const parameters = node.work?.kind === "message" ? node.work.parameters : (node.input ?? []);
  return { name: event.name, parameters, ...(event.correlation && { correlation: event.correlation }) };
}

function jump(c: Case, thrown: Thrown, name: string): void {
  const target = c.plan.links.get(`${thrown.node.scope} ${name}`);
  if (target) put(c, { scope: thrown.scope, node: target, of: undefined, own: undefined });
  release(c, thrown.scope, thrown.era);
}

/** Ends the scope at once, with all that goes on in it. */
function terminate(c: Case, scope: LiveScope, node: Node): void {
  clear(c, scope);
  if (scope.holder) {
    complete(c, scope);
    return;
  }
  note(c, { kind: "terminated", node: node.id });
  end(c, "terminated");
}

/** Delivers the oldest throw; gives whether there was one. */
export function deliverThrow(c: Case): boolean {
  const thrown = c.thrown.shift();
  if (!thrown) return false;
  if (!isCurrent(thrown)) return true;
  const event = c.plan.throws[thrown.node.index]![thrown.index]!;
  thrown.index += 1;
  if (event.kind === "signal") {
    throwSignal(c, thrown, event.name);
    if (isCurrent(thrown)) proceed(c, thrown);
  } else if (event.kind === "escalation") {
    escalate(c, { scope: thrown.scope, node: thrown.node }, event.code ?? "");
    if (isCurrent(thrown)) proceed(c, thrown);
  } else if (event.kind === "error") throwError(c, thrown, event.code ?? "");
  else if (event.kind === "cancel") cancel(c, thrown);
  else if (event.kind === "compensation") {
    undo(c, thrown, takeDone(c, thrown.scope, event.activity));
    release(c, thrown.scope, thrown.era);
  } else proceed(c, thrown);
  return true;
}

/** A signal reaches everyone who waits for it now, in this case and, by an effect, in all others. */
function throwSignal(c: Case, thrown: Thrown, name: string): void {
  const { scope, node } = thrown;
  const input = node.input ? mapped(c, node.input, seen(scope, undefined)) : {};
  c.effects.push({ kind: "signal", node: node.id, name, key: String(c.next++), input });
  note(c, { kind: "thrown", node: node.id, said: { signal: name } });
  broadcast(c, name, node.input && input);
}

/** Gives whether anybody waited. */
export function broadcast(c: Case, name: string, brought: Parameters<typeof fire>[2]["brought"]): boolean {
  let any = false;
  for (const spot of spots(c)) {
    if (!isWaiting(spot) || c.status !== "running") continue;
    const found = met(nodeOfSpot(spot), waitsOf(spot), (waits) => waits.for === "signal" && waits.name === name);
    if (!found) continue;
    any = true;
    fire(c, spot, { met: found, brought });
  }
  return any;
}

/** Where something thrown comes from. */
export interface Origin {
  readonly scope: LiveScope;
  readonly token?: LiveToken;
  readonly node?: Node;
}

type Catch =
  | { readonly at: "boundary"; readonly token: LiveToken; readonly node: Node }
  | { readonly at: "scope"; readonly scope: LiveScope; readonly node: Node };

/** The nearest that catches an error or an escalation, from the inside out; one for the code itself before one for all. */
export function findCatch(c: Case, origin: Origin, what: { kind: "error" | "escalation"; code: string }): Catch | undefined {
  let token = origin.token;
  let from: Node | undefined;
  for (let scope: LiveScope | undefined = origin.scope; scope; scope = scope.parent) {
    for (let at = token && wholeOf(token); at; at = at.of) {
      const boundary = at.node && best(c.model.nodes, at.node.boundaries, what);
      if (boundary) return { at: "boundary", token: at, node: boundary };
    }
    if (!scope.taken) {
      const starts = scope.scope.eventSubProcesses.flatMap((index) => {
        const start = c.model.nodes[index] === from ? undefined : startOf(c.model, c.model.nodes[index]!);
        return start ? [start.index] : [];
      });
      const start = best(c.model.nodes, starts, what);
      if (start) return { at: "scope", scope, node: start };
    }
    from = scope.node;
    token = scope.holder;
  }
  return undefined;
}

/** Boundary events stand on the whole of a repeated activity, not on its instances. */
function wholeOf(token: LiveToken): LiveToken {
  return token.of?.node === token.node && token.of?.waits.for === "instances" ? token.of : token;
}

function best(
  nodes: readonly Node[],
  among: readonly number[],
  what: { kind: "error" | "escalation"; code: string },
): Node | undefined {
  let all: Node | undefined;
  for (const index of among) {
    const node = nodes[index]!;
    for (const event of node.events) {
      if ((event.kind !== "error" && event.kind !== "escalation") || event.kind !== what.kind) continue;
      if (event.code === what.code && what.code !== "") return node;
      if (event.code === undefined || event.code === "") all ??= node;
    }
  }
  return all;
}

function catchIt(c: Case, caught: Catch): void {
  if (caught.at === "boundary") fireBoundary(c, caught.token, { node: caught.node, brought: undefined });
  else startHandler(c, caught.scope, { node: caught.node, brought: undefined });
}

/** An error that a drawn event throws; nobody catching it ends the case. */
function throwError(c: Case, thrown: Thrown, code: string): void {
  note(c, { kind: "thrown", node: thrown.node.id, said: { error: code } });
  const caught = findCatch(c, { scope: thrown.scope, node: thrown.node }, { kind: "error", code });
  if (caught) {
    catchIt(c, caught);
    // A catch that does not interrupt is refused at reading; the thrower is over all the same.
    release(c, thrown.scope, thrown.era);
    return;
  }
  note(c, { kind: "terminated", node: thrown.node.id, said: { error: code } });
  end(c, "terminated");
}

/** A business error of a token's work. False where nobody catches it. */
export function raise(c: Case, token: LiveToken, code: string): boolean {
  const caught = findCatch(c, { scope: token.scope, token }, { kind: "error", code });
  if (!caught) return false;
  note(c, { kind: "failed", token: token.id, ...(token.node && { node: token.node.id }), said: { error: code } });
  catchIt(c, caught);
  return true;
}

/** An escalation; one nobody catches is noted and the case goes on. */
export function escalate(c: Case, origin: Origin, code: string): void {
  const node = origin.node ?? origin.token?.node;
  const caught = findCatch(c, origin, { kind: "escalation", code });
  note(c, { kind: "thrown", ...(node && { node: node.id }), said: { escalation: code, caught: caught !== undefined } });
  if (caught) catchIt(c, caught);
}

/** Cancels the transaction: what goes on in it ends, what was done is undone, then it is left by its cancel event. */
function cancel(c: Case, thrown: Thrown): void {
  let { scope } = thrown;
  while (scope.scope.kind !== "transaction" && scope.parent) scope = scope.parent;
  note(c, { kind: "thrown", node: thrown.node.id, said: { cancel: true } });
  const done = scope.done ?? [];
  scope.done = undefined;
  clear(c, scope);
  scope.listening = undefined;
  scope.taken = true;
  undo(c, { scope, node: thrown.node }, done);
}

/** Leaves a cancelled transaction. */
export function fireCancel(c: Case, scope: LiveScope): void {
  const { holder } = scope;
  if (!holder) {
    end(c, "terminated");
    return;
  }
  const boundary = holder.node?.boundaries
    .map((index) => c.model.nodes[index]!)
    .find((node) => node.events.some((event) => event.kind === "cancel"));
  if (boundary) {
    fireBoundary(c, holder, { node: boundary, brought: undefined });
    return;
  }
  const { era } = holder.scope;
  interrupt(c, holder);
  release(c, holder.scope, era);
}
