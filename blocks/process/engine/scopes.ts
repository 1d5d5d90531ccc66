import { finish } from "./activities.ts";
import { adHocQuiet } from "./ad-hoc.ts";
import { armListening } from "./arming.ts";
import { type Case, dropScope, isUnder, type LiveScope, type LiveToken, note, put, take, type Values } from "./case.ts";
import type { Node, Scope } from "./model.ts";
import type { Status } from "./state.ts";
import { seen } from "./variables.ts";

/** Scopes: the process, sub-processes, called processes: how they begin, end and are emptied. */

export function openScope(
  c: Case,
  scope: Scope,
  within: { holder: LiveToken; variables: Values } | { variables: Values },
): LiveScope {
  const holder = "holder" in within ? within.holder : undefined;
  const open: LiveScope = {
    id: c.next++,
    scope,
    node: holder?.node,
    parent: holder?.scope,
    holder,
    since: c.at,
    variables: within.variables,
    done: undefined,
    listening: undefined,
    taken: false,
    begun: undefined,
    live: 0,
    era: 0,
    closed: false,
  };
  c.scopes.push(open);
  if (holder) {
    holder.inner = open;
    holder.waits = { for: "scope", scope: open.id };
  }
  return open;
}

/** Declares the variables of a scope. */
export function declare(c: Case, scope: LiveScope): void {
  for (const [name, initial] of Object.entries(scope.scope.variables)) {
    if (Object.hasOwn(scope.variables, name)) continue;
    scope.variables[name] = initial ? (initial.evaluate(seen(scope, undefined), c.moment) ?? null) : null;
  }
}

/** Lets a scope begin: where it begins without a trigger, unless said where. */
export function begin(c: Case, scope: LiveScope, at: readonly Node[] = c.plan.begins[scope.scope.index]!): void {
  declare(c, scope);
  armListening(c, scope);
  if (scope.scope.kind === "ad-hoc") return;
  for (const node of at) put(c, { scope, node, of: undefined, own: undefined });
}

/** One thing less is going on in a scope; with the last one it is over. `era` is that of when the thing was counted. */
export function release(c: Case, scope: LiveScope, era: number = scope.era): void {
  if (scope.closed || scope.era !== era) return;
  scope.live -= 1;
  if (scope.live === 0) quiet(c, scope);
}

/** Nothing goes on in a scope any more. */
export function quiet(c: Case, scope: LiveScope): void {
  if (scope.closed || c.status !== "running") return;
  if (scope.scope.kind === "ad-hoc" && !adHocQuiet(c, scope)) return;
  complete(c, scope);
}

/** Ends a scope as drawn: what holds it goes on. */
export function complete(c: Case, scope: LiveScope): void {
  const { holder } = scope;
  if (!holder) {
    end(c, "ended");
    return;
  }
  const { era } = holder.scope;
  dropScope(c, scope);
  take(c, holder);
  if (holder.node?.kind === "event-sub-process") note(c, { kind: "done", node: holder.node.id, token: holder.id });
  else if (holder.node)
    finish(c, { scope: holder.scope, node: holder.node, of: holder.of, own: holder.own }, { token: holder, closed: scope });
  release(c, holder.scope, era);
}

/** The case is over. */
export function end(c: Case, status: Status): void {
  c.status = status;
  c.tokens = [];
  c.joining = 0;
  c.thrown = [];
  for (const scope of [...c.scopes]) if (scope !== c.root) dropScope(c, scope);
  if (c.root) {
    c.root.listening = undefined;
    c.root.done = undefined;
    c.root.live = 0;
    c.root.era += 1;
  }
  if (status === "ended") note(c, { kind: "ended" });
}

/** Takes away everything that goes on in a scope; the scope itself stays. */
export function clear(c: Case, scope: LiveScope): void {
  for (const token of [...c.tokens]) {
    if (token.scope === scope && token.there) interrupt(c, token);
  }
  scope.live = 0;
  scope.era += 1;
}

/** Takes away a token with all that stands inside it, and says so in the record. The scope still counts the token itself. */
export function interrupt(c: Case, token: LiveToken): void {
  empty(c, token);
  remove(c, token);
}

/** Takes away what stands inside a token. */
export function empty(c: Case, token: LiveToken): void {
  for (const other of [...c.tokens]) {
    if (other !== token && isUnder(other, token)) {
      remove(c, other);
      if (!other.scope.closed) other.scope.live -= 1;
    }
  }
  if (token.inner) dropScope(c, token.inner);
}

function remove(c: Case, token: LiveToken): void {
  if (token.inner) dropScope(c, token.inner);
  take(c, token);
  if (token.waits.for === "join") return;
  const whole = token.waits.for === "instances" ? { said: { whole: true } } : undefined;
  note(c, { kind: "interrupted", token: token.id, ...(token.node && { node: token.node.id }), ...whole });
}
