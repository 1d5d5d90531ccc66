import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { sql } from "@kerege/kernel/database";
import { readDeclarations } from "@kerege/kernel/house";
import { Problem } from "@kerege/kernel/problem";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "../block.ts";
import type { ReferenceDoor } from "../door.ts";

const root = fileURLToPath(new URL("./fixture/", import.meta.url));
let house: TestHouse;
let door: ReferenceDoor;
const prepare = () => house.opened[0]!.opened.prepare!(() => {});

before(async () => {
  house = await openTestHouse([reference], { root, country: "small" });
  door = house.doors.reference as ReferenceDoor;
  await prepare();
});
after(() => house?.close());

test("M-A3: an item is found by its code, in each language, and a missing name falls back", () => {
  assert.equal(door.label("units", "1", "ru"), "Джалал-Абадская область");
  assert.equal(door.label("units", "1", "en"), "Жалал-Абад облусу");
  assert.equal(door.label("units", "12", "ru"), "Сузак, району");
  assert.equal(door.label("units", "99", "ru"), "99");
  assert.equal(door.item("units", "99"), undefined);
  assert.deepEqual(door.item("units", "12")?.weight, 1000);
  assert.throws(
    () => door.items("nothing"),
    (error) => error instanceof Problem && error.code === "reference.unknown-classifier",
  );
});

test("the way down to a place goes through the classifier its parents are in", () => {
  assert.deepEqual(
    door.path("places", "p1").map(({ code }) => code),
    ["1", "11", "p1"],
  );
  assert.deepEqual(door.path("places", "nowhere"), []);
});

test("a search can be kept under a code, however deep it lies", () => {
  const codes = (text: string, parent?: string) =>
    door.search("places", text, { language: "ky", parent }).map(({ code }) => code);
  assert.deepEqual(codes("", "1"), ["p1", "p2"]);
  assert.deepEqual(codes("", "12"), ["p2"]);
  assert.deepEqual(codes("kerb"), ["p1"]);
  assert.deepEqual(codes("kerb", "12"), []);
});

test("holidays, bodies, shapes and sources are told", () => {
  assert.equal(door.workingDay("2026-03-20"), false);
  assert.equal(door.addWorkingDays("2026-03-19", 1), "2026-03-23");
  assert.equal(door.holiday("2026-03-20")?.name.en, "Eid al-Fitr");
  assert.equal(door.body("desk")?.parent, "office");
  assert.equal(door.bodies().length, 2);
  assert.equal(door.boundaries("shapes")?.features.length, 1);
  assert.equal(door.boundaries("none"), undefined);
  assert.deepEqual(
    door.sources().map(({ name, source }) => `${name}: ${source.licence}`),
    ["bodies: CC0 1.0", "places: CC0 1.0", "units: CC0 1.0", "holidays: CC0 1.0", "shapes: CC0 1.0"],
  );
});

test("an edition is kept once, and read back as it was declared", async () => {
  assert.deepEqual(await door.itemsOfEdition("units", "2026-01-01"), door.items("units"));
  const [edition] = await door.editions("holidays");
  assert.deepEqual(
    { ...edition, loadedAt: 0 },
    { name: "holidays", kind: "calendar", edition: "2026-01-01", validFrom: "2026-01-01", owner: "office", rows: 2, loadedAt: 0 },
  );
  house.clock.advance(1000);
  await prepare();
  assert.deepEqual((await door.editions("holidays"))[0]?.loadedAt, edition?.loadedAt, "the same content is not written again");
});

test("an edition of the same day with other content is replaced whole", async () => {
  await house.database.run(sql`update reference.edition set hash = 'other' where name = 'units'`);
  await house.database.run(sql`update reference.item set ky = 'changed', code = 'x' || code where classifier = 'units'`);
  await prepare();
  assert.deepEqual(await door.itemsOfEdition("units", "2026-01-01"), door.items("units"));
});

test("every fault of reference files is told with its line, all at once", () => {
  const { faults } = readDeclarations([reference], { root, country: "broken" });
  const told = faults.map(
    ({ file, line, code }) =>
      `${file.replace("countries/broken/reference/", "")}:${line} ${code.replace(/^(reference|kernel)\.faults\./, "")}`,
  );
  assert.deepEqual(told.sort(), [
    "bodies.yaml:10 circle",
    "bodies.yaml:4 unknown-body",
    "bodies.yaml:9 circle",
    "holidays.csv:2 wrong-day",
    "holidays.csv:3 csv-quote",
    "lost.yaml:8 missing-file",
    "misnamed.yaml:2 file-or-items",
    "misnamed.yaml:2 name-differs",
    "shapes.geojson:1 not-geojson",
    "towns.yaml:10 missing-column",
    "towns.yaml:8 unknown-classifier",
    "units.csv:2 missing-name",
    "units.csv:3 duplicate-code",
    "units.csv:3 missing-name",
    "units.csv:4 missing-name",
    "units.csv:4 unknown-parent",
    "units.csv:5 no-name",
    "units.csv:6 missing-name",
    "units.csv:6 wrong-number",
    "units.csv:7 wrong-code",
    "units.csv:8 csv-columns",
    "wrong.yaml:1 not-one-of",
  ]);
});

test("each fault has words in four languages", () => {
  const { texts, faults } = readDeclarations([reference], { root, country: "broken" });
  for (const { code, params } of faults) {
    for (const language of ["ky", "ru", "kk", "en"] as const) {
      for (const key of [`${code}.message`, `${code}.remedy`]) {
        const said = texts.translate(language, key, params);
        assert.notEqual(said, key);
        assert.doesNotMatch(said, /[{}]|undefined/);
      }
    }
  }
});
