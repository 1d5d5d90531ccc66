import type { Multilingual } from "@kerege/kernel/locale";
import type { Kind, Rows } from "./kinds.ts";
import type { NameRow, PatronymicStyle } from "./names.ts";

/** `synthetic/model.yaml` of a country: what its invented people are like. */
export interface Model {
  /** Classifier of populated places, whose parents are units. */
  places: string;
  citizenship: string;
  /** First day of which the registers hold moves and changes of name. */
  historyFrom: string;
  /** Weight of a place by its level where the number of its people is not known. */
  weights: Record<string, number>;
  /** Levels that are towns: flats, students, trade. */
  towns: string[];
  /** Levels that are villages. */
  villages: string[];
  /** Shares of the communities of names; the first that names a unit above the place counts. */
  communities: { units?: string[]; shares: Record<string, number> }[];
  patronymics: Record<string, { style: PatronymicStyle; share: number }[]>;
  streets: string[];
  /** What they own; nothing where it is left out. */
  economy?: Economy;
}

/** Figures and names of what people own: homes, companies, vehicles. */
export interface Economy {
  currency: string;
  /** Least and most price of a square metre in whole units of money. */
  homes: { town: [number, number]; village: [number, number] };
  companies: {
    /** A name is one of the first with one of the second. */
    names: { first: string[]; second: string[] };
    forms: CompanyForm[];
    /** Codes of a classifier of activities, by share. */
    activities: Record<string, number>;
    /** Who lends on mortgage: made with the first people. */
    lenders: { names: string[]; form: string; activity: string };
  };
  vehicles: {
    /** What plates begin with, by unit; the first that lies above the home counts. */
    plates: Record<string, string>;
    makes: VehicleMake[];
    colours: Record<string, number>;
  };
}

/** Name of a company in a legal form; `{name}` stands for the name itself. `capital`: least and most, in whole units of money. */
export interface CompanyForm {
  form: string;
  share: number;
  capital: [number, number];
  name: Multilingual;
}

export interface VehicleMake {
  make: string;
  model: string;
  kind: string;
  fuel: string;
  volume: number;
  /** First three signs of the VIN: the maker (ISO 3780). */
  maker: string;
  share: number;
}

/** A populated place as the generator needs it. */
export interface Place {
  code: string;
  level: string;
  weight: number;
  lat: number;
  lon: number;
  /** Codes of units from the top down. */
  units: string[];
  /** Units inside the lowest one, among which dwellings are spread (districts of a city). */
  parts: string[];
}

export interface WorldRequest {
  seed: number;
  /** Nothing happens after this day. */
  today: string;
  model: Model;
  places: Place[];
  names: NameRow[];
}

export type Dwelling = Rows["dwelling"];
export type Person = Rows["person"];

/** A few families of one neighbourhood; all they refer to is inside. */
export interface Chunk extends ChunkRows {
  number: number;
  /** People alive. */
  living: number;
  /** People of this chunk worth signing in as. */
  faces: Face[];
}
type ChunkRows = { [K in Kind]: Rows[K][] };

export const roles = ["mother", "elder", "student", "mover", "trader", "father", "sixteen", "neighbour"] as const;
export type Role = (typeof roles)[number];

export interface Face {
  role: Role;
  pin: string;
  name: string;
  place: string;
}

/** Someone alive, as the sign-in page of a demo country lists them. */
export interface Resident {
  pin: string;
  name: string;
  /** Code of the place of residence. */
  place: string;
}

/** `people/<name>.yaml` of a pack: how what is made is put into its registers. */
export interface PeopleDeclaration {
  people: string;
  /** Ground document of every record, where the event demands no kind. */
  document: string;
  /** Mappings of a lower turn are done first in all packs; 1 when left out. */
  turn?: number;
  steps: PeopleStep[];
}

export interface PeopleStep {
  for: Kind;
  when?: string;
  register: string;
  event: string;
  /** Kind of the ground document, where the event demands one. */
  document?: string;
  key: string;
  validFrom: string;
  values: Record<string, string>;
}

/** An invented person one may sign in as. */
export interface DemoPerson {
  pin: string;
  name: string;
  role: Role;
  place: Multilingual;
  /** One line about the person. */
  about: Multilingual;
}

export type Progress = (textKey: string, values?: Record<string, string | number>) => void;

/** Invented people for demo, training and tests. Everything refuses with `synthetic.not-a-demo` where the country is a real one. */
export interface SyntheticDoor {
  /** Makes people until at least `count` living ones are in the registers, beginning where the last time ended; gives their number. */
  ensure(count: number, progress?: Progress): Promise<number>;
  /** A few lasting people to sign in as, each of another kind. */
  demoPeople(limit?: number): Promise<DemoPerson[]>;
  /** Living people by personal number, or by the beginning of the name in any spelling; at most 50. */
  findPeople(text: string, limit?: number): Promise<{ pin: string; name: string; place: Multilingual }[]>;
}
