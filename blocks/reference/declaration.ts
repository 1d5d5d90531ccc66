import type { Language, Multilingual } from "@kerege/kernel/locale";

/** Where a list was taken from; shown with it. */
export interface Source {
  title: string;
  url?: string;
  licence: string;
  /** What was changed, what is missing. */
  note?: string;
}

/** The act that approved an edition. */
export interface Act {
  title: Multilingual;
  number?: string;
  day?: string;
  url?: string;
}

export interface Declared {
  name: string;
  title: Multilingual;
  about?: Multilingual;
  /** Body that keeps it up to date. */
  owner: string;
  /** Day of the edition (`YYYY-MM-DD`). */
  edition: string;
  valid_from: string;
  /** First day it is no longer in force. */
  valid_until?: string;
  act?: Act;
  source: Source;
}

export type NameColumns = Partial<Record<Language, string>>;

export interface Columns {
  code: string;
  parent?: string;
  level?: string;
  lat?: string;
  lon?: string;
  weight?: string;
  from?: string;
  until?: string;
  names: NameColumns;
}

export interface DeclaredItem {
  code: string;
  parent?: string;
  level?: string;
  weight?: number;
  from?: string;
  until?: string;
  properties?: Record<string, string>;
  name: Multilingual;
}

/** What an edition holds: lines of a CSV file, or items in place. */
export interface Content {
  file?: string;
  columns?: Columns;
  items?: DeclaredItem[];
}

/** Another edition of the same classifier, beside the one its file begins with. */
export interface EditionDeclaration extends Content {
  edition: string;
  valid_from: string;
  valid_until?: string;
  act?: Act;
  source?: Source;
}

export interface PairDeclaration {
  from: string;
  to: string;
  share?: number;
  note?: Multilingual;
}

export interface MappingDeclaration {
  /** Days of two editions. */
  from: string;
  to: string;
  /** Codes of both editions that no pair names mean the same. */
  same_codes?: boolean;
  pairs?: PairDeclaration[];
  file?: string;
}

export interface PropertyDeclaration {
  name: string;
  column?: string;
  title: Multilingual;
}

/** `reference/<name>.yaml` of kind classifier. */
export interface ClassifierDeclaration extends Declared, Content {
  kind: "classifier";
  parents?: string;
  fallback?: Language[];
  properties?: PropertyDeclaration[];
  editions?: EditionDeclaration[];
  mappings?: MappingDeclaration[];
}

/** `reference/<name>.yaml` of kind calendar. */
export interface CalendarDeclaration extends Declared {
  kind: "calendar";
  weekend: number[];
  off: string[];
  working?: string[];
  covers: { from: string; until: string };
  file: string;
  columns: { day: string; kind: string; estimated?: string; moved_from?: string; names: NameColumns };
  /** Other years, each from a file of its own with the same columns. */
  years?: { edition: string; covers: { from: string; until: string }; file: string; act?: Act; source?: Source }[];
  /** Of several calendars the one meant where none is named. */
  default?: boolean;
}

/** `reference/<name>.yaml` of kind boundaries. */
export interface BoundariesDeclaration extends Declared {
  kind: "boundaries";
  file: string;
  classifier: string;
  code: string;
}

/** `reference/<name>.yaml` of kind organisation: units and posts of bodies. */
export interface OrganisationDeclaration extends Declared {
  kind: "organisation";
  units: { code: string; body: string; parent?: string; place?: string; name: Multilingual }[];
  posts: { code: string; body: string; unit?: string; head?: boolean; rights: string[]; name: Multilingual }[];
  apart?: Apart[];
}

/** Two rights that are kept apart: no post holds both (`post`), or whoever used the one does not use the other on the same thing (`person`). */
export interface Apart {
  rights: [string, string];
  by: "post" | "person";
  why: Multilingual;
}

export interface Ground {
  /** Number of the order or decision. */
  document: string;
  /** Its day. */
  on: string;
  title?: Multilingual;
}

/** `reference/<name>.yaml` of kind officials: who held which post at the first start. */
export interface OfficialsDeclaration extends Declared {
  kind: "officials";
  officials: {
    id: string;
    name: { surname: string; given: string; patronymic?: string };
    terms: { post: string; from: string; until?: string; ground: Ground }[];
  }[];
}

export type ReferenceDeclaration =
  | ClassifierDeclaration
  | CalendarDeclaration
  | BoundariesDeclaration
  | OrganisationDeclaration
  | OfficialsDeclaration;

/** One line of a classifier. */
export interface Item {
  code: string;
  /** Code above it, in the same classifier or in the one its declaration names in `parents`. */
  parent?: string;
  name: Multilingual;
  level?: string;
  /** Degrees, WGS 84. */
  lat?: number;
  lon?: number;
  /** What weighs more is found first (people of a place). */
  weight?: number;
  /** Days the code is in force inside its edition, where they are other than the edition's: `until` is the first day it is not. */
  from?: string;
  until?: string;
  /** By the names the classifier declares, e.g. `alpha-3`. */
  properties?: Record<string, string>;
  /** Languages whose name is borrowed from another one. */
  borrowed?: Language[];
}

export interface CalendarDay {
  day: string;
  kind: string;
  name: Multilingual;
  /** Computed, not yet announced. */
  estimated: boolean;
  /** The day this day off was moved from, which is worked instead. */
  movedFrom?: string;
}

/** GeoJSON (RFC 7946), as far as a map needs it. */
export interface FeatureCollection {
  type: "FeatureCollection";
  features: { type: "Feature"; properties: Record<string, unknown>; geometry: { type: string; coordinates: unknown } }[];
}
