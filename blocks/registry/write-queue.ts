/** What became of one task of a batch. `again`: it must wait for another of the same batch, and goes into the next one. */
export type Outcome<Result> = { done: Result } | { refused: unknown } | { again: true };

interface Waiting<Task, Result> {
  task: Task;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

const MOST = 128;
const IN_FLIGHT = 2;
/** How far a batch looks past tasks that have to wait. */
const LOOK = 4 * MOST;

/**
 * Gathers changes that come at the same time into batches of up to 128, each done in one transaction. Two changes of one key are
 * never under way together: the second waits. When a batch fails as a whole its members are run singly, so that one bad request
 * never harms its neighbours.
 */
export function createWriteQueue<Task extends { key: string }, Result>(
  run: (tasks: Task[]) => Promise<Outcome<Result>[]>,
): (task: Task) => Promise<Result> {
  let waiting: Waiting<Task, Result>[] = [];
  const busy = new Set<string>();
  let inFlight = 0;
  let planned = false;

  const take = () => {
    const taken: Waiting<Task, Result>[] = [];
    const left: Waiting<Task, Result>[] = [];
    const end = Math.min(waiting.length, LOOK);
    let index = 0;
    for (; index < end && taken.length < MOST; index++) {
      const one = waiting[index]!;
      if (busy.has(one.task.key)) left.push(one);
      else {
        busy.add(one.task.key);
        taken.push(one);
      }
    }
    waiting = [...left, ...waiting.slice(index)];
    return taken;
  };

  /** True when it has to wait for the next batch. */
  const settle = (one: Waiting<Task, Result>, outcome: Outcome<Result>): boolean => {
    if ("done" in outcome) one.resolve(outcome.done);
    else if ("refused" in outcome) one.reject(outcome.refused);
    return "again" in outcome;
  };

  const answer = async (batch: Waiting<Task, Result>[]) => {
    try {
      const outcomes = await run(batch.map(({ task }) => task));
      const again = batch.filter((one, index) => settle(one, outcomes[index]!));
      waiting = [...again, ...waiting];
    } catch (error) {
      if (batch.length === 1) return batch[0]!.reject(error);
      for (const one of batch) await run([one.task]).then(([outcome]) => settle(one, outcome!), one.reject);
    }
  };

  const flush = () => {
    planned = false;
    while (waiting.length > 0 && inFlight < IN_FLIGHT) {
      const batch = take();
      if (batch.length === 0) return;
      inFlight++;
      void answer(batch).finally(() => {
        inFlight--;
        for (const { task } of batch) busy.delete(task.key);
        flush();
      });
    }
  };

  return (task) =>
    new Promise((resolve, reject) => {
      waiting.push({ task, resolve, reject });
      if (!planned) {
        planned = true;
        setImmediate(flush);
      }
    });
}
