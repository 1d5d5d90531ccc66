import type { Language } from "./locale.ts";

const months: Record<Language, string[]> = {
  ky: ["январы", "февралы", "марты", "апрели", "майы", "июну", "июлу", "августу", "сентябры", "октябры", "ноябры", "декабры"],
  ru: ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"],
  kk: ["қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"],
  en: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
};

/**
 * A day written out: ky `2026-жылдын 5-ноябры`, ru `5 ноября 2026 г.`, kk `2026 жылғы 5 қараша`, en `5 November 2026`.
 * Takes `YYYY-MM-DD`, or an instant whose UTC day is meant.
 */
export function formatDate(language: Language, day: string | Date): string {
  const iso = typeof day === "string" ? day : day.toISOString();
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso);
  if (!match) return iso;
  const [year, month, date] = [match[1]!, months[language][Number(match[2]) - 1] ?? match[2]!, Number(match[3])];
  if (language === "ky") return `${year}-жылдын ${date}-${month}`;
  if (language === "ru") return `${date} ${month} ${year} г.`;
  if (language === "kk") return `${year} жылғы ${date} ${month}`;
  return `${date} ${month} ${year}`;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Day and time of an instant in a time zone, e.g. `5 November 2026, 14:05`. */
export function formatInstant(language: Language, instant: Date, timeZone: string): string {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat("en-GB", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    clocks.set(timeZone, clock);
  }
  const part: Record<string, string> = {};
  for (const { type, value } of clock.formatToParts(instant)) part[type] = value;
  return `${formatDate(language, `${part.year}-${part.month}-${part.day}`)}, ${part.hour}:${part.minute}`;
}

/** Digits in groups of three with a no-break space (en: a comma), decimal comma (en: a point). */
export function formatNumber(language: Language, number: number): string {
  if (Number.isInteger(number) && number > -10_000 && number < 10_000) return String(number);
  const [whole, fraction] = String(Math.abs(number)).split(".") as [string, string | undefined];
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, language === "en" ? "," : "\u00a0");
  const sign = number < 0 ? "\u2212" : "";
  return `${sign}${grouped}${fraction ? (language === "en" ? "." : ",") + fraction : ""}`;
}

const currencies: Record<string, Record<Language, string>> = {
  KGS: { ky: "сом", ru: "сом", kk: "сом", en: "som" },
  KZT: { ky: "теңге", ru: "тенге", kk: "теңге", en: "tenge" },
};

/** Money from minor units: `formatMoney("ky", 150050, "KGS")` gives `1 500,50 сом`. */
export function formatMoney(language: Language, minor: number, currency: string): string {
  const whole = formatNumber(language, Math.trunc(minor / 100));
  const cents = Math.abs(minor % 100);
  const amount = cents === 0 ? whole : `${whole}${language === "en" ? "." : ","}${String(cents).padStart(2, "0")}`;
  return `${amount}\u00a0${currencies[currency]?.[language] ?? currency}`;
}
