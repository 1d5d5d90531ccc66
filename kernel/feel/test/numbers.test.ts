import assert from "node:assert/strict";
import { test } from "node:test";
import { add, compare, Decimal, decimal, divide, multiply, parseDecimal, subtract } from "../decimal.ts";
import { toPlain } from "../plain.ts";
import { checkCases } from "./table.ts";

checkCases("numbers", [
  ["0.1 + 0.2", "0.3"],
  ["0.1 + 0.2 = 0.3", "true"],
  ["1.10", "1.1"],
  ["1.0 = 1", "true"],
  [".5", "0.5"],
  ["1.2e3", "1200"],
  ["1E-3", "0.001"],
  ["-5", "-5"],
  ["- 5 + 2", "-3"],
  ["--5", "5"],
  ["1/3", "0.3333333333333333333333333333333333"],
  ["2/3", "0.6666666666666666666666666666666667"],
  ["-2/3", "-0.6666666666666666666666666666666667"],
  ["10/4", "2.5"],
  ["1/0", "null"],
  ["0/0", "null"],
  ["1.1 * 1.1", "1.21"],
  ["100.10 * 3", "300.3"],
  ["1 - 0.9", "0.1"],
  ["9007199254740991 + 1", "9007199254740992"],
  ["9007199254740993 * 3", "27021597764222979"],
  ["123456789012345678901234567890 + 1", "123456789012345678901234567891"],
  ["9999999999999999999999999999999999 + 1", "1E+34"],
  ["1000000000000000000000000000000000 + 0.5", "1000000000000000000000000000000000"],
  ["1000000000000000000000000000000001 + 0.5", "1000000000000000000000000000000002"],
  ["2 ** 10", "1024"],
  ["2 ** -2", "0.25"],
  ["2 ** 0.5", "1.414213562373095048801688724209698"],
  ["-2 ** 2", "4"],
  ["2 ** 3 ** 2", "64"],
  ["0 ** 0", "1"],
  ["0 ** -1", "null"],
  ["(-8) ** 0.5", "null"],
  ["10 ** 6144", "1E+6144"],
  ["10 ** 6144 * 10", "null"],
  ["1.5 ** 9999", "5.451290142282848456061245856030124E+1760"],
  ["2 + 3 * 4", "14"],
  ["(2 + 3) * 4", "20"],
  ["7 - 3 - 2", "2"],
  ["1 + null", "null"],
  ['1 + "a"', "null"],
  ["decimal(1/3, 2)", "0.33"],
  ["decimal(2.5, 0)", "2"],
  ["decimal(3.5, 0)", "4"],
  ["decimal(-2.5, 0)", "-2"],
  ["decimal(1234, -2)", "1200"],
  ["floor(1.5)", "1"],
  ["floor(-1.5)", "-2"],
  ["floor(-1.56, 1)", "-1.6"],
  ["ceiling(1.5)", "2"],
  ["ceiling(-1.5)", "-1"],
  ["round up(5.5, 0)", "6"],
  ["round up(-5.5, 0)", "-6"],
  ["round up(1.121, 2)", "1.13"],
  ["round down(5.5, 0)", "5"],
  ["round down(-5.5, 0)", "-5"],
  ["round half up(5.5, 0)", "6"],
  ["round half up(-5.5, 0)", "-6"],
  ["round half up(1.126, 2)", "1.13"],
  ["round half down(5.5, 0)", "5"],
  ["round half down(-5.5, 0)", "-5"],
  ["abs(-10.5)", "10.5"],
  ["modulo(12, 5)", "2"],
  ["modulo(-12, 5)", "3"],
  ["modulo(12, -5)", "-3"],
  ["modulo(10.1, 4.5)", "1.1"],
  ["modulo(-10.1, 4.5)", "3.4"],
  ["modulo(5, 0)", "null"],
  ["sqrt(16)", "4"],
  ["sqrt(2)", "1.414213562373095048801688724209698"],
  ["sqrt(0.25)", "0.5"],
  ["sqrt(-1)", "null"],
  ["exp(0)", "1"],
  ["exp(1)", "2.718281828459045235360287471352662"],
  ["exp(-1)", "0.3678794411714423215955237701614609"],
  ["log(10)", "2.302585092994045684017991454684364"],
  ["log(1)", "0"],
  ["log(0)", "null"],
  ["odd(5)", "true"],
  ["odd(5.5)", "false"],
  ["even(-2)", "true"],
  ["even(0)", "true"],
  ["even(10 ** 40)", "true"],
  ["5 between 1 and 5", "true"],
  ["5 between 6 and 9", "false"],
  ["null between 1 and 2", "null"],
  ["income < 30000", "true"],
  ["income + 0.01 = 30000", "true"],
  ["monthly fee * 12", "1201.2"],
  ["monthly fee - 0.10", "100"],
]);

