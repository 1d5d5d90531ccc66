import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import trust from "@kerege/trust/block";
import registryBlock from "../block.ts";
import { createChains } from "../chain.ts";
import type { Agreement, Ground, Value } from "../declaration.ts";
import type { RegistryDoor } from "../door.ts";
import { allow } from "../ground.ts";
import { makePin } from "../pin.ts";
import { publishedOf } from "../registers.ts";
import { createStore } from "../store.ts";
import { createSearchStore } from "../store-search.ts";

const root = fileURLToPath(new URL("./fixture-reading/", import.meta.url));
const four = (text: string) => ({ ky: text, ru: text, kk: text, en: text });
const today = "2026-11-22";
let seed = 20261122;
/** Numbers that are the same in every run (mulberry32). */
const random = () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const pick = <One>(list: readonly One[]): One => list[Math.floor(random() * list.length)]!;
const some = <One>(list: readonly One[]): One[] => list.filter(() => random() < 0.5);
const maybe = <One>(chance: number, one: One): One | undefined => (random() < chance ? one : undefined);

const bodies = ["a", "b", "c"];
const fields = { citizen: ["surname", "region", "blood"], car: ["colour", "holder"], union: ["place", "wife"] } as const;
type Name = keyof typeof fields;
const agreements: Agreement[] = [
  { agreement: "past", validFrom: "2020-01-01", validUntil: today },
  { agreement: "now", validFrom: today, validUntil: "2026-11-23" },
  { agreement: "ever", validFrom: "2020-01-01" },
].map((one) => ({ ...one, title: four(one.agreement), parties: ["b", "c"], number: "1", signedOn: "2020-01-01" }));

interface Citizen {
  pin: string;
  region: string;
  mother: string | null;
  bornOn: string;
}
const people: Citizen[] = [];
const cars: { number: string; holder: string; colour: string }[] = [];
const unions: { number: string; husband: string | null; wife: string | null; place: string }[] = [];
const consents: { subject: string; ground: string; reader: string; until: string | null; withdrawn: boolean }[] = [];
let house: TestHouse;

before(async () => {
  house = await openTestHouse([trust, reference, registryBlock], {
    root,
    country: "fixture",
    packs: ["fixture"],
    at: `${today}T06:00:00Z`,
  });
  const registry = house.doors.registry as RegistryDoor;
  const put = (owner: string, request: { register: string; event: string; key: string; values: Record<string, Value> }) =>
    registry.record(
      { kind: "system", body: owner, name: "x" },
      { act: randomUUID(), document: "1", validFrom: "2020-01-01", ...request },
    );
  for (let serial = 0; people.length < 12; serial++) {
    const pin = makePin({ sex: "f", bornOn: "1980-01-01", serial });
    if (!pin) continue;
    const mother = people.length > 3 ? pick(people).pin : null;
    const one = {
      pin,
      region: pick(bodies),
      mother,
      bornOn: pick(["2009-11-22", "2010-11-22", "2010-11-23", "2020-01-01", "1980-01-01"]),
    };
    people.push(one);
    await put("office", {
      register: "citizen",
      event: "birth",
      key: pin,
      values: { surname: "А", region: one.region, blood: "I", mother, born_on: one.bornOn },
    });
  }
  for (let number = 0; number < 12; number++) {
    const one = { number: `C${number}`, holder: pick(people).pin, colour: pick(bodies) };
    cars.push(one);
    await put("traffic", {
      register: "car",
      event: "registration",
      key: one.number,
      values: { holder: one.holder, colour: one.colour },
    });
  }
  // Of two, of one that is named, of nobody.
  for (let number = 0; number < 16; number++) {
    const one = {
      number: `U${number}`,
      husband: maybe(0.8, pick(people).pin) ?? null,
      wife: maybe(0.8, pick(people).pin) ?? null,
    };
    const values = { husband: one.husband, wife: one.wife, place: pick(bodies) };
    unions.push({ ...one, place: values.place });
    await put("office", { register: "union", event: "wedding", key: one.number, values });
  }
});
after(() => house.close());

