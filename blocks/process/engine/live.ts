import { type Case, type LiveScope, type LiveToken, nodeById, scopeById, tokenById } from "./case.ts";
import { obey } from "./commands.ts";
import type { Model } from "./model.ts";
import { planOf } from "./plan.ts";
import type { Command, Effect, HistoryEvent, OpenScope, Refusal, State, Status, Token } from "./state.ts";
import { nextDue } from "./terms.ts";

/** Most nodes entered in one activation before it counts as endless, unless said otherwise. */
export const MOST_STEPS = 10_000;

/** A case kept in memory and stepped in place: for simulation and batches. */
export interface LiveCase {
  /**
   * Does a command at an instant (milliseconds since 1970-01-01T00:00:00Z). Refused commands change nothing; after `too-many-steps` the case
   * is of no more use and its last saved state stands.
   */
  apply(command: Command, at: number): Applied;
  /** The case as JSON. */
  save(): State;
  readonly status: Status;
  /** Earliest instant a timer or a pause of a call ends. */
  readonly due: number | undefined;
  /** Variables of the process itself. */
  readonly variables: State["scopes"][number]["variables"];
}

export interface Applied {
  readonly effects: readonly Effect[];
  readonly events: readonly HistoryEvent[];
  readonly at: number;
  /** Earliest instant a timer or a pause of a call ends. */
  readonly due?: number;
  readonly refused?: Refusal;
}

/** The earliest instant there is (ECMA-262 §21.4.1.1). */
const BEGINNING = -8.64e15;

const NONE: readonly never[] = [];

/**
 * Opens a case: a new one, or one that was saved.
 * @throws TypeError where the state stands at nodes the model does not have
 * @param most nodes entered in one activation before it counts as endless
 */
export function openCase(model: Model, state?: State, most: number = MOST_STEPS): LiveCase {
  return new Live(state ? restored(model, state, most) : fresh(model, most));
}

class Live implements LiveCase {
  readonly #case: Case;

  constructor(of: Case) {
    this.#case = of;
  }

  apply(command: Command, at: number): Applied {
    const c = this.#case;
    const before = c.at;
    if (at > before) c.at = at;
    if (c.moment.at !== c.at) c.moment = { at: c.at, zone: c.model.calendar.zone };
    c.effects = [];
    c.events = [];
    c.steps = 0;
    c.changed = false;
    const refused = obey(c, command, at);
    if (refused === undefined) return answer(c, { effects: c.effects, events: c.events, at: c.at });
    if (refused !== "too-many-steps") c.at = before;
    return answer(c, { effects: NONE, events: NONE, at: Math.max(before, at), refused });
  }

  save(): State {
    return saved(this.#case);
  }

  get status(): Status {
    return this.#case.status;
  }

  get due(): number | undefined {
    return dueOfCase(this.#case);
  }

  get variables(): State["scopes"][number]["variables"] {
    return this.#case.root?.variables ?? {};
  }
}

function answer(c: Case, applied: Applied): Applied {
  const due = dueOfCase(c);
  return due === undefined ? applied : { ...applied, due };
}

function dueOfCase(c: Case): number | undefined {
  return c.status === "running" ? nextDue(c) : undefined;
}

function fresh(model: Model, most: number): Case {
  return {
    model,
    plan: planOf(model),
    status: "running",
    next: 1,
    at: BEGINNING,
    moment: { at: 0, zone: model.calendar.zone },
    tokens: [],
    scopes: [],
    root: undefined,
    doers: undefined,
    queue: [],
    head: 0,
    tail: 0,
    thrown: [],
    steps: 0,
    most,
    effects: [],
    events: [],
    changed: false,
    joining: 0,
  };
}

function restored(model: Model, state: State, most: number): Case {
  const c = fresh(model, most);
  c.status = state.status;
  c.next = state.next;
  c.at = state.at;
  c.doers = state.doers;
  // Tokens and scopes refer to each other: they are made in the order of their ids, so that what holds comes before what is held.
  let next = 0;
  for (const scope of state.scopes) {
    for (; next < state.tokens.length && state.tokens[next]!.id < scope.id; next++) restoreToken(c, state.tokens[next]!);
    restoreScope(c, scope);
  }
  for (; next < state.tokens.length; next++) restoreToken(c, state.tokens[next]!);
  return c;
}

function restoreScope(c: Case, saved: OpenScope): void {
  const holder = saved.token === undefined ? undefined : tokenById(c, saved.token);
  const index = saved.node === "" ? 0 : holder?.node?.inner;
  if (index === undefined) throw anotherModel(saved.node);
  const scope: LiveScope = {
    id: saved.id,
    scope: c.model.scopes[index]!,
    node: holder?.node,
    parent: holder?.scope,
    holder,
    since: saved.since,
    variables: { ...saved.variables },
    done: saved.done && [...saved.done],
    listening: saved.listening,
    taken: saved.taken ?? false,
    begun: saved.begun && [...saved.begun],
    live: 0,
    era: 0,
    closed: false,
  };
  c.scopes.push(scope);
  if (holder) holder.inner = scope;
  else c.root ??= scope;
}

/** A state given with a model it was not made by or moved to: nothing may be concluded from it. */
function anotherModel(node: string): TypeError {
  return new TypeError(`the state does not belong to the model: ${node}`);
}

function restoreToken(c: Case, saved: Token): void {
  const scope = scopeById(c, saved.scope) ?? c.root;
  if (!scope || (saved.node !== "" && !c.model.nodeOf.has(saved.node))) throw anotherModel(saved.node);
  const token: LiveToken = {
    id: saved.id,
    node: nodeById(c, saved.node),
    scope,
    since: saved.since,
    waits: saved.waits,
    boundaries: saved.boundaries,
    attempt: saved.attempt ?? 1,
    own: saved.own,
    of: saved.of === undefined ? undefined : tokenById(c, saved.of),
    added: saved.added,
    inner: undefined,
    there: true,
  };
  scope.live += 1;
  c.tokens.push(token);
  if (token.waits.for === "join" && (token.node?.kind === "inclusive" || token.node?.kind === "complex")) c.joining += 1;
}

function saved(c: Case): State {
  return {
    model: c.model.hash,
    status: c.status,
    next: c.next,
    at: c.at,
    tokens: c.tokens.map(savedToken),
    scopes: c.scopes.map(savedScope),
    ...(c.doers && { doers: c.doers }),
  };
}

function savedToken(token: LiveToken): Token {
  return {
    id: token.id,
    node: token.node?.id ?? "",
    scope: token.scope.id,
    since: token.since,
    waits: token.waits,
    ...(token.boundaries && { boundaries: token.boundaries }),
    ...(token.attempt > 1 && { attempt: token.attempt }),
    ...(token.own && { own: token.own }),
    ...(token.of && { of: token.of.id }),
    ...(token.added && { added: token.added }),
  };
}

function savedScope(scope: LiveScope): OpenScope {
  return {
    id: scope.id,
    node: scope.node?.id ?? "",
    ...(scope.parent && { parent: scope.parent.id }),
    ...(scope.holder && { token: scope.holder.id }),
    since: scope.since,
    variables: { ...scope.variables },
    ...(scope.done?.length && { done: [...scope.done] }),
    ...(scope.listening && { listening: scope.listening }),
    ...(scope.taken && { taken: true }),
    ...(scope.begun && { begun: scope.begun }),
  };
}
