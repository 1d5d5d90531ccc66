import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import type { ReferenceDoor } from "@kerege/reference";
import reference from "@kerege/reference/block";
import synthetic from "../block.ts";
import { okpo } from "../companies.ts";
import { ageOn, dayNumber } from "../day.ts";
import type { Chunk, Person, WorldRequest } from "../declaration.ts";
import type { Couple, Member } from "../family.ts";
import { writeGuardianships } from "../guardians.ts";
import { type Kind, kinds, type Rows } from "../kinds.ts";
import { readModel } from "../model.ts";
import type { Neighbourhood } from "../neighbourhood.ts";
import { readPlaces } from "../places.ts";
import { createRandom } from "../random.ts";
import { vinOf } from "../traffic.ts";
import { generateWorld } from "../world.ts";

let house: TestHouse;
let request: WorldRequest;
const today = "2026-11-22";

before(async () => {
  const packFiles = [...reference.packFiles!, ...synthetic.packFiles!];
  house = await openTestHouse([{ ...reference, packFiles }], { packs: [] });
  const { model, names } = readModel(house.packs)!;
  request = { seed: 5, today, model, names, places: readPlaces(house.doors.reference as ReferenceDoor, model) };
});
after(() => house?.close());

const yearsAt = (born: string, day: string) => ageOn(dayNumber(born), dayNumber(day));

/** All that was made, as lists, with who died when. */
class World {
  readonly chunks: Chunk[];
  readonly people: Map<string, Person>;
  readonly died: Map<string, string>;
  constructor(count: number) {
    this.chunks = [...generateWorld({ ...request, count })];
    this.people = new Map(this.all("person").map((person) => [person.pin, person]));
    this.died = new Map(this.all("death").map(({ pin, on }) => [pin, on]));
  }
  all<K extends Kind>(kind: K): Rows[K][] {
    return this.chunks.flatMap((chunk) => {
      const rows: { [P in Kind]: Rows[P][] } = chunk;
      return rows[kind];
    });
  }
  by<K extends Kind>(kind: K, key: (row: Rows[K]) => string): Map<string, Rows[K][]> {
    const found = new Map<string, Rows[K][]>();
    for (const row of this.all(kind)) found.set(key(row), [...(found.get(key(row)) ?? []), row]);
    return found;
  }
  lives(pin: string, on: string): boolean {
    return this.people.get(pin)!.born_on <= on && (this.died.get(pin) ?? "9999") > on;
  }
}

