import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mayStand } from "../simulation/adjust.ts";
import { coverAll, type Ending, exactly } from "../simulation/ending.ts";
import { bandOf, foldSmall, OTHERS, yearsBetween } from "../simulation/groups.ts";
import { simulate } from "../simulation/simulate.ts";

const ending = (outcomes: string[], more: Partial<Ending> = {}): Ending => ({
  outcomes,
  rules: [],
  amount: exactly(0),
  days: exactly(1),
  work: [],
  questions: 2,
  minutes: 1,
  unknown: [],
  ...more,
});

describe("what a change does is counted", () => {
  interface One {
    income: number;
    place: string;
  }
  const grantsUnder = (limit: number) => ({
    name: `under ${limit}`,
    end: ({ income }: One) =>
      income < limit
        ? ending(["granted"], { amount: exactly(1000) })
        : ending(["refused"], { rules: ["income"], days: exactly(3) }),
  });
  const cases = (count: number): One[] =>
    Array.from({ length: count }, (_, at) => ({ income: at % 100, place: at % 50 === 0 ? "far" : "near" }));

  test("M-A18: a threshold that is moved tells who changes, from what to what, and the money", () => {
    const report = simulate(cases(1000), {
      before: grantsUnder(50),
      after: grantsUnder(60),
      groups: [{ by: "income", band: ({ income }) => bandOf(income, [0, 50, 60]) }],
    });
    assert.deepEqual(report.changed, { least: 100, most: 100 });
    assert.deepEqual(report.moves, [{ from: "refused", to: "granted", cases: { least: 100, most: 100 } }]);
    assert.deepEqual([report.before.amount.most, report.after.amount.most], [500_000, 600_000]);
    assert.deepEqual([report.before.rules, report.after.rules], [{ income: 500 }, { income: 400 }]);
    assert.deepEqual([report.before.days.half, report.before.days.nineTenths], [1, 3]);
    assert.deepEqual(
      report.groups[0]!.lines.map(({ band, cases: count, changed }) => [band, count, changed.most]),
      [
        ["0–49", 500, 0],
        ["50–59", 100, 100],
        ["60+", 400, 0],
      ],
    );
  });

  test("a missing answer is counted in both branches, never guessed", () => {
    const before = { name: "now", end: () => ending(["granted"]) };
    const open = coverAll([ending(["granted"], { amount: exactly(700), unknown: ["inspection"] }), ending(["refused"])]);
    const after = { name: "then", end: ({ income }: One) => (income < 10 ? open : ending(["granted"])) };
    const report = simulate(cases(100), { before, after, groups: [] });
    assert.deepEqual(report.changed, { least: 0, most: 10 });
    assert.deepEqual(report.after.outcomes, { granted: { least: 90, most: 100 }, refused: { least: 0, most: 10 } });
    assert.deepEqual(report.after.amount, { least: 0, most: 7000 });
    assert.deepEqual([report.after.unknown, report.missing], [10, { inspection: 10 }]);
  });

  test("bounds hold whatever the answer would have been", () => {
    // Each way the open answer may go lies within what both branches together say.
    const ways = [ending(["granted"], { amount: exactly(5) }), ending(["refused"], { amount: exactly(-3) })];
    const after = (choose: (one: One) => Ending) =>
      simulate(cases(200), { before: grantsUnder(50), after: { name: "then", end: choose }, groups: [] });
    const both = after(() => coverAll(ways));
    for (const way of [() => ways[0]!, () => ways[1]!, ({ income }: One) => ways[income % 2]!]) {
      const one = after(way);
      assert.ok(both.changed.least <= one.changed.least && one.changed.most <= both.changed.most);
      assert.ok(both.after.amount.least <= one.after.amount.least && one.after.amount.most <= both.after.amount.most);
    }
  });

  test("few people are never shown by themselves", () => {
    const report = simulate(cases(100), {
      before: grantsUnder(50),
      after: grantsUnder(60),
      groups: [{ by: "place", band: ({ place }) => place }],
      least: 10,
    });
    // Two are from far away. Folding them alone would still tell of two, so that the next group joins them.
    assert.deepEqual(
      report.groups[0]!.lines.map(({ band, cases: count }) => [band, count]),
      [[OTHERS, 100]],
    );
  });
});

test("small bands are folded until the fold is large enough", () => {
  const fold = (counts: number[]) =>
    foldSmall(
      counts.map((cases, at) => ({ band: String(at), cases })),
      10,
      (into, from) => ({ ...into, cases: into.cases + from.cases }),
    ).map(({ band, cases }) => `${band}:${cases}`);
  assert.deepEqual(fold([50, 30, 6, 5]), ["0:50", "1:30", "*:11"]);
  assert.deepEqual(fold([50, 30, 6]), ["0:50", "*:36"]);
  assert.deepEqual(fold([50, 30]), ["0:50", "1:30"]);
  assert.deepEqual(fold([4, 3]), []);
});

test("bands are named by their limits, years are full years", () => {
  assert.deepEqual(
    [-1, 0, 17, 18, 60, 99].map((value) => bandOf(value, [0, 18, 60])),
    ["<0", "0–17", "0–17", "18–59", "60+", "60+"],
  );
  assert.deepEqual([yearsBetween("2008-02-29", "2026-02-28"), yearsBetween("2008-02-29", "2026-03-01")], [17, 18]);
});

test("only a literal of its kind may stand in the place of one", () => {
  for (const [kind, good, bad] of [
    ["number", ["18", "-2", "0.15"], ["18 or true", "1e9", "", "=1"]],
    ["day", ["2026-11-22"], ["2026-13-01", "today()", "22.11.2026"]],
    ["duration", ["P18Y", "P1Y6M", "P30D", "PT12H", "P2DT3H"], ["P", "PT", "P1Y2D", '") or true or ("', "18"]],
  ] as const) {
    for (const text of good) assert.ok(mayStand(kind, text), `${kind} ${text}`);
    for (const text of bad) assert.ok(!mayStand(kind, text), `${kind} ${text}`);
  }
});
