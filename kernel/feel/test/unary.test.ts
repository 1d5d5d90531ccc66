import assert from "node:assert/strict";
import { test } from "node:test";
import { compileUnaryTests, type Plain, type Shape } from "../index.ts";

const cases: readonly (readonly [cell: string, input: Plain, wanted: boolean | null, shape?: Shape])[] = [
  ["-", 1, true],
  ["-", null, true],
  ["18", 18, true],
  ["18", 19, false],
  ["18.0", 18, true],
  ["0.3", "0.3", true, "number"],
  ["< 18", 17, true],
  ["< 18", 18, false],
  ["<= 18", 18, true],
  ["> limit", 51, true],
  ["> limit", 50, false],
  ["!= 18", 17, true],
  ["= 18", 18, true],
  ["[18..65]", 18, true],
  ["[18..65]", 66, false],
  ["(18..65]", 18, false],
  ["[18..65)", 65, false],
  ["]18..65[", 65, false],
  ["< 18, > 65", 70, true],
  ["< 18, > 65", 30, false],
  ["1, 2, 3", 2, true],
  ['"a", "b"', "b", true],
  ['"a", "b"', "c", false],
  ["not(1, 2)", 3, true],
  ["not(1, 2)", 2, false],
  ["not(< 18)", 18, true],
  ["not(null)", 1, true],
  ["not(null)", null, false],
  ["null", null, true],
  ["null", 1, false],
  ["true", true, true],
  ["true", false, false],
  ["false", false, true],
  ["true", null, false],
  ["< 18", null, null],
  ["[1..5]", null, null],
  ["< 18", "text", null],
  ["not(< 18)", null, null],
  ["? > 3 and ? < 5", 4, true],
  ["? > 3 and ? < 5", 5, false],
  ["even(?)", 4, true],
  ['contains(?, "ob")', "foobar", true],
  ["?.age > 18", { age: 20 }, true],
  ["limit", 50, true],
  ["limit + 1", 51, true],
  ["allowed", "b", true],
  ["allowed", "z", false],
  ["[1, 2]", 2, true],
  ["[1, 2]", [1, 2], true],
  ['< date("2026-01-01")', "2025-12-31", true, "date"],
  ['[date("2026-01-01")..date("2026-12-31")]', "2026-06-01", true, "date"],
  ['>= duration("P18Y")', "P18Y1M", true, "years and months duration"],
  ["-1", -1, true],
  ["> -1", 0, true],
  ["count(allowed) > 1", "anything", true],
];

for (const [cell, input, wanted, shape] of cases) {
  test(`unary tests: ${JSON.stringify(input)} against ${cell} is ${wanted}`, () => {
    const tests = compileUnaryTests(cell, { names: { limit: "number", allowed: ["string"] }, input: shape ?? "any" });
    assert.ok(tests.ok, JSON.stringify(tests));
    assert.equal(tests.evaluate(input, { limit: 50, allowed: ["a", "b"] }), wanted);
  });
}

test("unary tests: the facts read are named and traced", () => {
  const tests = compileUnaryTests("> limit", { names: { limit: "number" } });
  assert.ok(tests.ok);
  assert.deepEqual(tests.reads, ["limit"]);
  const trace = tests.evaluateWithTrace(51, { limit: 50 });
  assert.deepEqual(
    trace.facts.map(({ path, value }) => [path, String(value)]),
    [["limit", "50"]],
  );
});

for (const [cell, code] of [
  ["< ", "operand-missing"],
  ["> limmit", "name-near"],
  ["1 2", "unexpected"],
  ["", "empty"],
  ["(1, 2", "bracket-open"],
] as const) {
  test(`unary tests: ${JSON.stringify(cell)} is a fault ${code}`, () => {
    const tests = compileUnaryTests(cell, { names: { limit: "number" } });
    assert.ok(!tests.ok);
    assert.equal(tests.faults[0]?.code, code);
  });
}
