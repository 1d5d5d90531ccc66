import { type Case, type LiveScope, type LiveToken, nodeById, note, put, stay, take, type Values } from "./case.ts";
import { leave } from "./flows.ts";
import { undoingStart } from "./plan.ts";
import { openScope, quiet, release } from "./scopes.ts";
import type { Done } from "./state.ts";
import { fireCancel } from "./throwing.ts";

/** Compensation (BPMN 2.0.2 §13.5.5): what was done is undone, the last first, each with the variables it saw. */

/** Takes out of a scope what a throw of compensation asks to undo. */
export function takeDone(c: Case, from: LiveScope, activity: string | undefined): Done[] {
  if (activity === undefined) {
    // An event sub-process undoes the scope it stands in.
    const scope = from.scope.kind === "event-sub-process" && from.parent ? from.parent : from;
    const all = scope.done ?? [];
    scope.done = undefined;
    return all;
  }
  const index = nodeById(c, activity)?.scope;
  for (let scope: LiveScope | undefined = from; scope; scope = scope.parent) {
    if (scope.scope.index !== index || !scope.done) continue;
    const all = scope.done;
    scope.done = all.filter((one) => one.node !== activity);
    return all.filter((one) => one.node === activity);
  }
  return [];
}

/** Makes a token wait until everything is undone; it goes on at once when there is nothing. */
export function undo(c: Case, place: { scope: LiveScope; node: NonNullable<LiveToken["node"]> }, left: readonly Done[]): void {
  const token = stay(c, place, { for: "compensation", left });
  advanceHandlers(c, token);
}

/** Begins the next handler, or lets the token go on. */
export function advanceHandlers(c: Case, token: LiveToken): void {
  if (token.waits.for !== "compensation") return;
  const left = [...token.waits.left];
  for (let entry = left.pop(); entry; entry = left.pop()) {
    token.waits = { for: "compensation", left: [...left] };
    if (begin(c, token, entry)) return;
  }
  undone(c, token);
}

/** Begins the handler of one activity; false where there is none any more. */
function begin(c: Case, token: LiveToken, entry: Done): boolean {
  const activity = nodeById(c, entry.node);
  const scope = activity && scopeOf(token, activity.scope);
  if (!activity || !scope) return false;
  if (activity.compensatedBy !== undefined) {
    note(c, { kind: "compensated", node: activity.id });
    const handler = c.model.nodes[activity.compensatedBy]!;
    put(c, { scope, node: handler, of: token, own: { ...entry.own } });
    return true;
  }
  if (activity.inner === undefined) return false;
  note(c, { kind: "compensated", node: activity.id });
  reopen(c, stay(c, { scope, node: activity, of: token }, { for: "scope", scope: 0 }), entry);
  return true;
}

function scopeOf(token: LiveToken, index: number): LiveScope | undefined {
  for (let scope: LiveScope | undefined = token.scope; scope; scope = scope.parent) if (scope.scope.index === index) return scope;
  return undefined;
}

/** Undoes the inside of a sub-process that is done: by its own event sub-process, else activity by activity. */
function reopen(c: Case, holder: LiveToken, entry: Done): void {
  const { node } = holder;
  if (node?.inner === undefined) return;
  const inner = c.model.scopes[node.inner]!;
  const variables: Values = { ...entry.own };
  const scope = openScope(c, inner, { holder, variables });
  scope.done = entry.inner && [...entry.inner];
  scope.taken = true;
  const start = undoingStart(c.model, inner);
  if (!start) {
    const left = takeDone(c, scope, undefined);
    undo(c, { scope, node }, left);
    return;
  }
  const within = c.model.scopes[start.scope]!;
  const handling = within.node === undefined ? undefined : c.model.nodes[within.node];
  if (!handling) {
    quiet(c, scope);
    return;
  }
  const token = stay(c, { scope, node: handling }, { for: "scope", scope: 0 });
  note(c, { kind: "entered", node: handling.id, token: token.id });
  const open = openScope(c, within, { holder: token, variables: {} });
  put(c, { scope: open, node: start, of: undefined, own: undefined });
}

/** Everything is undone: the thrower goes on as its kind says. */
function undone(c: Case, token: LiveToken): void {
  const { node, scope } = token;
  if (!node) return;
  const { era } = scope;
  take(c, token);
  if (node.kind === "throw") leave(c, scope, node);
  else if (node.kind === "end" && node.events.some((event) => event.kind === "cancel")) {
    fireCancel(c, scope);
    return;
  }
  release(c, scope, era);
}
