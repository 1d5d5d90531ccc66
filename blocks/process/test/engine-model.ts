import { compileExpression, type Plain, toPlain } from "@kerege/kernel/feel";
import type {
  Calendar,
  Decide,
  EventDefinition,
  Expression,
  Flow,
  Mapping,
  Model,
  Node,
  NodeKind,
  Repeat,
  Scope,
  ScopeKind,
  Work,
} from "../engine/model.ts";

/** A process written down in a test: nodes and flows by name, scopes nested. No file format, so that tests see the interpreter alone. */
export interface Drawn {
  readonly nodes: Readonly<Record<string, DrawnNode>>;
  /** `a>b` or `a>b: condition`; a default is written `a>b: else`. */
  readonly flows: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly adHoc?: { sequential?: boolean; completion?: string; cancelRemaining?: boolean; auto?: boolean };
}

export interface DrawnNode {
  readonly kind: NodeKind;
  readonly events?: readonly (EventDefinition | TimerText)[];
  readonly all?: boolean;
  readonly on?: string;
  readonly interrupting?: boolean;
  readonly inner?: Drawn;
  readonly repeat?: RepeatText;
  readonly undoneBy?: string;
  readonly undoes?: boolean;
  readonly instantiates?: boolean;
  readonly waitsForAll?: boolean;
  readonly startQuantity?: number;
  readonly completionQuantity?: number;
  readonly activation?: string;
  readonly work?: Work;
  readonly input?: Readonly<Record<string, string>>;
  readonly output?: Readonly<Record<string, string>>;
}

interface TimerText {
  readonly kind: "time";
  readonly date?: string;
  readonly duration?: string;
  readonly cycle?: string;
  readonly working?: boolean;
}

type RepeatText =
  | {
      readonly over: string;
      readonly sequential?: boolean;
      readonly item?: string;
      readonly gather?: { into: string; value: string };
      readonly completion?: string;
      readonly tell?: "none" | "one" | "all";
      readonly tells?: EventDefinition;
    }
  | { readonly while: string; readonly before?: boolean; readonly most?: number };

