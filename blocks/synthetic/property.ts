import { addYears, ageOn, dayNumber, isoDay } from "./day.ts";
import type { Dwelling } from "./declaration.ts";
import type { Member } from "./family.ts";
import { livesOn, type Owning, spouseOf } from "./neighbourhood.ts";
import { hash } from "./random.ts";
import { successionOf } from "./succession.ts";

/** Somebody with a part of a home from a day on. */
interface Holding {
  holder: Member | undefined;
  tin: string | null;
  numerator: number;
  denominator: number;
  since: number;
  basis: string;
}

interface Home {
  dwelling: Dwelling;
  /** Codes of the building and of the land under it, where it has its own. */
  property: string;
  parcel: string | null;
  area: number;
}

/** Homes of a chunk with the land they stand on, and whose they are: parts of each come to the whole. */
export function writeProperty(here: Owning): void {
  const { chunk, members, pins } = here;
  const byPin = new Map(members.map((member) => [pins.get(member)!, member]));
  const arrivals = new Map<string, { member: Member; from: number; temporary: boolean }[]>();
  for (const { pin, dwelling, since, kind } of chunk.residence) add(dwelling, pin, { on: since, kind });
  for (const { pin, dwelling, on, kind } of chunk.move) add(dwelling, pin, { on, kind });
  for (const dwelling of chunk.dwelling) {
    const home = writeHome(here, dwelling);
    writeRights(here, home, arrivals.get(dwelling.code) ?? []);
  }

  function add(dwelling: string, pin: string, { on, kind }: { on: string; kind: string }) {
    const list = arrivals.get(dwelling) ?? [];
    list.push({ member: byPin.get(pin)!, from: dayNumber(on), temporary: kind === "temporary" });
    arrivals.set(dwelling, list);
  }
}

function writeHome(here: Owning, dwelling: Dwelling): Home {
  const { chunk, random } = here;
  const flat = dwelling.house.includes("-");
  const base = cadastralCode(here, dwelling);
  const { since } = dwelling;
  const area = flat ? random.between(29, 92) : random.between(46, 190);
  const parcel = flat ? null : base;
  if (parcel) {
    const [width, depth] = here.isVillage(dwelling.place) ? [random.between(24, 40), random.between(30, 60)] : [20, 30];
    const shape = rectangle(dwelling, width, depth);
    chunk.parcel.push({
      ...{ code: parcel, dwelling: dwelling.code, district: dwelling.district, since, shape },
      ...{ area: String(width * depth), purpose: here.isVillage(dwelling.place) ? "garden" : "house" },
    });
  }
  const property = `${base}-01-001`;
  chunk.property.push({
    ...{ code: property, kind: flat ? "flat" : "house", dwelling: dwelling.code, parcel, since },
    area: `${area}.${random.between(0, 9)}`,
    rooms: Math.max(1, Math.round(area / 24)),
    floors: flat ? 1 : random.chance(0.2) ? 2 : 1,
    built: Math.max(1930, Number(since.slice(0, 4)) - random.between(0, 25)),
  });
  return { dwelling, property, parcel, area };
}

/** Numbers of the unit, as its code has them, and the order in it: `8-22-20-0000-0001`. */
function cadastralCode({ counters }: Owning, { district }: Dwelling): string {
  const digits = district.replace(/\D/g, "").padEnd(14, "0");
  const unit = `${Number(digits.slice(3, 5))}-${digits.slice(5, 7)}-${digits.slice(7, 9)}`;
  const order = String(counters.next(`parcel ${unit}`)).padStart(8, "0");
  return `${unit}-${order.slice(0, 4)}-${order.slice(4)}`;
}

/** A plot around a point, metres to degrees on a sphere of 6,371 km; WGS 84, GeoJSON (RFC 7946). */
function rectangle({ lat, lon }: Dwelling, width: number, depth: number): string {
  const perDegree = 111_195;
  const [x, y] = [Number(lon), Number(lat)];
  const [w, d] = [width / 2 / (perDegree * Math.cos((y * Math.PI) / 180)), depth / 2 / perDegree];
  const at = (east: number, north: number) => [round(x + east * w), round(y + north * d)];
  return JSON.stringify({ type: "Polygon", coordinates: [[at(-1, -1), at(1, -1), at(1, 1), at(-1, 1), at(-1, -1)]] });
}
const round = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

function writeRights(here: Owning, home: Home, arrivals: { member: Member; from: number; temporary: boolean }[]): void {
  const begun = dayNumber(home.dwelling.since);
  const grown = arrivals
    .filter(({ temporary }) => !temporary)
    .map(({ member, from }) => ({ member, since: Math.max(from, begun, addYears(member.born, 18) + 1) }))
    .filter(({ member, since }) => since <= here.today && livesOn(member, since))
    .sort((a, b) => a.since - b.since || a.member.born - b.member.born);
  const first = grown[0];
  const holdings = first ? ownersOf(here, home, { ...first, others: grown.slice(1) }) : landlordOf(here, begun);
  const sale = first && saleOf(here, { home, holdings, mover: first.member });
  for (const holding of holdings) writeHolding(here, { home, holding, origin: "first", soldOn: sale?.since });
  if (sale) writeSale(here, home, sale);
}

/** The one who came first, alone or with the spouse; a grown child with them now and then. */
function ownersOf(
  here: Owning,
  { dwelling }: Home,
  { member, since, others }: { member: Member; since: number; others: { member: Member; since: number }[] },
): Holding[] {
  const { random } = here;
  const basis = basisOf(here, { dwelling, since });
  const drawn = random.next();
  const spouse = others.find((one) => one.member === spouseOf(here, member));
  const child = others.find((one) => one.member.mother === member || one.member.father === member);
  const holders =
    drawn < 0.5 || !spouse ? [member] : drawn > 0.93 && child ? [member, spouse.member, child.member] : [member, spouse.member];
  const from = Math.max(since, ...others.filter((one) => holders.includes(one.member)).map((one) => one.since));
  if (holders.some((holder) => !livesOn(holder, from)))
    return [{ holder: member, tin: null, numerator: 1, denominator: 1, since, basis }];
  return holders.map((holder) => ({ holder, tin: null, numerator: 1, denominator: holders.length, since: from, basis }));
}

