/** What `kerege check` says of a country whose declaration has a mistake. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readDeclarations } from "@kerege/kernel/house";
import { languages } from "@kerege/kernel/locale";
import { faultLines } from "@kerege/server/faults";

const root = mkdtempSync(join(tmpdir(), "kerege-check-"));
const folder = join(root, "countries", "trial");
mkdirSync(folder, { recursive: true });
after(() => rmSync(root, { recursive: true, force: true }));

/** What is said of a country in which these two lines stand, the fifth and the sixth. */
function check(given: { languages?: string; timeZone?: string }, language: "ky" | "ru" | "kk" | "en" = "en"): string {
  const name = "{ ky: Сыноо, ru: Проба, kk: Сынақ, en: Trial }";
  const lines = [
    ...["country: trial", "code: KG", `name: ${name}`, `portalName: ${name}`],
    `languages: ${given.languages ?? "[ky, ru]"}`,
    `timeZone: ${given.timeZone ?? "Asia/Bishkek"}`,
    ...["demo: false", "currency: KGS", "packs: []"],
  ];
  writeFileSync(join(folder, "country.yaml"), `${lines.join("\n")}\n`);
  return faultLines(readDeclarations([], { root, country: "trial" }), language);
}

test("a country without a mistake is good", () => assert.match(check({}), /no faults$/));

for (const zone of ["Asia/Bishkek", "Asia/Almaty", "Europe/Kyiv", "Asia/Calcutta"]) {
  test(`the time zone ${zone} exists`, () => assert.match(check({ timeZone: zone }), /no faults$/));
}

for (const [zone, remedy] of [
  ["Asia/Bishkeck", "Use one of: Asia/Bishkek."],
  ["Asia/Frunze_", "It must fit: Area/Place (IANA)."],
  ["Central/Kyrgyzstan", "It must fit: Area/Place (IANA)."],
] as const) {
  test(`the time zone ${zone}, which is nowhere, is told with its place and what to write`, () => {
    const said = check({ timeZone: zone });
    assert.ok(said.startsWith("countries/trial/country.yaml:6:1  timeZone "), said);
    assert.ok(said.includes(`\n    ${remedy}\n1 fault`), said);
  });
}

for (const [given, place, words] of [
  ["[ky, de]", "5:17", "Use one of: ky, ru, kk, en."],
  ["[ky, ky]", "5:1", "Remove one of them."],
  ["[]", "5:1", "It needs at least 1."],
  ["ky", "5:1", "Write a value of type: array."],
] as const) {
  test(`the languages ${given} are told with their place and what to write`, () => {
    const said = check({ languages: given });
    assert.ok(said.startsWith(`countries/trial/country.yaml:${place}  `), said);
    assert.ok(said.includes(words), said);
  });
}

test("it is said in the language of the terminal", () => {
  const said = languages.map((language) => check({ timeZone: "Asia/Bishkeck" }, language));
  assert.equal(new Set(said).size, languages.length);
  for (const one of said) assert.ok(one.includes("Asia/Bishkek"), one);
});
