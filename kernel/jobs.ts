import type { Clock } from "./clock.ts";
import { type Database, type Statement, sql, type Transaction } from "./database.ts";
import type { Ids } from "./id.ts";
import type { Log } from "./log.ts";

export interface Job {
  name: string;
  body: Record<string, unknown>;
  /** Not before this instant; now when left out. */
  dueAt?: Date;
}

/** `with …, ${part} select …`; `done` is called when the statement is committed. */
export interface Part {
  part: Statement;
  done(): void;
}

export interface Jobs {
  /** Leaves the job in the caller's transaction. */
  ask(tx: Transaction, job: Job): Promise<void>;
  /** Leaves many jobs in one statement. */
  askAll(tx: Transaction, jobs: Job[]): Promise<void>;
  /** The same as a part of the caller's own statement, for an act that is one statement. */
  asking(jobs: Job[], only?: Statement): Part;
  /** Says what is done for jobs of a name. A performer may be run twice (a node died after the work): it must bear that. */
  perform(name: string, performer: (body: Record<string, unknown>) => Promise<void>): void;
  /**
   * Takes back what a process before this one had in hand when it ended; only for a database that no other process works on, since
   * anybody's lease ends. Without it such jobs wait for the end of their lease.
   */
  takeOver(): Promise<void>;
  start(): void;
  /** Ends after the jobs in hand are done. */
  stop(): Promise<void>;
  /** Works until no job is due; for commands and tests. */
  drain(): Promise<void>;
}

const BATCH = 16;
const LEASE_MS = 120_000;
const IDLE_MS = 1000;
const ATTEMPTS = 12;
const ALWAYS = sql`true`;

/**
 * The queue is a table: rows are claimed with `for update skip locked` and leased, so any number of nodes may work and a node that
 * dies gives its jobs back when the lease ends. A job that keeps failing stops after 12 attempts (about a day) and stays visible.
 */
export function createJobs(means: { database: Database; clock: Clock; ids: Ids; log: Log }): Jobs {
  const performers = new Map<string, (body: Record<string, unknown>) => Promise<void>>();
  let running = false;
  let awake = () => {};
  let working: Promise<void> = Promise.resolve();

  const claim = async () => {
    const now = means.clock.now();
    const names = [...performers.keys()];
    return means.database.rows<{ id: string; name: string; body: Record<string, unknown>; attempts: number }>(sql`
      update kernel.job set leased_until = ${new Date(now.getTime() + LEASE_MS)}, attempts = attempts + 1
      where id in (
        select id from kernel.job
        where stopped_at is null and due_at <= ${now} and (leased_until is null or leased_until < ${now}) and name = any(${names})
        order by due_at, id limit ${BATCH} for update skip locked)
      returning id, name, body, attempts`);
  };

  const work = async (): Promise<number> => {
    const jobs = await claim();
    const outcomes = await Promise.allSettled(
      jobs.map(async (job) => {
        try {
          await performers.get(job.name)!(job.body);
          await means.database.run(sql`delete from kernel.job where id = ${job.id}`);
        } catch (error) {
          const now = means.clock.now();
          const code = error instanceof Error ? ("code" in error ? String(error.code) : error.name) : "unknown";
          const stopped = job.attempts >= ATTEMPTS ? now : null;
          const due = new Date(now.getTime() + 1000 * 3 ** Math.min(job.attempts, 9));
          means.log.fault("job failed", error, { job: job.name, attempts: job.attempts });
          // By its number of attempts: when the lease has run out meanwhile, the job is another worker's.
          await means.database.run(
            sql`update kernel.job set due_at = ${due}, leased_until = null, last_fault = ${code}, stopped_at = ${stopped}
                where id = ${job.id} and attempts = ${job.attempts}`,
          );
        }
      }),
    );
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
    return jobs.length;
  };

  const loop = async () => {
    while (running) {
      let done = 0;
      try {
        done = await work();
      } catch (error) {
        means.log.fault("job queue unreachable", error);
      }
      if (done === 0 && running) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, IDLE_MS);
          awake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    }
  };

  const asking = (jobs: Job[], only: Statement = ALWAYS): Part => {
    const now = means.clock.now();
    return {
      part: sql`asked as (insert into kernel.job (id, name, body, due_at)
        select * from unnest(${jobs.map(() => means.ids.next())}::uuid[], ${jobs.map((job) => job.name)}::text[],
          ${jobs.map((job) => JSON.stringify(job.body))}::jsonb[], ${jobs.map((job) => job.dueAt ?? now)}::timestamptz[])
        where ${only})`,
      done() {
        // What is due later is found by the worker's own rounds.
        if (jobs.some((job) => !job.dueAt || job.dueAt <= now)) awake();
      },
    };
  };
  const askAll = async (tx: Transaction, jobs: Job[]) => {
    if (jobs.length === 0) return;
    const { part, done } = asking(jobs);
    await tx.run(sql`with ${part} select`);
    tx.afterCommit(done);
  };

  return {
    ask: (tx, job) => askAll(tx, [job]),
    askAll,
    asking,
    perform(name, performer) {
      performers.set(name, performer);
    },
    async takeOver() {
      await means.database.run(sql`update kernel.job set leased_until = null where leased_until is not null`);
    },
    start() {
      running = true;
      working = loop();
    },
    async stop() {
      running = false;
      awake();
      await working;
    },
    async drain() {
      while ((await work()) > 0);
    },
  };
}
