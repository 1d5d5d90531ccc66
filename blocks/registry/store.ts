import type { Actor } from "@kerege/kernel/actor";
import { type Database, prepared, sql } from "@kerege/kernel/database";
import type { Ids } from "@kerege/kernel/id";
import { skeleton } from "@kerege/kernel/skeleton";
import { coalesce } from "./coalesce.ts";
import type { Values } from "./declaration.ts";
import type { Found, HistoryEntry, Page, ReadEntry } from "./door.ts";
import { problem } from "./problems.ts";
import { type CompiledRegister, searchOrder } from "./store-sql.ts";
import { compileRead, compileReadAsOf, compileSearch } from "./store-sql-read.ts";
import { versionRows } from "./store-writes.ts";

export interface ReadTask {
  actor: Actor;
  key: string;
  own: string | null;
  case?: string;
  service?: string;
}

/** A current row as read, with the day from which a version already recorded replaces it. */
export interface Current extends Found {
  endedOn: string | null;
  nextChangeOn: string | null;
}

type Row = Record<string, unknown>;
type Statements = Map<string, unknown>;

export interface Store {
  read(register: CompiledRegister, given: { task: ReadTask; fields: string[]; ground: string }): Promise<Current | undefined>;
  readAsOf(register: CompiledRegister, given: AsOf): Promise<Found | undefined>;
  search(register: CompiledRegister, given: SearchTask): Promise<Page<Found>>;
  history(register: CompiledRegister, given: { task: ReadTask; fields: string[]; ground: string }): Promise<HistoryEntry[]>;
  readsAbout(pin: string, given: { after?: string; limit: number }): Promise<Page<ReadEntry>>;
  count(register: CompiledRegister): Promise<number>;
}

export interface AsOf {
  task: ReadTask;
  fields: string[];
  ground: string;
  trueOn: string;
  knownAt: Date;
}

export interface SearchTask {
  actor: Actor;
  condition: string;
  values: Values;
  fields: string[];
  ground: string;
  case?: string;
  service?: string;
  after?: string;
  limit: number;
}

export function createStore(means: { database: Database; now: () => Date; ids: Ids }): Store {
  const { database } = means;
  const made: Statements = new Map();
  const once = <Made>(key: string, make: () => Made): Made => {
    if (!made.has(key)) made.set(key, make());
    return made.get(key) as Made;
  };

  const reader = (register: CompiledRegister, fields: string[], ground: string) =>
    once(`read ${register.table} ${ground} ${fields.join(" ")}`, () => {
      const statement = prepared(compileRead(register, fields));
      return coalesce<ReadTask, Current | undefined>(async (tasks) => {
        const who = tasks.map((task) => readerColumns(task.actor));
        const rows = await database.rows<Row>(
          statement([
            tasks.map((task) => task.key),
            tasks.map(() => means.ids.next()),
            ...[0, 1, 2, 3].map((column) => who.map((columns) => columns[column])),
            tasks.map((task) => task.case ?? null),
            tasks.map((task) => task.service ?? null),
            means.now(),
            ground,
            tasks.map((task) => task.own),
          ]),
        );
        const results: (Current | undefined)[] = tasks.map(() => undefined);
        for (const row of rows) results[(row.nr as number) - 1] = toCurrent(row, fields);
        return results;
      });
    });

  return {
    read: (register, { task, fields, ground }) => reader(register, fields, ground)(task),

    async readAsOf(register, given) {
      const { task, fields, ground } = given;
      const statement = once(`as-of ${register.table} ${fields.join(" ")}`, () => prepared(compileReadAsOf(register, fields)));
      const row = await database.first<Row>(
        statement([
          task.key,
          ...readerColumns(task.actor),
          task.case ?? null,
          task.service ?? null,
          means.now(),
          ground,
          given.trueOn,
          given.knownAt,
          means.ids.next(),
        ]),
      );
      return row && toFound(row, fields);
    },

    async search(register, given) {
      const condition = register.declaration.search[given.condition]!;
      const after = given.after === undefined ? undefined : decodePlace(given.after, searchOrder(register, condition).length);
      const variant = `search ${register.table} ${given.condition} ${after ? "after" : "first"} ${given.fields.join(" ")}`;
      const statement = once(variant, () =>
        prepared(compileSearch(register, { condition, fields: given.fields, after: after !== undefined })),
      );
      const values: unknown[] = [
        ...readerColumns(given.actor),
        given.case ?? null,
        given.service ?? null,
        means.now(),
        given.ground,
        given.limit + 1,
      ];
      for (const field of condition.exact ?? []) values.push(given.values[field]);
      if (condition.prefix) {
        const from = skeleton(String(given.values[condition.prefix] ?? ""));
        values.push(from, `${from}\u{10ffff}`);
      }
      const rows = await withMark(given.after, () => database.rows<Row>(statement([...values, ...(after ?? [])])));
      const page = rows.slice(0, given.limit);
      const next = rows.length > given.limit ? encodePlace(page.at(-1)!.place) : undefined;
      return { rows: page.map((row) => toFound(row, given.fields)), next };
    },

    async history(register, { task, fields, ground }) {
      return database.transaction(async (tx) => {
        const rows = await versionRows(tx, register, task.key);
        const subject = register.declaration.subject;
        const about = subject === undefined ? "" : String(rows.at(-1)?.values[subject] ?? "");
        const visible = task.own === null || about === task.own ? rows : [];
        await tx.run(sql`insert into registry.read_entry values (${about || (subject ? task.key : "")}, ${means.now()}, ${means.ids.next()},
          ${readerColumns(task.actor)[0]}, ${readerColumns(task.actor)[1]}, ${readerColumns(task.actor)[2]}, ${readerColumns(task.actor)[3]},
          ${register.declaration.register}, ${fields}, ${ground}, ${task.case ?? null}, ${task.service ?? null}, ${visible.length > 0})`);
        return visible.reverse().map((row) => ({
          key: task.key,
          version: row.version,
          validFrom: row.from,
          validTo: row.to,
          recordedAt: row.recordedAt,
          event: row.event,
          document: row.document,
          ended: row.ended,
          actor: row.actor,
          act: row.act,
          values: Object.fromEntries(fields.map((field) => [field, row.values[field] ?? null])),
        }));
      });
    },

    async readsAbout(pin, { after, limit }) {
      const place = after === undefined ? undefined : decodePlace(after, 2);
      const rows = await withMark(after, () =>
        database.rows<Row>(
          place
            ? sql`select * from registry.read_entry where subject = ${pin} and (at, id) < (${place[0]}::timestamptz, ${place[1]}::uuid) order by at desc, id desc limit ${limit + 1}`
            : sql`select * from registry.read_entry where subject = ${pin} order by at desc, id desc limit ${limit + 1}`,
        ),
      );
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        rows: page.map(toReadEntry),
        next: rows.length > limit && last ? encodePlace([(last.at as Date).toISOString(), last.id]) : undefined,
      };
    },

    async count(register) {
      const row = await database.first<{ count: number }>({
        text: `select count(*)::int8 as count from ${register.table}`,
        values: [],
      });
      return row!.count;
    },
  };
}

