import type { Actor } from "@kerege/kernel/actor";
import type { Ground, RegisterDeclaration, Value, Values } from "./declaration.ts";

export interface ReadRequest {
  register: string;
  key: string;
  fields: string[];
  ground: string;
  /** Case (application) the read is for. */
  case?: string;
  /** Service the read is for. */
  service?: string;
  /** When it was true (`YYYY-MM-DD`) and when it was recorded; now and now when left out. */
  trueOn?: string;
  knownAt?: Date;
  /** Why, in the reader's own words: compulsory under a ground for danger to life. */
  reason?: string;
}

export interface Found {
  key: string;
  version: number;
  validFrom: string;
  recordedAt: Date;
  /** State of the record, where its register has states. */
  state?: string;
  values: Values;
}

export interface SearchRequest {
  register: string;
  condition: string;
  values: Values;
  fields: string[];
  ground: string;
  case?: string;
  service?: string;
  reason?: string;
  /** The `next` of the page before. */
  after?: string;
  limit?: number;
}

export interface Page<Row> {
  rows: Row[];
  next?: string;
}

/** The document that an event rests on. A plain text is a number (or an id) of a document of no declared kind. */
export type GroundDocument = string | { kind: string; number: string; on?: string };

export interface RecordRequest {
  register: string;
  event: string;
  /** Identifies this act for ever: the same act given twice is recorded once (UUID). */
  act: string;
  key: string;
  values: Values;
  /** From which day it is true. */
  validFrom: string;
  document: GroundDocument;
  case?: string;
  /** Version the change was made on; a Problem `registry.version-differs` when another change came between. */
  version?: number;
}

export type HistoryEntry = Found & {
  event: string;
  document: string;
  validTo: string | null;
  ended: boolean;
  actor: string;
  act: string;
};

/** One entry of the person's page "who read my data". */
export interface ReadEntry {
  id: string;
  at: Date;
  reader: Actor;
  register: string;
  fields: string[];
  ground: string;
  case: string | null;
  service: string | null;
  found: boolean;
  reason: string | null;
}

/** A field that differs between two versions of a record. */
export interface Difference {
  field: string;
  before: Value;
  after: Value;
}

/** Somebody says that a field of a record is wrong. */
export interface Contest {
  id: string;
  register: string;
  key: string;
  field: string;
  /** What the register said, and what the person says is right. */
  held: Value;
  claimed: string;
  reason: string;
  by: string;
  at: Date;
  /** Last day of the owner to decide. */
  dueOn: string;
  state: "open" | "accepted" | "refused";
  answer: string | null;
  decidedAt: Date | null;
}

/** Who used a value that turned out to be wrong, one line for each reader and case. */
export interface AffectedUse {
  body: string | null;
  person: string | null;
  case: string | null;
  service: string | null;
  firstAt: Date;
  lastAt: Date;
  reads: number;
}

/** One committed change, in an order that never skips and never repeats. */
export interface FeedEntry {
  /** Watermark behind this change: ask for what comes after it. */
  mark: string;
  register: string;
  key: string;
  event: string;
  version: number;
  recordedAt: Date;
}

/** What neighbours may ask of the registers. Every read is written with its ground in the same transaction as the read. */
export interface RegistryDoor {
  read(actor: Actor, request: ReadRequest): Promise<Found | undefined>;
  search(actor: Actor, request: SearchRequest): Promise<Page<Found>>;
  /** All versions of a record, newest first, each with its event. */
  history(actor: Actor, request: ReadRequest): Promise<HistoryEntry[]>;
  record(actor: Actor, request: RecordRequest): Promise<{ key: string; version: number }>;
  /** Many records of one register and one creating event, for the first load; rows are checked like single ones. */
  load(
    actor: Actor,
    request: { register: string; event: string; document: string; rows: { key: string; values: Values; validFrom: string }[] },
  ): Promise<number>;
  /** Reads about a person, newest first. The person sees all of them but those a public rule defers. */
  readsAbout(actor: Actor, request: { pin: string; after?: string; limit?: number }): Promise<Page<ReadEntry>>;
  count(register: string): Promise<number>;
  registers(): RegisterDeclaration[];
  grounds(): Ground[];
}
