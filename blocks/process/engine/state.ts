import type { Plain } from "@kerege/kernel/feel";

/**
 * All that is known of a running case, as JSON: one row. Elements are named by their ids, so that a state outlives its model and can be
 * moved to another one. Instants are milliseconds since 1970-01-01T00:00:00Z.
 */
export interface State {
  /** Content hash of the model. */
  readonly model: string;
  readonly status: Status;
  /** Counts up for tokens and scopes alike; never given twice. */
  readonly next: number;
  /** Latest instant of any step: a clock that was set back never makes a stay shorter than nothing. */
  readonly at: number;
  /** In the order of their ids. */
  readonly tokens: readonly Token[];
  /** In the order of their ids; the first is the process itself. */
  readonly scopes: readonly OpenScope[];
  /** Who did the activities that another activity must not be done by, by node id: separation of duties. */
  readonly doers?: Readonly<Record<string, readonly Doer[]>>;
  /** Signals and messages that came before anyone waited are not kept here: that is the inbox of the store. */
}

export type Status = "running" | "suspended" | "ended" | "terminated" | "cancelled";

/**
 * Where the case stands: a token waits at a node for something. Each stay has an id of its own, so a command that comes late never
 * meets the next stay.
 */
export interface Token {
  readonly id: number;
  /** Id of the element; empty for a step nobody drew. */
  readonly node: string;
  /** Id of the open scope it runs in. */
  readonly scope: number;
  readonly since: number;
  readonly waits: Wait;
  /** Boundary events of the activity that wait along with it. Those that catch a throw from inside are not listed. */
  readonly boundaries?: readonly Armed[];
  /** Which try of the work this is, from 1. */
  readonly attempt?: number;
  /** Values of this activity alone: item, `loopCounter`, what was mapped in. */
  readonly own?: Plains;
  /** Token it belongs to: that of the repeated activity for an instance, that of the thrower for a compensation. */
  readonly of?: number;
  /** A step nobody drew. */
  readonly added?: { readonly title: string; readonly days?: number };
}

/** An event that is waited for, with the node that catches it. */
export interface Armed {
  readonly node: string;
  readonly waits: EventWait;
}

export type EventWait =
  /** `left` firings after this one (none: no end), `every` an ISO 8601 duration. */
  | { readonly for: "time"; readonly due: number; readonly left?: number; readonly every?: string }
  | { readonly for: "message"; readonly name: string; readonly correlation?: Plain }
  | { readonly for: "signal"; readonly name: string }
  /** `met` when it held at the last look: it fires again only after it did not hold. */
  | { readonly for: "condition"; readonly met?: boolean }
  /** The first of these: event-based gateway, multiple event. */
  | { readonly for: "any"; readonly events: readonly Armed[] }
  /** All of these, those that are still missing: parallel multiple event. */
  | { readonly for: "all"; readonly events: readonly Armed[] };

export type Wait =
  | EventWait
  /** Somebody's task; `held` by whom, `done` by the first of four eyes, `first` what he gave. */
  | {
      readonly for: "person";
      readonly role: string;
      /** Body whose people of the role may do it. */
      readonly body?: string;
      readonly due?: number;
      readonly held?: string;
      readonly done?: string;
      readonly first?: Plains;
    }
  /** A call that is under way; the key makes doing it twice one deed. */
  | { readonly for: "call"; readonly name: string; readonly key: string; readonly retryAt?: number }
  /** Joins: flows that have arrived, by id; `fired` where a complex gateway only takes in the rest. */
  | { readonly for: "join"; readonly arrived: readonly string[]; readonly fired?: boolean }
  /** A scope inside, by id. */
  | { readonly for: "scope"; readonly scope: number }
  /** Several instances by count; `items` where they are not all begun, `gathered` what the done ones gave. No `total` in a loop. */
  | {
      readonly for: "instances";
      readonly open: number;
      readonly done: number;
      readonly total?: number;
      readonly items?: readonly Plain[];
      readonly gathered?: readonly Plain[];
    }
  /** Handlers of compensation; `left` are still to be begun, the last first. */
  | { readonly for: "compensation"; readonly left: readonly Done[] }
  /** `leaving`: the work is done and no outgoing flow held. */
  | {
      readonly for: "incident";
      readonly code: string;
      readonly attempts: number;
      readonly since: number;
      readonly leaving?: boolean;
    };

/** An activity that is done and can be undone, with the variables it saw. */
export interface Done {
  readonly node: string;
  readonly own?: Plains;
  /** What was done inside a sub-process. */
  readonly inner?: readonly Done[];
}

export interface OpenScope {
  readonly id: number;
  /** Id of the element that holds it; empty for the process. */
  readonly node: string;
  readonly parent?: number;
  /** Token in the parent that waits for it. */
  readonly token?: number;
  readonly since: number;
  readonly variables: Plains;
  /** Activities of this scope that are done and can be compensated, in order. */
  readonly done?: readonly Done[];
  /** Start events of event sub-processes that wait. Those that catch a throw from inside are not listed. */
  readonly listening?: readonly Armed[];
  /** An interrupting event sub-process has taken over: nothing of this scope catches any more. */
  readonly taken?: boolean;
  /** Ad-hoc: activities that were begun, in order. */
  readonly begun?: readonly string[];
}

