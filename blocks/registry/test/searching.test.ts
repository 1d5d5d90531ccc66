import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "@kerege/kernel/database";
import type { Values } from "../declaration.ts";
import { publishedOf } from "../registers.ts";
import { createTurn } from "../turn.ts";
import { body, openReadingPlace, type ReadingPlace, START } from "./reading-place.ts";

let house: ReadingPlace["house"];
let registry: ReadingPlace["registry"];
let put: ReadingPlace["put"];
let citizen: ReadingPlace["citizen"];
let change: ReadingPlace["change"];
let car: ReadingPlace["car"];
let ask: ReadingPlace["ask"];

before(async () => {
  ({ house, registry, put, citizen, change, car, ask } = await openReadingPlace());
});
after(() => house.close());

test("a fuzzy search finds a name with one wrong letter in each part, in any spelling, the nearest first", async () => {
  const people = [
    ["Жаныбекова", "Айгүл", "1984-02-02"],
    ["Жаныбеков", "Айбек", "1984-03-03"],
    ["Жанибекова", "Айгуль", "1991-02-02"],
    ["Токтогулова", "Айгүл", "1984-02-02"],
  ] as const;
  const keys: string[] = [];
  for (const [surname, given_name, born_on] of people) keys.push(await citizen({ surname, given_name, born_on }));
  const search = async (values: Values, more: object = {}) =>
    registry.search(body("tax"), {
      register: "citizen",
      condition: "by_name",
      values,
      fields: ["surname"],
      ground: "tax",
      ...more,
    });
  const found = async (values: Values) => (await search(values)).rows.map((row) => keys.indexOf(row.key));
  assert.deepEqual(await found({ surname: "Zhanybekova", given_name: "Aigul" }), [0, 2]);
  assert.deepEqual(await found({ surname: "Жанебекова", given_name: "Айгл" }), [0, 2]);
  const narrowed = { born_on_from: "1984-01-01", born_on_until: "1985-01-01" };
  assert.deepEqual(await found({ surname: "Жаныбекво", ...narrowed }), [1]);
  assert.deepEqual(await found({ surname: "Жаныбеков", ...narrowed }), [1, 0]);
  assert.deepEqual(await found({ surname: "Qqq" }), []);
  assert.deepEqual(await found({ surname: "!!!" }), []);
  await assert.rejects(search({ given_name: "Айгүл" }), { code: "registry.unknown-search" });
  await assert.rejects(search({ surname: "Жаныбеков", born_on_from: "x' or '1'='1" }), { code: "registry.wrong-search" });
  const first = await search({ surname: "Жаныбекова" }, { limit: 2 });
  const second = await search({ surname: "Жаныбекова" }, { limit: 2, after: first.next });
  assert.deepEqual(
    [...first.rows, ...second.rows].map((row) => keys.indexOf(row.key)),
    [0, 2, 1],
  );
  assert.equal(second.next, undefined);
});

test("a change of name is found under the new name and no longer under the old one", async () => {
  const pin = await citizen({ surname: "Байтемирова", given_name: "Назгүл" });
  await change(pin, "move", { surname: "Кадырбекова" });
  const found = async (surname: string) =>
    (
      await registry.search(body("tax"), {
        register: "citizen",
        condition: "by_name",
        values: { surname },
        fields: ["surname"],
        ground: "tax",
      })
    ).rows;
  assert.deepEqual(
    (await found("Kadyrbekowa")).map((row) => row.key),
    [pin],
  );
  assert.deepEqual(await found("Байтемирова"), []);
});

test("a range search pages without loss over equal and empty values, and a page mark of another shape is refused", async () => {
  const mother = await citizen();
  const names = ["Б", "А", null, "Б", null, "А", "В"];
  const keys = new Set<string>();
  for (const given_name of names) keys.add(await citizen({ mother, given_name }));
  const search = (after?: string) =>
    registry.search(body("tax"), {
      register: "citizen",
      condition: "by_mother",
      values: { mother },
      fields: ["given_name"],
      ground: "tax",
      after,
    });
  const seen: string[] = [];
  const order: unknown[] = [];
  for (let page = await search(); ; page = await search(page.next)) {
    seen.push(...page.rows.map((row) => row.key));
    order.push(...page.rows.map((row) => row.values.given_name));
    if (!page.next) break;
  }
  assert.deepEqual(order, ["А", "А", "Б", "Б", "В", null, null]);
  assert.deepEqual(new Set(seen), keys);
  assert.equal(seen.length, 7);
  for (const mark of ["", "!!", Buffer.from('["a"]').toString("base64url"), Buffer.from('[{},"b"]').toString("base64url")])
    await assert.rejects(search(mark), { code: "registry.wrong-page-mark" });
});

