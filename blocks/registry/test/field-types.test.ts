import assert from "node:assert/strict";
import { test } from "node:test";
import { addLocales, createTexts } from "@kerege/kernel/locale";
import type { RegisterDeclaration, RegisterField } from "../declaration.ts";
import { compose, composeFacts, decompose, expand, expandFields, settle } from "../expand.ts";
import { checkScalar, isTin, scalars } from "../field-types.ts";
import { compositeOf, fromMinor, toMinor } from "../field-types-parts.ts";
import { boxOf, fromWkb, readGeometry, toWkb } from "../geometry.ts";

const title = { ky: "Ат", ru: "Имя", kk: "Ат", en: "Title" };
const field = (type: RegisterField["type"], more: Partial<RegisterField> = {}): RegisterField => ({
  type,
  title,
  class: "public",
  ...more,
});
const deed: RegisterDeclaration = {
  register: "deed",
  title,
  owner: "library",
  law: [{ act: title }],
  key: "code",
  fields: {
    code: field("text", { required: true }),
    price: field("money", { required: true }),
    name: field("multilingual", { required: true, languages: ["ky", "ru"] }),
    born_on: field("partial-date"),
    surname: field("name", { scripts: ["latin"] }),
    scan: field("file", { media: ["application/pdf"], bytes: 1000 }),
    shape: field("geometry"),
    count: field("integer"),
  },
  events: { entry: { title, creates: true, sets: ["price", "name", "shape"], requires: ["price", "name"] } },
  search: { by_price: { title, range: "price", order: ["born_on"], limit: 10 } },
  unique: { one: { title, fields: ["price", "count"] } },
};
const register = expand(deed);
const world = { knowsCode: () => true, today: "2026-11-22" };

test("fields of several columns are spread, and what names them names their columns", () => {
  assert.deepEqual(register.columnsOf.get("price"), ["price", "price_currency"]);
  assert.deepEqual(register.columnsOf.get("name"), ["name_ky", "name_ru", "name_kk", "name_en"]);
  assert.deepEqual(register.columnsOf.get("shape"), ["shape", "shape_west", "shape_south", "shape_east", "shape_north"]);
  const { flat } = register;
  assert.deepEqual(flat.events.entry!.requires, ["price", "price_currency", "name_ky", "name_ru"]);
  assert.deepEqual(flat.unique!.one!.fields, ["price", "price_currency", "count"]);
  assert.equal(flat.fields.name_kk!.required, undefined);
  assert.equal(flat.fields.price_currency!.required, true);
  assert.deepEqual(flat.fields.price_currency!.part, { of: "price", name: "currency" });
  assert.deepEqual(expand(flat).flat, flat, "a flat declaration stays as it is");
  assert.deepEqual(expandFields(register, ["price", "code", "name_ru"]), ["price", "price_currency", "code", "name_ru"]);
});

const whole = {
  price: { amount: "150.50", currency: "KGS" },
  name: { ky: "Ат", ru: "Имя" },
  born_on: "1964-05",
  surname: { value: "Асанова", latin: "Asanova" },
  scan: { sha256: "ab".repeat(32), name: "deed.pdf", type: "application/pdf", size: 900 },
  shape: { type: "Point", coordinates: [74.6, 42.87] },
  count: 3,
};

test("a value goes into columns and comes back as it was", () => {
  const { values, faults } = decompose(register, whole);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    [values.price, values.price_currency, values.born_on, values.born_on_precision, values.shape_west, values.surname_latin],
    [15050, "KGS", "1964-05-01", "month", 74.6, "Asanova"],
  );
  assert.deepEqual(compose(register, values), whole);
  assert.deepEqual(settle(register, { values }).faults, []);
  assert.equal(decompose(register, { surname: "Асанова" }).values.surname, "Асанова");
  assert.deepEqual(decompose(register, { price: null }).values, { price: null, price_currency: null });
  assert.deepEqual(decompose(register, { price: 5, price_currency: "KGS" }).values, { price: 5, price_currency: "KGS" });
});

test("rules see money, names and partial dates in their own shapes", () => {
  const facts = composeFacts(register, decompose(register, whole).values);
  assert.deepEqual(facts.born_on, { first: "1964-05-01", last: "1964-05-31" });
  assert.deepEqual(facts.price, { amount: "150.50", currency: "KGS" });
  assert.equal(facts.surname, "Асанова");
  assert.equal(facts.code, null);
  const year = decompose(register, { born_on: "1964" }).values;
  assert.deepEqual(composeFacts(register, year).born_on, { first: "1964-01-01", last: "1964-12-31" });
});

test("what is half there or does not agree is refused with the column it is about", () => {
  const faults = (values: Record<string, string | number | null>) =>
    settle(register, { values }).faults.map((fault) => `${fault.pointer} ${fault.key.split(".").at(-1)}`);
  assert.deepEqual(faults({ price: 5 }), ["/values/price_currency required"]);
  assert.deepEqual(faults({ price_currency: "KGS" }), ["/values/price required"]);
  assert.deepEqual(faults({ born_on: "1964-05-17", born_on_precision: "year" }), ["/values/born_on not-partial-date"]);
  assert.deepEqual(faults({ name_ky: "Ат" }), ["/values/name_ru required"]);
  assert.deepEqual(faults({ price: null, price_currency: null }), []);
  const big = { scan: "ab".repeat(32), scan_name: "a.pdf", scan_type: "application/pdf", scan_size: 5000 };
  assert.deepEqual(faults(big), ["/values/scan too-large"]);
  assert.deepEqual(faults({ ...big, scan_size: 5, scan_name: "../a.pdf" }), ["/values/scan not-file"]);
});

