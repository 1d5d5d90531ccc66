import type { Language, Multilingual } from "@kerege/kernel/locale";
import type { RegisterDeclaration } from "@kerege/registry";
import type { CompiledEdition } from "./compile.ts";
import type { CaseSummary, CaseView } from "./door.ts";
import type { ShownQuestion } from "./door-review.ts";
import { refusalFacts, type Showing } from "./known.ts";
import { answersOf, factsOf } from "./pages.ts";
import type { Settled } from "./situation.ts";
import type { CaseEvent, CaseRow, SummaryRow } from "./store.ts";
import type { QuestionRow } from "./store-review.ts";

export function summaryOf(row: SummaryRow, edition: CompiledEdition | undefined, language: Language): CaseSummary {
  return {
    case: row.id,
    number: row.number,
    service: row.service,
    serviceTitle: edition?.declaration.service.title[language] ?? row.service,
    state: row.state,
    startedAt: row.started_at,
    changedAt: row.changed_at,
    ...(row.state === "draft" && { page: edition?.pages[0]?.declaration.page }),
    ...(row.document_id && { document: row.document_id }),
    ...(row.acted_by !== null && { actedBy: row.acted_by }),
  };
}

/** A case as its applicant sees it: what happened and when, what came of it and why. */
export function caseView(given: {
  row: CaseRow;
  events: CaseEvent[];
  questions: QuestionRow[];
  /** None where the service is declared no more. */
  settled: Settled | undefined;
  bodyTitle: Multilingual;
  registers: Map<string, RegisterDeclaration>;
  showing: Showing;
}): CaseView {
  const { row, settled, showing } = given;
  const { language, translate } = showing;
  const edition = settled?.situation.edition;
  const refusals = row.state === "refused" && row.outcome?.kind === "refused" ? row.outcome.refusals : [];
  const events: CaseEvent[] = [{ at: row.started_at, kind: "started", params: {} }, ...given.events];
  return {
    ...summaryOf(row, edition, language),
    body: row.body,
    bodyTitle: given.bodyTitle[language],
    expectedOn: row.expected_on,
    edition: row.edition,
    timeline: events.map(({ at, kind, params }) => {
      const register = given.registers.get(String(params.register));
      const shown = register ? { ...params, register: register.title[language] } : params;
      const key = `services.timeline.${kind}`;
      return { at, key, params: shown, text: translate(key, shown) };
    }),
    answers: settled ? settled.form.pages.filter((page) => page.active).flatMap((page) => answersOf(page, showing)) : [],
    facts: settled ? factsOf(settled, showing) : [],
    ...(row.document_id && row.document_number && { issued: { id: row.document_id, number: row.document_number } }),
    questions: given.questions.map((one) => shownQuestion(one, edition, language)),
    mayWithdraw: ["in-progress", "in-review", "waiting"].includes(row.state) && edition?.declaration.service.review !== undefined,
    refusals: refusals.map(({ rule, text, norm, facts, because = [], said, wouldHelp, changes = [] }) => ({
      rule,
      text: text[language],
      norm,
      facts: settled ? refusalFacts(settled.situation, facts, showing) : [],
      because: because.map((sentence) => sentence[language]),
      ...(said !== undefined && { said }),
      wouldHelp: wouldHelp[language],
      changes: changes.map((sentence) => sentence[language]),
    })),
    appeal: refusals.length > 0 ? edition?.declaration.service.appeal[language] : undefined,
    lettersSent: given.events.filter((event) => event.kind === "letter-sent").length,
  };
}

function shownQuestion(row: QuestionRow, edition: CompiledEdition | undefined, language: Language): ShownQuestion {
  const declared = (edition?.pages ?? []).flatMap((page) => page.fields.map((field) => field.declaration));
  return {
    question: row.question,
    fields: row.fields.flatMap((name) => declared.find((one) => one.field === name)?.title[language] ?? []),
    askedAt: row.asked_at,
    until: row.until,
    ...(row.answer !== null && { answer: row.answer }),
    ...(row.answered_at !== null && { answeredAt: row.answered_at }),
  };
}

/** Where the next page of a list begins. */
export function pageMark(row: SummaryRow): string {
  return `${row.changed_at.getTime()}.${row.id}`;
}

/** A mark nobody gave out begins the list anew. */
export function readMark(mark: string): { at: Date; id: string } | undefined {
  const match = /^(\d{1,15})\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(mark);
  return match ? { at: new Date(Number(match[1])), id: match[2]! } : undefined;
}
