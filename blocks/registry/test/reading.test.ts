import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import { leafOf, rootByPath } from "../batch-tree.ts";
import registryBlock from "../block.ts";
import type { Values } from "../declaration.ts";
import type { RegistryDoor } from "../door.ts";
import { makePin } from "../pin.ts";

const root = fileURLToPath(new URL("./fixture-reading/", import.meta.url));
const body = (name: string): Actor => ({ kind: "system", body: name, name: "desk" });
const person = (pin: string): Actor => ({ kind: "person", pin });
const pins = Array.from({ length: 900 }, (_, serial) => makePin({ sex: "f", bornOn: "1990-05-12", serial })).filter(
  (pin) => pin !== undefined,
);
let house: TestHouse;
let registry: RegistryDoor;
let used = 0;
const START = "2026-11-22T06:00:00Z";

before(async () => {
  house = await openTestHouse([reference, registryBlock], { root, country: "fixture", packs: ["fixture"], at: START });
  registry = house.doors.registry as RegistryDoor;
});
after(() => house.close());

const newPin = () => pins[used++]!;
const put = (owner: string, request: { register: string; event: string; key: string; values: Values; validFrom?: string }) =>
  registry.record(body(owner), { act: randomUUID(), document: "Form 1", validFrom: "2020-01-01", ...request });
const citizen = async (values: Values = {}) => {
  const pin = newPin();
  await put("office", { register: "citizen", event: "birth", key: pin, values: { surname: "Асанова", region: "Ош", ...values } });
  return pin;
};
const change = (pin: string, event: string, values: Values, validFrom = "2022-01-01") =>
  put("office", { register: "citizen", event, key: pin, values, validFrom });
const car = async (holder: string, values: Values = {}) => {
  const key = `T${randomUUID().slice(0, 8)}`;
  await put("traffic", { register: "car", event: "registration", key, values: { holder, colour: "ак", ...values } });
  return key;
};
const ask = (actor: Actor, key: string, more: Partial<Parameters<RegistryDoor["read"]>[1]> = {}) =>
  registry.read(actor, { register: "citizen", key, fields: ["surname"], ground: "tax", ...more });
const events = async (type: string) =>
  (
    await house.database.rows<{ body: Record<string, unknown> }>(
      sql`select body from kernel.event where type = ${type} order by id`,
    )
  ).map((row) => row.body);
const readsOf = async (pin: string) => (await registry.readsAbout(person(pin), { pin, limit: 100 })).rows;

test("M-0.7: a body under a row rule sees only records of its own, in reads, searches and history", async () => {
  const [mine, other] = [
    await citizen({ region: "osh", born_on: "1950-01-01" }),
    await citizen({ region: "talas", born_on: "1950-01-02" }),
  ];
  const under = { ground: "region", fields: ["surname", "region"] };
  assert.ok(await ask(body("osh"), mine, under));
  assert.equal(await ask(body("osh"), other, under), undefined);
  assert.equal(await ask(body("osh"), other, { ...under, trueOn: "2021-01-01" }), undefined);
  assert.deepEqual(await registry.history(body("osh"), { register: "citizen", key: other, ...under }), []);
  const found = await registry.search(body("osh"), {
    register: "citizen",
    condition: "by_birth",
    values: { born_on_from: "1950-01-01", born_on_until: "1950-02-01" },
    ...under,
  });
  assert.deepEqual(
    found.rows.map((row) => row.key),
    [mine],
  );
  // Of what was not shown, the subject sees that somebody asked for it by its number and found nothing.
  assert.ok((await readsOf(other)).every((entry) => !entry.found));
});

