import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExpression, Decimal, fromPlain, type Names, printValue, toPlain } from "../index.ts";
import { facts, shapes } from "./table.ts";

const reads: readonly (readonly [expression: string, paths: readonly string[], names?: Names["names"]])[] = [
  ["person.age >= 18 and income < 30000", ["income", "person.age"]],
  ["person.born_on.year", ["person.born_on"]],
  ["person.children[age > 3].name", ["person.children"]],
  ["count(person.children) + count(list)", ["list", "person.children"]],
  ["person.full name + words[1]", ["person.full name", "words"]],
  ["x.deep.deeper", ["x.deep.deeper"]],
  ["a.b.c + a.b.d", ["a.b.c", "a.b.d"], ["a"]],
  ["some c in person.children satisfies c.age > income", ["income", "person.children"]],
  ["{income: 1, b: income}.b", []],
  ["for income in list return income", ["list"]],
  ["1 + 1", []],
  ["person.age > 1 or person.age < 5", ["person.age"]],
];

for (const [expression, paths, names] of reads) {
  test(`facts: ${expression} reads ${paths.join(", ") || "nothing"}`, () => {
    const compiled = compileExpression(expression, { names: names ?? shapes });
    assert.ok(compiled.ok, JSON.stringify(compiled));
    assert.deepEqual(compiled.reads, paths);
  });
}

test("facts: a trace names only what was read, with its value", () => {
  const compiled = compileExpression("person.age < 18 and income < 30000", { names: shapes });
  assert.ok(compiled.ok);
  const trace = compiled.evaluateWithTrace(facts);
  assert.equal(trace.value, false);
  assert.deepEqual(
    trace.facts.map(({ path, value }) => `${path} = ${printValue(value)}`),
    ["person.age = 30"],
  );
});

test("facts: plain JSON is read by its declared types", () => {
  const compiled = compileExpression("{a: n, b: d.year, c: t.hour, e: s + s, f: p.years, g: q.hours, h: z}", {
    names: {
      n: "number",
      d: "date",
      t: "date and time",
      s: "string",
      p: "years and months duration",
      q: "days and time duration",
      z: "time",
    },
  });
  assert.ok(compiled.ok);
  const value = compiled.evaluate({
    n: "1.10",
    d: "2026-11-22",
    t: "2026-11-22T09:30:00Z",
    s: "2026",
    p: "P18Y",
    q: "PT5H",
    z: "09:30:00",
  });
  assert.equal(printValue(value), '{a: 1.1, b: 2026, c: 9, e: "20262026", f: 18, g: 5, h: 09:30:00}');
});

test("facts: FEEL values and plain JSON may be mixed", () => {
  const compiled = compileExpression("a.b + c[2] + d", { names: ["a", "c", "d"] });
  assert.ok(compiled.ok);
  const value = compiled.evaluate({ a: new Map([["b", fromPlain(1)]]), c: [1, fromPlain(2)], d: 3n });
  assert.equal(printValue(value), "6");
});

test("facts: names with spaces and signs are read", () => {
  const compiled = compileExpression("monthly fee*12 + tax-rate - a.b-c", {
    names: { "monthly fee": "number", "tax-rate": "number", a: { "b-c": "number" } },
  });
  assert.ok(compiled.ok, JSON.stringify(compiled));
  assert.equal(printValue(compiled.evaluate({ "monthly fee": 10, "tax-rate": 5, a: { "b-c": 1 } })), "124");
  assert.deepEqual(compiled.reads, ["a.b-c", "monthly fee", "tax-rate"]);
});

test("facts: values go to plain JSON without losing a digit", () => {
  const compiled = compileExpression(
    '{a: 1.5, b: 0.1 + 0.2, c: 12345678901234567890.5, d: date("2026-11-22"), e: [1..2], f: [null, true, "x"], g: function(x) x, h: duration("P1Y")}',
    { names: [] },
  );
  assert.ok(compiled.ok);
  assert.deepEqual(toPlain(compiled.evaluate({})), {
    a: 1.5,
    b: 0.3,
    c: "12345678901234567890.5",
    d: "2026-11-22",
    e: "[1..2]",
    f: [null, true, "x"],
    g: null,
    h: "P1Y",
  });
});

test("facts: a moment given as a Date is an instant in UTC", () => {
  const compiled = compileExpression('at < date and time("2026-11-22T15:30:01+06:00")', { names: { at: "date and time" } });
  assert.ok(compiled.ok);
  assert.equal(compiled.evaluate({ at: new Date("2026-11-22T09:30:00Z") }), true);
});

test("facts: own types serve instance of and parameters", () => {
  const names: Names = { names: ["v"], types: { citizen: { pin: "string", born_on: "date" } } };
  const compiled = compileExpression("v instance of citizen", names);
  assert.ok(compiled.ok);
  assert.equal(compiled.evaluate({ v: { pin: "1", born_on: fromPlain("2000-01-01", "date") } }), true);
  assert.equal(compiled.evaluate({ v: { pin: "1" } }), false);
});

test("facts: one compiled expression serves many evaluations without memory of the last", () => {
  const compiled = compileExpression("for i in l return {v: i, w: v + n}.w", { names: ["l", "n"] });
  assert.ok(compiled.ok);
  assert.equal(printValue(compiled.evaluate({ l: [1, 2], n: 1 })), "[2, 3]");
  assert.equal(printValue(compiled.evaluate({ l: [], n: 1 })), "[]");
  assert.equal(printValue(compiled.evaluate({ l: [5], n: 2 })), "[7]");
  assert.ok(compiled.evaluate({ l: [1], n: "0.5" }) !== null);
  assert.ok(fromPlain(1) instanceof Decimal);
});
