import type { Actor } from "@kerege/kernel/actor";
import { type Database, prepared, type Queryable, type Statement, type Transaction } from "@kerege/kernel/database";
import type { Ids } from "@kerege/kernel/id";
import { arrayLiteral } from "./array-literal.ts";
import { leafOf } from "./batch-tree.ts";
import type { BatchRow, Chains } from "./chain.ts";
import { coalesce } from "./coalesce.ts";
import type { Ground, Value, Values } from "./declaration.ts";
import type { Found } from "./door.ts";
import { addDuration } from "./duration.ts";
import { contentsOf, type EntryHead, readerColumns, recordSubject } from "./read-entry.ts";
import type { CompiledRegister } from "./store-sql.ts";
import { compileEntries, compileRead, type ReadShape } from "./store-sql-read.ts";
import { createToday } from "./today.ts";

/** One question of one reader, allowed by a ground. */
export interface ReadTask {
  actor: Actor;
  key: string;
  own: string | null;
  case?: string;
  service?: string;
  reason?: string;
  /** As of a day and an instant; now when left out. */
  asOf?: { trueOn: string; knownAt: Date };
}

export type Row = Record<string, unknown>;

export interface Store {
  /** Coalesced with what others ask the same way. `undefined`: not there, or not for this reader. */
  read(shape: ReadShape, task: ReadTask): Promise<Found | undefined>;
  /** A transaction that reads and writes who read, and the chain its batches go on. */
  sealed<Result>(work: (within: Within) => Promise<Result>): Promise<Result>;
  /** Alone, inside a transaction. */
  readWithin(within: Within, given: { shape: ReadShape; task: ReadTask }): Promise<Found | undefined>;
  /** Writes that records were read by other statements of this transaction. */
  writeEntries(within: Within, given: { head: EntryHead; task: Omit<ReadTask, "key" | "own">; entries: Entry[] }): Promise<void>;
}

export interface StoreMeans {
  database: Database;
  now(): Date;
  /** IANA name of the zone in which days begin. */
  timeZone: string;
  ids: Ids;
  chains: Chains;
}

export interface Within {
  tx: Transaction;
  next: NextBatch;
}
type NextBatch = (given: { id: string; at: Date; leaves: Buffer[] }) => BatchRow;

export interface Entry {
  subject: string;
  key: string;
  found: boolean;
}

/** What is worked out once for all reads of one shape. */
interface Plan {
  head: EntryHead;
  content: ReturnType<typeof contentsOf>;
  fields: { field: string; column: string; decode?: (raw: unknown) => Value }[];
  current: (task: ReadTask) => Promise<Found | undefined>;
  asOf: (task: ReadTask) => Promise<Found | undefined>;
  statement(variant: { asOf: boolean; reasons: boolean }): (values: unknown[]) => Statement;
}

export function createStore(means: StoreMeans): Store {
  const { database, chains } = means;
  const plans = new WeakMap<ReadShape, Plan>();
  const entries = prepared(compileEntries());
  const today = createToday(means.timeZone);

  const planOf = (shape: ReadShape): Plan => {
    let plan = plans.get(shape);
    if (!plan) {
      plan = makePlan(shape, (tasks) =>
        shape.reach === "public"
          ? ask(database, { shape, tasks, next: undefined })
          : chains.with((next) => ask(database, { shape, tasks, next })),
      );
      plans.set(shape, plan);
    }
    return plan;
  };

  const ask = async (on: Queryable, given: { shape: ReadShape; tasks: ReadTask[]; next: NextBatch | undefined }) => {
    const { shape, tasks, next } = given;
    const plan = planOf(shape);
    const variant = { asOf: tasks[0]!.asOf !== undefined, reasons: tasks.some((task) => task.reason !== undefined) };
    const at = means.now();
    const ids = tasks.map(() => means.ids.next());
    const values = questionValues(tasks, { ids, ...variant, own: shape.reach === "person" });
    values.push(at, today(at));
    if (next) {
      const when = at.toISOString();
      const leaves = tasks.map((task, index) => leafOf(ids[index]!, plan.content(task, { id: ids[index]!, at: when })));
      values.push(shownFrom(shape.ground, at), ...batchValues(next({ id: means.ids.next(), at, leaves })));
    }
    const rows = await on.rows<Row>(plan.statement(variant)(values));
    const results = new Array<Found | undefined>(tasks.length).fill(undefined);
    for (const row of rows) {
      const place = (row.nr as number) - 1;
      results[place] = foundOf(tasks[place]!.key, row, plan.fields);
    }
    return results;
  };

  return {
    read(shape, task) {
      const plan = planOf(shape);
      return task.asOf === undefined ? plan.current(task) : plan.asOf(task);
    },

    sealed: (work) => chains.with((next) => database.transaction((tx) => work({ tx, next }))),

    async readWithin({ tx, next }, { shape, task }) {
      return (await ask(tx, { shape, tasks: [task], next: shape.reach === "public" ? undefined : next }))[0];
    },

    async writeEntries({ tx, next }, { head, task, entries: list }) {
      const at = means.now();
      const [when, content] = [at.toISOString(), contentsOf(head)];
      const whole = list.map((entry) => ({ ...entry, id: means.ids.next() }));
      const leaves = whole.map(({ id, key }) => leafOf(id, content({ ...task, key }, { id, at: when })));
      await tx.run(
        entries([
          whole.map((entry) => entry.subject),
          whole.map((entry) => entry.id),
          whole.map((entry) => (entry.subject === entry.key ? null : entry.key)),
          whole.map((entry) => entry.found),
          ...readerColumns(task.actor),
          head.register,
          head.fields,
          head.ground.ground,
          task.case ?? null,
          task.service ?? null,
          task.reason ?? null,
          shownFrom(head.ground, at),
          at,
          ...batchValues(next({ id: means.ids.next(), at, leaves })),
        ]),
      );
    },
  };
}

