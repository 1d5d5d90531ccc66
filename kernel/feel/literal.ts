/** Literals: strings with their escapes and `@"…"` (DMN 1.3 grammar rules 33, 35 and 62). */
import { parseDate, parseDateTime, parseDuration, parseTime, type Temporal } from "./temporal.ts";

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "'": "'", '"': '"', "\\": "\\" };

/** The text of a string literal given with its quotes. An escape that is none stays as written. */
export function readString(literal: string): string {
  const body = literal.slice(1, -1);
  if (!body.includes("\\")) return body;
  return body.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))/gs, (all, four?: string, six?: string, one?: string) => {
    if (four) return String.fromCharCode(Number.parseInt(four, 16));
    if (six) {
      const point = Number.parseInt(six, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : all;
    }
    return ESCAPES[one ?? ""] ?? all;
  });
}

/** The date, time or duration that a text names by its form; null where it names none. */
export function readTemporal(text: string): Temporal | null {
  if (text.startsWith("P") || text.startsWith("-P")) return parseDuration(text);
  return parseDate(text) ?? (/^-?\d+-\d\d-\d\dT/.test(text) ? parseDateTime(text) : parseTime(text));
}
