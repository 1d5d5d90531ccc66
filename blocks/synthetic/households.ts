import { addYears, ageOn, dayNumber, isoDay } from "./day.ts";
import type { Member } from "./family.ts";
import { homesToday, livesOn, type Neighbourhood, spouseOf } from "./neighbourhood.ts";

/** Households of a chunk: who lives at one dwelling today, under its oldest couple. */
export function writeHouseholds(here: Neighbourhood): void {
  const { members, pins, today } = here;
  const homes = homesToday(here);
  const together = new Map<string, { person: Member; since: number }[]>();
  for (const person of members) {
    const home = homes.get(pins.get(person)!);
    if (!home || !livesOn(person, today)) continue;
    const list = together.get(home.dwelling) ?? [];
    list.push({ person, since: dayNumber(home.since) });
    together.set(home.dwelling, list);
  }
  for (const [dwelling, living] of together) writeHousehold(here, dwelling, living);
}

function writeHousehold(here: Neighbourhood, dwelling: string, living: { person: Member; since: number }[]): void {
  const { chunk, pins, today } = here;
  const adults = living.filter(({ person }) => ageOn(person.born, today) >= 18).sort((a, b) => a.person.born - b.person.born);
  const present = new Set(living.map(({ person }) => person));
  const paired = adults.find(({ person }) => {
    const spouse = spouseOf(here, person);
    return spouse !== undefined && present.has(spouse);
  });
  const head = paired ?? adults[0];
  // Children without a grown-up at their dwelling have a guardian elsewhere.
  if (!head) return;
  const opened = Math.max(head.since, addYears(head.person.born, 18) + 1, dayNumber(here.dwellings.get(dwelling)!.since));
  const number = `${dwelling}/1`;
  chunk.household.push({
    ...{ number, head: pins.get(head.person)!, dwelling, since: isoDay(opened) },
    ...holding(here, { dwelling, opened }),
  });
  for (const { person, since } of living)
    chunk.member.push({
      ...{ pin: pins.get(person)!, household: number },
      relation: relationOf(here, head.person, person),
      since: isoDay(Math.max(since, opened)),
    });
}

/** Land and livestock: in villages most have some, in towns none is asked. */
function holding(here: Neighbourhood, { dwelling, opened }: { dwelling: string; opened: number }) {
  const { random, today, dwellings } = here;
  if (!here.isVillage(dwellings.get(dwelling)!.place))
    return { land: null, cattle: null, sheep: null, goats: null, horses: null, poultry: null, beehives: null, counted_on: null };
  const herd = (share: number, most: number) => (random.chance(share) ? random.between(1, most) : 0);
  const count = { cattle: herd(0.62, 6), sheep: herd(0.48, 40), goats: herd(0.2, 12), horses: herd(0.3, 5) };
  // Livestock is counted at the beginning of the year.
  const year = dayNumber(`${isoDay(today).slice(0, 4)}-01-15`);
  return {
    land: (random.between(6, 25) / 100).toFixed(2),
    ...{ ...count, poultry: herd(0.55, 25), beehives: herd(0.05, 12) },
    counted_on: isoDay(Math.min(today, Math.max(opened, year))),
  };
}

const child = (person: Member, of: Member | undefined) => of !== undefined && (person.mother === of || person.father === of);

function relationOf(here: Neighbourhood, head: Member, person: Member): string {
  if (person === head) return "head";
  const spouse = spouseOf(here, head);
  if (person === spouse) return "spouse";
  if (child(person, head) || child(person, spouse)) return "child";
  if (child(head, person)) return "parent";
  const partner = spouseOf(here, person);
  if (partner && child(partner, head)) return "child_in_law";
  if ([person.mother, person.father].some((parent) => parent && child(parent, head))) return "grandchild";
  if (person.parents !== undefined && person.parents === head.parents) return "sibling";
  return "other";
}
