import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import identity from "@kerege/identity/block";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { Problem } from "@kerege/kernel/problem";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import type { GroundDocument, RegistryDoor, Values } from "@kerege/registry";
import registry from "@kerege/registry/block";
import trust from "@kerege/trust/block";
import synthetic from "../block.ts";
import type { SyntheticDoor } from "../declaration.ts";

const folder = fileURLToPath(new URL("../../../packs/", import.meta.url));

/** Packs that take invented people in, with what they stand on. */
function packsWithPeople(): string[] {
  const wanted = readdirSync(folder).filter((pack) => existsSync(`${folder}${pack}/people`));
  const needs = (pack: string) =>
    /^needs: \[(.*)\]$/m
      .exec(readFileSync(`${folder}${pack}/pack.yaml`, "utf8"))?.[1]
      ?.split(",")
      .map((name) => name.trim()) ?? [];
  for (let at = 0; at < wanted.length; at++) for (const need of needs(wanted[at]!)) if (!wanted.includes(need)) wanted.push(need);
  return wanted;
}

let house: TestHouse;
let registers: RegistryDoor;
before(async () => {
  house = await openTestHouse([trust, identity, reference, registry, synthetic], { packs: packsWithPeople() });
  registers = house.doors.registry as RegistryDoor;
  await (house.doors.synthetic as SyntheticDoor).ensure(1000);
});
after(() => house?.close());

const one = async (statement: ReturnType<typeof sql>) => (await house.database.first<Record<string, string>>(statement))!;
const many = (statement: ReturnType<typeof sql>) => house.database.rows<Record<string, string>>(statement);
const none = async (statement: ReturnType<typeof sql>, reason: string) => assert.deepEqual(await many(statement), [], reason);

interface Act {
  register: string;
  event: string;
  key: string;
  validFrom: string;
  document: GroundDocument;
  values: Values;
}

/** The owner of the register records an event. */
const record = (act: Act) => {
  const { owner } = registers.registers().find(({ register }) => register === act.register)!;
  return registers.record({ kind: "system", body: owner, name: "test" }, { ...act, act: randomUUID() });
};

/** Refused by the rule (or state, or unique value) whose words are these, in every language. */
async function refused(act: Act, key: string): Promise<void> {
  await assert.rejects(record(act), (error) => {
    assert.ok(error instanceof Problem, String(error));
    assert.ok(
      error.fields?.some((field) => field.key === `registry.said.${act.register}.${key}`),
      JSON.stringify(error.fields),
    );
    return true;
  });
}

test("M-A9, M-A10: a thousand people stand in all registers, and each register agrees with the others", async () => {
  // Invented people have no guardians: none of them is without parents.
  for (const register of registers.registers().filter((one) => one.register !== "guardianship")) {
    const filled = await registers.count(register.register);
    assert.ok(filled > 0, `${register.register} is empty`);
  }
  await none(
    sql`select p.pin from registry.person p left join registry.birth_act b on b.child = p.pin where b.number is null`,
    "born without an act",
  );
  await none(
    sql`select p.pin from registry.person p left join registry.death_act d on d.deceased = p.pin where (p.died_on is null) <> (d.number is null)`,
    "dead without an act, or the other way round",
  );
  await none(
    sql`select s.pin from registry.marital_status s join registry.marital_status o on o.pin = s.spouse
      where s.state = 'married' and s.ended_on is null and o.spouse is distinct from s.pin`,
    "whose spouse is whose",
  );
  await none(
    sql`select coalesce(property, parcel) from registry.property_right where ended_on is null
      group by 1 having abs(sum(numerator::numeric / denominator) - 1) > 0.000000001`,
    "shares that are not the whole",
  );
  await none(
    sql`select r.number from registry.property_right r join registry.person p on p.pin = r.owner
      where r.ended_on is null and r.state = 'registered' and p.died_on is not null`,
    "a right of the dead",
  );
  await none(
    sql`select legal_entity from registry.stake where ended_on is null group by 1 having sum(share) <> 100`,
    "stakes that are not a hundred per cent",
  );
  await none(
    sql`select e.tin from registry.legal_entity e left join registry.entity_head h on h.legal_entity = e.tin
      left join registry.person p on p.pin = h.person where p.pin is null or p.died_on is not null`,
    "a company without a living head",
  );
  await none(
    sql`select v.vin from registry.vehicle v join registry.person p on p.pin = v.owner where v.state = 'active' and p.died_on is not null`,
    "a vehicle of the dead on the register",
  );
  await none(
    sql`select l.number from registry.driver_licence l join registry.person p on p.pin = l.holder
      where p.born_on + interval '18 years' > l.issued_on or (l.ended_on is null and p.died_on is not null)`,
    "a driver under age or dead",
  );
});

test("M-A9: a person finds what is his in each register, and nothing of anyone else", async () => {
  const { owner, vin } = await one(
    sql`select owner, vin from registry.vehicle where state = 'active' and owner is not null limit 1`,
  );
  const me: Actor = { kind: "person", pin: owner! };
  const request = { register: "vehicle", fields: ["vin", "plate"], ground: "own-vehicles" };
  const mine = await registers.search(me, { ...request, condition: "by_owner", values: { owner: owner! } });
  assert.ok(mine.rows.some(({ key }) => key === vin));
  const { vin: other } = await one(sql`select vin from registry.vehicle where owner <> ${owner} limit 1`);
  assert.equal(await registers.read(me, { ...request, key: other! }), undefined);
  const held = await registers.search(me, {
    ...{ register: "property_right", fields: ["number", "numerator"], ground: "own-real-estate" },
    ...{ condition: "by_owner", values: { owner: owner! } },
  });
  const { n } = await one(sql`select count(*) as n from registry.property_right where owner = ${owner} and ended_on is null`);
  assert.equal(held.rows.length, Number(n));
});

