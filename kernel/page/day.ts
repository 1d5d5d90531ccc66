/** What stands in the three inputs of a `DateInput`, as it was typed. */
export interface DayParts {
  day: string;
  month: string;
  year: string;
}

/** `2026-03-05` of `5`, `3`, `2026`; null where nothing is filled in, nothing where there is no such day. */
export function readDayParts({ day, month, year }: DayParts): string | null | undefined {
  if (day + month + year === "") return null;
  if (!/^\d{1,2}$/.test(day) || !/^\d{1,2}$/.test(month) || !/^(?!0000)\d{4}$/.test(year)) return undefined;
  const text = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().slice(0, 10) === text ? text : undefined;
}
