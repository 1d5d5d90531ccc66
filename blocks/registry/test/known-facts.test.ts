import assert from "node:assert/strict";
import { test } from "node:test";
import type { KnownFact, RegisterDeclaration } from "../declaration.ts";
import { asksWhatIsKnown } from "../known-facts.ts";

const four = (text: string) => ({ ky: text, ru: text, kk: text, en: text });
const fact: KnownFact = {
  fact: "home-address",
  title: { ky: "Жашаган дареги", ru: "Адрес проживания", kk: "Тұратын мекенжайы", en: "Address of residence" },
  words: { en: ["Where do you live?"], ky: ["Кайда жашайсыз?"] },
  register: "residence",
  field: "address",
  by: "subject",
};
const register: RegisterDeclaration = {
  register: "citizen",
  title: four("Citizens"),
  owner: "office",
  law: [{ act: four("Act") }],
  key: "pin",
  subject: "pin",
  fields: {
    pin: { type: "pin", class: "personal", title: four("PIN") },
    born_on: {
      type: "date",
      class: "personal",
      title: { ky: "Туулган күнү", ru: "Дата рождения", kk: "Туған күні", en: "Date of birth" },
    },
  },
  events: {},
  search: {},
};
const asks = (field: string, title: Partial<ReturnType<typeof four>>) =>
  asksWhatIsKnown({ field, title: { ky: "а", ru: "б", kk: "в", en: "g", ...title } }, { facts: [fact], registers: [register] });

test("M-0.2: a question the state knows the answer to is seen by its words in any language, however they are spelt", () => {
  const address = { register: "residence", field: "address", fact: "home-address" };
  assert.deepEqual(asks("q", { en: "address of residence" }), address);
  assert.deepEqual(asks("q", { en: "Where do you live" }), address);
  assert.deepEqual(asks("q", { ky: "Kaida jashaisyz" }), address);
  assert.deepEqual(asks("q", { kk: "Турган мекенжайы", ru: "Адрес  проживания!" }), address);
  const birth = { register: "citizen", field: "born_on" };
  assert.deepEqual(asks("q", { ru: "ДАТА РОЖДЕНИЯ" }), birth);
});

test("M-0.2: or by its name", () => {
  assert.equal(asks("home_address", {})?.fact, "home-address");
  assert.equal(asks("born_on", {})?.field, "born_on");
});

test("a question of its own is not", () => {
  assert.equal(asks("reason", { en: "Why do you move?", ru: "Почему вы переезжаете?" }), undefined);
  assert.equal(asks("note", { en: "!!!", ru: "—" }), undefined);
});
