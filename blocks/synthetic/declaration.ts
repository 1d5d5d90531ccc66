import type { Multilingual } from "@kerege/kernel/locale";
import type { NameRow, PatronymicStyle, Sex } from "./names.ts";

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

/** What is made; field names are those the mappings of packs use. */
export interface Dwelling {
  code: string;
  region: string;
  district: string;
  place: string;
  street: string;
  house: string;
  /** Degrees, as decimal text. */
  lat: string;
  lon: string;
  since: string;
}

export interface Person {
  pin: string;
  surname: string;
  given_name: string;
  patronymic: string | null;
  sex: Sex;
  born_on: string;
  birth_place: string;
  citizenship: string;
  mother: string | null;
  father: string | null;
  community: string;
}

export interface Residence {
  pin: string;
  dwelling: string;
  since: string;
  kind: "permanent" | "temporary";
}

export interface Move {
  pin: string;
  dwelling: string;
  on: string;
  kind: "permanent" | "temporary";
}

export interface Renaming {
  pin: string;
  surname: string;
  on: string;
}

export interface Death {
  pin: string;
  on: string;
  /** Had a residence in the register. */
  resident: boolean;
}

/** A few families of one neighbourhood; all they refer to is inside. */
export interface Chunk {
  number: number;
  dwelling: Dwelling[];
  person: Person[];
  residence: Residence[];
  renaming: Renaming[];
  move: Move[];
  death: Death[];
  /** People alive. */
  living: number;
  /** People of this chunk worth signing in as. */
  faces: Face[];
}

export type Kind = "dwelling" | "person" | "residence" | "renaming" | "move" | "death";

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
  document: string;
  steps: PeopleStep[];
}

export interface PeopleStep {
  for: Kind;
  when?: string;
  register: string;
  event: string;
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
