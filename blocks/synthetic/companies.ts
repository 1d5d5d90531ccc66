import { addYears, ageOn, dayNumber, isoDay } from "./day.ts";
import type { CompanyForm } from "./declaration.ts";
import { byShare, type Member } from "./family.ts";
import { deathOf, homesToday, livesOn, type Owning, spouseOf } from "./neighbourhood.ts";
import { heirsOf, successionOf } from "./succession.ts";

const lastFounding = 60;
const term = 3;

/** Companies of a chunk, with owners whose stakes come to a hundred per cent and a director who is alive. */
export function writeCompanies(here: Owning): void {
  const { chunk, members, pins, random, economy, counters } = here;
  const trader = chunk.faces.find(({ role }) => role === "trader")?.pin;
  if (counters.lenders.length === 0) writeLenders(here);
  for (const founder of members) {
    const drawn = random.chance(0.013);
    if (!drawn && pins.get(founder) !== trader) continue;
    const form = byShare(economy.companies.forms.map((one): [CompanyForm, number] => [one, one.share]))(random);
    const activity = byShare(Object.entries(economy.companies.activities))(random);
    writeCompany(here, { founder, form, activity, name: inventName(here) });
  }
}

/** Houses that lend, founded by the first grown people there are. */
function writeLenders(here: Owning): void {
  const { members, economy, counters } = here;
  const { names, form: wanted, activity } = economy.companies.lenders;
  const form = economy.companies.forms.find((one) => one.form === wanted) ?? economy.companies.forms[0]!;
  const able = members.filter((one) => livesOn(one, here.today) && ageOn(one.born, here.today) >= 30);
  for (const [index, name] of names.entries()) {
    const founder = able[index % Math.max(1, able.length)];
    const lender = founder && writeCompany(here, { founder, form, activity, name });
    if (lender) counters.lenders.push(lender);
  }
}

function inventName({ random, counters, economy }: Owning): string {
  const name = `${random.pick(economy.companies.names.first)} ${random.pick(economy.companies.names.second)}`;
  const again = counters.next(`company ${name}`);
  return again === 1 ? name : `${name} ${again}`;
}

function writeCompany(
  here: Owning,
  { founder, form, activity, name }: { founder: Member; form: CompanyForm; activity: string; name: string },
): { tin: string; since: number } | undefined {
  const { chunk, pins, random, today, counters, economy } = here;
  const home = homesToday(here).get(pins.get(founder)!);
  if (!home) return undefined;
  const earliest = Math.max(
    addYears(founder.born, 21),
    dayNumber("2009-04-01"),
    dayNumber(here.dwellings.get(home.dwelling)!.since) + 1,
  );
  const latest = Math.min(today - lastFounding, addYears(founder.born, 62), (deathOf(founder, today) ?? today) - 200);
  if (earliest > latest) return undefined;
  const since = random.between(earliest, latest);
  const serial = counters.next("company");
  const tin = taxNumber(here, since);
  const said = (text: string) => text.replaceAll("{name}", name);
  const [least, most] = form.capital;
  chunk.company.push({
    ...{ tin, okpo: okpo(serial), number: `${100_000 + serial}-3300-${form.form.toUpperCase()}`, form: form.form },
    ...{ name_ky: said(form.name.ky), name_ru: said(form.name.ru), name_kk: said(form.name.kk), name_en: said(form.name.en) },
    ...{ activity, dwelling: home.dwelling, since: isoDay(since), currency: economy.currency },
    capital: Math.round(random.between(least, most) / 1000) * 100_000,
  });
  writeStakes(here, { founder, tin, since });
  writeDirector(here, { founder, tin, since });
  writeBranch(here, { tin, since, form, name });
  if (random.chance(0.03)) chunk.winding_up.push({ tin, on: isoDay(random.between(since + 30, today)) });
  return { tin, since };
}

/** 0, the day as DDMMYYYY, and five digits that come once a day. */
function taxNumber({ counters }: Owning, since: number): string {
  const [year, month, day] = isoDay(since).split("-");
  return `0${day}${month}${year}${String(10_000 + counters.next(`tin ${since}`)).padStart(5, "0")}`;
}