/** In the order of `insertBatch`. */
function batchValues(batch: BatchRow): unknown[] {
  return [batch.id, batch.chain, batch.seq, batch.leaves, batch.root, batch.head, batch.hashes];
}

export function headOf({ register, fields, ground }: ReadShape): EntryHead {
  return { register: register.declaration.register, fields, ground };
}

/** A public rule may let the subject see the read only later. */
function shownFrom(ground: Ground, at: Date): Date | null {
  return ground.deferred ? addDuration(at, ground.deferred.for) : null;
}

function makePlan(shape: ReadShape, run: (tasks: ReadTask[]) => Promise<(Found | undefined)[]>): Plan {
  const { register, fields } = shape;
  const head = headOf(shape);
  const made = new Map<string, (values: unknown[]) => Statement>();
  const decoders = new Map(register.columns.map((column) => [column.field, column.decode]));
  return {
    head,
    content: contentsOf(head),
    fields: fields.map((field) => ({ field, column: `f_${field}`, decode: decoders.get(field) })),
    current: coalesce(run),
    asOf: coalesce(run),
    statement(variant) {
      const key = `${variant.asOf} ${variant.reasons}`;
      let statement = made.get(key);
      if (!statement) {
        statement = prepared(compileRead(shape, variant));
        made.set(key, statement);
      }
      return statement;
    },
  };
}

/** In the order of `questions`. */
function questionValues(tasks: ReadTask[], given: { ids: string[]; asOf: boolean; reasons: boolean; own: boolean }): unknown[] {
  const readers = tasks.map((task) => readerColumns(task.actor));
  const column = (of: (task: ReadTask, index: number) => string | null | undefined) => arrayLiteral(tasks.map(of));
  return [
    column((task) => task.key),
    arrayLiteral(given.ids),
    column((_, index) => readers[index]![0]),
    column((_, index) => readers[index]![1]),
    column((_, index) => readers[index]![2]),
    column((_, index) => readers[index]![3]),
    column((task) => task.case),
    column((task) => task.service),
    ...(given.reasons ? [column((task) => task.reason)] : []),
    ...(given.own ? [column((task) => task.own)] : []),
    ...(given.asOf ? [column((task) => task.asOf!.trueOn), column((task) => task.asOf!.knownAt.toISOString())] : []),
  ];
}

function foundOf(key: string, row: Row, fields: Plan["fields"]): Found {
  const values: Values = {};
  for (const { field, column, decode } of fields) {
    const raw = row[column];
    values[field] = raw === null || raw === undefined ? null : decode ? decode(raw) : (raw as Value);
  }
  const found: Found = {
    key,
    version: row.version as number,
    validFrom: row.valid_from as string,
    recordedAt: row.recorded_at as Date,
    values,
  };
  if (typeof row.state === "string") found.state = row.state;
  return found;
}

export function toFound(row: Row, { register, fields }: Pick<ReadShape, "register" | "fields">): Found {
  return {
    key: row.key as string,
    version: row.version as number,
    validFrom: row.valid_from as string,
    recordedAt: row.recorded_at as Date,
    ...(typeof row.state === "string" && { state: row.state }),
    values: Object.fromEntries(fields.map((field) => [field, toValue(register, { field, raw: row[`f_${field}`] })])),
  };
}

const decoders = new WeakMap<CompiledRegister, Map<string, (raw: unknown) => Value>>();

export function toValue(register: CompiledRegister, { field, raw }: { field: string; raw: unknown }): Value {
  let byField = decoders.get(register);
  if (!byField) {
    byField = new Map(register.columns.flatMap((column) => (column.decode ? [[column.field, column.decode] as const] : [])));
    decoders.set(register, byField);
  }
  if (raw === null || raw === undefined) return null;
  return byField.get(field)?.(raw) ?? (raw as Value);
}

/** Under whom the read of a record stands: its subject, or the record itself where it is about nobody. */
export function entryOf(register: CompiledRegister, given: { key: string; about: unknown; found: boolean }): Entry {
  const { declaration } = register;
  const known = typeof given.about === "string" && given.about !== "";
  return {
    key: given.key,
    found: given.found,
    subject: known
      ? String(given.about)
      : declaration.subject === declaration.key
        ? given.key
        : recordSubject(declaration.register, given.key),
  };
}
