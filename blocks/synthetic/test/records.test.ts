import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { sql } from "@kerege/kernel/database";
import { readDeclarations } from "@kerege/kernel/house";
import { createIds } from "@kerege/kernel/id";
import { silentLog } from "@kerege/kernel/log";
import type { PackFile, Packs } from "@kerege/kernel/pack";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import type { RegistryDoor } from "@kerege/registry";
import registry from "@kerege/registry/block";
import trust from "@kerege/trust/block";
import synthetic from "../block.ts";
import { placeInLine } from "../records.ts";
import { createRecords } from "../records-load.ts";

const root = fileURLToPath(new URL("./fixture-records/", import.meta.url));
const blocks = [trust, reference, registry, synthetic];
const opened: TestHouse[] = [];
const office: Actor = { kind: "system", body: "office", name: "desk" };
after(async () => {
  for (const house of opened) await house.close();
});

async function open(country: string): Promise<{ house: TestHouse; registers: RegistryDoor }> {
  const house = await openTestHouse(blocks, { root, country });
  opened.push(house);
  return { house, registers: house.doors.registry as RegistryDoor };
}

const start = async (house: TestHouse) => {
  const said: string[] = [];
  for (const { opened: one } of house.opened)
    await one.prepare?.((key, values) => key.endsWith("recorded") && said.push(`${values!.file} ${values!.count}`));
  return said;
};

/** What stands in the register, with how often each record changed. */
const held = (house: TestHouse) =>
  house.database.rows<Record<string, unknown>>(
    sql`select code, title_ru, kind, price, price_currency, seats, urgent, after, state, version, valid_from::text from registry.notice order by code`,
  );

/** The loader over other tables than those of the fixture, as when a pack is brought up to date. */
function loader(house: TestHouse, change: Record<string, (text: string) => string>) {
  const told: { event: string; fields: Record<string, unknown> | undefined }[] = [];
  const files = <Value>(kind: string) =>
    house.packs.files<Value>(kind).map((file): PackFile<Value> => {
      const edit = kind === "records-table" ? change[file.name] : undefined;
      return edit ? { ...file, text: edit(file.text) } : file;
    });
  const means = {
    database: house.database,
    clock: house.clock,
    ids: createIds(() => house.clock.now().getTime()),
    log: {
      ...silentLog,
      fault: (event: string, _error: unknown, fields?: Record<string, unknown>) => told.push({ event, fields }),
    },
    packs: { ...house.packs, files } satisfies Packs,
    country: house.country,
  } as unknown as Means;
  return { records: createRecords(means, { registry: house.doors.registry as RegistryDoor }), told };
}

test("M-A9: first records of a pack are in their register after the first start of any country, and come once", async () => {
  const { house } = await open("real");
  assert.deepEqual(await start(house), ["lists/notice 3", "lists/notice-shut 1"]);
  const row = { price: null, price_currency: null, seats: null, urgent: null, after: null, state: "open", version: 1 };
  const money = { price: 120_050, price_currency: "KGS" };
  const expected = [
    { ...row, ...money, code: "N1", title_ru: "Дом, новый", kind: "sale", seats: 4, urgent: true, valid_from: "2020-01-01" },
    { ...row, code: "N2", title_ru: "Книга", kind: "loan", urgent: false, after: "N3", state: "shut", version: 2 },
    { ...row, code: "N3", title_ru: 'Стол "дуб"', kind: "sale", price: 3000, price_currency: "KGS", valid_from: "2022-01-01" },
  ];
  const found = await held(house);
  assert.deepEqual(found, [expected[0], { ...expected[1], valid_from: "2023-01-01" }, expected[2]]);
  assert.deepEqual(await start(house), [], "the second start brings nothing");
  assert.deepEqual(await held(house), found);
});

test("M-0.11: what is invented is recorded only where the country is a demo", async () => {
  const { house, registers } = await open("show");
  assert.deepEqual(await start(house), ["lists/notice 3", "lists/toy 1", "lists/notice-shut 1"]);
  assert.equal(await registers.count("notice"), 4);
});