/** Seven digits and a check digit: weights 1 to 7 modulo 11, for a ten again from 3 to 9. */
export function okpo(serial: number): string {
  const digits = String(1_000_000 + ((serial * 7919) % 9_000_000));
  const rest = (first: number) => [...digits].reduce((sum, digit, at) => sum + Number(digit) * (at + first), 0) % 11;
  return `${digits}${rest(1) < 10 ? rest(1) : rest(3) % 10}`;
}

function writeStakes(here: Owning, { founder, tin, since }: { founder: Member; tin: string; since: number }): void {
  const { chunk, pins, random, members, today } = here;
  const able = (one: Member | undefined) =>
    one !== undefined && one !== founder && ageOn(one.born, since) >= 18 && livesOn(one, today);
  const spouse = spouseOf(here, founder);
  const drawn = random.next();
  const other = random.pick(members);
  const third = random.pick(members);
  const partners = [
    drawn > 0.6 && drawn < 0.78 ? spouse : undefined,
    drawn >= 0.78 ? other : undefined,
    drawn > 0.92 ? third : undefined,
  ];
  const owners = [...new Set([founder, ...partners.filter(able)])] as Member[];
  const percents = [
    ["100"],
    random.pick([
      ["50", "50"],
      ["60", "40"],
      ["70", "30"],
      ["51", "49"],
    ]),
    ["33.34", "33.33", "33.33"],
  ][owners.length - 1]!;
  for (const [index, owner] of owners.entries()) {
    const write = (holder: Member, of: { since: string; origin: string; nr: string }) => {
      const number = `${tin}/S${of.nr}`;
      chunk.stake.push({ number, tin, pin: pins.get(holder)!, percent: percents[index]!, since: of.since, origin: of.origin });
      return number;
    };
    const number = write(owner, { since: isoDay(since), origin: "founding", nr: String(index + 1) });
    const succession = successionOf(here, owner, 1);
    if (!succession) continue;
    chunk.stake_opening.push({ number, on: succession.openedOn });
    // An owner of another stake takes this one as well only as a new entry: one heir, who has none yet.
    const heir = succession.passing?.heirs[0];
    if (!heir || owners.includes(heir)) continue;
    chunk.stake_passing.push({ number, on: succession.passing!.on });
    write(heir, { since: succession.passing!.on, origin: "inheritance", nr: `${index + 1}-1` });
  }
}

/** The founder; when he dies, an heir or somebody of the neighbourhood the day after. */
function writeDirector(here: Owning, { founder, tin, since }: { founder: Member; tin: string; since: number }): void {
  const { chunk, pins, random, members, today } = here;
  const until = (from: number) => isoDay(addYears(from, Math.max(term, ageOn(from, today) + term)));
  chunk.director.push({ tin, pin: pins.get(founder)!, since: isoDay(since), until: until(since) });
  const died = deathOf(founder, today);
  const grown = (one: Member) => livesOn(one, today) && ageOn(one.born, died ?? today) >= 18;
  const on = Math.min(today, (died ?? today) + random.between(1, 9));
  if (died === undefined) return;
  const next = heirsOf(here, { holder: founder, on }).find(grown) ?? members.find(grown);
  if (next) chunk.director_change.push({ tin, pin: pins.get(next)!, since: isoDay(on), until: until(on) });
}

/** One in ten has a branch at another home of the neighbourhood. */
function writeBranch(
  { chunk, pins, random, members, today, dwellings }: Owning,
  { tin, since, form, name }: { tin: string; since: number; form: CompanyForm; name: string },
): void {
  const drawn = random.chance(0.1);
  const at = random.pick([...dwellings.values()]);
  const opened = Math.max(since, dayNumber(at.since)) + random.between(30, 900);
  const head = members.find((one) => livesOn(one, today) && ageOn(one.born, opened) >= 21);
  if (!drawn || opened > today || !head) return;
  chunk.branch.push({
    ...{ number: `${tin}/F1`, tin, dwelling: at.code, since: isoDay(opened), head: pins.get(head)! },
    name_ky: form.name.ky.replaceAll("{name}", `${name} — филиал`),
    name_ru: form.name.ru.replaceAll("{name}", `${name} — филиал`),
  });
}
