import { actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf, endOfDay, instantOf } from "@kerege/kernel/clock";
import type { Plain } from "@kerege/kernel/feel";
import type { Answer, Base, Call, ProcessDoor } from "@kerege/process";
import type { ReferenceDoor } from "@kerege/reference";
import type { Outcome } from "./decision.ts";
import type { ReviewDeclaration } from "./declaration.ts";
import { createNotices, type Notice } from "./notices.ts";
import { problem } from "./problems.ts";
import { performCalls } from "./regulation.ts";
import { actOf, performSteps, type StepMeans } from "./steps.ts";
import { type CaseEvent, type CaseRow, type createStore, WHERE_CHANGED } from "./store.ts";
import type { ReviewStore } from "./store-review.ts";

/** What an official said, as the process carries it. */
export interface Opinion {
  choice: "grant" | "refuse" | "ask";
  ground?: string;
  reason?: string;
  question?: string;
  fields?: string[];
}

/** How a case goes from the moment it was handed in. */
export interface Course {
  /** As far as it goes by itself; begun once, however often it is asked. */
  begin(row: CaseRow): Promise<CaseRow>;
  /** After somebody acted on its process: as far as it goes by itself, and where it waits for an official it is put before them. */
  goOn(id: string): Promise<void>;
}

export interface CourseNeeds extends Omit<StepMeans, "clock"> {
  process: ProcessDoor;
  reference: Pick<ReferenceDoor, "addWorkingDays">;
  store: ReturnType<typeof createStore>;
  reviews: ReviewStore;
  /** How officials decide a service; nothing where none does. */
  reviewOf(service: string): ReviewDeclaration | undefined;
  /** The refusal by an official, with its letter. @throws {Problem} `services.ground-needed` */
  refusal(row: CaseRow, opinion: { ground: string; said?: string }): Outcome;
}

