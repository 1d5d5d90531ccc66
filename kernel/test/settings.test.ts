import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../problem.ts";
import { readSettings, text, wholeNumber } from "../settings.ts";

const table = {
  mark: text("KEREGE_MARK", "What stands on the papers.", "demo"),
  days: wholeNumber("KEREGE_DAYS", "Days a paper is good for, 1 to 365.", 30, { min: 1, max: 365 }),
};
const refuses = (env: string) => (error: unknown) =>
  error instanceof Problem && error.code === "kernel.bad-setting" && error.params.env === env;

test("a setting nobody gives has its default, an empty one too", () => {
  assert.deepEqual(readSettings(table, {}), { mark: "demo", days: 30 });
  assert.deepEqual(readSettings(table, { KEREGE_MARK: "", KEREGE_DAYS: "", OTHER: "1" }), { mark: "demo", days: 30 });
});

test("a setting is read from its variable", () => {
  assert.deepEqual(readSettings(table, { KEREGE_MARK: "Ош", KEREGE_DAYS: "365" }), { mark: "Ош", days: 365 });
});

for (const value of ["0", "366", "-1", "1.5", "1e2", " 7", "0x10", "seven", "99999999999999999999"]) {
  test(`"${value}" is no number of days, and the variable is named`, () => {
    assert.throws(() => readSettings(table, { KEREGE_DAYS: value }), refuses("KEREGE_DAYS"));
  });
}

test("the value that was refused is not repeated: it may be a secret in the wrong place", () => {
  assert.throws(
    () => readSettings(table, { KEREGE_DAYS: "hunter2" }),
    (error) => error instanceof Problem && !JSON.stringify([error.message, error.params]).includes("hunter2"),
  );
});
