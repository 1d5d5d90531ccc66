import type { Level, Whom } from "@kerege/identity";
import type { Multilingual } from "@kerege/kernel/locale";
import type { ProcessFiles, StockProcess } from "@kerege/process";
import type { DecisionTexts } from "./deciding.ts";

/** A provision of law: which act (a code of the passport's `acts`), which article, in force since which edition (`YYYY-MM-DD`). */
export interface Norm {
  act: string;
  article?: string;
  edition?: string;
}

/** Free, or an amount in minor units of the country's currency. */
export type Fee = { free: true } | { amount: number; norm: Norm; exempt?: Multilingual };
/** `at-once`, or a number of working days. */
export type Deadline = "at-once" | { workingDays: number };
export type Channel = "portal" | "app" | "service-centre" | "body";
export type Audience = "person" | "company" | "entrepreneur" | "body";
export type LifeEvent = (typeof lifeEvents)[number];
/** Titles stand in the locales under `services.life-events.<code>`. */
export const lifeEvents = [
  "birth",
  "school",
  "work",
  "family",
  "home",
  "vehicle",
  "business",
  "health",
  "travel",
  "documents",
  "money",
  "bereavement",
] as const;

/** `services/<id>/service.yaml`: the passport. */
export interface ServiceDeclaration {
  service: string;
  /** Number of the edition and the day from which it is in force. */
  edition: number;
  validFrom: string;
  title: Multilingual;
  summary: Multilingual;
  /** Kind of result by content. */
  kind: "certificate" | "registration" | "permit" | "benefit" | "notice" | "document" | "appeal";
  lifeEvents: LifeEvent[];
  audience: Audience[];
  /** For whom one may apply: oneself (or by a power of attorney), a child of one's own, a company. Of `audience` when left out. */
  for?: Whom[];
  /** How surely the person must be known; `substantial` when left out. */
  assurance?: Level;
  /** Category of the base lists (`G4C-3`, `G4B-1`, `G4G-4`). */
  category: string;
  /** Item of the unified register of services, where the law gives it one. */
  registerItem?: string;
  body: string;
  recipients: Multilingual;
  /** Full names of the acts that are cited here and in the rules, by a code of one's own. */
  acts: Record<string, Multilingual>;
  law: Norm[];
  result: Multilingual;
  deadline: Deadline;
  /** Stock process its cases go by; `straight-through` when left out. Not where the folder has a `process.bpmn`. */
  process?: StockProcess;
  /** Where an official decides: what he may ask and refuse, and what silence means. */
  review?: ReviewDeclaration;
  fee: Fee;
  channels: Channel[];
  /** Stage of online interaction, 1 (information) to 5 (without application). */
  maturity: 1 | 2 | 3 | 4 | 5;
  /** Steps of the way a person has to leave the electronic form for (paper, visit); 0 is fully automated. */
  mediaBreaks: number;
  appeal: Multilingual;
  /** Other words people type when they look for it. */
  keywords: Record<keyof Multilingual, string[]>;
}

/** How an official decides; for services whose process is `one-review`. */
export interface ReviewDeclaration {
  /** Working days the applicant has to answer a question; the term stands still meanwhile. */
  answerDays: number;
  /** Whether it is granted where the term passes without a decision; otherwise the head is told. False when left out. */
  silentConsent?: boolean;
  /** What it may be refused for beside the rules: nothing else. */
  grounds: RefusalGround[];
  /** The ground where a question stays without an answer. */
  unanswered: string;
}

/** A ground an official may refuse on, with its norm. */
export interface RefusalGround {
  ground: string;
  refuse: Multilingual;
  norm: Norm;
  wouldHelp: Multilingual;
}

/** `services/<id>/facts.yaml`: what is asked from registers. Names in FEEL: `applicant`, `day`, `answers`, and the facts above. */
export interface FactsDeclaration {
  facts: Record<string, FactDeclaration>;
}

export interface FactDeclaration {
  register: string;
  /** FEEL giving the key of one record (null: nothing is read). */
  key?: string;
  /** FEEL giving a list of keys (at most 20). */
  keys?: string;
  /** Declared search condition with FEEL values; gives a list of at most 20. */
  search?: { condition: string; values: Record<string, string> };
  fields: string[];
  ground: string;
  /** Why it is needed, in the person's words. */
  why: Multilingual;
  /** The person can change it: a refusal may advise it. */
  changeable?: true;
}

export type FieldKind = "text" | "long-text" | "choice" | "yes-no" | "date" | "number" | "record" | "lookup" | "language";

/** `services/<id>/form.yaml`: only what the state does not know. */
export interface FormDeclaration {
  /** FEEL: PIN of the person the application is about; the applicant when left out. */
  subject?: string;
  pages: PageDeclaration[];
}

export interface PageDeclaration {
  page: string;
  title: Multilingual;
  intro?: Multilingual;
  /** FEEL; the page is passed over where it is not true. */
  when?: string;
  /** Known facts shown on the page: `fact.field`. */
  shows?: string[];
  fields: FieldDeclaration[];
}

