import { joined, type Queryable, type Statement, sql } from "@kerege/kernel/database";
import type { State } from "../engine/state.ts";
import { type Hand, type Held, versionOf } from "./hand.ts";
import { instant, project } from "./projection.ts";

/** What a worker takes in hand in the statement that writes what it has done. */
export interface Claim {
  now: Date;
  /** Until when nobody else may take it. */
  lease: Date;
  cases: number;
  calls: number;
  /** Names of calls that somebody here performs. */
  names: readonly string[];
}

export interface ClaimedCall {
  instance: string;
  key: string;
  token: number;
  node: string;
  name: string;
  input: Held["state"]["scopes"][number]["variables"];
  attempts: number;
}

export interface Claimed {
  cases: Held[];
  calls: { call: ClaimedCall; held: Held }[];
}

/** A hand to be written, and what of its calls this process goes on with by itself. */
export interface Line {
  hand: Hand;
  /** Calls it asks for are taken in hand until then; due at once when left out. */
  callsUntil?: Date;
  /** Calls performed that the state no longer knows. */
  doneCalls?: readonly string[];
}

export interface Making {
  now: Date;
  nextId(): string;
  /** Names of messages that a performer takes, in place of a case that waits. */
  performs(name: string): boolean;
}

type Rows = Record<string, unknown>[];

/** Rows of all tables for some hands, in the shape that the statements take them. */
interface Sheet {
  cases: Rows;
  records: Rows;
  tasks: Rows;
  tasksGone: Rows;
  heard: Rows;
  unheard: Rows;
  calls: Rows;
  callsGone: Rows;
  told: Rows;
}

const MESSAGE_DAYS = 30;
const DAY_MS = 86_400_000;

export function sheetOf(lines: readonly Line[], making: Making): Sheet {
  const now = making.now.toISOString();
  const expires = new Date(making.now.getTime() + MESSAGE_DAYS * DAY_MS).toISOString();
  const sheet: Sheet = {
    ...{ cases: [], records: [], tasks: [], tasksGone: [], heard: [], unheard: [], calls: [], callsGone: [], told: [] },
  };
  for (const { hand, callsUntil, doneCalls } of lines) {
    const { instance, was, process, key, model } = hand;
    const state = hand.state!;
    const changes = project(was?.state, state, hand.effects);
    const over = state.status !== "running" && state.status !== "suspended";
    const last = hand.steps.at(-1)?.at ?? making.now.getTime();
    sheet.cases.push({
      ...{ id: instance, was: was?.version, version: versionOf(hand), model: model.hash, status: state.status },
      due: hand.due === undefined || over ? null : instant(hand.due),
      incidents: changes.incidents,
      ended_at: over ? instant(last) : null,
      deadline: hand.deadline?.toISOString() ?? null,
      state: bare(state),
      ...(was === undefined && { process, key, body: hand.body ?? null, started_at: instant(hand.steps[0]!.at) }),
    });
    if (hand.steps.length > 0) {
      const steps = hand.steps.map(({ at, command, events }) => ({ at: instant(at), command, told: events }));
      sheet.records.push({ instance, version: versionOf(hand), steps });
    }
    // Where a step names no body it is the work of the one whose case it is.
    for (const task of changes.tasks)
      sheet.tasks.push({ instance, process, model: model.hash, key, ...task, body: task.body ?? hand.body ?? null });
    for (const token of changes.tasksGone) sheet.tasksGone.push({ instance, token });
    for (const heard of changes.heard) sheet.heard.push({ instance, ...heard });
    for (const heard of changes.unheard) sheet.unheard.push({ instance, ...heard });
    const due = (callsUntil ?? making.now).toISOString();
    const attempts = callsUntil ? 1 : 0;
    for (const call of changes.calls) sheet.calls.push({ instance, ...call, due, attempts });
    for (const gone of new Set([...changes.callsGone, ...(doneCalls ?? [])])) sheet.callsGone.push({ instance, key: gone });
    for (const told of changes.told) {
      const id = making.nextId();
      // Whoever performs messages of this name gets them as calls that nobody waits for.
      if (told.kind === "message" && making.performs(told.name))
        sheet.calls.push({
          instance,
          key: `told-${id}`,
          token: 0,
          node: "",
          name: told.name,
          input: told.variables,
          due: now,
          attempts: 0,
        });
      else {
        // A signal has reached the case that threw it already.
        const except = told.kind === "signal" ? instance : null;
        sheet.told.push({ id, source: instance, ...told, instance: except, at: now, due: now, expires_at: expires });
      }
    }
  }
  return sheet;
}

