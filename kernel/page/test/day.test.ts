import assert from "node:assert/strict";
import { test } from "node:test";
import { readDayParts } from "../index.ts";

const read = (day: string, month: string, year: string) => readDayParts({ day, month, year });

test("a day of three parts is read as people type it; what is no day is none, and nothing is nothing", () => {
  assert.equal(read("5", "3", "2026"), "2026-03-05");
  assert.equal(read("05", "12", "1999"), "1999-12-05");
  assert.equal(read("29", "2", "2024"), "2024-02-29");
  assert.equal(read("", "", ""), null);
  for (const [day, month, year] of [
    ["29", "2", "2026"],
    ["31", "4", "2026"],
    ["0", "1", "2026"],
    ["1", "13", "2026"],
    ["1", "1", "26"],
    ["1", "", "2026"],
    ["5 ", "3", "2026"],
    ["-1", "3", "2026"],
    ["1", "1", "0000"],
    ["٥", "3", "2026"],
  ] as const)
    assert.equal(read(day, month, year), undefined, `${day}.${month}.${year}`);
});
