import type { Language, Multilingual } from "@kerege/kernel/locale";

/**
 * A value of one column-sized field: text, whole number or decimal as text, day as `YYYY-MM-DD`, truth, or nothing. Values made of
 * parts (money, text in several languages …) are several such fields: see `PARTS`.
 */
export type Value = string | number | boolean | null;
export type Values = Record<string, Value>;

/**
 * Types of one field. `float` comes only out of the parts of `geometry`; `geometry` is a GeoJSON geometry (RFC 7946) as canonical
 * text in `Value`, WKB (OGC 06-103r4) in the table; `file` is the SHA-256 of the content in hex.
 */
export type FieldType =
  | "pin"
  | "tin"
  | "text"
  | "name"
  | "date"
  | "integer"
  | "decimal"
  | "boolean"
  | "code"
  | "reference"
  | "geometry"
  | "file"
  | "float"
  | "partial-date"
  | "money"
  | "multilingual";

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
  /**
   * How long what a `reference` points at must be there: `start` on the day from which this record is valid (the default), `whole`
   * as long as this record is; then the end of the target is refused (`refuse`) or told (`tell`, event `registry.link-broken`).
   */
  link?: { covers: "start" | "whole"; onEnd?: "refuse" | "tell" };
  /** Other spellings kept beside a `name`: parts `<field>_russian`, `<field>_latin` (ICAO Doc 9303). */
  scripts?: ("russian" | "latin")[];
  /** Languages in which a `multilingual` that is there must be there; ky and ru when left out. */
  languages?: Language[];
  /** Allowed values of a `text`. */
  values?: string[];
  /** What people read in place of each of the values. */
  valueTitles?: Record<string, Multilingual>;
  /** Most signs of a text. */
  max?: number;
  /** Least and most of a number (of money in minor units), or first and last day (`today` may stand for the day of recording). */
  least?: number | string;
  most?: number | string;
  /** Kinds of content a `file` may have (media types) and its most bytes. */
  media?: string[];
  bytes?: number;
  /** Name the field had before: `kerege plan` then moves what is held to the new name. May stay; it does nothing afterwards. */
  was?: string;
  /** FEEL over the fields of a record: what records made before get where the field is new and required. */
  fill?: string;
  /** Set by the engine when a field is spread over parts: the declared field and the part. Never written in a pack. */
  part?: { of: string; name: string };
}

/** A state of a record (`active`, `suspended` …). */
export interface RecordState {
  title: Multilingual;
  /** The record is no longer in force; searches leave it out unless asked. */
  closed?: boolean;
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
  /** States in which it may happen; any when left out. */
  from?: string[];
  /** State the record is in afterwards. */
  to?: string;
  /** Bodies that may record it besides the owner. */
  by?: string[];
  /** Kinds of ground document one of which must come with it; any when left out. */
  documents?: Record<string, { title: Multilingual }>;
  /**
   * It happens by itself, by lapse of time: on the day that this field of type `date` holds, or so many days after it (1: the field is the
   * last day on which the record is good). Nobody records it by hand.
   */
  when?: string | { field: string; days?: number };
  /** It puts right what was wrong: who used the wrong value is found from the reads and told. */
  corrects?: boolean;
}

/**
 * A declared way to look records up; there is no other. Exactly one of `exact`, `prefix`, `fuzzy`, `range`, or `exact` with one of
 * the others, or `fuzzy` narrowed by a `range`. Every condition has its index, an order and a limit.
 */
export interface SearchCondition {
  title: Multilingual;
  /** Fields compared exactly, in the order of the index. */
  exact?: string[];
  /** One `name` or `text` field compared from its beginning, blind to script and spelling (Жаныбек = Zhanybek = Janybek). */
  prefix?: string;
  /** `name` fields compared as a person may have misspelt them, across Kyrgyz, Russian, Kazakh and Latin spelling: at most one edit each. */
  fuzzy?: string[];
  /** One date or number field between two values (given as `<field>_from`, `<field>_until`, the last exclusive; either may be left out). */
  range?: string;
  /** A `geometry` field whose box meets a box given as `west,south,east,north` in degrees. */
  within?: string;
  /** Order of the result; the key ends it. */
  order?: string[];
  /** Most rows of a page. */
  limit: number;
}

/** A rule that every record keeps: FEEL over the fields as they will be. */
export interface ValidityRule {
  /** What the reader is told when it is broken. */
  title: Multilingual;
  /**
   * True when all is well. It sees each field by name (money as {amount, currency}, text in several languages as a context, a
   * partial date as {first, last}), `before` (the record as it was, or null), `event`, `valid_from`, `today`, and what `with` names.
   */
  holds: string;
  /** Events it is asked at; all when left out. */
  events?: string[];
  /** Field the fault is shown at. */
  field?: string;
  /** Records of other registers by key (null when not there), and lists of records of this or another register by a declared search. */
  with?: Record<string, RuleRecord | RuleList>;
  law?: { act: Multilingual; article?: string };
}
export interface RuleRecord {
  register: string;
  /** Field of this record that holds the key. */
  key: string;
}
export interface RuleList {
  register: string;
  /** Search condition with `exact` only; each of its fields takes its value from the named field of this record. Two clerks at one list wait for each other. */
  search: string;
  values: Record<string, string>;
  /**
   * `then` (when left out): those in force on each day on which the event is true, so that a record that begins later counts from its
   * first day. `ever`: all that are not at an end on its first day, those that begin later too.
   */
  when?: "then" | "ever";
}