test("a parent reads about a child until it is of age, also its cars, and nobody else does", async () => {
  const mother = await citizen();
  const [child, grown] = [
    await citizen({ mother, born_on: "2015-03-03", surname: "Баласы" }),
    await citizen({ mother, born_on: "2010-11-22", surname: "Чоңойду" }),
  ];
  const own = { ground: "own", fields: ["surname"] };
  assert.equal((await ask(person(mother), child, own))?.values.surname, "Баласы");
  assert.equal(await ask(person(mother), grown, own), undefined);
  assert.equal(await ask(person(newPin()), child, own), undefined);
  const theirs = await car(child);
  const about = (actor: Actor, key: string) => registry.read(actor, { register: "car", key, fields: ["colour"], ground: "own" });
  assert.ok(await about(person(mother), theirs));
  assert.ok(await about(person(child), theirs));
  assert.equal(await about(person(grown), theirs), undefined);
});

test("M-A10: a person reads his own record as of any day, also where its subject is not its key", async () => {
  const [seller, buyer] = [await citizen(), await citizen()];
  const key = await car(seller);
  await put("traffic", { register: "car", event: "sale", key, values: { holder: buyer }, validFrom: "2024-06-01" });
  const own = (pin: string, trueOn?: string) =>
    registry.read(person(pin), { register: "car", key, fields: ["colour", "holder"], ground: "own", trueOn });
  assert.equal((await own(buyer))?.values.holder, buyer);
  assert.equal(await own(seller), undefined);
  assert.equal((await own(seller, "2023-01-01"))?.values.holder, seller);
  assert.equal(await own(buyer, "2023-01-01"), undefined);
  const history = await registry.history(person(seller), { register: "car", key, fields: ["holder"], ground: "own" });
  assert.deepEqual(
    history.map((one) => one.values.holder),
    [seller],
  );
  const mine = await registry.search(person(buyer), {
    register: "car",
    condition: "by_holder",
    values: { holder: seller },
    fields: ["colour"],
    ground: "own",
  });
  assert.deepEqual(mine.rows, []);
});

test("M-0.7: without the subject's consent nothing is read, and a consent withdrawn stops the next read", async () => {
  const pin = await citizen({ blood: "II", region: "Нарын" });
  const blood = (reader = "clinic") => ask(body(reader), pin, { ground: "clinic", fields: ["blood"] });
  const found = () =>
    registry.search(body("clinic"), {
      register: "citizen",
      condition: "by_region",
      values: { region: "Нарын" },
      fields: ["surname"],
      ground: "clinic",
    });
  await assert.rejects(blood(), { code: "registry.no-consent" });
  assert.deepEqual((await found()).rows, []);
  const { id } = await registry.giveConsent(person(pin), { ground: "clinic", reader: "clinic", until: "2026-12-01" });
  assert.equal((await blood())?.values.blood, "II");
  assert.equal((await found()).rows.length, 1);
  await assert.rejects(blood("pharmacy"), { code: "registry.no-consent" });
  house.clock.set("2026-11-30T18:00:00Z");
  await assert.rejects(blood(), { code: "registry.no-consent" }, "the first of December begins in Bishkek at 18:00 UTC");
  house.clock.set(START);
  await assert.rejects(registry.withdrawConsent(person(newPin()), { id }), { code: "registry.not-found" });
  await registry.withdrawConsent(person(pin), { id });
  await assert.rejects(blood(), { code: "registry.no-consent" });
  const [consent] = await registry.consents(person(pin));
  assert.ok(consent?.withdrawnAt);
  await assert.rejects(registry.giveConsent(person(pin), { ground: "tax", reader: "tax" }), { code: "registry.no-ground" });
});