function basisOf({ random }: Owning, { dwelling, since }: { dwelling: Dwelling; since: number }): string {
  if (since - dayNumber(dwelling.since) > 300) return "inheritance";
  // Flats of the state became private in the nineties.
  if (dwelling.house.includes("-")) return dwelling.since < "1998-01-01" ? "privatisation" : "purchase";
  return random.chance(0.55) ? "construction" : "purchase";
}

/** Where only those live who rent: somebody grown of the neighbourhood, or one of its companies. */
function landlordOf(here: Owning, begun: number): Holding[] {
  const { random, members, today, chunk } = here;
  const company = chunk.company.at(-1);
  if (company && random.chance(0.3)) {
    const since = Math.max(begun, dayNumber(company.since));
    return [{ holder: undefined, tin: company.tin, numerator: 1, denominator: 1, since, basis: "purchase" }];
  }
  const adults = members.filter((member) => livesOn(member, today) && ageOn(member.born, today) >= 25);
  if (adults.length === 0) return [];
  const holder = random.pick(adults);
  const since = Math.min(today, Math.max(begun, addYears(holder.born, 18) + 1));
  return [{ holder, tin: null, numerator: 1, denominator: 1, since, basis: "purchase" }];
}

/** Some who move away sell the home they leave. */
function saleOf(
  here: Owning,
  { home, holdings, mover }: { home: Home; holdings: Holding[]; mover: Member },
): { since: number; buyer: Member } | undefined {
  const { chunk, random, members, pins, today, historyFrom } = here;
  const left = chunk.move.find(({ pin, dwelling }) => pin === pins.get(mover) && dwelling !== home.dwelling.code);
  if (!left || !random.chance(0.5)) return undefined;
  const since = dayNumber(left.on) + random.between(1, 60);
  const free = holdings.every(({ holder, since: from }) => holder && from < since && livesOn(holder, since + 1));
  if (!free || since <= historyFrom || since > today) return undefined;
  const holders = holdings.map(({ holder }) => holder);
  const buyers = members.filter((one) => livesOn(one, today) && ageOn(one.born, since) >= 20 && !holders.includes(one));
  return buyers.length === 0 ? undefined : { since, buyer: random.pick(buyers) };
}

function writeSale(here: Owning, home: Home, { since, buyer }: { since: number; buyer: Member }): void {
  const { chunk, random, counters, economy } = here;
  const [least, most] = economy.homes[here.isVillage(home.dwelling.place) ? "village" : "town"];
  // Whole thousands.
  const price = Math.round((home.area * random.between(least, most)) / 1000) * 100_000;
  const holding = { holder: buyer, tin: null, numerator: 1, denominator: 1, since, basis: "purchase" };
  writeHolding(here, { home, holding, origin: "sale", price });
  const lenders = counters.lenders.filter((lender) => lender.since < since);
  if (lenders.length === 0 || !random.chance(0.45)) return;
  chunk.mortgage.push({
    ...{ number: `${home.property}/E${counters.next("mortgage")}`, property: home.property, creditor: random.pick(lenders).tin },
    ...{ amount: Math.round(price * 0.0006) * 1000, currency: economy.currency },
    ...{ since: isoDay(since), until: isoDay(addYears(since, 10)) },
  });
}

/** A right to the building and one to the land; each passes to the heirs when its holder dies. */
function writeHolding(
  here: Owning,
  given: { home: Home; holding: Holding; origin: string; soldOn?: number; price?: number },
): void {
  const { home, holding } = given;
  const { holder } = holding;
  const heirs = here.random.chance(0.6) ? 1 : 3;
  for (const thing of [home.property, home.parcel]) {
    if (thing === null) continue;
    const number = writeRight(here, { ...given, thing });
    if (given.soldOn !== undefined) {
      here.chunk.right_passing.push({ number, on: isoDay(given.soldOn), how: "sale" });
      continue;
    }
    const succession = holder && successionOf(here, holder, heirs);
    if (!succession) continue;
    here.chunk.right_opening.push({ number, on: succession.openedOn });
    if (!succession.passing) continue;
    const { on, heirs: taking } = succession.passing;
    here.chunk.right_passing.push({ number, on, how: "inheritance" });
    for (const heir of taking) {
      const { numerator, denominator } = holding;
      const part = {
        holder: heir,
        tin: null,
        numerator,
        denominator: denominator * taking.length,
        since: dayNumber(on),
        basis: "inheritance",
      };
      writeRight(here, { home, holding: part, origin: "inheritance", thing });
    }
  }
}

function writeRight(
  { chunk, pins, economy, counters }: Owning,
  { home, holding, origin, thing, price }: { home: Home; holding: Holding; origin: string; thing: string; price?: number },
): string {
  const { holder, tin, numerator, denominator, since, basis } = holding;
  const number = `${thing}/R${counters.next(`right ${hash(thing) % 4096}`)}`;
  const building = thing === home.property;
  chunk.right.push({
    number,
    ...{ property: building ? thing : null, parcel: building ? null : thing },
    ...{ pin: holder ? pins.get(holder)! : null, tin, numerator, denominator, basis, since: isoDay(since), origin },
    price: price !== undefined && building ? price : null,
    currency: price !== undefined && building ? economy.currency : null,
  });
  return number;
}
