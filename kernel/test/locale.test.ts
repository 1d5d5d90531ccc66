import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { compileMessage, createTexts, flatten, isLanguage, isMessage, languages } from "../locale.ts";

const files = "{count, plural, one {# файл} few {# файла} many {# файлов} other {# файла}}";

for (const [count, text] of [
  [0, "0 файлов"],
  [1, "1 файл"],
  [2, "2 файла"],
  [5, "5 файлов"],
  [11, "11 файлов"],
  [21, "21 файл"],
  [1.5, "1,5 файла"],
  [10_001, "10\u00a0001 файл"],
] as const) {
  test(`Russian counts ${count} as "${text}"`, () => assert.equal(compileMessage(files, "ru")({ count }), text));
}

test("an exact number goes before its plural form", () => {
  const show = compileMessage("{n, plural, =0 {nobody} =1 {just you} one {# person} other {# people}}", "en");
  assert.deepEqual(
    [0, 1, 2].map((n) => show({ n })),
    ["nobody", "just you", "2 people"],
  );
});

test("an offset is taken from the number, and exact numbers are compared before it", () => {
  const show = compileMessage("{n, plural, offset:1 =1 {you} one {you and # other} other {you and # others}}", "en");
  assert.deepEqual(
    [1, 2, 3].map((n) => show({ n })),
    ["you", "you and 1 other", "you and 2 others"],
  );
});

test("ordinals have forms of their own", () => {
  const show = compileMessage("{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}", "en");
  assert.deepEqual(
    [1, 2, 3, 4, 11, 21].map((n) => show({ n })),
    ["1st", "2nd", "3rd", "4th", "11th", "21st"],
  );
});

test("a choice stands inside a plural, and a plural inside a choice", () => {
  const inner = compileMessage("{n, plural, one {{kind, select, cat {a cat} other {a beast}}} other {{n} of them}}", "en");
  assert.deepEqual(
    [inner({ n: 1, kind: "cat" }), inner({ n: 1, kind: "ox" }), inner({ n: 3 })],
    ["a cat", "a beast", "3 of them"],
  );
  const outer = compileMessage("{kind, select, cat {{n, plural, one {# cat} other {# cats}}} other {{n}}}", "en");
  assert.deepEqual([outer({ n: 1, kind: "cat" }), outer({ n: 2, kind: "cat" }), outer({ n: 2 })], ["1 cat", "2 cats", "2"]);
});

test("a choice takes the other branch for what it does not know, also for names every object has", () => {
  const show = compileMessage("{kind, select, free {free} other {paid}}", "en");
  for (const kind of ["paid", "constructor", "__proto__", "toString", ""]) assert.equal(show({ kind }), "paid");
  assert.equal(show({ kind: "free" }), "free");
});

test("a missing value leaves a gap and no word of the machine", () => {
  for (const message of ["a{x}b", "a{x, number}b", "a{x, date}b", "a{x, plural, other {#}}b", "a{x, select, other {}}b"])
    assert.equal(compileMessage(message, "ru")({}), "ab", message);
});

test("numbers and days inside a text are written as its language writes them", () => {
  const show = compileMessage("{on, date}: {sum} ({sum, number})", "ky");
  assert.equal(show({ on: "2026-11-05", sum: 12_345.5 }), "2026-жылдын 5-ноябры: 12\u00a0345,5 (12\u00a0345,5)");
});

test("a value is never read as a message", () => {
  const show = compileMessage("Dear {name}, {n, plural, other {#}}", "en");
  assert.equal(show({ name: "{n} '{' # <b>&", n: 7 }), "Dear {n} '{' # <b>&, 7");
});

test("marks of HTML in a message are letters like others", () => {
  assert.equal(compileMessage("a < b <i>{x}</i>", "en")({ x: "<s>" }), "a < b <i><s></i>");
});

test("an apostrophe quotes a brace", () => assert.equal(compileMessage("it''s '{'x'}'", "en")({}), "it's {x}"));

test("an unclosed brace is no message", () => {
  assert.equal(isMessage("{open"), false);
  assert.equal(isMessage("{n, plural, one {#}}"), false);
  assert.equal(isMessage("{shut}"), true);
});

test("a text that is not there gives its key", () => {
  assert.equal(createTexts().translate("ky", "post.letters.title"), "post.letters.title");
});

test("a text added later takes the place of an earlier one", () => {
  const texts = createTexts();
  texts.add("pack", "en", { title: "Old {n}" });
  assert.equal(texts.of("en")("pack.title", { n: 1 }), "Old 1");
  texts.add("pack", "en", { title: "New {n}" });
  assert.equal(texts.of("en")("pack.title", { n: 1 }), "New 1");
  assert.ok(texts.has("pack.title"));
  assert.deepEqual(texts.keys("en"), ["pack.title"]);
  assert.deepEqual(texts.keys("ky"), []);
});

test("only the four languages of the house are languages", () => {
  assert.ok(languages.every(isLanguage));
  for (const value of ["de", "KY", "", undefined, null, 1]) assert.equal(isLanguage(value), false);
});

const root = fileURLToPath(new URL("../../", import.meta.url));
const locales = globSync("{kernel,blocks/*,apps/*}/{,*/}locales/*.yaml", { cwd: root, exclude: ["**/test/**"] });

test("the texts of the kernel and of every block are there to be tried", () => {
  assert.ok(languages.every((language) => locales.includes(`kernel/locales/${language}.yaml`)));
  assert.ok(locales.some((file) => file.startsWith("blocks/")));
});

for (const file of locales.sort()) {
  test(`every text of ${file} is a message that can be shown`, () => {
    const language = file.slice(-7, -5);
    assert.ok(isLanguage(language));
    const tree: unknown = parse(readFileSync(`${root}/${file}`, "utf8"));
    assert.deepEqual(wordless(tree), [], "an unquoted comma in { } ends a text");
    flatten("", tree, (key, text) => {
      assert.ok(isMessage(text), key);
      assert.equal(typeof compileMessage(text, language)({}), "string", key);
    });
  });
}

/** Keys that hold no text. */
function wordless(tree: unknown, place = ""): string[] {
  if (typeof tree !== "object" || tree === null) return typeof tree === "string" ? [] : [place];
  return Object.entries(tree).flatMap(([key, value]) => wordless(value, place ? `${place}.${key}` : key));
}
