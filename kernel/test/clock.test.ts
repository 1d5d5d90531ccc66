import assert from "node:assert/strict";
import { test } from "node:test";
import { createManualClock, dayOf, systemClock } from "../clock.ts";

test("a manual clock stands still until it is moved", () => {
  const clock = createManualClock("2026-11-22T06:00:00Z");
  assert.equal(clock.now().toISOString(), clock.now().toISOString());
  clock.advance(1500);
  assert.equal(clock.now().toISOString(), "2026-11-22T06:00:01.500Z");
  clock.set("2026-01-01T00:00:00Z");
  assert.equal(clock.now().toISOString(), "2026-01-01T00:00:00.000Z");
});

test("who changes the date he was given does not move a manual clock", () => {
  const clock = createManualClock("2026-11-22T06:00:00Z");
  clock.now().setFullYear(1990);
  assert.equal(clock.now().toISOString(), "2026-11-22T06:00:00.000Z");
});

test("the clock of the system tells the time of the machine", () => {
  const before = Date.now();
  const told = systemClock.now().getTime();
  assert.ok(before <= told && told <= Date.now());
});

for (const [instant, zone, day] of [
  ["2026-11-21T17:59:59Z", "Asia/Bishkek", "2026-11-21"],
  ["2026-11-21T18:00:00Z", "Asia/Bishkek", "2026-11-22"],
  ["2026-12-31T20:00:00Z", "Asia/Bishkek", "2027-01-01"],
  ["2026-11-22T06:00:00Z", "Pacific/Honolulu", "2026-11-21"],
  ["2024-02-29T00:00:00Z", "UTC", "2024-02-29"],
] as const) {
  test(`the instant ${instant} is the day ${day} in ${zone}`, () => assert.equal(dayOf(new Date(instant), zone), day));
}
