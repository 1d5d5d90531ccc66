import { type Queryable, sql } from "@kerege/kernel/database";
import type { Recorded } from "../door.ts";
import type { State } from "../engine/state.ts";
import type { KeptCase } from "./gate.ts";

/** Which cases: of a process, on one edition now, of one body; all where nothing is said. */
export interface Kept {
  process?: string;
  model?: string;
  body?: string;
  /** Only those that are over. */
  over?: boolean;
}

const BATCH = 200;
const NOBODY = "00000000-0000-0000-0000-000000000000";

interface Row {
  instance: string;
  version: number;
  at: Date;
  command: Recorded["command"];
  told: Recorded["events"];
}

/** Whole records of cases with the state that stands in the table, in batches, in the order of their ids. */
export async function* keptCases(database: Queryable, kept: Kept = {}): AsyncGenerator<KeptCase[]> {
  const { process = null, model = null, body = null, over = false } = kept;
  for (let after = NOBODY; ; ) {
    const cases = await database.rows<{ id: string; model: string; state: Omit<State, "model"> }>(sql`
      select id, model, state || jsonb_build_object('model', model) as state from process.instance
      where id > ${after} and (${process}::text is null or process = ${process}) and (${model}::text is null or model = ${model})
        and (${body}::text is null or body = ${body}) and (not ${over}::boolean or ended_at is not null)
      order by id limit ${BATCH}`);
    if (cases.length > 0) yield await withRecords(database, cases);
    if (cases.length < BATCH) return;
    after = cases.at(-1)!.id;
  }
}

async function withRecords(
  database: Queryable,
  cases: { id: string; model: string; state: Omit<State, "model"> }[],
): Promise<KeptCase[]> {
  const rows = await database.rows<Row>(sql`
    select instance, version, at, command, told from process.event
    where instance = any(${cases.map(({ id }) => id)}::uuid[]) order by instance, version`);
  const histories = new Map(cases.map(({ id }) => [id, [] as Recorded[]]));
  for (const { instance, version, at, command, told } of rows)
    histories.get(instance)?.push({ version, at, command, events: told });
  return cases.map(({ id, model, state }) => {
    const history = histories.get(id) ?? [];
    // The row says the edition once.
    return { instance: id, model: begunOn(history) ?? model, history, state: { model, ...state } };
  });
}

/** The edition a case began on, where it was moved to another since: its first migration says from which. */
function begunOn(history: readonly Recorded[]): string | undefined {
  const first = history.find(({ command }) => command.kind === "migrate");
  const from = first?.events[0]?.said?.from;
  return typeof from === "string" ? from : undefined;
}