/** The hash of the model stands in the row already. */
export function bare({ model: _, ...state }: State): Omit<State, "model"> {
  return state;
}

const json = (rows: Rows) => JSON.stringify(rows);

/** Parts of a statement for everything beside the rows of cases; only for cases that `gate` gives. */
function beside(sheet: Sheet, gate: Statement, now: Date): Statement[] {
  const parts: Statement[] = [
    sql`recorded as (insert into process.record (instance, version, steps)
      select r.instance, r.version, r.steps
      from jsonb_to_recordset(${json(sheet.records)}::jsonb) as r(instance uuid, version int, steps jsonb)
      where r.instance in (${gate}))`,
  ];
  if (sheet.tasksGone.length > 0)
    parts.push(sql`tasks_gone as (delete from process.task t
      using jsonb_to_recordset(${json(sheet.tasksGone)}::jsonb) as g(instance uuid, token int)
      where t.instance = g.instance and t.token = g.token and g.instance in (${gate}))`);
  if (sheet.tasks.length > 0)
    parts.push(sql`tasks as (insert into process.task as t (instance, token, process, model, key, node, title, role, body, due, held_by, done_by, since)
      select g.instance, g.token, g.process, g.model, g.key, g.node, g.title, g.role, g.body, g.due, g.held_by, g.done_by, g.since
      from jsonb_to_recordset(${json(sheet.tasks)}::jsonb) as g(instance uuid, token int, process text, model text, key text, node text,
        title text, role text, body text, due timestamptz, held_by text, done_by text, since timestamptz)
      where g.instance in (${gate})
      on conflict (instance, token) do update set model = excluded.model, node = excluded.node, role = excluded.role, body = excluded.body,
        due = excluded.due, held_by = excluded.held_by, done_by = excluded.done_by, since = excluded.since)`);
  if (sheet.unheard.length > 0)
    parts.push(sql`unheard as (delete from process.subscription s
      using jsonb_to_recordset(${json(sheet.unheard)}::jsonb) as g(instance uuid, kind text, name text, correlation text)
      where s.instance = g.instance and s.kind = g.kind and s.name = g.name and s.correlation = g.correlation and g.instance in (${gate}))`);
  if (sheet.heard.length > 0)
    parts.push(
      sql`heard as (insert into process.subscription (instance, kind, name, correlation, since)
        select g.instance, g.kind, g.name, g.correlation, g.since
        from jsonb_to_recordset(${json(sheet.heard)}::jsonb) as g(instance uuid, kind text, name text, correlation text, since timestamptz)
        where g.instance in (${gate}) on conflict (instance, kind, name, correlation) do nothing)`,
      // What came before anybody waited is looked at again now.
      sql`rung as (update process.inbox b set due = ${now}
        from jsonb_to_recordset(${json(sheet.heard)}::jsonb) as g(kind text, name text, correlation text)
        where b.kind = 'message' and g.kind = 'message' and b.name = g.name and (g.correlation = '' or g.correlation = b.correlation) and b.due > ${now} and b.handed_at is null)`,
    );
  if (sheet.callsGone.length > 0)
    parts.push(sql`calls_gone as (delete from process.outbox o
      using jsonb_to_recordset(${json(sheet.callsGone)}::jsonb) as g(instance uuid, key text)
      where o.instance = g.instance and o.key = g.key and g.instance in (${gate}))`);
  if (sheet.calls.length > 0)
    parts.push(sql`calls as (insert into process.outbox (instance, key, token, node, name, input, due, attempts)
      select g.instance, g.key, g.token, g.node, g.name, g.input, g.due, g.attempts
      from jsonb_to_recordset(${json(sheet.calls)}::jsonb) as g(instance uuid, key text, token int, node text, name text, input jsonb,
        due timestamptz, attempts int)
      where g.instance in (${gate}) on conflict (instance, key) do update set due = excluded.due, input = excluded.input)`);
  if (sheet.told.length > 0)
    parts.push(sql`told as (insert into process.inbox (id, kind, name, correlation, instance, variables, at, due, expires_at)
      select g.id, g.kind, g.name, g.correlation, g.instance, g.variables, g.at, g.due, g.expires_at
      from jsonb_to_recordset(${json(sheet.told)}::jsonb) as g(id uuid, source uuid, kind text, name text, correlation text, instance uuid,
        variables jsonb, at timestamptz, due timestamptz, expires_at timestamptz)
      where g.source in (${gate}))`);
  return parts;
}

const BEGUN = sql`select id from begun`;
const SAVED = sql`select id from saved`;
const EITHER = sql`select id from begun union all select id from saved`;
const NEITHER = sql`select null::uuid as id where false`;

