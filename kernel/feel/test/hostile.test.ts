import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExpression, compileUnaryTests, fromPlain, printValue, toPlain } from "../index.ts";

function codesOf(expression: string, facts: Record<string, unknown> = {}): string[] {
  const compiled = compileExpression(expression, { names: ["x", "l", "text"] });
  if (!compiled.ok) return compiled.faults.map((fault) => fault.code);
  const trace = compiled.evaluateWithTrace(facts as never);
  assert.equal(trace.value, null, printValue(trace.value));
  return trace.warnings.map((warning) => warning.code);
}

for (const path of [
  "x.__proto__",
  "x.constructor",
  "x.prototype",
  "x.toString",
  "x.hasOwnProperty",
  "x.constructor.constructor",
  "x.a.__proto__",
]) {
  test(`hostile: ${path} of a plain fact reaches nothing of JavaScript`, () => {
    assert.deepEqual(codesOf(path, { x: { a: {} } }), ["fact-missing"]);
  });
}

for (const expression of ["__proto__", "constructor", "toString", "globalThis", "process", "require"]) {
  test(`hostile: the name ${expression} is unknown`, () => {
    const compiled = compileExpression(expression, { names: [] });
    assert.ok(!compiled.ok);
    assert.match(compiled.faults[0]!.code, /^name-/);
  });
}

for (const expression of ["constructor(1)", "__proto__(1)", "toString()", 'eval("1")', 'Function("return 1")']) {
  test(`hostile: the call ${expression} is a fault`, () => {
    const compiled = compileExpression(expression, { names: [] });
    assert.ok(!compiled.ok);
  });
}

test("hostile: properties of lists, strings, numbers and functions of JavaScript are not there", () => {
  for (const path of ["l.length", "l.map", "text.length", "x.small", "abs.call"]) {
    const compiled = compileExpression(path, { names: ["x", "l", "text"] });
    if (!compiled.ok) continue;
    const value = compiled.evaluate({ x: fromPlain(1), l: [], text: "abc" });
    assert.ok(value === null || printValue(value) === "[]", `${path} gave ${printValue(value)}`);
  }
});

test("hostile: an entry named __proto__ is an entry like another and changes no prototype", () => {
  const compiled = compileExpression('{"__proto__": {admin: true}, b: 1}', { names: [] });
  assert.ok(compiled.ok);
  const plain = toPlain(compiled.evaluate({})) as Record<string, unknown>;
  assert.equal(Object.getPrototypeOf(plain), Object.prototype);
  assert.equal(plain.admin, undefined);
  assert.ok(Object.hasOwn(plain, "__proto__"));
  assert.equal(({} as Record<string, unknown>).admin, undefined);
  const given = compileExpression("x.b", { names: ["x"] });
  assert.ok(given.ok);
  assert.equal(printValue(given.evaluate({ x: JSON.parse('{"__proto__": {"b": 1}}') })), "null");
});

