import { addYears, ageOn, dayNumber, isoDay } from "./day.ts";
import type { VehicleMake } from "./declaration.ts";
import { byShare, type Member } from "./family.ts";
import { deathOf, homesToday, livesOn, type Owning } from "./neighbourhood.ts";
import { successionOf } from "./succession.ts";

/** Vehicles and licences of a chunk: nobody under age drives, what a dead owner had is off the register until an heir has it. */
export function writeTraffic(here: Owning): void {
  const { chunk, members, pins, random, today, historyFrom } = here;
  const homes = homesToday(here);
  const drivers: { member: Member; owns: boolean }[] = [];
  for (const member of members) {
    const died = deathOf(member, today);
    const drawn = random.chance(member.sex === "m" ? 0.36 : 0.12);
    const age = ageOn(member.born, died ?? today);
    const home = homes.get(pins.get(member)!);
    if (age < 20 || age > 78 || !home || (died !== undefined && died <= historyFrom)) continue;
    const owns = drawn && writeVehicle(here, { owner: member, unit: home.dwelling });
    drivers.push({ member, owns });
  }
  for (const company of chunk.company) if (random.chance(0.35)) writeCompanyVehicle(here, company);
  for (const driver of drivers) writeLicence(here, driver);
}

function writeVehicle(here: Owning, { owner, unit }: { owner: Member; unit: string }): boolean {
  const { chunk, pins, random, today } = here;
  const earliest = Math.max(addYears(owner.born, 18) + 1, dayNumber("2006-01-01"));
  const latest = (deathOf(owner, today) ?? today) - 30;
  if (earliest >= latest) return false;
  // Most cars changed hands not long ago.
  const since = Math.max(earliest, latest - Math.floor(random.next() ** 2 * 5500));
  const vin = pushVehicle(here, { since, unit, pin: pins.get(owner)!, tin: null });
  const last = writeVehicleSale(here, { vin, owner, since });
  const succession = successionOf(here, last, 3);
  if (!succession) return true;
  chunk.vehicle_opening.push({ vin, on: succession.openedOn });
  const { passing } = succession;
  const heir = passing?.heirs.find((one) => ageOn(one.born, dayNumber(passing.on)) >= 18);
  if (passing && heir)
    chunk.vehicle_inheritance.push({ vin, heir: pins.get(heir)!, certificate: certificate(here), on: passing.on });
  return true;
}

/** Some are sold later to somebody of the neighbourhood. Gives who has it then. */
function writeVehicleSale(here: Owning, { vin, owner, since }: { vin: string; owner: Member; since: number }): Member {
  const { chunk, pins, random, members, today, historyFrom } = here;
  const drawn = random.chance(0.14);
  const on = random.between(historyFrom, today);
  const buyer = random.pick(members);
  const possible = on > since + 120 && livesOn(owner, on + 1) && buyer !== owner && livesOn(buyer, on + 1);
  if (!drawn || !possible || ageOn(buyer.born, on) < 18) return owner;
  chunk.vehicle_sale.push({ vin, buyer: pins.get(buyer)!, certificate: certificate(here), on: isoDay(on) });
  return buyer;
}

function writeCompanyVehicle(here: Owning, company: { tin: string; since: string; dwelling: string }): void {
  const { random, today } = here;
  const since = random.between(dayNumber(company.since) + 1, today);
  pushVehicle(here, { since, unit: company.dwelling, pin: null, tin: company.tin });
}

function pushVehicle(here: Owning, of: { since: number; unit: string; pin: string | null; tin: string | null }): string {
  const { chunk, random, economy, counters } = here;
  const { since, unit, pin, tin } = of;
  const { maker, ...what } = byShare(economy.vehicles.makes.map((make): [VehicleMake, number] => [make, make.share]))(random);
  const { share: _, ...described } = what;
  const bought = Number(isoDay(since).slice(0, 4));
  const built = Math.max(1986, bought - Math.floor(random.next() ** 0.7 * 18));
  const vin = vinOf({ maker, built, serial: counters.next("vin"), letters: random.between(0, 999_999) });
  const dwelling = here.dwellings.get(unit)!;
  const { plates, colours } = economy.vehicles;
  const prefix = plates[dwelling.district] ?? plates[dwelling.region] ?? "00";
  chunk.vehicle.push({
    ...{ vin, plate: plate(prefix, counters.next(`plate ${prefix}`)), ...described, built, pin, tin },
    ...{ colour: byShare(Object.entries(colours))(random), certificate: certificate(here), since: isoDay(since) },
  });
  return vin;
}

const letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
/** Years of make by their sign, from 1980 on, over and over each thirty years (ISO 3779, 49 CFR 565). */
const years = "ABCDEFGHJKLMNPRSTVWXY123456789";
const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
/** What a letter counts in the check digit (49 CFR 565.15). */
const counts: Record<string, number> = Object.fromEntries(
  Object.entries({ 1: "AJ", 2: "BKS", 3: "CLT", 4: "DMU", 5: "ENV", 6: "FW", 7: "GPX", 8: "HY", 9: "RZ" }).flatMap(
    ([value, list]) => [...list].map((letter) => [letter, Number(value)]),
  ),
);

/** Maker, description, check digit, year, plant and a number that comes once. */
export function vinOf(of: { maker: string; built: number; serial: number; letters: number }): string {
  const described = [0, 1, 2, 3, 4].map((at) => letters[Math.floor(of.letters / 7 ** at) % letters.length]).join("");
  const year = years[(of.built - 1980) % years.length]!;
  const serial = String(of.serial).padStart(7, "0");
  const signs = `${of.maker}${described}0${year}${serial}`;
  const sum = [...signs].reduce((total, sign, at) => total + (counts[sign] ?? Number(sign)) * weights[at]!, 0) % 11;
  return `${signs.slice(0, 8)}${sum === 10 ? "X" : sum}${signs.slice(9)}`;
}

const plateLetters = "ABCDEFGHIKLMNOPQRSTUVXYZ";

/** Three digits and three letters, each pair of them once in a unit. */
function plate(prefix: string, order: number): string {
  const all = 999 * plateLetters.length ** 3;
  const number = (order * 7919) % all;
  const series = Math.floor(number / 999);
  const letter = (at: number) => plateLetters[Math.floor(series / plateLetters.length ** at) % plateLetters.length];
  return `${prefix}KG${String((number % 999) + 1).padStart(3, "0")}${letter(2)}${letter(1)}${letter(0)}`;
}

function certificate({ counters }: Owning): string {
  return `TC${String(counters.next("certificate")).padStart(7, "0")}`;
}

/** Whoever has a car mostly drives it; of the others one in three men, one in eight women. */
function writeLicence(here: Owning, { member, owns }: { member: Member; owns: boolean }): void {
  const { chunk, pins, random, today, historyFrom, counters } = here;
  const drives = random.chance(owns ? 0.93 : member.sex === "m" ? 0.34 : 0.12);
  const died = deathOf(member, today);
  const since = Math.max(addYears(member.born, 18) + random.between(2, 700), (died ?? today) - random.between(30, 3500));
  const drawn = random.next();
  const suspended = random.chance(0.025);
  if (!drives || since >= (died ?? today) - 1) return;
  const professional = ageOn(member.born, since) >= 21 && member.sex === "m";
  const categories = professional && drawn > 0.96 ? "B C D" : professional && drawn > 0.8 ? "B C" : drawn > 0.75 ? "A B" : "B";
  const order = counters.next("licence");
  const number = `DL${String(order).padStart(7, "0")}`;
  chunk.licence.push({
    ...{ number, pin: pins.get(member)!, categories },
    ...{ since: isoDay(since), until: isoDay(addYears(since, 10) - 1) },
  });
  const from = random.between(Math.max(since + 30, historyFrom), today);
  if (suspended && from > since && livesOn(member, from + 1) && from <= today)
    chunk.suspension.push({ number, on: isoDay(from), until: isoDay(addYears(from, 1)) });
  if (died !== undefined) chunk.licence_end.push({ number, on: isoDay(died) });
}