/** What may be read, as the law would say it, one record at a time; nothing of how the engine does it. */
function mayRead(
  actor: Actor,
  ground: Ground,
  given: { register: Name; wanted: string[]; key: string },
): "denied" | "nothing" | "found" {
  const { register, wanted, key } = given;
  if (!ground.reads[register]) return "denied";
  if (wanted.some((field) => !ground.reads[register]!.includes(field))) return "denied";
  if (wanted.includes("blood") && !(ground.classes ?? []).includes("special")) return "denied";
  const record: Record<string, unknown> =
    register === "citizen"
      ? { ...people.find((one) => one.pin === key) }
      : { ...(register === "car" ? cars : unions).find((one) => one.number === key) };
  const about = (register === "citizen" ? [key] : register === "car" ? [record.holder] : [record.husband, record.wife]).filter(
    (one) => typeof one === "string",
  );
  let reached: boolean;
  if (actor.kind === "person") {
    const { self, children } = ground.readers;
    if (!self && !children) return "denied";
    if (Object.values(ground.rows?.[register] ?? {}).includes("reader-body")) return "denied";
    // Sixteen on 2026-11-22 is who was born on 2010-11-22 or before.
    const young = people.some(
      (one) => children !== undefined && about.includes(one.pin) && one.mother === actor.pin && one.bornOn > "2010-11-22",
    );
    reached = (self === true && about.includes(actor.pin)) || young;
  } else {
    const byBody = ground.readers.bodies?.includes(actor.body) ?? false;
    const byAgreement = agreements.some(
      (one) =>
        ground.readers.agreements?.includes(one.agreement) &&
        one.parties.includes(actor.body) &&
        one.validFrom <= today &&
        !(one.validUntil !== undefined && one.validUntil <= today),
    );
    if (!byBody && !byAgreement) return "denied";
    // Each who is named, and there must be somebody.
    const agreed = about.every((subject) =>
      consents.some(
        (one) =>
          one.subject === subject &&
          one.ground === ground.ground &&
          one.reader === actor.body &&
          !one.withdrawn &&
          (one.until === null || one.until > today),
      ),
    );
    reached = !ground.consent || (agreed && about.length > 0);
  }
  if (Object.keys(record).length === 0 || !reached) return "nothing";
  for (const [field, allowed] of Object.entries(ground.rows?.[register] ?? {})) {
    const value = record[field];
    if (allowed === "reader-body" ? actor.kind === "person" || value !== actor.body : !allowed.includes(value as string))
      return "nothing";
  }
  return "found";
}

function randomGround(number: number): Ground {
  const rowOf = (field: string) => maybe(0.3, { [field]: pick([["a"], ["a", "b"], "reader-body" as const]) });
  const [region, colour, place] = [rowOf("region"), rowOf("colour"), rowOf("place")];
  const rows = { ...(region && { citizen: region }), ...(colour && { car: colour }), ...(place && { union: place }) };
  const reads = {
    ...maybe(0.9, { citizen: some(fields.citizen) }),
    ...maybe(0.9, { car: some(fields.car) }),
    ...maybe(0.9, { union: some(fields.union) }),
  };
  return {
    ground: `g${number}`,
    title: four("g"),
    law: { act: four("act"), article: "1" },
    purpose: four("p"),
    readers: {
      ...maybe(0.5, { self: true }),
      ...maybe(0.4, { children: { register: "citizen", parents: ["mother", "father"], bornOn: "born_on", until: 16 } }),
      ...maybe(0.6, { bodies: some(bodies) }),
      ...maybe(0.4, { agreements: some(["past", "now", "ever"]) }),
    },
    reads,
    searches: { citizen: ["by_region"], car: ["by_holder"], union: ["by_place"] },
    ...(Object.keys(rows).length > 0 && { rows }),
    ...maybe(0.5, { classes: ["special" as const] }),
    ...maybe(0.3, { consent: true }),
  };
}

/** The search that finds a record of each register. */
const asked: Record<Name, { condition: string; values(key: string): Record<string, Value> }> = {
  citizen: { condition: "by_region", values: (key) => ({ region: people.find((one) => one.pin === key)!.region }) },
  car: { condition: "by_holder", values: (key) => ({ holder: cars.find((one) => one.number === key)?.holder ?? null }) },
  union: { condition: "by_place", values: (key) => ({ place: unions.find((one) => one.number === key)?.place ?? null }) },
};

