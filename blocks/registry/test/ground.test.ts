import assert from "node:assert/strict";
import { test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { Problem } from "@kerege/kernel/problem";
import type { Agreement, Ground, RegisterDeclaration } from "../declaration.ts";
import { allow, allowChange, judge, type Wanted } from "../ground.ts";

const four = (text: string) => ({ ky: text, ru: text, kk: text, en: text });
const register: RegisterDeclaration = {
  register: "person",
  title: four("Person"),
  owner: "civil-registry",
  law: [{ act: four("Act") }],
  key: "pin",
  subject: "pin",
  fields: {
    pin: { type: "pin", title: four("PIN"), class: "personal" },
    surname: { type: "name", title: four("Surname"), class: "personal" },
    title: { type: "text", title: four("Title"), class: "public" },
    blood: { type: "text", title: four("Blood group"), class: "special" },
    finger: { type: "text", title: four("Finger"), class: "biometric" },
  },
  events: { birth: { title: four("Birth"), creates: true, sets: ["surname"] } },
  search: { by_name: { title: four("By name"), prefix: "surname", limit: 20 } },
};
const { subject: _, ...place }: RegisterDeclaration = {
  ...register,
  register: "place",
  fields: {
    code: { type: "text", title: four("Code"), class: "public" },
    note: { type: "text", title: four("Note"), class: "official" },
  },
  key: "code",
};
const ground = (readers: Ground["readers"], extra: Partial<Ground> = {}): Ground => ({
  ground: "some",
  title: four("Some"),
  law: { act: four("Act"), article: "1" },
  purpose: four("Purpose"),
  readers,
  reads: { person: ["surname"] },
  ...extra,
});
const agreement: Agreement = {
  agreement: "banks",
  title: four("Banks"),
  parties: ["bank"],
  number: "1",
  signedOn: "2025-12-01",
  validFrom: "2026-01-01",
  validUntil: "2027-01-01",
};
const person: Actor = { kind: "person", pin: "11111111111111" };
const system = (body: string): Actor => ({ kind: "system", body, name: "x" });
const on = (today = "2026-11-22") => ({ today, agreements: [agreement] });
const wanted = (fields = ["surname"], more: Partial<Wanted> = {}) => ({ wanted: { register, fields, ...more }, on: on() });
const refused = { name: "Problem", code: "registry.no-ground" };

test("M-0.7: what no ground allows is denied", () => {
  assert.throws(() => allow(person, undefined, wanted()), refused);
  assert.throws(() => allow(person, ground({ bodies: ["tax"] }), wanted()), refused);
  assert.throws(() => allow(system("tax"), ground({ self: true }), wanted()), refused);
  assert.throws(() => allow(system("police"), ground({ bodies: ["tax"] }), wanted()), refused);
  assert.throws(() => allow(system("tax"), ground({ bodies: ["tax"] }), wanted(["surname", "pin"])), refused);
  assert.throws(() => allow(system("tax"), ground({ bodies: ["tax"] }), wanted([])), refused);
  assert.throws(() => allow(system("tax"), ground({ bodies: ["tax"] }), wanted(["surname"], { condition: "by_name" })), refused);
});

test("a person reads only what is about himself, also by search", () => {
  const own = { reach: "person", own: "11111111111111", consent: false };
  assert.deepEqual(allow(person, ground({ self: true }), wanted()), own);
  const searching = ground({ self: true }, { searches: { person: ["by_name"] } });
  assert.deepEqual(allow(person, searching, wanted(["surname"], { condition: "by_name" })), own);
});

test("a body named by the ground reads everyone's, by declared search only", () => {
  const searching = ground({ bodies: ["tax"] }, { searches: { person: ["by_name"] } });
  const all = { reach: "everyone", own: null, consent: false };
  assert.deepEqual(allow(system("tax"), searching, wanted(["surname"], { condition: "by_name" })), all);
});

test("M-0.7: a field of a special class is read only on a ground that names the class, also by the person", () => {
  for (const field of ["blood", "finger"]) {
    const naming = (classes?: Ground["classes"]) =>
      ground({ self: true, bodies: ["clinic"] }, { reads: { person: [field] }, classes });
    for (const actor of [person, system("clinic")]) {
      assert.throws(() => allow(actor, naming(), wanted([field])), refused);
      assert.ok(allow(actor, naming(["special", "biometric"]), wanted([field])));
    }
  }
});

test("M-0.8: what is public is read by anyone without a name, what is not is not", () => {
  const open = ground({ anyone: true }, { reads: { person: ["title", "surname"], place: ["code", "note"] } });
  assert.deepEqual(allow(system("shop"), open, wanted(["title"])), { reach: "public", own: null, consent: false });
  assert.equal(allow(person, open, wanted(["title"])).reach, "public");
  assert.throws(() => allow(system("shop"), open, wanted(["title", "surname"])), refused);
});

test("of a register that is not about people a person sees what is public", () => {
  const own = ground({ self: true }, { reads: { place: ["code", "note"] } });
  const asked = (fields: string[]) => ({ wanted: { register: place, fields }, on: on() });
  assert.equal(allow(person, own, asked(["code"])).reach, "everyone");
  assert.throws(() => allow(person, own, asked(["note"])), refused);
});

test("parties of an agreement read while it is in force", () => {
  const shared = ground({ agreements: ["banks"] });
  const at = (today: string) => judge(system("bank"), shared, { wanted: wanted().wanted, on: on(today) });
  for (const day of ["2026-01-01", "2026-12-31"]) assert.equal(at(day).allowed, true, day);
  for (const day of ["2025-12-31", "2027-01-01"])
    assert.deepEqual(at(day), { allowed: false, why: "agreement", what: "banks" }, day);
  assert.equal(judge(system("shop"), shared, wanted()).allowed, false);
});

test("where the subject must have agreed, the verdict demands it record by record; of his own record he need not", () => {
  const asking = ground({ self: true, bodies: ["bank"] }, { consent: true });
  assert.equal(allow(system("bank"), asking, wanted()).consent, true);
  assert.equal(allow(person, asking, wanted()).consent, false);
});

test("M-0.7: a ground for danger to life needs a reason of a sentence", () => {
  const glass = ground({ bodies: ["ambulance"] }, { breakGlass: true });
  const because = (reason?: string) => () => allow(system("ambulance"), glass, wanted(["surname"], { reason }));
  for (const reason of [undefined, "", "urgent", `${" ".repeat(30)}urgent`])
    assert.throws(because(reason), { code: "registry.reason-needed" });
  assert.ok(because("Unconscious after a road accident")());
});

test("only the owner changes a register", () => {
  allowChange(system("civil-registry"), register);
  for (const actor of [system("tax"), person]) assert.throws(() => allowChange(actor, register), Problem);
});
