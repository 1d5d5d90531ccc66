import type { Actor } from "@kerege/kernel/actor";
import type { Language } from "@kerege/kernel/locale";
import type { CaseView, Citation, FieldError, FormField } from "./door.ts";

/** A question of an official to the applicant, and what was answered. */
export interface ShownQuestion {
  question: string;
  /** Titles of the fields that were to be put right. */
  fields: string[];
  askedAt: Date;
  until: Date;
  answer?: string;
  answeredAt?: Date;
}

export interface OpenQuestion {
  case: string;
  number: string;
  serviceTitle: string;
  question: string;
  until: Date;
  /** To be put right, with what is there now. */
  fields: FormField[];
  /** What was typed as the answer. */
  text: string;
  errors: FieldError[];
}

/** A case in the queue: nothing of whose it is. */
export interface QueuedCase {
  case: string;
  number: string;
  serviceTitle: string;
  submittedAt: Date;
  dueAt: Date;
  overdue: boolean;
  held: boolean;
}

export interface Queue {
  /** In the order they are taken; the first 50. */
  cases: QueuedCase[];
  waiting: number;
  overdue: number;
  /** The case this official has before him. */
  mine?: string;
}

export type Verdict =
  | { choice: "grant" }
  /** On a ground of the service and for a reason in words. */
  | { choice: "refuse"; ground: string; reason: string }
  | { choice: "ask"; question: string; fields: string[] };

export interface CaseCard {
  view: CaseView;
  /** Whether this official has it before him; who oversees only looks. */
  mine: boolean;
  dueAt: Date;
  overdue: boolean;
  /** Rules the answers as they stand now do not meet: it cannot be granted. */
  unmet: { rule: string; text: string; norm: Citation }[];
  grounds: { ground: string; text: string; norm: Citation }[];
  /** Fields the applicant may be asked to put right. */
  fields: { field: string; title: string }[];
  answerDays: number;
}

/**
 * Cases that officials decide: right `services.decide` within their body, `services.oversee` to look. Nobody chooses whose case he gets: the
 * next one in order, or another with a reason that stands in the case. Problem `services.not-at-desk`, `services.no-such-case`.
 */
export interface CaseDesk {
  queue(actor: Actor, request: { language: Language }): Promise<Queue>;
  /** The case this official has before him, else the next in order that he may decide; nothing where there is none. */
  next(actor: Actor): Promise<string | undefined>;
  /** Takes a case out of order. Problem `services.reason-needed`, `services.held-by-other`, `services.own-interest`. */
  jump(actor: Actor, request: { case: string; reason: string }): Promise<void>;
  /** Gives it back to the queue. */
  release(actor: Actor, request: { case: string }): Promise<void>;
  card(actor: Actor, request: { case: string; language: Language }): Promise<CaseCard>;
  /**
   * Decides or asks. Problem `services.held-by-other`, `services.unmet-rules`, `services.ground-needed`, `services.reason-needed`,
   * `services.question-needed`.
   */
  decide(actor: Actor, request: { case: string; verdict: Verdict }): Promise<void>;
}
