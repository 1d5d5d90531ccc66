import type { Decision, Level, Whom } from "@kerege/identity";
import type { Actor } from "@kerege/kernel/actor";
import type { Language, Multilingual } from "@kerege/kernel/locale";
import type { Audience, Channel, Deadline, FieldKind, LifeEvent, ServiceDeclaration } from "./declaration.ts";
import type { CaseDesk, OpenQuestion, ShownQuestion } from "./door-review.ts";

/** What the portal may ask of the services. Texts are in the language that is asked for. */
export interface ServicesDoor {
  /** Every service in force today, by title order of the pack; the same array until packs change. */
  catalogue(): CatalogueEntry[];
  /** Problem `services.no-such-service`. */
  passport(service: string): Passport;
  /** Best first; blind to spelling, script and small slips; an empty text gives nothing. */
  search(text: string, language: Language): CatalogueEntry[];
  /** Opens a draft of the person; gives the one already open for this service, if any. */
  begin(actor: Actor, request: { service: string; language: Language }): Promise<{ case: string; page: string }>;
  /** A page of the form with what is known already. Problem `services.no-such-case`, `services.no-such-page`, `services.case-closed`. */
  page(actor: Actor, request: { case: string; page: string; language: Language }): Promise<FormPage>;
  /** Keeps the answers of a page. Raw values as an HTML form gives them. */
  answer(actor: Actor, request: { case: string; page: string; language: Language; answers: RawAnswers }): Promise<AnswerResult>;
  /** Everything that will be sent. Problem `services.not-complete` (with the first page to go back to in `params.page`). */
  review(actor: Actor, request: { case: string; language: Language }): Promise<Review>;
  /** Hands the application in and decides it. Once: a second call gives the same case. */
  submit(actor: Actor, request: { case: string; language: Language }): Promise<SubmitResult>;
  view(actor: Actor, request: { case: string; language: Language }): Promise<CaseView>;
  /** Cases of the person, newest first. */
  mine(
    actor: Actor,
    request?: { language?: Language; after?: string; limit?: number },
  ): Promise<{ rows: CaseSummary[]; next?: string }>;
  /** Whether somebody may apply for a service now, and why not; nothing is begun. Problem `services.no-such-service`. */
  explain(actor: Actor | undefined, service: string): Decision;
  /** Case a document came from, where the person may see that case. */
  caseOfDocument(actor: Actor, document: string): Promise<string | undefined>;
  /**
   * Ends a draft, or takes back what was handed in as long as it is not decided. Problem `services.case-closed`.
   */
  withdraw(actor: Actor, request: { case: string }): Promise<void>;
  /** What an official asked and nobody has answered, with the fields to put right. Problem `services.nothing-asked`. */
  question(actor: Actor, request: { case: string; language: Language }): Promise<OpenQuestion>;
  /** Answers it; `again` where a field cannot be taken. Problem `services.nothing-asked`, `services.answer-too-late`. */
  answerQuestion(
    actor: Actor,
    request: { case: string; language: Language; text: string; answers: RawAnswers },
  ): Promise<{ kind: "answered" } | { kind: "again"; question: OpenQuestion }>;
  /** The desk of officials who decide. */
  desk: CaseDesk;
}

/** A provision of law as it is shown. */
export interface Citation {
  act: Multilingual;
  article?: string;
  edition?: string;
}

/** Nothing to pay, or minor units of the country's currency. */
export type ShownFee = { free: true } | { amount: number; norm: Citation; exempt?: Multilingual };

/** Fields as they come from an HTML form: a name may repeat. */
export type RawAnswers = Record<string, string | string[]>;
export type AnswerResult =
  | { kind: "next"; page: string }
  | { kind: "review" }
  /** The page again: with errors, or with the found to pick from. */
  | { kind: "again"; page: FormPage };
export type SubmitResult =
  /** Handed in; `view` shows what came of it. */
  | { kind: "case"; case: { case: string; number: string | null; state: CaseState } }
  /** Something on a page is no longer right (another day has come, a register has changed). */
  | { kind: "again"; page: FormPage };

export interface CatalogueEntry {
  service: string;
  title: Multilingual;
  summary: Multilingual;
  lifeEvents: LifeEvent[];
  audience: Audience[];
  /** For whom one may apply. */
  for: Whom[];
  /** How surely the person must be known. */
  assurance: Level;
  body: string;
  bodyTitle: Multilingual;
  deadline: Deadline;
  fee: ShownFee;
  kind: ServiceDeclaration["kind"];
  maturity: ServiceDeclaration["maturity"];
  /** False where only information is given. */
  online: boolean;
}

