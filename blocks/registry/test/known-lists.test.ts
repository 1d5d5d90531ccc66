import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { KnownFact } from "../declaration.ts";
import { createKnownFacts } from "../known-facts.ts";
import { body, openReadingPlace, person, type ReadingPlace } from "./reading-place.ts";

const four = (text: string) => ({ ky: text, ru: text, kk: text, en: text });
const cars: KnownFact = {
  fact: "cars",
  title: four("Cars"),
  register: "car",
  field: "number",
  list: true,
  by: { search: "by_holder", values: { holder: "subject" } },
};
const colours: KnownFact = {
  fact: "colours",
  title: four("Colours"),
  register: "car",
  field: "colour",
  list: true,
  by: { fact: "cars" },
};
const firstCar: KnownFact = { ...cars, fact: "first-car", list: false };
let place: ReadingPlace;
before(async () => {
  place = await openReadingPlace();
});
after(() => place?.house.close());

const asked = (pin: string, fact: string) => ({ fact, subject: pin, ground: "own" });
test("M-A10: a known fact may be a list: each of it with its record, each read written, and one fact leads on from another", async () => {
  const { facts, fact } = createKnownFacts([cars, colours, firstCar], place.registry);
  const [pin, other] = [await place.citizen(), await place.citizen()];
  const keys = [await place.car(pin, { colour: "ак" }), await place.car(pin, { colour: "көк" })].sort();
  await place.car(other, { colour: "кара" });
  const found = await facts(person(pin), asked(pin, "cars"));
  assert.deepEqual(
    found.map(({ key, value }) => [key, value]).sort(),
    keys.map((key) => [key, key]),
  );
  const led = await facts(person(pin), asked(pin, "colours"));
  assert.deepEqual(led.map(({ value }) => value).sort(), ["ак", "көк"]);
  assert.equal((await facts(person(pin), asked(pin, "first-car"))).length, 1);
  assert.ok(keys.includes(String((await fact(person(pin), asked(pin, "cars")))?.value)));
  assert.deepEqual(await facts(person(pin), asked(await place.citizen(), "cars")), [], "of nobody else");
  const reads = await place.readsOf(pin);
  assert.ok(reads.filter(({ register }) => register === "car").length >= 6);
  await assert.rejects(facts(body("nobody"), asked(pin, "cars")), { code: "registry.no-ground" });
});
