import assert from "node:assert/strict";
import { test } from "node:test";
import { createCalendar } from "../calendar.ts";
import type { CalendarDay } from "../declaration.ts";

const day = (on: string, kind: string): CalendarDay => ({
  day: on,
  kind,
  estimated: false,
  name: { ky: on, ru: on, kk: on, en: on },
});
const calendar = createCalendar({ weekend: [6, 7], off: ["public"], working: ["working_saturday"] }, [
  day("2026-03-20", "public"),
  day("2026-03-21", "public"),
  day("2026-03-28", "working_saturday"),
  day("2026-04-07", "remembrance"),
]);

for (const [on, works] of [
  ["2026-03-19", true],
  ["2026-03-20", false],
  ["2026-03-21", false],
  ["2026-03-22", false],
  ["2026-03-23", true],
  ["2026-03-28", true],
  ["2026-03-29", false],
  ["2026-04-07", true],
] as const) {
  test(`${on} is ${works ? "a" : "no"} working day`, () => assert.equal(calendar.workingDay(on), works));
}

test("working days are counted over weekends, holidays and the end of a year", () => {
  assert.equal(calendar.addWorkingDays("2026-03-19", 0), "2026-03-19");
  assert.equal(calendar.addWorkingDays("2026-03-19", 1), "2026-03-23");
  assert.equal(calendar.addWorkingDays("2026-03-19", 6), "2026-03-28");
  assert.equal(calendar.addWorkingDays("2026-03-23", -1), "2026-03-19");
  assert.equal(calendar.addWorkingDays("2026-12-31", 1), "2027-01-01");
});

test("going forth and back over working days comes to the same day", () => {
  for (let n = 1; n < 40; n++) assert.equal(calendar.addWorkingDays(calendar.addWorkingDays("2026-03-19", n), -n), "2026-03-19");
});
