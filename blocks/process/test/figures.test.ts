import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import type { HistoryEvent } from "../engine/state.ts";
import { createPseudonyms, csvOf, xesOf } from "../figures/event-log.ts";
import { type CaseHistory, createFigures } from "../figures/figures.ts";
import { createHistogram } from "../figures/histogram.ts";
import { createWorkingTime } from "../figures/working-time.ts";
import { createRandom } from "../simulation/random.ts";
import { calendarOf } from "./engine-model.ts";

// 2026-11-20 is a Friday, 2026-11-23 a Monday; Bishkek is six hours before UTC.
const at = (day: number, hour: number, minute = 0) => Date.UTC(2026, 10, day, hour - 6, minute);
const time = createWorkingTime(calendarOf(["2026-11-24"]), "Asia/Bishkek");

describe("time of offices", () => {
  test("week-ends and days off do not count, parts of a day count as parts", () => {
    assert.equal(time.days(at(20, 12), at(23, 12)), 1);
    assert.equal(time.days(at(20, 18), at(22, 23)), 0.25);
    assert.equal(time.days(at(23, 0), at(26, 0)), 2, "Tuesday is a day off");
    assert.equal(time.days(at(21, 0), at(22, 12)), 0);
    assert.equal(time.days(at(23, 12), at(23, 11)), 0, "a clock that was set back");
  });

  test("nobody works more than eight hours of a day", () => {
    assert.equal(time.minutes(at(23, 9), at(23, 9, 25)), 25);
    assert.equal(time.minutes(at(20, 12), at(23, 10)), 480 + 480);
    assert.equal(time.minutes(at(21, 9), at(21, 18)), 0);
  });

  test("a day of 23 or 25 hours is a day", () => {
    const kyiv = createWorkingTime({ isWorkingDay: () => true }, "Europe/Kyiv");
    assert.equal(kyiv.days(Date.UTC(2026, 2, 27, 22), Date.UTC(2026, 2, 29, 21)), 2);
    assert.equal(kyiv.days(Date.UTC(2026, 9, 24, 21), Date.UTC(2026, 9, 25, 22)), 1);
  });
});

const step = (when: number, ...told: HistoryEvent[]) => ({ at: when, kind: "any", told });
const history = (instance: string, steps: CaseHistory["steps"]): CaseHistory => ({ instance, model: "m".repeat(64), steps });

const reviewed = history("a", [
  step(
    at(20, 10),
    { kind: "started", by: "person:11205198701011" },
    { kind: "entered", node: "s" },
    { kind: "entered", node: "review", token: 2 },
  ),
  step(at(23, 10), { kind: "held", node: "review", token: 2, by: "official:7" }),
  step(
    at(23, 10, 30),
    { kind: "done", node: "review", token: 2, by: "official:7" },
    { kind: "entered", node: "review", token: 3 },
  ),
  step(at(23, 11), { kind: "held", node: "review", token: 3, by: "official:8" }),
  step(
    at(23, 11, 10),
    { kind: "done", node: "review", token: 3, by: "official:8" },
    { kind: "decided", node: "fit", said: { decision: "fit", value: "refused", why: { rules: ["income"] } } },
    { kind: "ended" },
  ),
]);
const straight = history("b", [
  step(at(23, 9), { kind: "started", by: "person:1" }, { kind: "entered", node: "ask", token: 2 }),
  step(at(23, 9, 1), { kind: "incident", node: "ask", token: 2, said: { code: "timeout" } }),
  step(at(23, 9, 5), { kind: "done", node: "ask", token: 2, by: "system" }, { kind: "ended" }),
]);
const going = history("c", [step(at(23, 9), { kind: "started", by: "person:1" }, { kind: "entered", node: "review", token: 2 })]);

describe("figures of a process", () => {
  const counted = (histories: CaseHistory[]) => {
    const figures = createFigures({ time, rate: 5 });
    for (const one of histories) figures.add(one);
    return figures.figures();
  };
  const figures = counted([reviewed, straight, going]);
  const review = figures.steps.find(({ node }) => node === "review")!;

  test("M-A18: waiting and work of a step, loops, what went without a human, refusals and cost", () => {
    assert.deepEqual([figures.cases, figures.ended, figures.withoutHuman, figures.looped], [3, 2, 1, 1]);
    assert.deepEqual([review.visits, review.again], [3, 1]);
    assert.ok(Math.abs(review.waiting.sum - (1 + 0.5 / 24)) < 1e-9, "from Friday to Monday is one day");
    assert.ok(Math.abs(review.working.sum - 40) < 1e-9);
    assert.deepEqual([figures.minutes, figures.cost], [40, 200]);
    assert.deepEqual(figures.refusals, [{ decision: "fit", rule: "income", cases: 1 }]);
    assert.equal(figures.steps.find(({ node }) => node === "ask")!.incidents, 1);
  });

  test("the bottleneck is where cases wait longest", () => {
    assert.equal(figures.bottleneck!.node, "review");
    assert.ok(figures.bottleneck!.share > 0.99);
    assert.equal(counted([]).bottleneck, undefined);
  });

  test("a task that is given back waits again", () => {
    const back = history("d", [
      step(at(23, 9), { kind: "entered", node: "review", token: 2 }),
      step(at(23, 10), { kind: "held", node: "review", token: 2, by: "official:7" }),
      step(at(23, 11), { kind: "held", node: "review", token: 2 }),
      step(at(23, 15), { kind: "held", node: "review", token: 2, by: "official:8" }),
      step(at(23, 15, 20), { kind: "done", node: "review", token: 2, by: "official:8" }),
    ]);
    const [only] = counted([back]).steps;
    assert.deepEqual([only!.working.sum, Math.round(only!.waiting.sum * 24 * 60) / 60], [20, 6]);
  });
});

