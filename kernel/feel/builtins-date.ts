/** Date and time functions (DMN 1.3 table 78) and the two that ask the clock (§10.3.4.9). */
import { type Builtin, builtin, form } from "./builtin.ts";
import { whole } from "./decimal.ts";
import type { Run } from "./run.ts";
import { dateOfEpochDay, dateTimeOfNanos, type FeelDate, FeelDateTime } from "./temporal.ts";
import type { FeelValue } from "./value.ts";
import { offsetAtInstant } from "./zone.ts";

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

function dayOf(value: FeelValue | undefined): FeelDate {
  return value instanceof FeelDateTime ? value.date : (value as FeelDate);
}

/** ISO 8601 week: the week of a day is that of its Thursday. */
function weekOfYear(date: FeelDate): number {
  const thursday = dateOfEpochDay(date.epochDay + 4 - date.weekday) ?? date;
  return Math.floor((thursday.dayOfYear - 1) / 7) + 1;
}

function now(run: Run): FeelDateTime | null {
  const { at, zone } = run.moment();
  return dateTimeOfNanos(BigInt(at.getTime()) * 1_000_000n, zone, offsetAtInstant(zone, Math.floor(at.getTime() / 1000)));
}

export const dateBuiltins: readonly Builtin[] = [
  builtin(
    "day of year",
    form("date: date|date and time", ([date]) => whole(dayOf(date).dayOfYear)),
  ),
  builtin(
    "day of week",
    form("date: date|date and time", ([date]) => WEEKDAYS[dayOf(date).weekday - 1]!),
  ),
  builtin(
    "month of year",
    form("date: date|date and time", ([date]) => MONTHS[dayOf(date).month - 1]!),
  ),
  builtin(
    "week of year",
    form("date: date|date and time", ([date]) => whole(weekOfYear(dayOf(date)))),
  ),
  builtin(
    "now",
    form("", (_, run) => now(run)),
  ),
  builtin(
    "today",
    form("", (_, run) => now(run)?.date ?? null),
  ),
];
