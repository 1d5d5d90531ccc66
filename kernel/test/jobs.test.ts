import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { sql } from "../database.ts";
import { gate, openQueue } from "./queue.ts";

let queue: Awaited<ReturnType<typeof openQueue>>;
before(async () => {
  queue = await openQueue();
});
afterEach(() => queue.database.run(sql`delete from kernel.job`));
after(() => queue.close());

const left = () =>
  queue.database.rows<{ attempts: number; due_at: Date; last_fault: string | null; stopped_at: Date | null }>(
    sql`select attempts, due_at, last_fault, stopped_at from kernel.job order by id`,
  );
const ask = (
  jobs: ReturnType<typeof queue.node>["jobs"],
  name: string,
  more: { body?: Record<string, unknown>; dueAt?: Date } = {},
) => queue.database.transaction((tx) => jobs.ask(tx, { name, body: {}, ...more }));
const inSeconds = (seconds: number) => new Date(queue.clock.now().getTime() + 1000 * seconds);

test("a job leaves with the transaction that asks for it, and is done once", async () => {
  const { jobs } = queue.node();
  const done: unknown[] = [];
  jobs.perform("greet", async (body) => void done.push(body));
  await ask(jobs, "greet", { body: { name: "Үсөн", n: 1 } });
  assert.deepEqual(done, []);
  await jobs.drain();
  await jobs.drain();
  assert.deepEqual(done, [{ name: "Үсөн", n: 1 }]);
  assert.deepEqual(await left(), []);
});

test("a job asked for in a transaction that is rolled back does not exist", async () => {
  const { jobs } = queue.node();
  let done = 0;
  jobs.perform("greet", async () => void done++);
  const work = queue.database.transaction(async (tx) => {
    await jobs.ask(tx, { name: "greet", body: {} });
    throw new RangeError("changed its mind");
  });
  await assert.rejects(work, RangeError);
  await jobs.drain();
  assert.equal(done, 0);
  assert.deepEqual(await left(), []);
});

test("a job waits for its hour", async () => {
  const { jobs } = queue.node();
  let done = 0;
  jobs.perform("later", async () => void done++);
  await ask(jobs, "later", { dueAt: inSeconds(3600) });
  await jobs.drain();
  assert.equal(done, 0);
  queue.clock.advance(3_600_000);
  await jobs.drain();
  assert.equal(done, 1);
});

test("jobs that are due are begun in the order of their hours", async () => {
  const { jobs } = queue.node();
  const begun: unknown[] = [];
  jobs.perform("step", async ({ n }) => void begun.push(n));
  for (const n of [3, 1, 2]) await ask(jobs, "step", { body: { n }, dueAt: inSeconds(n) });
  for (let n = 0; n < 3; n++) {
    queue.clock.advance(1000);
    await jobs.drain();
  }
  assert.deepEqual(begun, [1, 2, 3]);
});

test("draining does also the jobs that jobs ask for, and more than one batch", async () => {
  const { jobs } = queue.node();
  let done = 0;
  jobs.perform("leaf", async () => void done++);
  jobs.perform("root", async () => {
    await queue.database.transaction(async (tx) => {
      for (let n = 0; n < 40; n++) await jobs.ask(tx, { name: "leaf", body: { n } });
    });
  });
  await ask(jobs, "root");
  await jobs.drain();
  assert.equal(done, 40);
});

test("a job nobody here performs is left for who does", async () => {
  const [one, other] = [queue.node().jobs, queue.node().jobs];
  let done = 0;
  one.perform("mine", async () => {});
  await ask(one, "theirs");
  await one.drain();
  assert.equal((await left()).length, 1);
  other.perform("theirs", async () => void done++);
  await other.drain();
  assert.equal(done, 1);
});

test("a job that fails comes back later and later", async () => {
  const { jobs } = queue.node();
  let tries = 0;
  jobs.perform("stubborn", async () => {
    tries++;
    throw new RangeError("not yet");
  });
  await ask(jobs, "stubborn");
  const waits: number[] = [];
  for (let attempt = 1; attempt <= 5; attempt++) {
    await jobs.drain();
    const [job] = await left();
    assert.deepEqual([job!.attempts, tries, job!.last_fault], [attempt, attempt, "RangeError"]);
    waits.push(job!.due_at.getTime() - queue.clock.now().getTime());
    await jobs.drain();
    assert.equal(tries, attempt, "not before its hour");
    queue.clock.set(job!.due_at);
  }
  assert.deepEqual(waits, [3000, 9000, 27_000, 81_000, 243_000]);
});

test("a job that fails and then succeeds is done", async () => {
  const { jobs } = queue.node();
  let tries = 0;
  jobs.perform("second", async () => {
    if (++tries === 1) throw new RangeError("not yet");
  });
  await ask(jobs, "second");
  await jobs.drain();
  queue.clock.advance(3000);
  await jobs.drain();
  assert.equal(tries, 2);
  assert.deepEqual(await left(), []);
});

