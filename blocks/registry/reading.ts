import { type Actor, wholeSubjectOf } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Transaction } from "@kerege/kernel/database";
import { Problem } from "@kerege/kernel/problem";
import type { SearchCondition, Values } from "./declaration.ts";
import type { Difference, Found, HistoryEntry, ReadRequest, RegistryDoor } from "./door.ts";
import { allow } from "./ground.ts";
import type { Guard } from "./guard.ts";
import { problem } from "./problems.ts";
import type { Published } from "./registers.ts";
import { type Entry, entryOf, type ReadTask, type Store, type StoreMeans } from "./store.ts";
import { consentMissing } from "./store-consent.ts";
import { createHistoryStore } from "./store-history.ts";
import { count } from "./store-log.ts";
import { createSearchStore } from "./store-search.ts";
import type { ReadShape } from "./store-sql-read.ts";
import { createToday } from "./today.ts";

const MOST_REMEMBERED = 5000;

type Asked = Pick<ReadRequest, "register" | "fields" | "ground" | "case" | "service" | "reason"> & {
  key?: string;
  condition?: string;
};

export interface ReadingNeeds {
  published: Published;
  guard: Guard;
  store: Store;
  storeMeans: StoreMeans;
  /** Brings current rows up to the day before anything is read from them. */
  turned(): Promise<void>;
}

/** All that reads records: one, by a declared search, through its history. */
export function createReading(
  means: Means,
  { published, guard, store, storeMeans, turned }: ReadingNeeds,
): Pick<RegistryDoor, "read" | "search" | "history" | "differences" | "count"> {
  const searchStore = createSearchStore(storeMeans, store);
  const historyStore = createHistoryStore(storeMeans, store);
  const day = createToday(means.country.timeZone);
  const today = () => day(means.clock.now());
  let [rememberedOn, remembered] = ["", new Map<string, ReadShape>()];

  /** What the ground allows, as the shape of a statement. The same question of the same kind of reader is judged once a day. */
  const shapeOf = (actor: Actor, request: Asked): { shape: ReadShape; own: string | null } => {
    const on = today();
    if (on !== rememberedOn || remembered.size > MOST_REMEMBERED) [rememberedOn, remembered] = [on, new Map()];
    const who =
      actor.kind === "person"
        ? `person ${actor.behalf?.only ? "partly" : ""} ${actor.assurance === "simple" ? "simple" : ""}`
        : `body ${actor.body}`;
    const { register, ground, condition = "", fields } = request;
    const key = [who, register, ground, condition, request.case === undefined, ...fields].join("\u0000");
    let shape = remembered.get(key);
    if (!shape) {
      shape = judged(actor, request);
      // A reason is looked at each time.
      if (!shape.ground.breakGlass) remembered.set(key, shape);
    }
    return { shape, own: shape.reach === "person" && actor.kind === "person" ? wholeSubjectOf(actor) : null };
  };

  const judged = (actor: Actor, request: Asked): ReadShape => {
    const register = published.register(request.register);
    const fields = [...new Set(request.fields.flatMap((field) => register.expanded.columnsOf.get(field) ?? [field]))];
    for (const field of fields) {
      if (!Object.hasOwn(register.declaration.fields, field))
        throw problem("unknown-field", { params: { register: request.register, field } });
    }
    const ground = published.ground(request.ground);
    const wanted = { register: register.declaration, fields, condition: request.condition, reason: request.reason };
    const { reach, consent } = allow(actor, ground, { wanted, on: { today: today(), agreements: published.agreements } });
    const children = ground!.readers.children && published.register(ground!.readers.children.register);
    // A public read made for a case is written all the same, so that a later correction finds the case.
    const kept = reach === "public" && request.case !== undefined ? "everyone" : reach;
    return { register, fields, ground: ground!, reach: kept, consent, ...(reach === "person" && children && { children }) };
  };

  const taskOf = (actor: Actor, { own, request }: { own: string | null; request: Asked & { key: string } }): ReadTask => ({
    actor,
    key: request.key,
    own,
    case: request.case,
    service: request.service,
    reason: request.reason?.trim() || undefined,
  });

  const read: RegistryDoor["read"] = async (actor, request) => {
    await turned();
    const { shape, own } = shapeOf(actor, request);
    const { ground, register } = shape;
    if (shape.reach === "public") guard.countPublic(request.register, ground.ground);
    const task = taskOf(actor, { own, request });
    if (request.trueOn !== undefined || request.knownAt !== undefined)
      task.asOf = { trueOn: request.trueOn ?? today(), knownAt: request.knownAt ?? means.clock.now() };
    const found = ground.breakGlass ? await readUnderAlarm(shape, task) : await store.read(shape, task);
    if (
      !found &&
      shape.consent &&
      (await consentMissing(means.database, { register, key: task.key, actor, ground, today: today() }))
    )
      throw problem("no-consent", { params: { ground: ground.ground } });
    return found;
  };

  const readUnderAlarm = async (shape: ReadShape, task: ReadTask) => {
    const given = await store.sealed(async (within) => {
      const { register, ground } = shape;
      const refusal = await guard.count(within.tx, task.actor, { ground, register, keys: [task.key] });
      if (refusal) return refusal;
      const { found, about } = await store.readWithin(within, { shape, task });
      await alarm(within.tx, { shape, task, entries: [entryOf(register, { key: task.key, about, found: found !== undefined })] });
      return found;
    });
    if (given instanceof Problem) throw given;
    return given;
  };

  const alarm = (
    tx: Transaction,
    { shape, task, entries }: { shape: ReadShape; task: Omit<ReadTask, "key" | "own">; entries: Entry[] },
  ) =>
    guard.alarm(tx, {
      actor: task.actor,
      ground: shape.ground,
      register: shape.register,
      keys: entries.map((entry) => entry.key),
      subjects: [...new Set(entries.flatMap((entry) => (entry.found ? entry.subjects : [])))],
      reason: task.reason!,
    });

  const history = async (actor: Actor, request: ReadRequest): Promise<{ rows: HistoryEntry[]; fields: string[] }> => {
    const { shape, own } = shapeOf(actor, request);
    const { ground, register, fields } = shape;
    const task = taskOf(actor, { own, request });
    const rows = await historyStore(shape, task, {
      counted: (tx) => guard.count(tx, actor, { ground, register, keys: [request.key] }),
      ...(ground.breakGlass && { alarmed: (tx, entry) => alarm(tx, { shape, task, entries: [entry] }) }),
    });
    return { rows, fields };
  };

  return {
    read,

    async search(actor, request) {
      await turned();
      const { shape, own } = shapeOf(actor, request);
      const { register, ground } = shape;
      const condition = register.declaration.search[request.condition];
      if (!condition) throw problem("unknown-search", { params: { register: request.register, search: request.condition } });
      const values = searchValues(condition, request.values, (field) => register.expanded.columnsOf.get(field) ?? [field]);
      if (!values) throw problem("unknown-search", { params: { register: request.register, search: request.condition } });
      if (shape.reach === "public") guard.countPublic(request.register, ground.ground);
      const { key: _, ...task } = taskOf(actor, { own, request: { ...request, key: "" } });
      return searchStore(shape, {
        ...task,
        name: request.condition,
        condition,
        values,
        closed: request.closed,
        after: request.after,
        limit: Math.min(Math.max(1, request.limit ?? condition.limit), condition.limit),
        counted: ground.bulk && ((tx, keys) => guard.count(tx, actor, { ground, register, keys })),
        alarmed: ground.breakGlass ? (tx, entries) => alarm(tx, { shape, task, entries }) : undefined,
      });
    },

    async history(actor, request) {
      return (await history(actor, request)).rows.reverse();
    },

    async differences(actor, request) {
      const { rows, fields } = await history(actor, request);
      const [before, after] = request.versions.map((version) => rows.find((row) => row.version === version));
      if (!before || !after) throw problem("not-found");
      return differencesOf(fields, before, after);
    },

    count: (name) => count(means.database, published.register(name)),
  };
}

