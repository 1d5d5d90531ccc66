import type { Plain } from "@kerege/kernel/feel";

/**
 * A process as the interpreter walks it: BPMN 2.0.2 (ISO/IEC 19510) read once, every reference an index, every expression compiled.
 * It is made by `reading/` and never changed afterwards; a case keeps its `hash` and node ids, never indexes.
 */
export interface Model {
  /** Id of the `process` element. */
  readonly process: string;
  readonly name: string;
  /** SHA-256 (hex) of the file and of everything bound to it: decisions, called processes. */
  readonly hash: string;
  readonly nodes: readonly Node[];
  readonly flows: readonly Flow[];
  /** The first is the process itself. */
  readonly scopes: readonly Scope[];
  /** Index by id of the element. */
  readonly nodeOf: ReadonlyMap<string, number>;
  /** Signals, messages and so on a case may begin by: start events of the process with a definition. */
  readonly calendar: Calendar;
  /** What an operator does to a case that stands still (skip, move, cancel, migrate) takes two officials. */
  readonly repairByTwo?: boolean;
}

/** Working time of the country; given from outside so that a step stays a pure function. Days are `YYYY-MM-DD` in the zone. */
export interface Calendar {
  /** IANA name, e.g. `Asia/Bishkek`. */
  readonly zone: string;
  addWorkingDays(day: string, count: number): string;
  isWorkingDay(day: string): boolean;
}

/** A FEEL expression over the variables that are seen at a place, its value plain JSON; null where an operation has no result. Never throws. */
export interface Expression {
  readonly text: string;
  /** Paths of variables it can refer to. */
  readonly reads: readonly string[];
  evaluate(variables: Variables, moment: Moment): Plain;
}

export type Variables = Readonly<Record<string, Plain>>;

export interface Moment {
  /** Milliseconds since 1970-01-01T00:00:00Z, from the virtual clock. */
  readonly at: number;
  readonly zone: string;
}

export interface Flow {
  readonly index: number;
  readonly id: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** None on flows that are always taken and on defaults. */
  readonly condition?: Expression;
}

export type ScopeKind = "process" | "sub-process" | "event-sub-process" | "ad-hoc" | "transaction" | "call";

/** What runs inside a process, a sub-process or a called process. */
export interface Scope {
  readonly index: number;
  readonly kind: ScopeKind;
  /** The node that holds it; none for the process. */
  readonly node?: number;
  readonly parent?: number;
  /** Nodes of this scope, in the order of the file. */
  readonly nodes: readonly number[];
  /** Start events without a definition; where there are none, nodes without incoming flows. */
  readonly starts: readonly number[];
  /** Event sub-processes of this scope. */
  readonly eventSubProcesses: readonly number[];
  readonly adHoc?: {
    readonly sequential: boolean;
    readonly completion?: Expression;
    readonly cancelRemaining: boolean;
    /** Whatever has no incoming flow begins by itself; else an officer begins what is wanted. */
    readonly auto?: boolean;
  };
  /** Names declared here by data objects and properties, with what they begin as. */
  readonly variables: Readonly<Record<string, Expression | undefined>>;
}

export type NodeKind =
  | "start"
  | "end"
  | "catch"
  | "throw"
  | "boundary"
  | "task"
  | "manual"
  | "user"
  | "service"
  | "rule"
  | "send"
  | "receive"
  | "script"
  | "exclusive"
  | "parallel"
  | "inclusive"
  | "event-based"
  | "complex"
  | "sub-process"
  | "event-sub-process"
  | "ad-hoc"
  | "transaction"
  | "call";

