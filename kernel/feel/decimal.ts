/**
 * The number of FEEL (DMN 1.3 §10.3.2.3.1): decimal, 34 significant digits, rounding half even, as IEEE 754-2008 decimal128.
 * A value is `coefficient × 10^-scale` in one canonical form, so equal numbers have equal parts. Coefficients inside the
 * safe integers of JavaScript are kept as `number` (the fast path), larger ones as `bigint`.
 */

const DIGITS = 34;
const MAX_EXPONENT = 6144;
const MIN_EXPONENT = -6176;
const SAFE = Number.MAX_SAFE_INTEGER;

const POWERS: number[] = Array.from({ length: 16 }, (_, power) => 10 ** power);
const BIG_POWERS: bigint[] = [];

/** 10 to a power that is not negative. */
export function powerOfTen(power: number): bigint {
  if (power > 400) return 10n ** BigInt(power);
  let found = BIG_POWERS[power];
  if (found === undefined) {
    found = 10n ** BigInt(power);
    BIG_POWERS[power] = found;
  }
  return found;
}

/** An immutable decimal number. Made by `decimal`, `fromParts` and the operations of this file, never by `new` elsewhere. */
export class Decimal {
  /** The coefficient where it is a safe integer; otherwise NaN and `big` holds it. */
  readonly small: number;
  readonly big: bigint | undefined;
  /** Digits after the point; negative only for numbers of more than 34 digits before it. */
  readonly scale: number;

  constructor(small: number, big: bigint | undefined, scale: number) {
    this.small = small;
    this.big = big;
    this.scale = scale;
  }

  /** Canonical text: no trailing zeros, no exponent unless the plain form would need more than 34 digits. */
  toString(): string {
    const { scale } = this;
    if (scale === 0) return this.big === undefined ? String(this.small) : this.big.toString();
    const negative = sign(this) < 0;
    const digits = coefficient(negative ? negate(this) : this).toString();
    const minus = negative ? "-" : "";
    if (scale > 0 && scale <= 2 * DIGITS) {
      const padded = digits.padStart(scale + 1, "0");
      return `${minus}${padded.slice(0, -scale)}.${padded.slice(-scale)}`;
    }
    const exponent = digits.length - 1 - scale;
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${minus}${digits.slice(0, 1)}${fraction}E${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
  }

  /** JSON keeps the exact digits as text. */
  toJSON(): string {
    return this.toString();
  }

  /** The nearest double; exact only for safe integers and short fractions. */
  toNumber(): number {
    const { small, scale } = this;
    if (this.big !== undefined || scale < 0 || scale > 15) return Number(this.toString());
    // Both are exact, so the division gives the nearest double (IEEE 754).
    return scale === 0 ? small : small / POWERS[scale]!;
  }
}

const CACHED: Decimal[] = Array.from({ length: 1024 }, (_, value) => new Decimal(value, undefined, 0));
export const ZERO = CACHED[0]!;
export const ONE = CACHED[1]!;

/** A whole number inside the safe integers. */
export function whole(value: number): Decimal {
  if (value >= 0 && value < 1024) return CACHED[value]!;
  return new Decimal(value === 0 ? 0 : value, undefined, 0);
}

function fromSmall(value: number, scale: number): Decimal {
  let small = value;
  let left = scale;
  if (small === 0) return ZERO;
  while (left > 0 && small % 10 === 0) {
    small /= 10;
    left -= 1;
  }
  return left === 0 ? whole(small) : new Decimal(small, undefined, left);
}

/** Divides and rounds half to even. */
function halfEven(value: bigint, divisor: bigint): bigint {
  let quotient = value / divisor;
  const rest = value - quotient * divisor;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (twice > divisor || (twice === divisor && quotient % 2n !== 0n)) quotient += value < 0n ? -1n : 1n;
  return quotient;
}

function digitCount(value: bigint): number {
  return (value < 0n ? -value : value).toString().length;
}

/** A number from its coefficient and scale, rounded to 34 digits; null where it is too large for decimal128. */
export function fromParts(value: bigint, scale: number): Decimal | null {
  if (value === 0n) return ZERO;
  let big = value;
  let at = scale;
  let count = digitCount(big);
  if (count > DIGITS || -at < MIN_EXPONENT) {
    const drop = Math.max(count - DIGITS, at + MIN_EXPONENT);
    big = drop > count ? 0n : halfEven(big, powerOfTen(drop));
    at -= drop;
    if (big === 0n) return ZERO;
    count = digitCount(big);
    if (count > DIGITS) {
      big /= 10n;
      at -= 1;
      count -= 1;
    }
  }
  if (count - at - 1 > MAX_EXPONENT) return null;
  if (at < 0 && count - at <= DIGITS) {
    big *= powerOfTen(-at);
    at = 0;
  }
  // Trailing zeros go while there is a fraction, or while the number has more places than digits.
  while (at !== 0 && big % 10n === 0n) {
    big /= 10n;
    at -= 1;
  }
  if (big >= -9007199254740991n && big <= 9007199254740991n) {
    return at === 0 ? whole(Number(big)) : new Decimal(Number(big), undefined, at);
  }
  return new Decimal(Number.NaN, big, at);
}

/** The coefficient, whichever way it is kept. */
export function coefficient(value: Decimal): bigint {
  return value.big ?? BigInt(value.small);
}

const LITERAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,5}))?$/;