test("M-0.7: bulk reads of one reader raise an alarm once, then are refused, page by page too", async () => {
  const many = await Promise.all([1, 2, 3, 4, 5, 6].map((day) => citizen({ born_on: `1930-01-0${day}` })));
  const one = (pin: string, name = "desk") =>
    registry.read(
      { kind: "system", body: "statistics", name },
      { register: "citizen", key: pin, fields: ["region"], ground: "statistics" },
    );
  for (const pin of [many[0]!, many[1]!, many[0]!, many[1]!]) await one(pin);
  assert.equal((await events("registry.bulk-read")).length, 0);
  await one(many[2]!);
  await one(many[3]!);
  assert.deepEqual(
    (await events("registry.bulk-read")).map((event) => [event.subjects, event.bound, event.refused]),
    [[3, 2, false]],
  );
  await assert.rejects(one(many[4]!), { code: "registry.too-many-reads" });
  assert.equal((await events("registry.bulk-read")).length, 2);
  assert.deepEqual(await readsOf(many[4]!), []);
  // Another reader has a count of his own.
  await one(many[4]!, "other");
  const search = (after?: string) =>
    registry.search(
      { kind: "system", body: "statistics", name: "searcher" },
      {
        register: "citizen",
        condition: "by_birth",
        values: { born_on_from: "1930-01-01", born_on_until: "1930-02-01" },
        fields: ["region"],
        ground: "statistics",
        after,
      },
    );
  const first = await search();
  assert.equal(first.rows.length, 3);
  await assert.rejects(search(first.next), { code: "registry.too-many-reads" });
  assert.equal((await readsOf(many[5]!)).length, 0);
  house.clock.advance(86_400_000);
  await one(many[4]!);
  house.clock.set(START);
});

test("M-A21: a read under a public rule of deferral is shown when its time has come; supervision sees it at once and is written itself", async () => {
  const pin = await citizen();
  await ask(body("police"), pin, { ground: "inquiry" });
  assert.deepEqual(await readsOf(pin), []);
  assert.deepEqual(
    registry.deferrals().map((one) => [one.ground, one.for, one.law.article]),
    [["inquiry", "P30D", "7"]],
  );
  const seen = await registry.reads(body("ombudsman"), { subject: pin, ground: "supervision" });
  assert.deepEqual(
    seen.rows.map((entry) => entry.register),
    ["read_entry", "citizen"],
  );
  await assert.rejects(registry.reads(body("police"), { subject: pin, ground: "supervision" }), { code: "registry.no-ground" });
  await assert.rejects(registry.reads(body("ombudsman"), { subject: pin, ground: "tax" }), { code: "registry.no-ground" });
  assert.deepEqual(
    (await readsOf(pin)).map((entry) => entry.register),
    ["read_entry"],
  );
  house.clock.set("2026-12-22T06:00:00Z");
  assert.equal((await readsOf(pin)).length, 2);
  house.clock.set(START);
});

test("M-0.7: broken glass needs a reason, and the owner and the subject are told in the same transaction", async () => {
  const pin = await citizen({ blood: "IV" });
  const key = await car(pin);
  const because = "Unconscious after an accident on the road";
  const glass = (reason?: string) => ask(body("ambulance"), pin, { ground: "ambulance", fields: ["blood"], reason });
  await assert.rejects(glass(), { code: "registry.reason-needed" });
  assert.equal((await glass(because))?.values.blood, "IV");
  const found = await registry.read(body("ambulance"), {
    register: "car",
    key,
    fields: ["colour"],
    ground: "ambulance",
    reason: because,
  });
  assert.deepEqual(found?.values, { colour: "ак" });
  const told = await events("registry.glass-broken");
  assert.deepEqual(
    told.map((event) => [event.register, event.owner, event.body, event.subjects, event.reason]),
    [
      ["citizen", "office", "ambulance", [pin], because],
      ["car", "traffic", "ambulance", [pin], because],
    ],
  );
  assert.deepEqual(
    (await readsOf(pin)).map((entry) => [entry.reason, entry.fields]),
    [
      [because, ["colour", "holder"]],
      [because, ["blood"]],
    ],
  );
  await house.database.run(sql`alter table kernel.event add constraint broken check (type <> 'registry.glass-broken') not valid`);
  try {
    await assert.rejects(glass(because));
  } finally {
    await house.database.run(sql`alter table kernel.event drop constraint broken`);
  }
  assert.equal((await readsOf(pin)).length, 2);
});

