import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { checkRegister } from "../consistency.ts";
import type { RegisterDeclaration } from "../declaration.ts";
import { lapsesOf } from "../lapsing.ts";
import { makePartitions } from "../store-partitions.ts";
import { compileRegister } from "../store-sql.ts";
import { type ApiServer, openApiServer } from "./api-server.ts";

let server: ApiServer;
const owner: Actor = { kind: "system", body: "office", name: "desk" };
before(async () => {
  server = await openApiServer({ packs: ["things", "papers"] });
});
after(() => server?.close());

const tell = (event: string, key: string, given: { values?: Record<string, string>; validFrom?: string } = {}) =>
  server.registry.record(owner, {
    register: "pass",
    event,
    act: randomUUID(),
    key,
    values: {},
    validFrom: "2026-01-01",
    document: "Form 1",
    ...given,
  });
/** The clock, with the months of the log of reads that a running server makes ahead. */
const at = async (instant: string) => {
  server.house.clock.set(instant);
  await makePartitions(server.house.database, new Date(instant), 2);
};
const turn = async (times = 1) => {
  for (let time = 0; time < times; time++)
    await server.house.database.transaction((tx) => server.house.jobs.ask(tx, { name: "registry.lapse", body: {} }));
  await server.house.jobs.drain();
};
const history = async (key: string) =>
  (await server.registry.history(owner, { register: "pass", key, fields: ["good_until"], ground: "passes" })).map(
    ({ event, validFrom, state, actor, document }) => [event, validFrom, state, actor, document],
  );
const lapsed = (on: string) => ["expiry", on, "expired", "system:office/lapse", on];

test("M-A9: a pass expires by itself on its day, by its body, on the ground that the time is over, and once", async () => {
  await tell("issue", "one", { values: { good_until: "2026-11-25" } });
  await turn();
  assert.equal((await history("one")).length, 1, "not before its day");
  await at("2026-11-24T18:30:00Z");
  await turn();
  // In the country it is the 25th already.
  assert.deepEqual((await history("one"))[0], lapsed("2026-11-25"));
  await turn(3);
  assert.equal((await history("one")).length, 2);
  const kinds = await server.house.database.rows({
    text: "select document_kind as kind, document_on as on from registry.pass_version where event = 'expiry'",
    values: [],
  });
  assert.deepEqual(kinds, [{ kind: "lapse-of-time", on: "2026-11-25" }]);
});

test("M-A9: a server that was off records the days that went by with their own days; a clock put back takes nothing back", async () => {
  await at("2026-11-24T06:00:00Z");
  await tell("issue", "two", { values: { good_until: "2026-11-28" } });
  await tell("issue", "three", { values: { good_until: "2026-12-02" } });
  await at("2026-12-20T06:00:00Z");
  await turn();
  assert.deepEqual([(await history("two"))[0], (await history("three"))[0]], [lapsed("2026-11-28"), lapsed("2026-12-02")]);
  await at("2026-11-26T06:00:00Z");
  await turn();
  assert.deepEqual((await history("two")).length, 2);
});

test("M-A9: what was extended in time goes on, and expires on its new day", async () => {
  await tell("issue", "four", { values: { good_until: "2026-12-24" } });
  await tell("extension", "four", { values: { good_until: "2027-12-24" }, validFrom: "2026-11-26" });
  await at("2027-01-10T06:00:00Z");
  await turn();
  assert.equal((await history("four")).length, 2);
  await at("2027-12-30T06:00:00Z");
  await turn();
  assert.deepEqual((await history("four"))[0], lapsed("2027-12-24"));
});

test("M-A9: a pass without a day never expires; one whose last day it is ends on the day after; many go in one round", async () => {
  await tell("issue", "five");
  await tell("issue", "six", { values: { kept_until: "2028-01-05" } });
  for (let index = 0; index < 1100; index += 100)
    await Promise.all(
      Array.from({ length: 100 }, (_, one) => tell("issue", `m${index + one}`, { values: { good_until: "2028-01-01" } })),
    );
  await at("2028-01-05T06:00:00Z");
  await turn();
  const [left] = await server.house.database.rows<{ n: number }>({
    text: "select count(*)::int as n from registry.pass where number like 'm%' and state = 'valid'",
    values: [],
  });
  assert.equal(left!.n, 0);
  assert.equal((await history("six")).length, 1);
  await at("2028-01-06T06:00:00Z");
  await turn();
  assert.deepEqual((await history("six"))[0]!.slice(0, 2), ["removal", "2028-01-06"]);
  assert.equal((await history("five")).length, 1);
});

test("M-A9: a job that dies after its work and is run again writes nothing twice", async () => {
  await tell("issue", "seven", { values: { good_until: "2028-01-02" } });
  await Promise.all([turn(), turn(), turn()]);
  assert.equal((await history("seven")).length, 2);
  const declared = server.registry.registers().find(({ register }) => register === "pass")!;
  const day = "2028-01-06";
  assert.deepEqual((await checkRegister(server.house.database, compileRegister(declared), day)).faults, []);
});

test("nobody records it by hand", async () => {
  await tell("issue", "eight", { values: { good_until: "2030-01-01" } });
  await assert.rejects(tell("expiry", "eight"), { code: "registry.happens-by-itself" });
});

test("the day of an event is that of its field or so many days after it", () => {
  const declared = server.registry.registers().find(({ register }) => register === "pass") as RegisterDeclaration;
  assert.deepEqual(
    lapsesOf(compileRegister(declared)).map(({ name, field, days }) => [name, field, days]),
    [
      ["expiry", "good_until", 0],
      ["removal", "kept_until", 1],
    ],
  );
});
