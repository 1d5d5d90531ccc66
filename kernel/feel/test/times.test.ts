import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExpression, printValue } from "../index.ts";
import { dateOfEpochDay, FeelDate, makeDate, parseDate } from "../temporal.ts";
import { checkCases } from "./table.ts";

const age = (born: string, on: string): string => `years and months duration(date("${born}"), date("${on}")).years`;

checkCases("times", [
  ['date("2026-11-22")', "2026-11-22"],
  ['@"2026-11-22"', "2026-11-22"],
  ["date(2026, 11, 22)", "2026-11-22"],
  ['date("2026-02-30")', "null"],
  ["date(2025, 2, 29)", "null"],
  ["date(2024, 2, 29)", "2024-02-29"],
  ['date("2026-1-1")', "null"],
  ['date("-0044-03-15").year', "-44"],
  ['date("999999999-12-31")', "999999999-12-31"],
  ['date("9999999999-12-31")', "null"],
  ['date("01999-12-31")', "null"],
  ['date("2026-11-22").weekday', "7"],
  ['date("2026-11-22").month', "11"],
  ['day of week(date("2026-11-22"))', '"Sunday"'],
  ['month of year(date("2026-11-22"))', '"November"'],
  ['day of year(date("2024-12-31"))', "366"],
  ['week of year(date("2005-01-01"))', "53"],
  ['week of year(date("2026-01-01"))', "1"],
  ['time("09:30:00")', "09:30:00"],
  ['time("09:30:00.5+06:00")', "09:30:00.5+06:00"],
  ['time("24:00:00")', "00:00:00"],
  ['time("24:00:01")', "null"],
  ['time("09:60:00")', "null"],
  ["time(9, 30, 0)", "09:30:00"],
  ['time(9, 30, 0, duration("PT6H"))', "09:30:00+06:00"],
  ['time("09:30:00@Asia/Bishkek")', "09:30:00@Asia/Bishkek"],
  ['time("09:30:00@Nowhere/City")', "null"],
  ['time("09:30:00+19:00")', "null"],
  ['date and time("2026-11-22T09:30:00Z")', "2026-11-22T09:30:00Z"],
  ['date and time("2026-12-31T24:00:00")', "2027-01-01T00:00:00"],
  ['date and time("2026-11-22")', "2026-11-22T00:00:00"],
  ['date and time(date("2026-11-22"), time("09:30:00"))', "2026-11-22T09:30:00"],
  ['date(date and time("2026-11-22T09:30:00Z"))', "2026-11-22"],
  ['time(date and time("2026-11-22T09:30:00Z"))', "09:30:00Z"],
  ['duration("P1Y2M")', "P1Y2M"],
  ['duration("P14M")', "P1Y2M"],
  ['duration("-P14M")', "-P1Y2M"],
  ['duration("PT36H")', "P1DT12H"],
  ['duration("PT90.5S")', "PT1M30.5S"],
  ['duration("P0D")', "PT0S"],
  ['duration("P0Y")', "P0M"],
  ['duration("P1Y2D")', "null"],
  ['duration("P")', "null"],
  ['duration("P1DT")', "null"],
  ['date("2024-01-31") + duration("P1M")', "2024-02-29"],
  ['date("2023-01-31") + duration("P1M")', "2023-02-28"],
  ['date("2024-02-29") + duration("P1Y")', "2025-02-28"],
  ['date("2024-02-29") - duration("P1Y")', "2023-02-28"],
  ['date("2026-11-22") + duration("P10D")', "2026-12-02"],
  ['duration("P10D") + date("2026-11-22")', "2026-12-02"],
  ['date("2026-11-22") - duration("PT1H")', "2026-11-21"],
  ['date("2026-11-22") - date("2026-11-01")', "P21D"],
  ['date("2026-11-01") - date("2026-11-22")', "-P21D"],
  ['date and time("2026-11-22T09:30:00") + duration("PT15H")', "2026-11-23T00:30:00"],
  ['date and time("2026-11-22T09:30:00Z") - date and time("2026-11-22T09:30:00+06:00")', "PT6H"],
  ['date and time("2018-10-10T00:00:00@Asia/Dhaka") - date and time("2018-10-10T00:00:00@Europe/Paris")', "-PT4H"],
  ['date and time("2026-11-22T09:30:00Z") - date and time("2026-11-22T09:30:00")', "null"],
  ['date and time("2026-11-22T09:30:00Z") = date and time("2026-11-22T15:30:00+06:00")', "true"],
  ['date and time("2026-11-22T09:30:00Z") < date and time("2026-11-22T15:30:00+07:00")', "false"],
  ['date and time("2026-11-22T09:30:00Z") < date and time("2026-11-22T09:30:00")', "null"],
  ['time("23:00:00") + duration("PT2H")', "01:00:00"],
  ['time("01:00:00") - duration("PT2H")', "23:00:00"],
  ['time("10:00:00") - time("09:30:00")', "PT30M"],
  ['time("09:30:00") < time("10:00:00")', "true"],
  ['date("2026-11-22") < date("2026-11-23")', "true"],
  ['date("2026-11-22") = date("2026-11-22")', "true"],
  ['date("2026-11-22") < date and time("2026-11-23T00:00:00")', "fault: types-differ"],
  ['duration("P1Y") = duration("P12M")', "true"],
  ['duration("P1D") = duration("PT24H")', "true"],
  ['duration("P1M") < duration("P30D")', "null"],
  ['duration("P1Y") * 1.5', "P1Y6M"],
  ['1.5 * duration("PT1H")', "PT1H30M"],
  ['duration("P1Y") / 2', "P6M"],
  ['duration("PT1H") / 3', "PT20M"],
  ['duration("P1D") / duration("PT6H")', "4"],
  ['duration("P1Y") / duration("P6M")', "2"],
  ['duration("P1Y") / 0', "null"],
  ['duration("P1Y") / duration("P1D")', "null"],
  ['duration("P1Y") + duration("P1D")', "null"],
  ['duration("P1Y") - duration("P1M")', "P11M"],
  ['-duration("P1DT2H")', "-P1DT2H"],
  ['abs(duration("-P1Y"))', "P1Y"],
  ['date("2026-11-22") + date("2026-11-22")', "null"],
  ['date("2026-11-22") + 1', "null"],
  ['date("999999999-12-31") + duration("P1D")', "null"],
  ['duration("P1DT2H3M4S").hours', "2"],
  ['duration("-P1DT2H").days', "-1"],
  ['duration("P2Y3M").months', "3"],
  ['date and time("2026-11-22T09:30:00@Asia/Bishkek").time offset', "PT6H"],
  ['date and time("2026-11-22T09:30:00@Asia/Bishkek").timezone', '"Asia/Bishkek"'],
  ['date and time("2026-11-22T09:30:00").time offset', "null"],
  ['date and time("2026-11-22T09:30:15.25").second', "15.25"],
  ['years and months duration(date("2011-12-22"), date("2013-08-24"))', "P1Y8M"],
  ['years and months duration(date("2013-08-24"), date("2011-12-22"))', "-P1Y8M"],
  ['years and months duration(date("2024-01-31"), date("2024-02-29"))', "P0M"],
  ['years and months duration(from: date("2011-12-22"), to: date("2013-08-24"))', "P1Y8M"],
  [age("1990-03-15", "2026-03-14"), "35"],
  [age("1990-03-15", "2026-03-15"), "36"],
  [age("2008-02-29", "2026-02-28"), "17"],
  [age("2008-02-29", "2026-03-01"), "18"],
  [age("2026-11-22", "2026-11-22"), "0"],
  ['years and months duration(person.born_on, date("2026-11-22")).years', "36"],
  ['person.born_on + duration("P18Y") <= date("2008-03-15")', "true"],
  ["person.registered_at.year", "2026"],
  ['person.born_on < date("2000-01-01")', "true"],
  ["date(null)", "null"],
  ["time(null)", "null"],
  ["duration(null)", "null"],
  ['is(date("2026-11-22"), date("2026-11-22"))', "true"],
  ['is(time("23:00:50Z"), time("23:00:50"))', "false"],
  ['is(time("23:00:50Z"), time("23:00:50+00:00"))', "true"],
]);

