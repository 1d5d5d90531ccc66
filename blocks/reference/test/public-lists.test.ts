/** The public lists of the demo country against what the runtime knows of the same standards (Unicode CLDR). */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { languages } from "@kerege/kernel/locale";
import type { Item } from "../declaration.ts";
import { openTestServer, type TestServer } from "./server.ts";

let server: TestServer;

before(async () => {
  server = await openTestServer({ country: "demo" });
});
after(() => server?.close());

const named = (type: "region" | "currency" | "language", code: string) =>
  new Intl.DisplayNames(["en"], { type, fallback: "none" }).of(code);
const unique = (items: Item[], property: string) => new Set(items.map((item) => item.properties?.[property])).size;

test("M-A3: countries are those of ISO 3166-1: 249, each with three codes, known to CLDR", () => {
  const items = server.door.items("countries");
  assert.equal(items.length, 249);
  assert.deepEqual([unique(items, "alpha-3"), unique(items, "numeric")], [249, 249]);
  assert.deepEqual(
    items.filter(({ code }) => named("region", code) === undefined),
    [],
  );
  for (const { code, properties } of items) {
    assert.match(code, /^[A-Z]{2}$/);
    assert.match(properties!["alpha-3"]!, /^[A-Z]{3}$/);
    assert.match(properties!.numeric!, /^\d{3}$/);
    // The runtime folds the other codes of a region into the one of two letters.
    assert.equal(new Intl.Locale(`und-${properties!.numeric}`).region, code);
  }
  assert.equal(server.door.itemBy("countries", "alpha-3", "KGZ")?.name.ru, "Кыргызстан");
});

test("M-A3: currencies in use are those of ISO 4217 the runtime knows, with their decimal places", () => {
  const { door } = server;
  const now = door.items("currencies").filter(({ code }) => door.item("currencies", code, { on: "2026-11-22" }));
  assert.ok(now.length > 170, String(now.length));
  const codes = new Set(door.items("currencies").map(({ code }) => code));
  const lacking = now.map(({ code }) => code).filter((code) => named("currency", code) === undefined);
  assert.deepEqual(
    lacking.filter((code) => !["XAD"].includes(code)),
    [],
  );
  const known = Intl.supportedValuesOf("currency").filter((code) => !codes.has(code));
  assert.deepEqual(known, [], "what the runtime offers is in the list");
  assert.equal(door.item("currencies", "KGS")?.properties?.["minor-units"], "2");
  assert.equal(door.codeState("currencies", "HRK", "2022-12-31"), "valid");
  assert.equal(door.codeState("currencies", "HRK", "2026-11-22"), "closed");
});

test("M-A3: languages are the 183 of ISO 639-1, each with its code of three letters", () => {
  const items = server.door.items("languages");
  assert.equal(items.length, 183);
  assert.equal(unique(items, "alpha-3"), 183);
  // CLDR takes Twi for Akan, which ISO 639-1 tells apart.
  for (const { code, properties } of items.filter((item) => item.code !== "tw"))
    assert.equal(Intl.getCanonicalLocales(properties!["alpha-3"]!)[0], Intl.getCanonicalLocales(code)[0], code);
  const own = items.filter(({ borrowed }) => borrowed === undefined);
  assert.ok(own.length > 170, "nearly all have a name in each language");
});

test("M-A3: economic activities are the 21 sections, 88 divisions and 238 groups of ISIC Rev.4", () => {
  const { door } = server;
  const items = door.items("economic-activities");
  const count = (level: string) => items.filter((item) => item.level === level);
  assert.deepEqual([count("section").length, count("division").length, count("group").length], [21, 88, 238]);
  for (const item of [...count("section"), ...count("division")]) assert.equal(item.borrowed, undefined, item.code);
  for (const item of count("group")) assert.equal(item.code.slice(0, 2), item.parent);
  assert.deepEqual(
    door.path("economic-activities", "620").map(({ code }) => code),
    ["J", "62", "620"],
  );
});

test("M-A3: each section of ISIC Rev.3.1 goes over into sections of Rev.4, and each of those comes from somewhere", () => {
  const { door } = server;
  const [newer, older] = door.heads("economic-activities").map(({ edition }) => edition);
  const pairs = door.mapping("economic-activities", older!, newer!);
  assert.deepEqual([...new Set(pairs.map(({ from }) => from))].sort().join(""), "ABCDEFGHIJKLMNOPQ");
  assert.deepEqual([...new Set(pairs.map(({ to }) => to))].sort().join(""), "ABCDEFGHIJKLMNOPQRSTU");
  assert.equal(door.item("economic-activities", "Q", { on: "2005-01-01" })?.name.en, "Extraterritorial organizations and bodies");
  assert.equal(door.item("economic-activities", "Q", { on: "2026-01-01" })?.name.en, "Human health and social work activities");
  assert.equal(door.codeState("economic-activities", "01", "2005-01-01"), "upcoming");
});

test("M-A3: a district that was renamed keeps its code and both its names", () => {
  const { door } = server;
  const [old, now] = door.history("units", "41707215000000");
  assert.deepEqual([old?.item.name.en, now?.item.name.en], ["Kara-Buura District", "Aitmatov District"]);
  assert.equal(door.item("units", "41707215000000", { on: "2015-01-01" })?.name.ky, "Кара-Буура району");
  assert.deepEqual(
    door.diff("units", old!.edition, now!.edition).map(({ code, kind }) => [code, kind]),
    [["41707215000000", "renamed"]],
  );
});

test("a Saturday from which a day off was moved is worked", () => {
  const { door } = server;
  assert.equal(door.workingDay("2024-01-27"), true);
  assert.equal(door.workingDay("2024-01-03"), false);
  assert.equal(door.workingDay("2024-02-03"), false);
});

test("no name holds letters that belong to another language", () => {
  const foreign = { ky: /[әғқұһі]/i, ru: /[әғқңөұүһі]/i, kk: /$^/, en: /[а-яё]/i };
  for (const name of ["countries", "currencies", "languages", "economic-activities"]) {
    for (const item of server.door.items(name)) {
      for (const language of languages) {
        if (item.borrowed?.includes(language)) continue;
        assert.doesNotMatch(item.name[language], foreign[language], `${name} ${item.code} ${language}`);
        assert.equal(item.name[language].trim(), item.name[language]);
      }
    }
  }
});

test("M-A9: each post of the demo country is in a known body, and its officials hold it on a day", async () => {
  const { door } = server;
  const holders = await door.officials({ on: "2026-11-22" });
  assert.equal(holders.length, door.posts().length);
  for (const { post, body } of holders) assert.ok(door.body(body) && door.post(post));
  assert.equal((await door.holder("tax-inspector", "2026-06-30"))?.official, "o-1009");
  assert.equal((await door.holder("tax-inspector", "2026-07-01"))?.official, "o-1010");
  assert.equal(await door.holder("digital-deputy", "2027-01-05"), undefined);
});
