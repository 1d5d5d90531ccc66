import { formatDate, formatNumber } from "@kerege/kernel/format";
import type { Visit } from "@kerege/kernel/page";
import type { Adjustable } from "./adjust.ts";

/** A span of one unit: `P18Y`, `P6M`, `P30D`. */
const SPAN = /^P(\d{1,6})([YMD])$/;
const UNITS = { Y: "years", M: "months", D: "days" } as const;
type Unit = (typeof UNITS)[keyof typeof UNITS];

/** What people type for a place: a span of one unit is a number of years, months or days; anything else is typed as it stands. */
export function typedPlace(kind: Adjustable["kind"], value: string): { value: string; unit: Adjustable["kind"] | Unit } {
  const [, count, unit] = (kind === "duration" && SPAN.exec(value)) || [];
  return count === undefined ? { value, unit: kind } : { value: count, unit: UNITS[unit as keyof typeof UNITS] };
}

/** The literal for what was typed in a place that stood as `before`. */
export function placeTyped(kind: Adjustable["kind"], { before, typed }: { before: string; typed: string }): string {
  const [, , unit] = (kind === "duration" && SPAN.exec(before)) || [];
  if (unit !== undefined && /^\d{1,6}$/.test(typed)) return `P${Number(typed)}${unit}`;
  return kind === "number" ? typed.replace(",", ".") : typed;
}

/** A place in words: 18 years, 22 November 2026, 12 000. */
export function writtenPlace(kind: Adjustable["kind"], value: string, { t, language }: Pick<Visit, "t" | "language">): string {
  const { value: typed, unit } = typedPlace(kind, value);
  if (unit === "years" || unit === "months" || unit === "days")
    return t(`process.simulating.spans.${unit}`, { count: Number(typed) });
  if (kind === "day") return formatDate(language, value);
  return kind === "number" && Number.isFinite(Number(value)) ? formatNumber(language, Number(value)) : value;
}
