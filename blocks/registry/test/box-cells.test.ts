import assert from "node:assert/strict";
import { test } from "node:test";
import { cellOf, stretchesOf } from "../box-cells.ts";
import type { Box } from "../geometry.ts";

/** The same numbers each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
const meets = (a: Box, b: Box) => a.west <= b.east && a.east >= b.west && a.south <= b.north && a.north >= b.south;
const holds = (stretches: [number, number][], cell: number) => stretches.some(([from, until]) => cell >= from && cell <= until);
const boxAt = (west: number, south: number, width: number, height: number): Box => ({
  west,
  south,
  east: Math.min(180, west + width),
  north: Math.min(90, south + height),
});

test("every box that meets a given one has its cell in one of its stretches, whatever their sizes and places", () => {
  const next = numbers(7);
  const size = () => (next() < 0.1 ? 0 : 10 ** (next() * 7 - 5));
  for (let round = 0; round < 400; round++) {
    const asked = boxAt(next() * 360 - 180, next() * 180 - 90, size(), size());
    const stretches = stretchesOf(asked);
    assert.ok(stretches.length <= 400, `${stretches.length} stretches`);
    for (let one = 0; one < 60; one++) {
      // Near the one that is asked for, so that many meet.
      const spread = (asked.east - asked.west + asked.north - asked.south + 1e-4) * 2;
      const west = Math.max(-180, Math.min(180, asked.west + (next() - 0.5) * spread));
      const south = Math.max(-90, Math.min(90, asked.south + (next() - 0.5) * spread));
      const box = boxAt(west, south, size(), size());
      if (meets(box, asked))
        assert.ok(holds(stretches, cellOf(box)), `${JSON.stringify(box)} is not found in ${JSON.stringify(asked)}`);
    }
  }
});

test("sides that touch, corners of the world, points and the whole world are found", () => {
  const world: Box = { west: -180, south: -90, east: 180, north: 90 };
  const edges: Box[] = [
    world,
    boxAt(180, 90, 0, 0),
    boxAt(-180, -90, 0, 0),
    boxAt(0, 0, 0, 0),
    boxAt(74.6, 42.87, 0.0001, 0.0001),
    boxAt(-90, -45, 90, 45),
    boxAt(0, 0, 180, 90),
  ];
  for (const one of edges)
    for (const other of edges)
      if (meets(one, other))
        assert.ok(holds(stretchesOf(one), cellOf(other)), `${JSON.stringify(other)} in ${JSON.stringify(one)}`);
});

test("a part of a town is told from a country: few of the boxes elsewhere lie in its stretches", () => {
  const next = numbers(3);
  const asked = boxAt(74.55, 42.85, 0.02, 0.01);
  const stretches = stretchesOf(asked);
  let [beside, found] = [0, 0];
  for (let one = 0; one < 20_000; one++) {
    const box = boxAt(69.3 + next() * 11, 39.2 + next() * 4, 0.0004, 0.0003);
    if (meets(box, asked)) continue;
    beside++;
    if (holds(stretches, cellOf(box))) found++;
  }
  assert.ok(found / beside < 0.001, `${found} of ${beside}`);
});

test("numbers fit into the integers that JavaScript holds exactly, and a box moved a little stays near", () => {
  assert.ok(Number.isSafeInteger(cellOf(boxAt(180, 90, 0, 0))));
  const [one, other] = [cellOf(boxAt(74.6, 42.87, 0.0001, 0.0001)), cellOf(boxAt(74.60001, 42.87001, 0.0001, 0.0001))];
  assert.ok(Math.abs(one - other) < 4 ** 5);
});
