import { dayOf } from "@kerege/kernel/clock";

const MINUTE_MS = 60_000;

/** The day of an instant in a time zone, worked out once a minute: no zone changes its day within one. */
export function createToday(timeZone: string): (at: Date) => string {
  let [minute, day] = [Number.NaN, ""];
  return (at) => {
    const now = Math.floor(at.getTime() / MINUTE_MS);
    if (now !== minute) [minute, day] = [now, dayOf(at, timeZone)];
    return day;
  };
}