for (const count of [1000, 10_000]) {
  describe(`${count} people`, () => {
    let world: World;
    before(() => {
      world = new World(count);
    });

    test("M-A10: everyone has one act of birth, the dead one of death, and no two acts share a number", () => {
      const births = new Map(world.all("birth").map((birth) => [birth.pin, birth]));
      assert.equal(births.size, world.people.size);
      for (const { pin, mother, father, born_on, registered_on } of births.values()) {
        const person = world.people.get(pin)!;
        assert.deepEqual([mother, father, born_on], [person.mother, person.father, person.born_on]);
        assert.ok(registered_on >= born_on && registered_on <= today);
      }
      for (const { pin, on, registered_on } of world.all("death"))
        assert.ok(world.people.get(pin)!.born_on <= on && on <= registered_on && registered_on <= today);
      const numbers = (["birth", "marriage", "divorce", "death", "name_change"] as const).flatMap((kind) =>
        world.all(kind).map(({ number }) => number),
      );
      assert.equal(new Set(numbers).size, numbers.length);
    });

    test("M-A10: nobody is married twice at a time, under age or after death", () => {
      const ends = new Map(world.all("marriage_end").map((end) => [end.number, end.on]));
      const spans = new Map<string, [string, string][]>();
      for (const { number, husband, wife, on, ended_on } of world.all("marriage")) {
        const until = ended_on ?? ends.get(number) ?? "9999";
        assert.ok(until >= on);
        for (const pin of [husband, wife]) {
          assert.ok(yearsAt(world.people.get(pin)!.born_on, on) >= 18, `${pin} marries at ${on}`);
          assert.ok(world.lives(pin, on));
          assert.ok((world.died.get(pin) ?? "9999") >= until, "a marriage does not outlast a spouse");
          spans.set(pin, [...(spans.get(pin) ?? []), [on, until]]);
        }
      }
      for (const list of spans.values()) {
        list.sort();
        for (let at = 1; at < list.length; at++) assert.ok(list[at]![0] >= list[at - 1]![1]);
      }
      const marriages = new Map(world.all("marriage").map((marriage) => [marriage.number, marriage]));
      for (const divorce of world.all("divorce")) {
        const marriage = marriages.get(divorce.marriage)!;
        assert.deepEqual([divorce.husband, divorce.wife], [marriage.husband, marriage.wife]);
        assert.equal(marriage.ended_on ?? ends.get(marriage.number), divorce.on);
      }
      assert.ok(world.all("divorce").length > 0);
    });

    test("M-A10: a guardian is grown, alive and kin of a child whose parents are dead or away, until the child is grown", () => {
      const guardianships = world.all("guardianship");
      assert.ok(guardianships.length > count / 1000, `${guardianships.length} of ${count}`);
      assert.equal(new Set(guardianships.map(({ ward }) => ward)).size, guardianships.length, "one for each child");
      const orphans = guardianships.filter(({ ward }) => {
        const { mother, father } = world.people.get(ward)!;
        return [mother, father].every((parent) => parent === null || !world.lives(parent, today));
      });
      for (const { ward, guardian, since, until } of guardianships) {
        const child = world.people.get(ward)!;
        assert.ok(world.lives(ward, today) && yearsAt(child.born_on, today) < 18, ward);
        assert.ok(world.lives(guardian, today) && ![ward, child.mother, child.father].includes(guardian), guardian);
        const age = yearsAt(world.people.get(guardian)!.born_on, since);
        assert.ok(age >= 18 && age <= 72, `a guardian of ${age}`);
        assert.ok(
          child.born_on < since && since <= today && today < until && yearsAt(child.born_on, until) <= 18,
          `${since} ${until}`,
        );
      }
      for (const { ward, since } of orphans) {
        const { mother, father } = world.people.get(ward)!;
        for (const parent of [mother, father]) assert.ok(!world.lives(parent!, since), "nobody is appointed before");
      }
    });

    test("M-A10: the parents of a child born in marriage are the spouses of an act, and a status says what the acts say", () => {
      const couples = new Set(world.all("marriage").map(({ husband, wife }) => `${husband} ${wife}`));
      for (const { mother, father } of world.people.values()) if (mother) assert.ok(couples.has(`${father} ${mother}`));
      const now = new Map(world.all("status").map((row) => [row.pin, row as { status: string; spouse?: string | null }]));
      for (const { pin, status } of world.all("status_change")) now.set(pin, { status, spouse: null });
      for (const [pin, { status, spouse }] of now) {
        if (world.died.has(pin) || status !== "married") continue;
        assert.equal(now.get(spouse!)?.spouse, pin, "whose spouse is whose");
        assert.ok(world.lives(spouse!, today));
      }
      for (const { pin, status } of world.all("death")) assert.equal(status, now.has(pin));
    });

    test("M-A10: whoever lives with a grown-up is a member of one household, where he is registered", () => {
      const homes = new Map(world.all("residence").map(({ pin, dwelling }) => [pin, dwelling]));
      for (const { pin, dwelling } of world.all("move")) homes.set(pin, dwelling);
      const households = new Map(world.all("household").map((household) => [household.number, household]));
      const members = world.by("member", ({ pin }) => pin);
      const grown = new Set<string>();
      for (const [pin, dwelling] of homes) {
        const { born_on } = world.people.get(pin)!;
        if (world.lives(pin, today) && yearsAt(born_on, today) >= 18) grown.add(dwelling);
      }
      for (const [pin, dwelling] of homes) {
        if (!world.lives(pin, today)) {
          assert.ok(!members.has(pin), "the dead belong to no household");
          continue;
        }
        assert.equal(members.get(pin)?.length ?? 0, grown.has(dwelling) ? 1 : 0);
      }
      for (const [pin, [member]] of members) assert.equal(households.get(member!.household)!.dwelling, homes.get(pin));
      for (const [number, of] of world.by("member", ({ household }) => household)) {
        const { head, since } = households.get(number)!;
        assert.deepEqual(
          of.filter(({ relation }) => relation === "head").map(({ pin }) => pin),
          [head],
        );
        assert.ok(of.filter(({ relation }) => relation === "spouse").length <= 1);
        assert.ok(yearsAt(world.people.get(head)!.born_on, since) >= 18);
        for (const member of of) assert.ok(member.since >= since && member.since >= world.people.get(member.pin)!.born_on);
      }
    });

    test("M-A9: the parts of every home and parcel come to the whole, and no dead owner holds without an opened inheritance", () => {
      const opened = new Map(world.all("right_opening").map(({ number, on }) => [number, on]));
      const passed = new Map(world.all("right_passing").map(({ number, on }) => [number, on]));
      const things = world.by("right", ({ property, parcel }) => property ?? parcel!);
      assert.deepEqual(
        [...things.keys()].sort(),
        [...world.all("property"), ...world.all("parcel")].map(({ code }) => code).sort(),
      );
      for (const [thing, rights] of things) {
        const last = rights
          .map(({ since }) => since)
          .sort()
          .at(-1)!;
        for (const day of [...rights.map(({ since }) => since), today]) {
          const whole = rights
            .filter(({ number, since }) => since <= day && (passed.get(number) ?? "9999") > day)
            .reduce((sum, { numerator, denominator }) => sum + numerator / denominator, 0);
          assert.ok(whole < 1 + 1e-9, `${thing} on ${day}: ${whole}`);
          if (day >= last) assert.ok(Math.abs(whole - 1) < 1e-9, `${thing} on ${day}: ${whole}`);
        }
        for (const { number, pin, tin, since } of rights) {
          assert.ok((pin === null) !== (tin === null));
          if (pin === null) continue;
          assert.ok(world.lives(pin, since));
          const end = world.died.get(pin);
          if (end !== undefined) assert.ok((passed.get(number) ?? "9999") <= end || opened.get(number) === end, number);
        }
      }
      assert.ok(passed.size > 0 && opened.size >= (count > 5000 ? 20 : 0));
      const properties = new Set(world.all("property").map(({ code }) => code));
      const companies = new Set(world.all("company").map(({ tin }) => tin));
      for (const { property, creditor } of world.all("mortgage")) assert.ok(properties.has(property) && companies.has(creditor));
    });

    test("M-A9: every company has a living director of age and owners whose stakes come to a hundred per cent", () => {
      const passed = new Map(world.all("stake_passing").map(({ number, on }) => [number, on]));
      const opened = new Map(world.all("stake_opening").map(({ number, on }) => [number, on]));
      const stakes = world.by("stake", ({ tin }) => tin);
      const directors = new Map(world.all("director").map(({ tin, pin }) => [tin, pin]));
      for (const { tin, pin } of world.all("director_change")) directors.set(tin, pin);
      const companies = world.all("company");
      assert.ok(companies.length >= count / 100);
      for (const { tin, since } of companies) {
        const director = directors.get(tin)!;
        assert.ok(world.lives(director, today) && yearsAt(world.people.get(director)!.born_on, today) >= 18);
        const held = stakes.get(tin)!.filter(({ number }) => !passed.has(number));
        const hundredths = held.reduce((sum, { percent }) => sum + Math.round(Number(percent) * 100), 0);
        assert.equal(hundredths, 10_000);
        for (const { pin, number, since: from } of stakes.get(tin)!) {
          assert.ok(from >= since && world.lives(pin, from));
          if (world.died.has(pin)) assert.equal(opened.get(number), world.died.get(pin));
        }
      }
      for (const key of ["tin", "okpo", "number", "name_ru"] as const)
        assert.equal(new Set(companies.map((company) => company[key])).size, companies.length, key);
    });

    test("M-A9: vehicles have living owners or are off the register, and nobody under age drives", () => {
      const owners = new Map(world.all("vehicle").map((vehicle) => [vehicle.vin, vehicle.pin]));
      const last = new Map<string, string>();
      const had = (vin: string, pin: string, on: string) => {
        assert.ok(world.lives(pin, on) && yearsAt(world.people.get(pin)!.born_on, on) >= 18, `${pin} has ${vin} on ${on}`);
        assert.ok(on > (last.get(vin) ?? "") && on <= today);
        owners.set(vin, pin);
        last.set(vin, on);
      };
      for (const { vin, pin, since } of world.all("vehicle")) if (pin) had(vin, pin, since);
      for (const { vin, buyer, on } of world.all("vehicle_sale")) had(vin, buyer, on);
      const off = new Map(world.all("vehicle_opening").map(({ vin, on }) => [vin, on]));
      for (const [vin, on] of off) assert.equal(world.died.get(owners.get(vin)!), on);
      for (const { vin, heir, on } of world.all("vehicle_inheritance")) {
        had(vin, heir, on);
        off.delete(vin);
      }
      for (const [vin, pin] of owners) if (pin && !off.has(vin)) assert.ok(world.lives(pin, today), vin);
      assert.equal(new Set(world.all("vehicle").map(({ plate }) => plate)).size, owners.size);
      const ended = new Map(world.all("licence_end").map(({ number, on }) => [number, on]));
      const holders = new Set<string>();
      for (const { number, pin, categories, since, until } of world.all("licence")) {
        assert.ok(yearsAt(world.people.get(pin)!.born_on, since) >= (/D/.test(categories) ? 21 : 18));
        assert.ok(world.lives(pin, since) && since < until && since <= today);
        assert.equal(ended.get(number), world.died.get(pin));
        assert.ok(!holders.has(pin));
        holders.add(pin);
      }
      assert.ok(world.all("vehicle_sale").length > 0 && holders.size > count / 10);
    });
  });
}