test("M-A9: a start that was broken off is gone on with, and ends with the same records", async () => {
  const whole = await open("real");
  await start(whole.house);
  const { house, registers } = await open("real");
  // As a process leaves it that was killed after a slice was recorded and before that was noted.
  await registers.load(office, {
    register: "notice",
    event: "entry",
    document: { kind: "order", number: "7" },
    rows: [{ key: "N2", validFrom: "2021-01-01", values: { title_ru: "Книга", kind: "loan", urgent: false } }],
  });
  assert.deepEqual(await start(house), ["lists/notice 3", "lists/notice-shut 1"]);
  assert.deepEqual(await held(house), await held(whole.house));
});

test("M-A9: a changed table brings its new keys and leaves what is in the register to events", async () => {
  const { house } = await open("real");
  await start(house);
  const before = await held(house);
  const { records, told } = loader(house, {
    notice: (text) => `${text.replace("Книга", "Тетрадь")}N4,Стул,sale,5,KGS,,,2024-01-01,\n`,
  });
  assert.equal(await records.load(), 1);
  const afterwards = await held(house);
  assert.deepEqual(afterwards.slice(0, 3), before);
  assert.equal(afterwards[3]!.title_ru, "Стул");
  assert.deepEqual(told, []);
  assert.equal(await records.load(), 0);
});

test("M-A9: a line that the register refuses is told by its number, holds up no other, and is tried at the next start", async () => {
  const { house, registers } = await open("real");
  const change = {
    notice: (text: string) =>
      `${text.replace("urgent,since", "urgent,after,since").replaceAll(/(true|false|,),(20\d\d-)/g, "$1,,$2")}N4,Стул,sale,5,KGS,,,N9,2024-01-01,\n`,
  };
  const { records, told } = loader(house, change);
  assert.equal(await records.load(), 4);
  assert.deepEqual(told, [
    {
      event: "first record refused",
      fields: { file: "lists/notice", line: 5, field: "/values/after", why: "registry.fields.not-found" },
    },
  ]);
  await registers.load(office, {
    register: "notice",
    event: "entry",
    document: { kind: "order", number: "9" },
    rows: [{ key: "N9", validFrom: "2019-01-01", values: { title_ru: "Полка", kind: "sale" } }],
  });
  assert.equal(await records.load(), 1);
  assert.equal(told.length, 1);
});

test("M-A9: every fault of a head and of a table is told with file, line and column, in each language", () => {
  const { faults, texts } = readDeclarations(blocks, { root, country: "faulty" });
  const told = faults.map(
    ({ file, line, column, code }) => `${file.split("/").pop()}:${line}:${column} ${code.split(".").pop()}`,
  );
  assert.deepEqual(
    told.sort(),
    [
      "alone.yaml:1:1 missing-file",
      "columns.csv:1:1 missing-column",
      "columns.csv:1:20 record-column-of-nothing",
      "columns.csv:1:1 record-column-of-nothing",
      "event.yaml:3:1 unknown-event",
      "notice.csv:2:17 record-wrong-value",
      "notice.csv:3:1 record-key-twice",
      "notice.csv:3:15 record-wrong-value",
      "notice.csv:3:22 record-wrong-value",
      "notice.csv:3:25 record-wrong-value",
      "notice.csv:4:1 record-value-missing",
      "notice.csv:4:12 record-wrong-value",
      "notice.csv:5:14 record-wrong-value",
      "notice.csv:5:4 record-value-missing",
      "notice.csv:6:1 csv-columns",
      "notice.csv:7:19 record-wrong-value",
      "notice.yaml:6:1 record-document",
      "orphan.csv:1:1 missing-file",
      "strange.yaml:1:1 name-differs",
      "strange.yaml:2:1 unknown-register",
    ].sort(),
  );
  for (const { code, params } of faults)
    for (const language of ["ky", "ru", "kk", "en"] as const)
      for (const part of ["message", "remedy"])
        assert.notEqual(texts.translate(language, `${code}.${part}`, params), `${code}.${part}`);
});

test("the place of a value in its line takes quotes into account", () => {
  assert.deepEqual(
    [0, 1, 2].map((index) => placeInLine('"x, ""y""",,z', index)),
    [1, 12, 13],
  );
  assert.equal(placeInLine("a record of which the rest stands below", 2), 1);
});