/** Who does it: `actorKey` of a person or official, or `system`. */
export type Doer = string;

type Plains = Readonly<Record<string, Plain>>;

export type Command =
  | { readonly kind: "start"; readonly variables: Plains; readonly by: Doer; readonly trigger?: Trigger }
  /** The work of a token is done. */
  | { readonly kind: "complete"; readonly token: number; readonly output?: Plains; readonly by: Doer }
  /** Somebody takes a task or gives it back (`by` empty). */
  | { readonly kind: "hold"; readonly token: number; readonly by: Doer | undefined }
  /** A business error of the work: looks for an error boundary event, an incident where there is none. */
  | { readonly kind: "error"; readonly token: number; readonly code: string; readonly by: Doer }
  | { readonly kind: "escalate"; readonly token: number; readonly code: string; readonly by: Doer }
  /** The work could not be done: tried again with back-off, an incident when tries are spent. */
  | { readonly kind: "fail"; readonly token: number; readonly code: string }
  /** Time has come: everything due at the instant of the step fires, in order of due time. */
  | { readonly kind: "tick" }
  | { readonly kind: "message"; readonly name: string; readonly correlation?: Plain; readonly variables?: Plains }
  | { readonly kind: "signal"; readonly name: string; readonly variables?: Plains }
  /** Variables of the process change from outside; conditional events look again. */
  | { readonly kind: "set"; readonly variables: Plains; readonly by: Doer }
  /** Officer's deviation: tokens end, one begins at another node: forward, or back to an earlier step. */
  | { readonly kind: "move"; readonly tokens: readonly number[]; readonly to: string; readonly reason: string; readonly by: Doer }
  /** A step nobody drew: a task beside the process; the case does not end before it is done. */
  | {
      readonly kind: "add";
      readonly title: string;
      readonly role: string;
      readonly days?: number;
      readonly reason: string;
      readonly by: Doer;
    }
  /** Begins an activity of an ad-hoc sub-process. */
  | { readonly kind: "begin"; readonly node: string; readonly by: Doer }
  | { readonly kind: "retry"; readonly token: number; readonly reason: string; readonly by: Doer }
  | { readonly kind: "skip"; readonly token: number; readonly output?: Plains; readonly reason: string; readonly by: Doer }
  | { readonly kind: "suspend" | "resume" | "cancel"; readonly reason: string; readonly by: Doer }
  /** The calendar changed, or the case moved to another model: terms are counted again from when each began. */
  | { readonly kind: "recount"; readonly reason: string; readonly by: Doer };

/** What began the case; a timer or a condition by the id of the start event. */
export type Trigger =
  | { readonly message: string; readonly correlation?: Plain }
  | { readonly signal: string }
  | { readonly timer: string }
  | { readonly condition: string };

/**
 * What the world has to do because of a step. `key` is given once per deed within a case: a call tried again has the same one. A signal
 * has already reached the case that threw it.
 */
export type Effect =
  | {
      readonly kind: "call";
      readonly token: number;
      readonly node: string;
      readonly name: string;
      readonly key: string;
      readonly input: Plains;
    }
  | {
      readonly kind: "message";
      readonly node: string;
      readonly name: string;
      readonly correlation?: Plain;
      readonly key: string;
      readonly input: Plains;
    }
  | { readonly kind: "signal"; readonly node: string; readonly name: string; readonly key: string; readonly input: Plains };

/** One line of the legal record; written in order, never changed. */
export interface HistoryEvent {
  readonly kind: HistoryKind;
  readonly node?: string;
  readonly token?: number;
  /** Flow by which something came in: on `entered`, or on `taken` where a join takes it and waits; each flow is named once for each token. */
  readonly flow?: string;
  readonly by?: Doer;
  /**
   * What belongs to it: decision with reasons, code, reason, output. `whole` on lines of a repeated activity as a whole: its instances have
   * lines of their own.
   */
  readonly said?: Plains;
}

export type HistoryKind =
  | "started"
  | "entered"
  | "done"
  | "taken"
  | "held"
  /** The first of four eyes. */
  | "agreed"
  | "decided"
  | "caught"
  | "thrown"
  | "interrupted"
  | "failed"
  | "incident"
  | "set"
  | "moved"
  | "recounted"
  | "added"
  | "retried"
  | "skipped"
  | "suspended"
  | "resumed"
  | "compensated"
  | "ended"
  | "terminated"
  | "cancelled";

/** Why a command changed nothing: told, not thrown. */
export type Refusal =
  | "no-such-token"
  | "not-waiting"
  | "no-such-node"
  | "not-begun"
  | "begun"
  | "over"
  | "suspended"
  | "held-by-other"
  | "same-person"
  | "too-many-steps"
  | "cannot-move-there";

export interface Stepped {
  readonly state: State;
  readonly effects: readonly Effect[];
  readonly events: readonly HistoryEvent[];
  /** The instant the step counts as: not before any earlier step. */
  readonly at: number;
  /** Earliest instant anything is due; none where only people or messages are waited for. */
  readonly due?: number;
  readonly refused?: Refusal;
}
