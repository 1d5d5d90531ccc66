/** Base registers: what the state opens to all, what a person sees of his own, and how an owner's event changes it. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { Problem } from "@kerege/kernel/problem";
import type { Found, RegistryDoor, Values } from "@kerege/registry";
import { temporaryFolder } from "./house.ts";
import { type InsideHouse, openInside } from "./inside.ts";

let house: InsideHouse;
let registry: RegistryDoor;
/** Somebody who is not signed in, as the API names him. */
const anybody: Actor = { kind: "system", body: "", name: "anyone" };
const desk = (body: string): Actor => ({ kind: "system", body, name: "desk" });
const person = (pin: string): Actor => ({ kind: "person", pin, assurance: "high" });

before(async () => {
  house = await openInside({ dataFolder: temporaryFolder() });
  registry = house.doors.registry as RegistryDoor;
});
after(() => house?.close());

const refused = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

async function all(
  actor: Actor,
  asked: { register: string; condition: string; values: Values; fields: string[]; ground: string },
): Promise<Found[]> {
  const rows: Found[] = [];
  for (let after: string | undefined; ; ) {
    const page = await registry.search(actor, { ...asked, ...(after !== undefined && { after }) });
    rows.push(...page.rows);
    after = page.next;
    if (after === undefined) return rows;
  }
}

const drivers = (fields: string[]) =>
  all(desk("transport"), {
    ...{ register: "permit", condition: "by_activity", values: { activity: "passenger-transport" } },
    ...{ fields, ground: "permits-desk" },
  });

test("M-0.8 M-A9: without signing in anybody looks through the register of services, with its sources", async () => {
  const asked = { register: "public_service", ground: "public-services-open", fields: ["title_ru", "provider_en", "source"] };
  const found = await all(anybody, { ...asked, condition: "by_audience", values: { audience: "person" } });
  assert.equal(found.length, 54);
  assert.ok(found.every(({ values }) => typeof values.provider_en === "string"));
  const [birth] = await all(anybody, {
    ...{ ...asked, condition: "by_title_ru", values: { title_ru: "государственная регистрация рождения" } },
  });
  assert.equal(birth?.key, "kg-birth-registration");
  assert.match(String(birth?.values.source), /grs\.gov\.kg/);
});

test("M-0.8 M-0.9: the same comes over the API without credentials; what is not open asks to sign in", async () => {
  const at = (path: string) => house.app.inject({ url: `/api/registers/v1/${path}` });
  const open = await at("public_service/records/kg-birth-registration?ground=public-services-open&fields=title,provider");
  assert.equal(open.statusCode, 200, open.body);
  assert.equal(open.json().values.title.ru, "Государственная регистрация рождения");
  const closed = await at("permit/records/TX-DL0000003?ground=permits-open&fields=holder");
  assert.equal(closed.statusCode, 401);
});

test("M-0.8 M-A10: an act is read by its number with what amended or repealed it, and as it stood before", async () => {
  const asked = { register: "normative_act", ground: "normative-acts-open", fields: ["title_ru", "repealed_by", "adopted_on"] };
  const [act] = await all(anybody, { ...asked, condition: "by_number", values: { number: "139" } });
  assert.equal(act?.values.title_ru, "О государственных и муниципальных услугах");
  const repealed = await registry.read(anybody, { ...asked, key: "kg-gov-2018-200" });
  assert.deepEqual([repealed?.state, repealed?.values.repealed_by], ["repealed", "kg-cab-2026-145"]);
  const then = await registry.read(anybody, { ...asked, key: "kg-gov-2018-200", trueOn: "2020-01-01" });
  assert.deepEqual([then?.state, then?.values.repealed_by], ["in_force", null]);
});

test("M-0.8 M-0.7: what is not public is not open to anybody, in any of these registers", async () => {
  for (const [register, ground, key, field] of [
    ["permit", "permits-open", "TX-DL0000003", "holder"],
    ["movable_pledge", "pledges-open", "KP-1", "pledgor"],
    ["movable_pledge", "pledges-open", "KP-1", "sum"],
    ["state_asset", "state-assets-open", "SA-00001", "lessee"],
    ["information_system", "e-governance-open", "portal", "protection"],
    ["data_centre", "e-governance-open", "DC-1", "place"],
  ] as const)
    await assert.rejects(
      registry.read(anybody, { register, key, fields: [field], ground }),
      refused("registry.no-ground"),
      `${register}.${field}`,
    );
  const open = await registry.read(anybody, {
    ...{ register: "information_system", key: "portal", fields: ["title_ky", "endpoint"], ground: "e-governance-open" },
  });
  assert.equal(open?.values.title_ky, "Электрондук кызматтар порталы");
});

test("M-A9: the register of registers tells of every register its name, owner, law and access order", async () => {
  const asked = { register: "register_passport", ground: "e-governance-open" };
  const fields = ["title_ky", "proprietor", "law_ru", "access_ru", "openness", "personal"];
  const declared = registry.registers();
  for (const { register, owner, title } of declared) {
    const passport = await registry.read(anybody, { ...asked, key: register, fields });
    assert.ok(passport, register);
    assert.deepEqual([passport.values.title_ky, passport.values.proprietor], [title.ky, owner]);
    assert.ok(String(passport.values.law_ru).length > 10 && String(passport.values.access_ru).length > 10);
  }
  const services = await registry.read(anybody, { ...asked, key: "public_service", fields });
  assert.deepEqual([services?.values.openness, services?.values.personal], ["open", false]);
  const people = await registry.read(anybody, { ...asked, key: "person", fields });
  assert.deepEqual([people?.values.openness, people?.values.personal], ["closed", true]);
});

