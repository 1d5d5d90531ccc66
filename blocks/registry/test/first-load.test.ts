import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import trust from "@kerege/trust/block";
import registryBlock from "../block.ts";
import { checkChains, checkRegister } from "../consistency.ts";
import type { RegistryDoor } from "../door.ts";
import type { BulkRow } from "../door-writing.ts";
import { makePin } from "../pin.ts";
import { compileRegister } from "../store-sql.ts";
import { openWritingHouse, owner, type WritingHouse } from "./writing-house.ts";

const root = fileURLToPath(new URL("./fixture-reading/", import.meta.url));
const office: Actor = { kind: "system", body: "office", name: "desk" };
const order = { kind: "order", number: "7", on: "2020-01-01" };
let loaded: TestHouse;
let recorded: TestHouse;
let writing: WritingHouse;

before(async () => {
  const open = () => openTestHouse([trust, reference, registryBlock], { root, country: "fixture", packs: ["fixture"] });
  loaded = await open();
  recorded = await open();
  writing = await openWritingHouse();
});
after(async () => {
  await loaded.close();
  await recorded.close();
  await writing.house.close();
});

const registryOf = (house: TestHouse) => house.doors.registry as RegistryDoor;
const pins = Array.from({ length: 700 }, (_, serial) => makePin({ sex: "f", bornOn: "1990-05-12", serial })).filter(
  (pin) => pin !== undefined,
);
const surnames = ["Асанова", "Бекова", "Жумабаева", "Токтогулова", "Сыдыкова"];
const citizens: BulkRow[] = pins.slice(0, 300).map((key, index) => ({
  key,
  values: {
    surname: surnames[index % surnames.length]!,
    ...(index % 3 > 0 && { given_name: "Айгүл" }),
    born_on: `19${50 + (index % 40)}-01-31`,
    region: index % 7 === 0 ? "a\\b \\N \\" : "osh",
    mother: index === 0 ? null : pins[0]!,
  },
  // One is true only from a day to come.
  validFrom: index === 5 ? "2030-01-01" : "2020-01-01",
}));

/** All a register says, without what differs from one house to another. */
async function contentOf(house: TestHouse) {
  const versions = await house.database.rows<Record<string, unknown>>(
    sql`select * from registry.citizen_version order by pin, version`,
  );
  const current = await house.database.rows<Record<string, unknown>>(sql`select * from registry.citizen order by pin`);
  const acts = await house.database.rows(sql`select register, key, version, event from registry.act order by key`);
  const names = await house.database.rows(sql`select * from registry.name_form order by dictionary, form, name`);
  const own = new Set(["recorded_at", "act", "salt", "batch", "leaf"]);
  const shown = (rows: Record<string, unknown>[]) =>
    rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !own.has(name))));
  return { versions: shown(versions), current: shown(current), acts, names };
}
async function faultsOf(house: TestHouse) {
  const faults = [];
  for (const declaration of registryOf(house).registers())
    faults.push(...(await checkRegister(house.database, compileRegister(declaration), "2026-11-22")).faults);
  return [...faults, ...(await checkChains(house.database)).faults];
}

test("M-A9: a first load leaves exactly what recording one by one leaves: versions, current rows, acts, leaves, names", async () => {
  const made = await registryOf(loaded).bulkLoad(office, {
    register: "citizen",
    event: "birth",
    document: "Form 1",
    rows: [citizens.slice(0, 120), [], citizens.slice(120)],
  });
  assert.equal(made, 300);
  for (const { key, values, validFrom } of citizens)
    await registryOf(recorded).record(office, {
      register: "citizen",
      event: "birth",
      act: randomUUID(),
      key,
      values,
      validFrom,
      document: "Form 1",
    });
  const [one, other] = [await contentOf(loaded), await contentOf(recorded)];
  assert.equal(one.versions.length, 300);
  assert.deepEqual(one, other);
  assert.deepEqual(await faultsOf(loaded), []);
  assert.deepEqual(await faultsOf(recorded), []);
});