export interface Passport extends CatalogueEntry {
  edition: number;
  validFrom: string;
  /** SHA-256 (hex) of the edition's files: what a case was decided by. */
  hash: string;
  category: string;
  registerItem?: string;
  recipients: Multilingual;
  law: Citation[];
  result: Multilingual;
  channels: Channel[];
  mediaBreaks: number;
  appeal: Multilingual;
  /** What is asked from registers, so that the person is not. */
  facts: {
    register: string;
    registerTitle: Multilingual;
    fields: { field: string; title: Multilingual }[];
    why: Multilingual;
    ground: string;
    law: Citation;
  }[];
  /** What the person is asked. */
  questions: { title: Multilingual; required: boolean }[];
  refusals: { rule: string; text: Multilingual; norm: Citation; wouldHelp: Multilingual }[];
  /** Kinds of documents it gives. */
  documents: string[];
}

export interface KnownFact {
  /** `fact.field` */
  name: string;
  title: string;
  value: string;
  /** Title of the register it comes from. */
  source: string;
  /** Day it was read, where a decision rested on it. */
  readOn?: string;
}

export interface FieldError {
  field: string;
  /** Part of a lookup or of a date, to put the focus in. */
  part?: string;
  /** Text key with its block, e.g. `services.errors.required`. */
  key: string;
  params: Record<string, string | number>;
}

export interface FormField {
  field: string;
  type: FieldKind;
  title: string;
  hint?: string;
  required: boolean;
  /** Why a known fact is asked all the same. */
  reason?: string;
  /** `choice`, `record`, `language`, and the found of a `lookup`. */
  options?: { value: string; label: string; hint?: string }[];
  /** Inputs of a `lookup`; names in the HTML form are `<field>.<part>`. */
  parts?: { name: string; part: string; title: string; hint?: string; value: string }[];
  many?: boolean;
  /** What is filled in: text, day `YYYY-MM-DD`, `yes`/`no`, key(s) of record(s). */
  value: string | string[];
  /** A day or number as text. */
  min?: string;
  max?: string;
  maxLength?: number;
}

export interface FormPage {
  case: string;
  service: string;
  serviceTitle: string;
  page: string;
  title: string;
  intro?: string;
  /** Of the pages that apply. */
  number: number;
  of: number;
  previous?: string;
  known: KnownFact[];
  fields: FormField[];
  errors: FieldError[];
}

export interface Review {
  case: string;
  service: string;
  serviceTitle: string;
  known: KnownFact[];
  pages: { page: string; title: string; answers: { field: string; title: string; value: string }[] }[];
  fee: ShownFee;
  deadline: Deadline;
}

export type CaseState =
  | "draft"
  /** Under way by itself. */
  | "in-progress"
  /** Before an official. */
  | "in-review"
  /** The applicant was asked something. */
  | "waiting"
  | "granted"
  | "refused"
  | "withdrawn";

export interface CaseSummary {
  case: string;
  /** `2026-000481`; none while it is a draft. */
  number: string | null;
  service: string;
  serviceTitle: string;
  state: CaseState;
  startedAt: Date;
  changedAt: Date;
  /** Of a draft: where to go on. */
  page?: string;
  document?: string;
  /** PIN of the one who acted for the applicant. */
  actedBy?: string;
}

export interface ShownRefusal {
  rule: string;
  text: string;
  norm: Citation;
  facts: KnownFact[];
  /** Rules of tables it rests on, as sentences, each with its norm. */
  because: string[];
  /** What the official wrote. */
  said?: string;
  wouldHelp: string;
  /** Ways in which it would have been otherwise, the least change first; each was tried before it was said. */
  changes: string[];
}

export interface CaseView extends CaseSummary {
  body: string;
  bodyTitle: string;
  /** Day by which it must be decided (`YYYY-MM-DD`); none for a draft. */
  expectedOn: string | null;
  edition: number;
  timeline: { at: Date; key: string; params: Record<string, string | number>; text: string }[];
  answers: { title: string; value: string }[];
  facts: KnownFact[];
  /** Issued document: id and number. */
  issued?: { id: string; number: string };
  /** Of a refusal: each rule that failed, with its norm and what would change it. */
  refusals: ShownRefusal[];
  /** What an official asked, the oldest first. */
  questions: ShownQuestion[];
  /** Whether it can still be taken back. */
  mayWithdraw: boolean;
  appeal?: string;
  lettersSent: number;
}