function differencesOf(fields: string[], before: Found, after: Found): Difference[] {
  return fields.flatMap((field) => {
    const [old, now] = [before.values[field] ?? null, after.values[field] ?? null];
    return old === now ? [] : [{ field, before: old, after: now }];
  });
}

/** Values by columns; nothing where a value that must come is not there. */
function searchValues(condition: SearchCondition, given: Values, columnsOf: (field: string) => string[]): Values | undefined {
  const values: Values = {};
  for (const [field, value] of Object.entries(given)) values[columnsOf(field)[0]!] = value;
  for (const field of condition.exact ?? []) if (values[field] === undefined) return undefined;
  // The index begins with the first name.
  if (condition.fuzzy && typeof values[condition.fuzzy[0]!] !== "string") return undefined;
  if (condition.within && !isBox(values[condition.within])) return undefined;
  const alone = !condition.exact && !condition.fuzzy && condition.range;
  if (alone && values[`${alone}_from`] === undefined && values[`${alone}_until`] === undefined) return undefined;
  return values;
}

/** `west,south,east,north` in degrees. */
function isBox(value: unknown): boolean {
  const sides = typeof value === "string" ? value.split(",").map((side) => (side.trim() === "" ? Number.NaN : Number(side))) : [];
  return sides.length === 4 && sides.every(Number.isFinite);
}
