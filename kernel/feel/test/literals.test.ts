import assert from "node:assert/strict";
import { test } from "node:test";
import { literalsOf, withLiteral } from "../index.ts";

const names = { age: "number", born_on: "date", day: "date", kinds: ["string"] } as const;
const found = (text: string, as?: "tests") => literalsOf(text, names, as).map((one) => `${one.kind} ${one.text}`);

test("numbers, days and spans of an expression are found, texts are not", () => {
  assert.deepEqual(found('age >= 18 and born_on > day - duration("P18Y")'), ["number 18", "duration P18Y"]);
  assert.deepEqual(found('if list contains(kinds, "a") then 1.5 else -2'), ["number 1.5", "number -2"]);
  assert.deepEqual(found('born_on < date("2008-01-31") or born_on = @"2010-05-01" or day > born_on + @"P3D"'), [
    "day 2008-01-31",
    "day 2010-05-01",
    "duration P3D",
  ]);
});

test("so are those of tests of a table cell", () => {
  assert.deepEqual(found("[1..5], > 12000", "tests"), ["number 1", "number 5", "number 12000"]);
  assert.deepEqual(found("-", "tests"), []);
});

test("a literal is replaced where it stands, and nothing else", () => {
  const text = 'born_on > day - duration("P18Y") and age < 18';
  const [span, years] = literalsOf(text, names);
  assert.equal(withLiteral(text, span!, "P16Y"), 'born_on > day - duration("P16Y") and age < 18');
  assert.equal(withLiteral(text, years!, "21"), 'born_on > day - duration("P18Y") and age < 21');
});

test("an expression with a fault has none", () => assert.deepEqual(found("age >"), []));
