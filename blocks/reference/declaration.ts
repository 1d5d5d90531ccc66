import type { Language, Multilingual } from "@kerege/kernel/locale";

interface Declared {
  name: string;
  title: Multilingual;
  /** Body that keeps it up to date. */
  owner: string;
  /** Day of the edition (`YYYY-MM-DD`). */
  edition: string;
  valid_from: string;
  source: { title: string; url?: string; licence: string; note?: string };
}

export type NameColumns = Partial<Record<Language, string>>;

/** `reference/<name>.yaml` of kind classifier. */
export interface ClassifierDeclaration extends Declared {
  kind: "classifier";
  parents?: string;
  fallback?: Language[];
  file?: string;
  columns?: { code: string; parent?: string; level?: string; lat?: string; lon?: string; weight?: string; names: NameColumns };
  items?: { code: string; parent?: string; level?: string; weight?: number; name: Multilingual }[];
}

/** `reference/<name>.yaml` of kind calendar. */
export interface CalendarDeclaration extends Declared {
  kind: "calendar";
  weekend: number[];
  off: string[];
  working?: string[];
  covers: { from: string; until: string };
  file: string;
  columns: { day: string; kind: string; estimated?: string; names: NameColumns };
}

/** `reference/<name>.yaml` of kind boundaries. */
export interface BoundariesDeclaration extends Declared {
  kind: "boundaries";
  file: string;
  classifier: string;
  code: string;
}

export type ReferenceDeclaration = ClassifierDeclaration | CalendarDeclaration | BoundariesDeclaration;

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
}

export interface CalendarDay {
  day: string;
  kind: string;
  name: Multilingual;
  /** Computed, not yet announced. */
  estimated: boolean;
}

/** GeoJSON (RFC 7946), as far as a map needs it. */
export interface FeatureCollection {
  type: "FeatureCollection";
  features: { type: "Feature"; properties: Record<string, unknown>; geometry: { type: string; coordinates: unknown } }[];
}

export interface Edition {
  name: string;
  kind: string;
  edition: string;
  validFrom: string;
  owner: string;
  rows: number;
  loadedAt: Date;
}

export interface SearchOptions {
  /** Language the result is sorted in. */
  language: Language;
  /** Most items; 20 when left out. */
  limit?: number;
  /** Only what lies under this code, however deep. */
  parent?: string;
}

/** Classifiers, the working calendar, boundaries and bodies. All but the old editions is in memory: calls answer at once. */
export interface ReferenceDoor {
  /** Names of the classifiers. */
  classifiers(): string[];
  /** Items in the order of their list. Problem `reference.unknown-classifier`. */
  items(classifier: string): Item[];
  item(classifier: string, code: string): Item | undefined;
  /** Name of a code, or the code itself where there is no such item. */
  label(classifier: string, code: string, language: Language): string;
  /** The item and what it lies in, from the top down. Empty for an unknown code. */
  path(classifier: string, code: string): Item[];
  /** Finds by any word's beginning, in any of the four languages, with or without Kyrgyz letters, also typed in Latin. */
  search(classifier: string, text: string, options: SearchOptions): Item[];
  /** True when offices work on that day (`YYYY-MM-DD`). Outside the years the calendar covers only weekends are known. */
  workingDay(day: string): boolean;
  /** The n-th working day after `day` (before it when n is negative); `day` itself for 0. */
  addWorkingDays(day: string, n: number): string;
  /** The name of a holiday, or undefined on an ordinary day. */
  holiday(day: string): CalendarDay | undefined;
  /** Shapes by name, or undefined. */
  boundaries(name: string): FeatureCollection | undefined;
  /** The bodies of the state: classifier `bodies`. */
  bodies(): Item[];
  body(code: string): Item | undefined;
  /** Where the data come from: one entry for each list, to be shown with it. */
  sources(): { name: string; title: Multilingual; edition: string; source: Declared["source"] }[];
  /** Editions that were ever loaded, newest first. */
  editions(name: string): Promise<Edition[]>;
  /** Items of a past edition as they were. */
  itemsOfEdition(classifier: string, edition: string): Promise<Item[]>;
}
