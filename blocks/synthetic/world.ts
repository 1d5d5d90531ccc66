import { makePin } from "@kerege/registry";
import { writeActs } from "./acts.ts";
import { writeCompanies } from "./companies.ts";
import { ageOn, dayNumber, isoDay } from "./day.ts";
import type { Chunk, Dwelling, Face, Model, Person, Place, Role, WorldRequest } from "./declaration.ts";
import { byShare, type Couple, type Member, marriedName, raiseFamilies, surnameOf } from "./family.ts";
import { writeGuardianships } from "./guardians.ts";
import { createHomes, type Stay } from "./homes.ts";
import { writeHouseholds } from "./households.ts";
import { emptyRows } from "./kinds.ts";
import { createNameBook, type PatronymicStyle, patronymic, type Sex } from "./names.ts";
import { actNumber, type Counters, createCounters, type Neighbourhood, officeOf } from "./neighbourhood.ts";
import { createAddresses, createLand, type Land } from "./places.ts";
import { writeProperty } from "./property.ts";
import { createRandom, hash, type Random } from "./random.ts";
import { writeTraffic } from "./traffic.ts";

const foundersOfChunk = 4;

/**
 * Families without end, neighbourhood by neighbourhood; the same request gives the same people in the same order for ever. Nothing
 * of a chunk is kept once it is given, but for the counters that keep personal numbers and addresses unique.
 */
export function* generateChunks(request: WorldRequest): Generator<Chunk> {
  const { seed, model, names } = request;
  const today = dayNumber(request.today);
  const land = createLand(request.places, model);
  const nextDwelling = createAddresses(model);
  const nextPin = createPins(seed);
  const book = createNameBook(names);
  const communityOf = createCommunities(model);
  const styleOf = createStyles(model);
  const counters = createCounters();
  const places = new Map(request.places.map((place) => [place.code, place]));
  for (let number = 0; ; number++) {
    const random = createRandom(seed, "chunk", number);
    const { members, couples } = raiseFamilies({ random, today, names: book, land, communityOf, styleOf }, foundersOfChunk);
    const dwellings: Dwelling[] = [];
    const dwellingAt = (place: Place, since: number) => {
      const dwelling = nextDwelling(place, isoDay(since));
      dwellings.push(dwelling);
      return dwelling;
    };
    const homes = createHomes({ random, today, land, dwellingAt });
    const chunk: Chunk = { ...emptyRows(), number, dwelling: dwellings, living: 0, faces: [] };
    const pins = new Map<Member, string>();
    const stays = new Map<Member, Stay[]>();
    const historyFrom = dayNumber(model.historyFrom);
    // Parents come before their children, so that every reference points at what is there.
    for (const member of members) {
      pins.set(member, nextPin(member.sex, isoDay(member.born)));
      stays.set(member, homes.staysOf(member));
      const { citizenship } = model;
      writeMember({ member, chunk, pins, today, historyFrom, stays: stays.get(member)!, citizenship, counters });
    }
    castFaces({ chunk, members, pins, today, land, homes });
    const here: Neighbourhood = {
      ...{ chunk, members, couples, pins, stays, today, historyFrom, model, counters },
      random: createRandom(seed, "lives", number),
      isTown: (place) => land.isTown(places.get(place)!),
      isVillage: (place) => land.isVillage(places.get(place)!),
      dwellings: new Map(dwellings.map((dwelling) => [dwelling.code, dwelling])),
      divorced: new Map(),
    };
    writeLives(here);
    writeGuardianships({ ...here, random: createRandom(seed, "guardians", number) });
    yield chunk;
  }
}

/** What follows from who these people are: acts and households, and where the model has an economy, what they own and drive. */
function writeLives(here: Neighbourhood): void {
  writeActs(here);
  writeHouseholds(here);
  const { economy } = here.model;
  if (!economy) return;
  const owning = { ...here, economy };
  writeCompanies(owning);
  writeProperty(owning);
  writeTraffic(owning);
}

/** Chunks until at least `count` people live in them. */
export function* generateWorld(request: WorldRequest & { count: number }): Generator<Chunk> {
  let living = 0;
  for (const chunk of generateChunks(request)) {
    yield chunk;
    living += chunk.living;
    if (living >= request.count) return;
  }
}

function createPins(seed: number): (sex: Sex, bornOn: string) => string {
  const used = new Map<string, number>();
  return (sex, bornOn) => {
    const key = `${sex}${bornOn}`;
    const start = hash(`${seed}/${key}`);
    for (let turn = used.get(key) ?? 0; ; turn++) {
      // 7919 has no divisor in common with 10,000, so every serial comes once before any comes again.
      const pin = makePin({ sex, bornOn, serial: (start + turn * 7919) % 10_000 });
      if (!pin) continue;
      used.set(key, turn + 1);
      return pin;
    }
  };
}

function createCommunities(model: Model): (random: Random, place: Place) => string {
  const lotteries = model.communities.map(({ units, shares }) => ({ units, draw: byShare(Object.entries(shares)) }));
  return (random, place) => {
    const found = lotteries.find(({ units }) => units === undefined || units.some((unit) => place.units.includes(unit)));
    return (found ?? lotteries.at(-1)!).draw(random);
  };
}

function createStyles(model: Model): (random: Random, community: string) => PatronymicStyle {
  const lotteries = new Map(
    Object.entries(model.patronymics).map(([community, styles]) => [
      community,
      byShare(styles.map(({ style, share }) => [style, share])),
    ]),
  );
  return (random, community) => lotteries.get(community)?.(random) ?? "none";
}

interface Writing {
  member: Member;
  chunk: Chunk;
  pins: Map<Member, string>;
  today: number;
  historyFrom: number;
  stays: Stay[];
  citizenship: string;
  counters: Counters;
}

