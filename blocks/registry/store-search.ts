import type { Actor } from "@kerege/kernel/actor";
import { dayOf } from "@kerege/kernel/clock";
import { prepared, type Queryable, type Statement, type Transaction } from "@kerege/kernel/database";
import { Problem } from "@kerege/kernel/problem";
import type { SearchCondition, Values } from "./declaration.ts";
import type { Found, Page } from "./door.ts";
import { nearest, spellingOf } from "./name-forms.ts";
import { decodePlace, encodePlace, withMark } from "./page-mark.ts";
import { recordSubject, systemOf } from "./read-entry.ts";
import { type Entry, entryOf, headOf, type Row, type Store, type StoreMeans, toFound } from "./store.ts";
import { candidates } from "./store-names.ts";
import type { ReadShape } from "./store-sql-read.ts";
import { buildSearch, placeLength, type SearchAsk, stretchesAsked } from "./store-sql-search.ts";

const FIRST_STRETCHES = 8;

export interface SearchTask {
  actor: Actor;
  own: string | null;
  /** Name of the condition and what it is. */
  name: string;
  condition: SearchCondition;
  values: Values;
  case?: string;
  service?: string;
  reason?: string;
  closed?: boolean;
  after?: string;
  limit: number;
  /** Counts the records found, in the transaction of the read, before any of them is given; where it gives a refusal none is. */
  counted?(tx: Transaction, keys: string[]): Promise<Problem | undefined>;
  /** Tells of the read in its own transaction. */
  alarmed?(tx: Transaction, entries: Entry[]): Promise<void>;
}

export function createSearchStore(means: StoreMeans, store: Store) {
  const { database } = means;
  const statements = new Map<string, (values: unknown[]) => Statement>();
  const statementOf = (text: string, values: unknown[]) => {
    let made = statements.get(text);
    if (!made) {
      made = prepared(text);
      statements.set(text, made);
    }
    return made(values);
  };

  const page = async (on: Queryable, shape: ReadShape, ask: SearchAsk): Promise<Row[]> => {
    const run = (more: SearchAsk) => {
      const { text, values } = buildSearch(shape, more);
      return on.rows<Row>(statementOf(text, values));
    };
    if (ask.condition.within) return byStretches(run, ask);
    if (!ask.condition.fuzzy) return run(ask);
    const least = ask.after ? Number(ask.after[0]) : 0;
    const found: Row[] = [];
    // Nearest first: names farther away are looked for only where the page is not full yet.
    for (const names of tiers(await nearNames(on, shape, ask), least)) {
      found.push(
        ...(await run({ ...ask, names, limit: ask.limit - found.length, after: found.length > 0 ? undefined : ask.after })),
      );
      if (found.length >= ask.limit) break;
    }
    return found;
  };

  return async (shape: ReadShape, task: SearchTask): Promise<Page<Found>> => {
    const { register } = shape;
    const after = task.after === undefined ? undefined : decodePlace(task.after, placeLength(register, task.condition));
    const ask: SearchAsk = {
      condition: task.condition,
      values: task.values,
      own: task.own,
      body: task.actor.kind === "person" ? null : task.actor.body,
      system: systemOf(task.actor),
      today: dayOf(means.now(), means.timeZone),
      limit: task.limit + 1,
      closed: task.closed === true,
      after,
    };
    const rows = await withMark(task.after, async () => {
      if (shape.reach === "public") return page(database, shape, ask);
      const given = await store.sealed(async (within) => {
        const found = await page(within.tx, shape, ask);
        const seen = found.slice(0, task.limit);
        // The count stays where the read is refused.
        const keys = seen.map((row) => row.key as string);
        const refusal = await task.counted?.(within.tx, keys);
        if (refusal) return refusal;
        const entries: Entry[] = seen.map((row) => entryOf(register, { key: row.key as string, about: row.about, found: true }));
        // That somebody searched and found nothing is written too; it is about nobody.
        const nothing = `?${task.name}`;
        if (entries.length === 0)
          entries.push({ key: nothing, subjects: [recordSubject(register.declaration.register, nothing)], found: false });
        await store.writeEntries(within, { head: headOf(shape), task, entries });
        if (seen.length > 0) await task.alarmed?.(within.tx, entries);
        return found;
      });
      if (given instanceof Problem) throw given;
      return given;
    });
    const shown = rows.slice(0, task.limit);
    return {
      rows: shown.map((row) => toFound(row, shape)),
      next: rows.length > task.limit ? encodePlace(shown.at(-1)!.place as unknown[]) : undefined,
    };
  };
}

/** Some stretches at a time, as they follow one another in the result: of a large box a page needs only the first. */
async function byStretches(run: (ask: SearchAsk) => Promise<Row[]>, ask: SearchAsk): Promise<Row[]> {
  const all = stretchesAsked(ask);
  const found: Row[] = [];
  for (let [start, count] = [0, FIRST_STRETCHES]; start < all.length && found.length < ask.limit; start += count, count *= 2)
    found.push(...(await run({ ...ask, stretches: all.slice(start, start + count), limit: ask.limit - found.length })));
  return found;
}

interface Pair {
  names: string[];
  distance: number;
}

/** All combinations of near names of the fields that were given, each with the sum of its edits. */
async function nearNames(on: Queryable, { register }: ReadShape, ask: SearchAsk): Promise<{ fields: string[]; pairs: Pair[] }> {
  const typed = new Map<string, string>();
  for (const field of ask.condition.fuzzy ?? []) {
    const name = spellingOf(String(ask.values[field] ?? ""));
    if (name !== "") typed.set(field, name);
  }
  const found = await candidates(on, register, typed);
  let pairs: Pair[] = [{ names: [], distance: 0 }];
  for (const [field, name] of typed) {
    const near = nearest(name, found.get(field)!);
    pairs = pairs.flatMap((pair) =>
      near.map((one) => ({ names: [...pair.names, one.name], distance: pair.distance + one.distance })),
    );
  }
  return { fields: [...typed.keys()], pairs: typed.size === 0 ? [] : pairs };
}

/** Combinations by distance: one edit in all, then two, then the rest. */
function tiers({ fields, pairs }: { fields: string[]; pairs: Pair[] }, least: number): NonNullable<SearchAsk["names"]>[] {
  const bounds: [number, number][] = [
    [least, 1],
    [Math.max(least, 2), 2],
    [Math.max(least, 3), Number.POSITIVE_INFINITY],
  ];
  return bounds.flatMap(([from, to]) => {
    const chosen = pairs.filter((pair) => pair.distance >= from && pair.distance <= to);
    if (chosen.length === 0) return [];
    return [
      {
        fields,
        lists: fields.map((_, index) => chosen.map((pair) => pair.names[index]!)),
        distances: chosen.map((pair) => pair.distance),
      },
    ];
  });
}
