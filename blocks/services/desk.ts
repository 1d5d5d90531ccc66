import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Plain } from "@kerege/kernel/feel";
import type { Language } from "@kerege/kernel/locale";
import { Problem } from "@kerege/kernel/problem";
import type { ReferenceDoor } from "@kerege/reference";
import { correctable, HEAR_AFTER_MS, type Reviewing } from "./answering.ts";
import type { Opinion } from "./course.ts";
import { citationOf } from "./decision.ts";
import type { CaseView } from "./door.ts";
import type { CaseDesk, QueuedCase, Verdict } from "./door-review.ts";
import { problem } from "./problems.ts";
import { settle } from "./situation.ts";
import { type CaseEvent, type CaseRow, WHERE_CHANGED } from "./store.ts";

type Official = Extract<Actor, { kind: "official" }>;

export interface DeskNeeds {
  reference: Pick<ReferenceDoor, "post">;
  /** Own id of the official who is this person; nothing where he is none. */
  officialOf(pin: string): Promise<string | undefined>;
  viewOf(row: CaseRow & { events: CaseEvent[] }, language: Language): Promise<CaseView>;
}

const SHOWN = 50;
const MOST_TEXT = 4000;
/** Cases one official may be kept away from before the search is given up. */
const MOST_KEPT_AWAY = 200;
const CASE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What officials do with cases: in order, one at a time, never with one of their own or of their nearest. */
export function createCaseDesk(given: Reviewing, more: DeskNeeds): CaseDesk {
  const { means, needs, course, editions } = given;
  const { process, reviews } = needs;

  const seated = (actor: Actor, ...rights: string[]): Official => {
    const has = actor.kind === "official" ? (more.reference.post(actor.post)?.rights ?? []) : [];
    if (actor.kind !== "official" || !rights.some((right) => has.includes(right))) throw problem("not-at-desk");
    return actor;
  };
  const decider = (actor: Actor) => seated(actor, "services.decide");
  const ofBody = async (official: Official, id: string) => {
    const row = CASE_ID.test(id) ? await reviews.ofBody(id, official.body) : undefined;
    if (!row) throw problem("no-such-case");
    return row;
  };
  /** The case where this official has it before him. */
  const heldCase = async (official: Official, id: string) => {
    const row = await ofBody(official, id);
    if (row.state !== "in-review" || row.held_by !== actorKey(official)) throw problem("held-by-other");
    return row;
  };

  /** Whether the official is the applicant, the one it is about, who acted, or one whom the facts of the case tie to them. */
  const hasInterest = async (official: Official, row: CaseRow): Promise<boolean> => {
    for (const pin of peopleOf(row)) if ((await more.officialOf(pin)) === official.person) return true;
    return false;
  };
  const keepAway = async (official: Official, row: CaseRow): Promise<boolean> => {
    if (!(await hasInterest(official, row))) return false;
    await reviews.note(row.id, { at: means.clock.now(), kind: "kept-away", params: {} });
    return true;
  };
  const task = async (instance: string) => (await process.tasks({ instance, page: { limit: 1 } })).rows[0];
  /** Takes a free case; false where another one has it, or the process asks for somebody else. */
  const take = async (official: Official, row: CaseRow, events: CaseEvent[]): Promise<boolean> => {
    const open = await task(row.id);
    if (!open || !(await reviews.take(row.id, actorKey(official), events))) return false;
    const hold = (release: boolean) =>
      process.command(official, { instance: row.id, command: { kind: "hold", token: open.token, release } });
    try {
      // Left by a node that died: the row says who has a case, the task follows it.
      if (open.heldBy !== undefined) await hold(true);
      await hold(false);
      return true;
    } catch (error) {
      await reviews.release(row.id, actorKey(official));
      if (error instanceof Problem) return false;
      throw error;
    }
  };

  /** The timeline speaks to the applicant; to an official it speaks of him. */
  const toldAtDesk = (view: CaseView, language: Language): CaseView => ({
    ...view,
    timeline: view.timeline.map((entry) => {
      const key = entry.key.replace("services.timeline.", "services.desk-timeline.");
      return means.texts.has(key) ? { ...entry, text: means.texts.translate(language, key, entry.params) } : entry;
    }),
  });

  return {
    async queue(actor, { language }) {
      const official = seated(actor, "services.decide", "services.oversee");
      const [rows, counts, mine] = await Promise.all([
        reviews.queue(official.body, SHOWN),
        reviews.counts(official.body),
        reviews.heldBy(official.body, actorKey(official)),
      ]);
      const cases = rows.map(
        (row): QueuedCase => ({
          case: row.id,
          number: row.number ?? "",
          serviceTitle: editions.get(row.service)?.declaration.service.title[language] ?? row.service,
          submittedAt: row.submitted_at!,
          dueAt: row.due_at!,
          overdue: row.due_at! <= means.clock.now(),
          held: row.held_by !== null,
        }),
      );
      return { cases, ...counts, ...(mine !== undefined && { mine }) };
    },
    async next(actor) {
      const official = decider(actor);
      const mine = await reviews.heldBy(official.body, actorKey(official));
      if (mine !== undefined) return mine;
      const but: string[] = [];
      while (but.length < MOST_KEPT_AWAY) {
        const row = await reviews.firstFree(official.body, but);
        if (!row) return undefined;
        but.push(row.id);
        if (await keepAway(official, row)) continue;
        if (await take(official, row, [])) return row.id;
      }
      return undefined;
    },
    async jump(actor, { case: id, reason }) {
      const official = decider(actor);
      const row = await ofBody(official, id);
      const why = reason.trim().slice(0, MOST_TEXT);
      if (why === "") throw problem("reason-needed");
      if (await keepAway(official, row)) throw problem("own-interest");
      const told: CaseEvent = { at: means.clock.now(), kind: "out-of-turn", params: { reason: why } };
      if (row.held_by !== null || !(await take(official, row, [told]))) throw problem("held-by-other");
    },
    async release(actor, { case: id }) {
      const official = decider(actor);
      const row = await heldCase(official, id);
      const open = await task(row.id);
      if (open)
        await process.command(official, { instance: row.id, command: { kind: "hold", token: open.token, release: true } });
      await reviews.release(row.id, actorKey(official));
    },
    async card(actor, { case: id, language }) {
      const official = seated(actor, "services.decide", "services.oversee");
      const row = await ofBody(official, id);
      const mine = row.held_by === actorKey(official) && row.state === "in-review";
      if (!mine) seated(actor, "services.oversee");
      if (await hasInterest(official, row)) throw problem("own-interest");
      const edition = editions.get(row.service);
      const settled = edition && settle(given.situationOf(row, edition, language));
      const review = needs.reviewOf(row.service);
      const { acts = {} } = edition?.declaration.service ?? {};
      const fields = (settled?.form.pages ?? [])
        .filter((page) => page.active)
        .flatMap((page) => page.fields.filter(({ active, field }) => active && correctable(field)));
      return {
        view: toldAtDesk(await more.viewOf(row, language), language),
        mine,
        dueAt: row.due_at!,
        overdue: row.due_at! <= means.clock.now(),
        unmet:
          row.outcome?.kind === "refused"
            ? row.outcome.refusals.map(({ rule, text, norm }) => ({ rule, text: text[language], norm }))
            : [],
        grounds: (review?.grounds ?? []).map(({ ground, refuse, norm }) => ({
          ground,
          text: refuse[language],
          norm: citationOf(acts, norm),
        })),
        fields: fields.map(({ field: { declaration } }) => ({
          field: declaration.field,
          title: declaration.title[language],
        })),
        answerDays: review?.answerDays ?? 0,
      };
    },
    async decide(actor, { case: id, verdict }) {
      const official = decider(actor);
      const row = await heldCase(official, id);
      if (await hasInterest(official, row)) throw problem("own-interest");
      const names = (editions.get(row.service)?.pages ?? [])
        .flatMap((page) => page.fields)
        .filter(correctable)
        .map(({ declaration }) => declaration.field);
      const opinion = opinionOf(verdict, {
        row,
        names,
        grounds: needs.reviewOf(row.service)?.grounds.map((one) => one.ground) ?? [],
      });
      const open = await task(row.id);
      const later = means.jobs.asking(
        [{ name: "services.begin", body: { case: id }, dueAt: new Date(means.clock.now().getTime() + HEAR_AFTER_MS) }],
        WHERE_CHANGED,
      );
      const holder = actorKey(official);
      if (!open || !(await reviews.handOver(id, holder, later.part))) throw problem("held-by-other");
      later.done();
      try {
        const output = { opinion: opinion as unknown as Plain };
        await process.command(official, { instance: id, command: { kind: "complete", token: open.token, output } });
      } catch (error) {
        if (error instanceof Problem) await reviews.handBack(id, holder);
        throw error;
      }
      await course.goOn(id);
    },
  };
}

