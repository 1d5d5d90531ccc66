import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { kernelProblem } from "@kerege/kernel/problem";

/** Parameters of Argon2 (RFC 9106, 3.1). */
export interface HashOrder {
  message: Uint8Array;
  nonce: Uint8Array;
  /** KiB. */
  memory: number;
  passes: number;
  parallelism: number;
  tagLength: number;
  secret: Uint8Array;
}

/** Half of the cores, so that whatever else the machine does goes on. */
const AT_ONCE = Math.max(1, availableParallelism() >> 1);
/** Whoever would wait longer is told at once to come back: a browser gives up sooner or later, and a queue that only grows helps nobody. */
const LONGEST_WAIT_MS = 30_000;
const MOST_WAITING = 2000;
/** Of one hash, before any was made. */
const USUAL_MS = 40;

export interface PasswordPool {
  /** Waits for a place, then does the work in it. @throws {Problem} `kernel.too-busy` */
  inTurn<Result>(work: (derive: (order: HashOrder) => Promise<Buffer>) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** Threads are started when they are first needed. */
export function createPasswordPool(): PasswordPool {
  const free: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: ((worker: Worker) => void)[] = [];
  let usual = USUAL_MS;
  const start = (): Worker => {
    const worker = new Worker(new URL("./password-worker.ts", import.meta.url));
    worker.unref();
    all.add(worker);
    return worker;
  };
  const take = (): Worker | Promise<Worker> => {
    const worker = free.pop() ?? (all.size < AT_ONCE ? start() : undefined);
    if (worker) return worker;
    if (waiting.length >= MOST_WAITING || (waiting.length * usual) / AT_ONCE > LONGEST_WAIT_MS) throw kernelProblem("too-busy");
    return new Promise((resolve) => waiting.push(resolve));
  };
  const give = (worker: Worker) => {
    if (!all.has(worker)) return;
    const next = waiting.shift();
    if (next) next(worker);
    else free.push(worker);
  };
  const derive = (worker: Worker, order: HashOrder): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      worker.ref();
      const settle = (act: () => void) => {
        worker.off("message", made).off("error", failed);
        worker.unref();
        act();
      };
      const made = (tag: Uint8Array) => settle(() => resolve(Buffer.from(tag)));
      const failed = (error: Error) =>
        settle(() => {
          all.delete(worker);
          reject(error);
        });
      worker.on("message", made).on("error", failed).postMessage(order);
    });
  return {
    async inTurn(work) {
      const worker = await take();
      const began = performance.now();
      try {
        return await work((order) => derive(worker, order));
      } finally {
        usual += (performance.now() - began - usual) / 16;
        give(worker);
        // One that broke leaves its place to a new one.
        if (!all.has(worker) && waiting.length > 0) waiting.shift()!(start());
      }
    },
    async close() {
      const ending = [...all].map((worker) => worker.terminate());
      all.clear();
      free.length = 0;
      await Promise.all(ending);
    },
  };
}
