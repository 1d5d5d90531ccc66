/** The clock of the house. Domain code never asks the machine for the time; it is told. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until it is moved; for tests and simulation. */
export function createManualClock(
  start: Date | string,
): Clock & { set(to: Date | string): void; advance(milliseconds: number): void } {
  let at = new Date(start);
  return {
    now: () => new Date(at),
    set(to) {
      at = new Date(to);
    },
    advance(milliseconds) {
      at = new Date(at.getTime() + milliseconds);
    },
  };
}

/** The calendar day (`YYYY-MM-DD`) that an instant falls on in a time zone (IANA name). */
export function dayOf(instant: Date, timeZone: string): string {
  return dayFormat(timeZone).format(instant);
}

const formats = new Map<string, Intl.DateTimeFormat>();
function dayFormat(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    // The Canadian English pattern is ISO 8601.
    format = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
    formats.set(timeZone, format);
  }
  return format;
}

const DAY_MS = 86_400_000;
/** A zone with the offsets of the days that were asked for. */
interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** By day since 1970 in UTC; undefined for a day on which the offset changes. */
  readonly days: Map<number, number | undefined>;
}

const zones = new Map<string, Zone>();
/** Days kept of a zone: more than forty years. */
const MOST_DAYS = 16_384;

function zoneOf(name: string): Zone {
  let zone = zones.get(name);
  if (!zone) {
    const format = new Intl.DateTimeFormat("en-GB", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    zone = { format, days: new Map() };
    zones.set(name, zone);
  }
  return zone;
}

/** Milliseconds that the wall clock of the zone (IANA name) is ahead of UTC at an instant (ms). */
export function offsetAt(zone: string, at: number): number {
  const known = zoneOf(zone);
  const day = Math.floor(at / DAY_MS);
  const offset = known.days.get(day);
  if (offset !== undefined) return offset;
  if (known.days.has(day)) return readOffset(known, at);
  if (known.days.size >= MOST_DAYS) known.days.clear();
  const first = readOffset(known, day * DAY_MS);
  const same = first === readOffset(known, (day + 1) * DAY_MS);
  known.days.set(day, same ? first : undefined);
  return same ? first : readOffset(known, at);
}

function readOffset({ format }: Zone, at: number): number {
  const read: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) read[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = read;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** The instant (ms) of a reading of the wall clock, given as if the clock showed UTC. In a gap and in an overlap the earlier offset is taken (as java.time does). */
export function instantOf(zone: string, wall: number): number {
  const before = offsetAt(zone, wall - DAY_MS);
  const after = offsetAt(zone, wall + DAY_MS);
  if (before === after || offsetAt(zone, wall - before) === before) return wall - before;
  return offsetAt(zone, wall - after) === after ? wall - after : wall - before;
}

/** The instant at which a day (`YYYY-MM-DD`) is over in a time zone. */
export function endOfDay(day: string, timeZone: string): Date {
  return new Date(instantOf(timeZone, Date.parse(`${day}T00:00:00Z`) + DAY_MS));
}
