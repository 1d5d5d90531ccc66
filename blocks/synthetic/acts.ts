import { ageOn, isoDay } from "./day.ts";
import type { Person } from "./declaration.ts";
import { type Couple, type Member, marriedName, surnameOf } from "./family.ts";
import { surnameFor } from "./names.ts";
import { actNumber, deathOf, livesOn, type Neighbourhood, officeOf } from "./neighbourhood.ts";

interface Ending {
  by: "divorce" | "death";
  on: number;
  /** Number of the act that says so. */
  act: string;
}

/** Acts of civil status of a chunk, and the marital status that follows from them. */
export function writeActs(here: Neighbourhood): void {
  const persons = new Map(here.chunk.person.map((person) => [person.pin, person]));
  for (const member of here.members) writeBirth(here, member, persons.get(here.pins.get(member)!)!);
  const deaths = new Map(here.chunk.death.map((death) => [death.pin, death.number]));
  for (const couple of here.couples) writeMarriage(here, couple, deaths);
  const withStatus = new Set(here.chunk.status.map(({ pin }) => pin));
  for (const death of here.chunk.death) death.status = withStatus.has(death.pin);
  for (const member of here.members) writeNameChange(here, member, persons.get(here.pins.get(member)!)!);
}

function writeBirth({ chunk, random, today, counters }: Neighbourhood, member: Member, person: Person): void {
  const office = officeOf(member.birthPlace);
  chunk.birth.push({
    number: actNumber(counters, { kind: "B", office, day: member.born }),
    pin: person.pin,
    // Under her own name, whatever she took when she married.
    surname: surnameOf(member),
    given_name: person.given_name,
    patronymic: person.patronymic,
    sex: person.sex,
    born_on: person.born_on,
    birth_place: person.birth_place,
    mother: person.mother,
    father: person.father,
    registered_on: isoDay(Math.min(today, member.born + random.between(2, 40))),
    office,
  });
}

function writeMarriage(here: Neighbourhood, couple: Couple, deaths: Map<string, string>): void {
  const { chunk, pins, counters, historyFrom } = here;
  const { wife, husband, since } = couple;
  const office = officeOf(couple.place);
  const number = actNumber(counters, { kind: "M", office, day: since });
  const names = {
    husband: pins.get(husband)!,
    wife: pins.get(wife)!,
    husband_surname: surnameOf(husband),
    wife_surname: marriedName(wife) ?? surnameOf(wife),
  };
  const ending = writeDivorce(here, { couple, number, names, office }) ?? deathEnding(here, couple, deaths);
  const before = ending && ending.on < historyFrom ? ending : undefined;
  chunk.marriage.push({
    ...{ number, ...names, on: isoDay(since), office },
    ended_by: before?.by ?? null,
    ended_on: before ? isoDay(before.on) : null,
  });
  if (ending && !before) chunk.marriage_end.push({ number, by: ending.by, on: isoDay(ending.on) });
  for (const [person, spouse] of [
    [husband, names.wife],
    [wife, names.husband],
  ] as const)
    writeStatus(here, person, { spouse, since, act: number, ending });
}

/** Some part, once the children are born and while both live. */
function writeDivorce(
  here: Neighbourhood,
  of: { couple: Couple; number: string; names: { husband: string; wife: string; husband_surname: string }; office: string },
): Ending | undefined {
  const { chunk, random, today, counters, divorced } = here;
  const { couple, number, names, office } = of;
  const parts = random.chance(0.09);
  const on = couple.since + random.between(500, 9000);
  const lastChild = couple.children.at(-1)?.born ?? couple.since;
  if (!parts || on <= lastChild + 300 || on > today - 60) return undefined;
  if (!livesOn(couple.wife, on + 30) || !livesOn(couple.husband, on + 30)) return undefined;
  const act = actNumber(counters, { kind: "R", office, day: on });
  divorced.set(couple, on);
  chunk.divorce.push({
    ...{ number: act, marriage: number, husband: names.husband, wife: names.wife },
    husband_surname: names.husband_surname,
    wife_surname: marriedName(couple.wife) ?? surnameOf(couple.wife),
    basis: couple.children.length > 0 ? "court" : "application",
    ...{ on: isoDay(on), registered_on: isoDay(on + random.between(0, 25)), office },
  });
  return { by: "divorce", on, act };
}

function deathEnding({ pins, today }: Neighbourhood, { wife, husband }: Couple, deaths: Map<string, string>): Ending | undefined {
  const [first] = [wife, husband]
    .flatMap((person) => ({ person, on: deathOf(person, today) ?? Number.POSITIVE_INFINITY }))
    .sort((a, b) => a.on - b.on);
  if (!first || !Number.isFinite(first.on)) return undefined;
  return { by: "death", on: first.on, act: deaths.get(pins.get(first.person)!)! };
}

/** The registers began with the history: whoever died before has no status, and what ended before is entered as it stood. */
function writeStatus(
  { chunk, pins, today, historyFrom }: Neighbourhood,
  person: Member,
  of: { spouse: string; since: number; act: string; ending: Ending | undefined },
): void {
  const died = deathOf(person, today);
  if (died !== undefined && died <= historyFrom) return;
  const pin = pins.get(person)!;
  const { ending } = of;
  const after = ending && { status: ending.by === "divorce" ? "divorced" : "widowed", since: isoDay(ending.on), act: ending.act };
  if (after && ending.on < historyFrom) chunk.status.push({ pin, ...after, spouse: null });
  else {
    chunk.status.push({ pin, status: "married", spouse: of.spouse, since: isoDay(of.since), act: of.act });
    if (after && died !== ending.on) chunk.status_change.push({ pin, ...after });
  }
}

/** A few men take the name of their father for a surname, as the custom was. */
function writeNameChange(here: Neighbourhood, member: Member, person: Person): void {
  const { chunk, random, today, historyFrom, counters } = here;
  const changes = random.chance(0.006);
  const on = random.between(historyFrom + 1, today - 1);
  if (!changes || member.sex !== "m" || member.style === "uulu" || member.community !== here.members[0]!.community) return;
  if (!livesOn(member, today) || ageOn(member.born, on) < 18) return;
  const surname = `${member.fatherName} уулу`;
  const office = officeOf(member.birthPlace);
  chunk.name_change.push({
    ...{ number: actNumber(counters, { kind: "N", office, day: on }), pin: person.pin },
    surname_before: surnameFor(member.surname, "m"),
    ...{ given_name: person.given_name, patronymic: person.patronymic, surname, on: isoDay(on), office },
  });
  chunk.renaming.push({ pin: person.pin, surname, on: isoDay(on) });
}