export interface Node {
  readonly index: number;
  /** Id of the element in the file; within a called process `call/inner`. */
  readonly id: string;
  readonly name: string;
  readonly kind: NodeKind;
  readonly scope: number;
  readonly incoming: readonly number[];
  readonly outgoing: readonly number[];
  /** Index of the default flow. */
  readonly default?: number;
  /** Boundary events that stand on this activity. */
  readonly boundaries: readonly number[];
  /** Activity a boundary event stands on. */
  readonly attachedTo?: number;
  /** Boundary events and starts of event sub-processes: whether what they stand on ends. */
  readonly interrupting: boolean;
  /** Several where the event is multiple; `parallelMultiple` waits for all. */
  readonly events: readonly EventDefinition[];
  readonly parallelMultiple: boolean;
  /** Scope of a sub-process or a called process. */
  readonly inner?: number;
  readonly repeat?: Repeat;
  /** Activity that undoes this one, by a compensation boundary event. */
  readonly compensatedBy?: number;
  readonly forCompensation: boolean;
  /** Receive tasks and event-based gateways a case may begin by. */
  readonly instantiates: boolean;
  /** Event-based gateway that waits for all. */
  readonly waitsForAll: boolean;
  readonly startQuantity: number;
  readonly completionQuantity: number;
  /** Complex gateway: when enough came in, over `activationCount`. */
  readonly activation?: Expression;
  readonly work?: Work;
  /** What becomes of variables on the way in and out; without them the activity sees all of its scope and its result joins it. */
  readonly input?: readonly Mapping[];
  readonly output?: readonly Mapping[];
}

export interface Mapping {
  readonly to: string;
  readonly from: Expression;
}

/** What a task asks for. */
export type Work =
  /** Somebody of a role does it; the rest is shown to him. */
  | {
      readonly kind: "person";
      readonly role: string;
      readonly body?: Expression;
      readonly form?: string;
      /** Working days until it should be done. */
      readonly days?: Expression;
      /** A second person of the role must agree, another one than the first. */
      readonly fourEyes: boolean;
      /** Node ids whose doer may not do this one: separation of duties. */
      readonly notBy: readonly string[];
    }
  /** Done outside the transaction by whoever registered under the name; told with an idempotency key. */
  | { readonly kind: "call"; readonly name: string; readonly attempts: number; readonly parameters: readonly Mapping[] }
  | {
      readonly kind: "message";
      readonly name: string;
      readonly correlation?: Expression;
      readonly parameters: readonly Mapping[];
    }
  /** Decided within the step: a decision is a pure function. */
  | { readonly kind: "decision"; readonly name: string; readonly result: string; readonly decide: Decide }
  /** A FEEL script whose value becomes a variable. */
  | { readonly kind: "script"; readonly script: Expression; readonly result?: string };

/** A decision bound to a rule task. `why` is written into the history as it is. */
export type Decide = (variables: Variables, moment: Moment) => Decided;
export interface Decided {
  readonly value: Plain;
  /** Rules that held, facts they read: small and plain. */
  readonly why?: Plain;
}

/** Multi-instance (BPMN 13.3.7) or standard loop (13.3.6). */
export type Repeat =
  | {
      readonly kind: "many";
      readonly sequential: boolean;
      /** A list, or a number of times. */
      readonly over: Expression;
      /** Name of the item within each instance; `loopCounter` counts from 0. */
      readonly item?: string;
      /** What each instance gives, gathered in order into `into`. */
      readonly gather?: { readonly into: string; readonly value: Expression };
      readonly completion?: Expression;
      /** When the activity throws `tells` to its own boundaries: at each instance done (`none`), at the first (`one`), never. */
      readonly tell: "none" | "one" | "all";
      readonly tells?: EventDefinition;
    }
  | { readonly kind: "while"; readonly before: boolean; readonly condition: Expression; readonly most?: number };

export type EventDefinition =
  | { readonly kind: "message"; readonly name: string; readonly correlation?: Expression }
  | { readonly kind: "signal"; readonly name: string }
  /** Without a code every error is caught. */
  | { readonly kind: "error"; readonly code?: string }
  | { readonly kind: "escalation"; readonly code?: string }
  | {
      readonly kind: "timer";
      readonly when: "date" | "duration" | "cycle";
      readonly value: Expression;
      readonly working: boolean;
    }
  | { readonly kind: "conditional"; readonly condition: Expression }
  /** Of one activity, or of all of the scope that are done. */
  | { readonly kind: "compensation"; readonly activity?: string }
  | { readonly kind: "link"; readonly name: string }
  | { readonly kind: "cancel" }
  | { readonly kind: "terminate" };
