import { addYears, dayNumber, yearDays } from "./day.ts";
import type { Place } from "./declaration.ts";
import { type NameBook, type PatronymicStyle, type Sex, surnameFor } from "./names.ts";
import type { Land } from "./places.ts";
import { createLottery, type Random } from "./random.ts";

/** A person while a chunk is being made; days are counts from 1970. */
export interface Member {
  sex: Sex;
  born: number;
  died: number | undefined;
  community: string;
  /** Surname in its male or only form. */
  surname: string;
  given: string;
  style: PatronymicStyle;
  fatherName: string;
  mother?: Member;
  father?: Member;
  birthPlace: Place;
  couple?: Couple;
  parents?: Couple;
  takesName: boolean;
}

export interface Couple {
  wife: Member;
  husband: Member;
  since: number;
  /** Where they begin; the same couple's home when a son stays with his parents. */
  place: Place;
  stays?: Couple;
  children: Member[];
}

export interface FamilyMeans {
  random: Random;
  today: number;
  names: NameBook;
  land: Land;
  /** Community of someone from a place. */
  communityOf(random: Random, place: Place): string;
  styleOf(random: Random, community: string): PatronymicStyle;
}

const adult = 18;
const firstNameAge = 1970;

/** Founding couples of one neighbourhood and all who come after them, parents before children. */
export function raiseFamilies(means: FamilyMeans, founders: number): { members: Member[]; couples: Couple[] } {
  const { random, land } = means;
  const members: Member[] = [];
  const couples: Couple[] = [];
  const anchor = land.anywhere(random);
  let generation: Couple[] = [];
  for (let index = 0; index < founders; index++) {
    const place = index === 0 ? anchor : land.inRegion(random, anchor.units[0]!);
    const couple = foundCouple(means, place);
    members.push(couple.wife, couple.husband);
    generation.push(couple);
  }
  let single: Member[] = [];
  for (let depth = 0; generation.length > 0 && depth < 5; depth++) {
    couples.push(...generation);
    for (const couple of generation) {
      bear(means, couple);
      members.push(...couple.children);
      single.push(...couple.children);
    }
    const joined = marry(means, single);
    for (const couple of joined) for (const person of [couple.wife, couple.husband]) if (!person.parents) members.push(person);
    single = single.filter((person) => !person.couple);
    generation = joined;
  }
  return { members, couples };
}

function foundCouple(means: FamilyMeans, place: Place): Couple {
  const { random, today } = means;
  // Founders between 42 and 92 give, with their children, the broad foot of a young population.
  const age = 42 + Math.floor(random.next() ** 0.9 * 51);
  const community = means.communityOf(random, place);
  const wife = newcomer(means, { sex: "f", born: today - Math.floor((age + random.next()) * yearDays), community, place });
  const husband = newcomer(means, { sex: "m", born: wife.born - random.between(-600, 2600), community, place });
  const since = Math.max(addYears(wife.born, adult), addYears(husband.born, adult)) + random.between(0, 5 * 365);
  // Founders were alive to found a family.
  for (const person of [wife, husband])
    if (person.died !== undefined && person.died < since + 900) person.died = since + 900 + random.between(0, 9000);
  return join(wife, husband, { since, place });
}

function newcomer(means: FamilyMeans, of: { sex: Sex; born: number; community: string; place: Place }): Member {
  const { random, names } = means;
  const old = of.born < dayNumber(`${firstNameAge}-01-01`);
  return {
    sex: of.sex,
    born: of.born,
    died: deathOf(random, of),
    community: of.community,
    surname: names.surname(random, of.community),
    given: names.givenName(random, { community: of.community, sex: of.sex, bornBefore1970: old }),
    style: means.styleOf(random, of.community),
    fatherName: names.givenName(random, { community: of.community, sex: "m", bornBefore1970: true }),
    birthPlace: of.place,
    takesName: random.chance(0.55),
  };
}

/** The day of death by a Gompertz law (men die some six years earlier), with a small risk in the first year of life. */
function deathOf(random: Random, of: { sex: Sex; born: number }): number {
  if (random.chance(0.012)) return of.born + random.between(1, 360);
  const scale = of.sex === "m" ? 11.5 : 10;
  const mode = of.sex === "m" ? 76 : 83;
  const years = mode + scale * Math.log(-Math.log(1 - random.next() * 0.999999) + Math.exp(-mode / scale));
  return of.born + Math.max(400, Math.floor(years * yearDays));
}

function join(wife: Member, husband: Member, how: { since: number; place: Place }): Couple {
  const couple: Couple = { wife, husband, ...how, children: [] };
  wife.couple = couple;
  husband.couple = couple;
  return couple;
}

