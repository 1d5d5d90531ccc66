/** Days of the country on which offices work; days are `YYYY-MM-DD` in its zone. */
export interface OfficeDays {
  isWorkingDay(day: string): boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Hours an office works on a working day: the working week of 40 hours (Labour Code) over five days. */
export const OFFICE_HOURS = 8;

/** Measures time as people who wait and people who work have it. Instants are milliseconds since 1970-01-01T00:00:00Z. */
export interface WorkingTime {
  /** Working days between two instants; parts of a day count as parts. */
  days(from: number, to: number): number;
  /** Minutes somebody can have worked in between: on a working day at most eight hours. */
  minutes(from: number, to: number): number;
}

interface Day {
  /** First instant in the zone. */
  readonly start: number;
  readonly works: boolean;
}

/** Longest stretch that is counted: what lies beyond a century is no stay of a case. */
const MOST_DAYS = 36_600;

/** @param zone IANA name; a day of 23 or 25 hours counts as a day */
export function createWorkingTime(calendar: OfficeDays, zone: string): WorkingTime {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
  const days = new Map<number, Day>();
  const dayAt = (index: number): Day => {
    let day = days.get(index);
    if (!day) {
      const text = new Date(index * DAY_MS).toISOString().slice(0, 10);
      day = { start: beginningOf(text, (at) => format.format(at)), works: calendar.isWorkingDay(text) };
      days.set(index, day);
    }
    return day;
  };
  /** Number of the day in the zone: that of UTC, or one beside it. */
  const indexOf = (at: number): number => {
    const index = Math.floor(at / DAY_MS);
    if (at < dayAt(index).start) return index - 1;
    return at < dayAt(index + 1).start ? index : index + 1;
  };
  /** What of a day lies between two instants. */
  const part = (index: number, { from, to }: { from: number; to: number }) =>
    Math.min(to, dayAt(index + 1).start) - Math.max(from, dayAt(index).start);
  return {
    days(from, to) {
      if (to <= from) return 0;
      const [first, last] = [indexOf(from), indexOf(to)];
      let sum = 0;
      for (let index = first; index <= last && index - first < MOST_DAYS; index++) {
        if (!dayAt(index).works) continue;
        sum += index > first && index < last ? 1 : part(index, { from, to }) / (dayAt(index + 1).start - dayAt(index).start);
      }
      return sum;
    },
    minutes(from, to) {
      if (to <= from) return 0;
      const [first, last] = [indexOf(from), indexOf(to)];
      let sum = 0;
      for (let index = first; index <= last && index - first < MOST_DAYS; index++)
        if (dayAt(index).works) sum += Math.min(part(index, { from, to }), OFFICE_HOURS * HOUR_MS);
      return sum / 60_000;
    },
  };
}

/** First instant of a day: no zone is more than 14 hours before or 12 behind UTC, so that it is found between. */
function beginningOf(day: string, dayOf: (at: number) => string): number {
  const noon = Date.parse(`${day}T00:00:00Z`);
  let [early, late] = [noon - 15 * HOUR_MS, noon + 13 * HOUR_MS];
  while (late - early > 1) {
    const middle = Math.floor((early + late) / 2);
    if (dayOf(middle) < day) early = middle;
    else late = middle;
  }
  return late;
}