function writeMember(writing: Writing): void {
  const { member, chunk, pins, today, historyFrom, stays } = writing;
  const pin = pins.get(member)!;
  const died = member.died !== undefined && member.died <= today ? member.died : undefined;
  const changed = marriedName(member);
  const sinceMarriage = member.couple?.since ?? 0;
  const keptHistory = changed !== undefined && sinceMarriage >= historyFrom;
  const own = surnameOf(member);
  const person: Person = {
    pin,
    surname: changed !== undefined && !keptHistory ? changed : own,
    given_name: member.given,
    patronymic: patronymic(member.fatherName, member.sex, member.style) ?? null,
    sex: member.sex,
    born_on: isoDay(member.born),
    birth_place: member.birthPlace.code,
    citizenship: writing.citizenship,
    mother: member.mother ? pins.get(member.mother)! : null,
    father: member.father ? pins.get(member.father)! : null,
    community: member.community,
  };
  chunk.person.push(person);
  if (keptHistory && changed !== own) chunk.renaming.push({ pin, surname: changed, on: isoDay(sinceMarriage) });
  const known = died === undefined || died > historyFrom;
  const begin = Math.max(member.born, historyFrom);
  const first = stays.findLastIndex((stay) => stay.from <= begin);
  if (known && first >= 0) {
    const stay = stays[first]!;
    chunk.residence.push({ pin, dwelling: stay.dwelling().code, since: isoDay(stay.from), kind: stay.kind });
    for (const later of stays.slice(first + 1))
      chunk.move.push({ pin, dwelling: later.dwelling().code, on: isoDay(later.from), kind: later.kind });
  }
  if (died === undefined) {
    chunk.living++;
    return;
  }
  const place = stays.findLast((stay) => stay.from <= died)?.place ?? member.birthPlace;
  const office = officeOf(place);
  chunk.death.push({
    ...{ pin, on: isoDay(died), resident: known && first >= 0, status: false },
    ...{ number: actNumber(writing.counters, { kind: "D", office, day: died }), place: place.code, office },
    registered_on: isoDay(Math.min(today, died + (Math.abs(member.born) % 4))),
  });
}

interface Casting {
  chunk: Chunk;
  members: Member[];
  pins: Map<Member, string>;
  today: number;
  land: Land;
  homes: ReturnType<typeof createHomes>;
}

/** Finds people of this chunk whose life shows something. */
function castFaces({ chunk, members, pins, today, land, homes }: Casting): void {
  const lastMove = new Map<string, string>();
  const places = new Map(chunk.dwelling.map((dwelling) => [dwelling.code, dwelling]));
  const homeOf = new Map(chunk.residence.map(({ pin, dwelling }) => [pin, { dwelling, before: dwelling }]));
  for (const { pin, dwelling, on } of chunk.move) {
    lastMove.set(pin, on);
    homeOf.set(pin, { dwelling, before: homeOf.get(pin)!.dwelling });
  }
  const surnames = new Map([...chunk.person, ...chunk.renaming].map(({ pin, surname }) => [pin, surname]));
  const persons = new Map(chunk.person.map((person) => [person.pin, person]));
  const levels = new Map(members.map((member) => [member.birthPlace.code, member.birthPlace]));
  const recently = isoDay(today - 3 * 365);
  for (const member of members) {
    const pin = pins.get(member)!;
    const home = homeOf.get(pin);
    if (!home || (member.died !== undefined && member.died <= today)) continue;
    const dwelling = places.get(home.dwelling)!;
    const place = levels.get(dwelling.place);
    const facts: LifeFacts = {
      age: ageOn(member.born, today),
      sex: member.sex,
      community: member.community,
      childAges: livingChildren(member.couple, today).map((child) => ageOn(child.born, today)),
      village: place !== undefined && land.isVillage(place),
      town: place !== undefined && land.isTown(place) && dwelling.region !== dwelling.district,
      student: homes.isStudent(member),
      moved: (lastMove.get(pin) ?? "") > recently && places.get(home.before)!.region !== dwelling.region,
    };
    const role = roleOf(facts);
    if (!role) continue;
    const person = persons.get(pin)!;
    const name = [surnames.get(pin), person.given_name, person.patronymic].filter(Boolean).join(" ");
    chunk.faces.push({ role, pin, name, place: dwelling.place } satisfies Face);
  }
}

interface LifeFacts {
  age: number;
  sex: Sex;
  community: string;
  childAges: number[];
  village: boolean;
  town: boolean;
  student: boolean;
  moved: boolean;
}

const rolesByLife: [Role, (facts: LifeFacts) => boolean][] = [
  [
    "mother",
    ({ sex, age, childAges, village }) =>
      sex === "f" && age >= 25 && age <= 42 && childAges.length === 2 && childAges.every((child) => child < 16) && village,
  ],
  ["father", ({ sex, age, childAges }) => sex === "m" && age < 40 && childAges.some((child) => child === 0)],
  ["student", ({ student }) => student],
  ["mover", ({ moved, age, student }) => moved && !student && age >= 27 && age <= 50],
  ["elder", ({ sex, age, village }) => sex === "m" && age >= 74 && village],
  ["sixteen", ({ age }) => age === 16],
  ["trader", ({ age, town }) => age >= 30 && age <= 52 && town],
  ["neighbour", ({ community, age }) => community !== "ky" && age >= 25 && age <= 60],
];

function roleOf(facts: LifeFacts): Role | undefined {
  return rolesByLife.find(([, fits]) => fits(facts))?.[0];
}

function livingChildren(couple: Couple | undefined, today: number): Member[] {
  return (couple?.children ?? []).filter((child) => child.died === undefined || child.died > today);
}
