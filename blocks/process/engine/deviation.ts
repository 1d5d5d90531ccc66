import { settle } from "./activities.ts";
import { beginOne } from "./ad-hoc.ts";
import { armBoundaries, armListening } from "./arming.ts";
import { type Case, type LiveScope, type LiveToken, nodeById, note, put, stay, take, tokenById } from "./case.ts";
import { leave } from "./flows.ts";
import type { Node } from "./model.ts";
import { settleAdded } from "./people.ts";
import { declare, empty, end, interrupt, openScope, release } from "./scopes.ts";
import type { Command, Refusal } from "./state.ts";
import { workingDaysAfter } from "./timers.ts";

/** What an officer does against the drawing, with a reason: another step, an earlier step, a step nobody drew, a step left out. */

type Of<Kind extends Command["kind"]> = Extract<Command, { kind: Kind }>;
type Stop = Extract<Command, { kind: "suspend" | "resume" | "cancel" }>;

export function move(c: Case, command: Of<"move">): Refusal | undefined {
  const node = nodeById(c, command.to);
  if (!node) return "no-such-node";
  const tokens: LiveToken[] = [];
  for (const id of command.tokens) {
    const token = tokenById(c, id);
    if (!token) return "no-such-token";
    if (token.of) return "cannot-move-there";
    tokens.push(token);
  }
  if (!mayBeEntered(node)) return "cannot-move-there";
  const path = pathTo(c, tokens[0]?.scope ?? c.root, node);
  if (!path || tokens.some((token) => leavesInstance(token, path.scope))) return "cannot-move-there";
  note(c, {
    kind: "moved",
    node: node.id,
    by: command.by,
    said: { reason: command.reason, from: tokens.map((token) => token.node?.id ?? "") },
  });
  // The new place is taken first: a scope that is moved within is never empty in between.
  const scope = path.inward.reduce((outer, holder) => openOnTheWay(c, outer, holder), path.scope);
  put(c, { scope, node, of: undefined, own: undefined });
  for (const token of tokens) if (token.there) withdraw(c, token);
  return undefined;
}

function mayBeEntered(node: Node): boolean {
  return node.kind !== "boundary" && node.kind !== "event-sub-process" && node.kind !== "start" && !node.forCompensation;
}

/** Whether a token would be taken out of one instance of a repeated sub-process: the others would count it for ever. */
function leavesInstance(token: LiveToken, to: LiveScope): boolean {
  for (let scope: LiveScope | undefined = token.scope; scope && scope !== to; scope = scope.parent)
    if (scope.holder?.of) return true;
  return false;
}

interface Path {
  /** Open scope the way begins in. */
  readonly scope: LiveScope;
  /** Sub-processes that have to be opened, from the outside in. */
  readonly inward: readonly Node[];
}

/** The way from an open scope to a node: out as far as needed, then in through sub-processes that can simply be opened. */
function pathTo(c: Case, from: LiveScope | undefined, node: Node): Path | undefined {
  const inward: Node[] = [];
  for (let index: number | undefined = node.scope; index !== undefined; ) {
    for (let scope = from; scope; scope = scope.parent) if (scope.scope.index === index) return { scope, inward };
    const holder: number | undefined = c.model.scopes[index]!.node;
    const held: Node | undefined = holder === undefined ? undefined : c.model.nodes[holder]!;
    if (!held || held.repeat || held.kind === "event-sub-process" || held.input) return undefined;
    inward.unshift(held);
    index = held.scope;
  }
  return undefined;
}

/** Takes a token away; a sub-process that has nothing left inside goes with it. */
function withdraw(c: Case, token: LiveToken): void {
  let gone: LiveToken | undefined = token;
  while (gone) {
    const { scope }: LiveToken = gone;
    interrupt(c, gone);
    scope.live -= 1;
    gone = scope.live === 0 ? scope.holder : undefined;
  }
}

function openOnTheWay(c: Case, outer: LiveScope, holder: Node): LiveScope {
  const token = stay(c, { scope: outer, node: holder }, { for: "scope", scope: 0 });
  note(c, { kind: "entered", node: holder.id, token: token.id });
  armBoundaries(c, token);
  const scope = openScope(c, c.model.scopes[holder.inner!]!, {
    holder: token,
    variables: holder.kind === "call" ? { ...outer.variables } : {},
  });
  declare(c, scope);
  armListening(c, scope);
  return scope;
}

export function add(c: Case, command: Of<"add">): void {
  if (!c.root) return;
  const { title, role, days, reason, by } = command;
  const due = days === undefined ? undefined : workingDaysAfter(c.at, days, c.model.calendar);
  const token = stay(c, { scope: c.root, node: undefined }, { for: "person", role, ...(due !== undefined && { due }) });
  token.added = { title, ...(days !== undefined && { days }) };
  note(c, { kind: "added", token: token.id, by, said: { title, role, reason } });
}

/** Begins an activity of an ad-hoc sub-process. */
export function begin(c: Case, command: Of<"begin">): Refusal | undefined {
  const node = nodeById(c, command.node);
  if (!node || c.model.scopes[node.scope]?.kind !== "ad-hoc") return "no-such-node";
  const scope = [...c.scopes].find((one) => one.scope.index === node.scope);
  if (!scope || (scope.scope.adHoc?.sequential && scope.live > 0)) return "not-waiting";
  if (!mayBeEntered(node)) return "cannot-move-there";
  beginOne(c, scope, node);
  return undefined;
}

/** Leaves out what a token waits for: the case goes on as if it were done. */
export function skip(c: Case, token: LiveToken, command: Of<"skip">): Refusal | undefined {
  const { node, waits, scope } = token;
  const { output, by, reason } = command;
  if (!node) {
    settleAdded(c, token, { output, by });
    return undefined;
  }
  if (waits.for === "join" || waits.for === "compensation" || isGateway(node)) return "not-waiting";
  empty(c, token);
  if (node.kind === "catch" || (waits.for === "incident" && waits.leaving)) {
    const { era } = scope;
    take(c, token);
    note(c, { kind: "skipped", node: node.id, token: token.id, by, said: { reason } });
    leave(c, scope, node);
    release(c, scope, era);
  } else settle(c, token, { result: output, by, skipped: reason });
  return undefined;
}

function isGateway(node: Node): boolean {
  switch (node.kind) {
    case "exclusive":
    case "parallel":
    case "inclusive":
    case "complex":
    case "event-based":
    case "start":
      return true;
    default:
      return false;
  }
}

export function suspend(c: Case, command: Stop): void {
  c.status = command.kind === "suspend" ? "suspended" : "running";
  note(c, { kind: command.kind === "suspend" ? "suspended" : "resumed", by: command.by, said: { reason: command.reason } });
}

export function cancelCase(c: Case, command: Stop): void {
  for (const token of [...c.tokens]) if (token.there && token.scope === c.root) interrupt(c, token);
  note(c, { kind: "cancelled", by: command.by, said: { reason: command.reason } });
  end(c, "cancelled");
}
