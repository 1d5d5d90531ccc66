import type { Database } from "@kerege/kernel/database";
import type { Held } from "./hand.ts";
import { load } from "./store.ts";

const MOST = 200;

/** Reads cases: those asked for in one turn of the loop in one statement. Undefined for one that is not there. */
export function createLoader(database: Database): (instance: string) => Promise<Held | undefined> {
  let waiting: { instance: string; resolve(held: Held | undefined): void; reject(error: unknown): void }[] = [];
  const read = async (batch: typeof waiting) => {
    try {
      const ids = [...new Set(batch.map(({ instance }) => instance))];
      const found = new Map((await load(database, ids)).map((held) => [held.instance, held]));
      for (const { instance, resolve } of batch) resolve(found.get(instance));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  };
  const readAll = () => {
    const batch = waiting;
    waiting = [];
    for (let from = 0; from < batch.length; from += MOST) void read(batch.slice(from, from + MOST));
  };
  return (instance) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(readAll);
      waiting.push({ instance, resolve, reject });
    });
}
