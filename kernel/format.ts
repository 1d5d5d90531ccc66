import type { Language } from "./locale.ts";

const months: Record<Language, string[]> = {
  ky: ["январы", "февралы", "марты", "апрели", "майы", "июну", "июлу", "августу", "сентябры", "октябры", "ноябры", "декабры"],
  ru: ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"],
  kk: ["қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"],
  en: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
};

/**
 * A day written out: ky `2026-жылдын 5-ноябры`, ru `5 ноября 2026 г.`, kk `2026 жылғы 5 қараша`, en `5 November 2026`.
 * Takes `YYYY-MM-DD`, or an instant whose UTC day is meant; what is no date comes back as it is.
 */
export function formatDate(language: Language, day: string | Date): string {
  if (typeof day !== "string" && Number.isNaN(day.getTime())) return "";
  const iso = typeof day === "string" ? day : day.toISOString();
  const match = /^(\d{4})-(\d{2})-(\d{2})/.exec(iso);
  const month = months[language][Number(match?.[2]) - 1];
  if (!match || !month) return iso;
  const [year, date] = [match[1]!, Number(match[3])];
  if (language === "ky") return `${year}-жылдын ${date}-${month}`;
  if (language === "ru") return `${date} ${month} ${year} г.`;
  if (language === "kk") return `${year} жылғы ${date} ${month}`;
  return `${date} ${month} ${year}`;
}

/** Day and time of an instant in a time zone, e.g. `5 November 2026, 14:05`. */
export function formatInstant(language: Language, instant: Date, timeZone: string): string {
  const local = new Date(instant.getTime() + offsetOf(instant, timeZone)).toISOString();
  return `${formatDate(language, local.slice(0, 10))}, ${local.slice(11, 16)}`;
}

const QUARTER_HOUR = 900_000;
const MOST_QUARTERS = 10_000;
// Since then every zone changes its offset on a quarter of an hour (IANA: Liberia was the last that did not).
const SINCE = Date.UTC(1973, 0, 1);
const zones = new Map<string, { clock: Intl.DateTimeFormat; offsets: Map<number, number> }>();

/** How far a zone is ahead of UTC at an instant, in milliseconds. Asking the runtime takes long, so each quarter of an hour is asked once. */
function offsetOf(instant: Date, timeZone: string): number {
  let zone = zones.get(timeZone);
  if (!zone) {
    zone = { clock: clockOf(timeZone), offsets: new Map() };
    zones.set(timeZone, zone);
  }
  const at = instant.getTime();
  if (!(at >= SINCE)) return readOffset(zone.clock, at);
  const quarter = Math.floor(at / QUARTER_HOUR);
  let offset = zone.offsets.get(quarter);
  if (offset === undefined) {
    if (zone.offsets.size >= MOST_QUARTERS) zone.offsets.clear();
    offset = readOffset(zone.clock, quarter * QUARTER_HOUR);
    zone.offsets.set(quarter, offset);
  }
  return offset;
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const [number, two] = ["numeric", "2-digit"] as const;
  const fields = { year: number, month: two, day: two, hour: two, minute: two, second: two } as const;
  return new Intl.DateTimeFormat("en-GB", { timeZone, ...fields, hourCycle: "h23" });
}

function readOffset(clock: Intl.DateTimeFormat, at: number): number {
  const part: Record<string, string> = {};
  for (const { type, value } of clock.formatToParts(at)) part[type] = value;
  const whole = Math.floor(at / 1000) * 1000;
  return (
    Date.parse(`${part.year!.padStart(4, "0")}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}Z`) - whole
  );
}

const MINUS = "\u2212";
const SPACE = "\u00a0";

/** Digits in groups of three with a no-break space (en: a comma), four digits alone ungrouped; decimal comma (en: a point). */
export function formatNumber(language: Language, number: number): string {
  if (!Number.isFinite(number)) return "";
  // Twelve decimals are more than anything here is measured in, and fewer than the rounding of binary fractions shows.
  const [whole, fraction] = plainDigits(Math.abs(number)).split(".") as [string, string | undefined];
  const digits = whole.length <= 4 ? whole : grouped(language, whole);
  return `${number < 0 ? MINUS : ""}${digits}${fraction ? point(language) + fraction : ""}`;
}

function plainDigits(number: number): string {
  if (Number.isSafeInteger(number)) return String(number);
  if (Number.isInteger(number)) return BigInt(number).toString();
  return number.toFixed(12).replace(/\.?0+$/, "");
}

function grouped(language: Language, whole: string): string {
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, language === "en" ? "," : SPACE);
}

function point(language: Language): string {
  return language === "en" ? "." : ",";
}

const currencies: Record<string, Record<Language, string>> = {
  KGS: { ky: "сом", ru: "сом", kk: "сом", en: "som" },
  KZT: { ky: "теңге", ru: "тенге", kk: "теңге", en: "tenge" },
};

/** Money from minor units, always in groups: `formatMoney("ky", 150050, "KGS")` gives `1 500,50 сом`. */
export function formatMoney(language: Language, minor: number, currency: string): string {
  const whole = grouped(language, plainDigits(Math.trunc(Math.abs(minor) / 100)));
  const cents = Math.abs(minor % 100);
  const amount = cents === 0 ? whole : `${whole}${point(language)}${String(cents).padStart(2, "0")}`;
  return `${minor < 0 ? MINUS : ""}${amount}${SPACE}${currencies[currency]?.[language] ?? currency}`;
}
