/** Conversion functions (DMN 1.3 table 71). */
import { type Builtin, builtin, form } from "./builtin.ts";
import { add, coefficient, type Decimal, isWhole, multiply, parseDecimal, round, subtract, toInteger, whole } from "./decimal.ts";
import { monthsBetween } from "./moments.ts";
import type { Run } from "./run.ts";
import {
  type DaysDuration,
  FeelDate,
  FeelDateTime,
  FeelTime,
  makeDate,
  midnight,
  NANOS,
  parseDate,
  parseDateTime,
  parseDuration,
  parseTime,
} from "./temporal.ts";
import { type FeelValue, printValue } from "./value.ts";
import { offsetZone, type Zone } from "./zone.ts";

function read(kind: string, reader: (text: string) => FeelValue): (args: FeelValue[], run: Run) => FeelValue {
  return ([text], run) => reader(text as string) ?? run.warn("text-unreadable", { text: (text as string).slice(0, 60), kind });
}

function toNumber(text: string, grouping: string | null, point: string | null): Decimal | null {
  if (grouping !== null && ![" ", ",", "."].includes(grouping)) return null;
  if (point !== null && ![",", "."].includes(point)) return null;
  if (grouping !== null && grouping === point) return null;
  const grouped = grouping === null ? text : text.split(grouping).join("");
  const plain = point === null || point === "." ? grouped : grouped.split(".").length > 1 ? "" : grouped.replace(point, ".");
  return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(plain) ? parseDecimal(plain) : null;
}

/** Hours, minutes and seconds, the last with a fraction. */
function timeOf(parts: readonly Decimal[], zone: Zone | undefined): FeelTime | null {
  const [hour, minute, second] = parts as [Decimal, Decimal, Decimal];
  const [h, m] = [toInteger(hour), toInteger(minute)];
  const wholeSecond = round(second, 0, "floor");
  const s = wholeSecond && toInteger(wholeSecond);
  if (h === null || m === null || s === null || wholeSecond === null) return null;
  if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59) return null;
  const rest = subtract(second, wholeSecond);
  const nanos = rest && multiply(rest, whole(NANOS));
  const cut = nanos && round(nanos, 0, "down");
  return cut && add(cut, whole(0)) && new FeelTime((h * 3600 + m * 60 + s) * NANOS + Number(coefficient(cut)), zone);
}

function timeFromParts([hour, minute, second, offset]: FeelValue[]): FeelValue {
  let zone: Zone | undefined;
  if (offset) {
    const found = offsetZone(Number((offset as DaysDuration).nanos / BigInt(NANOS)));
    if (!found) return null;
    zone = found;
  }
  return timeOf([hour, minute, second] as Decimal[], zone);
}

function dateFromParts(parts: FeelValue[]): FeelValue {
  const [year, month, day] = parts.map((part) => (isWhole(part as Decimal) ? toInteger(part as Decimal) : null));
  return year == null || month == null || day == null ? null : makeDate(year, month, day);
}

function combine([date, time]: FeelValue[]): FeelValue {
  return new FeelDateTime(date instanceof FeelDateTime ? date.date : (date as FeelDate), time as FeelTime);
}

export const conversionBuiltins: readonly Builtin[] = [
  builtin(
    "date",
    form("from: string", read("date", parseDate)),
    form("from: date|date and time", ([from]) => (from instanceof FeelDateTime ? from.date : from!)),
    form("year: number, month: number, day: number", (args, run) => dateFromParts(args) ?? run.warn("date-none")),
  ),
  builtin(
    "time",
    form("from: string", read("time", parseTime)),
    form("from: time|date and time|date", ([from]) => {
      if (from instanceof FeelDateTime) return new FeelTime(from.time.nanosOfDay, from.time.zone);
      return from instanceof FeelDate ? midnight(from).time : from!;
    }),
    form(
      "hour: number, minute: number, second: number, offset?: days?",
      (args, run) => timeFromParts(args) ?? run.warn("date-none"),
    ),
  ),
  builtin(
    "date and time",
    form("from: string", read("date and time", parseDateTime)),
    form("date: date|date and time, time: time", combine),
    form("from: date and time", ([from]) => from!),
  ),
  builtin(
    "duration",
    form("from: string", read("duration", parseDuration)),
    form("from: days|months", ([from]) => from!),
  ),
  builtin(
    "years and months duration",
    form("from: date|date and time, to: date|date and time", ([from, to]) =>
      monthsBetween(from as FeelDate | FeelDateTime, to as FeelDate | FeelDateTime),
    ),
  ),
  builtin(
    "number",
    form(
      "from: string",
      read("number", (text) => toNumber(text, null, null)),
    ),
    form("from: number", ([from]) => from!),
    form("from: string, grouping separator: string?, decimal separator: string?", ([from, grouping, point], run) => {
      const value = toNumber(from as string, grouping as string | null, point as string | null);
      return value ?? run.warn("text-unreadable", { text: (from as string).slice(0, 60), kind: "number" });
    }),
  ),
  builtin(
    "string",
    form("from: any", ([from]) => (from === null ? null : printValue(from!))),
  ),
];