test("the box of a shape is worked out and never believed", () => {
  const given = { shape: '{"type":"LineString","coordinates":[[74,42],[75,43]]}', shape_west: 0 };
  const { values } = settle(register, { values: given });
  assert.deepEqual([values.shape_west, values.shape_south, values.shape_east, values.shape_north], [74, 42, 75, 43]);
  const emptied = settle(register, { values: { shape: null }, before: values });
  assert.deepEqual([emptied.values.shape_west, emptied.faults], [null, []]);
});

for (const [name, given] of Object.entries({
  "money of three digits": { price: { amount: "1.505", currency: "KGS" } },
  "money as a number": { price: { amount: 5, currency: "KGS" } },
  "a month that is not there": { born_on: "1964-13" },
  "a ring that is not closed": {
    shape: {
      type: "Polygon",
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ],
      ],
    },
  },
  "a place beyond the poles": { shape: { type: "Point", coordinates: [0, 91] } },
  "a text with a strange language": { name: { ky: "a", de: "b" } },
  "a file by its name alone": { scan: { name: "a.pdf" } },
  "a list for one value": { count: [1] },
})) {
  test(`refused: ${name}`, () => assert.equal(decompose(register, given as never).faults.length, 1));
}

test("WKB is that of the standard and comes back", () => {
  // OGC 06-103r4, 8.2: byte order 1, type 1, two doubles.
  assert.equal(toWkb({ type: "Point", coordinates: [1, 2] }).toString("hex"), "0101000000000000000000f03f0000000000000040");
  const shapes = [
    {
      type: "MultiPoint",
      coordinates: [
        [1, 2],
        [3, 4],
      ],
    },
    {
      type: "Polygon",
      coordinates: [
        [
          [0, 0],
          [4, 0],
          [4, 4],
          [0, 0],
        ],
        [
          [1, 1],
          [2, 1],
          [2, 2],
          [1, 1],
        ],
      ],
    },
    {
      type: "MultiPolygon",
      coordinates: [
        [
          [
            [0, 0],
            [4, 0],
            [4, 4],
            [0, 0],
          ],
        ],
        [
          [
            [9, 9],
            [8, 9],
            [8, 8],
            [9, 9],
          ],
        ],
      ],
    },
    {
      type: "MultiLineString",
      coordinates: [
        [
          [0, 0],
          [4, 0],
        ],
        [
          [1, 1],
          [2, 1],
        ],
      ],
    },
  ];
  for (const shape of shapes) {
    const read = readGeometry(shape);
    assert.ok(read);
    assert.deepEqual(fromWkb(toWkb(read)), shape);
  }
  assert.deepEqual(boxOf(readGeometry(shapes[2])!), { west: 0, south: 0, east: 9, north: 9 });
  const column = scalars.geometry;
  const text = '{"type":"Point","coordinates":[74.5,42]}';
  assert.equal(column.decode!(column.encode!(text)), text);
});

test("money keeps the digits of its currency", () => {
  assert.deepEqual(
    [toMinor("12", "JPY"), toMinor("12.3", "KGS"), toMinor("1.234", "KWD"), toMinor("-0.05", "KGS")],
    [12, 1230, 1234, -5],
  );
  assert.deepEqual([fromMinor(12, "JPY"), fromMinor(-5, "KGS"), fromMinor(1234, "KWD")], ["12", "-0.05", "1.234"]);
  assert.equal(toMinor("1.5", "JPY"), undefined);
});

test("one value is checked with its limits, letters and numbers", () => {
  const wrong = (declared: RegisterField, value: string | number | boolean) => checkScalar(declared, value, world)?.key;
  assert.equal(wrong(field("date", { most: "today" }), "2026-11-23"), "too-late");
  assert.equal(wrong(field("date", { most: "today" }), "2026-11-22"), undefined);
  assert.equal(wrong(field("integer", { least: 1 }), 0), "too-small");
  assert.equal(wrong(field("decimal", { most: 100 }), "100.1"), "too-great");
  assert.equal(wrong(field("name"), "123"), "not-name");
  assert.equal(wrong({ ...field("name"), part: { of: "surname", name: "latin" } }, "Асанова"), "not-latin");
  assert.equal(wrong({ ...field("name"), part: { of: "surname", name: "russian" } }, "Asanova"), "not-russian");
  assert.equal(wrong(field("text"), "a\u202eb"), "not-text");
  assert.equal(wrong(field("tin"), "01234"), "not-tin");
  assert.ok(isTin("02708200010175"), "an organisation of 27 August 2000");
  assert.ok(!isTin("03113200010175"), "there is no thirteenth month");
});

test("values are shown in words", () => {
  const texts = createTexts();
  addLocales(texts, "registry", new URL("../locales/", import.meta.url));
  const showing = { language: "ru" as const, translate: texts.of("ru"), label: (_: string, code: string) => code };
  const show = (declared: RegisterField, parts: Record<string, string | number>) =>
    compositeOf(declared)!.show(declared, parts, showing);
  assert.equal(show(field("partial-date"), { first: "1964-05-01", precision: "month" }), "май 1964 года");
  assert.equal(show(field("partial-date"), { first: "1964-01-01", precision: "year" }), "1964 год");
  assert.equal(show(field("money"), { amount: 15050, currency: "KGS" }).replace(/\s/g, " "), "150,50 сом");
  assert.equal(show(field("multilingual"), { ky: "Ат", ru: "Имя" }), "Имя");
});