test("a VIN carries its check digit, the code of an organisation too, and none of either comes twice", () => {
  // An example of 49 CFR part 565: 1M8GDM9A_KP042788 has the check digit X.
  const value: Record<string, number> = {
    A: 1,
    B: 2,
    C: 3,
    D: 4,
    E: 5,
    F: 6,
    G: 7,
    H: 8,
    J: 1,
    K: 2,
    L: 3,
    M: 4,
    N: 5,
    P: 7,
    R: 9,
  };
  Object.assign(value, { S: 2, T: 3, U: 4, V: 5, W: 6, X: 7, Y: 8, Z: 9 });
  const weight = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
  const digit = (vin: string) =>
    "0123456789X"[[...vin].reduce((sum, sign, at) => sum + (value[sign] ?? Number(sign)) * weight[at]!, 0) % 11];
  assert.equal(digit("1M8GDM9AXKP042788"), "X");
  const vins = Array.from({ length: 5000 }, (_, serial) =>
    vinOf({ maker: "JTN", built: 1986 + (serial % 40), serial, letters: serial * 31 }),
  );
  for (const vin of vins) {
    assert.match(vin, /^[A-HJ-NPR-Z0-9]{13}[0-9]{4}$/);
    assert.equal(vin[8], digit(vin));
  }
  assert.equal(new Set(vins).size, vins.length);
  const codes = Array.from({ length: 5000 }, (_, serial) => okpo(serial));
  assert.equal(new Set(codes).size, codes.length);
  for (const code of codes) assert.match(code, /^\d{8}$/);
});

