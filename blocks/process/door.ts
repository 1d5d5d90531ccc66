import type { Actor } from "@kerege/kernel/actor";
import type { Plain } from "@kerege/kernel/feel";
import type { Language, Multilingual } from "@kerege/kernel/locale";
import type { Model } from "./engine/model.ts";
import type { Command, HistoryEvent, State, Status } from "./engine/state.ts";
import type { SimulationSource } from "./simulation/source.ts";

export type Variables = Readonly<Record<string, Plain>>;

/** Something whose regulation can be tried on the pages of heads of desks. */
export interface SimulationsDoor {
  offerSimulation(source: SimulationSource): void;
}

/** What blocks above may ask of running processes. Instants are `Date`, days `YYYY-MM-DD`, ids of cases are UUIDs given by the caller. */
export interface ProcessDoor extends EditionsDoor, LookingDoor, RepairDoor, UpgradeDoor {
  /**
   * Says who does what calls of this name ask for. The same key may come twice (a node died after the work): the second time nothing
   * may happen and the answer must be the same. What is thrown is a failure: tried again with back-off, then an incident.
   */
  perform(name: string, performer: Performer, how?: Performing): void;
  /**
   * Begins a case. Cases begun at the same time are written together, and begun twice under one id it is one case: whoever must be sure
   * that it begins asks again, by a job of his own. With `here` it goes on until it waits for somebody else, and is written at the latest
   * before anything is asked that could not be asked twice. @throws {Problem} `process.no-edition`, `process.refused`
   */
  begin(start: Start): Promise<Base>;
  /**
   * Somebody acts on a case: completes, holds, deviates. With `version` only on the case as he saw it. What follows at once (calls) is
   * left to the workers. @throws {Problem} `process.no-such-case`, `process.changed-meanwhile`, `process.<refusal>`
   */
  command(actor: Actor, act: Act): Promise<Base>;
  /** Does the calls of a case that are due at once, here, and what follows from them, until it waits for something else. */
  advance(instance: string): Promise<Base>;
  /**
   * Tells a message to the one case that waits for it: the addressed one, or that with the correlation that has waited longest. Kept
   * until somebody waits, at most until `until` (30 days when left out). The id makes telling it twice one deed.
   */
  message(message: Message): Promise<void>;
  /** Tells every case that waits for the signal now. */
  signal(signal: { id?: string; name: string; variables?: Variables }): Promise<void>;
  /** Works until nothing is due by the clock of the house; for commands and tests. */
  drain(): Promise<void>;
  /** Takes back what another process of this database had in hand when it died; only where no other one works on it. */
  takeOver(): Promise<void>;
}

/** @param call input as the process mapped it; the answer becomes the output of the task */
export type Performer = (call: Call) => Promise<Answer>;
export interface Call {
  instance: string;
  /** Name of the process and hash of its edition. */
  process: string;
  model: string;
  node: string;
  name: string;
  /** Idempotency key: the same for every try of the same call. */
  key: string;
  input: Variables;
  /** Which time this call is handed out, from 1. */
  attempt: number;
}
/** Output, or a business error that an error boundary event may catch. */
export type Answer = { output?: Variables } | { error: string };
export interface Performing {
  /**
   * Reads or computes, or has an effect that harms nobody alone. Such a call is made at once, within the step that asks for it and
   * before that is written; after a crash it is made again with the same key if the case still comes to it. What must never happen
   * without standing in the record is not repeatable: it is made after the step was written.
   */
  repeatable?: boolean;
}

/** Dates that decide which edition binds a case. */
export interface Dates {
  application: string;
  decision?: string;
  event?: string;
}

export interface Start {
  /** Id of the case, given by the caller. */
  instance: string;
  /** By content hash, or the edition that binds by its dates. */
  edition: { model: string } | { process: string; dates: Dates };
  variables: Variables;
  /** `actorKey`, or `system`. */
  by: string;
  /** Short name for people and lists: a number of a case. No personal data. */
  key?: string;
  /** The authority whose case it is: code of a body. */
  body?: string;
  /** Nearest legal deadline; incidents are ordered by it. */
  deadline?: Date;
  /** Calls are done by the caller through `advance`, not by a worker, unless he dies. */
  here?: boolean;
}

/** A case as it stands in the table. */
export interface Base {
  instance: string;
  process: string;
  model: string;
  version: number;
  state: State;
}

export interface Act {
  instance: string;
  /** `by` is put in from the actor. */
  command: ActorCommand;
  /** Version the actor saw; without it the act is done on whatever there is. */
  version?: number;
  /** New nearest legal deadline of the case. */
  deadline?: Date;
}
type Without<Kind> = Kind extends { by: unknown } ? Omit<Kind, "by"> : Kind;
/** Commands of people and systems; the others are the store's own. */
export type ActorCommand =
  | Without<Exclude<Command, { kind: "start" | "tick" | "message" | "signal" | "fail" | "hold" }>>
  /** Takes a task, or gives it back. */
  | { kind: "hold"; token: number; release?: boolean };