/** Children of a mother of 18 to 42, at least fifteen months apart, of a father who lived when they were conceived. */
function bear(means: FamilyMeans, couple: Couple): void {
  const { random, today, names } = means;
  const { wife, husband } = couple;
  const until = Math.min(
    addYears(wife.born, 42),
    today,
    wife.died ?? Number.POSITIVE_INFINITY,
    (husband.died ?? Number.POSITIVE_INFINITY) + 260,
  );
  const wanted = Math.max(0, Math.round(3.1 + (random.next() + random.next() + random.next() - 1.5) * 3));
  let day = Math.max(couple.since + random.between(280, 1100), addYears(wife.born, adult) + 1);
  while (couple.children.length < wanted && day < until) {
    const sex = random.chance(0.512) ? "m" : "f";
    couple.children.push({
      sex,
      born: day,
      died: deathOf(random, { sex, born: day }),
      community: husband.community,
      surname: husband.surname,
      given: freshName(couple, () => names.givenName(random, { community: husband.community, sex, bornBefore1970: day < 0 })),
      style: means.styleOf(random, husband.community),
      fatherName: husband.given,
      mother: wife,
      father: husband,
      birthPlace: couple.place,
      parents: couple,
      takesName: random.chance(0.55),
    });
    day += random.between(456, 1900);
  }
}

/** Two children of one family do not bear one name. */
function freshName(couple: Couple, draw: () => string): string {
  let name = draw();
  for (let turn = 0; turn < 5 && couple.children.some((child) => child.given === name); turn++) name = draw();
  return name;
}

function marry(means: FamilyMeans, single: Member[]): Couple[] {
  const { random, today } = means;
  const couples: Couple[] = [];
  const free = new Set(single);
  const brides = single.filter((person) => person.sex === "f").sort((a, b) => a.born - b.born);
  for (const bride of brides) {
    if (random.chance(0.1)) continue;
    const since = addYears(bride.born, adult) + random.between(1, 9 * 365);
    if (since > today - 30 || dead(bride, since)) continue;
    const groom =
      single.find((person) => person.sex === "m" && free.has(person) && suits(bride, person, since)) ??
      stranger(means, bride, since);
    if (!groom) continue;
    free.delete(groom);
    couples.push(settle(means, join(bride, groom, { since, place: groom.parents?.place ?? groom.birthPlace })));
  }
  for (const groom of single) {
    if (groom.sex !== "m" || groom.couple || random.chance(0.15)) continue;
    const since = addYears(groom.born, 21) + random.between(1, 9 * 365);
    if (since > today - 30 || dead(groom, since)) continue;
    const bride = newcomer(means, {
      sex: "f",
      born: groom.born + random.between(-200, 1000),
      community: groom.community,
      place: means.land.inRegion(random, groom.birthPlace.units[0]!),
    });
    if (dead(bride, since)) continue;
    couples.push(settle(means, join(bride, groom, { since, place: groom.parents?.place ?? groom.birthPlace })));
  }
  return couples;
}

/** Of about the same age and no kin: neither brother nor cousin. */
function suits(bride: Member, groom: Member, since: number): boolean {
  const apart = bride.born - groom.born;
  if (apart < -700 || apart > 2900 || since < addYears(groom.born, adult) || dead(groom, since)) return false;
  if (bride.community !== groom.community) return false;
  const kin = (person: Member) =>
    [person.mother, person.mother?.mother, person.father?.mother].filter((one) => one !== undefined);
  const hers = kin(bride);
  return !kin(groom).some((one) => hers.includes(one));
}

function stranger(means: FamilyMeans, bride: Member, since: number): Member | undefined {
  const { random, land } = means;
  if (random.chance(0.3)) return undefined;
  const place = random.chance(0.7) ? land.inRegion(random, bride.birthPlace.units[0]!) : land.anywhere(random);
  const born = Math.min(bride.born - random.between(-200, 2200), addYears(since, -adult) - 1);
  const groom = newcomer(means, { sex: "m", born, community: bride.community, place });
  return dead(groom, since) ? undefined : groom;
}

/** The youngest son stays with his parents; others look for a place of their own, most of them near. */
function settle(means: FamilyMeans, couple: Couple): Couple {
  const { random, land } = means;
  const parents = couple.husband.parents;
  const sons = parents?.children.filter((child) => child.sex === "m") ?? [];
  if (parents && sons.at(-1) === couple.husband) {
    couple.stays = parents;
    return couple;
  }
  const where = random.next();
  if (where > 0.75) couple.place = land.anywhere(random);
  else if (where > 0.55) couple.place = land.inRegion(random, couple.place.units[0]!);
  return couple;
}

export function dead(person: Member, day: number): boolean {
  return person.died !== undefined && person.died <= day;
}

export function surnameOf(person: Member): string {
  return surnameFor(person.surname, person.sex);
}

/** The husband's surname as the wife writes it, when she took it. */
export function marriedName(person: Member): string | undefined {
  return person.sex === "f" && person.couple && person.takesName ? surnameFor(person.couple.husband.surname, "f") : undefined;
}

export function byShare<Value>(shares: [Value, number][]): (random: Random) => Value {
  return createLottery(shares.map(([value, weight]) => ({ value, weight })));
}
