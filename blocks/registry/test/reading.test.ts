import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { body, openReadingPlace, person, type ReadingPlace, START } from "./reading-place.ts";

let house: ReadingPlace["house"];
let registry: ReadingPlace["registry"];
let newPin: ReadingPlace["newPin"];
let put: ReadingPlace["put"];
let citizen: ReadingPlace["citizen"];
let car: ReadingPlace["car"];
let ask: ReadingPlace["ask"];
let events: ReadingPlace["events"];
let readsOf: ReadingPlace["readsOf"];

before(async () => {
  ({ house, registry, newPin, put, citizen, car, ask, events, readsOf } = await openReadingPlace());
});
after(() => house.close());

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
      [because, ["colour"]],
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