test("a job that fails twelve times stops and stays to be seen", async () => {
  const { jobs } = queue.node();
  let tries = 0;
  jobs.perform("hopeless", async () => {
    tries++;
    throw new RangeError("never");
  });
  await ask(jobs, "hopeless");
  for (let attempt = 0; attempt < 20; attempt++) {
    await jobs.drain();
    queue.clock.advance(24 * 3_600_000);
  }
  const [job] = await left();
  assert.equal(tries, 12);
  assert.equal(job!.attempts, 12);
  assert.ok(job!.stopped_at);
});

test("one job that fails does not hold up the others", async () => {
  const { jobs } = queue.node();
  const done: unknown[] = [];
  jobs.perform("each", async ({ n }) => {
    if (n === 2) throw new RangeError("bad one");
    done.push(n);
  });
  for (const n of [1, 2, 3]) await ask(jobs, "each", { body: { n } });
  await jobs.drain();
  assert.deepEqual(done.toSorted(), [1, 3]);
  assert.equal((await left()).length, 1);
});

test("two workers never do one job at the same time", async () => {
  const nodes = [queue.node().jobs, queue.node().jobs, queue.node().jobs];
  const doing = new Set<unknown>();
  const done: unknown[] = [];
  for (const jobs of nodes) {
    jobs.perform("shared", async ({ n }) => {
      assert.ok(!doing.has(n), `job ${n} was begun twice`);
      doing.add(n);
      await new Promise((resolve) => setTimeout(resolve, 3));
      doing.delete(n);
      done.push(n);
    });
  }
  await queue.database.transaction(async (tx) => {
    for (let n = 0; n < 100; n++) await nodes[0]!.ask(tx, { name: "shared", body: { n } });
  });
  await Promise.all(nodes.map((jobs) => jobs.drain()));
  assert.equal(done.length, 100);
  assert.equal(new Set(done).size, 100);
});

test("the job of a worker that died comes back when its lease ends, not before", async () => {
  const [dead, alive] = [queue.node().jobs, queue.node().jobs];
  const [begun, never] = [gate(), gate()];
  dead.perform("work", async () => {
    begun.open();
    await never.opened;
  });
  let done = 0;
  alive.perform("work", async () => void done++);
  await ask(dead, "work");
  const held = dead.drain();
  await begun.opened;
  queue.clock.advance(119_000);
  await alive.drain();
  assert.equal(done, 0);
  queue.clock.advance(2000);
  await alive.drain();
  assert.equal(done, 1);
  assert.deepEqual(await left(), []);
  never.open();
  await held;
});

test("the only process of a database takes over at once what the one before it had in hand", async () => {
  const [dead, alive] = [queue.node().jobs, queue.node().jobs];
  const [begun, never] = [gate(), gate()];
  dead.perform("work", async () => {
    begun.open();
    await never.opened;
  });
  let done = 0;
  alive.perform("work", async () => void done++);
  await ask(dead, "work");
  const held = dead.drain();
  await begun.opened;
  await alive.takeOver();
  await alive.drain();
  assert.equal(done, 1);
  never.open();
  await held;
});

test("a worker whose lease has run out and who then fails does not take the job from the next one", async () => {
  const [late, next, third] = [queue.node().jobs, queue.node().jobs, queue.node().jobs];
  const [lateBegun, lateEnd, nextBegun, nextEnd] = [gate(), gate(), gate(), gate()];
  late.perform("work", async () => {
    lateBegun.open();
    await lateEnd.opened;
    throw new RangeError("too late");
  });
  next.perform("work", async () => {
    nextBegun.open();
    await nextEnd.opened;
  });
  let meanwhile = 0;
  third.perform("work", async () => void meanwhile++);
  await ask(late, "work");
  const first = late.drain();
  await lateBegun.opened;
  queue.clock.advance(121_000);
  const second = next.drain();
  await nextBegun.opened;
  lateEnd.open();
  await first;
  queue.clock.advance(60_000);
  await third.drain();
  assert.equal(meanwhile, 0, "the job is still in the hands of the second worker");
  nextEnd.open();
  await second;
  assert.deepEqual(await left(), []);
});

test("a running worker wakes at the commit, and stopping waits for the job in hand", async () => {
  const { jobs } = queue.node();
  const [begun, end] = [gate(), gate()];
  let done = false;
  jobs.perform("slow", async () => {
    begun.open();
    await end.opened;
    done = true;
  });
  jobs.start();
  await ask(jobs, "slow");
  await begun.opened;
  const stopped = jobs.stop().then(() => assert.ok(done, "stopped before the job was done"));
  end.open();
  await stopped;
  assert.deepEqual(await left(), []);
});
