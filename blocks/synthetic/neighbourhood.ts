import { isoDay } from "./day.ts";
import type { Chunk, Dwelling, Economy, Model, Place } from "./declaration.ts";
import type { Couple, Member } from "./family.ts";
import type { Stay } from "./homes.ts";
import type { Random } from "./random.ts";

/** Numbers given one after another, by what they are of; kept from chunk to chunk so that none comes twice. */
export interface Counters {
  next(of: string): number;
  /** Companies that lend on mortgage. */
  lenders: { tin: string; since: number }[];
}

export function createCounters(): Counters {
  const given = new Map<string, number>();
  return {
    lenders: [],
    next(of) {
      const number = (given.get(of) ?? 0) + 1;
      given.set(of, number);
      return number;
    },
  };
}

/** The families of a chunk with all that is known of them, while what they own and do is made. */
export interface Neighbourhood {
  chunk: Chunk;
  members: Member[];
  couples: Couple[];
  pins: Map<Member, string>;
  stays: Map<Member, Stay[]>;
  /** A stream of its own: what is made here changes nothing of who the people are. */
  random: Random;
  today: number;
  historyFrom: number;
  model: Model;
  counters: Counters;
  isTown(place: string): boolean;
  isVillage(place: string): boolean;
  dwellings: Map<string, Dwelling>;
  /** Days on which marriages were dissolved. */
  divorced: Map<Couple, number>;
}

export interface Owning extends Neighbourhood {
  economy: Economy;
}

/** Alive on a day (count from 1970), as far as is known today. */
export function livesOn(person: Member, day: number): boolean {
  return person.born <= day && (person.died === undefined || person.died > day);
}

/** Day of death, where it has come. */
export function deathOf(person: Member, today: number): number | undefined {
  return person.died !== undefined && person.died <= today ? person.died : undefined;
}

/** The dwelling somebody is registered at today. */
export function homesToday({ chunk }: Pick<Neighbourhood, "chunk">): Map<string, { dwelling: string; since: string }> {
  const homes = new Map(chunk.residence.map(({ pin, dwelling, since }) => [pin, { dwelling, since }]));
  for (const { pin, dwelling, on } of chunk.move) homes.set(pin, { dwelling, since: on });
  return homes;
}

/** The number of an act: its kind, the unit without closing zeros, the year, the order in it. */
export function actNumber(counters: Counters, of: { kind: string; office: string; day: number }): string {
  const series = `${of.kind}-${of.office.replace(/0+$/, "") || of.office}-${isoDay(of.day).slice(0, 4)}`;
  return `${series}-${String(counters.next(series)).padStart(4, "0")}`;
}

/** Where acts about a place are entered. */
export function officeOf(place: Place): string {
  return place.units.at(-1)!;
}

/** The spouse of today's law: not after a divorce. */
export function spouseOf({ divorced }: Pick<Neighbourhood, "divorced">, person: Member): Member | undefined {
  const { couple } = person;
  if (!couple || divorced.has(couple)) return undefined;
  return couple.wife === person ? couple.husband : couple.wife;
}