export interface Message {
  id?: string;
  name: string;
  correlation?: Plain;
  /** Only this case may get it. */
  instance?: string;
  variables?: Variables;
  until?: Date;
}

// ---------------------------------------------------------------- editions

/** Which date of a case says which edition binds it; law decides, not deployment. */
export type BindsBy = "application" | "decision" | "event";

export interface Publication {
  model: Model;
  /** Block that can make the model again from its files; see `revive`. */
  owner: string;
  /** Texts by name from which the model was made. Small; kept for as long as there are cases. */
  files: Readonly<Record<string, string>>;
  /** First day (`YYYY-MM-DD`) and first day no longer; open when left out. */
  validFrom?: string;
  validUntil?: string;
  by?: BindsBy;
  law?: Plain;
  /** What people call the process; its name in the file where nothing is said. */
  title?: Multilingual;
  /** What its steps and ways are called, by their names in the file. */
  words?: Readonly<Record<string, Multilingual>>;
  /** Names of the acts its norms cite, by their codes. */
  acts?: Readonly<Record<string, Multilingual>>;
}

export interface EditionView {
  process: string;
  name: string;
  model: string;
  validFrom?: string;
  validUntil?: string;
  by: BindsBy;
  law?: Plain;
  publishedAt: Date;
  /** Cases that have not ended. */
  live: number;
  ended: number;
  /** No longer among what is installed, and cannot be made again: its cases stand still. */
  missing: boolean;
}

export interface EditionsDoor {
  /** Makes an edition known; the same one again changes nothing. In effect at once, written when the house is prepared. */
  publish(publication: Publication): void;
  /** Makes models of former editions again from their files; undefined where that is no longer possible. */
  revive(owner: string, make: (files: Readonly<Record<string, string>>, hash: string) => Model | undefined): void;
  /** The edition that binds by the dates of a case; the newest one whose own rule is met. @throws {Problem} `process.no-edition` */
  editionFor(process: string, dates: Dates): Model;
  /** What people call a process: by its publisher, else by its file, else by its id. */
  nameOf(process: string, language: Language): string;
  /** What a step or a way is called in a language, by its name in the file; undefined where the publisher did not say. */
  wordOf(process: string, name: string, language: Language): string | undefined;
  /** Name of an act that norms of a process cite; its code where nobody gave a name. */
  actOf(process: string, act: string, language: Language): string;
  /** Names of the processes that are published. */
  processes(): string[];
  /** @throws {Problem} `process.no-such-model` */
  model(hash: string): Promise<Model>;
  /** Texts the model was made of. @throws {Problem} `process.no-such-model` */
  files(hash: string): Promise<Readonly<Record<string, string>>>;
  editions(process?: string): Promise<EditionView[]>;
}

// ---------------------------------------------------------------- looking

export interface Page {
  /** `next` of the page before. */
  after?: string;
  /** At most 200; 50 when left out. */
  limit?: number;
}
export interface Paged<Row> {
  rows: Row[];
  next?: string;
}

export interface CaseRow {
  instance: string;
  process: string;
  model: string;
  key: string;
  body?: string;
  status: Status;
  version: number;
  startedAt: Date;
  endedAt?: Date;
  /** Earliest instant something is due by itself. */
  due?: Date;
  deadline?: Date;
  incidents: number;
}
export interface CaseView extends CaseRow {
  state: State;
}

/** A step of a case: a command and what it led to, as it was written in the legal record. */
export interface Recorded {
  /** Counts the commands of a case from 1. */
  version: number;
  at: Date;
  command: RecordedCommand;
  events: HistoryEvent[];
}
/** A migration is a step like any other, made by the store and not by the interpreter. */
export type RecordedCommand =
  | Command
  | { kind: "migrate"; upgrade: string; model: string; inverse: boolean; reason: string; by: string; state?: State };

export interface TaskRow {
  instance: string;
  token: number;
  process: string;
  model: string;
  key: string;
  node: string;
  /** Of a step nobody drew. */
  title?: string;
  role: string;
  body?: string;
  due?: Date;
  /** `actorKey` of who holds it, and of who was the first of four eyes. */
  heldBy?: string;
  doneBy?: string;
  since: Date;
}

export interface IncidentRow extends CaseRow {
  tokens: { token: number; node: string; code: string; attempts: number; since: Date }[];
}

