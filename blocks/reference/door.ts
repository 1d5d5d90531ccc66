import type { Actor } from "@kerege/kernel/actor";
import type { Language, Multilingual } from "@kerege/kernel/locale";
import type { Act, Apart, CalendarDay, FeatureCollection, Ground, Item, Source } from "./declaration.ts";

/** An edition that was ever loaded. */
export interface Edition {
  name: string;
  kind: string;
  edition: string;
  validFrom: string;
  validUntil?: string;
  owner: string;
  rows: number;
  loadedAt: Date;
}

/** An edition as it is declared now. */
export interface EditionHead {
  edition: string;
  validFrom: string;
  /** First day it is no longer in force; none while it is. */
  validUntil?: string;
  act?: Act;
  source: Source;
  rows: number;
}

/** Which edition is asked: by a day, or by the day of the edition itself. Without either the newest. */
export interface Of {
  on?: string;
  edition?: string;
}

export interface SearchOptions {
  /** Language the result is sorted in. */
  language: Language;
  /** Most items; 20 when left out. */
  limit?: number;
  /** Only what lies under this code, however deep. */
  parent?: string;
  /** Edition that is searched; the newest when left out. */
  edition?: string;
}

/** Why a code may or may not be used on a day. */
export type CodeState = "valid" | "unknown" | "upcoming" | "closed";

export type PairKind = "same" | "one-to-one" | "split" | "merge" | "many-to-many" | "ended" | "new";

/** One line of a mapping between two editions. `from` is empty for a new code, `to` for one that ended. */
export interface Pair {
  from: string;
  to: string;
  kind: PairKind;
  /** How much of `from` goes to `to`, 0 to 1, where it is known. */
  share?: number;
  note?: Multilingual;
}

export interface Change {
  code: string;
  kind: "added" | "removed" | "renamed" | "moved" | "changed";
  before?: Item;
  after?: Item;
}

/** What a code meant over time, the oldest first. */
export interface HistoryEntry {
  edition: string;
  from: string;
  until?: string;
  item: Item;
  /** What the code of this edition became in the next one, and what it came from. */
  became: Pair[];
  cameFrom: Pair[];
}

/** A change of what is published, in the order of commits. */
export interface Publication {
  name: string;
  /** Grows by one with each publication of a list; a reader that keeps the last one never misses and never repeats any. */
  number: number;
  at: Date;
  kind: "published" | "replaced";
  edition: string;
  /** Against the edition before it, or against the former content of the same edition. */
  changes: { code: string; kind: Change["kind"] }[];
}

export interface BodyUnit {
  code: string;
  body: string;
  parent?: string;
  /** Code of an administrative unit or a place. */
  place?: string;
  name: Multilingual;
}

/** A seat that one official holds at a time. */
export interface Post {
  code: string;
  body: string;
  unit?: string;
  head: boolean;
  /** Names of rights; what they open is said by the block that asks for them. */
  rights: string[];
  name: Multilingual;
}

/** An official in a post, from a day until another (the first day he is no longer in it). */
export interface Holder {
  official: string;
  name: { surname: string; given: string; patronymic?: string };
  post: string;
  body: string;
  from: string;
  until?: string;
  ground: Ground;
}

export interface Appointment {
  post: string;
  /** Own identifier of the official. */
  official: string;
  name: { surname: string; given: string; patronymic?: string };
  from: string;
  until?: string;
  ground: Ground;
}

/** An entry of the history of a post. */
export interface StaffAct {
  post: string;
  number: number;
  act: "appointed" | "dismissed";
  official: string;
  name: Holder["name"];
  on: string;
  until?: string;
  ground: Ground;
  by: string;
  recordedAt: Date;
}