function begun(rows: Rows): Statement {
  return sql`begun as (insert into process.instance
      (id, process, model, key, body, status, version, due, incidents, deadline, started_at, ended_at, state)
    select g.id, g.process, g.model, g.key, g.body, g.status, g.version, g.due, g.incidents, g.deadline, g.started_at, g.ended_at, g.state
    from jsonb_to_recordset(${json(rows)}::jsonb) as g(id uuid, process text, model text, key text, body text, status text,
      version int, due timestamptz, incidents int, deadline timestamptz, started_at timestamptz, ended_at timestamptz, state jsonb)
    on conflict (id) do nothing returning id)`;
}

function saved(rows: Rows): Statement {
  return sql`saved as (update process.instance i set version = g.version, model = g.model, status = g.status, due = g.due,
      leased_until = null, incidents = g.incidents, ended_at = g.ended_at, deadline = coalesce(g.deadline, i.deadline), state = g.state
    from jsonb_to_recordset(${json(rows)}::jsonb) as g(id uuid, was int, version int, model text, status text, due timestamptz,
      incidents int, ended_at timestamptz, deadline timestamptz, state jsonb)
    where i.id = g.id and i.version = g.was returning i.id)`;
}

/** Cases that are begun and cases that go on, in one statement; which of them were written is in what `written` gives. */
function writing(lines: readonly Line[], making: Making): { parts: Statement[]; written: Statement } {
  if (lines.length === 0) return { parts: [], written: NEITHER };
  const sheet = sheetOf(lines, making);
  const fresh = sheet.cases.filter(({ was }) => was === undefined);
  const known = sheet.cases.filter(({ was }) => was !== undefined);
  const written = fresh.length === 0 ? SAVED : known.length === 0 ? BEGUN : EITHER;
  const rows = [...(fresh.length > 0 ? [begun(fresh)] : []), ...(known.length > 0 ? [saved(known)] : [])];
  return { parts: [...rows, ...beside(sheet, written, making.now)], written };
}

const NO_CASES = sql`due_cases as (select null::uuid as instance where false)`;
const NO_CALLS = sql`due_calls as (select null::uuid as instance where false)`;

/** Cases and calls that are due, oldest first; those that somebody else takes this moment are passed over. */
function claiming({ now, lease, cases, calls, names }: Claim, except: readonly string[]): Statement {
  const dueCases =
    cases === 0
      ? NO_CASES
      : sql`due_cases as (update process.instance i set leased_until = ${lease}
          from (select id from process.instance
            where due <= ${now} and (leased_until is null or leased_until <= ${now}) and id <> all(${except}::uuid[])
            order by due limit ${cases} for update skip locked) d
          where i.id = d.id
          returning i.id as instance, i.process, i.model, i.version, i.key, i.body, i.state, (extract(epoch from i.due) * 1000)::float8 as due)`;
  const dueCalls =
    calls === 0 || names.length === 0
      ? NO_CALLS
      : sql`due_calls as (update process.outbox o set due = ${lease}, attempts = o.attempts + 1
          from (select instance, key from process.outbox where due <= ${now} and name = any(${names}::text[])
            order by due limit ${calls} for update skip locked) d
          where o.instance = d.instance and o.key = d.key
          returning o.instance, o.key, o.token, o.node, o.name, o.input, o.attempts)`;
  return joined([dueCases, dueCalls], ", ");
}

type HeldRow = Omit<Held, "body" | "due"> & { body: string | null; due: number | null };
const heldFrom = ({ body, due, ...row }: HeldRow): Held => ({
  ...row,
  ...(body !== null && { body }),
  ...(due !== null && { due }),
});

/**
 * Writes hands and takes what is due, in one statement. `saved` are the cases that still were as they were read; of the others nothing
 * was written, and who holds them reads again.
 */
export async function saveAndClaim(
  database: Queryable,
  lines: readonly Line[],
  given: { making: Making; claim: Claim | undefined },
): Promise<{ saved: Set<string>; claimed: Claimed }> {
  const { parts, written } = writing(lines, given.making);
  if (given.claim)
    parts.push(
      claiming(
        given.claim,
        lines.map(({ hand }) => hand.instance),
      ),
    );
  const looked = given.claim
    ? sql`, (select json_agg(row_to_json(c)) from due_cases c) as cases, (select json_agg(json_build_object('call', row_to_json(c), 'held',
        (select json_build_object('instance', i.id, 'process', i.process, 'model', i.model, 'version', i.version, 'key', i.key,
          'body', i.body, 'state', i.state, 'due', (extract(epoch from i.due) * 1000)::float8)
        from process.instance i where i.id = c.instance))) from due_calls c) as calls`
    : sql``;
  const row = (await database.first<{
    saved: string[] | null;
    cases?: HeldRow[] | null;
    calls?: { call: ClaimedCall; held: HeldRow | null }[] | null;
  }>(sql`with ${joined(parts, ", ")} select (select array_agg(id) from (${written}) as written) as saved ${looked}`))!;
  return {
    saved: new Set(row.saved ?? []),
    claimed: {
      cases: (row.cases ?? []).map(heldFrom),
      calls: (row.calls ?? []).flatMap(({ call, held }) => (held ? [{ call, held: heldFrom(held) }] : [])),
    },
  };
}