test("after a first load the indexes are those of the register, and its records change, are searched and are read as any", async () => {
  const indexes = (house: TestHouse) =>
    house.database.rows(
      sql`select tablename, indexname, indexdef from pg_indexes where schemaname = 'registry' and tablename like 'citizen%' order by 1, 2`,
    );
  assert.deepEqual(await indexes(loaded), await indexes(recorded));
  const registry = registryOf(loaded);
  const key = pins[1]!;
  await registry.record(office, {
    register: "citizen",
    event: "move",
    act: randomUUID(),
    key,
    values: { region: "talas" },
    validFrom: "2022-01-01",
    document: "Form 2",
  });
  const tax: Actor = { kind: "system", body: "tax", name: "desk" };
  const found = await registry.read(tax, { register: "citizen", key, fields: ["surname"], ground: "tax" });
  assert.deepEqual([found?.version, found?.values], [2, { surname: "Бекова" }]);
  const near = await registry.search(tax, {
    register: "citizen",
    condition: "by_name",
    values: { surname: "Бекава", given_name: "Aigul" },
    fields: ["surname"],
    ground: "tax",
  });
  assert.ok(near.rows.length > 0);
  assert.deepEqual(await faultsOf(loaded), []);
});

test("a first load is all or nothing, and only into a register without records", async () => {
  const { registry, house } = writing;
  const branch = (number: number, more: Partial<BulkRow> = {}): BulkRow => ({
    key: `L${number}`,
    values: { name: `Борбор ${String(number).replace(/\d/g, (digit) => "абвгдежзик"[Number(digit)]!)}`, town: "Ош" },
    validFrom: "2020-01-01",
    ...more,
  });
  const many = Array.from({ length: 5000 }, (_, number) => branch(number));
  const load = (register: string, event: string, rows: BulkRow[]) =>
    registry.bulkLoad(owner, { register, event, document: order, rows: [rows] });
  await assert.rejects(load("branch", "opening", [...many, branch(5000, { validFrom: "2020-02-31" })]), (error: unknown) => {
    const { code, params } = error as { code: string; params: Record<string, unknown> };
    return code === "registry.wrong-value" && params.row === 5001;
  });
  await assert.rejects(load("branch", "opening", [...many, many[7]!]), { code: "registry.exists-already" });
  // A name that only one branch of a town may have.
  await assert.rejects(load("branch", "opening", [...many, { ...many[7]!, key: "L9999" }]), { code: "registry.exists-already" });
  await assert.rejects(load("branch", "suspension", many), { code: "registry.unknown-event" });
  assert.equal(await registry.count("branch"), 0);
  assert.equal(await load("branch", "opening", many), 5000);
  assert.deepEqual(await writing.consistent(), []);
  const [batches] = await house.database.rows<{ leaves: number[] }>(
    sql`select array_agg(leaves order by seq) as leaves from registry.batch where register = 'branch'`,
  );
  assert.deepEqual(batches!.leaves, [2048, 2048, 904]);
  await assert.rejects(load("branch", "opening", [branch(7777)]), { code: "registry.not-empty" });
  await assert.rejects(
    registry.bulkLoad(
      { kind: "system", body: "tax", name: "desk" },
      { register: "branch", event: "opening", document: order, rows: [] },
    ),
    {
      code: "registry.not-owner",
    },
  );
});

test("a record whose reference points at nothing ends the load; rules that ask of other records are asked", async () => {
  const { registry } = writing;
  const share = (more: BulkRow["values"]): BulkRow => ({
    key: pins[400]!,
    values: { surname: "Асанова", mother: pins[401]!, ...more },
    validFrom: "2020-01-01",
  });
  const empty = await openTestHouse([trust, reference, registryBlock], { root, country: "fixture", packs: ["fixture"] });
  try {
    const load = registryOf(empty).bulkLoad(office, {
      register: "citizen",
      event: "birth",
      document: "Form 1",
      rows: [[share({})]],
    });
    await assert.rejects(load, { code: "registry.wrong-value" });
    assert.equal(await registryOf(empty).count("citizen"), 0);
  } finally {
    await empty.close();
  }
  const book = (key: string, values: BulkRow["values"]): BulkRow => ({ key, values, validFrom: "2020-01-01" });
  const books = { register: "book", event: "purchase", document: order };
  await assert.rejects(registry.bulkLoad(owner, { ...books, rows: [[book("1", { branch: "nowhere" })]] }), {
    code: "registry.wrong-value",
  });
});
