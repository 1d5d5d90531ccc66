import { type Actor, actorKey } from "@kerege/kernel/actor";
import { type Database, prepared, type Queryable, type Statement, type Transaction } from "@kerege/kernel/database";
import type { Ids } from "@kerege/kernel/id";
import { Problem } from "@kerege/kernel/problem";
import { arrayLiteral } from "./array-literal.ts";
import { leafOf } from "./batch-tree.ts";
import type { BatchRow, Chains } from "./chain.ts";
import { coalesce } from "./coalesce.ts";
import type { Ground, Value, Values } from "./declaration.ts";
import type { Found } from "./door.ts";
import { addDuration } from "./duration.ts";
import type { Guard } from "./guard.ts";
import { contentsOf, type EntryHead, isOwnKey, readerColumns, recordSubject } from "./read-entry.ts";
import { isPastBound } from "./store-bulk.ts";
import type { CompiledRegister } from "./store-sql.ts";
import { compileEntries, compileRead, type ReadShape, type ReadVariant } from "./store-sql-read.ts";
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
  /** Alone, inside a transaction; `about` says of whom, under a ground for danger. */
  readWithin(within: Within, given: { shape: ReadShape; task: ReadTask }): Promise<{ found: Found | undefined; about: unknown }>;
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
  /** Under whom it stands; never empty. */
  subjects: string[];
  key: string;
  found: boolean;
}

/** What is worked out once for all reads of one shape. */
interface Plan {
  head: EntryHead;
  content: ReturnType<typeof contentsOf>;
  fields: { field: string; column: string; decode?: (raw: unknown) => Value }[];
  current: (task: ReadTask) => Promise<Answer>;
  asOf: (task: ReadTask) => Promise<Answer>;
  statement(variant: ReadVariant): (values: unknown[]) => Statement;
}

/** What a read comes to: a record, none, or a refusal that says why. */
type Answer = Found | Problem | undefined;

/** Without `bounds` no ground with `bulk` is counted. */
export function createStore(means: StoreMeans, bounds?: Pick<Guard, "count" | "isPast">): Store {
  const { database, chains } = means;
  const plans = new WeakMap<ReadShape, Plan>();
  const entries = prepared(compileEntries());
  const today = createToday(means.timeZone);

  const planOf = (shape: ReadShape): Plan => {
    let plan = plans.get(shape);
    if (!plan) {
      plan = makePlan(
        shape,
        shape.ground.bulk && bounds ? (tasks) => askCounted(shape, tasks, bounds) : (tasks) => askAll(shape, tasks),
      );
      plans.set(shape, plan);
    }
    return plan;
  };

  const askAll = async (shape: ReadShape, tasks: ReadTask[], counted = false): Promise<(Found | undefined)[]> => {
    const rows =
      shape.reach === "public"
        ? await ask(database, { shape, tasks, next: undefined, counted })
        : await chains.with((next) => ask(database, { shape, tasks, next, counted }));
    return answersOf(shape, tasks, rows);
  };

  /** Under a bound: counted in the statement that reads, and read by read only where a bound is crossed or was before. */
  const askCounted = async (
    shape: ReadShape,
    tasks: ReadTask[],
    { count, isPast }: NonNullable<typeof bounds>,
  ): Promise<Answer[]> => {
    const { ground, register } = shape;
    if (shape.reach !== "public" && !tasks.some(({ actor }) => isPast(actor, ground))) {
      try {
        return await askAll(shape, tasks, true);
      } catch (error) {
        if (!isPastBound(error)) throw error;
      }
    }
    const answers = new Array<Answer>(tasks.length).fill(undefined);
    const within: number[] = [];
    for (const [index, { actor, key }] of tasks.entries()) {
      answers[index] = await database.transaction((tx) => count(tx, actor, { ground, register, keys: [key] }));
      if (answers[index] === undefined) within.push(index);
    }
    const chosen = within.map((index) => tasks[index]!);
    const found = chosen.length > 0 ? await askAll(shape, chosen) : [];
    for (const [place, index] of within.entries()) answers[index] = found[place];
    return answers;
  };

  const ask = async (
    on: Queryable,
    given: { shape: ReadShape; tasks: ReadTask[]; next: NextBatch | undefined; counted: boolean },
  ) => {
    const { shape, tasks, next, counted } = given;
    const plan = planOf(shape);
    const variant = {
      asOf: tasks[0]!.asOf !== undefined,
      reasons: tasks.some((task) => task.reason !== undefined),
      counted,
    };
    const at = means.now();
    const ids = tasks.map(() => means.ids.next());
    const values = questionValues(tasks, { ids, ...variant, own: shape.reach === "person" });
    values.push(at, today(at));
    if (next) {
      const when = at.toISOString();
      const leaves = tasks.map((task, index) => leafOf(ids[index]!, plan.content(task, { id: ids[index]!, at: when })));
      values.push(shownFrom(shape.ground, at), ...batchValues(next({ id: means.ids.next(), at, leaves })));
    }
    return on.rows<Row>(plan.statement(variant)(values));
  };

  const answersOf = (shape: ReadShape, tasks: ReadTask[], rows: Row[]) => {
    const { fields } = planOf(shape);
    const results = new Array<Found | undefined>(tasks.length).fill(undefined);
    for (const row of rows) {
      const place = (row.nr as number) - 1;
      results[place] = foundOf(tasks[place]!.key, row, fields);
    }
    return results;
  };

  return {
    async read(shape, task) {
      const plan = planOf(shape);
      const answer = await (task.asOf === undefined ? plan.current(task) : plan.asOf(task));
      if (answer instanceof Problem) throw answer;
      return answer;
    },

    sealed: (work) => chains.with((next) => database.transaction((tx) => work({ tx, next }))),

    async readWithin({ tx, next }, { shape, task }) {
      const given = { shape, tasks: [task], next: shape.reach === "public" ? undefined : next, counted: false };
      const rows = await ask(tx, given);
      return { found: answersOf(shape, [task], rows)[0], about: rows[0]?.about };
    },

    async writeEntries({ tx, next }, { head, task, entries: list }) {
      const at = means.now();
      const [when, content] = [at.toISOString(), contentsOf(head)];
      const made = list.map((entry) => ({ ...entry, id: means.ids.next() }));
      const leaves = made.map(({ id, key }) => leafOf(id, content({ ...task, key }, { id, at: when })));
      const whole = made.flatMap(({ subjects, ...entry }, place) => subjects.map((subject) => ({ ...entry, subject, place })));
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
          whole.map((entry) => entry.place),
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

function makePlan(shape: ReadShape, run: (tasks: ReadTask[]) => Promise<Answer[]>): Plan {
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
      const key = `${variant.asOf} ${variant.reasons} ${variant.counted}`;
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
function questionValues(tasks: ReadTask[], given: ReadVariant & { ids: string[]; own: boolean }): unknown[] {
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
    ...(given.counted ? [column((task) => actorKey(task.actor))] : []),
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

/** Under whom the read of a record stands: those it is about, or the record itself where it is about nobody. */
export function entryOf({ declaration }: CompiledRegister, given: { key: string; about: unknown; found: boolean }): Entry {
  const { key, found } = given;
  const known = [given.about].flat().filter((one): one is string => typeof one === "string" && one !== "");
  const nobody = isOwnKey(declaration) ? key : recordSubject(declaration.register, key);
  return { key, found, subjects: known.length > 0 ? [...new Set(known)] : [nobody] };
}