test("medians are right to a hundredth, whatever the values", () => {
  const random = createRandom(11);
  const values = Array.from({ length: 5000 }, () => Math.exp(random.normal(1, 2)));
  const histogram = createHistogram();
  for (const value of values) histogram.add(value);
  const sorted = [...values].sort((a, b) => a - b);
  for (const share of [0.1, 0.5, 0.9]) {
    const exact = sorted[Math.ceil(sorted.length * share) - 1]!;
    assert.ok(Math.abs(histogram.quantile(share) / exact - 1) < 0.011, `${share}`);
  }
  assert.equal(createHistogram().quantile(0.5), 0);
});

describe("event logs for process mining", () => {
  const nameOf = (_: string, node: string) => ({ review: 'Проверка & "осмотр" <срочно>', ask: "=HYPERLINK(1)" })[node];
  async function* batches() {
    yield [reviewed, straight];
    yield [going];
  }
  const text = async (parts: AsyncIterable<string>) => {
    let all = "";
    for await (const part of parts) all += part;
    return all;
  };

  test("M-A18: nobody can be found in an export, and two exports do not fit together", async () => {
    const csv = () => text(csvOf(batches(), { pseudonyms: createPseudonyms(), nameOf }));
    const xes = () => text(xesOf(batches(), { pseudonyms: createPseudonyms(), nameOf, process: "p" }));
    for (const one of [await csv(), await xes()])
      assert.ok(!/11205198701011|official|person:|income/.test(one), one.slice(0, 300));
    assert.notEqual(await csv(), await csv());
  });

  test("CSV has a row for each event, with the life of a task, and no formula", async () => {
    const rows = (await text(csvOf(batches(), { pseudonyms: createPseudonyms(Buffer.alloc(32)), nameOf })))
      .trimEnd()
      .split("\r\n");
    assert.equal(rows[0], "case,activity,node,lifecycle,time,resource,edition");
    const lifecycle = rows
      .slice(1)
      .filter((row) => row.includes(",review,"))
      .map((row) => /,review,(\w+),/.exec(row)![1]);
    assert.deepEqual(lifecycle, ["schedule", "start", "complete", "schedule", "start", "complete", "schedule"]);
    assert.ok(rows.some((row) => row.includes(",'=HYPERLINK(1),ask,")));
  });

  const python = spawnSync("python3", ["--version"]).status === 0;
  test("XES is read by an XML parser of somebody else, a trace for each case", {
    skip: !python && "python3 is not there",
  }, async () => {
    const xes = await text(xesOf(batches(), { pseudonyms: createPseudonyms(), nameOf, process: "a & b\u0007" }));
    const script = `
import sys, json, xml.etree.ElementTree as tree
log = tree.parse(sys.stdin.buffer).getroot()
x = "{http://www.xes-standard.org/}"
def keys(of): return {each.get("key"): each.get("value") for each in of if each.get("key")}
print(json.dumps({"log": keys(log), "order": [each.tag.replace(x, "") for each in log],
  "traces": [[keys(event) for event in trace.iter(x + "event")] for trace in log.iter(x + "trace")]}))`;
    const read = JSON.parse(execFileSync("python3", ["-c", script], { input: xes, encoding: "utf8" })) as {
      log: Record<string, string>;
      order: string[];
      traces: Record<string, string>[][];
    };
    assert.equal(read.log["concept:name"], "a & b");
    // IEEE 1849-2016, 6.2: extensions, globals, classifiers, attributes, traces, in this order.
    assert.deepEqual([...new Set(read.order)], ["extension", "global", "classifier", "string", "trace"]);
    assert.deepEqual(
      read.traces.map((trace) => trace.length),
      [7, 3, 1],
    );
    assert.equal(read.traces[0]![1]!["concept:name"], 'Проверка & "осмотр" <срочно>');
    for (const event of read.traces.flat()) {
      assert.match(event["time:timestamp"]!, /^2026-11-2\dT\d\d:\d\d:00\.000\+00:00$/);
      assert.ok(event["lifecycle:transition"]);
    }
  });
});
