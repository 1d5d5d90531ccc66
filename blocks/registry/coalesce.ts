/** Answers many requests with one statement. Results come in the order of the requests. */
export type Batch<Request, Result> = (requests: Request[]) => Promise<Result[]>;

const MOST = 128;
const IN_FLIGHT = 4;

/**
 * Collects the requests of the same turn, and those that arrive while batches are under way, into batches of up to 128. With one
 * request alone nothing waits. If a batch fails its members are run singly, so that one bad request does not fail its neighbours.
 */
export function coalesce<Request, Result>(run: Batch<Request, Result>): (request: Request) => Promise<Result> {
  interface Waiting {
    request: Request;
    resolve(result: Result): void;
    reject(error: unknown): void;
  }
  let waiting: Waiting[] = [];
  let inFlight = 0;
  let planned = false;
  const flush = () => {
    planned = false;
    while (waiting.length > 0 && inFlight < IN_FLIGHT) {
      const batch = waiting.slice(0, MOST);
      waiting = waiting.slice(MOST);
      inFlight++;
      void answer(batch).finally(() => {
        inFlight--;
        flush();
      });
    }
  };
  const answer = async (batch: Waiting[]) => {
    try {
      const results = await run(batch.map(({ request }) => request));
      for (const [index, one] of batch.entries()) one.resolve(results[index]!);
    } catch (error) {
      if (batch.length === 1) return batch[0]!.reject(error);
      for (const one of batch) {
        await run([one.request]).then(([result]) => one.resolve(result!), one.reject);
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
