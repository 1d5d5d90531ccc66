import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createManualClock } from "@kerege/kernel/clock";
import type { Database, Queryable, Statement } from "@kerege/kernel/database";
import { openHouse, readDeclarations } from "@kerege/kernel/house";
import { silentLog } from "@kerege/kernel/log";
import { loadPacks } from "@kerege/kernel/pack";
import { openTestDatabase } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import trust from "@kerege/trust/block";
import block from "../block.ts";
import type { Ground, RegisterDeclaration, RegisterField } from "../declaration.ts";
import type { RegistryDoor } from "../door.ts";
import { makePin } from "../pin.ts";
import { compareDeclarations } from "../plan.ts";
import { completion, workOf } from "../store-plan.ts";
import { sealedVersion, singleBatchFrom } from "../store-proof.ts";
import { wordingsOf } from "../store-publish.ts";
import { compileRegister, relationName, reservedNames } from "../store-sql.ts";
import { compileRead } from "../store-sql-read.ts";
import { unportable } from "./portable-sql.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const title = { ky: "Ат", ru: "Имя", kk: "Ат", en: "Title" };
const field = (type: RegisterField["type"], more: Partial<RegisterField> = {}): RegisterField => ({
  type,
  title,
  class: "public",
  ...more,
});

/** A register of every type, every kind of search and rule. */
const everything: RegisterDeclaration = {
  register: "everything",
  title,
  owner: "library",
  law: [{ act: title }],
  key: "code",
  subject: "holder",
  fields: {
    code: field("text", { required: true, max: 10 }),
    holder: field("pin"),
    firm: field("tin"),
    surname: field("name", { scripts: ["russian", "latin"], max: 50 }),
    born_on: field("partial-date", { least: "1850-01-01", most: "today" }),
    made_on: field("date", { least: "2000-01-01" }),
    size: field("integer", { least: 1, most: 5 }),
    weight: field("decimal", { least: 0 }),
    price: field("money"),
    open: field("boolean"),
    kind: field("code", { classifier: "kinds" }),
    next: field("reference", { register: "everything", link: { covers: "whole" } }),
    name: field("multilingual", { max: 100 }),
    place: field("geometry"),
    scan: field("file", { media: ["application/pdf"] }),
    colour: field("text", { values: ["red", "it's"] }),
  },
  states: { active: { title }, gone: { title } },
  events: { entry: { title, creates: true, sets: ["price"], to: "active" } },
  search: {
    by_kind: { title, exact: ["kind", "colour"], order: ["made_on"], limit: 10 },
    by_start: { title, prefix: "surname", limit: 10 },
    by_name: { title, fuzzy: ["surname"], limit: 10 },
    by_price: { title, range: "price", limit: 10 },
    by_place: { title, within: "place", limit: 10 },
  },
  unique: { one: { title, fields: ["firm", "price"], states: ["active"] } },
};

