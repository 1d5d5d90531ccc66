import assert from "node:assert/strict";
import { test } from "node:test";
import { describeMission } from "../run/mission.ts";
import { root } from "../run/project.ts";
import { findProofs, readRows, rowPattern, rowsIn } from "../run/rows.ts";
import { memoryTree, projectTree } from "../walls/tree.ts";

const place = "blocks/lower/test/record.test.ts";
const proofs = (text: string, more: Record<string, string> = {}) =>
  findProofs(memoryTree({ [place]: text, ...more })).map(({ row, file, line }) =>
    file === place ? `${row}:${line}` : `${row} ${file}:${line}`,
  );

test("the mission lists each row once, with a title", () => {
  const rows = readRows(projectTree(root));
  assert.equal(rows.length, 81);
  assert.equal(new Set(rows.map(({ id }) => id)).size, 81);
  for (const { id, title } of rows) {
    assert.deepEqual(rowsIn(id), [id]);
    assert.ok(title.length > 3);
  }
});

test("a title carries the rows it begins with, and the first row is not the tenth", () => {
  assert.deepEqual(rowsIn("M-A8 M-F20: a bank confirms"), ["M-A8", "M-F20"]);
  assert.deepEqual(rowsIn("M-0.10: one number"), ["M-0.10"]);
  assert.deepEqual(rowsIn("M-A8, M-A2 M-F3 a bank"), ["M-A8", "M-A2", "M-F3"]);
  assert.deepEqual(rowsIn("RM-A8"), []);
  assert.deepEqual(rowsIn("M-Z1, M-A, M-A8b"), []);
  assert.deepEqual(rowsIn("a letter, unlike M-A8, is free"), []);
  assert.equal(rowPattern("M-0.1").test("M-0.10: one number"), false);
  assert.equal(rowPattern("M-0.1").test("M-0.1: the record"), true);
  assert.equal(rowPattern("M-A1").test("a suite M-A1: b"), true);
  assert.equal(rowPattern("M-A1").test("M-A11: b"), false);
});

test("tests, suites with tests and templates carry rows", () => {
  assert.deepEqual(proofs('test("M-A1: a", () => {});\nit(`M-A2: \u0024{b}`, () => {});'), ["M-A1:1", "M-A2:2"]);
  assert.deepEqual(proofs('describe("M-A3", () => {\n  it("a", () => {});\n});'), ["M-A3:1"]);
  assert.deepEqual(proofs('test("M-A1: a", { skip: missing("pdfsig") }, () => {});'), ["M-A1:1"]);
});

test("what cannot run carries nothing", () => {
  assert.deepEqual(
    proofs('test.skip("M-A1: a", () => {});\ntest.todo("M-A1: b");\nit("M-A1: c", { skip: true }, () => {});'),
    [],
  );
  assert.deepEqual(proofs('test("M-A1: a", { skip: "later" }, () => {});'), []);
  assert.deepEqual(proofs('describe.skip("b", () => {\n  it("M-A1: a", () => {});\n});\ndescribe("M-A2", () => {});'), []);
  assert.deepEqual(proofs('// test("M-A1: a")\nconst text = \'test("M-A1: b")\';\nt.test("M-A1: c", () => {});'), []);
  assert.deepEqual(proofs("", { "blocks/lower/record.ts": 'test("M-A1: a", () => {});' }), []);
});

test("an example of a pack carries its rows once a test runs examples by them", () => {
  const example = { "packs/fishing/services/permit/examples/first.yaml": "person: 1\nproves: [M-A18, M-0.2]\n" };
  const place = "packs/fishing/services/permit/examples/first.yaml";
  assert.deepEqual(proofs('test("a", () => {});', example), []);
  assert.deepEqual(proofs('for (const e of examples) test(`\u0024{e.proves.join(" ")}: \u0024{e.name}`, () => {});', example), [
    `M-A18 ${place}:2`,
    `M-0.2 ${place}:2`,
  ]);
});

test("the mission tells open rows, carried rows and names that are no rows", () => {
  const rows = [
    { id: "M-A1", title: "Portal" },
    { id: "M-A2", title: "Exchange" },
  ];
  const proof = { file: "a.test.ts", line: 3, title: "M-A1: a", kind: "test" as const };
  const { lines, faults } = describeMission(rows, [
    { ...proof, row: "M-A1" },
    { ...proof, row: "M-A99" },
  ]);
  assert.match(lines[0]!, /^M-A1 +Portal +1 test$/);
  assert.match(lines[1]!, /a\.test\.ts:3/);
  assert.match(lines[2]!, /^M-A2 +Exchange +open$/);
  assert.equal(lines.at(-1), "2 rows: 1 carried by 1 acceptance tests, 1 open");
  assert.deepEqual(faults, ["a.test.ts:3 names M-A99, which is no row"]);
});
