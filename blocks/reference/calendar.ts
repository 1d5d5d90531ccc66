import type { CalendarDay, CalendarDeclaration } from "./declaration.ts";

export interface WorkingCalendar {
  workingDay(day: string): boolean;
  addWorkingDays(day: string, n: number): string;
  holiday(day: string): CalendarDay | undefined;
}

const aDay = 86_400_000;

/** Counts working days over a list of holidays; days are `YYYY-MM-DD`. A day another day off was moved from is worked. */
export function createCalendar(
  declaration: Pick<CalendarDeclaration, "weekend" | "off" | "working">,
  days: CalendarDay[],
): WorkingCalendar {
  const byDay = new Map(days.map((day) => [day.day, day]));
  const worked = new Set(days.flatMap((day) => (day.movedFrom === undefined ? [] : [day.movedFrom])));
  const weekend = new Set(declaration.weekend);
  const off = new Set(declaration.off);
  const working = new Set(declaration.working ?? []);
  const workingDay = (day: string) => {
    const kind = byDay.get(day)?.kind;
    if (kind !== undefined && off.has(kind)) return false;
    if (worked.has(day) || (kind !== undefined && working.has(kind))) return true;
    return !weekend.has(((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7) + 1);
  };
  return {
    workingDay,
    holiday: (day) => byDay.get(day),
    addWorkingDays(day, n) {
      let at = day;
      for (let left = Math.abs(n); left > 0; ) {
        at = new Date(Date.parse(`${at}T00:00:00Z`) + Math.sign(n) * aDay).toISOString().slice(0, 10);
        if (workingDay(at)) left--;
      }
      return at;
    },
  };
}
