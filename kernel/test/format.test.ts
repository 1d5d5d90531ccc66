import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDate, formatInstant, formatMoney, formatNumber } from "../format.ts";
import { type Language, languages } from "../locale.ts";

const dates: Record<Language, [string, string][]> = {
  ky: [
    ["2026-11-05", "2026-жылдын 5-ноябры"],
    ["2026-06-30", "2026-жылдын 30-июну"],
  ],
  ru: [
    ["2026-11-05", "5 ноября 2026 г."],
    ["2026-05-01", "1 мая 2026 г."],
  ],
  kk: [
    ["2026-11-05", "2026 жылғы 5 қараша"],
    ["2026-01-31", "2026 жылғы 31 қаңтар"],
  ],
  en: [
    ["2026-11-05", "5 November 2026"],
    ["1991-08-31", "31 August 1991"],
  ],
};

for (const language of languages) {
  test(`a day is written out in ${language}`, () => {
    for (const [day, written] of dates[language]) assert.equal(formatDate(language, day), written);
  });

  test(`the twelve months have twelve names in ${language}`, () => {
    const written = Array.from({ length: 12 }, (_, month) =>
      formatDate(language, `2026-${String(month + 1).padStart(2, "0")}-07`),
    );
    assert.equal(new Set(written).size, 12);
  });
}

test("an instant is written as its day in UTC", () => {
  assert.equal(formatDate("en", new Date("2026-11-05T23:59:00Z")), "5 November 2026");
});

test("an instant is written with the day and time of a zone", () => {
  assert.equal(formatInstant("en", new Date("2026-11-05T20:05:00Z"), "Asia/Bishkek"), "6 November 2026, 02:05");
  assert.equal(formatInstant("ru", new Date("2026-11-04T18:00:00Z"), "Asia/Bishkek"), "5 ноября 2026 г., 00:00");
});

test("what is no date comes back as it is", () => {
  for (const text of ["", "soon", "2026-13-01", "2026-00-01"]) assert.equal(formatDate("ky", text), text);
  assert.equal(formatDate("ky", new Date(Number.NaN)), "");
});

const numbers: [number, string, string][] = [
  [0, "0", "0"],
  [2026, "2026", "2026"],
  [10_000, "10\u00a0000", "10,000"],
  [1_234_567, "1\u00a0234\u00a0567", "1,234,567"],
  [12345.25, "12\u00a0345,25", "12,345.25"],
  [0.5, "0,5", "0.5"],
  [-7, "\u22127", "\u22127"],
  [-1_000_000, "\u22121\u00a0000\u00a0000", "\u22121,000,000"],
  [0.1 + 0.2, "0,3", "0.3"],
  [1e21, "1\u00a0000\u00a0000\u00a0000\u00a0000\u00a0000\u00a0000\u00a0000", "1,000,000,000,000,000,000,000"],
];

for (const [number, cyrillic, english] of numbers) {
  test(`the number ${number} is written as ${cyrillic}, in English as ${english}`, () => {
    for (const language of ["ky", "ru", "kk"] as const) assert.equal(formatNumber(language, number), cyrillic);
    assert.equal(formatNumber("en", number), english);
  });
}

test("what is no number is not written at all", () => {
  for (const number of [Number.NaN, Number.POSITIVE_INFINITY]) assert.equal(formatNumber("ru", number), "");
});

const sums: [Language, number, string, string][] = [
  ["ky", 150_050, "KGS", "1\u00a0500,50\u00a0сом"],
  ["ru", 100, "KGS", "1\u00a0сом"],
  ["en", 150_050, "KGS", "1,500.50\u00a0som"],
  ["kk", 1_000_000_005, "KZT", "10\u00a0000\u00a0000,05\u00a0теңге"],
  ["ru", 5, "KGS", "0,05\u00a0сом"],
  ["ru", -5, "KGS", "\u22120,05\u00a0сом"],
  ["ru", -123_456, "KGS", "\u22121\u00a0234,56\u00a0сом"],
  ["en", 0, "XTS", "0\u00a0XTS"],
];

for (const [language, minor, currency, written] of sums) {
  test(`${minor} minor units of ${currency} are ${written} in ${language}`, () => {
    assert.equal(formatMoney(language, minor, currency), written);
  });
}
