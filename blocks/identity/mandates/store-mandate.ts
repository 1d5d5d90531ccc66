import { type Database, type Queryable, sql } from "@kerege/kernel/database";
import type { Multilingual } from "@kerege/kernel/locale";
import type { Mandate, MandateEvent, MandateKind, MandateScope } from "./mandate.ts";

interface Row {
  id: string;
  kind: MandateKind;
  holder: string;
  holder_name: string | null;
  subject_of: "person" | "company";
  subject: string;
  subject_name: Multilingual;
  given_by: string | null;
  scope: "all" | "service" | "case";
  scope_of: string | null;
  until: string | null;
  passes_on: boolean;
  chained_from: string | null;
  state: Mandate["state"];
  given_at: Date;
  answered_at: Date | null;
  ended_at: Date | null;
}

const MOST_ROWS = 200;

/** SQL of mandates. A mandate is only ever asked for together with one of its sides. */
export function createMandateStore(database: Database) {
  return {
    /** The mandate of a holder with the one it was handed on from. */
    async held(id: string, holder: string): Promise<{ mandate: Mandate; from?: Mandate } | undefined> {
      const rows = await database.rows<Row>(sql`
        with own as (select * from identity.mandate where id = ${id} and holder = ${holder})
        select * from own union all select f.* from identity.mandate f, own where f.id = own.chained_from`);
      const all = rows.map(toMandate);
      const mandate = all.find((one) => one.id === id);
      const from = mandate && all.find((one) => one.id === mandate.from);
      return mandate && { mandate, ...(from && { from }) };
    },
    async ofHolder(holder: string): Promise<Mandate[]> {
      const rows = await database.rows<Row>(
        sql`select * from identity.mandate where holder = ${holder} order by given_at desc, id desc limit ${MOST_ROWS}`,
      );
      return rows.map(toMandate);
    },
    async waiting(holder: string): Promise<number> {
      const row = await database.first<{ count: number }>(
        sql`select count(*)::int as count from identity.mandate where holder = ${holder} and state = 'offered'`,
      );
      return row!.count;
    },
    /** Mandates over somebody, those handed on included, and those somebody handed on. */
    async ofSubject(side: string): Promise<Mandate[]> {
      const rows = await database.rows<Row>(sql`select * from identity.mandate
        where subject = ${side} or (chained_from is not null and given_by = ${side})
        order by given_at desc, id desc limit ${MOST_ROWS}`);
      return rows.map(toMandate);
    },
    /** Mandates by their ids, for chains of a list. */
    async byIds(ids: string[]): Promise<Map<string, Mandate>> {
      if (ids.length === 0) return new Map();
      const rows = await database.rows<Row>(sql`select * from identity.mandate where id = any(${ids}::uuid[])`);
      return new Map(rows.map((row) => [row.id, toMandate(row)]));
    },
    /** One mandate for one of its sides: the holder, the subject, or whoever handed it on. A director who left is no side any more. */
    async ofSide(on: Queryable, id: string, side: string): Promise<Mandate | undefined> {
      const row = await on.first<Row>(sql`select * from identity.mandate
        where id = ${id} and (holder = ${side} or subject = ${side} or (chained_from is not null and given_by = ${side}))`);
      return row && toMandate(row);
    },
    async add(on: Queryable, mandate: Mandate): Promise<void> {
      const { scope } = mandate;
      const [name, of] = scopeColumns(scope);
      await on.run(sql`insert into identity.mandate (id, kind, holder, holder_name, subject_of, subject, subject_name, given_by, scope,
          scope_of, until, passes_on, chained_from, state, given_at, answered_at)
        values (${mandate.id}, ${mandate.kind}, ${mandate.holder}, ${mandate.holderName}, ${mandate.of}, ${mandate.subject},
          ${JSON.stringify(mandate.subjectName)}, ${mandate.givenBy}, ${name}, ${of}, ${mandate.until}, ${mandate.passesOn},
          ${mandate.from}, ${mandate.state}, ${mandate.givenAt}, ${mandate.answeredAt})
        on conflict (id) do nothing`);
    },
    /** Answers an offer. False where it was answered or taken back in between. */
    async answer(
      on: Queryable,
      given: { id: string; holder: string; name: string; accept: boolean; at: Date },
    ): Promise<boolean> {
      return (
        (await on.run(sql`update identity.mandate set state = ${given.accept ? "accepted" : "declined"}, answered_at = ${given.at},
            holder_name = ${given.accept ? given.name : null}
          where id = ${given.id} and holder = ${given.holder} and state = 'offered'`)) === 1
      );
    },
    /** Ends a mandate that is offered or in force. False where it was over. */
    async end(on: Queryable, given: { id: string; at: Date }): Promise<boolean> {
      return (
        (await on.run(sql`update identity.mandate set state = 'ended', ended_at = ${given.at}
          where id = ${given.id} and state in ('offered', 'accepted')`)) === 1
      );
    },
    async note(
      on: Queryable,
      event: { mandate: string; at: Date; kind: MandateEvent["kind"]; by: string | null },
    ): Promise<void> {
      await on.run(sql`insert into identity.mandate_event (mandate_id, sequence, at, kind, by_actor)
        select ${event.mandate}, coalesce(max(sequence), 0) + 1, ${event.at}, ${event.kind}, ${event.by}
        from identity.mandate_event where mandate_id = ${event.mandate}`);
    },
    async events(id: string): Promise<{ at: Date; kind: MandateEvent["kind"]; by: string | null }[]> {
      return database.rows(
        sql`select at, kind, by_actor as "by" from identity.mandate_event where mandate_id = ${id} order by sequence`,
      );
    },
  };
}

function scopeColumns(scope: MandateScope): ["all" | "service" | "case", string | null] {
  if ("service" in scope) return ["service", scope.service];
  return "case" in scope ? ["case", scope.case] : ["all", null];
}

function toMandate(row: Row): Mandate {
  return {
    id: row.id,
    kind: row.kind,
    holder: row.holder,
    holderName: row.holder_name,
    of: row.subject_of,
    subject: row.subject,
    subjectName: row.subject_name,
    givenBy: row.given_by,
    scope: row.scope === "service" ? { service: row.scope_of! } : row.scope === "case" ? { case: row.scope_of! } : { all: true },
    until: row.until,
    passesOn: row.passes_on,
    from: row.chained_from,
    state: row.state,
    givenAt: row.given_at,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
  };
}
