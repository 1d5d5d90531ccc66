import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import type { ReferenceDoor } from "@kerege/reference";
import reference from "@kerege/reference/block";
import { isPin, readPin } from "@kerege/registry";
import synthetic from "../block.ts";
import { dayNumber } from "../day.ts";
import type { Chunk, Person, WorldRequest } from "../declaration.ts";
import { readModel } from "../model.ts";
import { surnameFor } from "../names.ts";
import { readPlaces } from "../places.ts";
import { generateWorld } from "../world.ts";

let house: TestHouse;
let request: WorldRequest;
let chunks: Chunk[];
let people: Map<string, Person>;
let died: Map<string, string>;
const today = "2026-11-22";

before(async () => {
  // Only the places are needed: reference data is opened, and knows the files of invented people as well.
  const packFiles = [...reference.packFiles!, ...synthetic.packFiles!];
  house = await openTestHouse([{ ...reference, packFiles }], { packs: [] });
  const { model, names } = readModel(house.packs)!;
  request = { seed: 11, today, model, names, places: readPlaces(house.doors.reference as ReferenceDoor, model) };
  chunks = [...generateWorld({ ...request, count: 4000 })];
  people = new Map(chunks.flatMap((chunk) => chunk.person.map((person) => [person.pin, person])));
  died = new Map(chunks.flatMap((chunk) => chunk.death.map(({ pin, on }) => [pin, on])));
});
after(() => house?.close());

const digest = (made: Chunk[]) => createHash("sha256").update(JSON.stringify(made)).digest("hex");
const yearsBetween = (from: string, to: string) => (dayNumber(to) - dayNumber(from)) / 365.2425;

test("the same seed gives the same people, another seed others", () => {
  const again = [...generateWorld({ ...request, count: 4000 })];
  assert.equal(digest(again), digest(chunks));
  assert.notEqual(
    digest([...generateWorld({ ...request, seed: 12, count: 500 })]),
    digest([...generateWorld({ ...request, count: 500 })]),
  );
});

test("a small world is the beginning of a large one", () => {
  const few = [...generateWorld({ ...request, count: 300 })];
  assert.equal(digest(few), digest(chunks.slice(0, few.length)));
  const living = few.reduce((sum, chunk) => sum + chunk.living, 0);
  assert.ok(living >= 300 && living < 600);
});

test("personal numbers are correct, tell sex and day of birth, and nobody shares one", () => {
  assert.equal(
    people.size,
    chunks.reduce((sum, chunk) => sum + chunk.person.length, 0),
  );
  for (const { pin, sex, born_on } of people.values()) {
    assert.ok(isPin(pin), pin);
    assert.deepEqual(readPin(pin), { sex, bornOn: born_on });
  }
});

test("parents are of age, alive and there before their children", () => {
  const known = new Set<string>();
  let withParents = 0;
  for (const { person: members } of chunks) {
    for (const child of members) {
      known.add(child.pin);
      if (child.mother === null) continue;
      withParents++;
      assert.ok(known.has(child.mother) && known.has(child.father!), "parents come first");
      const [mother, father] = [people.get(child.mother)!, people.get(child.father!)!];
      const age = yearsBetween(mother.born_on, child.born_on);
      assert.ok(age >= 18 && age <= 42.01, `mother of ${age}`);
      assert.ok(yearsBetween(father.born_on, child.born_on) >= 18, "father of age");
      assert.ok((died.get(mother.pin) ?? today) >= child.born_on, "mother alive");
      assert.ok(
        dayNumber(died.get(father.pin) ?? today) + 260 >= dayNumber(child.born_on),
        "father alive when the child was conceived",
      );
      assert.deepEqual([mother.sex, father.sex], ["f", "m"]);
    }
  }
  assert.ok(withParents > people.size / 2);
});

test("three generations are there", () => {
  const grandchildren = [...people.values()].filter((child) => child.mother && people.get(child.mother)!.mother);
  const orFather = [...people.values()].filter((child) => child.father && people.get(child.father)!.father);
  assert.ok(grandchildren.length + orFather.length > people.size / 5);
});

test("children bear the father's surname in their own form, and his name", () => {
  const changed = new Set(chunks.flatMap((chunk) => chunk.renaming.map(({ pin }) => pin)));
  let wives = 0;
  for (const child of people.values()) {
    if (child.father === null) continue;
    const father = people.get(child.father)!;
    const wanted = surnameFor(father.surname, child.sex);
    if (child.sex === "m") assert.equal(child.surname, wanted);
    // A woman married before the registers kept history is entered under her husband's name.
    else if (child.surname !== wanted) wives++;
    if (changed.has(child.pin)) assert.equal(child.surname, wanted);
    if (child.patronymic) {
      const stem = father.given_name.slice(0, Math.min(3, father.given_name.length - 2));
      assert.ok(child.patronymic.startsWith(stem), `${child.patronymic} of ${father.given_name}`);
      assert.match(child.patronymic, child.sex === "m" ? /(вич|ич| уулу|ұлы)$/ : /(вна|чна| кызы|қызы)$/);
    }
  }
  assert.ok(wives > 0 && changed.size > 0);
});

