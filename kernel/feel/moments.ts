/** Arithmetic, comparison and properties of dates, times and durations (DMN 1.3 tables 51–58 and 65). */
import { coefficient, type Decimal, decimal, divide, fromParts, powerOfTen, whole } from "./decimal.ts";
import {
  DAY_NANOS,
  DaysDuration,
  dateOfEpochDay,
  dateTimeOfNanos,
  daysInMonth,
  FeelDate,
  FeelDateTime,
  FeelTime,
  MonthsDuration,
  makeDate,
  midnight,
  NANOS,
  type Temporal,
} from "./temporal.ts";
import { offsetAtInstant } from "./zone.ts";

export function isTemporal(value: unknown): value is Temporal {
  return (
    value instanceof FeelDate ||
    value instanceof FeelDateTime ||
    value instanceof FeelTime ||
    value instanceof DaysDuration ||
    value instanceof MonthsDuration
  );
}

function addMonths(date: FeelDate, months: number): FeelDate | null {
  const index = date.year * 12 + (date.month - 1) + months;
  const year = Math.floor(index / 12);
  const month = index - year * 12 + 1;
  // The 31st of a month plus one month is the last day of a shorter one (XML Schema 1.0, appendix E).
  return makeDate(year, month, Math.min(date.day, daysInMonth(year, month)));
}

function addNanos(moment: FeelDateTime, nanos: bigint): FeelDateTime | null {
  const { zone } = moment.time;
  const at = moment.nanos + nanos;
  return dateTimeOfNanos(at, zone, zone ? offsetAtInstant(zone, Number(at / BigInt(NANOS))) : 0);
}

function addToDate(date: FeelDate, duration: MonthsDuration | DaysDuration): FeelDate | null {
  if (duration instanceof MonthsDuration) return addMonths(date, duration.months);
  const day = BigInt(DAY_NANOS);
  const days = duration.nanos / day - (duration.nanos % day < 0n ? 1n : 0n);
  return dateOfEpochDay(date.epochDay + Number(days));
}

function addToMoment(moment: FeelDateTime, duration: MonthsDuration | DaysDuration): FeelDateTime | null {
  if (duration instanceof DaysDuration) return addNanos(moment, duration.nanos);
  const date = addMonths(moment.date, duration.months);
  return date && new FeelDateTime(date, moment.time);
}

function addToTime(time: FeelTime, duration: DaysDuration): FeelTime {
  const day = BigInt(DAY_NANOS);
  const nanos = (BigInt(time.nanosOfDay) + duration.nanos) % day;
  return new FeelTime(Number(nanos < 0n ? nanos + day : nanos), time.zone);
}

function isDuration(value: Temporal): value is MonthsDuration | DaysDuration {
  return value instanceof MonthsDuration || value instanceof DaysDuration;
}

/** a + b; null where the table of the standard has no such sum. */
export function addTemporals(a: Temporal, b: Temporal): Temporal | null {
  if (isDuration(a)) {
    if (!isDuration(b)) return addTemporals(b, a);
    if (a instanceof DaysDuration) return b instanceof DaysDuration ? new DaysDuration(a.nanos + b.nanos) : null;
    return b instanceof MonthsDuration ? new MonthsDuration(a.months + b.months) : null;
  }
  if (!isDuration(b)) return null;
  if (a instanceof FeelDate) return addToDate(a, b);
  if (a instanceof FeelDateTime) return addToMoment(a, b);
  return b instanceof DaysDuration ? addToTime(a, b) : null;
}

export function negateDuration(value: Temporal): Temporal | null {
  if (value instanceof DaysDuration) return new DaysDuration(-value.nanos);
  return value instanceof MonthsDuration ? new MonthsDuration(-value.months) : null;
}

/** Nanoseconds on a common scale, or null where one of two is local and the other is not. */
function gap(a: FeelDateTime, b: FeelDateTime): bigint | null {
  return (a.time.zone === undefined) === (b.time.zone === undefined) ? a.nanos - b.nanos : null;
}

function timeGap(a: FeelTime, b: FeelTime): number | null {
  if ((a.zone === undefined) !== (b.zone === undefined)) return null;
  return a.nanosOfDay - (a.offset ?? 0) * NANOS - (b.nanosOfDay - (b.offset ?? 0) * NANOS);
}

/** a - b; null where the table of the standard has no such difference. */
export function subtractTemporals(a: Temporal, b: Temporal): Temporal | null {
  if (isDuration(b)) {
    const opposite = negateDuration(b);
    return opposite && addTemporals(a, opposite);
  }
  if (a instanceof FeelTime && b instanceof FeelTime) {
    const nanos = timeGap(a, b);
    return nanos === null ? null : new DaysDuration(BigInt(nanos));
  }
  const left = a instanceof FeelDate ? midnight(a) : a;
  const right = b instanceof FeelDate ? midnight(b) : b;
  if (!(left instanceof FeelDateTime) || !(right instanceof FeelDateTime)) return null;
  const nanos = gap(left, right);
  return nanos === null ? null : new DaysDuration(nanos);
}

