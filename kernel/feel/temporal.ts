/**
 * Dates, times and durations of FEEL (DMN 1.3 §10.3.2.3.4–10.3.2.3.9), immutable and exact to the nanosecond.
 * Years run from -999,999,999 to 999,999,999 in the proleptic Gregorian calendar.
 */
import { offsetAtWallClock, parseZone, printZone, UTC, type Zone } from "./zone.ts";

export const DAY_SECONDS = 86_400;
export const NANOS = 1_000_000_000;
export const DAY_NANOS = DAY_SECONDS * NANOS;
const LAST_YEAR = 999_999_999;

/** Days since 1970-01-01 of a civil date (days-from-civil, counted in 400-year eras that begin in March). */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** A day of the calendar without a time. */
export class FeelDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** Days since 1970-01-01. */
  readonly epochDay: number;

  constructor(year: number, month: number, day: number) {
    this.year = year;
    this.month = month;
    this.day = day;
    this.epochDay = daysFromCivil(year, month, day);
  }

  /** ISO weekday: Monday 1 to Sunday 7. */
  get weekday(): number {
    return ((((this.epochDay + 3) % 7) + 7) % 7) + 1;
  }

  get dayOfYear(): number {
    return this.epochDay - daysFromCivil(this.year, 1, 1) + 1;
  }

  toString(): string {
    const year = String(Math.abs(this.year)).padStart(4, "0");
    return `${this.year < 0 ? "-" : ""}${year}-${two(this.month)}-${two(this.day)}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A time of day; without a zone it is local. */
export class FeelTime {
  readonly nanosOfDay: number;
  readonly zone: Zone | undefined;

  constructor(nanosOfDay: number, zone: Zone | undefined) {
    this.nanosOfDay = nanosOfDay;
    this.zone = zone;
  }

  get hour(): number {
    return Math.floor(this.nanosOfDay / (3600 * NANOS));
  }

  get minute(): number {
    return Math.floor(this.nanosOfDay / (60 * NANOS)) % 60;
  }

  get second(): number {
    return Math.floor(this.nanosOfDay / NANOS) % 60;
  }

  /** Seconds east of UTC; for a region without a date the offset of 1970-01-01. */
  get offset(): number | undefined {
    return this.zone && offsetAtWallClock(this.zone, Math.floor(this.nanosOfDay / NANOS));
  }

  toString(): string {
    const rest = this.nanosOfDay % NANOS;
    const fraction = rest === 0 ? "" : `.${String(rest).padStart(9, "0").replace(/0+$/, "")}`;
    return `${two(this.hour)}:${two(this.minute)}:${two(this.second)}${fraction}${this.zone ? printZone(this.zone) : ""}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A moment on the calendar: local, or an instant where the time has a zone. */
export class FeelDateTime {
  readonly date: FeelDate;
  readonly time: FeelTime;

  constructor(date: FeelDate, time: FeelTime) {
    this.date = date;
    this.time = time;
  }

  /** Seconds of the wall clock since 1970-01-01T00:00:00. */
  get wallSeconds(): number {
    return this.date.epochDay * DAY_SECONDS + Math.floor(this.time.nanosOfDay / NANOS);
  }

  /** Seconds east of UTC; undefined where the moment is local. */
  get offset(): number | undefined {
    return this.time.zone && offsetAtWallClock(this.time.zone, this.wallSeconds);
  }

  /** Nanoseconds since 1970 in UTC, or on the wall clock where the moment is local. */
  get nanos(): bigint {
    const wall = BigInt(this.date.epochDay) * BigInt(DAY_NANOS) + BigInt(this.time.nanosOfDay);
    const offset = this.offset;
    return offset === undefined || offset === 0 ? wall : wall - BigInt(offset) * BigInt(NANOS);
  }

  toString(): string {
    return `${this.date.toString()}T${this.time.toString()}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Years and months duration: a whole number of months. */
export class MonthsDuration {
  readonly months: number;

  constructor(months: number) {
    this.months = months === 0 ? 0 : months;
  }

  toString(): string {
    const size = Math.abs(this.months);
    const years = Math.floor(size / 12);
    const months = size % 12;
    const body = `${years === 0 ? "" : `${years}Y`}${months === 0 ? "" : `${months}M`}`;
    return `${this.months < 0 ? "-" : ""}P${body || "0M"}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** Days and time duration: a whole number of nanoseconds. */
export class DaysDuration {
  readonly nanos: bigint;

  constructor(nanos: bigint) {
    this.nanos = nanos;
  }

  get parts(): { sign: number; days: number; hours: number; minutes: number; seconds: number; rest: number } {
    const size = this.nanos < 0n ? -this.nanos : this.nanos;
    const days = Number(size / BigInt(DAY_NANOS));
    const ofDay = Number(size % BigInt(DAY_NANOS));
    const seconds = Math.floor(ofDay / NANOS);
    return {
      sign: this.nanos < 0n ? -1 : 1,
      days,
      hours: Math.floor(seconds / 3600),
      minutes: Math.floor(seconds / 60) % 60,
      seconds: seconds % 60,
      rest: ofDay % NANOS,
    };
  }

  toString(): string {
    const { sign, days, hours, minutes, seconds, rest } = this.parts;
    const fraction = rest === 0 ? "" : `.${String(rest).padStart(9, "0").replace(/0+$/, "")}`;
    const clock = [hours && `${hours}H`, minutes && `${minutes}M`, (seconds || rest) && `${seconds}${fraction}S`]
      .filter(Boolean)
      .join("");
    const body = `${days ? `${days}D` : ""}${clock ? `T${clock}` : ""}`;
    return `${sign < 0 ? "-" : ""}P${body || "T0S"}`;
  }

  toJSON(): string {
    return this.toString();
  }
}

export type Temporal = FeelDate | FeelTime | FeelDateTime | MonthsDuration | DaysDuration;

/** A date; null where there is no such day. */
export function makeDate(year: number, month: number, day: number): FeelDate | null {
  if (!Number.isInteger(year) || !Number.isInteger(month) || !Number.isInteger(day)) return null;
  if (Math.abs(year) > LAST_YEAR || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return new FeelDate(year, month, day);
}

/** The date so many days after 1970-01-01; null outside the years of FEEL. */
export function dateOfEpochDay(epochDay: number): FeelDate | null {
  const shifted = epochDay + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leap = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leap) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  return makeDate(year, month, dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1);
}

/** The moment of nanoseconds since 1970, shown in a zone (or local). */
export function dateTimeOfNanos(nanos: bigint, zone: Zone | undefined, offset: number): FeelDateTime | null {
  const wall = nanos + BigInt(offset) * BigInt(NANOS);
  let day = wall / BigInt(DAY_NANOS);
  let rest = wall % BigInt(DAY_NANOS);
  if (rest < 0n) {
    rest += BigInt(DAY_NANOS);
    day -= 1n;
  }
  const date = dateOfEpochDay(Number(day));
  return date && new FeelDateTime(date, new FeelTime(Number(rest), zone));
}

/** A date as the moment of its midnight in UTC (DMN 1.3 §10.3.2.3.6). */
export function midnight(date: FeelDate): FeelDateTime {
  return new FeelDateTime(date, new FeelTime(0, UTC));
}

const DATE = /^(-?)(\d{4,9})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,12}))?(.*)$/s;