/** Classifiers, working calendars, boundaries, bodies and their people. What is declared is in memory: those calls answer at once. */
export interface ReferenceDoor {
  /** Names of the classifiers. */
  classifiers(): string[];
  /** Items in the order of their list. Problem `reference.unknown-classifier`. */
  items(classifier: string, of?: Of): Item[];
  /**
   * An item of the newest edition; with `on`, of the edition in force that day, and only if the code itself is in force: undefined for a
   * code of a closed edition. With `edition`, of that edition.
   */
  item(classifier: string, code: string, of?: Of): Item | undefined;
  /** Whether a code may be used on a day, and if not why. */
  codeState(classifier: string, code: string, on: string): CodeState;
  /** The item with this value of a property, e.g. `itemBy("countries", "alpha-3", "KGZ")`. */
  itemBy(classifier: string, property: string, value: string): Item | undefined;
  /** Name of a code, of the newest edition that has it; the code itself where none has. */
  label(classifier: string, code: string, language: Language): string;
  /** The item and what it lies in, from the top down. Empty for an unknown code. */
  path(classifier: string, code: string, of?: Of): Item[];
  /** Finds by code or by any word's beginning, in any of the four languages, with or without Kyrgyz letters, also typed in Latin. */
  search(classifier: string, text: string, options: SearchOptions): Item[];
  /** Editions as declared now, the newest first. */
  heads(classifier: string): EditionHead[];
  /** What differs between two editions, in the order of the lists. */
  diff(classifier: string, from: string, to: string): Change[];
  /** How codes of one edition go over into those of another; empty where no mapping is declared. */
  mapping(classifier: string, from: string, to: string): Pair[];
  /** What a code meant in each edition that has it. */
  history(classifier: string, code: string): HistoryEntry[];
  /** Names of the calendars, the default one first. */
  calendars(): string[];
  /** True when offices work on that day (`YYYY-MM-DD`). Outside the years the calendar covers only weekends are known. */
  workingDay(day: string, calendar?: string): boolean;
  /** The n-th working day after `day` (before it when n is negative); `day` itself for 0. */
  addWorkingDays(day: string, n: number, calendar?: string): string;
  /** The name of a holiday, or undefined on an ordinary day. */
  holiday(day: string, calendar?: string): CalendarDay | undefined;
  /** Shapes by name, or undefined. */
  boundaries(name: string): FeatureCollection | undefined;
  /** The bodies of the state: classifier `bodies`. */
  bodies(): Item[];
  body(code: string): Item | undefined;
  /** Units of a body, the upper ones first as declared. */
  units(body: string): BodyUnit[];
  /** Posts of a body; of all bodies when none is named. */
  posts(body?: string): Post[];
  /** Duties that are declared to be kept apart. */
  apart(): Apart[];
  post(code: string): Post | undefined;
  /** Who holds posts on a day. */
  officials(asked: { on: string; body?: string }): Promise<Holder[]>;
  /** Who holds a post on a day. Problem `reference.unknown-post`. */
  holder(post: string, on: string): Promise<Holder | undefined>;
  /** Rights an official has on a day, by the posts held that day: they end with the term. */
  rightsOf(official: string, on: string): Promise<{ post: string; body: string; right: string }[]>;
  /** Problems `reference.unknown-post`, `reference.post-taken`, `reference.wrong-term`. */
  appoint(actor: Actor, appointment: Appointment): Promise<StaffAct>;
  /** `on` is the first day out of the post. Problems `reference.unknown-post`, `reference.post-vacant`, `reference.wrong-term`. */
  dismiss(actor: Actor, dismissal: { post: string; on: string; ground: Ground }): Promise<StaffAct>;
  /** All acts on a post, the oldest first. */
  staffHistory(post: string): Promise<StaffAct[]>;
  /** Where the data come from: one entry for each list, to be shown with it. */
  sources(): { name: string; title: Multilingual; edition: string; source: Source }[];
  /** Editions that were ever loaded, newest first. */
  editions(name: string): Promise<Edition[]>;
  /** Items of a past edition as they were. */
  itemsOfEdition(classifier: string, edition: string): Promise<Item[]>;
  /** Publications of a list after a number, the oldest first; at most 100 unless said otherwise. */
  publications(asked: { name: string; after?: number; limit?: number }): Promise<Publication[]>;
}
