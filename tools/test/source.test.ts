import assert from "node:assert/strict";
import { test } from "node:test";
import { countParameters } from "../walls/code.ts";
import { cut, importsOf } from "../walls/source.ts";

const literals = (text: string) => cut(text).literals.map((literal) => literal.text);
const imports = (text: string) => importsOf(cut(text)).map(({ specifier, line }) => `${specifier}:${line}`);

test("comments, strings, templates and regular expressions are told apart", () => {
  assert.deepEqual(literals(`a("x"); // "y"\n/* 'z' */ b('w')`), ["x", "w"]);
  assert.deepEqual(literals(String.raw`a("x\"y"); b('\\')`), [String.raw`x\"y`, String.raw`\\`]);
  assert.deepEqual(literals("const r = /[\"'`/]/g; const s = 'a';"), ["a"]);
  assert.deepEqual(literals("const half = a / 2; const s = 'a'; const t = b / 2;"), ["a"]);
  assert.deepEqual(literals('return /"/.test(a) ? "b" : "c";'), ["b", "c"]);
});

test("templates nest, and their parts are left out of the text", () => {
  const source = cut("sql`select \u0024{names.map((n) => sql`x = \u0024{n}`)} from \u0024{`t\u0024{1}`}`");
  assert.deepEqual(
    source.literals.map(({ text, tag }) => [tag, text]),
    [
      ["sql", "select $0 from $0"],
      ["sql", "x = $0"],
      [undefined, "t$0"],
    ],
  );
  assert.deepEqual(literals("`a\u0024{{ b: 1 }.b}c` + 'd'"), ["a$0c", "d"]);
});

test("an apostrophe in a page is no string and a closing tag no expression", () => {
  const page = `const P = () => (\n  <p>\n    Don't <b>{t("a.b")}</b> <br />\n  </p>\n);\nconst s = "end";`;
  assert.deepEqual(literals(page), ["a.b", "end"]);
});

test("blanked code keeps its length and its lines", () => {
  const text = 'a("x\\n"); /* b\n c */ `d\n\u0024{e}`;\n';
  const { code } = cut(text);
  assert.equal(code.length, text.length);
  assert.deepEqual(
    [...code.matchAll(/\n/g)].map((match) => match.index),
    [...text.matchAll(/\n/g)].map((match) => match.index),
  );
});

test("every way of importing is seen, and none where there is none", () => {
  assert.deepEqual(
    imports('import "a";\nimport b from "b";\nimport type { C } from "c";\nexport * from "d";\nexport { e } from "e";'),
    ["a:1", "b:2", "c:3", "d:4", "e:5"],
  );
  assert.deepEqual(imports('import {\n  a,\n  type B,\n} from "a";'), ["a:4"]);
  assert.deepEqual(imports('await import("a"); require.resolve("b"); import.meta.resolve("c");'), ["a:1", "b:1", "c:1"]);
  assert.deepEqual(imports('// import "a"\nconst s = "import b from \'b\'"; export const from = "c";'), []);
});

test("parameters are counted through types, defaults and patterns", () => {
  const count = (text: string) => countParameters(text, 0);
  assert.equal(count(")"), 0);
  assert.equal(count("a: Map<string, Set<number>>, b = { c: [1, 2] }, { d, e }: F,)"), 3);
  assert.equal(count("a: (b: string, c: string) => void, d: 1)"), 2);
  assert.equal(count("this: Window, a: string)"), 1);
});
