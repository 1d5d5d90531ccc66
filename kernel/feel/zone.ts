/** Offsets and regions of time, the regions through the zone database inside Intl. */

export type Zone = { readonly kind: "offset"; readonly seconds: number } | { readonly kind: "region"; readonly id: string };

export const UTC: Zone = { kind: "offset", seconds: 0 };

const MAX_OFFSET = 18 * 3600;
const REGION = /^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,3}$/;
const OFFSET = /^([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/;
const CYCLE_SECONDS = 146_097 * 86_400;
const LAST_INSTANT = 8.64e12;

const formats = new Map<string, Intl.DateTimeFormat | null>();

function formatOf(id: string): Intl.DateTimeFormat | null {
  const known = formats.get(id);
  if (known !== undefined) return known;
  let format: Intl.DateTimeFormat | null = null;
  if (id.length <= 64 && REGION.test(id)) {
    try {
      format = new Intl.DateTimeFormat("en-GB", {
        timeZone: id,
        hourCycle: "h23",
        era: "short",
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
      });
    } catch {
      // Intl throws for a region it does not know: null is the answer.
      format = null;
    }
  }
  // Only as many names are remembered as the zone database has, so hostile names cannot fill the memory.
  if (formats.size < 1000) formats.set(id, format);
  return format;
}

/** Reads `Z`, `+06:00`, `-05:00:30`, `@Asia/Bishkek`; null where it is none of these. */
export function parseZone(text: string): Zone | null {
  if (text === "Z" || text === "z") return UTC;
  if (text.startsWith("@")) return formatOf(text.slice(1)) ? { kind: "region", id: text.slice(1) } : null;
  const match = OFFSET.exec(text);
  if (!match) return null;
  const [, minus, hours, minutes, seconds = "0"] = match;
  if (Number(minutes) > 59 || Number(seconds) > 59) return null;
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return offsetZone(minus === "-" ? -total : total);
}

/** A zone of a fixed offset in seconds; null past 18 hours. */
export function offsetZone(seconds: number): Zone | null {
  if (!Number.isInteger(seconds) || Math.abs(seconds) > MAX_OFFSET) return null;
  return seconds === 0 ? UTC : { kind: "offset", seconds };
}

export function printZone(zone: Zone): string {
  if (zone.kind === "region") return `@${zone.id}`;
  if (zone.seconds === 0) return "Z";
  const size = Math.abs(zone.seconds);
  const two = (value: number): string => String(value).padStart(2, "0");
  const seconds = size % 60 === 0 ? "" : `:${two(size % 60)}`;
  return `${zone.seconds < 0 ? "-" : "+"}${two(Math.floor(size / 3600))}:${two(Math.floor(size / 60) % 60)}${seconds}`;
}

/** Seconds east of UTC in a region at an instant (seconds since 1970 in UTC). */
function regionOffset(id: string, instant: number): number {
  const format = formatOf(id);
  if (!format) return 0;
  // Far years are moved by whole 400-year cycles into what Date can hold: the rules of the zone repeat there.
  let seconds = instant;
  if (Math.abs(seconds) > LAST_INSTANT) seconds %= CYCLE_SECONDS;
  const parts: Record<string, string> = {};
  for (const part of format.formatToParts(seconds * 1000)) parts[part.type] = part.value;
  const year = Number(parts.year);
  const shown = new Date(0);
  shown.setUTCFullYear(parts.era?.startsWith("B") ? 1 - year : year, Number(parts.month) - 1, Number(parts.day));
  shown.setUTCHours(Number(parts.hour), Number(parts.minute), Number(parts.second));
  return Math.round(shown.getTime() / 1000) - Math.floor(seconds);
}

/** Seconds east of UTC at an instant. */
export function offsetAtInstant(zone: Zone, instant: number): number {
  return zone.kind === "offset" ? zone.seconds : regionOffset(zone.id, instant);
}

/** Seconds east of UTC for a reading of the wall clock. In a gap and in an overlap the earlier offset is taken (as java.time does). */
export function offsetAtWallClock(zone: Zone, wall: number): number {
  if (zone.kind === "offset") return zone.seconds;
  const before = regionOffset(zone.id, wall - 86_400);
  const after = regionOffset(zone.id, wall + 86_400);
  if (before === after || regionOffset(zone.id, wall - before) === before) return before;
  return regionOffset(zone.id, wall - after) === after ? after : before;
}
