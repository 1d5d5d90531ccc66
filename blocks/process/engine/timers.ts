import { instantOf, offsetAt } from "@kerege/kernel/clock";
import type { Plain } from "@kerege/kernel/feel";
import type { Calendar } from "./model.ts";

/** When something is due: instants in milliseconds since 1970-01-01T00:00:00Z, ISO 8601 texts, days of the calendar in its zone. */

interface Duration {
  readonly sign: 1 | -1;
  readonly months: number;
  readonly weeks: number;
  readonly days: number;
  /** Milliseconds of the time part. */
  readonly time: number;
}

const DAY = 86_400_000;
const DURATION =
  /^(-?)P(?=.)(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,7})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,10})(?:[.,](\d{1,9}))?S)?)?$/;

function readDuration(text: string): Duration | undefined {
  const found = DURATION.exec(text);
  if (!found) return undefined;
  const part = (index: number): number => Number(found[index] ?? 0);
  return {
    sign: found[1] ? -1 : 1,
    months: part(2) * 12 + part(3),
    weeks: part(4),
    days: part(5),
    time: part(6) * 3_600_000 + part(7) * 60_000 + part(8) * 1000 + Math.floor(Number(`0.${found[9] ?? 0}`) * 1000),
  };
}

const dayText = (wall: number): string => new Date(wall).toISOString().slice(0, 10);

function addMonths(wall: number, months: number): number {
  if (months === 0) return wall;
  const from = new Date(wall);
  const first = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1);
  const to = new Date(first);
  // The last day of a shorter month stands for a day it does not have: a month from 31 January ends on 28 or 29 February.
  const last = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  return first + (Math.min(from.getUTCDate(), last) - 1) * DAY + (((wall % DAY) + DAY) % DAY);
}

/** What is counted by: the calendar, and whether its working days. */
export interface Counting {
  readonly calendar: Calendar;
  readonly working: boolean;
}

/**
 * The instant a duration after another. Days, weeks and months keep the reading of the wall clock; hours and less are exact. Counted in
 * working days the day it begins is not counted, a term of weeks or months that ends on a day off ends on the next working day, and each
 * lasts to the end of its last day. None where the text is no ISO 8601 duration; never before `from`.
 */
export function after(from: number, text: string, counting: Counting): number | undefined {
  const duration = readDuration(text);
  if (!duration) return undefined;
  const { zone } = counting.calendar;
  const { sign, months, weeks, days, time } = duration;
  if (sign < 0) return from;
  if (months === 0 && weeks === 0 && days === 0) return from + time;
  const wall = from + offsetAt(zone, from);
  const moved = addMonths(wall, months) + weeks * 7 * DAY;
  const last = counting.working ? workingEnd(counting.calendar, dayText(moved), days) : moved + days * DAY;
  return instantOf(zone, last) + time;
}

/** Wall clock at the end of the working day that is so many after a day. */
function workingEnd(calendar: Calendar, day: string, days: number): number {
  const last = days > 0 ? calendar.addWorkingDays(day, days) : calendar.isWorkingDay(day) ? day : calendar.addWorkingDays(day, 1);
  return Date.parse(`${last}T00:00:00Z`) + DAY;
}

/** End of the working day so many working days after an instant. */
export function workingDaysAfter(from: number, days: number, calendar: Calendar): number {
  const day = dayText(from + offsetAt(calendar.zone, from));
  return instantOf(calendar.zone, workingEnd(calendar, day, Math.max(0, Math.floor(days))));
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2})?(?:[.,]\d{1,9})?)(Z|[+-]\d{2}:?\d{2})?(?:@[A-Za-z_/+-]+)?)?$/;

/** The instant of an ISO 8601 date or date-time; without an offset it is on the wall clock of the zone. None where it is neither. */
export function instant(text: string, zone: string): number | undefined {
  const found = MOMENT.exec(text);
  if (!found) return undefined;
  const [, day, time = "00:00:00", offset] = found;
  const read = Date.parse(`${day}T${time.replace(",", ".")}${offset ?? "Z"}`);
  // A day that is not, as 29 February of a common year, is refused rather than moved.
  if (Number.isNaN(read) || dayText(Date.parse(`${day}T00:00:00Z`)) !== day) return undefined;
  return offset ? read : instantOf(zone, read);
}

/** When a timer fires: first, and how it goes on. */
export interface Due {
  readonly due: number;
  readonly left?: number;
  readonly every?: string;
}

/** Reads what a timer definition gave: `when` as in BPMN (timeDate, timeDuration, timeCycle). None where it cannot be read. */
export function dueOf(
  value: Plain,
  timer: { when: "date" | "duration" | "cycle"; from: number },
  counting: Counting,
): Due | undefined {
  const text =
    value instanceof Date ? value.toISOString() : typeof value === "string" ? value : value == null ? "" : String(value);
  if (timer.when === "date") {
    const due = instant(text, counting.calendar.zone);
    return due === undefined ? undefined : { due };
  }
  if (timer.when === "duration") {
    const due = after(timer.from, text, counting);
    return due === undefined ? undefined : { due };
  }
  return cycleOf(text, timer.from, counting);
}

const CYCLE = /^R(\d{0,9})\/(?:([^P/]+)\/)?(P[^/]+)$/;

function cycleOf(text: string, from: number, counting: Counting): Due | undefined {
  const found = CYCLE.exec(text);
  const [, times = "", start, every = text] = found ?? [];
  if (!found && !text.startsWith("P")) return undefined;
  const first = start === undefined ? after(from, every, counting) : instant(start, counting.calendar.zone);
  if (first === undefined || after(from, every, counting) === undefined) return undefined;
  if (times === "0") return undefined;
  return times === "" ? { due: first, every } : { due: first, left: Number(times) - 1, every };
}

/** The next firing of a cycle after one; none when it has fired often enough. */
export function nextOf(timer: Due, counting: Counting): Due | undefined {
  if (timer.every === undefined || timer.left === 0) return undefined;
  // A term in working days ends with the midnight after its last day: the next begins on that last day.
  const days = counting.working && !timer.every.startsWith("PT");
  const due = after(days ? timer.due - 1 : timer.due, timer.every, counting);
  if (due === undefined || due <= timer.due) return undefined;
  return timer.left === undefined ? { due, every: timer.every } : { due, left: timer.left - 1, every: timer.every };
}