/** When records are physically removed, and what is left of them: always the leaf in the log and a line in `registry.erasure`. */
export interface Retention {
  /** Counted from the end of the record. ISO 8601 duration (`P75Y`). */
  after: string;
  law: { act: Multilingual; article?: string };
}

/** `registers/<name>.yaml`. */
export interface RegisterDeclaration {
  register: string;
  title: Multilingual;
  about?: Multilingual;
  /** Body that owns the register. */
  owner: string;
  law: { act: Multilingual; article?: string; edition?: string }[];
  /** Where its facts come from: bodies, acts, older registers. */
  sources?: { title: Multilingual; register?: string }[];
  /** Field that identifies a record for ever. */
  key: string;
  /**
   * Field with the PIN of the person (or TIN of the organisation) a record is about; none where records are about neither. Several
   * where a record is about several (husband and wife): each sees its reads, each reads it and contests it as his own, and where
   * consent is demanded each who is named must have agreed.
   */
  subject?: string | string[];
  /**
   * The subject finds the records that are about him on the page about himself, also where the key is another (my car, my flat): by a
   * search whose `exact` is the field of the subject and nothing else, under a ground with `self` that reads the register.
   */
  subjectFinds?: boolean;
  fields: Record<string, RegisterField>;
  states?: Record<string, RecordState>;
  events: Record<string, RegisterEvent>;
  search: Record<string, SearchCondition>;
  /** No two records that are not at an end (and in one of the states, where given) have the same values of these fields. */
  unique?: Record<string, { fields: string[]; states?: string[]; title: Multilingual }>;
  rules?: Record<string, ValidityRule>;
  retention?: Retention;
  /** Days in which the owner decides about a contested field (working days of the calendar). */
  contestDays?: number;
}

/** `grounds/<name>.yaml`: on what law, for what purpose, who may read which fields. What no ground allows is denied. */
export interface Ground {
  ground: string;
  title: Multilingual;
  /** The act by its name in each language, with the article. */
  law: { act: Multilingual; article: string; edition?: string };
  purpose: Multilingual;
  /**
   * `self`: the person about himself. `children`: the person about his child under age. `bodies`: officials and systems of these
   * bodies. `agreements`: parties of these agreements while they are in force. `anyone`: only fields of class `public`.
   */
  readers: { self?: boolean; children?: Children; bodies?: string[]; agreements?: string[]; anyone?: boolean };
  /** Fields by register. */
  reads: Record<string, string[]>;
  /** Search conditions by register that may be used under this ground. */
  searches?: Record<string, string[]>;
  /** Only records whose field has one of the values, or the code of the reader's body where it says `reader-body`. */
  rows?: Record<string, Record<string, (string | number | boolean)[] | "reader-body">>;
  /** Classes beyond `personal` that are meant to be read. */
  classes?: ("special" | "biometric")[];
  /**
   * There must be a consent in force for this ground and reader: of each who is named in a record as its subject, or of one of
   * them where it says `any` (the law decides which: a mother agrees that the act of birth of her child is read).
   */
  consent?: boolean | "any";
  /** A read of more subjects than this in a day by one reader raises an alarm; more than `refuse` is refused. */
  bulk?: { alarm: number; refuse?: number };
  /** The subject sees the read only after so long (ISO 8601 duration): a public rule with its own law. */
  deferred?: { for: string; law: { act: Multilingual; article: string }; title: Multilingual };
  /** For danger to life: allowed at once to these readers with a written reason; the owner and the subject are told at once. */
  breakGlass?: boolean;
  /** Supervision: these bodies may also look through the record of reads, those not shown to the person yet included. */
  audits?: boolean;
}

/** Where it stands whose child somebody is: a register of people, its fields with a parent, the day of birth, and the age at which it ends (years). */
export interface Children {
  register: string;
  parents: string[];
  bornOn: string;
  until: number;
}

/** `agreements/<name>.yaml`: parties that may read under the grounds that name it. */
export interface Agreement {
  agreement: string;
  title: Multilingual;
  parties: string[];
  number: string;
  signedOn: string;
  validFrom: string;
  validUntil?: string;
}

/** `known-facts/<name>.yaml`: something the state knows, by the name under which services ask it. */
export interface KnownFact {
  fact: string;
  title: Multilingual;
  /** Other words people and forms use for it. */
  words?: Partial<Record<"ky" | "ru" | "kk" | "en", string[]>>;
  register: string;
  /** Field that holds it. */
  field: string;
  /** There may be several (children, flats): the fact is a list. Only of a search, or of another fact that is a list. */
  list?: boolean;
  /** The record: by the PIN of the person (`key: subject`), or through another fact whose value is the key. */
  by: "subject" | { fact: string } | { search: string; values: Record<string, "subject"> };
}
