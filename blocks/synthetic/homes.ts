import { addYears, ageOn } from "./day.ts";
import type { Dwelling, Place } from "./declaration.ts";
import type { Couple, Member } from "./family.ts";
import type { Land } from "./places.ts";
import type { Random } from "./random.ts";

/** A stay at a dwelling, from a day on. */
export interface Stay {
  from: number;
  /** The dwelling, made when it is first asked for: most old homes never enter a register. */
  dwelling(): Dwelling;
  place: Place;
  kind: "permanent" | "temporary";
}

export interface HomesMeans {
  random: Random;
  today: number;
  land: Land;
  dwellingAt(place: Place, since: number): Dwelling;
}

/** Says where each person of a neighbourhood lived when. Families share a dwelling; the dead stop moving. */
export function createHomes(means: HomesMeans): { staysOf(person: Member): Stay[]; isStudent(person: Member): boolean } {
  const { random, today, land, dwellingAt } = means;
  const homes = new Map<Couple, Stay[]>();
  const students = new Set<Member>();
  const stay = (place: Place, from: number, kind: Stay["kind"] = "permanent"): Stay => {
    let made: Dwelling | undefined;
    const dwelling = () => {
      made ??= dwellingAt(place, from);
      return made;
    };
    return { from, dwelling, place, kind };
  };

  const homesOf = (couple: Couple): Stay[] => {
    const known = homes.get(couple);
    if (known) return known;
    const made = couple.stays ? clip(homesOf(couple.stays), couple.since, Number.POSITIVE_INFINITY) : ownHomes(couple);
    homes.set(couple, made);
    return made;
  };

  const ownHomes = (couple: Couple): Stay[] => {
    const first = stay(couple.place, couple.since);
    const span = today - couple.since - 400;
    if (span < 400 || !random.chance(0.22)) return [first];
    const place = random.chance(0.5) ? land.inRegion(random, couple.place.units[0]!) : land.anywhere(random);
    return [first, stay(place, couple.since + 400 + random.between(0, span))];
  };

  /** Those who left their parents before marrying, or have not married: to study, or to live alone. */
  const ownWay = (person: Member, home: Stay): Stay | undefined => {
    if (person.couple) return undefined;
    const age = ageOn(person.born, today);
    if (age >= 18 && age <= 22 && random.chance(0.4)) {
      const place = land.town(random);
      // The first of September after the eighteenth birthday.
      const from = Date.UTC(new Date(addYears(person.born, 18) * 86_400_000).getUTCFullYear(), 8, 1) / 86_400_000;
      if (place === home.place || from <= addYears(person.born, 18) || from >= today) return undefined;
      students.add(person);
      return stay(place, from, "temporary");
    }
    const from = addYears(person.born, 25) + random.between(0, 1500);
    if (age < 26 || from >= today || !random.chance(0.3)) return undefined;
    return stay(random.chance(0.6) ? land.inRegion(random, home.place.units[0]!) : land.anywhere(random), from);
  };

  return {
    isStudent: (person) => students.has(person),
    staysOf(person) {
      const married = person.couple?.since ?? Number.POSITIVE_INFINITY;
      const young = person.parents
        ? clip(homesOf(person.parents), person.born, married)
        : person.couple && married <= person.born
          ? []
          : [stay(person.birthPlace, person.born)];
      const left = young.length > 0 ? ownWay(person, young.at(-1)!) : undefined;
      const until = left ? young.filter(({ from }) => from < left.from) : young;
      const later = person.couple ? clip(homesOf(person.couple), married, Number.POSITIVE_INFINITY) : [];
      const end = Math.min(today, person.died ?? today);
      return [...until, ...(left ? [left] : []), ...later].filter(({ from }) => from <= end);
    },
  };
}

/** The stays of a span of days; the one that was going on at its beginning begins with it. */
function clip(stays: Stay[], from: number, until: number): Stay[] {
  const result: Stay[] = [];
  for (const [index, one] of stays.entries()) {
    const next = stays[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    if (next <= from || one.from >= until) continue;
    result.push({ ...one, from: Math.max(one.from, from) });
  }
  return result;
}
