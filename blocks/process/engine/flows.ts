import { listen } from "./arming.ts";
import { type Case, type LiveScope, type LiveToken, type Moving, note, type Place, put, send, stay, take } from "./case.ts";
import type { Flow, Node, Variables } from "./model.ts";
import { release } from "./scopes.ts";
import { seen } from "./variables.ts";

/** No outgoing flow held: kept as an incident where a token stood, for an officer to mend. */
export function stuck(c: Case, place: Place, how: { code: string; leaving: boolean }): void {
  const token = stay(
    c,
    place,
    how.leaving
      ? { for: "incident", code: how.code, attempts: 0, since: c.at, leaving: true }
      : { for: "incident", code: how.code, attempts: 0, since: c.at },
  );
  note(c, { kind: "incident", node: place.node.id, token: token.id, said: { code: how.code } });
}

/** Sends tokens out of an activity or an event: along every flow without a condition and every one that holds, else the default. */
export function leave(c: Case, scope: LiveScope, node: Node): void {
  const { outgoing, completionQuantity } = node;
  if (outgoing.length === 0) return;
  for (let left = completionQuantity; left > 0; left--) {
    if (outgoing.length === 1) {
      const only = c.model.flows[outgoing[0]!]!;
      if (!only.condition) {
        send(c, scope, only);
        continue;
      }
    }
    if (!split(c, scope, node)) stuck(c, { scope, node, of: undefined, own: undefined }, { code: "no-flow", leaving: true });
  }
}

/** Inclusive choice; false where nothing holds and there is no default. */
export function split(c: Case, scope: LiveScope, node: Node): boolean {
  const variables = seen(scope, undefined);
  let any = false;
  let unconditional = false;
  for (const index of node.outgoing) {
    if (index === node.default) continue;
    const flow = c.model.flows[index]!;
    if (flow.condition === undefined) unconditional = true;
    else if (!holds(c, flow, variables)) continue;
    else any = true;
    send(c, scope, flow);
  }
  if (any || (unconditional && node.default === undefined)) return true;
  if (node.default === undefined) return false;
  send(c, scope, c.model.flows[node.default]!);
  return true;
}

export function holds(c: Case, flow: Flow, variables: Variables): boolean {
  return flow.condition === undefined || flow.condition.evaluate(variables, c.moment) === true;
}

/** Exclusive choice: the first flow that holds, in the order of the file. */
export function choose(c: Case, moving: Moving): void {
  const { node, scope } = moving;
  const { outgoing } = node;
  if (outgoing.length === 0) return;
  let variables: Variables | undefined;
  for (const index of outgoing) {
    if (index === node.default) continue;
    const flow = c.model.flows[index]!;
    if (flow.condition !== undefined) variables ??= seen(scope, undefined);
    if (flow.condition === undefined || holds(c, flow, variables!)) {
      send(c, scope, flow);
      return;
    }
  }
  if (node.default !== undefined) {
    send(c, scope, c.model.flows[node.default]!);
    return;
  }
  stuck(c, moving, { code: "no-flow", leaving: false });
}

/** Mends a stuck token by trying again what it could not do. */
export function tryAgain(c: Case, token: LiveToken, leaving: boolean): void {
  const { node, scope } = token;
  if (!node) return;
  const { era } = scope;
  take(c, token);
  if (leaving) leave(c, scope, node);
  else if (node.scope !== scope.scope.index) listen(c, scope, node);
  else put(c, { scope, node, of: token.of, own: token.own });
  release(c, scope, era);
}
