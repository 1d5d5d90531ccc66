import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sql } from "@kerege/kernel/database";
import { startEmbedded } from "@kerege/kernel/embedded";
import { silentLog } from "@kerege/kernel/log";
import type { Values } from "@kerege/registry";
import { type Bench, createBench, perSecond } from "./harness.ts";
import { type Crowd, clerk, fields, openCrowd } from "./scale-house.ts";
import { createDice, misspell } from "./scale-people.ts";

/**
 * The server has what a machine of 24 GB gives it; everything is as durable as ever. Nothing follows this server, so that a first load
 * need not be written twice (PostgreSQL, `wal_level`: minimal).
 */
const SETTINGS = {
  wal_level: "minimal",
  max_wal_senders: "0",
  shared_buffers: "3GB",
  max_wal_size: "12GB",
  checkpoint_timeout: "30min",
  effective_cache_size: "16GB",
  max_connections: "100",
};
const SPELL = 2;
const LONE = 3000;
const ROUNDS = 5;

export interface ScaleOptions {
  /** Sizes of the registers that are compared. */
  sizes: number[];
  /** Where the data stand meanwhile; a folder of its own is made below and removed. */
  folder?: string;
  say(line: string): void;
}

/** What grows with the number of people, and what does not: the same figures at each size, in one run. */
export async function measureScale({ sizes, folder = tmpdir(), say }: ScaleOptions): Promise<Bench> {
  mkdirSync(folder, { recursive: true });
  const place = mkdtempSync(path.join(folder, "kerege-scale-"));
  const bench = createBench(say);
  const embedded = await startEmbedded({ folder: place, log: silentLog, settings: SETTINGS });
  const crowds: Crowd[] = [];
  try {
    for (const size of sizes) {
      const crowd = await openCrowd(embedded, place, size);
      crowds.push(crowd);
      const once = { repeats: 1, warmup: 0 };
      const target = size >= 7_200_000 ? { target: { atMost: 300 } } : {};
      await bench.measure({
        name: `load with all indexes, ${crowd.size}`,
        unit: "s",
        ...once,
        ...target,
        run: () => crowd.loaded,
      });
      await bench.measure({ name: `disk for each person, ${crowd.size}`, unit: "bytes", ...once, run: () => crowd.bytes });
    }
    await measureLone(bench, crowds);
    for (const crowd of crowds) await measureReads(bench, crowd);
    for (const crowd of crowds) await measureSearch(bench, crowd);
    for (const crowd of crowds) await measureWrites(bench, crowd);
  } finally {
    for (const crowd of crowds) await crowd.close();
    await embedded.stop();
    rmSync(place, { recursive: true, force: true });
  }
  return bench;
}

const select = (crowd: Crowd, pin: string) =>
  crowd.database.first(
    sql`select surname, given_name, patronymic, sex, born_on, place, street, house from registry.resident where pin = ${pin}`,
  );
const read = (crowd: Crowd, turn: number, more: { trueOn?: string } = {}) =>
  crowd.registry.read(clerk, {
    register: "resident",
    key: crowd.pins[turn % crowd.pins.length]!,
    fields,
    ground: "desk",
    ...more,
  });
const sure = (found: unknown) => {
  if (!found) throw new RangeError("nobody was found");
};

/** One request after another, all sizes in turn, so that whatever slows the machine slows them all. */
async function measureLone(bench: Bench, crowds: Crowd[]): Promise<void> {
  const taken = new Map<string, number[]>();
  const put = (key: string, value: number) => taken.set(key, [...(taken.get(key) ?? []), value]);
  for (let round = 0; round < ROUNDS + 1; round++) {
    for (const crowd of crowds) {
      const raw = await times(LONE, async (turn) =>
        sure(await select(crowd, crowd.pins[(round * LONE + turn) % crowd.pins.length]!)),
      );
      const audited = await times(LONE / 5, async (turn) => sure(await read(crowd, round * LONE + turn)));
      // The first round only warms up.
      if (round === 0) continue;
      put(`raw ${crowd.size}`, at(raw, 0.99));
      put(`read ${crowd.size}`, at(audited, 0.99));
      put(`median ${crowd.size}`, at(audited, 0.5));
    }
  }
  const figure = async (key: string, more: Omit<Parameters<Bench["measure"]>[0], "unit" | "run">) => {
    const values = [...taken.get(key)!];
    await bench.measure({ unit: "ms", repeats: values.length, warmup: 0, run: () => values.shift()!, ...more });
  };
  const base = crowds[0]!.size;
  for (const [index, { size }] of crowds.entries()) {
    const grown = (name: string) => (index === 0 ? {} : { against: `${name}, ${base}`, target: { atMost: 1.5, ratio: true } });
    await figure(`raw ${size}`, { name: `p99 of a point select alone, ${size}`, ...grown("p99 of a point select alone") });
    await figure(`read ${size}`, {
      name: `p99 of a read with its record alone, ${size}`,
      ...grown("p99 of a read with its record alone"),
    });
    await figure(`median ${size}`, { name: `read with its record alone, ${size}`, target: { atMost: 2 } });
  }
}