const arithmetic: [string, string, string, string, string][] = [
  // a, b, sum, difference, product
  ["0.1", "0.2", "0.3", "-0.1", "0.02"],
  ["1e30", "1e-30", "1000000000000000000000000000000", "1000000000000000000000000000000", "1"],
  ["9007199254740991", "9007199254740991", "18014398509481982", "0", "81129638414606663681390495662081"],
  ["-0.001", "0.001", "0", "-0.002", "-0.000001"],
];
for (const [a, b, sum, difference, product] of arithmetic) {
  test(`decimal: ${a} and ${b} added, subtracted and multiplied are exact`, () => {
    const [left, right] = [parseDecimal(a)!, parseDecimal(b)!];
    assert.equal(String(add(left, right)), sum);
    assert.equal(String(subtract(left, right)), difference);
    assert.equal(String(multiply(left, right)), product);
  });
}

test("decimal: one number has one form, however it was made", () => {
  for (const text of ["1", "1.0", "10e-1", "0.1e1", "100e-2"]) assert.deepEqual(parseDecimal(text), decimal(1), text);
  assert.deepEqual(parseDecimal("1e3"), decimal(1000n));
  assert.equal(String(parseDecimal("-0")), "0");
});

test("decimal: what is no number is null", () => {
  for (const text of ["", ".", "1.2.3", "abc", "1e", "0x10", "1_000", "Infinity", "NaN", "1e99999"])
    assert.equal(parseDecimal(text), null, text);
  assert.equal(decimal(Number.NaN), null);
  assert.equal(decimal(Number.POSITIVE_INFINITY), null);
});

test("decimal: division is rounded half to even at 34 digits and undone by multiplication", () => {
  const seven = decimal(7)!;
  for (let n = 1; n <= 200; n += 1) {
    const quotient = divide(decimal(n)!, seven)!;
    const back = multiply(quotient, seven)!;
    const error = subtract(back, decimal(n)!)!;
    assert.ok(compare(error, parseDecimal("1e-30")!) < 0 && compare(error, parseDecimal("-1e-30")!) > 0, `${n}/7 = ${quotient}`);
  }
});

test("decimal: fast and slow paths agree on a thousand random pairs", () => {
  let seed = 20_261_122;
  const next = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed;
  };
  for (let round = 0; round < 1000; round += 1) {
    const [a, b] = [next() % 1_000_000, next() % 1_000_000];
    const [p, q] = [next() % 6, next() % 6];
    const left = parseDecimal(`${a}e-${p}`)!;
    const right = parseDecimal(`-${b}e-${q}`)!;
    const exact = BigInt(a) * 10n ** BigInt(10 - p) - BigInt(b) * 10n ** BigInt(10 - q);
    assert.equal(String(add(left, right)), String(parseDecimal(`${exact}e-10`)));
    assert.equal(Math.sign(compare(left, right)), Math.sign(a / 10 ** p + b / 10 ** q));
    assert.equal(String(multiply(left, right)), String(parseDecimal(`${-(BigInt(a) * BigInt(b))}e-${p + q}`)));
  }
});

test("decimal: JSON and text keep every digit", () => {
  const number = parseDecimal("1234567890123456789.0123456789")!;
  assert.equal(JSON.stringify({ number }), '{"number":"1234567890123456789.0123456789"}');
  assert.ok(number instanceof Decimal);
  assert.deepEqual(parseDecimal(String(number)), number);
});

test("decimal: a double becomes the number that its shortest text says", () => {
  let seed = 99;
  for (let round = 0; round < 5000; round += 1) {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    const value = (seed - 2 ** 31) / [1, 7, 10, 100, 1000, 4096][round % 6]!;
    assert.deepEqual(decimal(value), parseDecimal(value.toExponential()), String(value));
  }
});

test("decimal: a number of JSON has the digits of the decimal, or its text has them", () => {
  let seed = 7;
  const next = (): number => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed;
  };
  for (let round = 0; round < 5000; round += 1) {
    const value = parseDecimal(`${round % 2 === 0 ? "-" : ""}${next()}${next() % 10 ** (round % 9)}e-${next() % 20}`)!;
    const plain = toPlain(value);
    assert.equal(String(typeof plain === "number" ? decimal(plain) : parseDecimal(String(plain))), String(value));
    assert.equal(value.toNumber(), Number(String(value)));
  }
});