export interface FieldDeclaration {
  field: string;
  type: FieldKind;
  title: Multilingual;
  hint?: Multilingual;
  /** Left out: true. */
  required?: boolean;
  /** FEEL; the field is asked only where it is true. */
  when?: string;
  /** Register field the answer would repeat (`person.surname`); refused unless `reason` says why it is asked all the same. */
  asks?: string;
  /** Why a known fact is asked, e.g. a correction. */
  reason?: Multilingual;
  /** Options of a `choice`. */
  options?: { option: string; title: Multilingual; hint?: Multilingual }[];
  /** FEEL over the fact `day` and facts: the first and last day of a `date`, bounds of a `number`. */
  min?: string;
  max?: string;
  /** Longest text. */
  maxLength?: number;
  /** FEEL giving the value offered at first. */
  suggested?: string;
  /** Languages of a `language`; all of the country when left out. */
  languages?: (keyof Multilingual)[];
  /** Options of a `record`: facts whose records are offered. */
  from?: string[];
  /** FEEL over `item`: which of them. */
  only?: string;
  /** FEEL over `item` and `labels`: how one is shown. */
  label?: string;
  /** Several may be chosen. */
  many?: boolean;
  lookup?: LookupDeclaration;
}

/** A search in a register by what the person types; the person picks one of the found. */
export interface LookupDeclaration {
  register: string;
  condition: string;
  ground: string;
  fields: string[];
  parts: LookupPart[];
}

export interface LookupPart {
  /** Field of the register this part is compared with. */
  part: string;
  title: Multilingual;
  hint?: Multilingual;
  /** The part is looked up by its name in this classifier, and its code is compared. */
  classifier?: string;
  /** Compared here with what the search gave, where the condition does not know the field. */
  filter?: boolean;
  required?: boolean;
}

/** `services/<id>/rules.yaml`: each must hold, or the service is refused with the norm it rests on. */
export interface RulesDeclaration {
  rules: Rule[];
  /** What people call the decisions of the service's DMN files, by the names of their tables. */
  decisions?: Record<string, { title: Multilingual }>;
}

export interface Rule {
  rule: string;
  /** FEEL that must hold. Anything but true refuses (an unknown is not a yes). */
  holds: string;
  /** FEEL; the rule is applied only where it is true. */
  when?: string;
  refuse: Multilingual;
  norm: Norm;
  /** What would change the decision. */
  wouldHelp: Multilingual;
}

/** `services/<id>/outcome.yaml`: what is done when all rules hold, in this order. */
export interface OutcomeDeclaration {
  steps: StepDeclaration[];
  /** Letter of a refusal. */
  refusalLetter: LetterTemplate;
}

export type StepDeclaration = RecordStep | DocumentStep | LetterStep;

interface StepBase {
  step: string;
  /** FEEL; the step is passed over where it is not true. */
  when?: string;
}

export interface RecordStep extends StepBase {
  record: {
    register: string;
    event: string;
    /** FEEL giving the key, or a list of keys: one event for each, `item` being the key. */
    key?: string;
    each?: string;
    values: Record<string, string>;
    validFrom: string;
    /** What kind of document the application is to this register, where its event names kinds. */
    document?: string;
  };
}

export interface DocumentStep extends StepBase {
  document: {
    document: string;
    /** FEEL: person the document is about; `applicant` when left out. */
    subject?: string;
    /** FEEL: language of the text; the case's when left out. */
    language?: string;
    /** FEEL by name of the fact in the document. */
    facts: Record<string, string>;
  };
}

export interface LetterTemplate {
  subject: Multilingual;
  /** Text with `{name}` of `values`. Paragraphs are separated by an empty line. */
  body: Multilingual;
  values?: Record<string, string>;
}

export interface LetterStep extends StepBase {
  letter: LetterTemplate & {
    /** FEEL: who gets it; `applicant` when left out. */
    to?: string;
  };
}

/** A value of a fact in an example or a decision. */
export type Plain = string | number | boolean | null | Plain[] | { [name: string]: Plain };

/** `services/<id>/examples/<name>.yaml`: a test run by the engine that serves people. */
export interface ExampleDeclaration {
  example: string;
  title: Multilingual;
  /** Rows of mission this proves. */
  proves?: string[];
  day: string;
  applicant: string;
  language?: keyof Multilingual;
  /** What stands in the registers: records by register. */
  registers: Record<string, Record<string, Plain>[]>;
  answers: Record<string, Plain>;
  /** Names of codes by classifier. */
  labels?: Record<string, Record<string, string>>;
  expect: {
    /** Facts read, in no order, as `fact: key` (or keys). */
    reads?: Record<string, string | string[] | null>;
    outcome: "granted" | "refused" | "invalid";
    /** Rules that failed. */
    refusals?: string[];
    /** Fields with errors, where the answers are invalid. */
    errors?: string[];
    records?: { register: string; event: string; key: string; validFrom: string; values: Record<string, Plain> }[];
    document?: { document: string; language?: string; subject?: string; facts: Record<string, Plain> };
    /** Recipients of letters by step. */
    letters?: { to: string; step: string; contains?: string }[];
    /** What decisions came to, by their names. */
    decisions?: Record<string, Plain>;
    /** Rules of tables that held, numbered from 1, by the name of the table. */
    tables?: Record<string, number[]>;
  };
}

/** One service in one edition, all files of its folder together. */
export interface Edition {
  service: ServiceDeclaration;
  facts: FactsDeclaration;
  form: FormDeclaration;
  rules: RulesDeclaration;
  /** None where the service only informs. */
  outcome?: OutcomeDeclaration;
  /** Its own decisions (DMN), by the names of their files. */
  decisions: DecisionTexts;
  /** Texts of its process. */
  process: ProcessFiles;
}