/** Everybody the case is about, and everybody its facts name: parents, children, a spouse where the service read them. */
function peopleOf(row: CaseRow): string[] {
  const found = new Set([row.applicant, row.subject, ...(row.acted_by === null ? [] : [row.acted_by])]);
  const look = (value: Plain | undefined): void => {
    if (typeof value === "string" && /^\d{14}$/.test(value)) found.add(value);
    else if (Array.isArray(value)) for (const one of value) look(one);
    else if (typeof value === "object" && value !== null) for (const one of Object.values(value)) look(one);
  };
  for (const { value } of Object.values(row.facts)) look(value as Plain);
  return [...found];
}

/** @throws {Problem} `services.unmet-rules`, `services.ground-needed`, `services.reason-needed`, `services.question-needed` */
function opinionOf(verdict: Verdict, { row, names, grounds }: { row: CaseRow; names: string[]; grounds: string[] }): Opinion {
  const words = (text: string) => text.trim().slice(0, MOST_TEXT);
  if (verdict.choice === "grant") {
    if (row.outcome?.kind !== "granted") throw problem("unmet-rules");
    return verdict;
  }
  if (verdict.choice === "ask") {
    const question = words(verdict.question);
    if (question === "") throw problem("question-needed");
    return { choice: "ask", question, fields: verdict.fields.filter((field) => names.includes(field)) };
  }
  if (!grounds.includes(verdict.ground)) throw problem("ground-needed");
  const reason = words(verdict.reason);
  if (reason === "") throw problem("reason-needed");
  return { choice: "refuse", ground: verdict.ground, reason };
}
