import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { addLocales, compileMessage, createTexts, languages } from "@kerege/kernel/locale";
import { lifeEvents } from "../declaration.ts";
import { problems } from "../problems.ts";

const texts = createTexts();
addLocales(texts, "services", new URL("../locales/", import.meta.url));
const sources = readdirSync(new URL("../", import.meta.url))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8"))
  .join("\n");
/** The sources with every place in a file written as []. */
const checks = sources.replace(/\[[^[\]]*\]/g, "[]").replace(/\[[^[\]]*\]/g, "[]");

describe("texts of services", () => {
  test("each language says the same things", () => {
    const wanted = texts.keys("en").sort();
    for (const language of languages) assert.deepEqual(texts.keys(language).sort(), wanted, language);
  });

  test("each text can be read and none is left empty", () => {
    for (const language of languages) {
      for (const key of texts.keys(language))
        assert.ok(texts.translate(language, key, { count: 1, min: "2026-01-01", max: "2026-01-01" }).trim() !== "", key);
    }
    assert.throws(() => compileMessage("{broken", "en"));
  });

  test("each problem, fault, error and life event has its texts", () => {
    const keys = [
      ...Object.keys(problems).flatMap((code) => [`problems.${code}.title`, `problems.${code}.detail`]),
      ...lifeEvents.map((code) => `life-events.${code}`),
      ...[...checks.matchAll(/(?:\[\]|\bplace),\s*"(?:services\.faults\.)?([a-z-]+)"/g)].flatMap(([, code]) => [
        `faults.${code}.message`,
        `faults.${code}.remedy`,
      ]),
      ...[...sources.matchAll(/fault\((?:many \? )?"([a-z-]+)"/g)].map(([, code]) => `errors.${code}`),
    ];
    assert.ok(keys.length > 80, String(keys.length));
    for (const key of keys) assert.ok(texts.has(`services.${key}`), key);
  });
});
