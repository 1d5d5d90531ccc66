import type { Means } from "@kerege/kernel/block";
import type { LogDoor } from "@kerege/trust";
import type { WritingDoor } from "./door-writing.ts";
import { problem } from "./problems.ts";
import type { Published } from "./registers.ts";
import { findChanges, findUnplaced, notePlaces, type Unplaced } from "./store-feed.ts";

/** The log of the state, as batches need it: taken once for ever, answered with the place of each that has one by now. */
export interface StateLog {
  submit(batches: Unplaced[]): Promise<{ id: string; index: number }[]>;
}

const MOST_CHANGES = 1000;
const MOST_BATCHES = 1000;
const EVERY_MS = 500;

/** The feed of changes, in the order of the log: each committed batch has exactly one place there, so nothing is skipped or repeated. */
export function createFeed(
  means: Pick<Means, "database" | "log">,
  { published, log }: { published: Published; log: StateLog },
): Pick<WritingDoor, "changes"> & { place(): Promise<number>; begin(): void; close(): Promise<void> } {
  let [timer, work]: [NodeJS.Timeout | undefined, Promise<unknown>] = [undefined, Promise.resolve()];

  /** Brings what was committed into the log and notes the places: how many batches got theirs. */
  const place = async (): Promise<number> => {
    const open = await findUnplaced(means.database, MOST_BATCHES);
    if (open.length === 0) return 0;
    const places = await log.submit(open);
    if (places.length > 0) await notePlaces(means.database, places);
    return places.length;
  };

  const round = () => {
    work = place()
      .catch((error) => {
        means.log.fault("batches not placed in the log", error);
        return 0;
      })
      .then((placed) => {
        if (timer) timer = setTimeout(round, placed === MOST_BATCHES ? 0 : EVERY_MS).unref();
      });
  };

  return {
    async changes({ register, after, limit }) {
      const name = published.register(register).declaration.register;
      const [index, at] = after === undefined ? [-1, -1] : readMark(after);
      const most = Math.min(Math.max(limit ?? MOST_CHANGES, 1), MOST_CHANGES);
      const rows = await findChanges(means.database, { register: name, index, place: at, limit: most });
      return { rows, next: rows.at(-1)?.mark ?? after };
    },
    place,
    begin() {
      timer = setTimeout(round, EVERY_MS).unref();
    },
    async close() {
      clearTimeout(timer);
      timer = undefined;
      await work;
    },
  };
}

function readMark(mark: string): [number, number] {
  const found = /^(\d{1,15})\.(\d{1,9})$/.exec(mark);
  if (!found) throw problem("wrong-page-mark");
  return [Number(found[1]), Number(found[2])];
}

/**
 * Batches go into the log of the state; the log gives each its place once, however often it is asked. Their leaves stay here: they are
 * given when one of them is to be proven.
 */
export function stateLog(log: LogDoor): StateLog {
  return {
    async submit(batches) {
      const places = await log.append(
        batches.map(({ id, at, kind, leaves, root }) => ({ id, at, kind: `registry.${kind}`, leaves, root, hashes: null })),
      );
      return [...places].map(([id, index]) => ({ id, index }));
    },
  };
}
