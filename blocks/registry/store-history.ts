import { dayOf } from "@kerege/kernel/clock";
import { prepared, type Statement, type Transaction } from "@kerege/kernel/database";
import { Problem } from "@kerege/kernel/problem";
import type { HistoryEntry } from "./door.ts";
import { systemOf } from "./read-entry.ts";
import { type Entry, entryOf, headOf, type ReadTask, type Row, type Store, type StoreMeans, toFound } from "./store.ts";
import { quote } from "./store-sql.ts";
import { aboutColumn, type ReadShape, selected, visible } from "./store-sql-read.ts";

/** What is done in the transaction of the read: a count that may refuse it, an alarm. */
interface Watch {
  counted?(tx: Transaction): Promise<Problem | undefined>;
  alarmed?(tx: Transaction, entry: Entry): Promise<void>;
}

/** Versions of a record that this reader may see, the oldest first; that he looked is written in the same transaction. */
export function createHistoryStore(means: StoreMeans, store: Store) {
  const statements = new Map<string, (values: unknown[]) => Statement>();
  return async (shape: ReadShape, task: ReadTask, watch: Watch = {}): Promise<HistoryEntry[]> => {
    const { declaration, versions } = shape.register;
    const key = quote(declaration.key);
    const asked = { own: "$2::text", body: "$3::text", day: "$4::date", system: "$5::text" };
    const held = [`v.${key} = $1::text`, ...visible(shape, { row: "v", asked })];
    // Named once, so that the type of each is known where no condition uses it.
    const text = `with given as (select ${asked.own}, ${asked.body}, ${asked.day}, ${asked.system})
      select v.${key} as key, v.version, v.valid_from, v.valid_to, v.recorded_at, v.ended, v.event, v.document, v.act, v.actor,
      v.state${aboutColumn(shape.register, "v")}${selected("v", shape.fields)} from ${versions} v where ${held.join(" and ")} order by v.version`;
    const statement = statements.get(text) ?? prepared(text);
    statements.set(text, statement);
    const body = task.actor.kind === "person" ? null : task.actor.body;
    const given = await store.sealed(async (within) => {
      // The count stays where the read is refused.
      const refusal = await watch.counted?.(within.tx);
      if (refusal) return refusal;
      const rows = await within.tx.rows<Row>(
        statement([task.key, task.own, body, dayOf(means.now(), means.timeZone), systemOf(task.actor)]),
      );
      const entry = entryOf(shape.register, { key: task.key, about: rows.at(-1)?.about, found: rows.length > 0 });
      if (shape.reach !== "public") await store.writeEntries(within, { head: headOf(shape), task, entries: [entry] });
      await watch.alarmed?.(within.tx, entry);
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
    if (given instanceof Problem) throw given;
    return given;
  };
}