test("M-A9: a second owner over the whole is refused, by the words of the rule", async () => {
  const { property, owner } = await one(
    sql`select property, owner from registry.property_right where property is not null and owner is not null and ended_on is null limit 1`,
  );
  const values = {
    ...{ property: property!, parcel: null, kind: "ownership", owner: owner!, owner_entity: null },
    ...{ numerator: 1, denominator: 100, basis: "purchase", since: "2026-11-01" },
  };
  const document = { kind: "contract", number: "1" };
  const act = { register: "property_right", event: "registration", key: "x/1", validFrom: "2026-11-01", document, values };
  await refused(act, "rules.property_not_over");
  // Also where the new right begins before those there are.
  const { born } = await one(
    sql`select (born_on + interval '1 day')::date::text as born from registry.person where pin = ${owner}`,
  );
  const { since } = await one(sql`select valid_from::text as since from registry.property_object where code = ${property}`);
  const early = [born!, since!].sort().at(-1)!;
  await refused({ ...act, validFrom: early, values: { ...values, since: early } }, "rules.property_not_over");
});

test("M-A9: stakes over a hundred per cent, a plate that is taken and a vehicle that is wanted are refused", async () => {
  const { legal_entity, owner } = await one(sql`select legal_entity, owner from registry.stake where ended_on is null limit 1`);
  const { pin } = await one(
    sql`select pin from registry.person where died_on is null and pin <> ${owner} and born_on < '1990-01-01' order by pin limit 1`,
  );
  const values = { legal_entity: legal_entity!, owner: pin!, owner_entity: null, share: "0.01", since: "2026-11-01" };
  const document = { kind: "contract", number: "1" };
  const entry = { register: "stake", event: "entry", key: "x/1", validFrom: "2026-11-01", document, values };
  await refused(entry, "rules.not_over_hundred");
  const [first, second] = await many(
    sql`select vin, plate, owner from registry.vehicle where state = 'active' and owner is not null order by vin limit 2`,
  );
  const plate = { register: "vehicle", event: "plate_change", key: second!.vin!, validFrom: "2026-11-20" };
  await refused(
    { ...plate, document: { kind: "application", number: "1" }, values: { plate: first!.plate!, certificate: "TC1" } },
    "unique.plate",
  );
  await record({
    ...{ register: "vehicle", event: "search", key: first!.vin!, validFrom: "2026-11-20" },
    ...{ document: { kind: "search-order", number: "1" }, values: {} },
  });
  const sale = { owner: pin!, owner_entity: null, certificate: "TC2", registered_on: "2026-11-21" };
  await refused(
    { register: "vehicle", event: "sale", key: first!.vin!, validFrom: "2026-11-21", document, values: sale },
    "states.sale.wanted",
  );
});

test("M-A10: a mother younger than her child, a second marriage and a death before birth are refused", async () => {
  const { child, mother } = await one(
    sql`select c.pin as child, y.pin as mother from registry.person c join registry.person y on y.sex = 'f' and y.born_on > c.born_on
      where c.died_on is null and y.died_on is null limit 1`,
  );
  const { number } = await one(sql`select number from registry.birth_act where child = ${child}`);
  const document = { kind: "court-decision", number: "1" };
  await refused(
    { register: "birth_act", event: "correction", key: number!, validFrom: "2026-11-20", document, values: { mother: mother! } },
    "rules.mother_older",
  );
  const { wife } = await one(sql`select wife from registry.marriage_act where state = 'active' order by registered_on limit 1`);
  const { man } = await one(
    sql`select pin as man from registry.person p where sex = 'm' and died_on is null and born_on between '1970-01-01' and '2008-10-01'
      and not exists (select from registry.marriage_act m where m.husband = p.pin) limit 1`,
  );
  const office = (await one(sql`select office from registry.marriage_act limit 1`)).office!;
  const marriage = { husband: man!, wife: wife!, registered_on: "2026-11-01", office };
  await refused(
    {
      ...{ register: "marriage_act", event: "registration", key: "M-1", validFrom: "2026-11-01" },
      ...{ document: { kind: "joint-application", number: "1" }, values: marriage },
    },
    "rules.wife_free",
  );
  const dead = await one(sql`select number from registry.death_act limit 1`);
  await refused(
    {
      ...{ register: "death_act", event: "correction", key: dead.number!, validFrom: "2026-11-20", document },
      values: { died_on: "1880-01-01" },
    },
    "rules.after_birth",
  );
});

test("M-A9: nobody under age is given a licence", async () => {
  const { pin } = await one(sql`select pin from registry.person where died_on is null and born_on > '2012-01-01' limit 1`);
  const values = { holder: pin!, categories: "B", issued_on: "2026-11-01", valid_until: "2036-10-31" };
  const document = { kind: "exam-protocol", number: "1" };
  const act = { register: "driver_licence", event: "issue", key: "DL-1", validFrom: "2026-11-01", document, values };
  await refused(act, "rules.of_age");
  await refused({ ...act, values: { ...values, categories: "B Z" } }, "rules.categories_known");
});
