import { type Database, type Statement, sql } from "@kerege/kernel/database";
import type { Language } from "@kerege/kernel/locale";
import type { Outcome } from "./decision.ts";
import type { CaseState } from "./door.ts";
import type { FactStates, Typed } from "./situation.ts";

export interface CaseRow {
  id: string;
  number: string | null;
  service: string;
  edition: number;
  edition_hash: string;
  body: string;
  applicant: string;
  subject: string;
  language: Language;
  state: CaseState;
  answers: Typed;
  facts: FactStates;
  outcome: Outcome | null;
  document_id: string | null;
  document_number: string | null;
  started_at: Date;
  submitted_at: Date | null;
  changed_at: Date;
  expected_on: string | null;
  version: number;
  /** PIN of the one who acts for the applicant, and the same with the mandate as `actorKey`. */
  acted_by: string | null;
  acted_as: string | null;
  /** Until when an official must decide it; null where none does. */
  due_at: Date | null;
  overdue_at: Date | null;
  /** `actorKey` of the official who has it before him. */
  held_by: string | null;
}

/** Who acted for the applicant; nobody where the applicant did. */
export type Acted = Pick<CaseRow, "acted_by" | "acted_as">;

export type SummaryRow = Pick<
  CaseRow,
  "id" | "number" | "service" | "state" | "started_at" | "changed_at" | "document_id" | "acted_by"
>;

export interface CaseEvent {
  at: Date;
  kind: string;
  params: Record<string, string | number>;
}

export interface Submitted {
  id: string;
  /** Version the decision was made on. */
  version: number;
  number: string;
  edition: number;
  hash: string;
  subject: string;
  language: Language;
  facts: FactStates;
  outcome: Outcome;
  expectedOn: string;
  at: Date;
  acted: Acted;
}

export type Store = ReturnType<typeof createStore>;

/** What leaves along with a change of a case leaves only where there was one. */
export const WHERE_CHANGED = sql`exists (select from changed)`;

