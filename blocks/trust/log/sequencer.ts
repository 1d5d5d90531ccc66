/**
 * Gives committed batches their place in the log. One round is one transaction: entries are taken out, leaves and tiles written, the
 * head moved and the checkpoint signed, all or nothing. So a process that dies at any instant leaves the log either before the round or
 * after it, and what was not placed is still waiting. Any number of processes may run one; the row of the head lets one work at a time.
 */
import type { Clock } from "@kerege/kernel/clock";
import type { Log } from "@kerege/kernel/log";
import { writeCheckpoint } from "./checkpoint.ts";
import { edgeOf, growTree } from "./growth.ts";
import type { LogKey } from "./keys.ts";
import { EMPTY_ROOT } from "./merkle.ts";
import { signNote } from "./note.ts";
import type { LogStore } from "./store.ts";

/** Entries of one round: so many fit into memory and into a second. */
const MOST = 4096;

export function createSequencer(means: { store: LogStore; clock: Clock; key: LogKey }) {
  const { store, clock, key } = means;

  /** @returns how many entries got a place; undefined when another process is at it */
  async function round(wait: boolean): Promise<number | undefined> {
    return store.alone(wait, async (head, tx) => {
      const roots = await store.take(tx, head.size, MOST);
      if (roots.length === 0) return 0;
      const grown = growTree({ size: head.size, edge: await store.tiles(edgeOf(head.size), tx) }, roots);
      await store.keep(tx, grown.tiles, grown);
      await store.publish(tx, signed(grown));
      return roots.length;
    });
  }

  function signed({ size, root }: { size: number; root: Buffer }) {
    return { size, at: clock.now(), note: signNote(writeCheckpoint({ origin: key.key.name, size, root }), key) };
  }

  return {
    /**
     * Gives the log a beginning, so that there is a checkpoint from the first start on. With another key than before the log goes on
     * under another name: what it holds now is signed anew.
     */
    async begin(): Promise<void> {
      await store.begin(EMPTY_ROOT);
      await store.alone(true, async (head, tx) => {
        const latest = await store.latestCheckpoint(tx);
        const isOwn = latest?.note.startsWith(`${key.key.name}\n`);
        if (latest?.size !== head.size || !isOwn) await store.publish(tx, signed(head));
      });
    },
    /** Works until nothing waits; gives the number of entries placed. */
    async drain(wait: boolean): Promise<number> {
      let placed = 0;
      while (wait || (await store.isWaiting())) {
        const count = await round(wait);
        placed += count ?? 0;
        if (!count || count < MOST) break;
      }
      return placed;
    },
  };
}

export type Sequencer = ReturnType<typeof createSequencer>;

/** Runs the work about once a second, and soon after it is woken; a fault is logged and the work is tried again. */
export function createRounds(means: { log: Log; everyMs: number; work: () => Promise<void> }) {
  let running = false;
  let working: Promise<void> = Promise.resolve();
  let awake = () => {};
  let woken = false;
  const loop = async () => {
    while (running) {
      woken = false;
      try {
        await means.work();
      } catch (error) {
        means.log.fault("log round failed", error);
      }
      // However often it is woken, writers share a round: a checkpoint for every single act would serve nobody.
      await pause(means.everyMs / 4, false);
      if (!woken) await pause((means.everyMs * 3) / 4, true);
    }
  };
  const pause = (ms: number, wakeable: boolean) =>
    new Promise<void>((resolve) => {
      if (!running) return resolve();
      const timer = setTimeout(resolve, ms);
      awake = () => {
        if (running && !wakeable) return;
        clearTimeout(timer);
        resolve();
      };
    });
  return {
    start(): void {
      if (running) return;
      running = true;
      working = loop();
    },
    wake(): void {
      woken = true;
      awake();
    },
    async stop(): Promise<void> {
      running = false;
      awake();
      await working;
    },
  };
}