export function createCourse(means: Pick<Means, "clock" | "country" | "events" | "texts">, needs: CourseNeeds): Course {
  const { clock, country, events } = means;
  const { process, store, reviews } = needs;
  const notices = createNotices(means.texts, country.timeZone);
  /** Cases that were handed in here a moment ago, as they stand. */
  const inHand = new Map<string, CaseRow>();

  /** What a process asks of its case: said or done on the row, in hand or from the table. */
  const onCase =
    (act: (row: CaseRow, call: Call) => Promise<Answer>) =>
    async (call: Call): Promise<Answer> => {
      const row = inHand.get(call.instance) ?? (await store.findDecided(call.instance));
      if (!row) throw problem("no-such-case");
      return act(row, call);
    };
  const conclude = async (row: CaseRow, outcome: Outcome, how?: string): Promise<Answer> => {
    if (["in-progress", "in-review", "waiting"].includes(row.state)) {
      const closed = await finish({ ...row, outcome }, { how, decided: outcome !== row.outcome });
      if (closed && inHand.has(row.id)) inHand.set(row.id, closed);
    }
    return {};
  };
  const send = (row: CaseRow, { kind, subject, body }: Notice) =>
    needs.post.send(
      { kind: "system", body: row.body, name: `services/${row.service}` },
      { to: row.applicant, from: row.body, subject, body, case: row.id, kind },
    );

  performCalls(process, {
    decide: onCase(async ({ outcome }) => ({
      output: {
        outcome: outcome!.kind,
        reasons: outcome!.kind === "refused" ? outcome!.refusals.map(({ rule }) => rule) : [],
      },
    })),
    carryOut: onCase(async (row, { input }) => conclude(row, row.outcome!, row.due_at ? grantedHow(input) : undefined)),
    refuse: onCase(async (row, { input }) => {
      const opinion = opinionOf(input);
      if (!opinion) return conclude(row, row.outcome!);
      const { unanswered } = needs.reviewOf(row.service)!;
      if (opinion.choice !== "ask")
        return conclude(row, needs.refusal(row, { ground: opinion.ground ?? "", said: opinion.reason }), "refused");
      // Answered in the moment the time for it ran out: the answer counts, and the case is led back by hand.
      if (row.state === "in-progress") return { error: "answered-in-time" };
      return conclude(row, needs.refusal(row, { ground: unanswered }), "unanswered");
    }),
    ask: onCase(async (row, { input, key }) => {
      const { question = "", fields = [] } = opinionOf(input) ?? {};
      const askedAt = instantIn(String(input.asked_at), country.timeZone);
      const { answerDays } = needs.reviewOf(row.service)!;
      const day = needs.reference.addWorkingDays(dayOf(askedAt, country.timeZone), answerDays);
      const asked = { message: actOf(row.id, "answer", key), question, fields, askedAt, until: endOfDay(day, country.timeZone) };
      const told: CaseEvent = { at: askedAt, kind: "asked", params: {} };
      if (await reviews.ask({ id: row.id, ...asked }, [told])) await send(row, notices.asked(row, asked));
      return {};
    }),
    withdraw: onCase(async (row) => {
      await reviews.takeBack(row.id, clock.now(), [{ at: clock.now(), kind: "taken-back", params: {} }]);
      await send(row, notices.withdrawn(row));
      return {};
    }),
    tellOverdue: onCase(async (row) => {
      await reviews.noteOverdue(row.id, clock.now(), [{ at: clock.now(), kind: "overdue", params: {} }]);
      await send(row, notices.overdue(row));
      return {};
    }),
  });

  /** The case as it was closed; nothing where another worker closed it. `decided`: by somebody, other than the rules had it. */
  async function finish(
    row: CaseRow,
    { how, decided: otherwise }: { how: string | undefined; decided: boolean },
  ): Promise<CaseRow | undefined> {
    const decidedAt: CaseEvent[] = how ? [{ at: clock.now(), kind: how, params: {} }] : [];
    const performed = await performSteps({ ...needs, clock }, row);
    const at = clock.now();
    const { id, service, applicant, subject } = row;
    const outcome = row.outcome!;
    const decided = events.telling(
      [{ type: "services.decided", body: { case: id, service, applicant, subject, outcome: outcome.kind } }],
      WHERE_CHANGED,
    );
    const closing = { id, state: outcome.kind, ...(otherwise && { outcome }), document: performed.document, at };
    const closed = await store.finish(closing, [...decidedAt, ...performed.events], decided.part);
    decided.done();
    return closed;
  }

  const dueAt = (row: CaseRow) => row.due_at ?? endOfDay(row.expected_on!, country.timeZone);

  /** Where the process waits for an official the case is before them. */
  async function settle(id: string, base: Pick<Base, "state"> | undefined): Promise<CaseRow | undefined> {
    if (!base?.state.tokens.some(({ waits }) => waits.for === "person")) return undefined;
    const row = inHand.get(id) ?? (await store.findDecided(id));
    if (row?.state !== "in-progress") return undefined;
    const told: CaseEvent[] = row.due_at ? [] : [{ at: clock.now(), kind: "in-review", params: {} }];
    return reviews.toReview({ id, dueAt: dueAt(row), at: clock.now() }, told);
  }

  /** What the process is told of a case that officials decide. */
  const variablesOf = (row: CaseRow, review: ReviewDeclaration): Record<string, Plain> => ({
    number: row.number!,
    body: row.body,
    deadline: dueAt(row).toISOString(),
    silent: review.silentConsent === true,
    answer_days: review.answerDays,
  });

  return {
    async begin(row) {
      inHand.set(row.id, row);
      try {
        const review = needs.reviewOf(row.service);
        const base = await process.begin({
          instance: row.id,
          edition: { process: row.service, dates: { application: dayOf(row.submitted_at!, country.timeZone) } },
          variables: review ? variablesOf(row, review) : {},
          by: row.acted_as ?? actorKey({ kind: "person", pin: row.applicant }),
          key: row.number!,
          body: row.body,
          here: true,
          ...(row.expected_on && { deadline: endOfDay(row.expected_on, country.timeZone) }),
        });
        return (review && (await settle(row.id, base))) || inHand.get(row.id)!;
      } finally {
        inHand.delete(row.id);
      }
    },
    async goOn(id) {
      await settle(id, await process.advance(id));
    },
  };
}

/** As the process writes an instant: `2026-11-22T12:00:00@Asia/Bishkek`, by the wall clock of the country, or with an offset. */
function instantIn(text: string, zone: string): Date {
  const [wall = ""] = text.split("@");
  return new Date(/(Z|[+-]\d{2}:\d{2})$/.test(wall) ? Date.parse(wall) : instantOf(zone, Date.parse(`${wall}Z`)));
}

const grantedHow = (input: Call["input"]) => (opinionOf(input)?.choice === "grant" ? "granted" : "granted-by-silence");

/** What an official said; nothing before one did. */
function opinionOf(input: Call["input"]): Opinion | undefined {
  const { opinion } = input;
  return typeof opinion === "object" && opinion !== null && !Array.isArray(opinion) && "choice" in opinion
    ? (opinion as unknown as Opinion)
    : undefined;
}
