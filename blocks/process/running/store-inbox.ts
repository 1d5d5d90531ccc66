import { sql, type Transaction } from "@kerege/kernel/database";
import type { Plain } from "@kerege/kernel/feel";
import { NEVER } from "./projection.ts";

/** Something that was told. */
export interface Note {
  id: string;
  kind: "message" | "signal" | "timer";
  /** Of a timer: the process that begins; its start event is the correlation. */
  name: string;
  correlation: string;
  /** Of a message: the only case that may get it; of a signal: the one that has it already. */
  instance: string | null;
  variables: Readonly<Record<string, Plain>>;
  at: Date;
  due: Date;
  checks: number;
  expires_at: Date;
  reached: string | null;
}

export interface NewNote {
  id: string;
  kind: Note["kind"];
  name: string;
  correlation: string;
  instance: string | null;
  variables: Readonly<Record<string, Plain>>;
  at: Date;
  until: Date;
}

export interface ScheduledNote {
  id: string;
  name: string;
  correlation: string;
  due: Date;
  /** Text of the timer, and how it goes on. */
  variables: Readonly<Record<string, Plain>>;
}

const NOBODY = "00000000-0000-0000-0000-000000000000";

/** All SQL of what was told and has not reached everyone it is for. */
export function createInbox() {
  return {
    /** Telling the same thing twice is telling it once, as long as it is kept. */
    async tell(tx: Transaction, note: NewNote): Promise<void> {
      await tx.run(sql`
        insert into process.inbox (id, kind, name, correlation, instance, variables, at, due, expires_at, once)
        values (${note.id}, ${note.kind}, ${note.name}, ${note.correlation}, ${note.instance}, ${JSON.stringify(note.variables)}, ${note.at},
          ${note.at}, ${note.until}, true)
        on conflict (id) do nothing`);
    },
    /** The next one to be looked at, locked. */
    async next(tx: Transaction, now: Date): Promise<Note | undefined> {
      return tx.first<Note>(sql`
        select id, kind, name, correlation, instance, variables, at, due, checks, expires_at, reached from process.inbox
        where due <= ${now} order by due limit 1 for update skip locked`);
    },
    /** Cases that wait for a message, those that have waited longest first; a few, where the first does not take it. */
    async waiting(tx: Transaction, note: Note): Promise<string[]> {
      const rows = await tx.rows<{ instance: string }>(sql`
        select instance from process.subscription
        where kind = 'message' and name = ${note.name} and correlation = any(${["", note.correlation]}::text[])
          and (${note.instance}::uuid is null or instance = ${note.instance}::uuid)
        order by correlation desc, since, instance limit 5`);
      return [...new Set(rows.map(({ instance }) => instance))];
    },
    async waitingForSignal(tx: Transaction, note: Note, limit: number): Promise<string[]> {
      const rows = await tx.rows<{ instance: string }>(sql`
        select instance from process.subscription
        where kind = 'signal' and name = ${note.name} and correlation = '' and since <= ${note.at}
          and instance > ${note.reached ?? NOBODY} and (${note.instance}::uuid is null or instance <> ${note.instance}::uuid)
        order by instance limit ${limit}`);
      return rows.map(({ instance }) => instance);
    },
    /** Notes an hour; another one only where the timer itself was written anew. */
    async schedule(tx: Transaction, note: ScheduledNote, at: Date): Promise<void> {
      await tx.run(sql`
        insert into process.inbox as b (id, kind, name, correlation, variables, at, due, expires_at)
        values (${note.id}, 'timer', ${note.name}, ${note.correlation}, ${JSON.stringify(note.variables)}, ${at}, ${note.due}, ${NEVER})
        on conflict (id) do update set due = excluded.due, variables = excluded.variables, handed_at = null
          where b.variables->>'text' is distinct from excluded.variables->>'text'`);
    },
    async reschedule(tx: Transaction, note: Pick<ScheduledNote, "id" | "due" | "variables">): Promise<void> {
      await tx.run(
        sql`update process.inbox set due = ${note.due}, variables = ${JSON.stringify(note.variables)} where id = ${note.id}`,
      );
    },
    /** It has fired for the last time; kept, so that it does not begin anew. */
    async rest(tx: Transaction, id: string, at: Date): Promise<void> {
      await tx.run(sql`update process.inbox set due = expires_at, handed_at = ${at} where id = ${id}`);
    },
    async postpone(tx: Transaction, id: string, due: Date): Promise<void> {
      await tx.run(sql`update process.inbox set due = ${due}, checks = checks + 1 where id = ${id}`);
    },
    async reach(tx: Transaction, id: string, reached: string): Promise<void> {
      await tx.run(sql`update process.inbox set reached = ${reached} where id = ${id}`);
    },
    /** It has reached whom it is for. */
    async hand(tx: Transaction, id: string, at: Date): Promise<void> {
      await tx.run(sql`
        with kept as (update process.inbox set handed_at = ${at}, due = expires_at, variables = '{}' where id = ${id} and once)
        delete from process.inbox where id = ${id} and not once`);
    },
    async drop(tx: Transaction, id: string): Promise<void> {
      await tx.run(sql`delete from process.inbox where id = ${id}`);
    },
  };
}
