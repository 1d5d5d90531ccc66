import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import type { RegistryDoor } from "../door.ts";
import { body, openReadingPlace, person, type ReadingPlace } from "./reading-place.ts";

let house: ReadingPlace["house"];
let registry: ReadingPlace["registry"];
let newPin: ReadingPlace["newPin"];
let put: ReadingPlace["put"];
let citizen: ReadingPlace["citizen"];
let change: ReadingPlace["change"];
let car: ReadingPlace["car"];
let ask: ReadingPlace["ask"];
let events: ReadingPlace["events"];
let readsOf: ReadingPlace["readsOf"];

before(async () => {
  ({ house, registry, newPin, put, citizen, change, car, ask, events, readsOf } = await openReadingPlace());
});
after(() => house.close());

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

test("M-A9 M-A21: the owner of a car contests its colour; the owner of the register puts it right, and who used it wrongly is told", async () => {
  const [holder, stranger] = [await citizen(), await citizen()];
  const key = await car(holder, { colour: "кызыл" });
  const look = (name: string, more = {}) =>
    registry.read(body(name), { register: "car", key, fields: ["colour"], ground: "tax", ...more });
  await look("tax", { case: "levy" });
  house.clock.advance(1000);
  const request = { register: "car", key, field: "colour", claimed: "көк", reason: "Карап көрүңүз" };
  await assert.rejects(registry.contest(person(stranger), request), { code: "registry.not-found" });
  const made = await registry.contest(person(holder), request);
  assert.deepEqual([made.held, made.key, made.state], ["кызыл", key, "open"]);
  // The contest is found by its own number, by those it concerns.
  assert.equal((await registry.readContest(person(holder), { id: made.id })).id, made.id);
  for (const other of [person(stranger), body("office"), body("tax")])
    await assert.rejects(registry.readContest(other, { id: made.id }), { code: "registry.not-found" });
  const decision = { id: made.id, accepted: true, answer: "Көк экен" };
  await assert.rejects(registry.decide(body("office"), decision), { code: "registry.not-owner" });
  assert.equal((await registry.decide(body("traffic"), decision)).state, "accepted");
  await put("traffic", { register: "car", event: "correction", key, values: { colour: "көк" } });
  house.clock.advance(1000);
  await look("tax", { case: "after" });
  await house.jobs.drain();
  const told = (await registry.notices(body("tax"), { limit: 100 })).rows.filter((one) => one.key === key);
  assert.deepEqual(
    told.map((one) => [one.case, one.fields]),
    [["levy", ["colour"]]],
  );
  const letters = (await events("registry.record-corrected")).filter((event) => event.key === key);
  assert.deepEqual(
    letters.map((event) => [event.subjects, event.bodies]),
    [[[holder], ["tax"]]],
  );
});

test("M-A21: the person sees who read one of his records, and of which only", async () => {
  const holder = await citizen();
  const [first, second] = [await car(holder), await car(holder)];
  for (const key of [first, first, second])
    await registry.read(body("tax"), { register: "car", key, fields: ["colour"], ground: "tax" });
  await ask(body("tax"), holder);
  const readsIn = async (register: string, key: string) => {
    const seen: string[] = [];
    for (let after: string | undefined, pages = 0; pages < 9; pages++) {
      const record = { register, key };
      const page = await registry.readsAbout(person(holder), {
        pin: holder,
        record,
        limit: 1,
        ...(after !== undefined && { after }),
      });
      seen.push(...page.rows.map((row) => row.register));
      after = page.next;
      if (after === undefined) break;
    }
    return seen;
  };
  assert.deepEqual(await readsIn("car", first), ["car", "car"]);
  assert.deepEqual(await readsIn("car", second), ["car"]);
  assert.deepEqual(await readsIn("citizen", holder), ["citizen"]);
  assert.deepEqual(await readsIn("citizen", first), []);
  await assert.rejects(registry.readsAbout(person(await citizen()), { pin: holder, record: { register: "car", key: first } }), {
    code: "registry.not-found",
  });
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