/** Reads digits with at most one point between them, up to 15 in all; undefined for every other text. */
function parseShort(text: string): Decimal | undefined {
  const negative = text.charCodeAt(0) === 45;
  let value = 0;
  let point = -1;
  const first = negative ? 1 : 0;
  if (text.length - first > 16 || text.length === first) return undefined;
  for (let at = first; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) value = value * 10 + (code - 48);
    else if (code === 46 && point < 0 && at > first && at < text.length - 1) point = at;
    else return undefined;
  }
  if (value > SAFE) return undefined;
  return fromSmall(negative ? -value : value, point < 0 ? 0 : text.length - 1 - point);
}

/** Reads `12`, `-0.5`, `.5`, `1.2e3`; null where the text is no number or out of range. */
export function parseDecimal(text: string): Decimal | null {
  return parseShort(text) ?? parseAny(text);
}

function parseAny(text: string): Decimal | null {
  const match = LITERAL.exec(text);
  if (!match) return null;
  const [, minus, before = "", after = "", exponent = "0"] = match;
  const digits = before + after;
  if (digits === "" || digits.length > 10_000) return null;
  const scale = after.length - Number(exponent);
  if (digits.length < 16 && scale >= 0 && scale < 30) return fromSmall(Number(minus + digits), scale);
  return fromParts(BigInt(digits) * (minus === "-" ? -1n : 1n), scale);
}

/** A number of JavaScript or its text as a FEEL number; null for NaN, infinities and text that is no number. */
export function decimal(value: number | bigint | string): Decimal | null {
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return whole(value);
    // A double that is the nearest to so many hundredths is written with two places at most.
    const hundredths = Math.round(value * 100);
    if (Math.abs(hundredths) < 1e14 && hundredths / 100 === value) return fromSmall(hundredths, 2);
    return Number.isFinite(value) ? parseDecimal(String(value)) : null;
  }
  return typeof value === "bigint" ? fromParts(value, 0) : parseDecimal(value.trim());
}

export function sign(value: Decimal): number {
  if (value.big !== undefined) return value.big < 0n ? -1 : 1;
  return Math.sign(value.small);
}

export function negate(value: Decimal): Decimal {
  if (value.big !== undefined) return new Decimal(Number.NaN, -value.big, value.scale);
  return value.small === 0 ? value : value.scale === 0 ? whole(-value.small) : new Decimal(-value.small, undefined, value.scale);
}

export function absolute(value: Decimal): Decimal {
  return sign(value) < 0 ? negate(value) : value;
}

export function add(a: Decimal, b: Decimal): Decimal | null {
  if (a.big === undefined && b.big === undefined) {
    const gap = a.scale - b.scale;
    if (gap === 0) {
      const sum = a.small + b.small;
      if (sum <= SAFE && sum >= -SAFE) return a.scale === 0 ? whole(sum) : fromSmall(sum, a.scale);
    } else if (gap < 16 && gap > -16) {
      const left = gap < 0 ? a.small * POWERS[-gap]! : a.small;
      const right = gap > 0 ? b.small * POWERS[gap]! : b.small;
      const sum = left + right;
      if (Math.abs(left) <= SAFE && Math.abs(right) <= SAFE && Math.abs(sum) <= SAFE) {
        return fromSmall(sum, gap < 0 ? b.scale : a.scale);
      }
    }
  }
  return addBig(a, b);
}

function addBig(a: Decimal, b: Decimal): Decimal | null {
  const scale = Math.max(a.scale, b.scale);
  // Numbers further apart than the digits kept cannot influence each other beyond the rounding.
  if (Math.abs(a.scale - b.scale) > 3 * DIGITS && sign(a) !== 0 && sign(b) !== 0) {
    const exponentA = digitCount(coefficient(a)) - a.scale;
    const exponentB = digitCount(coefficient(b)) - b.scale;
    if (exponentA - exponentB > 2 * DIGITS) return a;
    if (exponentB - exponentA > 2 * DIGITS) return b;
  }
  const left = coefficient(a) * powerOfTen(scale - a.scale);
  return fromParts(left + coefficient(b) * powerOfTen(scale - b.scale), scale);
}

export function subtract(a: Decimal, b: Decimal): Decimal | null {
  return add(a, negate(b));
}

export function multiply(a: Decimal, b: Decimal): Decimal | null {
  if (a.big === undefined && b.big === undefined) {
    const product = a.small * b.small;
    const scale = a.scale + b.scale;
    if (product <= SAFE && product >= -SAFE && scale >= 0 && scale < 60) return fromSmall(product, scale);
  }
  return fromParts(coefficient(a) * coefficient(b), a.scale + b.scale);
}

