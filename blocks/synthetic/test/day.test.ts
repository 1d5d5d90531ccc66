import assert from "node:assert/strict";
import { test } from "node:test";
import { addYears, ageOn, dayNumber, isoDay } from "../day.ts";

test("days go to numbers and back, over leap years and before 1970", () => {
  for (let day = -45_000; day < 30_000; day += 17) {
    assert.equal(isoDay(day), new Date(day * 86_400_000).toISOString().slice(0, 10));
    assert.equal(dayNumber(isoDay(day)), day);
  }
});

test("years are counted by birthdays", () => {
  const born = dayNumber("2004-02-29");
  assert.equal(isoDay(addYears(born, 18)), "2022-03-01");
  assert.equal(ageOn(born, dayNumber("2022-02-28")), 17);
  assert.equal(ageOn(born, dayNumber("2022-03-01")), 18);
});