test("brothers and sisters are born at least fifteen months apart, and no couple are kin", () => {
  const children = new Map<string, Person[]>();
  for (const person of people.values())
    if (person.mother) children.set(person.mother, [...(children.get(person.mother) ?? []), person]);
  for (const [mother, list] of children) {
    const days = list.map(({ born_on }) => dayNumber(born_on)).sort((a, b) => a - b);
    for (let at = 1; at < days.length; at++) assert.ok(days[at]! - days[at - 1]! >= 456);
    const [her, his] = [people.get(mother)!, people.get(list[0]!.father!)!];
    if (her.mother && his.mother) assert.notEqual(her.mother, his.mother);
  }
});

test("nobody is born or dies after today, nobody dies before being born", () => {
  for (const { pin, born_on } of people.values()) {
    assert.ok(born_on <= today && born_on > "1900");
    const end = died.get(pin);
    if (end) assert.ok(end >= born_on && end <= today && yearsBetween(born_on, end) < 112);
  }
});

test("every living person has a residence; moves follow one another and end with life", () => {
  for (const chunk of chunks) {
    const dwellings = new Set(chunk.dwelling.map(({ code }) => code));
    const last = new Map(chunk.residence.map(({ pin, dwelling, since }) => [pin, { dwelling, day: since }]));
    for (const { pin } of chunk.person) if (!died.has(pin)) assert.ok(last.has(pin), `${pin} lives nowhere`);
    for (const { dwelling, pin, since } of chunk.residence) {
      assert.ok(dwellings.has(dwelling));
      assert.ok(since >= people.get(pin)!.born_on);
    }
    for (const { pin, dwelling, on } of chunk.move) {
      const before = last.get(pin)!;
      assert.ok(dwellings.has(dwelling) && on > before.day && on > request.model.historyFrom && on <= (died.get(pin) ?? today));
      last.set(pin, { dwelling, day: on });
    }
    for (const { pin, resident } of chunk.death) assert.equal(resident, last.has(pin));
  }
});

test("small children live with their mother", () => {
  let together = 0;
  let apart = 0;
  for (const chunk of chunks) {
    const home = new Map(chunk.residence.map(({ pin, dwelling }) => [pin, dwelling]));
    for (const { pin, dwelling } of chunk.move) home.set(pin, dwelling);
    for (const child of chunk.person) {
      if (child.born_on < "2012-01-01" || !child.mother || died.has(child.pin) || died.has(child.mother)) continue;
      if (home.get(child.pin) === home.get(child.mother)) together++;
      else apart++;
    }
  }
  assert.ok(together > 500);
  assert.equal(apart, 0);
});

test("a thousand people are spread over at least thirty districts, and no two dwellings share an address", () => {
  const few = [...generateWorld({ ...request, count: 1000 })];
  assert.ok(new Set(few.flatMap((chunk) => chunk.dwelling.map(({ district }) => district))).size >= 30);
  const dwellings = chunks.flatMap((chunk) => chunk.dwelling);
  assert.equal(new Set(dwellings.map(({ code }) => code)).size, dwellings.length);
  assert.equal(new Set(dwellings.map(({ place, street, house: at }) => `${place}/${street}/${at}`)).size, dwellings.length);
  const units = house.doors.reference as ReferenceDoor;
  for (const { region, district, place } of dwellings) {
    assert.equal(units.path("places", place)[0]?.code, region);
    assert.ok(units.item("units", district));
  }
});

test("the population is young, as the country is", () => {
  const living = [...people.values()].filter(({ pin }) => !died.has(pin));
  const share = (from: number, to: number) =>
    living.filter(({ born_on }) => yearsBetween(born_on, today) >= from && yearsBetween(born_on, today) < to).length /
    living.length;
  assert.ok(share(0, 15) > 0.25 && share(0, 15) < 0.4, `under fifteen: ${share(0, 15)}`);
  assert.ok(share(65, 120) > 0.02 && share(65, 120) < 0.1, `from 65 on: ${share(65, 120)}`);
  const women = living.filter(({ sex }) => sex === "f").length / living.length;
  assert.ok(women > 0.45 && women < 0.55);
});

test("how fast people are made", (context) => {
  const start = performance.now();
  let living = 0;
  for (const chunk of generateWorld({ ...request, count: 10_000 })) living += chunk.living;
  context.diagnostic(`${Math.round((living / (performance.now() - start)) * 1000)} people/s`);
  assert.ok(living >= 10_000);
});