async function measureReads(bench: Bench, crowd: Crowd): Promise<void> {
  const { size } = crowd;
  const rate = (work: (turn: number) => Promise<unknown>, inFlight = 64) => perSecond({ work, inFlight, seconds: SPELL });
  const raw = `raw prepared select, 64 in flight, ${size}`;
  const now = `read with its record, 64 in flight, ${size}`;
  await bench.measure({
    name: raw,
    unit: "per s",
    run: rate(async (turn) => sure(await select(crowd, crowd.pins[turn % crowd.pins.length]!))),
  });
  await bench.measure({
    name: now,
    unit: "per s",
    against: raw,
    target: { atLeast: 0.8, ratio: true },
    run: rate(async (turn) => sure(await read(crowd, turn))),
  });
  await bench.measure({
    name: `the same as of a day, ${size}`,
    unit: "per s",
    against: now,
    // In time 1.5 of the read of today.
    target: { atLeast: 1 / 1.5, ratio: true },
    run: rate(async (turn) => sure(await read(crowd, turn, { trueOn: "2025-01-01" }))),
  });
}

/** Somebody is looked for by a name with one letter wrong and the year of birth. */
async function measureSearch(bench: Bench, crowd: Crowd): Promise<void> {
  const { size, registry, pins, database } = crowd;
  const dice = createDice(7);
  const some = pins.slice(-2000);
  const people = await database.rows<Values & { pin: string }>(
    sql`select pin, surname, given_name, born_on from registry.resident where pin = any(${some}::text[]) and length(given_name) > 3`,
  );
  let found = 0;
  const taken = await times(people.length, async (turn) => {
    const person = people[turn]!;
    const [surname, given] = [String(person.surname), String(person.given_name)];
    const wrong = dice.below(2) === 0;
    const year = Number(String(person.born_on).slice(0, 4));
    const page = await registry.search(clerk, {
      register: "resident",
      condition: "by_name",
      values: {
        surname: wrong ? misspell(dice, surname) : surname,
        given_name: wrong ? given : misspell(dice, given),
        born_on_from: `${year}-01-01`,
        born_on_until: `${year + 1}-01-01`,
      },
      fields,
      ground: "desk",
    });
    if (page.rows.some((row) => row.key === person.pin)) found++;
  });
  const once = { unit: "ms", repeats: 1, warmup: 0 };
  await bench.measure({ ...once, name: `search by a misspelt name, ${size}`, run: () => at(taken, 0.5) });
  await bench.measure({ ...once, name: `p99 of it, ${size}`, target: { atMost: 10 }, run: () => at(taken, 0.99) });
  await bench.measure({
    ...once,
    name: `found among the first 20, ${size}`,
    unit: "%",
    target: { atLeast: 95 },
    run: () => (100 * found) / people.length,
  });
}

async function measureWrites(bench: Bench, crowd: Crowd): Promise<void> {
  const { size, registry, database, pins } = crowd;
  const streets = ["Достук", "Манас", "Абай"];
  const values = (turn: number) => ({ street: streets[turn % 3]!, house: String(turn % 400) });
  const plain = async (turn: number) => {
    const { street, house } = values(turn);
    await database.run(
      sql`update registry.resident set street = ${street}, house = ${house} where pin = ${pins[turn % pins.length]}`,
    );
  };
  const record = (turn: number) =>
    registry.record(clerk, {
      register: "resident",
      event: "move",
      act: randomUUID(),
      key: pins[turn % pins.length]!,
      values: values(turn),
      validFrom: "2026-01-01",
      document: "Application",
    });
  const alone = (work: (turn: number) => Promise<unknown>) => {
    let turn = 0;
    return async () => at(await times(300, () => work(turn++)), 0.5);
  };
  const one = `plain update alone, ${size}`;
  const many = `plain update, 64 in flight, ${size}`;
  await bench.measure({ name: one, unit: "ms", run: alone(plain) });
  await bench.measure({
    name: `event with history and record alone, ${size}`,
    unit: "ms",
    against: one,
    target: { atMost: 1.6, ratio: true },
    run: alone(record),
  });
  await bench.measure({ name: many, unit: "per s", run: perSecond({ work: plain, inFlight: 64, seconds: SPELL }) });
  await bench.measure({
    name: `event with history and record, 64 in flight, ${size}`,
    unit: "per s",
    against: many,
    target: { atLeast: 1 / 1.6, ratio: true },
    run: perSecond({ work: record, inFlight: 64, seconds: SPELL }),
  });
  await bench.measure({
    name: `the same, 512 in flight, ${size}`,
    unit: "per s",
    target: { atLeast: 10_000 },
    run: perSecond({ work: record, inFlight: 512, seconds: SPELL }),
  });
}

/** Milliseconds of each of so many pieces of work, one after another. */
async function times(count: number, work: (turn: number) => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let turn = 0; turn < count; turn++) {
    const begin = performance.now();
    await work(turn);
    taken.push(performance.now() - begin);
  }
  return taken.sort((a, b) => a - b);
}

const at = (sorted: number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