test("M-0.7: reads, reads as of a day and searches under random grounds give what a plain model of the law gives", async () => {
  const grounds = Array.from({ length: 60 }, (_, number) => randomGround(number));
  for (const ground of grounds.filter((one) => one.consent)) {
    for (const subject of people.slice(0, 8)) {
      const one = {
        subject: subject.pin,
        ground: ground.ground,
        reader: pick(bodies),
        until: pick([null, today, "2026-11-23"]),
        withdrawn: random() < 0.3,
      };
      consents.push(one);
      await house.database.run(sql`insert into registry.consent (subject, id, ground, reader, given_at, until, withdrawn_at)
        values (${one.subject}, ${randomUUID()}, ${one.ground}, ${one.reader}, now(), ${one.until}, ${one.withdrawn ? new Date() : null})`);
    }
  }
  const registers = (house.doors.registry as RegistryDoor).registers();
  const published = publishedOf(registers, grounds, agreements);
  const means = {
    database: house.database,
    now: () => new Date(`${today}T06:00:00Z`),
    timeZone: "Asia/Bishkek",
    ids: { next: () => randomUUID() },
    chains: createChains(),
  };
  const store = createStore(means);
  const search = createSearchStore(means, store);
  const counted = { denied: 0, nothing: 0, found: 0 };
  let shared = 0;
  for (let round = 0; round < 1500; round++) {
    const ground = pick(grounds);
    const register = pick(["citizen", "car", "union"] as const);
    const actor: Actor =
      random() < 0.4 ? { kind: "person", pin: pick(people).pin } : { kind: "system", body: pick(bodies), name: "x" };
    const wanted = some(fields[register]);
    if (wanted.length === 0) continue;
    const numbered = register === "car" ? cars : unions;
    const key = register === "citizen" ? pick(people).pin : pick([...numbered.map((one) => one.number), "none"]);
    const expected = mayRead(actor, ground, { register, wanted, key });
    counted[expected]++;
    const compiled = published.register(register);
    const say = `${JSON.stringify(ground)} ${JSON.stringify(actor)} ${register} ${wanted} ${key}`;
    const asking = { wanted: { register: compiled.declaration, fields: wanted }, on: { today, agreements } };
    if (expected === "denied") {
      assert.throws(() => allow(actor, ground, asking), { code: "registry.no-ground" }, say);
      continue;
    }
    const access = allow(actor, ground, asking);
    const children = ground.readers.children && access.reach === "person" ? { children: published.register("citizen") } : {};
    const shape = { register: compiled, fields: wanted, ground, reach: access.reach, consent: access.consent, ...children };
    const task = { actor, key, own: access.own };
    const [now, past, history] = await Promise.all([
      store.read(shape, task),
      store.read(shape, { ...task, asOf: { trueOn: "2021-01-01", knownAt: means.now() } }),
      search(shape, {
        ...task,
        name: "by",
        condition: compiled.declaration.search[asked[register].condition]!,
        values: asked[register].values(key),
        limit: 20,
      }),
    ]);
    assert.equal(now ? "found" : "nothing", expected, say);
    assert.equal(past ? "found" : "nothing", expected, say);
    assert.equal(history.rows.some((row) => row.key === key) ? "found" : "nothing", expected, say);
    if (now) assert.deepEqual(Object.keys(now.values), wanted, say);
    // Each who is named has the entry of the read, once, and nobody else.
    if (now && register === "union" && access.reach !== "public") {
      const { husband, wife } = unions.find((one) => one.number === key)!;
      const entries = await house.database.rows<{ subject: string; n: number }>(sql`
        select subject, count(*)::int as n from registry.read_entry where key = ${key} and register = 'union' and found
          and (at, id) = (select at, id from registry.read_entry where key = ${key} and register = 'union' and found order by id desc limit 1)
        group by subject`);
      const named = new Set([husband, wife].filter((one) => one !== null));
      const expectedEntries = named.size > 0 ? [...named] : [`union:${key}`];
      assert.deepEqual(entries.map((row) => row.subject).sort(), expectedEntries.sort(), say);
      assert.ok(entries.every((row) => row.n === 1));
      shared += named.size > 1 ? 1 : 0;
    }
  }
  assert.ok(shared > 10, `read of two people ${shared}`);
  for (const [outcome, count] of Object.entries(counted)) assert.ok(count > 50, `${outcome} ${count}`);
});