test("hostile: context put with __proto__ changes nothing of JavaScript", () => {
  const compiled = compileExpression('context put({}, "__proto__", {polluted: true})', { names: [] });
  assert.ok(compiled.ok);
  toPlain(compiled.evaluate({}));
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

for (const expression of [
  "for a in 1..1000000000 return a",
  "for a in 1..100000, b in 1..100000 return 1",
  "some a in 1..1000000000 satisfies a < 0",
  "every a in 1..1000000000 satisfies a > 0",
  "count(for a in 1..100000 return for b in 1..100000 return b)",
  "sum(for a in 1..400000 return partial)",
]) {
  test(`hostile: ${expression} ends at the budget`, () => assert.deepEqual(codesOf(expression), ["limit"]));
}

test("hostile: text that doubles itself ends at the limit", () => {
  const doubling = Array.from({ length: 40 }, (_, step) => `a${step + 1}: a${step} + a${step}`).join(", ");
  assert.ok(codesOf(`{a0: "0123456789", ${doubling}}.a40`).some((code) => code === "text-limit" || code === "limit"));
});

test("hostile: lists that double themselves end at the budget", () => {
  const doubling = Array.from({ length: 40 }, (_, step) => `a${step + 1}: concatenate(a${step}, a${step})`).join(", ");
  assert.deepEqual(codesOf(`{a0: [1, 2, 3], ${doubling}}.a40`), ["limit"]);
});

test("hostile: endless recursion ends", () => {
  assert.deepEqual(codesOf("(function(f) f(f))(function(f) f(f))"), ["limit"]);
});

test("hostile: deep nesting is a fault, in brackets or without", () => {
  const deep: [string, string][] = [
    [`${"(".repeat(500)}1${")".repeat(500)}`, "too-deep"],
    [`${"[".repeat(500)}1${"]".repeat(500)}`, "too-deep"],
    [`${"{a: ".repeat(500)}1${"}".repeat(500)}`, "too-deep"],
    [`${"if true then ".repeat(220)}1${" else 2".repeat(220)}`, "too-deep"],
    [`${"-".repeat(2000)}1`, "too-deep"],
    [`1${" + 1".repeat(1000)}`, "too-deep"],
    ["1 + ".repeat(6000), "too-long"],
    [Array.from({ length: 400 }, (_, n) => `x = ${n}`).join(" or "), "too-deep"],
  ];
  for (const [expression, code] of deep) {
    const compiled = compileExpression(expression, { names: [] });
    assert.ok(!compiled.ok);
    assert.equal(compiled.faults[0]?.code, code, expression.slice(0, 30));
  }
});

test("hostile: long chains of and, or are no nesting", () => {
  const compiled = compileExpression(Array.from({ length: 250 }, (_, n) => `x = ${n}`).join(" or "), { names: ["x"] });
  assert.ok(compiled.ok);
  assert.equal(compiled.evaluate({ x: 249 }), true);
});

for (const pattern of [
  "^(a+)+$",
  "^(a*)*$",
  "^(a|a)*$",
  "^(a|aa)+$",
  "([a-z]+)*x",
  "(.*)(.*)(.*)(.*)(.*)x",
  "(\\\\w+\\\\s?)+x",
  "((a?){30}){3}b",
]) {
  test(`hostile: the pattern ${pattern} finds nothing in five thousand letters, and ends`, () => {
    const compiled = compileExpression(`matches(text, "${pattern}")`, { names: ["text"] });
    assert.ok(compiled.ok, JSON.stringify(compiled));
    assert.equal(compiled.evaluate({ text: `${"a".repeat(5000)}!` }), false);
  });
}

for (const pattern of ["(a{0,100}){0,100}", "(((a{99}){99}){99}){99}", "a{9999}", `${"(".repeat(100)}a${")".repeat(100)}`]) {
  test(`hostile: the pattern ${pattern.slice(0, 30)} is too large to be one`, () => {
    const compiled = compileExpression(`matches("a", "${pattern}")`, { names: [] });
    assert.ok(!compiled.ok);
    assert.equal(compiled.faults[0]?.code, "pattern-bad");
  });
}

test("hostile: values that share their parts are neither compared, printed nor returned without end", () => {
  const build = (name: string): string =>
    Array.from({ length: 40 }, (_, step) => `${name}${step + 1}: [${name}${step}, ${name}${step}]`).join(", ");
  const both = `a0: [1], ${build("a")}, b0: [1], ${build("b")}`;
  assert.deepEqual(codesOf(`{${both}, r: a40 = b40}.r`), ["limit"]);
  assert.deepEqual(codesOf(`{a0: [1], ${build("a")}, r: string(a40)}.r`), ["limit"]);
  assert.deepEqual(codesOf(`{a0: [1], ${build("a")}, r: flatten(a40)}.r`), ["limit"]);
  assert.deepEqual(codesOf(`{a0: [1], ${build("a")}, r: a40}.r`), ["limit"]);
  assert.deepEqual(codesOf(`{a0: [1], ${build("a")}, r: a40 instance of list<list<list<Any>>>}.r and null`), []);
});

test("hostile: patterns and inputs are capped in length", () => {
  const compiled = compileExpression("matches(text, x)", { names: ["text", "x"] });
  assert.ok(compiled.ok);
  assert.deepEqual(
    [
      { text: "a".repeat(200_000), x: "a" },
      { text: "a", x: "a".repeat(5000) },
    ].map((given) => compiled.evaluateWithTrace(given).warnings[0]?.code),
    ["pattern-long", "pattern-long"],
  );
});

test("hostile: random text never throws, neither compiled nor evaluated", () => {
  const pieces = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "1",
    "a",
    "x",
    ".",
    "..",
    ",",
    ":",
    '"',
    "+",
    "-",
    "*",
    "/",
    "**",
    "<",
    ">",
    "=",
    "!=",
    "and ",
    "or ",
    "if ",
    "then ",
    "else ",
    "for ",
    "in ",
    "return ",
    "some ",
    "satisfies ",
    "function",
    "not",
    "null",
    "@",
    "?",
    " ",
    "\n",
    "instance of ",
    "list<",
    "between ",
    "ө",
    "😀",
    "'",
    "\\",
    "#",
    "date",
    "\u0000",
  ];
  let seed = 7;
  for (let round = 0; round < 3000; round += 1) {
    let text = "";
    for (let length = 1 + (round % 12); length > 0; length -= 1) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      text += pieces[(seed >>> 8) % pieces.length];
    }
    const compiled = compileExpression(text, { names: ["x", "a"] });
    if (compiled.ok) compiled.evaluate({ x: 1, a: [1, { a: 2 }] });
    const tests = compileUnaryTests(text, { names: ["x", "a"] });
    if (tests.ok) tests.evaluate(1, { x: 1, a: "b" });
  }
});

test("hostile: facts with getters, cycles and strange kinds do no harm", () => {
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  const compiled = compileExpression("x", { names: ["x"] });
  assert.ok(compiled.ok);
  for (const x of [cycle, Symbol("s"), () => 1, new Date(Number.NaN), Number.NaN, new (class Odd {})()])
    compiled.evaluate({ x: x as never });
});
