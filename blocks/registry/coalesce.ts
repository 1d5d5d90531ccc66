/** Answers many requests with one statement. Results come in the order of the requests. `slot` counts the batches under way, from 0. */
export type Batch<Request, Result> = (requests: Request[], slot: number) => Promise<Result[]>;

const MOST = 128;
const LEAST = 32;
const IN_FLIGHT = 3;

/**
 * Collects the requests of the same turn, and those that arrive while batches are under way, into batches of up to 128. With one
 * request alone nothing waits. If a batch fails its members are run singly, so that one bad request does not fail its neighbours.
 */
export function coalesce<Request, Result>(
  run: Batch<Request, Result>,
  { most = MOST, inFlight = IN_FLIGHT }: { most?: number; inFlight?: number } = {},
): (request: Request) => Promise<Result> {
  interface Waiting {
    request: Request;
    resolve(result: Result): void;
    reject(error: unknown): void;
  }
  let waiting: Waiting[] = [];
  const free = Array.from({ length: inFlight }, (_, slot) => slot);
  let planned = false;
  const flush = () => {
    planned = false;
    while (waiting.length > 0 && free.length > 0) {
      // Shared out among the free slots, so that one batch is made and read here while the database works at another.
      const share = Math.min(most, Math.max(LEAST, Math.ceil(waiting.length / free.length)));
      const batch = waiting.slice(0, share);
      waiting = waiting.slice(share);
      const slot = free.shift()!;
      void answer(batch, slot).finally(() => {
        free.unshift(slot);
        flush();
      });
    }
  };
  const answer = async (batch: Waiting[], slot: number) => {
    try {
      const results = await run(
        batch.map(({ request }) => request),
        slot,
      );
      for (const [index, one] of batch.entries()) one.resolve(results[index]!);
    } catch (error) {
      if (batch.length === 1) return batch[0]!.reject(error);
      for (const one of batch) {
        await run([one.request], slot).then(([result]) => one.resolve(result!), one.reject);
      }
    }
  };
  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      if (!planned) {
        planned = true;
        setImmediate(flush);
      }
    });
}