/** A duration times a number, cut to whole months or nanoseconds. */
export function multiplyDuration(duration: Temporal, factor: Decimal): Temporal | null {
  const size = durationSize(duration);
  if (size === null) return null;
  const product = size * coefficient(factor);
  const scaled = factor.scale >= 0 ? product / powerOfTen(factor.scale) : product * powerOfTen(Math.min(-factor.scale, 40));
  return durationOf(duration, scaled);
}

/** A duration divided by a number, cut to whole months or nanoseconds; null for a division by zero. */
export function divideDuration(duration: Temporal, divisor: Decimal): Temporal | null {
  const size = durationSize(duration);
  const under = coefficient(divisor);
  if (size === null || under === 0n) return null;
  const over = divisor.scale >= 0 ? size * powerOfTen(divisor.scale) : size;
  const result = divisor.scale >= 0 ? over / under : over / (under * powerOfTen(Math.min(-divisor.scale, 40)));
  return durationOf(duration, result);
}

/** How many times one duration goes into another of its kind. */
export function divideDurations(a: Temporal, b: Temporal): Decimal | null {
  const over = durationSize(a);
  const under = durationSize(b);
  if (over === null || under === null || a.constructor !== b.constructor) return null;
  const left = fromParts(over, 0);
  const right = fromParts(under, 0);
  return left && right && divide(left, right);
}

function durationSize(duration: Temporal): bigint | null {
  if (duration instanceof DaysDuration) return duration.nanos;
  return duration instanceof MonthsDuration ? BigInt(duration.months) : null;
}

function durationOf(kind: Temporal, size: bigint): Temporal | null {
  if (kind instanceof DaysDuration) return new DaysDuration(size);
  return Number.isSafeInteger(Number(size)) ? new MonthsDuration(Number(size)) : null;
}

/** Negative, zero or positive for two values of one kind; null where they cannot be ordered. */
export function compareTemporals(a: Temporal, b: Temporal): number | null {
  if (a instanceof FeelDate && b instanceof FeelDate) return a.epochDay - b.epochDay;
  if (a instanceof FeelDateTime && b instanceof FeelDateTime) {
    const nanos = gap(a, b);
    return nanos === null ? null : nanos < 0n ? -1 : nanos > 0n ? 1 : 0;
  }
  if (a instanceof FeelTime && b instanceof FeelTime) return timeGap(a, b);
  if (a instanceof DaysDuration && b instanceof DaysDuration) return a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0;
  if (a instanceof MonthsDuration && b instanceof MonthsDuration) return a.months - b.months;
  return null;
}

/** Whole months from one day to another, cut towards zero; the time of day plays no part (DMN 1.3 table 71). */
export function monthsBetween(from: FeelDate | FeelDateTime, to: FeelDate | FeelDateTime): MonthsDuration {
  const a = from instanceof FeelDate ? from : from.date;
  const b = to instanceof FeelDate ? to : to.date;
  let months = (b.year - a.year) * 12 + (b.month - a.month);
  const within = b.day - a.day;
  if (months > 0 && within < 0) months -= 1;
  else if (months < 0 && within > 0) months += 1;
  return new MonthsDuration(months);
}

function seconds(whole: number, nanos: number): Decimal | null {
  return nanos === 0 ? decimal(whole) : fromParts(BigInt(whole) * BigInt(NANOS) + BigInt(nanos), 9);
}

/** A property by its FEEL name (DMN 1.3 table 65), undefined where the value has none of that name. */
export function temporalProperty(value: Temporal, name: string): Decimal | DaysDuration | string | null | undefined {
  if (value instanceof FeelDate) return dateProperty(value, name);
  if (value instanceof FeelTime) return timeProperty(value, name, value.offset);
  if (value instanceof FeelDateTime) {
    return dateProperty(value.date, name) ?? timeProperty(value.time, name, name === "time offset" ? value.offset : undefined);
  }
  if (value instanceof MonthsDuration) {
    if (name === "years") return whole(Math.trunc(value.months / 12));
    return name === "months" ? whole(value.months % 12) : undefined;
  }
  const parts = value.parts;
  if (name === "days") return whole(parts.sign * parts.days);
  if (name === "hours") return whole(parts.sign * parts.hours);
  if (name === "minutes") return whole(parts.sign * parts.minutes);
  return name === "seconds" ? seconds(parts.sign * parts.seconds, parts.sign * parts.rest) : undefined;
}

function dateProperty(date: FeelDate, name: string): Decimal | undefined {
  if (name === "year") return whole(date.year);
  if (name === "month") return whole(date.month);
  if (name === "day") return whole(date.day);
  return name === "weekday" ? whole(date.weekday) : undefined;
}

function timeProperty(
  time: FeelTime,
  name: string,
  offset: number | undefined,
): Decimal | DaysDuration | string | null | undefined {
  if (name === "hour") return whole(time.hour);
  if (name === "minute") return whole(time.minute);
  if (name === "second") return seconds(time.second, time.nanosOfDay % NANOS);
  if (name === "time offset") return offset === undefined ? null : new DaysDuration(BigInt(offset) * BigInt(NANOS));
  if (name === "timezone") return time.zone?.kind === "region" ? time.zone.id : null;
  return undefined;
}
