import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import type { Language } from "@kerege/kernel/locale";
import type { CompiledEdition, CompiledPage } from "./compile.ts";
import type { Course, CourseNeeds } from "./course.ts";
import { type Cite, decide } from "./decision.ts";
import type { RawAnswers, ServicesDoor } from "./door.ts";
import type { OpenQuestion } from "./door-review.ts";
import type { FieldState } from "./form.ts";
import type { Showing } from "./known.ts";
import { fieldErrors, formField } from "./pages.ts";
import { problem } from "./problems.ts";
import { type ReadPurpose, settleWith } from "./registers.ts";
import { type Settled, type Situation, settle, type Typed } from "./situation.ts";
import { actOf } from "./steps.ts";
import { type CaseRow, WHERE_CHANGED } from "./store.ts";
import type { QuestionRow } from "./store-review.ts";
import { acceptTyped } from "./typed.ts";

/** What the use cases of cases under review stand on. */
export interface Reviewing {
  means: Means;
  needs: Pick<CourseNeeds, "process" | "reviews" | "reviewOf"> & { registry: Parameters<typeof settleWith>[0] };
  course: Course;
  editions: ReadonlyMap<string, CompiledEdition>;
  situationOf(row: CaseRow, edition: CompiledEdition, language: Language): Situation;
  purposeOf(row: CaseRow): ReadPurpose;
  showing(language: Language): Showing;
  cite: Cite;
}

const MOST_TEXT = 4000;
/** A case whose node died before its process heard of the answer is taken up again after so long. */
export const HEAR_AFTER_MS = 10_000;

type Answering = Pick<ServicesDoor, "question" | "answerQuestion"> & {
  /** Takes back what was handed in. */
  takeBack(row: CaseRow): Promise<void>;
  /** Tells the process of an answer, for as long as it has not heard it. */
  hear(id: string): Promise<void>;
};

/** @param ownCase the case where it is the person's own. @throws {Problem} `services.no-such-case` */
export function createAnswering(given: Reviewing, ownCase: (actor: Actor, id: string) => Promise<CaseRow>): Answering {
  const { means, needs, course } = given;
  const { process, reviews } = needs;

  /** The case and its question nobody has answered. */
  const asked = async (actor: Actor, id: string): Promise<{ row: CaseRow; question: QuestionRow; edition: CompiledEdition }> => {
    const row = await ownCase(actor, id);
    const question = row.state === "waiting" ? (await reviews.questions(id)).find((one) => one.answered_at === null) : undefined;
    const edition = given.editions.get(row.service);
    if (!question || !edition) throw problem("nothing-asked");
    return { row, question, edition };
  };
  const shown = (
    { row, question, edition }: Awaited<ReturnType<typeof asked>>,
    at: { settled: Settled; language: Language; text: string; faulty: boolean },
  ): OpenQuestion => {
    const fields = askedFields(at.settled, question.fields);
    const errors = at.faulty ? fieldErrors(fields) : [];
    if (at.faulty && at.text === "") errors.unshift({ field: "text", key: "services.errors.enter", params: {} });
    return {
      case: row.id,
      number: row.number ?? "",
      serviceTitle: edition.declaration.service.title[at.language],
      question: question.question,
      until: question.until,
      fields: fields.map((field) => formField(field, at.settled.situation.typed, given.showing(at.language))),
      text: at.text,
      errors,
    };
  };

  const hear = async (id: string): Promise<void> => {
    const answered = (await reviews.questions(id)).filter((one) => one.answered_at !== null).at(-1);
    if (!answered) return;
    const found = await process.find(id);
    await process.message({ id: answered.message, name: "answer", correlation: found?.key ?? "", instance: id });
    await course.goOn(id);
  };

  return {
    hear,
    async question(actor, { case: id, language }) {
      const one = await asked(actor, id);
      const settled = settle(given.situationOf(one.row, one.edition, language));
      return shown(one, { settled, language, text: "", faulty: false });
    },
    async answerQuestion(actor, request) {
      const one = await asked(actor, request.case);
      const { row, question, edition } = one;
      const now = means.clock.now();
      if (now >= question.until) throw problem("answer-too-late");
      const { typed, text } = readAnswer(edition, question.fields, request);
      const before = given.situationOf(row, edition, row.language);
      const settled = await settleWith(needs.registry, given.purposeOf(row), { ...before, typed: { ...row.answers, ...typed } });
      const faulty = text === "" || settled.form.pages.some((page) => page.active && fieldErrors(page.fields).length > 0);
      if (faulty) return { kind: "again", question: shown(one, { settled, language: request.language, text, faulty }) };
      // The term stood still from the question to the answer.
      const dueAt = new Date(row.due_at!.getTime() + now.getTime() - question.asked_at.getTime());
      const later = means.jobs.asking(
        [{ name: "services.hear", body: { case: row.id }, dueAt: new Date(now.getTime() + HEAR_AFTER_MS) }],
        WHERE_CHANGED,
      );
      const answered = await reviews.answer(
        {
          ...{ id: row.id, version: row.version, sequence: question.sequence, text, typed, at: now, dueAt },
          facts: settled.situation.facts,
          outcome: decide(settled, given.cite),
          expectedOn: dayOf(new Date(dueAt.getTime() - 1), means.country.timeZone),
        },
        [{ at: now, kind: "answered", params: {} }],
        later.part,
      );
      if (!answered) throw problem("nothing-asked");
      later.done();
      await hear(row.id).catch((error: unknown) => means.log.fault("answer left to the queue", error, { service: row.service }));
      return { kind: "answered" };
    },
    async takeBack(row) {
      if (!["in-progress", "in-review", "waiting"].includes(row.state) || !needs.reviewOf(row.service))
        throw problem("case-closed");
      const message = actOf(row.id, "withdrawal", String(row.version));
      await process.message({ id: message, name: "withdrawal", correlation: row.number!, instance: row.id });
      await course.goOn(row.id);
    },
  };
}

/** Fields an official may have put right: those that stand for themselves. */
export function correctable({ declaration }: FieldState["field"]): boolean {
  return !["lookup", "record"].includes(declaration.type);
}

function askedFields({ form }: Settled, names: string[]): FieldState[] {
  return form.pages
    .filter((page) => page.active)
    .flatMap((page) => page.fields)
    .filter((one) => one.active && names.includes(one.field.declaration.field));
}

/** The words of the answer and what was put right; a name that was not asked is refused as on a page of the form. */
function readAnswer(
  edition: CompiledEdition,
  names: string[],
  request: { text: string; answers: RawAnswers },
): { typed: Typed; text: string } {
  const fields = edition.pages.flatMap((page) => page.fields).filter(({ declaration }) => names.includes(declaration.field));
  const page: CompiledPage = { declaration: { page: "answer", title: edition.declaration.service.title, fields: [] }, fields };
  return { typed: acceptTyped(page, request.answers), text: request.text.trim().slice(0, MOST_TEXT) };
}
