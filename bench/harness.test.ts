import assert from "node:assert/strict";
import { test } from "node:test";
import { createBench, describe, describeRun, milliseconds, perSecond, placeBetweenMarkers, shorten } from "./harness.ts";

test("median, extremes and spread of figures in any order", () => {
  assert.deepEqual(describe([5, 1, 4, 2, 3]), { median: 3, least: 1, most: 5, spread: 2 / 3 });
  assert.deepEqual(describe([2, 4]), { median: 3, least: 2, most: 4, spread: 1 / 3 });
  assert.deepEqual(describe([7]), { median: 7, least: 7, most: 7, spread: 0 });
});

test("warm-ups are done and not counted", async () => {
  let done = 0;
  const figure = await createBench().measure({ name: "count", unit: "per s", run: () => ++done, repeats: 3, warmup: 2 });
  assert.deepEqual(figure.values, [3, 4, 5]);
  assert.equal(figure.median, 4);
});

test("a ratio is taken against a baseline of the same run and judged against its target", async () => {
  const bench = createBench();
  await bench.measure({ name: "raw", unit: "per s", run: () => 200 });
  const target = { atLeast: 0.6, ratio: true };
  const good = await bench.measure({ name: "audited", unit: "per s", run: () => 130, against: "raw", target });
  const poor = await bench.measure({ name: "slow", unit: "per s", run: () => 100, against: "raw", target });
  assert.equal(good.ratio, 0.65);
  assert.equal(good.reached, true);
  assert.equal(poor.reached, false);
  assert.match(bench.table(), /\| audited \| 130 +\| per s \| 130 to 130 .*\| 65 % of raw \| at least 60 %: reached +\|/);
  assert.equal((JSON.parse(bench.json()) as { figures: unknown[] }).figures.length, 3);
});

test("an unknown baseline, a name taken twice and a figure that is none are refused", async () => {
  const bench = createBench();
  await bench.measure({ name: "a", unit: "ms", run: () => 1 });
  await assert.rejects(bench.measure({ name: "a", unit: "ms", run: () => 1 }), /measured twice/);
  await assert.rejects(bench.measure({ name: "b", unit: "ms", run: () => 1, against: "c" }), /not measured yet/);
  await assert.rejects(bench.measure({ name: "d", unit: "ms", run: () => Number.NaN }), /no figure/);
});

test("a limit from above is judged by the median", async () => {
  const figure = await createBench().measure({ name: "page", unit: "KB", run: () => 31, target: { atMost: 30 } });
  assert.equal(figure.reached, false);
});

test("work is timed and kept so many in flight, and a failing piece fails the measurement", async () => {
  assert.ok((await milliseconds(() => undefined)()) >= 0);
  let open = 0;
  let most = 0;
  const turns: number[] = [];
  const work = async (turn: number) => {
    turns.push(turn);
    open += 1;
    most = Math.max(most, open);
    await new Promise((resolve) => setImmediate(resolve));
    open -= 1;
  };
  assert.ok((await perSecond({ work, inFlight: 4, seconds: 0.02 })()) > 0);
  assert.equal(most, 4);
  assert.equal(new Set(turns).size, turns.length);
  await assert.rejects(perSecond({ work: () => Promise.reject(new Error("refused")), seconds: 0.02 })(), /refused/);
});

test("figures are shortened to what means something", () => {
  assert.deepEqual([1234.5, 99.94, 12.345, 1.239, 0].map(shorten), ["1235", "99.9", "12.3", "1.24", "0"]);
});

test("the document keeps all its words outside the markers", async () => {
  const bench = createBench();
  await bench.measure({ name: "page", unit: "KB", run: () => 22 });
  const on = { cpu: "Some CPU", cores: 2, memory: 24 * 2 ** 30, node: "24.0.0", system: "Linux 6" };
  const text = describeRun(bench, { day: "2030-01-02", on });
  const first = placeBetweenMarkers("# Performance\n\nWords.\n", text);
  const second = placeBetweenMarkers(`${first}\nMore words.\n`, text.replace("2030-01-02", "2031-01-02"));
  assert.match(first, /^# Performance\n\nWords\.\n\n<!-- bench:begin/);
  assert.match(second, /Taken on 2031-01-02 on Some CPU, 2 cores, 24 GB, Linux 6, Node 24\.0\.0\./);
  assert.doesNotMatch(second, /2030/);
  assert.match(second, /<!-- bench:end -->\n\nMore words\.\n$/);
  assert.throws(() => placeBetweenMarkers("<!-- bench:end -->", text), RangeError);
});