/** FEEL over any names that occur in it: tests declare nothing. */
export function feel(text: string): Expression {
  const names = [...new Set(text.replaceAll(/"[^"]*"/g, "").match(/[A-Za-z_]\w*/g) ?? [])];
  const compiled = compileExpression(text, { names: names.filter((name) => !WORDS.has(name)) });
  if (!compiled.ok) throw new TypeError(`${text}: ${JSON.stringify(compiled.faults)}`);
  return {
    text,
    reads: compiled.reads,
    evaluate: (variables, moment) => toPlain(compiled.evaluate(variables, { now: new Date(moment.at), zone: moment.zone })),
  };
}

const WORDS = new Set(
  "if then else and or not in true false null for return some every satisfies count sum contains append modulo".split(" "),
);

export const person = (role = "clerk", more: Partial<Extract<Work, { kind: "person" }>> = {}): DrawnNode => ({
  kind: "user",
  work: { kind: "person", role, fourEyes: false, notBy: [], ...more },
});
export const service = (name: string, attempts = 1): DrawnNode => ({
  kind: "service",
  work: { kind: "call", name, attempts, parameters: [] },
});
export const script = (text: string, result?: string): DrawnNode => ({
  kind: "script",
  work: { kind: "script", script: feel(text), ...(result && { result }) },
});
export const rule = (name: string, result: string, decide: Decide): DrawnNode => ({
  kind: "rule",
  work: { kind: "decision", name, result, decide },
});
export const START: DrawnNode = { kind: "start" };
export const END: DrawnNode = { kind: "end" };
export const TASK: DrawnNode = { kind: "task" };

export const AND: DrawnNode = { kind: "parallel" };
export const throws = (...events: NonNullable<DrawnNode["events"]>): DrawnNode => ({ kind: "throw", events });
export const ends = (...events: NonNullable<DrawnNode["events"]>): DrawnNode => ({ kind: "end", events });
export const catches = (...events: NonNullable<DrawnNode["events"]>): DrawnNode => ({ kind: "catch", events });
export const begins = (interrupting: boolean, ...events: NonNullable<DrawnNode["events"]>): DrawnNode => ({
  kind: "start",
  interrupting,
  events,
});
export const boundary = (on: string, interrupting: boolean, ...events: NonNullable<DrawnNode["events"]>): DrawnNode => ({
  kind: "boundary",
  on,
  interrupting,
  events,
});
export const signal = (name: string) => ({ kind: "signal", name }) as const;
export const error = (code?: string) => ({ kind: "error", ...(code && { code }) }) as const;
export const escalation = (code?: string) => ({ kind: "escalation", ...(code && { code }) }) as const;

/** Saturday and Sunday are off, and the days given. */
export function calendarOf(off: readonly string[] = [], zone = "Asia/Bishkek"): Calendar {
  const isWorkingDay = (day: string): boolean => ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay()) && !off.includes(day);
  return {
    zone,
    isWorkingDay,
    addWorkingDays(day, count) {
      let at = day;
      for (let left = count; left > 0; ) {
        at = new Date(Date.parse(`${at}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
        if (isWorkingDay(at)) left--;
      }
      return at;
    },
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export function draw(drawn: Drawn, calendar: Calendar = calendarOf()): Model {
  const nodes: Mutable<Node>[] = [];
  const flows: Flow[] = [];
  const scopes: Scope[] = [];
  const nodeOf = new Map<string, number>();
  addScope({ nodes, flows, scopes, nodeOf }, drawn, { kind: "process" });
  return { process: "p", name: "p", hash: "h", nodes, flows, scopes, nodeOf, calendar };
}

interface Parts {
  readonly nodes: Mutable<Node>[];
  readonly flows: Flow[];
  readonly scopes: Scope[];
  readonly nodeOf: Map<string, number>;
}

function addScope(parts: Parts, drawn: Drawn, at: { kind: ScopeKind; node?: number; parent?: number }): number {
  const index = parts.scopes.length;
  const own: number[] = [];
  const scope: Mutable<Scope> = {
    index,
    ...at,
    nodes: own,
    starts: [],
    eventSubProcesses: [],
    variables: Object.fromEntries(Object.entries(drawn.variables ?? {}).map(([name, text]) => [name, feel(text)])),
    ...(drawn.adHoc && {
      adHoc: {
        sequential: drawn.adHoc.sequential ?? false,
        cancelRemaining: drawn.adHoc.cancelRemaining ?? true,
        auto: drawn.adHoc.auto ?? false,
        ...(drawn.adHoc.completion && { completion: feel(drawn.adHoc.completion) }),
      },
    }),
  };
  parts.scopes.push(scope);
  for (const [id, node] of Object.entries(drawn.nodes)) own.push(addNode(parts, id, { node, scope: index }));
  for (const text of drawn.flows) addFlow(parts, text);
  for (const [id, node] of Object.entries(drawn.nodes)) {
    const made = parts.nodes[parts.nodeOf.get(id)!]!;
    if (node.on !== undefined) {
      made.attachedTo = parts.nodeOf.get(node.on)!;
      (parts.nodes[made.attachedTo]!.boundaries as number[]).push(made.index);
    }
    if (node.undoneBy !== undefined) made.compensatedBy = parts.nodeOf.get(node.undoneBy)!;
    if (node.inner) made.inner = addScope(parts, node.inner, { kind: scopeKind(node.kind), node: made.index, parent: index });
  }
  const inside = own.map((one) => parts.nodes[one]!);
  const plain = inside.filter((node) => node.kind === "start" && node.events.length === 0);
  scope.starts = (plain.length > 0 ? plain : inside.filter((node) => node.incoming.length === 0)).map((node) => node.index);
  scope.eventSubProcesses = inside.filter((node) => node.kind === "event-sub-process").map((node) => node.index);
  return index;
}

function scopeKind(kind: NodeKind): ScopeKind {
  return kind === "ad-hoc" || kind === "transaction" || kind === "call" || kind === "event-sub-process" ? kind : "sub-process";
}

function addNode(parts: Parts, id: string, of: { node: DrawnNode; scope: number }): number {
  const { node, scope } = of;
  const index = parts.nodes.length;
  parts.nodeOf.set(id, index);
  parts.nodes.push({
    index,
    id,
    name: id,
    kind: node.kind,
    scope,
    incoming: [],
    outgoing: [],
    boundaries: [],
    interrupting: node.interrupting ?? true,
    events: (node.events ?? []).map(eventOf),
    parallelMultiple: node.all ?? false,
    forCompensation: node.undoes ?? false,
    instantiates: node.instantiates ?? false,
    waitsForAll: node.waitsForAll ?? false,
    startQuantity: node.startQuantity ?? 1,
    completionQuantity: node.completionQuantity ?? 1,
    ...(node.repeat && { repeat: repeatOf(node.repeat) }),
    ...(node.activation && { activation: feel(node.activation) }),
    ...(node.work && { work: node.work }),
    ...(node.input && { input: mappings(node.input) }),
    ...(node.output && { output: mappings(node.output) }),
  });
  return index;
}

function mappings(texts: Readonly<Record<string, string>>): Mapping[] {
  return Object.entries(texts).map(([to, text]) => ({ to, from: feel(text) }));
}

function eventOf(event: EventDefinition | TimerText): EventDefinition {
  if (event.kind !== "time") return event;
  const when = event.date ? "date" : event.duration ? "duration" : "cycle";
  return { kind: "timer", when, value: feel(event.date ?? event.duration ?? event.cycle ?? ""), working: event.working ?? false };
}

function repeatOf(text: RepeatText): Repeat {
  if ("while" in text) {
    return { kind: "while", before: text.before ?? true, condition: feel(text.while), ...(text.most && { most: text.most }) };
  }
  return {
    kind: "many",
    sequential: text.sequential ?? false,
    over: feel(text.over),
    tell: text.tell ?? "all",
    ...(text.tells && { tells: text.tells }),
    ...(text.item && { item: text.item }),
    ...(text.completion && { completion: feel(text.completion) }),
    ...(text.gather && { gather: { into: text.gather.into, value: feel(text.gather.value) } }),
  };
}

function addFlow(parts: Parts, text: string): void {
  const [way = "", condition] = text.split(/:\s*/, 2);
  const [from, to] = way.split(">").map((id) => parts.nodeOf.get(id));
  if (from === undefined || to === undefined) throw new TypeError(text);
  const index = parts.flows.length;
  const source = parts.nodes[from]!;
  parts.flows.push({
    index,
    id: way,
    name: "",
    from,
    to,
    ...(condition && condition !== "else" && { condition: feel(condition) }),
  });
  (source.outgoing as number[]).push(index);
  (parts.nodes[to]!.incoming as number[]).push(index);
  if (condition === "else") source.default = index;
}

export type Values = Readonly<Record<string, Plain>>;
