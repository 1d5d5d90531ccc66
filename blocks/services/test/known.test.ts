import assert from "node:assert/strict";
import { test } from "node:test";
import type { RegisterDeclaration } from "@kerege/registry";
import type { Plain } from "../declaration.ts";
import { knownFacts } from "../known.ts";
import type { Settled } from "../situation.ts";

const four = (text: string) => ({ ky: text, ru: text, kk: text, en: text });
const flat: RegisterDeclaration = {
  register: "flat",
  title: four("Flats"),
  owner: "cadastre",
  law: [{ act: four("Act") }],
  key: "code",
  fields: {
    code: { type: "text", class: "public", title: four("Code") },
    place: { type: "text", class: "public", title: four("Place") },
    since: { type: "date", class: "public", title: four("Since") },
  },
  events: {},
  search: {},
};
const shown = (value: Plain, names: string[]) => {
  const edition = { facts: [{ name: "flats", register: flat }] };
  const settled = { situation: { edition }, facts: { flats: value } } as unknown as Settled;
  const known = knownFacts(settled, names, { language: "en", translate: (key) => key, label: (_, code) => code });
  return known.map((fact) => [fact.title, fact.value]);
};

test("M-0.2: a fact that is a list is shown with all it holds, in its order, each value in words", () => {
  const flats = [
    { code: "1", place: "Ош", since: "2020-01-05" },
    { code: "2", place: "Нарын", since: "2021-02-06" },
  ];
  assert.deepEqual(shown(flats, ["flats.place", "flats.since"]), [
    ["Place", "Ош; Нарын"],
    ["Since", "5 January 2020; 6 February 2021"],
  ]);
});

test("what a record of the list does not say is left out, and an empty list is not shown", () => {
  assert.deepEqual(shown([{ place: null }, { place: "Ош" }], ["flats.place"]), [["Place", "Ош"]]);
  assert.deepEqual(shown([], ["flats.place"]), []);
  assert.deepEqual(shown({ place: "Ош" }, ["flats.place"]), [["Place", "Ош"]]);
});
