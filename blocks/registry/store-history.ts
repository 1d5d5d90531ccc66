import { dayOf } from "@kerege/kernel/clock";
import { prepared, type Statement } from "@kerege/kernel/database";
import type { HistoryEntry } from "./door.ts";
import { entryOf, headOf, type ReadTask, type Row, type Store, type StoreMeans, toFound } from "./store.ts";
import { quote } from "./store-sql.ts";
import { type ReadShape, selected, visible } from "./store-sql-read.ts";

/** Versions of a record that this reader may see, the oldest first; that he looked is written in the same transaction. */
export function createHistoryStore(means: StoreMeans, store: Store) {
  const statements = new Map<string, (values: unknown[]) => Statement>();
  return async (shape: ReadShape, task: ReadTask): Promise<HistoryEntry[]> => {
    const { declaration, versions } = shape.register;
    const key = quote(declaration.key);
    const asked = { own: "$2::text", body: "$3::text", day: "$4::date" };
    const held = [`v.${key} = $1::text`, ...visible(shape, { row: "v", asked })];
    const about = declaration.subject === undefined ? "null" : `v.${quote(declaration.subject)}`;
    // Named once, so that the type of each is known where no condition uses it.
    const text = `with given as (select ${asked.own}, ${asked.body}, ${asked.day})
      select v.${key} as key, v.version, v.valid_from, v.valid_to, v.recorded_at, v.ended, v.event, v.document, v.act, v.actor,
      v.state, ${about} as about${selected("v", shape.fields)} from ${versions} v where ${held.join(" and ")} order by v.version`;
    const statement = statements.get(text) ?? prepared(text);
    statements.set(text, statement);
    const body = task.actor.kind === "person" ? null : task.actor.body;
    return store.sealed(async (within) => {
      const rows = await within.tx.rows<Row>(statement([task.key, task.own, body, dayOf(means.now(), means.timeZone)]));
      const entry = entryOf(shape.register, { key: task.key, about: rows.at(-1)?.about, found: rows.length > 0 });
      if (shape.reach !== "public") await store.writeEntries(within, { head: headOf(shape), task, entries: [entry] });
      return rows.map((row) => ({
        ...toFound(row, shape),
        validTo: row.valid_to as string | null,
        event: row.event as string,
        document: row.document as string,
        ended: row.ended as boolean,
        actor: row.actor as string,
        act: row.act as string,
      }));
    });
  };
}