test("every kind of thing that is made can be named in a mapping", () => {
  const schema = JSON.parse(readFileSync(new URL("../pack/people.schema.json", import.meta.url), "utf8"));
  assert.deepEqual(schema.properties.steps.items.properties.for.enum, kinds);
});

test("where a country says nothing of what people own, they own nothing", () => {
  const { economy: _, ...model } = request.model;
  for (const chunk of generateWorld({ ...request, model, count: 100 })) {
    for (const kind of ["company", "property", "parcel", "right", "vehicle", "licence"] as const)
      assert.equal(chunk[kind].length, 0);
    assert.ok(chunk.birth.length > 0 && chunk.household.length > 0);
  }
});

test("M-A10: orphans get the nearest kin that is alive and not too old, from the death of the last parent until they are 18", () => {
  const day = dayNumber(today);
  const member = (more: Partial<Member>): Member => ({
    ...({ sex: "f", born: day - 40 * 365, died: undefined, community: "ky", surname: "А", given: "Б", style: "none" } as const),
    ...({ fatherName: "В", birthPlace: request.places[0]!, takesName: false } as const),
    ...more,
  });
  const grandmother = member({ born: day - 66 * 365 });
  const ancient = member({ sex: "m", born: day - 90 * 365 });
  const elders: Couple = { wife: grandmother, husband: ancient, since: day - 45 * 365, place: request.places[0]!, children: [] };
  const lost = { mother: day - 900, father: day - 400 };
  const mother = member({ died: lost.mother, mother: grandmother, father: ancient, parents: elders });
  const aunt = member({ mother: grandmother, father: ancient, parents: elders });
  elders.children.push(mother, aunt);
  const father = member({ sex: "m", died: lost.father });
  const couple: Couple = { wife: mother, husband: father, since: day - 15 * 365, place: request.places[0]!, children: [] };
  const child = (born: number) => member({ born, mother, father, parents: couple });
  const [big, small, grown] = [child(day - 12 * 365), child(day - 5 * 365), child(day - 20 * 365)];
  couple.children.push(grown, big, small);
  const appointed = (dead: Member[]) => {
    for (const one of dead) one.died = day - 10;
    const chunk = { guardianship: [] as Rows["guardianship"][] };
    const pins = new Map([grandmother, ancient, mother, father, aunt, big, small, grown].map((one, at) => [one, `p${at}`]));
    writeGuardianships({
      chunk,
      pins,
      couples: [couple],
      today: day,
      random: createRandom(1, "wards"),
    } as unknown as Neighbourhood);
    return chunk.guardianship;
  };
  const first = appointed([]);
  assert.deepEqual(
    first.map(({ ward, guardian }) => [ward, guardian]),
    [
      ["p5", "p0"],
      ["p6", "p0"],
    ],
    "the grandmother, not her husband of 90",
  );
  for (const { since, until, ward } of first) {
    assert.ok(dayNumber(since) >= lost.father + 10 && dayNumber(since) <= lost.father + 60);
    assert.equal(ageOn(ward === "p5" ? big.born : small.born, dayNumber(until)), 18);
  }
  assert.deepEqual(new Set(appointed([grandmother]).map(({ guardian }) => guardian)), new Set(["p4"]), "then the aunt");
  assert.deepEqual(new Set(appointed([aunt]).map(({ guardian }) => guardian)), new Set(["p7"]), "then the brother of 20");
});