/** The quotient to 34 digits; null for a division by zero. */
export function divide(a: Decimal, b: Decimal): Decimal | null {
  if (b.small === 0) return null;
  if (a.big === undefined && b.big === undefined && a.scale >= b.scale && a.small % b.small === 0) {
    return fromSmall(a.small / b.small, a.scale - b.scale);
  }
  const over = coefficient(a);
  const under = coefficient(b);
  const shift = Math.max(0, DIGITS + 2 + digitCount(under) - digitCount(over));
  const scaled = over * powerOfTen(shift);
  const quotient = scaled / under;
  const exact = quotient * under === scaled;
  // A last digit of 1 stands for "and something more", so that no tie is seen where there is none.
  const sticky = over < 0n === under < 0n ? 1n : -1n;
  const scale = a.scale - b.scale + shift;
  return exact ? fromParts(quotient, scale) : fromParts(quotient * 10n + sticky, scale + 1);
}

/** Negative, zero or positive as a is less than, equal to or greater than b. */
export function compare(a: Decimal, b: Decimal): number {
  if (a.big === undefined && b.big === undefined) {
    const gap = a.scale - b.scale;
    if (gap === 0) return a.small - b.small;
    if (gap > 0 && gap < 16) {
      const right = b.small * POWERS[gap]!;
      if (right <= SAFE && right >= -SAFE) return a.small - right;
    } else if (gap < 0 && gap > -16) {
      const left = a.small * POWERS[-gap]!;
      if (left <= SAFE && left >= -SAFE) return left - b.small;
    }
  }
  return compareBig(a, b);
}

function compareBig(a: Decimal, b: Decimal): number {
  const signs = sign(a) - sign(b);
  if (signs !== 0 || sign(a) === 0) return signs;
  const left = coefficient(a);
  const right = coefficient(b);
  const exponents = digitCount(left) - a.scale - (digitCount(right) - b.scale);
  if (exponents !== 0) return exponents * sign(a);
  const scale = Math.max(a.scale, b.scale);
  const gap = left * powerOfTen(scale - a.scale) - right * powerOfTen(scale - b.scale);
  return gap < 0n ? -1 : gap > 0n ? 1 : 0;
}

/** Canonical form makes equality a comparison of parts. */
export function equalDecimals(a: Decimal, b: Decimal): boolean {
  return a.scale === b.scale && (a.small === b.small || (a.big !== undefined && a.big === b.big));
}

export type Rounding = "up" | "down" | "floor" | "ceiling" | "half-up" | "half-down" | "half-even";

/** Rounds to so many places after the point (negative: before it). */
export function round(value: Decimal, places: number, rounding: Rounding): Decimal | null {
  if (value.scale <= places) return value;
  const drop = value.scale - places;
  const big = coefficient(value);
  const divisor = powerOfTen(Math.min(drop, 7000));
  const quotient = big / divisor;
  const rest = big - quotient * divisor;
  const step = roundingStep({ rounding, quotient, rest, divisor });
  return fromParts(quotient + step, places);
}

function roundingStep(parts: { rounding: Rounding; quotient: bigint; rest: bigint; divisor: bigint }): bigint {
  const { rounding, quotient, rest, divisor } = parts;
  if (rest === 0n) return 0n;
  const away = rest < 0n ? -1n : 1n;
  const twice = (rest < 0n ? -rest : rest) * 2n;
  if (rounding === "up") return away;
  if (rounding === "down") return 0n;
  if (rounding === "floor") return rest < 0n ? -1n : 0n;
  if (rounding === "ceiling") return rest > 0n ? 1n : 0n;
  if (twice !== divisor) return twice > divisor ? away : 0n;
  if (rounding === "half-up") return away;
  if (rounding === "half-down") return 0n;
  return quotient % 2n === 0n ? 0n : away;
}

export function isWhole(value: Decimal): boolean {
  return value.scale <= 0;
}

/** The number cut towards zero as a safe integer, or null where it is too large for one. */
export function cutToInteger(value: Decimal): number | null {
  const cut = value.scale > 0 ? round(value, 0, "down") : value;
  return cut && toInteger(cut);
}

/** The number as a safe integer of JavaScript, or null where it is none. */
export function toInteger(value: Decimal): number | null {
  return value.scale === 0 && value.big === undefined ? value.small : null;
}

/** DMN 1.3 table 74: `dividend - divisor * floor(dividend / divisor)`, so the sign is the divisor's. */
export function modulo(dividend: Decimal, divisor: Decimal): Decimal | null {
  if (divisor.small === 0) return null;
  const scale = Math.max(dividend.scale, divisor.scale);
  const over = coefficient(dividend) * powerOfTen(scale - dividend.scale);
  const under = coefficient(divisor) * powerOfTen(scale - divisor.scale);
  const rest = over % under;
  return fromParts(rest !== 0n && rest < 0n !== under < 0n ? rest + under : rest, scale);
}
