import assert from "node:assert/strict";
import { test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { Problem } from "@kerege/kernel/problem";
import type { Ground, RegisterDeclaration } from "../declaration.ts";
import { allow, allowChange } from "../ground.ts";

const four = (text: string) => ({ ky: text, ru: text, kk: text, en: text });
const register: RegisterDeclaration = {
  register: "person",
  title: four("Person"),
  owner: "civil-registry",
  law: [{ act: "Act" }],
  key: "pin",
  subject: "pin",
  fields: {
    pin: { type: "pin", title: four("PIN"), class: "personal" },
    surname: { type: "name", title: four("Surname"), class: "personal" },
  },
  events: { birth: { title: four("Birth"), creates: true, sets: ["surname"] } },
  search: { by_name: { title: four("By name"), prefix: "surname", limit: 20 } },
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
const person: Actor = { kind: "person", pin: "11111111111111" };
const system = (body: string): Actor => ({ kind: "system", body, name: "x" });
const refused = { name: "Problem", code: "registry.no-ground" };

test("M-0.7: what no ground allows is denied", () => {
  const wanted = { register, fields: ["surname"] };
  assert.throws(() => allow(person, undefined, wanted), refused);
  assert.throws(() => allow(person, ground({ bodies: ["tax"] }), wanted), refused);
  assert.throws(() => allow(system("tax"), ground({ self: true }), wanted), refused);
  assert.throws(() => allow(system("police"), ground({ bodies: ["tax"] }), wanted), refused);
  assert.throws(() => allow(system("tax"), ground({ bodies: ["tax"] }), { register, fields: ["surname", "pin"] }), refused);
  assert.throws(() => allow(system("tax"), ground({ bodies: ["tax"] }), { register, fields: [] }), refused);
  assert.throws(
    () => allow(system("tax"), ground({ bodies: ["tax"] }), { register, fields: ["surname"], condition: "by_name" }),
    refused,
  );
});

test("a person reads only what is about himself, and never by search", () => {
  assert.deepEqual(allow(person, ground({ self: true }), { register, fields: ["surname"] }), { own: "11111111111111" });
  const searching = ground({ self: true }, { searches: { person: ["by_name"] } });
  assert.throws(() => allow(person, searching, { register, fields: ["surname"], condition: "by_name" }), refused);
});

test("a body named by the ground reads everyone's, by declared search only", () => {
  const searching = ground({ bodies: ["tax"] }, { searches: { person: ["by_name"] } });
  assert.deepEqual(allow(system("tax"), searching, { register, fields: ["surname"], condition: "by_name" }), { own: null });
});

test("only the owner changes a register", () => {
  allowChange(system("civil-registry"), register);
  for (const actor of [system("tax"), person]) assert.throws(() => allowChange(actor, register), Problem);
});