test("a record in a closed state is left out of searches unless asked for", async () => {
  const pin = await citizen();
  const [driven, scrapped] = [await car(pin), await car(pin)];
  await put("traffic", { register: "car", event: "scrapping", key: scrapped, values: {}, validFrom: "2025-01-01" });
  const search = async (closed?: boolean) =>
    (
      await registry.search(body("tax"), {
        register: "car",
        condition: "by_holder",
        values: { holder: pin },
        fields: ["colour"],
        ground: "tax",
        closed,
      })
    ).rows;
  assert.deepEqual(
    (await search()).map((row) => [row.key, row.state]),
    [[driven, "registered"]],
  );
  assert.deepEqual(new Set((await search(true)).map((row) => row.key)), new Set([driven, scrapped]));
});

test("M-A10: a change for a day to come turns at midnight in the country's zone, in reads and in searches alike", async () => {
  const pin = await citizen({ surname: "Азыркы", region: "Азыр" });
  await change(pin, "move", { surname: "Келечекова", region: "Кийин" }, "2026-12-05");
  const by = async (condition: string, values: Values) =>
    (await registry.search(body("tax"), { register: "citizen", condition, values, fields: ["surname"], ground: "tax" })).rows.map(
      (row) => row.key,
    );
  const seen = async () => [
    await by("by_region", { region: "Азыр" }),
    await by("by_region", { region: "Кийин" }),
    await by("by_name", { surname: "Келечекова" }),
    (await ask(body("tax"), pin))?.values.surname,
  ];
  assert.deepEqual(await seen(), [[pin], [], [], "Азыркы"]);
  house.clock.set("2026-12-04T17:59:59Z");
  assert.deepEqual(await seen(), [[pin], [], [], "Азыркы"]);
  house.clock.set("2026-12-04T18:00:00Z");
  assert.deepEqual(await seen(), [[], [pin], [pin], "Келечекова"]);
  assert.equal((await ask(body("tax"), pin, { trueOn: "2026-12-04" }))?.values.surname, "Азыркы");
  house.clock.set(START);
});

test("SQL in any value of a search or a key stays a value", async () => {
  const evil = [
    "'; drop table registry.citizen; --",
    "\\'",
    "%",
    "\u{10ffff}",
    "'||(select pin from registry.citizen limit 1)||'",
  ];
  for (const text of evil) {
    await ask(body("tax"), text);
    for (const [condition, values] of [
      ["by_region", { region: text }],
      ["by_name", { surname: text, given_name: text }],
      ["by_mother", { mother: text }],
    ] as const)
      assert.deepEqual(
        (await registry.search(body("tax"), { register: "citizen", condition, values, fields: ["surname"], ground: "tax" })).rows,
        [],
      );
  }
  assert.ok((await registry.count("citizen")) > 0);
});

test("nodes that turn the day at once turn each record once, and a change recorded meanwhile is not lost", async () => {
  const changed = await Promise.all(Array.from({ length: 30 }, () => citizen({ region: "Эрте" })));
  for (const pin of changed) await change(pin, "move", { region: "Кеч" }, "2027-02-20");
  house.clock.set("2027-02-20T06:00:00Z");
  const published = publishedOf(registry.registers(), registry.grounds());
  const means = { database: house.database, clock: house.clock, country: { timeZone: "Asia/Bishkek" }, jobs: { perform() {} } };
  const nodes = [1, 2, 3].map(() => createTurn(means as unknown as Parameters<typeof createTurn>[0], published));
  await Promise.all([...nodes.map((node) => node.turned()), change(changed[0]!, "move", { region: "Дагы" }, "2027-02-01")]);
  const regions = async (trueOn?: string) =>
    Promise.all(changed.map(async (pin) => (await ask(body("tax"), pin, { fields: ["region"], trueOn }))?.values.region));
  assert.deepEqual(new Set(await regions()), new Set(["Кеч"]));
  assert.equal((await regions("2027-02-10"))[0], "Дагы");
  const left = await house.database.first<{ n: number }>(
    sql`select count(*)::int as n from registry.citizen where next_change_on is not null`,
  );
  assert.equal(left?.n, 0);
  house.clock.set(START);
});
