import { type Database, sql } from "@kerege/kernel/database";
import type { Language } from "@kerege/kernel/locale";
import type { SendRequest } from "./declaration.ts";

/** A letter in a list, in one language. */
export interface SummaryRow {
  id: string;
  from_body: string;
  subject: string;
  case_id: string | null;
  sent_at: Date;
  read_at: Date | null;
}

export interface LetterRow extends SummaryRow {
  body: string;
  document_id: string | null;
}

/** All SQL of the post. A letter is always asked for together with its recipient. */
export function createStore(database: Database) {
  return {
    /** Gives the id of the letter that is kept: the first one of its kind for the case and recipient. */
    async add(letter: SendRequest & { id: string; at: Date }): Promise<string> {
      const { id, to, from, case: caseId = null, kind, document = null, at } = letter;
      const kept = await database.first<{ id: string }>(sql`
        insert into post.letter (id, recipient, from_body, subject, body, case_id, kind, document_id, sent_at)
        values (${id}, ${to}, ${from}, ${JSON.stringify(letter.subject)}, ${JSON.stringify(letter.body)}, ${caseId}, ${kind}, ${document}, ${at})
        on conflict (case_id, kind, recipient) do nothing returning id`);
      if (kept) return kept.id;
      const first = await database.first<{ id: string }>(sql`
        select id from post.letter where case_id = ${caseId} and kind = ${kind} and recipient = ${to}`);
      return first!.id;
    },
    async sent(kind: string, recipient: string): Promise<boolean> {
      const row = await database.first(
        sql`select 1 as one from post.letter where recipient = ${recipient} and kind = ${kind} and case_id is null limit 1`,
      );
      return row !== undefined;
    },
    // Ids are time-ordered (UUIDv7), so their order is that of sending. The body of a letter is read with the letter alone.
    async list(recipient: string, page: { language: Language; before?: string; limit: number }): Promise<SummaryRow[]> {
      const { language, before = null, limit } = page;
      return database.rows<SummaryRow>(sql`
        select id, from_body, subject ->> ${language}::text as subject, case_id, sent_at, read_at from post.letter
        where recipient = ${recipient} and (${before}::uuid is null or id < ${before}::uuid) order by id desc limit ${limit}`);
    },
    /** The newest letters, each with the number of all that are unread. */
    async newest(recipient: string, page: { language: Language; limit: number }): Promise<(SummaryRow & { unread: number })[]> {
      return database.rows<SummaryRow & { unread: number }>(sql`
        select id, from_body, subject ->> ${page.language}::text as subject, case_id, sent_at, read_at,
          (select count(*) from post.letter where recipient = ${recipient} and read_at is null) as unread
        from post.letter where recipient = ${recipient} order by id desc limit ${page.limit}`);
    },
    async read(id: string, reading: { recipient: string; language: Language; at: Date }): Promise<LetterRow | undefined> {
      const { recipient, language, at } = reading;
      return database.first<LetterRow>(sql`
        update post.letter set read_at = coalesce(read_at, ${at}) where id = ${id} and recipient = ${recipient}
        returning id, from_body, subject ->> ${language}::text as subject, body ->> ${language}::text as body, case_id, document_id, sent_at, read_at`);
    },
    async unread(recipient: string): Promise<number> {
      const row = await database.first<{ count: number }>(
        sql`select count(*) from post.letter where recipient = ${recipient} and read_at is null`,
      );
      return row!.count;
    },
  };
}
