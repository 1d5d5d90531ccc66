import assert from "node:assert/strict";
import { test } from "node:test";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { LEVELS } from "../means.ts";
import { FORMATS, NEXT_STEPS, REASONS, reportOf } from "../report.ts";
import { sunsetOf } from "../sunset.ts";
import { recognise } from "../validate.ts";

test("every reason, next step, level and format has a sentence in four languages", () => {
  const texts = createTexts();
  addLocales(texts, "trust", new URL("../../locales/", import.meta.url));
  const keys = [
    ...Object.keys(REASONS).map((one) => `reasons.${one}`),
    ...NEXT_STEPS.map((one) => `next.${one}`),
    ...LEVELS.map((one) => `levels.${one}`),
    ...FORMATS.map((one) => `formats.${one}`),
    ...["TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED"].map((one) => `indications.${one}`),
    ...["stamp", "claimed", "none"].map((one) => `time.${one}`),
    ...["whole-file", "earlier-version", "parts"].map((one) => `covers.${one}`),
    ...["person", "official", "body"].map((one) => `signers.${one}`),
  ];
  for (const language of languages) {
    const known = new Set(texts.keys(language));
    for (const key of keys) assert.ok(known.has(`trust.signing.${key}`), `${language} ${key}`);
  }
});

test("only one reason passes, and a file is as good as its worst signature", () => {
  const passing = Object.entries(REASONS).filter(([, { indication }]) => indication === "TOTAL-PASSED");
  assert.deepEqual(
    passing.map(([name]) => name),
    ["good"],
  );
  const at = new Date(0);
  assert.equal(reportOf("pdf", [], { at }).reason, "no-signature");
  assert.equal(reportOf("pdf", [], { at }).indication, "INDETERMINATE");
});

test("a file is known by its bytes", () => {
  const known = (text: string): string => recognise(Buffer.from(text, "latin1"));
  assert.deepEqual(
    [
      "%PDF-1.7\n",
      "PK\x03\x04rest",
      "\x30\x82\x01\x00",
      "<?xml version='1.0'?><a/>",
      "eyJhbGciOiJFUzI1NiJ9..AA",
      '{"payload":""}',
      "hello",
      "",
    ].map(known),
    ["pdf", "asic", "cms", "xml", "jws", "jws", "unknown", "unknown"],
  );
});

test("algorithms have an end, and what is not in the table has had it", () => {
  assert.ok(sunsetOf("ec-256") > sunsetOf("rsa-2048"));
  assert.deepEqual(sunsetOf("rsa-4096"), sunsetOf("rsa-3072"));
  assert.ok(sunsetOf("unknown") < new Date("2000-01-01"));
});
