/**
 * The personal number: 14 digits. 1 for a woman or 2 for a man, the day of birth as DDMMYYYY, a serial number of four digits, a
 * check digit. The check digit is that of ISO/IEC 7064, MOD 11-2: every single wrong digit and every swap of two neighbours is
 * seen. Serials whose check character would be the letter X of that standard are not given out.
 */
export type Sex = "f" | "m";

export function isPin(text: string): boolean {
  return /^[12]\d{13}$/.test(text) && remainder(text) === 1 && dayOfPin(text) !== undefined;
}

/** The number for a sex, a day of birth (`YYYY-MM-DD`) and a serial (0 to 9999), or undefined for a serial that is not given out. */
export function makePin(of: { sex: Sex; bornOn: string; serial: number }): string | undefined {
  const [year, month, day] = of.bornOn.split("-") as [string, string, string];
  const body = `${of.sex === "f" ? 1 : 2}${day}${month}${year}${String(of.serial).padStart(4, "0")}`;
  const check = (12 - remainder(`${body}0`)) % 11;
  return check === 10 ? undefined : `${body}${check}`;
}

/** What a correct number tells. */
export function readPin(pin: string): { sex: Sex; bornOn: string } {
  return { sex: pin[0] === "1" ? "f" : "m", bornOn: dayOfPin(pin) ?? "" };
}

// ISO/IEC 7064, 7.2 (pure system, recursive method): the weights are powers of 2, the last digit weighs 1.
function remainder(digits: string): number {
  let sum = 0;
  for (let at = 0; at < digits.length; at++) sum = (sum * 2 + (digits.charCodeAt(at) - 48)) % 11;
  return sum;
}

function dayOfPin(pin: string): string | undefined {
  const iso = `${pin.slice(5, 9)}-${pin.slice(3, 5)}-${pin.slice(1, 3)}`;
  const year = Number(pin.slice(5, 9));
  return year >= 1850 && isDay(iso) ? iso : undefined;
}

/** A real day of the calendar, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(5, 7)), Number(text.slice(8))];
  if (month === 2) return day >= 1 && day <= (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28);
  return month >= 1 && month <= 12 && day >= 1 && day <= ([4, 6, 9, 11].includes(month) ? 30 : 31);
}
