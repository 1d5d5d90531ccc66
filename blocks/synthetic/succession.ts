import { isoDay } from "./day.ts";
import type { Member } from "./family.ts";
import { deathOf, livesOn, type Neighbourhood, spouseOf } from "./neighbourhood.ts";

/** Days after which an inheritance is taken up: six months from its opening and the notary's week. */
const takenUpAfter = 190;

export interface Succession {
  /** Day of death, on which the inheritance opens. */
  openedOn: string;
  /** The heirs in equal parts, and the day from which they hold; nothing while it is open. */
  passing?: { on: string; heirs: Member[] };
}

/** What becomes of something a person holds from a day on; nothing while he lives. Heirs are people alive today. */
export function successionOf(here: Neighbourhood, holder: Member, most: number): Succession | undefined {
  const died = deathOf(holder, here.today);
  if (died === undefined) return undefined;
  const on = died + takenUpAfter;
  const heirs = on <= here.today ? heirsOf(here, { holder, on }).slice(0, most) : [];
  return { openedOn: isoDay(died), ...(heirs.length > 0 && { passing: { on: isoDay(on), heirs } }) };
}

/** Spouse and children; where there is none of them, parents; then brothers and sisters. */
export function heirsOf(here: Neighbourhood, { holder, on }: { holder: Member; on: number }): Member[] {
  const living = (people: (Member | undefined)[]) =>
    people.filter((one) => one !== undefined && one.born <= on && livesOn(one, here.today)) as Member[];
  const near = living([spouseOf(here, holder), ...(holder.couple?.children ?? [])]);
  if (near.length > 0) return near;
  const parents = living([holder.mother, holder.father]);
  return parents.length > 0 ? parents : living((holder.parents?.children ?? []).filter((one) => one !== holder));
}
