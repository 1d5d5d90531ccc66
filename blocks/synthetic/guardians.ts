import { addYears, ageOn, isoDay } from "./day.ts";
import type { Couple, Member } from "./family.ts";
import { deathOf, livesOn, type Neighbourhood } from "./neighbourhood.ts";

const GROWN = 18;
/** Nobody older is made a guardian. */
const OLDEST = 72;
/** Some families whose parents work abroad leave the children with kin; as long as that lasts there is a guardian. */
const ABROAD = 0.05;
const TERM_DAYS = 730;

/** Guardians of children without parents, and of some whose parents are away: kin who live today. */
export function writeGuardianships(here: Neighbourhood): void {
  for (const couple of here.couples) {
    const children = couple.children.filter((child) => livesOn(child, here.today) && ageOn(child.born, here.today) < GROWN);
    if (children.length === 0) continue;
    const lost = lossOf(here, couple);
    const term = lost === undefined ? absenceOf(here) : orphaned(here, lost);
    if (term) for (const child of children) appoint(here, child, term);
  }
}

/** The day on which both parents were dead; nothing while one lives. */
function lossOf({ today }: Neighbourhood, { wife, husband }: Couple): number | undefined {
  const [hers, his] = [deathOf(wife, today), deathOf(husband, today)];
  return hers === undefined || his === undefined ? undefined : Math.max(hers, his);
}

function orphaned({ random, today }: Neighbourhood, lost: number): { since: number } | undefined {
  const since = lost + random.between(10, 60);
  return since <= today ? { since } : undefined;
}

function absenceOf({ random, today }: Neighbourhood): { since: number; until: number } | undefined {
  const away = random.chance(ABROAD);
  const since = today - random.between(30, 600);
  return away ? { since, until: since + TERM_DAYS } : undefined;
}

function appoint(here: Neighbourhood, child: Member, term: { since: number; until?: number }): void {
  const { chunk, pins, today } = here;
  // Born while the parents were away, or after the last of them had died.
  const since = Math.max(term.since, child.born + 30);
  const grown = addYears(child.born, GROWN);
  const until = Math.min(term.until ?? grown, grown);
  const guardian = kinOf(child).find((one) => livesOn(one, today) && mayGuard(one, since));
  if (!guardian || since > today || until <= today) return;
  chunk.guardianship.push({
    ward: pins.get(child)!,
    guardian: pins.get(guardian)!,
    since: isoDay(since),
    until: isoDay(until),
  });
}

const mayGuard = ({ born }: Member, on: number) => addYears(born, GROWN) <= on && ageOn(born, on) <= OLDEST;

/** Grandparents, then uncles and aunts, then brothers and sisters. */
function kinOf(child: Member): Member[] {
  const parents = [child.mother, child.father].filter((one) => one !== undefined);
  const others = (of: Member) => (of.parents?.children ?? []).filter((one) => one !== of);
  const grandparents = parents.flatMap(({ mother, father }) => [mother, father]).filter((one) => one !== undefined);
  return [...grandparents, ...parents.flatMap(others), ...others(child)];
}
