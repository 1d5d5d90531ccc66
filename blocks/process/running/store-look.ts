import { type Database, sql } from "@kerege/kernel/database";
import type { CaseRow, CaseView, IncidentRow, LookingDoor, Paged, Recorded, TaskRow } from "../door.ts";
import type { State, Status } from "../engine/state.ts";
import { NEVER } from "./projection.ts";

const CASE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const never = new Date(NEVER).getTime();

interface Row {
  id: string;
  process: string;
  model: string;
  key: string;
  body: string | null;
  status: Status;
  version: number;
  started_at: Date;
  ended_at: Date | null;
  due: Date | null;
  deadline: Date | null;
  incidents: number;
}

const caseFrom = (row: Row): CaseRow => ({
  ...{ instance: row.id, process: row.process, model: row.model, key: row.key, status: row.status, version: row.version },
  ...{ startedAt: row.started_at, incidents: row.incidents },
  ...(row.body !== null && { body: row.body }),
  ...(row.ended_at && { endedAt: row.ended_at }),
  ...(row.due && { due: row.due }),
  ...(row.deadline && { deadline: row.deadline }),
});

const COLUMNS = sql`i.id, i.process, i.model, i.key, i.body, i.status, i.version, i.started_at, i.ended_at, i.due, i.deadline, i.incidents`;

interface TaskColumns {
  instance: string;
  token: number;
  process: string;
  model: string;
  key: string;
  node: string;
  title: string | null;
  role: string;
  body: string | null;
  due: Date;
  held_by: string | null;
  done_by: string | null;
  since: Date;
}
const taskFrom = ({ title, body, due, held_by, done_by, ...row }: TaskColumns): TaskRow => ({
  ...row,
  ...(title !== null && { title }),
  ...(body !== null && { body }),
  ...(due.getTime() < never && { due }),
  ...(held_by !== null && { heldBy: held_by }),
  ...(done_by !== null && { doneBy: done_by }),
});

/** Reads a page's mark; nothing for what is none. */
function marks(after: string | undefined, count: number): (string | null)[] {
  const parts = after?.split("~") ?? [];
  return parts.length === count ? parts : Array.from({ length: count }, () => null);
}

function paged<Source, Row>(
  rows: Source[],
  limit: number,
  made: { row(one: Source): Row; mark(one: Source): string },
): Paged<Row> {
  const shown = rows.slice(0, limit);
  return { rows: shown.map(made.row), ...(rows.length > limit && { next: made.mark(shown.at(-1)!) }) };
}

const limitOf = (limit = 50) => Math.min(Math.max(1, limit), 200);

