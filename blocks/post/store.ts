import { type Database, sql } from "@kerege/kernel/database";
import type { Multilingual } from "@kerege/kernel/locale";
import type { SendRequest } from "./declaration.ts";

export interface LetterRow {
  id: string;
  recipient: string;
  from_body: string;
  subject: Multilingual;
  body: Multilingual;
  case_id: string | null;
  document_id: string | null;
  sent_at: Date;
  read_at: Date | null;
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
    // Ids are time-ordered (UUIDv7), so their order is that of sending.
    async list(recipient: string, page: { before?: string; limit: number }): Promise<LetterRow[]> {
      return database.rows<LetterRow>(sql`
        select * from post.letter where recipient = ${recipient} and (${page.before ?? null}::uuid is null or id < ${page.before ?? null}::uuid)
        order by id desc limit ${page.limit}`);
    },
    async read(id: string, recipient: string, at: Date): Promise<LetterRow | undefined> {
      return database.first<LetterRow>(sql`
        update post.letter set read_at = coalesce(read_at, ${at}) where id = ${id} and recipient = ${recipient} returning *`);
    },
    async unread(recipient: string): Promise<number> {
      const row = await database.first<{ count: number }>(
        sql`select count(*) from post.letter where recipient = ${recipient} and read_at is null`,
      );
      return row!.count;
    },
  };
}
