import type { Plain } from "@kerege/kernel/feel";
import type { Effect, EventWait, State, Token } from "../engine/state.ts";

/** An open task of a person, as the table of tasks has it. */
export interface TaskLine {
  token: number;
  node: string;
  title: string | null;
  role: string;
  body: string | null;
  due: string;
  held_by: string | null;
  done_by: string | null;
  since: string;
}

export interface Heard {
  kind: "message" | "signal";
  name: string;
  /** JSON of the value that must agree; empty where any will do. */
  correlation: string;
  since: string;
}

export interface CallLine {
  key: string;
  token: number;
  node: string;
  name: string;
  input: Readonly<Record<string, Plain>>;
}

export interface ToldLine {
  kind: "message" | "signal";
  name: string;
  correlation: string;
  variables: Readonly<Record<string, Plain>>;
}

/** What stands in tables beside the row of a case, and so is written when the state changes. */
export interface Projection {
  tasks: TaskLine[];
  tasksGone: number[];
  heard: Heard[];
  unheard: Heard[];
  calls: CallLine[];
  callsGone: string[];
  told: ToldLine[];
  incidents: number;
}

/** Stands for "nothing is due", so that it sorts behind everything. */
export const NEVER = "9999-12-31T00:00:00.000Z";

/** As it is compared: the same value always the same text, whatever the order of its members. */
export function correlationText(value: Plain | undefined): string {
  if (value === undefined) return "";
  return JSON.stringify(value, (_, part) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

/** What changes beside the row when a case goes from one state to another. */
export function project(before: State | undefined, after: State, effects: readonly Effect[]): Projection {
  const tasks: TaskLine[] = [];
  const tasksGone: number[] = [];
  const was = new Map((before?.tokens ?? []).map((token) => [token.id, token]));
  // A task says on which model it is: after a migration each line is written anew.
  const movedOver = before !== undefined && before.model !== after.model;
  let incidents = 0;
  for (const token of after.tokens) {
    if (token.waits.for === "incident") incidents++;
    const former = was.get(token.id);
    was.delete(token.id);
    if (former === token && !movedOver) continue;
    const line = taskOf(token);
    if (line === undefined) {
      if (former?.waits.for === "person") tasksGone.push(token.id);
    } else if (former === undefined || movedOver || JSON.stringify(taskOf(former)) !== JSON.stringify(line)) tasks.push(line);
  }
  for (const token of was.values()) if (token.waits.for === "person") tasksGone.push(token.id);
  const [heardBefore, heardAfter] = [before ? heardOf(before) : EMPTY, heardOf(after)];
  return {
    tasks,
    tasksGone,
    heard: [...heardAfter].flatMap(([key, one]) => (heardBefore.has(key) ? [] : [one])),
    unheard: [...heardBefore].flatMap(([key, one]) => (heardAfter.has(key) ? [] : [one])),
    ...callsOf(before, after, effects),
    told: effects.flatMap((effect) =>
      effect.kind === "call"
        ? []
        : [
            {
              kind: effect.kind,
              name: effect.name,
              correlation: effect.kind === "message" ? correlationText(effect.correlation) : "",
              variables: effect.input,
            },
          ],
    ),
    incidents,
  };
}

const EMPTY: Map<string, Heard> = new Map();

function taskOf({ id, node, waits, since, added }: Token): TaskLine | undefined {
  if (waits.for !== "person") return undefined;
  return {
    token: id,
    node,
    title: added?.title ?? null,
    role: waits.role,
    body: waits.body ?? null,
    due: waits.due === undefined ? NEVER : instant(waits.due),
    held_by: waits.held ?? null,
    done_by: waits.done ?? null,
    since: instant(since),
  };
}

/** Everything a case waits to hear: at its tokens, at their boundaries, in scopes that listen. A case that is over hears nothing. */
function heardOf(state: State): Map<string, Heard> {
  if (state.status !== "running" && state.status !== "suspended") return EMPTY;
  let found = EMPTY;
  const add = (wait: EventWait, since: number): void => {
    if (wait.for === "any" || wait.for === "all") {
      for (const { waits } of wait.events) add(waits, since);
      return;
    }
    if (wait.for !== "message" && wait.for !== "signal") return;
    const correlation = wait.for === "message" ? correlationText(wait.correlation) : "";
    if (found === EMPTY) found = new Map();
    found.set(`${wait.for} ${wait.name} ${correlation}`, { kind: wait.for, name: wait.name, correlation, since: instant(since) });
  };
  for (const { waits, since, boundaries } of state.tokens) {
    if (isEventWait(waits)) add(waits, since);
    if (boundaries) for (const armed of boundaries) add(armed.waits, since);
  }
  for (const { listening, since } of state.scopes) if (listening) for (const armed of listening) add(armed.waits, since);
  return found;
}

function isEventWait(wait: Token["waits"]): wait is EventWait {
  return wait.for === "message" || wait.for === "signal" || wait.for === "any" || wait.for === "all";
}

/** Calls that stand in the outbox: those under way, not those that wait for their next try. A case that is over calls nobody. */
function underWay(state: State | undefined): string[] {
  if (!state || (state.status !== "running" && state.status !== "suspended")) return [];
  return state.tokens.flatMap(({ waits }) => (waits.for === "call" && waits.retryAt === undefined ? [waits.key] : []));
}

function callsOf(
  before: State | undefined,
  after: State,
  effects: readonly Effect[],
): { calls: CallLine[]; callsGone: string[] } {
  const [was, is] = [underWay(before), underWay(after)];
  if (was.length === 0 && is.length === 0) return { calls: [], callsGone: [] };
  const fresh = new Set(is);
  for (const key of was) fresh.delete(key);
  const asked = new Map(effects.flatMap((effect) => (effect.kind === "call" ? [[effect.key, effect] as const] : [])));
  return {
    calls: [...fresh].flatMap((key) => {
      const effect = asked.get(key);
      return effect ? [{ key, token: effect.token, node: effect.node, name: effect.name, input: effect.input }] : [];
    }),
    callsGone: was.filter((key) => !is.includes(key)),
  };
}

/** The earliest instant at which something is due by itself. */
export function earliest(state: State): number | undefined {
  if (state.status !== "running") return undefined;
  let due = Number.POSITIVE_INFINITY;
  const look = (wait: Token["waits"]): void => {
    if (wait.for === "time") due = Math.min(due, wait.due);
    else if (wait.for === "call" && wait.retryAt !== undefined) due = Math.min(due, wait.retryAt);
    else if (wait.for === "any" || wait.for === "all") for (const { waits } of wait.events) look(waits);
  };
  for (const { waits, boundaries } of state.tokens) {
    look(waits);
    for (const armed of boundaries ?? []) look(armed.waits);
  }
  for (const { listening } of state.scopes) for (const armed of listening ?? []) look(armed.waits);
  return due === Number.POSITIVE_INFINITY ? undefined : due;
}

export function instant(at: number): string {
  return new Date(at).toISOString();
}