test("times: every day from 1600 to 2400 goes to its number and back", () => {
  const first = parseDate("1600-01-01")!.epochDay;
  const last = parseDate("2400-12-31")!.epochDay;
  let before = dateOfEpochDay(first - 1)!;
  for (let day = first; day <= last; day += 1) {
    const date = dateOfEpochDay(day)!;
    const next = before.day + 1;
    const follows =
      makeDate(before.year, before.month, next) ??
      makeDate(before.year, before.month + 1, 1) ??
      new FeelDate(before.year + 1, 1, 1);
    assert.equal(String(date), String(follows));
    before = date;
  }
});

test("times: today and now answer for the moment and the zone given", () => {
  const today = compileExpression("today()", { names: [] });
  const now = compileExpression("now()", { names: [] });
  assert.ok(today.ok && now.ok);
  const moment = { now: new Date("2026-11-21T20:00:00Z"), zone: "Asia/Bishkek" };
  assert.equal(printValue(today.evaluate({}, moment)), "2026-11-22");
  assert.equal(printValue(now.evaluate({}, moment)), "2026-11-22T02:00:00@Asia/Bishkek");
  assert.equal(printValue(today.evaluate({}, { now: moment.now })), "2026-11-21");
});

test("times: sums over a change of the clock follow the instant", () => {
  const later = compileExpression('date and time("2026-03-28T12:00:00@Europe/Paris") + duration("PT24H")', { names: [] });
  assert.ok(later.ok);
  assert.equal(printValue(later.evaluate({})), "2026-03-29T13:00:00@Europe/Paris");
});
