import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { createEvents } from "@kerege/kernel/event";
import { createIds } from "@kerege/kernel/id";
import { createJobs } from "@kerege/kernel/jobs";
import { silentLog } from "@kerege/kernel/log";
import { createAlarms } from "../alarm.ts";
import { createChains } from "../chain.ts";
import { checkWhole } from "../consistency-reads.ts";
import { createGuard } from "../guard.ts";
import { publishedOf } from "../registers.ts";
import { createStore } from "../store.ts";
import { openReadingPlace, type ReadingPlace, START } from "./reading-place.ts";

let place: ReadingPlace;
let pins: string[];
before(async () => {
  place = await openReadingPlace();
  pins = await Promise.all(Array.from({ length: 60 }, () => place.citizen()));
});
after(() => place.house.close());

const reader = (name: string): Actor => ({ kind: "system", body: "statistics", name });
const one = (name: string, pin: string) =>
  place.registry.read(reader(name), { register: "citizen", key: pin, fields: ["region"], ground: "statistics" });
/** How many were read and how many refused, each for passing the bound. */
async function outcomes(reads: Promise<unknown>[]) {
  const all = await Promise.allSettled(reads);
  const refused = all.filter((result) => result.status === "rejected");
  for (const { reason } of refused) assert.equal(reason.code, "registry.too-many-reads");
  return { read: all.length - refused.length, refused: refused.length };
}
const alarmsOf = async (name: string) =>
  (await place.events("registry.bulk-read"))
    .filter((event) => event.reader === `system:statistics/${name}`)
    .map((event) => [event.subjects, event.bound, event.refused]);
const entriesOf = (name: string) =>
  place.house.database.first<{ reads: number; people: number }>(sql`
    select count(*)::int as reads, count(distinct subject)::int as people from registry.read_entry where reader_name = ${name}`);
const countOf = (name: string) =>
  place.house.database.first<{ subjects: number }>(
    sql`select subjects from registry.bulk_reader where reader = ${`system:statistics/${name}`}`,
  );

test("M-0.7: of reads of one reader at once just as many come through as the bound says, and each that was asked is counted", async () => {
  const together = await outcomes(pins.map((pin) => one("fast", pin)));
  assert.deepEqual(together, { read: 4, refused: 56 });
  assert.deepEqual(await entriesOf("fast"), { reads: 4, people: 4 }, "a refused read has no entry");
  assert.deepEqual(await countOf("fast"), { subjects: 60 });
  assert.deepEqual(await alarmsOf("fast"), [
    [3, 2, false],
    [5, 4, true],
  ]);
});

test("the same record read again and again counts once, also within one batch", async () => {
  const reads = Array.from({ length: 80 }, (_, index) => one("again", pins[index % 2]!));
  assert.deepEqual(await outcomes(reads), { read: 80, refused: 0 });
  assert.deepEqual(await countOf("again"), { subjects: 2 });
  assert.deepEqual(await entriesOf("again"), { reads: 80, people: 2 });
  assert.deepEqual(await alarmsOf("again"), []);
});

test("who passes the bound does not take those down who read beside him", async () => {
  const greedy = pins.map((pin) => one("greedy", pin));
  const modest = ["m1", "m2", "m3"].flatMap((name) => pins.slice(0, 4).map((pin) => one(name, pin)));
  const [first, others] = await Promise.all([outcomes(greedy), outcomes(modest)]);
  assert.deepEqual([first.read, others.read], [4, 12]);
  for (const name of ["m1", "m2", "m3"]) assert.deepEqual(await entriesOf(name), { reads: 4, people: 4 });
});

/** A process of its own beside the one of the house: it knows nothing of what that one counted but what the tables say. */
function besides() {
  const { house, registry } = place;
  const ids = createIds();
  const { database, clock, country } = house;
  const jobs = createJobs({ database, clock, ids, log: silentLog });
  const events = createEvents({ clock, ids, jobs });
  const { raise } = createAlarms({ database, clock, ids, events });
  const guard = createGuard({ database, clock, country, log: silentLog, events }, { raise, bodyTitle: () => undefined });
  const means = { database, now: () => clock.now(), timeZone: country.timeZone, ids, chains: createChains() };
  const published = publishedOf(registry.registers(), registry.grounds(), []);
  const [register, ground] = [published.register("citizen"), published.ground("statistics")!];
  const shape = { register, fields: ["region"], ground, reach: "everyone" as const, consent: false };
  const store = createStore(means, guard);
  return { guard, read: (name: string, pin: string) => store.read(shape, { actor: reader(name), key: pin, own: null }) };
}

test("M-0.7: the bound is not passed by reads through several processes at once, whoever is first", async () => {
  const beside = [besides(), besides()];
  for (let round = 0; round < 12; round++) {
    const name = `many-${round}`;
    // Each asks for records that the others ask for too.
    const reads = pins
      .slice(0, 12)
      .flatMap((pin, index) => [one(name, pin), ...beside.map(({ read }) => read(name, pins[(index * 5 + round) % 12]!))]);
    const { read } = await outcomes(reads);
    const entries = await entriesOf(name);
    assert.equal(entries?.reads, read);
    assert.ok(entries!.people <= 4, `${entries?.people} people were read`);
    const bounds = (await alarmsOf(name)).map(([, bound]) => bound);
    assert.deepEqual(bounds.sort(), [2, 4], "each bound is told once");
  }
  for (const { guard } of beside) await guard.close();
});

test("a reader over the bound begins anew on the next day", async () => {
  await outcomes(pins.slice(0, 9).map((pin) => one("daily", pin)));
  await assert.rejects(one("daily", pins[0]!), { code: "registry.too-many-reads" });
  place.house.clock.advance(86_400_000);
  assert.deepEqual(await outcomes(pins.slice(0, 4).map((pin) => one("daily", pin))), { read: 4, refused: 0 });
  place.house.clock.set(START);
});

test("M-0.10: after all that every read has its leaf and every leaf its read", async () => {
  const registers = place.registry.registers();
  const { faults, reads } = await checkWhole(place.house.database, { registers, today: START.slice(0, 10) });
  assert.deepEqual(faults, []);
  assert.ok(reads > 100);
});