test("M-A10 M-A21: a holder sees his own permit and who looked; nobody else's", async () => {
  const [mine, other] = await drivers(["holder"]);
  const pin = String(mine!.values.holder);
  const own = { register: "permit", ground: "own-permits", fields: ["number", "activity", "holder"] };
  assert.equal((await registry.read(person(pin), { ...own, key: mine!.key }))?.values.activity, "passenger-transport");
  assert.equal(await registry.read(person(pin), { ...own, key: other!.key }), undefined);
  const { rows } = await registry.readsAbout(person(pin), { pin, limit: 100 });
  assert.ok(rows.some(({ register, ground }) => register === "permit" && ground === "permits-desk"));
  assert.ok(!rows.some(({ reader }) => reader.kind === "system" && reader.body === ""));
});

test("M-A10 M-A21: husband and wife both read the act of their marriage as their own, and both see who looked", async () => {
  const asked = { register: "marriage_act", fields: ["number", "husband", "wife"] };
  let act: Found | undefined;
  for (const driver of await drivers(["holder"])) {
    const values = { husband: String(driver.values.holder) };
    const office = desk("civil-registry");
    [act] = await all(office, { ...asked, condition: "by_husband", values, ground: "civil-status-desk" });
    if (act) break;
  }
  assert.ok(act, "one of the drivers is married");
  const { key, values: couple } = act;
  for (const pin of [String(couple.husband), String(couple.wife)]) {
    const own = await registry.read(person(pin), { ...asked, ground: "own-civil-status", key });
    assert.equal(own?.values.number, key);
    const { rows } = await registry.readsAbout(person(pin), { pin, limit: 100 });
    assert.ok(rows.some(({ register, ground }) => register === "marriage_act" && ground === "civil-status-desk"));
  }
  const [stranger] = (await drivers(["holder"])).filter(
    ({ values }) => values.holder !== couple.husband && values.holder !== couple.wife,
  );
  const pin = String(stranger!.values.holder);
  assert.equal(await registry.read(person(pin), { ...asked, ground: "own-civil-status", key }), undefined);
});

test("M-A10 M-F24: a permit is suspended, resumed and withdrawn by acts; an event out of order is refused", async () => {
  const permit = (await drivers(["holder"])).find(({ state }) => state === "valid")!;
  const act = (event: string, values: Values, kind = "order", by = "transport") =>
    registry.record(desk(by), {
      ...{ register: "permit", event, key: permit.key, values, act: randomUUID(), validFrom: "2026-11-22" },
      document: { kind, number: "17", on: "2026-11-20" },
    });
  const open = () =>
    registry.read(anybody, {
      register: "permit",
      key: permit.key,
      fields: ["reason", "suspended_until"],
      ground: "permits-open",
    });
  await assert.rejects(act("resumption", {}), refused("registry.wrong-state"));
  await assert.rejects(act("suspension", { suspended_until: "2027-02-01" }), refused("registry.wrong-value"), "without a reason");
  await assert.rejects(act("suspension", { reason: "x" }, "letter"), refused("registry.wrong-value"), "no such document");
  await assert.rejects(act("suspension", { reason: "x" }, "order", "tax"), refused("registry.not-owner"));
  await act("suspension", { reason: "Техникалык көзөмөл өткөн эмес", suspended_until: "2027-02-01" }, "act-of-inspection");
  assert.deepEqual((await open())?.values, { reason: "Техникалык көзөмөл өткөн эмес", suspended_until: "2027-02-01" });
  await act("resumption", { reason: null, suspended_until: null });
  assert.equal((await open())?.state, "valid");
  await act("withdrawal", { reason: "Ээсинин арызы" }, "holder-request");
  assert.equal((await open())?.state, "withdrawn");
  await assert.rejects(act("suspension", { reason: "x" }), refused("registry.wrong-state"));
});

test("M-A10: only its owner pledges a vehicle; whoever buys it sees the pledge, and not the debt", async () => {
  const [permit] = await drivers(["holder"]);
  const stranger = String(permit!.values.holder);
  const [pledged] = await all(desk("cadastre"), {
    ...{ register: "movable_pledge", condition: "by_until", values: { until_from: "2026-11-22" } },
    ...{ fields: ["vehicle", "pledgor"], ground: "pledges-desk" },
  });
  const { vehicle, pledgor } = pledged!.values;
  const pledge = (key: string, by: string | null) =>
    registry.record(desk("cadastre"), {
      ...{ register: "movable_pledge", event: "registration", key, act: randomUUID(), validFrom: "2026-11-20" },
      document: { kind: "pledge-contract", number: "5" },
      values: {
        ...{
          pledgor: by,
          pledgee_name: "Насыя",
          asset_kind: "vehicle",
          asset: "Унаа",
          vehicle: vehicle!,
          sum: 100,
          sum_currency: "KGS",
        },
        ...{ registered_on: "2026-11-20", until: "2027-11-20" },
      },
    });
  await assert.rejects(pledge("KP-test-1", stranger), (error) => {
    assert.ok(error instanceof Problem);
    assert.deepEqual(
      error.fields.map(({ key }) => key),
      ["registry.said.movable_pledge.rules.own_vehicle"],
    );
    return true;
  });
  await pledge("KP-test-2", String(pledgor));
  const seen = await all(anybody, {
    ...{ register: "movable_pledge", condition: "by_vehicle", values: { vehicle: vehicle! } },
    ...{ fields: ["number", "pledgee_name", "until"], ground: "pledges-open" },
  });
  assert.deepEqual(seen.map(({ key }) => key).sort(), [pledged!.key, "KP-test-2"].sort());
  assert.ok(seen.every(({ values }) => !("sum" in values) && !("pledgor" in values)));
});