function readerColumns(actor: Actor): [string, string | null, string | null, string | null] {
  if (actor.kind === "person") return ["person", null, null, actor.pin];
  if (actor.kind === "official") return ["official", actor.body, actor.post, actor.person];
  return ["system", actor.body, actor.name, null];
}

function toReadEntry(row: Row): ReadEntry {
  const kind = row.reader_kind as Actor["kind"];
  const body = row.reader_body as string;
  const reader: Actor =
    kind === "person"
      ? { kind, pin: row.reader_person as string }
      : kind === "official"
        ? { kind, body, post: row.reader_name as string, person: row.reader_person as string }
        : { kind, body, name: row.reader_name as string };
  return {
    id: row.id as string,
    at: row.at as Date,
    reader,
    register: row.register as string,
    fields: row.fields as string[],
    ground: row.ground as string,
    case: row.case_id as string | null,
    service: row.service as string | null,
    found: row.found as boolean,
    reason: (row.reason ?? null) as string | null,
  };
}

function toFound(row: Row, fields: string[]): Found {
  return {
    key: row.key as string,
    version: row.version as number,
    validFrom: row.valid_from as string,
    recordedAt: row.recorded_at as Date,
    values: Object.fromEntries(fields.map((field) => [field, (row[`f_${field}`] ?? null) as Values[string]])),
  };
}

function toCurrent(row: Row, fields: string[]): Current {
  return { ...toFound(row, fields), endedOn: row.ended_on as string | null, nextChangeOn: row.next_change_on as string | null };
}

function encodePlace(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString("base64url");
}

/** A page mark that was not made here is refused. */
function decodePlace(mark: string, length: number): unknown[] {
  try {
    const place: unknown = JSON.parse(Buffer.from(mark.slice(0, 2000), "base64url").toString("utf8"));
    if (Array.isArray(place) && place.length === length && place.every((part) => typeof part !== "object" || part === null))
      return place;
  } catch {
    // Falls through: the mark is not ours.
  }
  throw problem("wrong-page-mark");
}

/** A mark of the right shape with values of the wrong type is found by the database (SQLSTATE class 22, data exception). */
async function withMark<Result>(after: string | undefined, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (after !== undefined && code.startsWith("22")) throw problem("wrong-page-mark", { cause: error });
    throw error;
  }
}
