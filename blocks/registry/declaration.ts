import type { Actor } from "@kerege/kernel/actor";
import type { Multilingual } from "@kerege/kernel/locale";

/** A value of a field: text, whole number or decimal as text, day as `YYYY-MM-DD`, truth, or nothing. */
export type Value = string | number | boolean | null;
export type Values = Record<string, Value>;

export type FieldType = "pin" | "text" | "name" | "date" | "integer" | "decimal" | "boolean" | "code" | "reference";
/** Who may know a field: `public` all, `official` bodies, `personal` with a ground, `special` and `biometric` with a ground that names the class. */
export type Confidentiality = "public" | "official" | "personal" | "special" | "biometric";

export interface RegisterField {
  type: FieldType;
  title: Multilingual;
  class: Confidentiality;
  /** A record always has it. */
  required?: boolean;
  /** Classifier of a `code`. */
  classifier?: string;
  /** Register of a `reference`. */
  register?: string;
  /** Allowed values of a `text`. */
  values?: string[];
  /** What people read in place of each of the values. */
  valueTitles?: Record<string, Multilingual>;
  max?: number;
}

/** What may happen to a record: the only way to change it. */
export interface RegisterEvent {
  title: Multilingual;
  /** Makes the record; other events change one. */
  creates?: boolean;
  /** Fields it sets; no other may come with it. */
  sets: string[];
  /** Fields of `sets` that must come. */
  requires?: string[];
  /** The record is at an end (death, demolition): tombstone from `validFrom`. */
  ends?: boolean;
}

/** A declared way to look records up; there is no other. */
export interface SearchCondition {
  title: Multilingual;
  /** Fields compared exactly, in the order of the index. */
  exact?: string[];
  /** One `name` or `text` field compared from its beginning, blind to script and spelling (Жаныбек = Zhanybek = Janybek). */
  prefix?: string;
  /** Order of the result; the key ends it. */
  order?: string[];
  /** Most rows of a page. */
  limit: number;
}

/** `registers/<name>.yaml`. */
export interface RegisterDeclaration {
  register: string;
  title: Multilingual;
  /** Body that owns the register. */
  owner: string;
  law: { act: string; article?: string }[];
  /** Field that identifies a record for ever. */
  key: string;
  /** Field with the PIN of the person a record is about; none where records are not about people. */
  subject?: string;
  fields: Record<string, RegisterField>;
  events: Record<string, RegisterEvent>;
  search: Record<string, SearchCondition>;
}

/** `grounds/<name>.yaml`: on what law, for what purpose, who may read which fields. What no ground allows is denied. */
export interface Ground {
  ground: string;
  title: Multilingual;
  /** The act by its name in each language, with the article. */
  law: { act: Multilingual; article: string; edition?: string };
  purpose: Multilingual;
  /** `self`: the person about himself (and, with `children`, about his child under age). `body`: officials and systems of these bodies. */
  readers: { self?: boolean; bodies?: string[] };
  /** Fields by register. */
  reads: Record<string, string[]>;
  /** Search conditions by register that may be used under this ground. */
  searches?: Record<string, string[]>;
}

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
}

export interface Found {
  key: string;
  version: number;
  validFrom: string;
  recordedAt: Date;
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
  /** The `next` of the page before. */
  after?: string;
  limit?: number;
}

export interface Page<Row> {
  rows: Row[];
  next?: string;
}

export interface RecordRequest {
  register: string;
  event: string;
  /** Identifies this act for ever: the same act given twice is recorded once (UUID). */
  act: string;
  key: string;
  values: Values;
  /** From which day it is true. */
  validFrom: string;
  /** Ground document (number and date, or a document's id). */
  document: string;
  case?: string;
  /** Version the change was made on; a Problem `registry.version-differs` when another change came between. */
  version?: number;
}

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
}

/** What neighbours may ask of the registers. Every read is written with its ground in the same transaction as the read. */
export interface RegistryDoor {
  read(actor: Actor, request: ReadRequest): Promise<Found | undefined>;
  search(actor: Actor, request: SearchRequest): Promise<Page<Found>>;
  /** All versions of a record, newest first, each with its event. */
  history(actor: Actor, request: ReadRequest): Promise<(Found & { event: string; document: string; validTo: string | null })[]>;
  record(actor: Actor, request: RecordRequest): Promise<{ key: string; version: number }>;
  /** Many records of one register and one creating event, for the first load; rows are checked like single ones. */
  load(
    actor: Actor,
    request: { register: string; event: string; document: string; rows: { key: string; values: Values; validFrom: string }[] },
  ): Promise<number>;
  /** Reads about a person, newest first. The person sees all of them. */
  readsAbout(actor: Actor, request: { pin: string; after?: string; limit?: number }): Promise<Page<ReadEntry>>;
  count(register: string): Promise<number>;
  registers(): RegisterDeclaration[];
  grounds(): Ground[];
}