/** Reads `2026-11-22`; null where the text is no date. */
export function parseDate(text: string): FeelDate | null {
  const match = DATE.exec(text);
  if (!match) return null;
  const [, minus, year = "", month, day] = match;
  if (year.length > 4 && year.startsWith("0")) return null;
  return makeDate(minus ? -Number(year) : Number(year), Number(month), Number(day));
}

/** Reads `09:30:00`, with a fraction, `Z`, an offset or `@Asia/Bishkek`; null where the text is no time. */
export function parseTime(text: string): FeelTime | null {
  const match = TIME.exec(text);
  if (!match) return null;
  const [, hours, minutes, seconds, fraction = "", zoneText = ""] = match;
  const midnightAtEnd = hours === "24" && minutes === "00" && seconds === "00" && /^0*$/.test(fraction);
  const hour = midnightAtEnd ? 0 : Number(hours);
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const zone = zoneText === "" ? undefined : parseZone(zoneText);
  if (zone === null) return null;
  const rest = Number(fraction.slice(0, 9).padEnd(9, "0"));
  return new FeelTime((hour * 3600 + Number(minutes) * 60 + Number(seconds)) * NANOS + rest, zone);
}

/** Reads `2026-11-22T09:30:00+06:00`, or a date alone as its local midnight; null where the text is neither. */
export function parseDateTime(text: string): FeelDateTime | null {
  const at = text.indexOf("T");
  if (at < 0) {
    const date = parseDate(text);
    return date && new FeelDateTime(date, new FeelTime(0, undefined));
  }
  const date = parseDate(text.slice(0, at));
  const time = parseTime(text.slice(at + 1));
  if (!date || !time) return null;
  // 24:00:00 is the midnight that ends the day (ISO 8601-1 §5.3.2).
  const end = text.startsWith("24", at + 1) ? dateOfEpochDay(date.epochDay + 1) : date;
  return end && new FeelDateTime(end, time);
}

const MONTHS = /^(-?)P(?:(\d{1,12})Y)?(?:(\d{1,12})M)?$/;
const DAYS = /^(-?)P(?:(\d{1,15})D)?(?:T(?:(\d{1,15})H)?(?:(\d{1,15})M)?(?:(\d{1,15})(?:\.(\d{0,12}))?S)?)?$/;

/** Reads `P1Y6M` or `P2DT3H`; null where the text is no duration, mixes the two kinds or names no part. */
export function parseDuration(text: string): MonthsDuration | DaysDuration | null {
  const last = text.at(-1);
  if (last === "P" || last === "T") return null;
  const months = MONTHS.exec(text);
  if (months) {
    const total = Number(months[2] ?? 0) * 12 + Number(months[3] ?? 0);
    return Number.isSafeInteger(total) ? new MonthsDuration(months[1] ? -total : total) : null;
  }
  const days = DAYS.exec(text);
  if (!days) return null;
  const [, minus, day = "0", hour = "0", minute = "0", second = "0", fraction = ""] = days;
  const seconds = BigInt(day) * 86_400n + BigInt(hour) * 3600n + BigInt(minute) * 60n + BigInt(second);
  const nanos = seconds * BigInt(NANOS) + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
  return new DaysDuration(minus ? -nanos : nanos);
}