export interface LookingDoor {
  find(instance: string): Promise<CaseView | undefined>;
  /** Every step, the oldest first. */
  history(instance: string): Promise<Recorded[]>;
  /** Newest first. */
  cases(asked: {
    process?: string;
    model?: string;
    body?: string;
    key?: string;
    status?: Status;
    /** Waiting at this node. */
    node?: string;
    live?: boolean;
    page?: Page;
  }): Promise<Paged<CaseRow>>;
  /** Open tasks, the most urgent first. */
  tasks(asked: {
    roles?: string[];
    body?: string;
    heldBy?: string;
    free?: boolean;
    instance?: string;
    page?: Page;
  }): Promise<Paged<TaskRow>>;
  /** Cases with an incident, by nearest legal deadline. */
  incidents(asked?: { process?: string; body?: string; page?: Page }): Promise<Paged<IncidentRow>>;
  /** Tasks by role, body and holder. */
  load(asked?: { body?: string }): Promise<{ role: string; body?: string; heldBy?: string; open: number; late: number }[]>;
  /** How many cases of an edition wait at each node; since when the longest of them, and half of them. */
  atNodes(model: string): Promise<{ node: string; cases: number; since: Date; median: Date }[]>;
  /** Cases that something is due for, by hour or day (UTC), the nearest first; at most 100. */
  timersDue(asked?: { by?: "hour" | "day"; process?: string }): Promise<{ at: Date; cases: number }[]>;
  /** Cases by state. */
  counts(): Promise<{ process: string; status: Status; cases: number; incidents: number }[]>;
}

// ---------------------------------------------------------------- repair

export type Repair =
  | { kind: "retry"; token: number }
  | { kind: "skip"; token: number; output?: Variables }
  | { kind: "move"; tokens: number[]; to: string }
  | { kind: "cancel" | "suspend" | "resume" }
  | { kind: "upgrade"; upgrade: string };

export interface Proposal {
  id: string;
  instance: string;
  process: string;
  key: string;
  repair: Repair;
  reason: string;
  by: string;
  at: Date;
  /** Version of the case it was proposed on; a case that moved since refuses it. */
  version: number;
}

export interface RepairDoor {
  /**
   * What an operator does to a case, always with a reason. Where the process asks for two, it is kept as a proposal until another
   * official confirms it. @throws {Problem} `process.reason-needed`, `process.changed-meanwhile`, `process.<refusal>`
   */
  repair(
    actor: Actor,
    asked: { instance: string; repair: Repair; reason: string; version?: number },
  ): Promise<{ done: Base } | { proposed: Proposal }>;
  /** @throws {Problem} `process.no-such-proposal`, `process.same-person`, `process.changed-meanwhile` */
  confirm(actor: Actor, proposal: string): Promise<Base>;
  /** Takes a proposal away. @throws {Problem} `process.no-such-proposal`, `process.reason-needed` */
  decline(actor: Actor, asked: { proposal: string; reason: string }): Promise<void>;
  /** Proposals nobody has decided, the oldest first. */
  proposals(asked?: { instance?: string }): Promise<Proposal[]>;
}

// ---------------------------------------------------------------- upgrades

/** A migration of live cases as it is declared in `upgrades/*.yaml` of a pack. */
export interface Upgrade {
  upgrade: string;
  process: string;
  /** Content hashes. */
  from: string;
  to: string;
  /** Old node to new node; a node that is not named keeps its id. */
  nodes: Readonly<Record<string, string>>;
  /** FEEL over the variables of the case. */
  variables: readonly { to: string; from: string }[];
  timers: "keep" | "recompute";
  law: Plain;
}

export interface UpgradePreview {
  upgrade: Upgrade;
  total: number;
  ready: number;
  /** Cases that are left alone: nodes that have no target of the same kind in the same place. */
  left: { instance: string; key: string; nodes: { node: string; why: "no-target" | "other-kind" | "other-scope" }[] }[];
}

export interface UpgradeState extends Upgrade {
  appliedAt?: Date;
  undoneAt?: Date;
  cases: number;
}

export interface UpgradeDoor {
  /** What is declared, with what was done of it. */
  upgrades(): Promise<UpgradeState[]>;
  /** Looks at every live case and changes nothing. At most 1,000 of those left alone are named. @throws {Problem} `process.no-such-upgrade` */
  preview(upgrade: string): Promise<UpgradePreview>;
  /** Moves every case that has a target, in batches, each with an event. @throws {Problem} `process.no-such-upgrade`, `process.reason-needed` */
  upgrade(actor: Actor, asked: { upgrade: string; reason: string }): Promise<{ moved: number; left: number }>;
  /** Takes cases back: to the state they had where nothing happened since, else by the inverse of the map. */
  undo(actor: Actor, asked: { upgrade: string; reason: string }): Promise<{ moved: number; left: number }>;
}
