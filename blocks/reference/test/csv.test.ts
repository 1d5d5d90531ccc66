import assert from "node:assert/strict";
import { test } from "node:test";
import { readCsv } from "../csv.ts";

test("quotes, commas, line ends and empty lines are read as RFC 4180 has them", () => {
  const { columns, rows, faults } = readCsv('\uFEFFa,b\r\n1,"x, ""y"""\r\n\r\n2,"two\nlines"\n3,\n');
  assert.deepEqual(columns, ["a", "b"]);
  assert.deepEqual(faults, []);
  assert.deepEqual(rows, [
    { line: 2, values: { a: "1", b: 'x, "y"' } },
    { line: 4, values: { a: "2", b: "two\nlines" } },
    { line: 6, values: { a: "3", b: "" } },
  ]);
});

test("each fault is told with its line, and good rows are kept", () => {
  const { rows, faults } = readCsv('a,a\n1\n2,3\n"x"y,4\n"open,5\n');
  assert.deepEqual(
    faults.map(({ line, code }) => `${line} ${code}`),
    ["4 csv-quote", "5 csv-quote", "1 csv-header", "2 csv-columns"],
  );
  assert.equal(rows.length, 2);
});
