import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { addLocales, createTexts, languages } from "../../locale.ts";
import { compileExpression, describeFault, describeWarning, feelLocales } from "../index.ts";
import { facts, shapes } from "./table.ts";

const faults: readonly (readonly [
  expression: string,
  code: string,
  line: number,
  column: number,
  params?: Record<string, string>,
])[] = [
  ["", "empty", 1, 1],
  ["   ", "empty", 1, 1],
  ["1 +", "operand-missing", 1, 3, { after: "+" }],
  ["income > and true", "operand-missing", 1, 8, { after: ">" }],
  ["true and", "operand-missing", 1, 6, { after: "and" }],
  ["income == 1", "sign", 1, 8, { wrong: "==", right: "=" }],
  ["true && false", "sign", 1, 6, { right: "and" }],
  ["true || false", "sign", 1, 6, { right: "or" }],
  ["income <> 1", "sign", 1, 8, { right: "!=" }],
  ["income ≥ 1", "sign", 1, 8, { right: ">=" }],
  ["!true", "sign-not", 1, 1],
  ["income % 2", "sign-percent", 1, 8],
  ["words[1] = 'a'", "quote", 1, 12],
  ["words[1] = «a»", "quote", 1, 12],
  ['words[1] = "a', "string-open", 1, 12],
  ["1 /* note", "comment-open", 1, 3],
  ["sum(list", "bracket-open", 1, 4, { bracket: "(" }],
  ["{a: 1", "bracket-open", 1, 1, { bracket: "{" }],
  ["sum(list))", "bracket-close", 1, 10],
  ["[1, 2,]", "comma-last", 1, 6],
  ["if true 1 else 2", "then-missing", 1, 9],
  ["if true then 1", "else-missing", 1, 15],
  ["person.", "name-missing", 1, 8],
  ["1 2", "unexpected", 1, 3, { text: "2" }],
  ["for c: number in list return c", "iterator-type", 1, 6],
  ["incme > 1", "name-near", 1, 1, { near: "income" }],
  ["person.agee", "field-near", 1, 8, { near: "age" }],
  ["person.shoe size", "field-unknown", 1, 8],
  ["person.children.agee", "field-near", 1, 17, { near: "age" }],
  ["person.children[agee > 1]", "name-near", 1, 17, { near: "age" }],
  ["person.born_on.yeer", "field-near", 1, 16, { near: "year" }],
  ["zzzzzz", "name-unknown", 1, 1],
  ["true and\nincome > 0 and\n  incme < 5", "name-near", 3, 3, { near: "income" }],
  ['strng length("a")', "function-near", 1, 1, { near: "string length" }],
  ["frobnicate(1)", "function-unknown", 1, 1],
  ["abs(1, 2)", "argument-count", 1, 1],
  ["abs(value: 1)", "argument-names", 1, 1],
  ['person.age = "18"', "types-differ", 1, 1, { left: "number", right: "string" }],
  ['person.born_on < "2000-01-01"', "types-differ", 1, 1, { left: "date", right: "string" }],
  ['@"2026-13-01"', "literal-bad", 1, 1],
  ["1e9999", "number-range", 1, 1],
  ["? > 1", "input-outside", 1, 1],
  ['matches("a", "(")', "pattern-bad", 1, 14],
  ['replace("a", "(a)\\\\1", "b")', "pattern-bad", 1, 14],
  ['function(a) external {java: {class: "java.lang.Math"}}', "function-external", 1, 13],
];

for (const [expression, code, line, column, params] of faults) {
  test(`faults: ${JSON.stringify(expression)} is ${code} at ${line}:${column}`, () => {
    const compiled = compileExpression(expression, { names: shapes });
    assert.ok(!compiled.ok);
    const [fault] = compiled.faults;
    assert.deepEqual([fault?.code, fault?.line, fault?.column], [code, line, column]);
    for (const [name, value] of Object.entries(params ?? {})) assert.equal(fault?.params[name], value);
    assert.ok(fault && !fault.message.includes("faults.") && !fault.remedy.includes("faults."));
  });
}

test("faults: all unknown names of an expression are told at once, in their order", () => {
  const compiled = compileExpression("incme > 1 and person.agee > 2 and frobnicate(1)", { names: shapes });
  assert.ok(!compiled.ok);
  assert.deepEqual(
    compiled.faults.map((fault) => fault.code),
    ["name-near", "field-near", "function-unknown"],
  );
});

test("faults: columns count characters, not UTF-16 units", () => {
  const compiled = compileExpression('"😀" = incme', { names: shapes });
  assert.ok(!compiled.ok);
  assert.equal(compiled.faults[0]?.column, 7);
});

const warnings: readonly (readonly [expression: string, code: string, column: number])[] = [
  ["1 + nothing", "operand-null", 1],
  ['2 * (1 + "a")', "operand-types", 6],
  ["1 / 0", "division-zero", 1],
  ["x.missing > 1", "fact-missing", 1],
  ["{a: 1}.b", "field-missing", 8],
  ["if nothing then 1 else 2", "condition-null", 4],
  ['date("nonsense")', "text-unreadable", 1],
  ["date(2026, 2, 30)", "date-none", 1],
  ["upper case(nothing)", "argument-null", 1],
  ["upper case(1)", "argument-type", 1],
  ['substring("abc", 9)', "position-outside", 1],
  ['list["a"]', "filter-type", 1],
  ["for i in nothing return i", "iterator-null", 10],
  ["[3..1]", "range-ends", 1],
  ['matches("a", words[1] + "(")', "pattern-bad", 1],
  ["x(1)", "not-a-function", 1],
  ["1 + sqrt(-4)", "number-range", 5],
];

for (const [expression, code, column] of warnings) {
  test(`warnings: ${expression} tells ${code} at column ${column}`, () => {
    const compiled = compileExpression(expression, { names: shapes });
    assert.ok(compiled.ok, JSON.stringify(compiled));
    const { warnings: told } = compiled.evaluateWithTrace(facts);
    assert.deepEqual([told[0]?.code, told[0]?.column], [code, column]);
    assert.ok(!told[0]?.message.includes("warnings."));
  });
}

test("warnings: a value that cannot be read as its declared type is null and told", () => {
  const compiled = compileExpression("person.age", { names: shapes });
  assert.ok(compiled.ok);
  const trace = compiled.evaluateWithTrace({ person: { age: "old" } });
  assert.deepEqual([trace.value, trace.warnings[0]?.code], [null, "fact-unreadable"]);
});

test("texts: the four languages have the same keys and every code used in the code", () => {
  const texts = createTexts();
  addLocales(texts, "feel", feelLocales);
  const english = texts.keys("en").sort();
  assert.ok(english.length > 80);
  for (const language of languages) assert.deepEqual(texts.keys(language).sort(), english, language);
  const folder = new URL("../", import.meta.url);
  const source = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => readFileSync(new URL(file, folder), "utf8"))
    .join("\n");
  for (const key of english) {
    const [, , code] = key.split(".");
    assert.ok(source.includes(`"${code}"`), `${key} is used nowhere`);
  }
});

test("texts: each language tells a fault and a warning in its own words", () => {
  const said = languages.map((language) =>
    describeFault({ code: "name-near", params: { name: "incme", near: "income" } }, language),
  );
  assert.equal(new Set(said.map(({ message }) => message)).size, 4);
  for (const { message, remedy } of said) assert.ok(message.includes("incme") && remedy.includes("income"));
  assert.equal(new Set(languages.map((language) => describeWarning({ code: "division-zero", params: {} }, language))).size, 4);
});
