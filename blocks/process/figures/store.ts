import { type Queryable, sql } from "@kerege/kernel/database";
import type { HistoryEvent } from "../engine/state.ts";
import type { CaseHistory } from "./figures.ts";

/** Which cases are looked at: of a process, of one of its editions, of one body, begun between two instants. */
export interface Wanted {
  process: string;
  model?: string;
  body?: string;
  from?: Date;
  until?: Date;
}

const BATCH = 300;
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** Histories of cases in batches, in the order of their ids. What people answered stays in the database. */
export async function* histories(database: Queryable, wanted: Wanted): AsyncGenerator<CaseHistory[]> {
  const { process, model = null, body = null, from = null, until = null } = wanted;
  for (let after = NOBODY; ; ) {
    const cases = await database.rows<{ id: string; model: string }>(sql`
      select id, model from process.instance
      where process = ${process} and id > ${after}
        and (${model}::text is null or model = ${model})
        and (${body}::text is null or body = ${body})
        and (${from}::timestamptz is null or started_at >= ${from})
        and (${until}::timestamptz is null or started_at < ${until})
      order by id limit ${BATCH}`);
    if (cases.length > 0) yield await withSteps(database, cases);
    if (cases.length < BATCH) return;
    after = cases.at(-1)!.id;
  }
}

async function withSteps(database: Queryable, cases: { id: string; model: string }[]): Promise<CaseHistory[]> {
  const rows = await database.rows<{ instance: string; at: Date; kind: string; told: HistoryEvent[] }>(sql`
    select instance, at, command ->> 'kind' as kind, told from process.event
    where instance = any(${cases.map(({ id }) => id)}::uuid[]) order by instance, version`);
  const steps = new Map(cases.map(({ id }) => [id, [] as CaseHistory["steps"][number][]]));
  for (const { instance, at, kind, told } of rows) steps.get(instance)?.push({ at: at.getTime(), kind, told });
  return cases.map(({ id, model }) => ({ instance: id, model, steps: steps.get(id) ?? [] }));
}

/** Months in which cases of a process began, the newest first; at most those of twenty years. */
export async function months(database: Queryable, process: string, zone: string): Promise<string[]> {
  const rows = await database.rows<{ month: string }>(sql`
    select distinct to_char(started_at at time zone ${zone}, 'YYYY-MM') as month from process.instance
    where process = ${process} order by month desc limit 240`);
  return rows.map(({ month }) => month);
}