test("M-0.8: what is public is read without a name, and only counted; for a case it is written", async () => {
  const square = (west: number) =>
    JSON.stringify({
      type: "Polygon",
      coordinates: [
        [
          [west, 42],
          [west + 1, 42],
          [west + 1, 43],
          [west, 43],
          [west, 42],
        ],
      ],
    });
  for (const [key, west] of [
    ["S1", 70],
    ["S2", 72],
    ["S3", 76],
  ] as const)
    await put("cadastre", {
      register: "site",
      event: "entry",
      key,
      values: { name: `Участок ${key}`, shape: square(west), note: "x" },
    });
  const near = (box: string, more: object = {}) =>
    registry.search(body("anybody"), {
      register: "site",
      condition: "by_box",
      values: { shape: box },
      fields: ["name"],
      ground: "open",
      ...more,
    });
  const keys = async (box: string) => (await near(box)).rows.map((row) => row.key);
  assert.deepEqual(await keys("70.5,42.5,72.5,42.6"), ["S1", "S2"]);
  assert.deepEqual(await keys("73.1,42,75.9,43"), []);
  assert.deepEqual(await keys("60,30,90,50"), ["S1", "S2", "S3"]);
  for (const box of ["1,2,3", "1,2,3,x", "' or 1=1 --"]) await assert.rejects(near(box), { code: "registry.unknown-search" });
  const written = () =>
    house.database.first<{ n: number }>(sql`select count(*)::int as n from registry.read_entry where register = 'site'`);
  const before = (await written())!.n;
  await registry.read(body("anybody"), { register: "site", key: "S1", fields: ["name"], ground: "open" });
  assert.equal((await written())!.n, before);
  await registry.read(body("anybody"), { register: "site", key: "S1", fields: ["name"], ground: "open", case: "case-9" });
  assert.equal((await written())!.n, before + 1);
  await assert.rejects(registry.read(body("anybody"), { register: "site", key: "S1", fields: ["note"], ground: "open" }), {
    code: "registry.no-ground",
  });
});

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

test("two versions are compared field by field, and only for who may see them", async () => {
  const pin = await citizen({ surname: "Эски", region: "Ош" });
  await change(pin, "move", { surname: "Жаңы" });
  const asked = { register: "citizen", key: pin, fields: ["surname", "region"], ground: "tax" };
  assert.deepEqual(await registry.differences(body("tax"), { ...asked, versions: [1, 2] }), [
    { field: "surname", before: "Эски", after: "Жаңы" },
  ]);
  await assert.rejects(registry.differences(body("tax"), { ...asked, versions: [1, 7] }), { code: "registry.not-found" });
  await assert.rejects(registry.differences(body("shop"), { ...asked, versions: [1, 2] }), { code: "registry.no-ground" });
});

test("M-A21: the person takes a proof of a read that leads to the root of its batch, and nobody else does", async () => {
  const pin = await citizen();
  await Promise.all([ask(body("tax"), pin, { case: "c-1" }), ...Array.from({ length: 6 }, () => ask(body("tax"), newPin()))]);
  const [entry] = await readsOf(pin);
  const proof = await registry.readProof(person(pin), { id: entry!.id });
  const content = JSON.parse(proof.content);
  assert.deepEqual(
    [content.key, content.fields, content.ground, content.case, content.reader],
    [pin, ["surname"], "tax", "c-1", "system:tax/desk"],
  );
  const leaf = leafOf(proof.salt, proof.content);
  assert.equal(leaf.toString("base64"), proof.leaf);
  const path = proof.batch.path.map((hash) => Buffer.from(hash, "base64"));
  const root = rootByPath(leaf, { place: proof.batch.place, leaves: proof.batch.leaves, path });
  assert.equal(root?.toString("base64"), proof.batch.root);
  const stored = await house.database.first<{ root: Buffer }>(sql`select root from registry.batch where id = ${proof.batch.id}`);
  assert.deepEqual(stored?.root, root);
  await assert.rejects(registry.readProof(person(newPin()), { id: entry!.id }), { code: "registry.not-found" });
  await assert.rejects(registry.readProof(body("tax"), { id: entry!.id }), { code: "registry.not-found" });
  await assert.rejects(registry.readProof(person(pin), { id: "x" }), { code: "registry.not-found" });
});

