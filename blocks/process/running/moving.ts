import type { Model, Node } from "../engine/model.ts";
import type { Armed, Done, EventWait, OpenScope, State, Token, Wait } from "../engine/state.ts";

/** Why a case cannot go over: the place it stands at, and what is missing there. */
export interface Obstacle {
  node: string;
  why: "no-target" | "other-kind" | "other-scope";
}

export type Moved = { ok: true; state: State } | { ok: false; obstacles: Obstacle[] };

/** From where to where; `nodes` names what is called otherwise there. */
export interface Move {
  from: Model;
  to: Model;
  nodes: Readonly<Record<string, string>>;
}

const nodeIn = (model: Model, id: string): Node | undefined => {
  const index = model.nodeOf.get(id);
  return index === undefined ? undefined : model.nodes[index];
};

/**
 * A state of one model as a state of another one. Every place where something is or waits must have a target of the same kind in the
 * same scope; else nothing is moved and the obstacles are told. Pure; timers stay as they are due.
 */
export function moveState(state: State, move: Move): Moved {
  const obstacles: Obstacle[] = [];
  const target = (id: string): string => {
    const problem = obstacleAt(id, move);
    if (problem && !obstacles.some((one) => one.node === id)) obstacles.push({ node: id, why: problem });
    return move.nodes[id] ?? id;
  };
  const tokens = state.tokens.map((token): Token => {
    const { boundaries, ...rest } = token;
    const node = token.node === "" ? "" : target(token.node);
    const kept = boundaries?.flatMap((one) => movedArmed(one, move));
    return {
      ...rest,
      node,
      waits: movedWait(token.waits, { move, target }),
      ...(kept && kept.length > 0 && { boundaries: kept }),
    };
  });
  const scopes = state.scopes.map((scope): OpenScope => {
    const { listening, done, begun, ...rest } = scope;
    const heard = listening?.flatMap((one) => movedArmed(one, move));
    const undoable = done && movedDone(done, move);
    return {
      ...rest,
      node: scope.node === "" ? "" : target(scope.node),
      ...(heard && heard.length > 0 && { listening: heard }),
      ...(undoable && undoable.length > 0 && { done: undoable }),
      ...(begun && { begun: begun.map((id) => move.nodes[id] ?? id) }),
    };
  });
  if (obstacles.length > 0) return { ok: false, obstacles };
  const doers = state.doers && Object.fromEntries(Object.entries(state.doers).map(([id, who]) => [move.nodes[id] ?? id, who]));
  return { ok: true, state: { ...state, model: move.to.hash, tokens, scopes, ...(doers && { doers }) } };
}

function obstacleAt(id: string, { from, to, nodes }: Move): Obstacle["why"] | undefined {
  const [node, target] = [nodeIn(from, id), nodeIn(to, nodes[id] ?? id)];
  if (!node || !target) return "no-target";
  if (node.kind !== target.kind || node.repeat?.kind !== target.repeat?.kind || node.work?.kind !== target.work?.kind)
    return "other-kind";
  const [holder, held] = [holderOf(from, node), holderOf(to, target)];
  return (holder === undefined ? undefined : (nodes[holder] ?? holder)) === held ? undefined : "other-scope";
}

/** Id of the element around a node; none directly in the process. */
function holderOf(model: Model, node: Node): string | undefined {
  const index = model.scopes[node.scope]?.node;
  return index === undefined ? undefined : model.nodes[index]?.id;
}

/** An event that waits beside: gone where the other model does not have it. */
function movedArmed(armed: Armed, move: Move): Armed[] {
  const [was, is] = [nodeIn(move.from, armed.node), nodeIn(move.to, move.nodes[armed.node] ?? armed.node)];
  if (!was || !is || was.kind !== is.kind || was.events[0]?.kind !== is.events[0]?.kind) return [];
  return [{ node: is.id, waits: movedEvents(armed.waits, move) }];
}

function movedEvents(wait: EventWait, move: Move): EventWait {
  if (wait.for !== "any" && wait.for !== "all") return wait;
  const events = wait.events.map((one) => ({ node: move.nodes[one.node] ?? one.node, waits: movedEvents(one.waits, move) }));
  return { ...wait, events };
}

function movedWait(wait: Wait, { move, target }: { move: Move; target(id: string): string }): Wait {
  switch (wait.for) {
    case "any":
    case "all":
      for (const { node } of wait.events) target(node);
      return movedEvents(wait, move);
    case "join":
      // A flow that is not there any more can never be waited for: what came by it would be forgotten.
      for (const id of wait.arrived) if (!move.to.flows.some((flow) => flow.id === id)) target(`flow ${id}`);
      return wait;
    case "compensation":
      return { ...wait, left: movedDone(wait.left, move) };
    default:
      return wait;
  }
}

function movedDone(done: readonly Done[], move: Move): Done[] {
  return done.flatMap((one) => {
    const id = move.nodes[one.node] ?? one.node;
    if (!move.to.nodeOf.has(id)) return [];
    return [{ ...one, node: id, ...(one.inner && { inner: movedDone(one.inner, move) }) }];
  });
}

/** The map back. Nothing where two nodes went into one: nobody can tell which of them a case came from. */
export function inverseOf({ from, to, nodes }: Move): Move | undefined {
  const back: Record<string, string> = {};
  for (const [old, fresh] of Object.entries(nodes)) {
    if (fresh in back) return undefined;
    back[fresh] = old;
  }
  return { from: to, to: from, nodes: back };
}
