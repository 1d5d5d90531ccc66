import type { DocumentsDoor } from "@kerege/documents";
import { decide as decideOn, type IdentityDoor, unscoped } from "@kerege/identity";
import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import type { Language, Multilingual } from "@kerege/kernel/locale";
import type { PostDoor } from "@kerege/post";
import { calendarOf, type ProcessDoor, type SimulationsDoor } from "@kerege/process";
import type { ReferenceDoor } from "@kerege/reference";
import type { RegistryDoor } from "@kerege/registry";
import { createAnswering, type Reviewing } from "./answering.ts";
import { allowed, applying, looking, type Person } from "./applying.ts";
import { entryOf, passportOf } from "./catalogue.ts";
import type { CompiledEdition } from "./compile.ts";
import { createCourse } from "./course.ts";
import { citer, decide, subjectOf } from "./decision.ts";
import { createCaseDesk } from "./desk.ts";
import type {
  AnswerResult,
  CatalogueEntry,
  FieldError,
  FormPage,
  Passport,
  RawAnswers,
  ServicesDoor,
  SubmitResult,
} from "./door.ts";
import { loadEditions } from "./editions.ts";
import type { PageState } from "./form.ts";
import { handedInAs, submittedEvents } from "./handed-in.ts";
import type { Showing } from "./known.ts";
import { lookUp } from "./lookup.ts";
import { errorsOf, firstFaulty, formPage, type Matches, reviewOf } from "./pages.ts";
import { problem } from "./problems.ts";
import { officialRefusal } from "./refusing.ts";
import { settleWith } from "./registers.ts";
import { publishRegulations } from "./regulation.ts";
import { createSearch } from "./search.ts";
import { type Settled, type Situation, settle } from "./situation.ts";
import { type Acted, type CaseEvent, type CaseRow, createStore, WHERE_CHANGED } from "./store.ts";
import { createReviewStore } from "./store-review.ts";
import { acceptTyped, stalePicks } from "./typed.ts";
import { caseView, pageMark, readMark, summaryOf } from "./view.ts";

export interface ServicesNeeds {
  identity: Pick<IdentityDoor, "factors">;
  registry: RegistryDoor;
  reference: ReferenceDoor;
  documents: DocumentsDoor;
  post: PostDoor;
  process: ProcessDoor & SimulationsDoor;
}

const CASE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** A case whose node died before its process had begun is taken up again after so long. */
const BEGIN_AFTER_MS = 10_000;

/** What the queue and other blocks' events ask of the services. */
export interface ServicesWork {
  beginCase(id: string): Promise<void>;
  /** Tells the process of an answer that was given. */
  hearAnswer(id: string): Promise<void>;
  /** A value that a case read was put right since. */
  noteCorrection(told: { case: string; register: string; act: string }): Promise<void>;
}