test("a read is explained beforehand, in four languages and with the article", () => {
  const asked = { register: "citizen", fields: ["surname"], ground: "banks" };
  const may = registry.explain(body("bank"), asked);
  assert.equal(may.allowed, true);
  assert.equal(may.law?.article, "1");
  const not = registry.explain(body("shop"), asked);
  assert.equal(not.allowed, false);
  assert.match(not.words.en, /does not name this reader/);
  assert.equal(new Set(Object.values(not.words)).size, 4);
  assert.match(registry.explain(body("clinic"), { register: "citizen", fields: ["blood"], ground: "tax" }).words.ru, /blood/);
});

test("M-0.2: a known fact is found through the registers on a day, and each step is a read", async () => {
  const mother = await citizen({ region: "Талас" });
  const pin = await citizen({ mother, region: "Ош" });
  await change(pin, "move", { region: "Чүй" }, "2024-01-01");
  await car(pin, { colour: "көк" });
  const fact = (name: string, more: object = {}) =>
    registry.fact(body("tax"), { fact: name, subject: pin, ground: "tax", ...more });
  assert.equal((await fact("home-region"))?.value, "Чүй");
  assert.equal((await fact("home-region", { on: "2021-01-01" }))?.value, "Ош");
  assert.equal((await fact("mother-region"))?.value, "Талас");
  assert.equal((await fact("car-colour"))?.value, "көк");
  assert.equal(await registry.fact(body("tax"), { fact: "mother-region", subject: mother, ground: "tax" }), undefined);
  await assert.rejects(fact("shoe-size"), { code: "registry.unknown-fact" });
  await assert.rejects(fact("home-region", { ground: "banks" }), { code: "registry.no-ground" });
  assert.ok((await readsOf(mother)).length > 0);
});

test("M-A9: a contested field is decided by the owner in working days, once", async () => {
  const pin = await citizen({ surname: "Ката" });
  const request = { register: "citizen", key: pin, field: "surname", claimed: "Туура", reason: "The birth certificate says so" };
  await assert.rejects(registry.contest(person(newPin()), request), { code: "registry.not-found" });
  await assert.rejects(registry.contest(person(pin), { ...request, field: "shoe" }), { code: "registry.unknown-field" });
  await assert.rejects(registry.contest(person(pin), { ...request, reason: " " }), { code: "registry.wrong-value" });
  const both = await Promise.allSettled([registry.contest(person(pin), request), registry.contest(person(pin), request)]);
  const [made] = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  assert.deepEqual(
    both.flatMap((one) => (one.status === "rejected" ? [one.reason.code] : [])),
    ["registry.contested-already"],
  );
  // Sunday the 22nd, five working days on, Wednesday a holiday: Monday the 30th.
  assert.deepEqual([made!.held, made!.claimed, made!.dueOn, made!.state], ["Ката", "Туура", "2026-11-30", "open"]);
  assert.ok((await registry.contests(body("office"))).rows.some((one) => one.id === made!.id));
  assert.deepEqual((await registry.contests(body("tax"))).rows, []);
  const decision = { key: pin, id: made!.id, accepted: true, answer: "Checked with the act of birth" };
  await assert.rejects(registry.decide(body("tax"), decision), { code: "registry.not-owner" });
  assert.equal((await registry.decide(body("office"), decision)).state, "accepted");
  await assert.rejects(registry.decide(body("office"), { ...decision, accepted: false }), { code: "registry.decided-already" });
  const [own] = (await registry.contests(person(pin))).rows;
  assert.deepEqual([own!.state, own!.answer], ["accepted", "Checked with the act of birth"]);
  assert.equal((await events("registry.contest-decided")).at(-1)!.by, pin);
});

