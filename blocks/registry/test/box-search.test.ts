import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { boxOf } from "../geometry.ts";
import { fillCells } from "../store-cells.ts";
import { publishRegisters } from "../store-publish.ts";
import { compileRegister } from "../store-sql.ts";
import { body, openReadingPlace, type ReadingPlace } from "./reading-place.ts";

let place: ReadingPlace;
const sites = new Map<string, ReturnType<typeof boxOf>>();

/** The same numbers each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

before(async () => {
  place = await openReadingPlace();
  const next = numbers(11);
  const rows = Array.from({ length: 600 }, (_, index) => {
    const [west, south, size] = [73 + next() * 3, 41 + next() * 2, 10 ** (next() * 4 - 4)];
    const shape = {
      type: "Polygon" as const,
      coordinates: [
        [
          [west, south],
          [west + size, south],
          [west + size, south + size / 2],
          [west, south],
        ] as [number, number][],
      ],
    };
    const key = `S${String(index).padStart(4, "0")}`;
    sites.set(key, boxOf(shape));
    return { key, values: { shape: JSON.stringify(shape) }, validFrom: "2020-01-01" };
  });
  // One of five has no shape; all come as a first load, the cells of which are made on their way.
  const bare = Array.from({ length: 150 }, (_, index) => ({ key: `N${index}`, values: {}, validFrom: "2020-01-01" }));
  await place.registry.bulkLoad(body("cadastre"), {
    register: "site",
    event: "entry",
    document: "Form 1",
    rows: [rows.slice(0, 300), bare, rows.slice(300)],
  });
});
after(() => place?.house.close());

async function search(box: string): Promise<string[]> {
  const found: string[] = [];
  for (let next: string | undefined = ""; next !== undefined; ) {
    const page: Awaited<ReturnType<typeof place.registry.search>> = await place.registry.search(body("anyone"), {
      register: "site",
      condition: "by_box",
      values: { shape: box },
      fields: ["code"],
      ground: "open",
      limit: 7,
      ...(next && { after: next }),
    });
    found.push(...page.rows.map(({ key }) => key));
    next = page.next;
  }
  return found;
}
const meeting = ([west, south, east, north]: number[]) =>
  [...sites]
    .filter(([, one]) => one.west <= east! && one.east >= west! && one.south <= north! && one.north >= south!)
    .map(([key]) => key);

const boxes: Record<string, number[]> = {
  "a street": [74.5, 42.1, 74.52, 42.11],
  "a town": [74.4, 42, 74.7, 42.2],
  "a province": [74, 41.5, 75.5, 42.6],
  "the country": [69, 39, 80.5, 43.5],
  "the world": [-180, -90, 180, 90],
  "another country": [2, 48, 3, 49],
  "a point": [74.5, 42.1, 74.5, 42.1],
};
for (const [what, box] of Object.entries(boxes))
  test(`M-A3: on a map ${what} gives every shape whose box meets it once, over all pages`, async () => {
    const found = await search(box.join(","));
    assert.equal(new Set(found).size, found.length, "none comes twice");
    assert.deepEqual(found.toSorted(), meeting(box).toSorted());
  });

test("M-A3: a page of a map is not disturbed by what is recorded on it meanwhile", async () => {
  const box = boxes["a province"]!;
  const before = await search(box.join(","));
  const first = await place.registry.search(body("anyone"), {
    register: "site",
    condition: "by_box",
    values: { shape: box.join(",") },
    fields: ["code"],
    ground: "open",
    limit: 10,
  });
  const shape = JSON.stringify({ type: "Point", coordinates: [74.001, 41.501] });
  await place.put("cadastre", { register: "site", event: "entry", key: "new", values: { shape } });
  const rest: string[] = [];
  for (let next = first.next; next !== undefined; ) {
    const page = await place.registry.search(body("anyone"), {
      register: "site",
      condition: "by_box",
      values: { shape: box.join(",") },
      fields: ["code"],
      ground: "open",
      limit: 10,
      after: next,
    });
    rest.push(...page.rows.map(({ key }) => key));
    next = page.next;
  }
  const all = [...first.rows.map(({ key }) => key), ...rest].filter((key) => key !== "new");
  assert.deepEqual(all, before);
  sites.set("new", { west: 74.001, south: 41.501, east: 74.001, north: 41.501 });
});

test("a register whose map was searched by the sides of boxes gets cells at a start, and its old index goes", async () => {
  const { database } = place.house;
  const declaration = place.registry.registers().find(({ register }) => register === "site")!;
  const register = compileRegister(declaration);
  const run = (text: string) => database.run({ text, values: [] });
  await run("drop index registry.site_by_box_cell");
  await run("alter table registry.site drop column shape_cell");
  await run("create index site_by_box on registry.site (shape_west, shape_east, shape_south, shape_north, code)");
  await publishRegisters(database, { registers: [declaration], at: new Date("2026-11-22T06:00:00Z") });
  await fillCells(database, register);
  const indexes = await database.rows<{ name: string }>({
    text: "select indexname as name from pg_indexes where schemaname = 'registry' and tablename = 'site' and indexname like 'site_by_box%'",
    values: [],
  });
  assert.deepEqual(
    indexes.map(({ name }) => name),
    ["site_by_box_cell"],
  );
  const box = boxes["a town"]!;
  assert.deepEqual((await search(box.join(","))).toSorted(), meeting(box).toSorted());
});
