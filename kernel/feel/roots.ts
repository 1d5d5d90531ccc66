/** Powers, roots, exponentials and logarithms of FEEL numbers, computed on scaled integers and rounded once to 34 digits. */
import {
  coefficient,
  type Decimal,
  divide,
  fromParts,
  isWhole,
  negate,
  ONE,
  powerOfTen,
  sign,
  toInteger,
  ZERO,
} from "./decimal.ts";

const GUARD = 60;
const UNIT = powerOfTen(GUARD);

/** A number as an integer of units of 10^-GUARD. */
function toFixed(value: Decimal): bigint {
  const shift = GUARD - value.scale;
  return shift >= 0 ? coefficient(value) * powerOfTen(shift) : coefficient(value) / powerOfTen(-shift);
}

function times(a: bigint, b: bigint): bigint {
  return (a * b) / UNIT;
}

/** 2·artanh(x), the series behind every logarithm here; |x| at most about 1/3. */
function twiceArtanh(x: bigint): bigint {
  const square = times(x, x);
  let power = x;
  let sum = 0n;
  for (let odd = 1n; power !== 0n; odd += 2n) {
    sum += power / odd;
    power = times(power, square);
  }
  return 2n * sum;
}

const LN_2 = twiceArtanh(UNIT / 3n);
const LN_10 = 3n * LN_2 + twiceArtanh(UNIT / 9n);

function integerRoot(value: bigint): bigint {
  if (value < 2n) return value;
  let guess = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

/** The square root; null for negative numbers. */
export function squareRoot(value: Decimal): Decimal | null {
  if (sign(value) < 0) return null;
  if (sign(value) === 0) return ZERO;
  let shift = 80;
  if ((value.scale + shift) % 2 !== 0) shift += 1;
  const scaled = coefficient(value) * powerOfTen(shift);
  const root = integerRoot(scaled);
  const scale = (value.scale + shift) / 2;
  return root * root === scaled ? fromParts(root, scale) : fromParts(root * 10n + 1n, scale + 1);
}

function exponentiate(value: bigint): Decimal | null {
  // e^x = 10^k · e^r with |r| ≤ ln(10): the series runs on r / 256 and the result is squared eight times.
  const power = value / LN_10;
  if (power > 6200n) return null;
  if (power < -6300n) return ZERO;
  const rest = (value - power * LN_10) / 256n;
  let term = UNIT;
  let sum = UNIT;
  for (let n = 1n; term !== 0n; n += 1n) {
    term = times(term, rest) / n;
    sum += term;
  }
  for (let squared = 0; squared < 8; squared += 1) sum = times(sum, sum);
  return fromParts(sum, GUARD - Number(power));
}

/** e to the power of the value; null where the result is too large. */
export function exponential(value: Decimal): Decimal | null {
  return sign(value) === 0 ? ONE : exponentiate(toFixed(value));
}

function logarithm(value: Decimal): bigint {
  const digits = coefficient(value);
  const count = digits.toString().length;
  // value = m · 10^k with m in [1, 10), then m is halved into [2/3, 4/3].
  let mantissa = digits * powerOfTen(Math.max(0, GUARD + 1 - count));
  if (count > GUARD + 1) mantissa = digits / powerOfTen(count - GUARD - 1);
  let halvings = 0n;
  while (mantissa * 3n > UNIT * 4n) {
    mantissa /= 2n;
    halvings += 1n;
  }
  const series = twiceArtanh(((mantissa - UNIT) * UNIT) / (mantissa + UNIT));
  return series + halvings * LN_2 + BigInt(count - 1 - value.scale) * LN_10;
}

/** The natural logarithm; null for zero and negative numbers. */
export function naturalLogarithm(value: Decimal): Decimal | null {
  return sign(value) <= 0 ? null : fromParts(logarithm(value), GUARD);
}

/** The base to a power. Whole exponents are computed by squaring, others through logarithms; null where undefined. */
export function power(base: Decimal, exponent: Decimal): Decimal | null {
  if (sign(exponent) === 0) return ONE;
  if (sign(base) === 0) return sign(exponent) > 0 ? ZERO : null;
  const times = toInteger(exponent);
  if (times !== null && Math.abs(times) <= 9999) {
    if (times > 0) return wholePower(base, times);
    const inverse = wholePower(base, -times);
    return inverse === null ? null : divide(ONE, inverse);
  }
  if (sign(base) > 0) return exponentiate(scaledProduct(logarithm(base), exponent));
  if (!isWhole(exponent)) return null;
  const size = exponentiate(scaledProduct(logarithm(negate(base)), exponent));
  const odd = exponent.scale === 0 && coefficient(exponent) % 2n !== 0n;
  return size === null || !odd ? size : negate(size);
}

function scaledProduct(fixed: bigint, factor: Decimal): bigint {
  const product = fixed * coefficient(factor);
  return factor.scale >= 0 ? product / powerOfTen(factor.scale) : product * powerOfTen(-factor.scale);
}

/** Squaring on integers of at most 80 digits: twenty rounding steps cannot reach the 34 digits kept. */
function wholePower(base: Decimal, times: number): Decimal | null {
  let result = { value: 1n, scale: 0 };
  let square = { value: coefficient(base), scale: base.scale };
  for (let left = times; left > 0; left >>= 1) {
    if (left & 1) result = trim({ value: result.value * square.value, scale: result.scale + square.scale });
    if (left > 1) square = trim({ value: square.value * square.value, scale: square.scale * 2 });
  }
  return fromParts(result.value, result.scale);
}

function trim(number: { value: bigint; scale: number }): { value: bigint; scale: number } {
  const drop = number.value.toString().length - 81;
  return drop <= 0 ? number : { value: number.value / powerOfTen(drop), scale: number.scale - drop };
}