test("M-A9: a correction reaches every body, case and person that read the wrong value since it was recorded, and no other", async () => {
  const pin = await citizen({ surname: "Туура", region: "Ош" });
  await ask(body("tax"), pin, { case: "before" });
  house.clock.advance(60_000);
  await change(pin, "move", { surname: "Ката" }, "2023-01-01");
  house.clock.advance(60_000);
  await ask(body("tax"), pin, { case: "c-1", service: "pension" });
  await ask(body("tax"), pin, { case: "c-1", service: "pension" });
  await ask(body("bank"), pin, { ground: "banks", case: "loan" });
  await ask(body("tax"), pin, { fields: ["region"], case: "other-field" });
  await ask(person(pin), pin, { ground: "own" });
  house.clock.advance(60_000);
  const act = randomUUID();
  await registry.record(body("office"), {
    register: "citizen",
    event: "correction",
    act,
    key: pin,
    values: { surname: "Туура" },
    validFrom: "2023-01-01",
    document: "Act 7",
  });
  house.clock.advance(60_000);
  await ask(body("tax"), pin, { case: "after" });
  await house.jobs.drain();
  const mine = (rows: { key: string }[]) => rows.filter((row) => row.key === pin);
  const notices = mine((await registry.notices(body("tax"))).rows) as Awaited<ReturnType<RegistryDoor["notices"]>>["rows"];
  assert.deepEqual(
    notices.map((one) => [one.case, one.service, one.reads, one.fields]),
    [["c-1", "pension", 2, ["surname"]]],
  );
  assert.equal(mine((await registry.notices(body("bank"))).rows).length, 1);
  assert.equal(mine((await registry.notices(body("police"))).rows).length, 0);
  const affected = await registry.affected(body("office"), { register: "citizen", key: pin, act });
  assert.deepEqual(
    affected.map((use) => [use.body, use.person, use.case]),
    [
      [null, pin, null],
      ["bank", null, "loan"],
      ["tax", null, "c-1"],
    ],
  );
  await assert.rejects(registry.affected(body("tax"), { register: "citizen", key: pin, act }), { code: "registry.not-owner" });
  assert.equal((await events("registry.correction-told")).filter((event) => event.act === act).length, 3);
  const letter = (await events("registry.record-corrected")).filter((event) => event.act === act);
  assert.deepEqual(
    letter.map((event) => [event.subjects, new Set(event.bodies as string[])]),
    [[[pin], new Set(["bank", "tax"])]],
  );
});

test("M-A9: a correction of a record that is about nobody, or about somebody else now, finds its readers too", async () => {
  await put("cadastre", { register: "site", event: "entry", key: "S9", values: { name: "Ката" } });
  await registry.read(body("tax"), { register: "site", key: "S9", fields: ["name"], ground: "tax", case: "s-1" });
  await put("cadastre", { register: "site", event: "correction", key: "S9", values: { name: "Туура" } });
  const [first, second] = [await citizen(), await citizen()];
  const key = await car(first, { colour: "кызыл" });
  await registry.read(body("tax"), { register: "car", key, fields: ["colour"], ground: "tax", case: "k-1" });
  house.clock.advance(1000);
  await put("traffic", { register: "car", event: "sale", key, values: { holder: second }, validFrom: "2025-01-01" });
  house.clock.advance(1000);
  await registry.read(body("tax"), { register: "car", key, fields: ["colour"], ground: "tax", case: "k-2" });
  house.clock.advance(1000);
  await put("traffic", { register: "car", event: "correction", key, values: { colour: "жашыл" } });
  await house.jobs.drain();
  const told = (await registry.notices(body("tax"), { limit: 100 })).rows;
  assert.deepEqual(
    told.filter((one) => one.key === "S9").map((one) => one.case),
    ["s-1"],
  );
  assert.deepEqual(new Set(told.filter((one) => one.key === key).map((one) => one.case)), new Set(["k-1", "k-2"]));
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
