import { type Database, sql } from "@kerege/kernel/database";
import type { CaseRow } from "./store.ts";

/** What a simulation takes from a case: no number, nobody who acted. */
export type DecidedRow = Pick<
  CaseRow,
  "id" | "edition_hash" | "applicant" | "language" | "answers" | "facts" | "outcome" | "submitted_at"
>;

const BATCH = 500;

/** Cases of a service that were decided, in the order of their ids, at most `limit`. */
export async function* decidedCases(database: Database, service: string, limit: number): AsyncGenerator<DecidedRow[]> {
  let after = "00000000-0000-0000-0000-000000000000";
  for (let left = limit; left > 0; left -= BATCH) {
    const rows = await database.rows<DecidedRow>(sql`
      select id, edition_hash, applicant, language, answers, facts, outcome, submitted_at from services."case"
      where service = ${service} and state in ('granted', 'refused') and submitted_at is not null and outcome is not null and id > ${after}
      order by id limit ${Math.min(left, BATCH)}`);
    if (rows.length > 0) yield rows;
    if (rows.length < BATCH) return;
    after = rows.at(-1)!.id;
  }
}
