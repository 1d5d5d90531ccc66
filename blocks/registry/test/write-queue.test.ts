import assert from "node:assert/strict";
import { test } from "node:test";
import { createWriteQueue, type Outcome } from "../write-queue.ts";

interface Task {
  key: string;
  value: number;
}
const turn = () => new Promise((resolve) => setImmediate(resolve));

test("changes of one turn go in one batch, never more than 128, and come back to whom they belong", async () => {
  const sizes: number[] = [];
  const record = createWriteQueue<Task, number>(async (tasks) => {
    sizes.push(tasks.length);
    await turn();
    return tasks.map((task) => ({ done: task.value * 2 }));
  });
  const values = Array.from({ length: 300 }, (_, index) => index);
  assert.deepEqual(
    await Promise.all(values.map((value) => record({ key: String(value), value }))),
    values.map((value) => value * 2),
  );
  assert.deepEqual(sizes, [128, 128, 44]);
});

test("two changes of one key are never under way together, and keep their order", async () => {
  const underWay = new Set<string>();
  const seen: number[] = [];
  const record = createWriteQueue<Task, void>(async (tasks) => {
    for (const { key, value } of tasks) {
      assert.ok(!underWay.has(key));
      underWay.add(key);
      if (key === "a") seen.push(value);
    }
    await turn();
    for (const { key } of tasks) underWay.delete(key);
    return tasks.map(() => ({ done: undefined }));
  });
  const tasks = Array.from({ length: 40 }, (_, value) => ({ key: value % 2 ? "a" : `k${value}`, value }));
  await Promise.all(tasks.map(record));
  assert.deepEqual(
    seen,
    tasks.filter((task) => task.key === "a").map((task) => task.value),
  );
});

test("a batch that fails is run singly: only the bad one is refused", async () => {
  const record = createWriteQueue<Task, number>(async (tasks) => {
    if (tasks.some((task) => task.value === 13)) throw new RangeError("13");
    return tasks.map((task) => ({ done: task.value }));
  });
  const results = await Promise.allSettled([1, 13, 2].map((value) => record({ key: String(value), value })));
  assert.deepEqual(
    results.map((result) => (result.status === "fulfilled" ? result.value : result.reason.message)),
    [1, "13", 2],
  );
});

test("one that must wait for another goes into the next batch; a refused one is told why", async () => {
  const batches: string[][] = [];
  const record = createWriteQueue<Task, string>(async (tasks) => {
    batches.push(tasks.map((task) => task.key));
    let taken = false;
    return tasks.map((task): Outcome<string> => {
      if (task.value < 0) return { refused: new RangeError(task.key) };
      if (task.value === 1 && taken) return { again: true };
      if (task.value === 1) taken = true;
      return { done: task.key };
    });
  });
  const results = await Promise.allSettled([
    record({ key: "a", value: 1 }),
    record({ key: "b", value: 1 }),
    record({ key: "c", value: -1 }),
    record({ key: "d", value: 1 }),
  ]);
  assert.deepEqual(
    results.map((result) => (result.status === "fulfilled" ? result.value : result.reason.message)),
    ["a", "b", "c", "d"],
  );
  assert.deepEqual(batches, [["a", "b", "c", "d"], ["b", "d"], ["d"]]);
});