/** Begins a case by itself; false where it was begun before. */
export async function begin(database: Queryable, line: Line, making: Making): Promise<boolean> {
  const sheet = sheetOf([line], making);
  const parts = joined([begun(sheet.cases), ...beside(sheet, BEGUN, making.now)], ", ");
  return (await database.first(sql`with ${parts} select id from begun`)) !== undefined;
}

export async function load(database: Queryable, ids: readonly string[], lock = false): Promise<Held[]> {
  const columns = sql`select id as instance, process, model, version, key, body, state, (extract(epoch from due) * 1000)::float8 as due
    from process.instance where id = any(${ids}::uuid[])`;
  return (await database.rows<HeldRow>(lock ? sql`${columns} order by id for update` : columns)).map(heldFrom);
}

export async function loadOne(database: Queryable, id: string): Promise<Held | undefined> {
  const row = await database.first<HeldRow>(sql`
    select id as instance, process, model, version, key, body, state, (extract(epoch from due) * 1000)::float8 as due
    from process.instance where id = ${id}`);
  return row && heldFrom(row);
}

/** Takes the calls of one case that are due. */
export async function claimCallsOf(database: Queryable, instance: string, claim: Claim): Promise<ClaimedCall[]> {
  return database.rows<ClaimedCall>(sql`
    update process.outbox set due = ${claim.lease}, attempts = attempts + 1
    where instance = ${instance} and due <= ${claim.now} and name = any(${claim.names}::text[])
    returning instance, key, token, node, name, input, attempts`);
}

/** Calls that have been due since `now` of the claim and are of none of its names. */
export async function claimUnperformed(database: Queryable, claim: Claim): Promise<ClaimedCall[]> {
  return database.rows<ClaimedCall>(sql`
    update process.outbox o set due = ${claim.lease}, attempts = o.attempts + 1
    from (select instance, key from process.outbox where due <= ${claim.now} and token > 0 and not (name = any(${claim.names}::text[]))
      order by due limit ${claim.calls} for update skip locked) d
    where o.instance = d.instance and o.key = d.key
    returning o.instance, o.key, o.token, o.node, o.name, o.input, o.attempts`);
}

/** Holds on to what is in hand. */
export async function renew(
  database: Queryable,
  held: { cases: readonly string[]; calls: readonly { instance: string; key: string }[]; lease: Date },
): Promise<void> {
  await database.run(sql`
    with cases as (update process.instance set leased_until = ${held.lease} where id = any(${held.cases}::uuid[]) and leased_until is not null)
    update process.outbox o set due = ${held.lease}
    from jsonb_to_recordset(${json([...held.calls])}::jsonb) as g(instance uuid, key text) where o.instance = g.instance and o.key = g.key`);
}

/** Gives calls back, to be made at an hour. */
export async function postpone(
  database: Queryable,
  calls: readonly { instance: string; key: string }[],
  due: Date,
): Promise<void> {
  await database.run(sql`update process.outbox o set due = ${due}
    from jsonb_to_recordset(${json([...calls])}::jsonb) as g(instance uuid, key text) where o.instance = g.instance and o.key = g.key`);
}

export async function dropCall(database: Queryable, { instance, key }: { instance: string; key: string }): Promise<void> {
  await database.run(sql`delete from process.outbox where instance = ${instance} and key = ${key}`);
}

/** Cases nobody here can make a model for, or whose step could not be written: out of the way for a while, so that others get their turn. */
export async function setAside(database: Queryable, ids: readonly string[], until: Date): Promise<void> {
  await database.run(sql`update process.instance set leased_until = ${until} where id = any(${ids}::uuid[])`);
}

export async function takeOver(database: Queryable, now: Date): Promise<void> {
  await database.run(sql`
    with cases as (update process.instance set leased_until = null where leased_until is not null)
    update process.outbox set due = ${now} where attempts > 0 and due > ${now}`);
}
