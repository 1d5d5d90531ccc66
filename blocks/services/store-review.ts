import { type Database, type Statement, sql } from "@kerege/kernel/database";
import type { Outcome } from "./decision.ts";
import type { FactStates, Typed } from "./situation.ts";
import { type CaseEvent, type CaseRow, timeline } from "./store.ts";

export interface QuestionRow {
  sequence: number;
  message: string;
  question: string;
  fields: string[];
  asked_at: Date;
  until: Date;
  answer: string | null;
  answered_at: Date | null;
}

export type ReviewStore = ReturnType<typeof createReviewStore>;

/** SQL of cases that an official decides. Officials come to a case by their body, applicants by being its applicant. */
export function createReviewStore(database: Database) {
  const changed = (update: Statement, events: CaseEvent[], along?: Statement) =>
    database.first<CaseRow>(sql`
      with changed as (${update}), ${timeline(events)}${along ? sql`, ${along}` : sql``}
      select * from changed`);
  return {
    /** Puts a case before the officials; its place in the queue it keeps from the first time. */
    async toReview(row: { id: string; dueAt: Date; at: Date }, events: CaseEvent[]): Promise<CaseRow | undefined> {
      return changed(
        sql`update services."case" set state = 'in-review', due_at = coalesce(due_at, ${row.dueAt}), held_by = null,
              changed_at = ${row.at}, version = version + 1
            where id = ${row.id} and state = 'in-progress' returning *`,
        events,
      );
    },
    /** Asks the applicant; once for a case that waits for no answer yet. */
    async ask(
      row: { id: string; message: string; question: string; fields: string[]; askedAt: Date; until: Date },
      events: CaseEvent[],
    ): Promise<CaseRow | undefined> {
      return changed(
        sql`update services."case" set state = 'waiting', held_by = null, changed_at = ${row.askedAt}, version = version + 1
            where id = ${row.id} and state in ('in-progress', 'in-review') returning *`,
        events,
        sql`asked as (
          insert into services.case_question (case_id, sequence, message, question, fields, asked_at, until)
          select changed.id, (select coalesce(max(sequence), 0) + 1 from services.case_question where case_id = changed.id),
            ${row.message}, ${row.question}, ${JSON.stringify(row.fields)}, ${row.askedAt}, ${row.until}
          from changed)`,
      );
    },
    /** The answer, with what was put right and what the rules say to that; `along` leaves with it. */
    async answer(
      row: {
        id: string;
        version: number;
        sequence: number;
        text: string;
        typed: Typed;
        facts: FactStates;
        outcome: Outcome;
        dueAt: Date;
        expectedOn: string;
        at: Date;
      },
      events: CaseEvent[],
      along: Statement,
    ): Promise<CaseRow | undefined> {
      return changed(
        sql`update services."case" set state = 'in-progress', answers = answers || ${JSON.stringify(row.typed)}::jsonb,
              facts = ${JSON.stringify(row.facts)}, outcome = ${JSON.stringify(row.outcome)}, due_at = ${row.dueAt},
              expected_on = ${row.expectedOn}, changed_at = ${row.at}, version = version + 1
            where id = ${row.id} and state = 'waiting' and version = ${row.version} returning *`,
        events,
        sql`answered as (
          update services.case_question set answer = ${row.text}, answered_at = ${row.at}
          where case_id = (select id from changed) and sequence = ${row.sequence}), ${along}`,
      );
    },
    async questions(id: string): Promise<QuestionRow[]> {
      return database.rows<QuestionRow>(sql`
        select sequence, message, question, fields, asked_at, until, answer, answered_at
        from services.case_question where case_id = ${id} order by sequence`);
    },
    /** Taken back by its applicant: what was handed in stays as it was. */
    async takeBack(id: string, at: Date, events: CaseEvent[]): Promise<void> {
      await changed(
        sql`update services."case" set state = 'withdrawn', held_by = null, changed_at = ${at}, version = version + 1
            where id = ${id} and state in ('in-progress', 'in-review', 'waiting') returning *`,
        events,
      );
    },
    async noteOverdue(id: string, at: Date, events: CaseEvent[]): Promise<CaseRow | undefined> {
      return changed(
        sql`update services."case" set overdue_at = ${at} where id = ${id} and overdue_at is null
              and state in ('in-progress', 'in-review', 'waiting') returning *`,
        events,
      );
    },
    /** By the order in which cases are taken. */
    async queue(body: string, limit: number): Promise<CaseRow[]> {
      return database.rows<CaseRow>(sql`
        select * from services."case" where body = ${body} and state = 'in-review'
        order by due_at, submitted_at, id limit ${limit}`);
    },
    async counts(body: string): Promise<{ waiting: number; overdue: number }> {
      return (await database.first<{ waiting: number; overdue: number }>(sql`
        select count(*)::int as waiting, count(overdue_at)::int as overdue
        from services."case" where body = ${body} and state = 'in-review'`))!;
    },
    async heldBy(body: string, holder: string): Promise<string | undefined> {
      const row = await database.first<{ id: string }>(sql`
        select id from services."case" where body = ${body} and state = 'in-review' and held_by = ${holder}
        order by due_at, submitted_at, id limit 1`);
      return row?.id;
    },
    /** For officials of its body; nothing of a draft or of what no official decides. */
    async ofBody(id: string, body: string): Promise<(CaseRow & { events: CaseEvent[] }) | undefined> {
      const row = await database.first<CaseRow & { events: (Omit<CaseEvent, "at"> & { at: string })[] }>(sql`
        select c.*, coalesce((select jsonb_agg(jsonb_build_object('at', e.at, 'kind', e.kind, 'params', e.params) order by e.sequence)
          from services.case_event e where e.case_id = c.id), '[]') as events
        from services."case" c where c.id = ${id} and c.body = ${body} and c.due_at is not null`);
      return row && { ...row, events: row.events.map((event) => ({ ...event, at: new Date(event.at) })) };
    },
    /** The first free case in order, but for those named. */
    async firstFree(body: string, but: string[]): Promise<CaseRow | undefined> {
      return database.first<CaseRow>(sql`
        select * from services."case" where body = ${body} and state = 'in-review' and held_by is null
          and not id::text = any(${but}::text[])
        order by due_at, submitted_at, id limit 1`);
    },
    /** Of two who take it at the same time the first one has it. */
    async take(id: string, holder: string, events: CaseEvent[]): Promise<CaseRow | undefined> {
      return changed(
        sql`update services."case" set held_by = ${holder}, version = version + 1
            where id = ${id} and state = 'in-review' and held_by is null returning *`,
        events,
      );
    },
    async release(id: string, holder: string): Promise<void> {
      await database.run(sql`
        update services."case" set held_by = null, version = version + 1 where id = ${id} and state = 'in-review' and held_by = ${holder}`);
    },
    /** What the holder decided is under way; `along` takes it up again if the node dies before the process has it. */
    async handOver(id: string, holder: string, along: Statement): Promise<CaseRow | undefined> {
      return changed(
        sql`update services."case" set state = 'in-progress', held_by = null, version = version + 1
            where id = ${id} and state = 'in-review' and held_by = ${holder} returning *`,
        [],
        along,
      );
    },
    /** The process did not take what was decided: it is before the same official again. */
    async handBack(id: string, holder: string): Promise<void> {
      await database.run(sql`
        update services."case" set state = 'in-review', held_by = ${holder}, version = version + 1 where id = ${id} and state = 'in-progress'`);
    },
    async note(id: string, event: CaseEvent): Promise<void> {
      await database.run(sql`
        insert into services.case_event (case_id, sequence, at, kind, params)
        values (${id}, (select coalesce(max(sequence), 0) + 1 from services.case_event where case_id = ${id}),
          ${event.at}, ${event.kind}, ${JSON.stringify(event.params)})`);
    },
  };
}