function declaredRegisters(): RegisterDeclaration[] {
  const folders = readdirSync(path.join(root, "packs"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(root, "packs", entry.name));
  const fixture = fileURLToPath(new URL("./fixture/packs/fixture", import.meta.url));
  const packs = loadPacks({ root, folders: [...folders, fixture], kinds: block.packFiles! });
  return packs.files<RegisterDeclaration>("register").map((file) => file.value);
}

test("the tables of every declared register, and of one with everything, run on a distributed PostgreSQL", () => {
  const registers = [everything, ...declaredRegisters()];
  assert.ok(registers.length > 3);
  for (const register of registers) {
    const known = new Map<string, string>();
    for (const text of compileRegister(register).create)
      assert.deepEqual(unportable(text, known), [], `${register.register}: ${text}`);
    assert.equal(known.get(`registry.${register.register}_version`), register.key);
  }
});

test("the statements of every kind of change run there too", () => {
  const { price: _price, surname, ...rest } = everything.fields;
  const changed: RegisterDeclaration = {
    ...everything,
    owner: "archive",
    fields: {
      ...rest,
      family: { ...surname!, was: "surname" },
      size: field("decimal", { required: true }),
      colour: field("text", { values: ["red"] }),
      cost: field("money", { required: true, fill: '{ amount: 1, currency: "KGS" }' }),
    },
    states: { active: { title } },
    search: { by_start: { title, exact: ["kind"], prefix: "family", limit: 10 }, by_cost: { title, range: "cost", limit: 5 } },
    unique: { other: { title, fields: ["family"] } },
  };
  const change = compareDeclarations(everything, changed);
  assert.ok(change.steps.length > 10, change.steps.map((step) => step.kind).join(", "));
  const catalog = {
    columns: new Map(["everything", "everything_version"].map((table) => [table, new Set(["code"])])),
    indexes: new Set<string>(),
    checks: [{ name: "old_check", table: "everything", columns: ["colour"] }],
  };
  for (const step of change.steps) {
    const { statements, touches, loses, blocks } = workOf(step, change, catalog);
    for (const text of [...statements, touches, loses, blocks]) assert.deepEqual(unportable(text ?? ""), [], text);
  }
  for (const text of completion(change.after, catalog, change.steps)) assert.deepEqual(unportable(text), [], text);
});

/**
 * Blocks whose tables are not spread over nodes by a column: with Citus each is one schema on one node (schema-based sharding), where
 * a unique key may begin with any column; YugabyteDB takes it as it is. Each key is named here, so that a new one is seen.
 */
const EXCEPTIONS: Record<string, number> = {
  "blocks/documents/migrations/0001-document.sql": 2,
  "blocks/identity/migrations/0001-session.sql": 1,
  "blocks/identity/migrations/0002-desk.sql": 2,
  "blocks/identity/migrations/0003-accounts.sql": 5,
  "blocks/post/migrations/0001-letter.sql": 1,
  "blocks/services/migrations/0001-case.sql": 2,
};

test("every migration runs there too, and no register can take the name of an engine's table", () => {
  const folders = ["kernel", ...readdirSync(path.join(root, "blocks")).map((name) => `blocks/${name}`)]
    .map((name) => path.join(root, name, "migrations"))
    .filter((folder) => existsSync(folder));
  assert.ok(folders.length > 3);
  for (const folder of folders) {
    const known = new Map<string, string>();
    for (const file of readdirSync(folder).sort()) {
      const text = readFileSync(path.join(folder, file), "utf8");
      const name = path.relative(root, path.join(folder, file)).split(path.sep).join("/");
      const found = unportable(text, known);
      const keys = found.filter((one) => one === "unique key off the distribution column");
      assert.equal(keys.length, EXCEPTIONS[name] ?? 0, `unique keys of ${name}`);
      assert.deepEqual(
        found.filter((one) => one !== "unique key off the distribution column"),
        [],
        name,
      );
      assert.ok(keys.length === 0 || !name.startsWith("blocks/registry/"), name);
      for (const [, table] of text.matchAll(/create table (?:if not exists )?registry\.(\w+)/g))
        assert.ok(reservedNames.has(table!), `reservedNames lacks ${table} of ${file}`);
    }
  }
});

test("the statements of reads that are counted, and of records about several, run there too", () => {
  const several = compileRegister({ ...everything, subject: ["holder", "firm", "next"] });
  const ground: Ground = {
    ground: "counted",
    title,
    law: { act: title, article: "1" },
    purpose: title,
    readers: { self: true, bodies: ["a"] },
    reads: { everything: ["price"] },
    consent: true,
    bulk: { alarm: 2, refuse: 4 },
    breakGlass: true,
  };
  for (const register of [compileRegister(everything), several])
    for (const reach of ["everyone", "person"] as const)
      for (const [asOf, reasons, counted] of [
        [false, false, true],
        [true, true, true],
        [false, true, false],
      ] as const) {
        const shape = { register, fields: ["price"], ground, reach, consent: reach === "everyone" };
        const text = compileRead(shape, { asOf, reasons, counted });
        assert.deepEqual(unportable(text), [], text);
        assert.equal(text.includes("registry.bulk_reader"), counted);
      }
});

const opened = await openTestDatabase();
const dataFolder = mkdtempSync(path.join(tmpdir(), "kerege-portable-"));
after(async () => {
  await opened.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

test("every statement of recording, reading, searching and looking back runs there too", async () => {
  const seen = new Set<string>();
  const fixtureRoot = fileURLToPath(new URL("./fixture/", import.meta.url));
  const declared = readDeclarations([trust, reference, block], { root: fixtureRoot, country: "fixture", packs: ["fixture"] });
  const house = await openHouse([trust, reference, block], {
    database: opened.database,
    databaseOf: (name) => (name === "trust" ? opened.database : listening(opened.database, seen)),
    declared,
    dataFolder,
    log: silentLog,
    clock: createManualClock("2026-11-22T06:00:00Z"),
  });
  const registry = house.doors.registry as RegistryDoor;
  const owner = { kind: "system", body: "library", name: "desk" } as const;
  const [pin, other] = [1, 2, 3, 4]
    .map((serial) => makePin({ sex: "f", bornOn: "1990-05-12", serial }))
    .filter((one) => one !== undefined);
  const values = { surname: "Асанова", street: "Достук", since: "2020-01-01" };
  const event = { register: "reader", key: pin!, validFrom: "2020-01-01", document: "Form 1" };
  await registry.record(owner, { ...event, event: "enrolment", act: crypto.randomUUID(), values });
  await registry.record(owner, { ...event, event: "move", act: crypto.randomUUID(), values: { street: "Ош" } });
  await registry.load(owner, {
    register: "reader",
    event: "enrolment",
    document: "List",
    rows: [{ key: other!, values, validFrom: "2020-01-01" }],
  });
  const read = { register: "reader", key: pin!, fields: ["surname"], ground: "lending" };
  await registry.read(owner, read);
  await registry.read(owner, { ...read, trueOn: "2021-01-01" });
  await registry.history(owner, read);
  const search = { ...read, condition: "by_surname", values: { surname: "Асан" }, limit: 1 };
  const page = await registry.search(owner, search);
  await registry.search(owner, { ...search, after: page.next! });
  const { rows } = await registry.readsAbout({ kind: "person", pin: pin! }, { pin: pin! });
  const unseen = { code: "registry.not-witnessed" };
  await assert.rejects(registry.readProof({ kind: "person", pin: pin! }, { id: rows[0]!.id }), unseen);
  const reader = compileRegister(registry.registers().find((one) => one.register === "reader")!);
  assert.ok(await sealedVersion(listening(opened.database, seen), reader, { key: pin!, version: 1 }));
  assert.ok((await wordingsOf(listening(opened.database, seen), "reader")).length > 0);
  await singleBatchFrom(listening(opened.database, seen), 0);
  await house.close();
  assert.ok(
    [...seen].some((text) => /insert into registry\."reader_version"/.test(text)),
    "the writing was heard",
  );
  assert.ok(
    [...seen].some((text) => /registry\.read_entry/.test(text)),
    "the log of reads was heard",
  );
  for (const text of seen) assert.deepEqual(unportable(text), [], text);
});

/** The same database, which also tells every statement that goes to it. */
function listening(database: Database, seen: Set<string>): Database {
  const told = <Base extends Queryable>(base: Base): Base => ({
    ...base,
    rows: (statement: Statement) => base.rows(heard(statement)),
    first: (statement: Statement) => base.first(heard(statement)),
    run: (statement: Statement) => base.run(heard(statement)),
  });
  const heard = (statement: Statement) => {
    seen.add(statement.text);
    return statement;
  };
  return { ...told(database), transaction: (work) => database.transaction((tx) => work(told(tx))) };
}

const table = "create table r.t (id text, a text, v int, primary key (id, v)";
for (const [text, what] of [
  ["create trigger t before insert on r.t execute function f()", "trigger"],
  ["create or replace function r.f() returns int language sql as $$ select 1 $$", "function"],
  ["create type r.mood as enum ('a')", "enum"],
  ["create table r.t (id int generated always as identity primary key)", "generated column"],
  ["create table r.t (id bigserial primary key)", "generated column"],
  [`${table}, b text generated always as (a || 'x') stored)`, "generated column"],
  ["create table r.t (during tstzrange, exclude using gist (during with &&))", "exclusion constraint"],
  ["create table r.t (id text, d daterange, primary key (id, d without overlaps))", "temporal constraint"],
  ["create index i on r.t using gist (d)", "index that is no B-tree"],
  ["create index i on r.t using gin (d)", "index that is no B-tree"],
  [`${table}, unique (a))`, "unique key off the distribution column"],
  ["create table r.t (id text primary key, a text unique)", "unique key off the distribution column"],
  [`${table}); create unique index i on r.t (a)`, "unique key off the distribution column"],
  [`${table}); alter table r.t add constraint u unique (a)`, "unique key off the distribution column"],
  [`${table}, foreign key (a) references other.t (id))`, "foreign key across schemas"],
  ["create table r.t (id text primary key, a text references r.u)", "foreign key off the distribution column"],
  ["update r.t set a = gen_random_uuid() where id = $1", "volatile function in update"],
  ["insert into r.t values ($1) on conflict (id) do update set at = clock_timestamp()", "volatile function in update"],
  ["with u as (update r.t set v = nextval('s') returning 1) select * from u", "volatile function in update"],
] as const) {
  test(`refused: ${text}`, () => assert.ok(unportable(text).includes(what), unportable(text).join(", ") || "nothing found"));
}

test("what only looks like it is let through", () => {
  for (const text of [
    "select 'create trigger', \"exclude\" from r.t -- using gist",
    "insert into r.t select gen_random_uuid() from r.u",
    `${table}, unique (id, a)); create unique index i on r.t (id, a)`,
    "select 1 from r.t where id = $1 for update",
    "update r.t set a = $1 where id = $2; select gen_random_uuid()",
  ])
    assert.deepEqual(unportable(text), [], text);
});

test("a long name of an index is not cut by PostgreSQL and stays different", () => {
  const [one, two] = ["a", "b"].map((end) => relationName(`${"x".repeat(70)}${end}`));
  assert.ok(one!.length <= 63 && two!.length <= 63);
  assert.notEqual(one, two);
});
