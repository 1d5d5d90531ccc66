import { type Queryable, sql } from "@kerege/kernel/database";
import type { Value } from "./declaration.ts";
import type { Contest, Page } from "./door.ts";
import { decodePlace, encodePlace, withMark } from "./page-mark.ts";
import { subjectFields } from "./read-entry.ts";
import { type Row, toValue } from "./store.ts";
import { type CompiledRegister, quote } from "./store-sql.ts";

/** What a register holds about a subject in one field now; nothing where the record is not about him. */
export async function heldValue(
  on: Queryable,
  register: CompiledRegister,
  given: { key: string; subject: string; field: string },
): Promise<{ value: Value } | undefined> {
  const { declaration, table } = register;
  const about = subjectFields(declaration).map(quote);
  if (about.length === 0) return undefined;
  const row = await on.first<Row>({
    text: `select ${quote(given.field)} as raw from ${table} where ${quote(declaration.key)} = $1 and $2 in (${about.join(", ")})`,
    values: [given.key, given.subject],
  });
  return row && { value: toValue(register, { field: given.field, raw: row.raw }) };
}

export type NewContest = Omit<Contest, "state" | "answer" | "decidedAt"> & { owner: string };

/** False where this person contests this field already. The record is locked, so of two at once one is told. */
export async function addContest(on: Queryable, one: NewContest): Promise<boolean> {
  await on.first(sql`select pg_advisory_xact_lock(hashtextextended(${`${one.register} ${one.key} ${one.field}`}, 7317))`);
  const open = await on.first(sql`select 1 as one from registry.contest
    where key = ${one.key} and register = ${one.register} and field = ${one.field} and by_pin = ${one.by} and state = 'open'`);
  if (open) return false;
  await on.run(sql`insert into registry.contest (key, id, register, owner, field, held, claimed, reason, by_pin, at, due_on, state)
    values (${one.key}, ${one.id}, ${one.register}, ${one.owner}, ${one.field}, ${JSON.stringify(one.held)}, ${one.claimed}, ${one.reason},
      ${one.by}, ${one.at}, ${one.dueOn}, 'open')`);
  return true;
}

export async function findContest(on: Queryable, id: string): Promise<(Contest & { owner: string }) | undefined> {
  const row = await on.first<Row>(sql`select * from registry.contest where id = ${id}::uuid`);
  return row && { ...toContest(row), owner: row.owner as string };
}

/** False where it was decided already. */
export async function decideContest(
  on: Queryable,
  given: { key: string; id: string; state: string; answer: string; at: Date; by: string },
): Promise<boolean> {
  const changed =
    await on.run(sql`update registry.contest set state = ${given.state}, answer = ${given.answer}, decided_at = ${given.at},
    decided_by = ${given.by} where key = ${given.key} and id = ${given.id}::uuid and state = 'open'`);
  return changed > 0;
}

/** Of an owner: the open ones by the day they are due. */
export async function contestsOfOwner(
  on: Queryable,
  given: { owner: string; after?: string; limit: number },
): Promise<Page<Contest>> {
  const place = given.after === undefined ? [null, null] : decodePlace(given.after, 2);
  const rows = await withMark(given.after, () =>
    on.rows<Row>(sql`select * from registry.contest where owner = ${given.owner} and state = 'open'
      and (${place[0]}::date is null or (due_on, id) > (${place[0]}::date, ${place[1]}::uuid)) order by due_on, id limit ${given.limit + 1}`),
  );
  return pageOf(rows, given.limit, (row) => [row.due_on, row.id]);
}

/** Of a person: newest first. */
export async function contestsOfPerson(
  on: Queryable,
  given: { pin: string; after?: string; limit: number },
): Promise<Page<Contest>> {
  const [place] = given.after === undefined ? [null] : decodePlace(given.after, 1);
  const rows = await withMark(given.after, () =>
    on.rows<Row>(sql`select * from registry.contest where by_pin = ${given.pin} and (${place}::uuid is null or id < ${place}::uuid)
      order by id desc limit ${given.limit + 1}`),
  );
  return pageOf(rows, given.limit, (row) => [row.id]);
}

function pageOf(rows: Row[], limit: number, placeOf: (row: Row) => unknown[]): Page<Contest> {
  const page = rows.slice(0, limit);
  return { rows: page.map(toContest), next: rows.length > limit ? encodePlace(placeOf(page.at(-1)!)) : undefined };
}

function toContest(row: Row): Contest {
  return {
    id: row.id as string,
    register: row.register as string,
    key: row.key as string,
    field: row.field as string,
    held: row.held as Value,
    claimed: row.claimed as string,
    reason: row.reason as string,
    by: row.by_pin as string,
    at: row.at as Date,
    dueOn: row.due_on as string,
    state: row.state as Contest["state"],
    answer: row.answer as string | null,
    decidedAt: row.decided_at as Date | null,
  };
}