/** All SQL of the services. A case is always asked for together with its applicant, so that nobody else's can come out. */
export function createStore(database: Database) {
  return {
    /** Opens a draft, or finds the one that is open. */
    async begin(row: {
      id: string;
      service: string;
      edition: number;
      hash: string;
      body: string;
      applicant: string;
      language: Language;
      at: Date;
      acted: Acted;
    }) {
      return (await database.first<{ id: string }>(sql`
        insert into services."case" (id, service, edition, edition_hash, body, applicant, subject, language, state, started_at, changed_at, acted_by, acted_as)
        values (${row.id}, ${row.service}, ${row.edition}, ${row.hash}, ${row.body}, ${row.applicant}, ${row.applicant}, ${row.language}, 'draft', ${row.at}, ${row.at}, ${row.acted.acted_by}, ${row.acted.acted_as})
        on conflict (applicant, service) where state = 'draft' do update set language = excluded.language
        returning id`))!.id;
    },
    async find(id: string, applicant: string): Promise<CaseRow | undefined> {
      return database.first<CaseRow>(sql`select * from services."case" where id = ${id} and applicant = ${applicant}`);
    },
    /** For the work of the house itself, which acts for nobody. */
    async findDecided(id: string): Promise<CaseRow | undefined> {
      return database.first<CaseRow>(sql`select * from services."case" where id = ${id} and outcome is not null`);
    },
    /** With all that happened to it; a draft has no events yet. */
    async findWithEvents(id: string, applicant: string): Promise<(CaseRow & { events: CaseEvent[] }) | undefined> {
      const row = await database.first<CaseRow & { events: (Omit<CaseEvent, "at"> & { at: string })[] }>(sql`
        select c.*, coalesce((select jsonb_agg(jsonb_build_object('at', e.at, 'kind', e.kind, 'params', e.params) order by e.sequence)
          from services.case_event e where e.case_id = c.id), '[]') as events
        from services."case" c where c.id = ${id} and c.applicant = ${applicant}`);
      return row && { ...row, events: row.events.map((event) => ({ ...event, at: new Date(event.at) })) };
    },
    /** Adds what was typed to a draft; two windows do not undo one another's pages. False where it is no draft any more. */
    async keep(id: string, typed: Typed, facts: FactStates, at: Date): Promise<boolean> {
      return (
        (await database.run(sql`
          update services."case" set answers = answers || ${JSON.stringify(typed)}::jsonb, facts = ${JSON.stringify(facts)}, changed_at = ${at}, version = version + 1
          where id = ${id} and state = 'draft'`)) === 1
      );
    },
    async keepFacts(id: string, facts: FactStates): Promise<void> {
      await database.run(sql`update services."case" set facts = ${JSON.stringify(facts)} where id = ${id} and state = 'draft'`);
    },
    /**
     * The case with the number it gets when it is handed in now: the next one of the year, where it is a draft. Taken by itself and not
     * with the rest: nobody waits for another one's hand-in, and a number may be left out. It need not reach the disk by itself either:
     * the commit that uses the number takes along all that was written before it.
     */
    async findToSubmit(
      id: string,
      applicant: string,
      year: string,
    ): Promise<(CaseRow & { next_number: number | null }) | undefined> {
      return database.first(sql`
        with found as (select * from services."case" where id = ${id} and applicant = ${applicant}),
        taken as (
          insert into services.case_number as n (year, last) select ${year}, 1 from set_config('synchronous_commit', 'off', true)
          where exists (select from found where state = 'draft')
          on conflict (year) do update set last = n.last + 1 returning last)
        select found.*, taken.last as next_number from found left join taken on true`);
    },
    /** Hands the draft in with its decision and tells what happened; `along` is part of the same statement. Nothing where it was changed or withdrawn in between. */
    async submit(row: Submitted, events: CaseEvent[], along: Statement): Promise<CaseRow | undefined> {
      return database.first<CaseRow>(sql`
        with changed as (
          update services."case" set state = 'in-progress', number = ${row.number}, edition = ${row.edition}, edition_hash = ${row.hash},
            subject = ${row.subject}, language = ${row.language}, facts = ${JSON.stringify(row.facts)}, outcome = ${JSON.stringify(row.outcome)},
            expected_on = ${row.expectedOn}, acted_by = ${row.acted.acted_by}, acted_as = ${row.acted.acted_as}, submitted_at = ${row.at}, changed_at = ${row.at}, version = version + 1
          where id = ${row.id} and state = 'draft' and version = ${row.version} returning *),
        ${timeline(events)}, ${along}
        select * from changed`);
    },
    /** Closes a case whose steps are all done. Nothing where another worker closed it. */
    async finish(
      row: { id: string; state: CaseState; outcome?: Outcome; document?: { id: string; number: string }; at: Date },
      events: CaseEvent[],
      along: Statement,
    ): Promise<CaseRow | undefined> {
      return database.first<CaseRow>(sql`
        with changed as (
          update services."case" set state = ${row.state}, document_id = ${row.document?.id ?? null}, document_number = ${row.document?.number ?? null},
            outcome = coalesce(${row.outcome ? JSON.stringify(row.outcome) : null}::jsonb, outcome), held_by = null, changed_at = ${row.at}, version = version + 1
          where id = ${row.id} and state in ('in-progress', 'in-review', 'waiting') returning *),
        ${timeline(events)}, ${along}
        select * from changed`);
    },
    /** Notes in the timeline that a value the case used was put right; once for an act, however often it is told. */
    async noteCorrection(told: { id: string; register: string; act: string; at: Date }): Promise<void> {
      await database.run(sql`
        insert into services.case_event (case_id, sequence, at, kind, params)
        select c.id, (select coalesce(max(sequence), 0) + 1 from services.case_event where case_id = c.id), ${told.at},
          case when c.document_id is null then 'fact-corrected' else 'document-outdated' end,
          jsonb_strip_nulls(jsonb_build_object('register', ${told.register}::text, 'act', ${told.act}::text, 'number', c.document_number))
        from services."case" c
        where c.id = ${told.id} and not exists (
          select from services.case_event e where e.case_id = c.id and e.params->>'act' = ${told.act})`);
    },
    async withdraw(id: string, applicant: string, at: Date): Promise<boolean> {
      return (
        (await database.run(sql`
          update services."case" set state = 'withdrawn', answers = '{}', facts = '{}', changed_at = ${at}, version = version + 1
          where id = ${id} and applicant = ${applicant} and state = 'draft'`)) === 1
      );
    },
    /** Case a document came from. */
    async ofDocument(document: string, applicant: string): Promise<Pick<CaseRow, "id" | "service"> | undefined> {
      return database.first(
        sql`select id, service from services."case" where document_id = ${document} and applicant = ${applicant}`,
      );
    },
    async mine(
      applicant: string,
      page: { before?: { at: Date; id: string }; limit: number; only?: { service?: string; case?: string } },
    ): Promise<SummaryRow[]> {
      const { before, only = {} } = page;
      return database.rows<SummaryRow>(sql`
        select id, number, service, state, started_at, changed_at, document_id, acted_by from services."case"
        where applicant = ${applicant} and state <> 'withdrawn'
          and (${only.service ?? null}::text is null or service = ${only.service ?? null})
          and (${only.case ?? null}::uuid is null or id = ${only.case ?? null}::uuid)
          and (${before?.at ?? null}::timestamptz is null or (changed_at, id) < (${before?.at ?? null}, ${before?.id ?? null}::uuid))
        order by changed_at desc, id desc limit ${page.limit}`);
    },
  };
}

/** Adds events to the timeline of the case that was `changed` in the same statement. */
export function timeline(events: CaseEvent[]): Statement {
  return sql`timeline as (
    insert into services.case_event (case_id, sequence, at, kind, params)
    select changed.id, (select coalesce(max(sequence), 0) from services.case_event where case_id = changed.id) + e.ordinality,
      (e.value->>'at')::timestamptz, e.value->>'kind', e.value->'params'
    from changed, jsonb_array_elements(${JSON.stringify(events)}::jsonb) with ordinality e)`;
}
