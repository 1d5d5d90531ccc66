import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readRecorded } from "./recorded.ts";
import { reports } from "./reports.ts";

const betsy = process.env.KEREGE_BETSY;
const miwg = process.env.KEREGE_MIWG;
const skipped = (name: string, folder: string | undefined) => folder === undefined && `${name} names no checked-out suite`;

describe("M-A18: suites of others", () => {
  test("executable BPMN: at least 202 of 210 cases, each of the others explained", () => {
    const { rows, misses } = readRecorded("bpmn");
    const [passed, all] = rows.at(-1)![2]!.split(" of ").map(Number);
    assert.equal(all, 210);
    assert.ok(passed! >= 202);
    assert.equal(misses.length, all - passed!);
    for (const miss of misses) assert.notEqual(miss.why, "not explained", miss.case);
  });

  test("what the page says of executable BPMN is what the suite says now", { skip: skipped("KEREGE_BETSY", betsy) }, () => {
    assert.deepEqual(reports.bpmn!(betsy!), readRecorded("bpmn"));
  });

  test("model interchange: every file of every tool is read", () => {
    const { rows, misses } = readRecorded("miwg");
    assert.deepEqual(rows[0], ["all", "831"]);
    assert.deepEqual(rows[1], ["read", "831"]);
    assert.deepEqual(misses, []);
  });

  test("what the page says of model interchange is what the suite says now", { skip: skipped("KEREGE_MIWG", miwg) }, () => {
    assert.deepEqual(reports.miwg!(miwg!), readRecorded("miwg"));
  });
});
