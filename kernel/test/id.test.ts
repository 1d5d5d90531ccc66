import assert from "node:assert/strict";
import { test } from "node:test";
import { createIds } from "../id.ts";

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const instant = Date.parse("2026-11-22T06:00:00Z");

test("an identifier is a UUID of version 7", () => {
  assert.match(createIds().next(), uuid7);
});

test("an identifier begins with the milliseconds of its making", () => {
  const hex = createIds(() => instant)
    .next()
    .replaceAll("-", "");
  assert.equal(Number.parseInt(hex.slice(0, 12), 16), instant);
});

test("a hundred thousand identifiers of one millisecond differ and ascend", () => {
  const ids = createIds(() => instant);
  const made = Array.from({ length: 100_000 }, () => ids.next());
  assert.equal(new Set(made).size, made.length);
  assert.deepEqual(made, made.toSorted());
  assert.ok(made.every((id) => uuid7.test(id)));
});

test("identifiers go on ascending when the clock goes back", () => {
  let now = instant;
  const ids = createIds(() => now);
  const made: string[] = [];
  for (const step of [0, 5, -3_600_000, 0, 1, 3_600_010]) {
    now += step;
    made.push(ids.next());
  }
  assert.deepEqual(made, made.toSorted());
  assert.equal(new Set(made).size, made.length);
});

test("two makers at the same millisecond do not meet", () => {
  const [one, other] = [createIds(() => instant), createIds(() => instant)];
  const made = Array.from({ length: 20_000 }, () => [one.next(), other.next()]).flat();
  assert.equal(new Set(made).size, made.length);
});
