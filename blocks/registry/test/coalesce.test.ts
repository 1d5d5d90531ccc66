import assert from "node:assert/strict";
import { test } from "node:test";
import { coalesce } from "../coalesce.ts";

test("requests of one turn go in one batch and come back in order", async () => {
  const sizes: number[] = [];
  const double = coalesce<number, number>(async (numbers) => {
    sizes.push(numbers.length);
    return numbers.map((number) => number * 2);
  });
  assert.deepEqual(await Promise.all([1, 2, 3, 4].map(double)), [2, 4, 6, 8]);
  assert.deepEqual(sizes, [4]);
});

test("one bad request does not fail its neighbours", async () => {
  const run = coalesce<number, number>(async (numbers) => {
    if (numbers.includes(13)) throw new RangeError("13");
    return numbers;
  });
  const results = await Promise.allSettled([1, 13, 2].map(run));
  assert.deepEqual(
    results.map((result) => result.status),
    ["fulfilled", "rejected", "fulfilled"],
  );
});

test("more than a batch holds is split, and nothing is lost", async () => {
  let most = 0;
  const echo = coalesce<number, number>(async (numbers) => {
    most = Math.max(most, numbers.length);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return numbers;
  });
  const wanted = Array.from({ length: 1000 }, (_, index) => index);
  assert.deepEqual(await Promise.all(wanted.map(echo)), wanted);
  assert.ok(most <= 128);
});