export function createServices(means: Means, needs: ServicesNeeds): ServicesDoor & ServicesWork {
  const store = createStore(means.database);
  const registers = new Map(needs.registry.registers().map((register) => [register.register, register]));
  const grounds = new Map(needs.registry.grounds().map((ground) => [ground.ground, ground]));
  const label = needs.reference.label;
  const bodyTitle = (code: string): Multilingual =>
    needs.reference.body(code)?.name ?? { ky: code, ru: code, kk: code, en: code };
  const editions = loadEditions(means.packs, registers);
  const today = () => dayOf(means.clock.now(), means.country.timeZone);
  const inForce = () => {
    const day = today();
    return [...editions.values()].filter((edition) => edition.declaration.service.validFrom <= day);
  };
  const catalogueMeans = { registers, grounds, bodyTitle };
  const passports = new Map<string, Passport>();
  for (const edition of editions.values()) passports.set(edition.id, passportOf(edition, catalogueMeans));
  publishRegulations(needs.process, {
    editions: editions.values(),
    calendar: calendarOf(needs.reference, means.country.timeZone),
  });
  const reviewStore = createReviewStore(means.database);
  const rulesOfReview = (service: string) => editions.get(service)?.declaration.service.review;
  const find = createSearch([...editions.values()].map((edition) => edition.declaration));
  let catalogue: CatalogueEntry[] = [];

  const showing = (language: Language): Showing => ({ language, translate: means.texts.of(language), label });
  const cite = citer(means.texts.translate);
  const course = createCourse(means, {
    ...needs,
    ...{ store, reviews: reviewStore, reviewOf: rulesOfReview },
    refusal: (row, opinion) => officialRefusal(settle(situationOf(row, editionOf(row.service), row.language)), opinion, cite),
  });
  const editionOf = (service: string): CompiledEdition => {
    const edition = editions.get(service);
    if (!edition || edition.declaration.service.validFrom > today()) throw problem("no-such-service");
    return edition;
  };
  const situationOf = (row: CaseRow, edition: CompiledEdition, language: Language): Situation => {
    const day = row.submitted_at ? dayOf(row.submitted_at, means.country.timeZone) : today();
    return {
      edition,
      applicant: row.applicant,
      day,
      language,
      caseNumber: row.number ?? "",
      typed: row.answers,
      facts: row.facts,
      label,
    };
  };
  const purposeOf = (row: CaseRow) => {
    const actor: Actor = { kind: "system", body: row.body, name: `services/${row.service}` };
    return { actor, case: row.id, service: row.service };
  };
  const { demo } = means.country;
  const lookAt = (actor: Actor, target?: { service: string; case: string }) => allowed(actor, looking, { demo, target });
  /** Somebody who may look at cases of the applicant; which of them is seen when one is found. */
  const applicantOf = (actor: Actor) => lookAt(unscoped(personOf(actor))).applicant;
  const ownCase = async (actor: Actor, id: string): Promise<CaseRow> => {
    const row = CASE_ID.test(id) ? await store.find(id, applicantOf(actor)) : undefined;
    if (!row) throw problem("no-such-case");
    lookAt(actor, { service: row.service, case: row.id });
    return row;
  };
  /** A draft that this person may go on with today: whether and for whom is asked at every step. */
  const ownDraft = async (actor: Actor, id: string): Promise<CaseRow> => {
    const row = await ownCase(actor, id);
    mayApply(actor, row.service, row.id);
    if (row.state !== "draft") throw problem("case-closed");
    return row;
  };
  const mayApply = (actor: Actor, service: string, id?: string) => {
    const { declaration } = editionOf(service);
    return allowed(actor, applying(declaration.service), { demo, target: { service, ...(id !== undefined && { case: id }) } });
  };
  const reviewing: Reviewing = {
    means,
    needs: { ...needs, reviews: reviewStore, reviewOf: rulesOfReview },
    ...{ course, editions, situationOf, purposeOf, showing, cite },
  };
  const answering = createAnswering(reviewing, async (actor, id) => {
    const row = await ownCase(actor, id);
    mayApply(actor, row.service, row.id);
    return row;
  });
  const shownPage = (settled: Settled, name: string): PageState => {
    const page = settled.form.pages.find((one) => one.active && one.page.declaration.page === name);
    if (!page) throw problem("no-such-page");
    return page;
  };

  async function answer(
    actor: Actor,
    request: { case: string; page: string; language: Language; answers: RawAnswers },
  ): Promise<AnswerResult> {
    const row = await ownDraft(actor, request.case);
    const edition = editionOf(row.service);
    const declared = edition.pages.find((page) => page.declaration.page === request.page);
    if (!declared) throw problem("no-such-page");
    const given = acceptTyped(declared, request.answers);
    const again = stalePicks(declared, row.answers, given);
    const typed = { ...row.answers, ...given };
    const situation = { ...situationOf(row, edition, request.language), typed };
    const settled = await settleWith(needs.registry, purposeOf(row), situation);
    const page = shownPage(settled, request.page);
    const { errors, matches, search } = await lookUpAll({ row, settled, page, searched: again });
    if (!(await store.keep(row.id, given, settled.situation.facts, means.clock.now()))) throw problem("case-closed");
    if (errors.length > 0 || search)
      return {
        kind: "again",
        page: formPage(settled, { case: row.id, page, showing: showing(request.language), errors, matches }),
      };
    const active = settled.form.pages.filter((one) => one.active);
    const next = active[active.indexOf(page) + 1];
    return next ? { kind: "next", page: next.page.declaration.page } : { kind: "review" };
  }

  /** Lookups nothing was picked in are searched; what is missing otherwise is an error. */
  async function lookUpAll(given: { row: CaseRow; settled: Settled; page: PageState; searched: Set<string> }) {
    const { row, settled, page, searched } = given;
    const matches: Matches = {};
    const errors: FieldError[] = [];
    let search = false;
    for (const error of errorsOf(page)) {
      const field = page.fields.find((one) => one.field.declaration.field === error.field)!.field;
      if (error.key !== "services.errors.pick") {
        errors.push(error);
        continue;
      }
      const found = await lookUp({
        registers: needs.registry,
        reference: needs.reference,
        purpose: purposeOf(row),
        settled,
        field,
      });
      if ("missing" in found) errors.push({ ...error, part: found.missing, key: "services.errors.unknown-name" });
      else if (found.options.length === 0) errors.push({ ...error, key: "services.errors.nothing-found" });
      else {
        matches[error.field] = found.options;
        search = true;
        // The found were shown before and none was picked.
        if (!searched.has(error.field)) errors.push(error);
      }
    }
    return { errors, matches, search };
  }

  async function submit(actor: Actor, request: { case: string; language: Language }): Promise<SubmitResult> {
    for (;;) {
      const year = today().slice(0, 4);
      const row = CASE_ID.test(request.case) ? await store.findToSubmit(request.case, applicantOf(actor), year) : undefined;
      if (!row) throw problem("no-such-case");
      lookAt(actor, { service: row.service, case: row.id });
      if (row.state === "withdrawn") throw problem("case-closed");
      if (row.state !== "draft") return handedInAs(row);
      const edition = editionOf(row.service);
      const { person } = mayApply(actor, row.service, row.id);
      if (edition.steps.length === 0) throw problem("only-information");
      // Registers may have changed since the form was opened: the decision rests on what they say now.
      const situation = { ...situationOf(row, edition, request.language), facts: {} };
      const settled = await settleWith(needs.registry, purposeOf(row), situation);
      const faulty = firstFaulty(settled);
      if (faulty) {
        await store.keepFacts(row.id, settled.situation.facts);
        return {
          kind: "again",
          page: formPage(settled, { case: row.id, page: faulty, showing: showing(request.language), errors: errorsOf(faulty) }),
        };
      }
      const numbered = { ...row, number: `${year}-${String(row.next_number).padStart(6, "0")}`, ...actedBy(person) };
      const handedIn = await handIn(numbered, settled);
      // Another window changed or handed in the draft in between: look again.
      if (!handedIn) continue;
      const begun = await course.begin(handedIn).catch((error: unknown) => {
        means.log.fault("case left to the queue", error, { service: row.service });
        return undefined;
      });
      return handedInAs(begun ?? (await ownCase(actor, row.id)));
    }
  }

  /** The decision is written down before anything is done because of it: a crash in between never decides twice. */
  async function handIn(row: CaseRow & { number: string }, settled: Settled): Promise<CaseRow | undefined> {
    const caseNumber = row.number;
    const { edition, facts, day, language } = settled.situation;
    const at = means.clock.now();
    const { deadline, edition: number } = edition.declaration.service;
    const expectedOn = deadline === "at-once" ? day : needs.reference.addWorkingDays(day, deadline.workingDays);
    const outcome = decide({ ...settled, situation: { ...settled.situation, caseNumber } }, cite);
    const subject = subjectOf(settled);
    const submitted = {
      ...{ id: row.id, version: row.version, number: caseNumber, edition: number, hash: edition.hash },
      ...{ subject, language, facts, outcome, expectedOn, at },
      acted: { acted_by: row.acted_by, acted_as: row.acted_as },
    };
    const dueAt = new Date(at.getTime() + BEGIN_AFTER_MS);
    const later = means.jobs.asking([{ name: "services.begin", body: { case: row.id }, dueAt }], WHERE_CHANGED);
    const known = outcome.kind === "granted" && rulesOfReview(row.service) ? "rules-met" : outcome.kind;
    return store.submit(submitted, submittedEvents(settled, { outcome: known, at, by: row.acted_by }), later.part);
  }

  async function viewOf(row: CaseRow & { events: CaseEvent[] }, language: Language) {
    const edition = editions.get(row.service);
    const { events } = row;
    const settled = edition ? settle(situationOf(row, edition, language)) : undefined;
    const questions = row.due_at ? await reviewStore.questions(row.id) : [];
    return caseView({ row, events, questions, settled, bodyTitle: bodyTitle(row.body), registers, showing: showing(language) });
  }

  return {
    catalogue() {
      const now = inForce();
      if (now.length !== catalogue.length) catalogue = now.map((edition) => entryOf(edition, catalogueMeans));
      return catalogue;
    },
    passport: (service) => passports.get(editionOf(service).id)!,
    search(text, language) {
      const entries = new Map(this.catalogue().map((entry) => [entry.service, entry]));
      return find(text, language).flatMap((id) => entries.get(id) ?? []);
    },
    async begin(actor, { service, language }) {
      const edition = editionOf(service);
      const first = edition.pages[0];
      if (edition.steps.length === 0 || !first) throw problem("only-information");
      const { person, applicant } = mayApply(actor, service);
      const { edition: number, body } = edition.declaration.service;
      const row = {
        id: means.ids.next(),
        service,
        edition: number,
        hash: edition.hash,
        body,
        applicant,
        language,
        at: means.clock.now(),
        acted: actedBy(person),
      };
      return { case: await store.begin(row), page: first.declaration.page };
    },
    async page(actor, request): Promise<FormPage> {
      const row = await ownDraft(actor, request.case);
      const situation = situationOf(row, editionOf(row.service), request.language);
      const settled = await settleWith(needs.registry, purposeOf(row), situation);
      const page = shownPage(settled, request.page);
      if (settled.situation.facts !== row.facts) await store.keepFacts(row.id, settled.situation.facts);
      return formPage(settled, { case: row.id, page, showing: showing(request.language) });
    },
    answer,
    async review(actor, request) {
      const row = await ownDraft(actor, request.case);
      const situation = situationOf(row, editionOf(row.service), request.language);
      const settled = await settleWith(needs.registry, purposeOf(row), situation);
      const faulty = firstFaulty(settled);
      if (faulty) throw problem("not-complete", { params: { page: faulty.page.declaration.page } });
      return reviewOf(settled, { case: row.id, showing: showing(request.language) });
    },
    submit,
    async view(actor, request) {
      const row = CASE_ID.test(request.case) ? await store.findWithEvents(request.case, applicantOf(actor)) : undefined;
      if (!row) throw problem("no-such-case");
      lookAt(actor, { service: row.service, case: row.id });
      return viewOf(row, request.language);
    },
    async mine(actor, { language = "ky", after, limit = 20 } = {}) {
      const most = Math.min(Math.max(1, limit), 100);
      const { only } = personOf(actor).behalf ?? {};
      const rows = await store.mine(applicantOf(actor), { before: after ? readMark(after) : undefined, limit: most + 1, only });
      const shown = rows.slice(0, most).map((row) => summaryOf(row, editions.get(row.service), language));
      return { rows: shown, ...(rows.length > most && { next: pageMark(rows[most - 1]!) }) };
    },
    explain: (actor, service) =>
      decideOn(actor, applying(editionOf(service).declaration.service), { target: { service }, on: { demo } }),
    async caseOfDocument(actor, document) {
      const row = CASE_ID.test(document) ? await store.ofDocument(document, applicantOf(actor)) : undefined;
      if (row) lookAt(actor, { service: row.service, case: row.id });
      return row?.id;
    },
    question: answering.question,
    answerQuestion: answering.answerQuestion,
    desk: createCaseDesk(reviewing, { ...needs, officialOf: needs.identity.factors.officialOf, viewOf }),
    hearAnswer: answering.hear,
    async withdraw(actor, request) {
      const row = await ownCase(actor, request.case);
      mayApply(actor, row.service, row.id);
      if (row.state !== "draft") return answering.takeBack(row);
      if (!(await store.withdraw(row.id, row.applicant, means.clock.now()))) throw problem("case-closed");
    },
    async noteCorrection({ case: id, register, act }) {
      if (CASE_ID.test(id)) await store.noteCorrection({ id, register, act, at: means.clock.now() });
    },
    async beginCase(id) {
      const row = await store.findDecided(id);
      if (row?.state === "in-progress") await course.begin(row);
    },
  };
}

function personOf(actor: Actor): Person {
  if (actor.kind !== "person") throw problem("only-for-people");
  return actor;
}

function actedBy(person: Person): Acted {
  return person.behalf ? { acted_by: person.pin, acted_as: actorKey(person) } : { acted_by: null, acted_as: null };
}
