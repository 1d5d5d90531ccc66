import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { FieldDeclaration } from "../declaration.ts";
import { isDay, readField } from "../field.ts";
import type { FieldState } from "../form.ts";
import type { Typed } from "../situation.ts";

const title = { ky: "т", ru: "т", kk: "т", en: "t" };
const read = (declaration: Partial<FieldDeclaration>, typed: Typed, state: Partial<FieldState> = {}) => {
  const field = { declaration: { field: "f", type: "text", title, ...declaration } as FieldDeclaration };
  const result = readField({ field, active: true, options: [], value: null, suggested: "", ...state }, typed, null);
  return "fault" in result ? result.fault.code : result.value;
};
const options = [
  { value: "a", label: "A" },
  { value: "b", label: "B" },
];

describe("one answer", () => {
  for (const [what, declaration, typed, state, came] of [
    ["text is trimmed", {}, { f: "  a   b " }, {}, "a b"],
    ["nothing typed", {}, {}, {}, "enter"],
    ["nothing typed where it need not be", { required: false }, { f: " " }, {}, null],
    ["too long by one", { maxLength: 3 }, { f: "abcd" }, {}, "too-long"],
    ["length is counted in characters, not in units", { maxLength: 3 }, { f: "😀😀😀" }, {}, "😀😀😀"],
    ["a control character", {}, { f: "a\u0000b" }, {}, "not-text"],
    ["broken UTF-8", {}, { f: "a\ufffd" }, {}, "not-text"],
    ["an option", { type: "choice" }, { f: "b" }, { options }, "b"],
    ["no such option", { type: "choice" }, { f: "c" }, { options }, "not-an-option"],
    ["one of many is not there", { type: "record", many: true }, { f: ["a", "c"] }, { options }, "not-an-option"],
    ["many, each once", { type: "record", many: true }, { f: ["a", "b", "a"] }, { options }, ["a", "b"]],
    ["none of many", { type: "record", many: true }, { f: [] }, { options }, "choose-some"],
    ["yes", { type: "yes-no" }, { f: "yes" }, {}, true],
    ["neither yes nor no", { type: "yes-no" }, { f: "true" }, {}, "not-an-option"],
    ["a day in three parts", { type: "date" }, { "f.day": "5", "f.month": "2", "f.year": "2026" }, {}, "2026-02-05"],
    ["a day in one", { type: "date" }, { f: "2026-02-05" }, {}, "2026-02-05"],
    ["a day that does not exist", { type: "date" }, { "f.day": "30", "f.month": "2", "f.year": "2026" }, {}, "not-a-day"],
    ["a year of two digits", { type: "date" }, { "f.day": "5", "f.month": "2", "f.year": "26" }, {}, "not-a-day"],
    ["a part left out", { type: "date" }, { "f.day": "5", "f.year": "2026" }, {}, "not-a-day"],
    ["the first day allowed", { type: "date" }, { f: "2026-02-05" }, { min: "2026-02-05" }, "2026-02-05"],
    ["a day too early", { type: "date" }, { f: "2026-02-04" }, { min: "2026-02-05" }, "too-early"],
    ["a day too late", { type: "date" }, { f: "2026-02-06" }, { max: "2026-02-05" }, "too-late"],
    ["a number with spaces and a comma", { type: "number" }, { f: "1 200,5" }, {}, 1200.5],
    ["no number", { type: "number" }, { f: "12abc" }, {}, "not-a-number"],
    ["a number of another notation", { type: "number" }, { f: "1e3" }, {}, "not-a-number"],
    ["a number too small", { type: "number" }, { f: "0" }, { min: "1" }, "too-small"],
  ] as [string, Partial<FieldDeclaration>, Typed, Partial<FieldState>, unknown][]) {
    test(what, () => assert.deepEqual(read(declaration, typed, state), came));
  }

  test("leap days", () => {
    assert.ok(isDay("2024-02-29"));
    assert.ok(!isDay("2026-02-29"));
    assert.ok(!isDay("1700-01-01"));
  });
});