/** What is looked at and changes nothing. */
export function createLooking(database: Database, clock: { now(): Date }): LookingDoor {
  return {
    async find(instance): Promise<CaseView | undefined> {
      if (!CASE_ID.test(instance)) return undefined;
      const row = await database.first<Row & { state: Omit<State, "model"> }>(
        sql`select ${COLUMNS}, i.state from process.instance i where i.id = ${instance}`,
      );
      return row && { ...caseFrom(row), state: { model: row.model, ...row.state } };
    },
    async history(instance): Promise<Recorded[]> {
      if (!CASE_ID.test(instance)) return [];
      return database.rows<Recorded>(
        sql`select version, at, command, told as events from process.event where instance = ${instance} order by version`,
      );
    },
    async cases({ process, model, body, key, status, node, live, page = {} }) {
      const limit = limitOf(page.limit);
      const [before] = marks(page.after, 1);
      const rows = await database.rows<Row>(sql`
        select ${COLUMNS} from process.instance i
        where (${process ?? null}::text is null or i.process = ${process ?? null})
          and (${model ?? null}::text is null or i.model = ${model ?? null})
          and (${body ?? null}::text is null or i.body = ${body ?? null})
          and (${key ?? null}::text is null or i.key = ${key ?? null})
          and (${status ?? null}::text is null or i.status = ${status ?? null})
          and (${live ?? null}::boolean is null or (i.ended_at is null) = ${live ?? null})
          and (${node ?? null}::text is null or exists (
            select from jsonb_array_elements(i.state->'tokens') t where t->>'node' = ${node ?? null}))
          and (${before ?? null}::uuid is null or i.id < ${before ?? null}::uuid)
        order by i.id desc limit ${limit + 1}`);
      return paged(rows, limit, { row: caseFrom, mark: ({ id }) => id });
    },
    async tasks({ roles, body, heldBy, free, instance, page = {} }) {
      const limit = limitOf(page.limit);
      const [due, id, token] = marks(page.after, 3);
      const rows = await database.rows<TaskColumns>(sql`
        select * from process.task
        where (${roles ?? null}::text[] is null or role = any(${roles ?? null}::text[]))
          and (${body ?? null}::text is null or body is null or body = ${body ?? null})
          and (${heldBy ?? null}::text is null or held_by = ${heldBy ?? null})
          and (${free ?? null}::boolean is null or (held_by is null) = ${free ?? null})
          and (${instance ?? null}::uuid is null or instance = ${instance ?? null}::uuid)
          and (${due ?? null}::timestamptz is null
            or (due, instance, token) > (${due ?? null}::timestamptz, ${id ?? null}::uuid, ${token ?? null}::int))
        order by due, instance, token limit ${limit + 1}`);
      return paged(rows, limit, { row: taskFrom, mark: (row) => `${row.due.toISOString()}~${row.instance}~${row.token}` });
    },
    async incidents({ process, body, page = {} } = {}) {
      const limit = limitOf(page.limit);
      const [deadline, id] = marks(page.after, 2);
      const rows = await database.rows<Row & { state: State; urgent: Date }>(sql`
        select * from (select ${COLUMNS}, i.state, coalesce(i.deadline, ${NEVER}::timestamptz) as urgent
          from process.instance i where i.incidents > 0) i
        where (${process ?? null}::text is null or i.process = ${process ?? null})
          and (${body ?? null}::text is null or i.body = ${body ?? null})
          and (${deadline ?? null}::timestamptz is null or (i.urgent, i.id) > (${deadline ?? null}::timestamptz, ${id ?? null}::uuid))
        order by i.urgent, i.id limit ${limit + 1}`);
      return paged(rows, limit, {
        row: (row): IncidentRow => ({ ...caseFrom(row), tokens: incidentsOf(row.state) }),
        mark: (row) => `${row.urgent.toISOString()}~${row.id}`,
      });
    },
    async load({ body } = {}) {
      const rows = await database.rows<{
        role: string;
        body: string | null;
        held_by: string | null;
        open: number;
        late: number;
      }>(sql`
        select role, body, held_by, count(*)::int as open, (count(*) filter (where due < ${clock.now()}))::int as late
        from process.task where ${body ?? null}::text is null or body = ${body ?? null}
        group by role, body, held_by order by late desc, open desc, role, body, held_by`);
      return rows.map(({ role, open, late, ...row }) => ({
        ...{ role, open, late },
        ...(row.body !== null && { body: row.body }),
        ...(row.held_by !== null && { heldBy: row.held_by }),
      }));
    },
    async atNodes(model) {
      return database.rows(sql`
        select t->>'node' as node, count(distinct i.id)::int as cases,
          to_timestamp(min((t->>'since')::float8) / 1000) as since,
          to_timestamp(percentile_disc(0.5) within group (order by (t->>'since')::float8) / 1000) as median
        from process.instance i, jsonb_array_elements(i.state->'tokens') t
        where i.model = ${model} and i.ended_at is null group by 1 order by 2 desc, 1`);
    },
    async timersDue({ by = "day", process } = {}) {
      return database.rows(sql`
        select date_trunc(${by}, due, 'UTC') as at, count(*)::int as cases from process.instance
        where due is not null and (${process ?? null}::text is null or process = ${process ?? null})
        group by 1 order by 1 limit 100`);
    },
    async counts() {
      return database.rows(sql`
        select process, status, count(*)::int as cases, coalesce(sum(incidents), 0)::int as incidents
        from process.instance group by process, status order by process, status`);
    },
  };
}

export function incidentsOf(state: State): IncidentRow["tokens"] {
  return state.tokens.flatMap(({ id, node, waits }) =>
    waits.for === "incident"
      ? [{ token: id, node, code: waits.code, attempts: waits.attempts, since: new Date(waits.since) }]
      : [],
  );
}
