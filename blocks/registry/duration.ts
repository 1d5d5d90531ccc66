const pattern = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/;

/** The instant that an ISO 8601 duration (`P30D`, `P1Y6M`, `PT12H`) ends when it begins at another; years and months by the calendar. */
export function addDuration(from: Date, duration: string): Date {
  const [years, months, weeks, days, hours, minutes] = (pattern.exec(duration)?.slice(1) ?? []).map((part) => Number(part ?? 0));
  const end = new Date(from);
  const day = end.getUTCDate();
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + (years ?? 0) * 12 + (months ?? 0));
  // The 31st of a month that has 30 days is its last day.
  const last = new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate();
  end.setUTCDate(Math.min(day, last) + (weeks ?? 0) * 7 + (days ?? 0));
  end.setTime(end.getTime() + ((hours ?? 0) * 60 + (minutes ?? 0)) * 60_000);
  return end;
}
