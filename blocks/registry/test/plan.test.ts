import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { type Database, sql } from "@kerege/kernel/database";
import { addLocales, createTexts } from "@kerege/kernel/locale";
import { openTestDatabase } from "@kerege/kernel/testing";
import { parse } from "yaml";
import type { RegisterDeclaration, RegisterField } from "../declaration.ts";
import { compareDeclarations } from "../plan.ts";
import { planText } from "../plan-text.ts";
import { applyPlan, makePlan } from "../planning.ts";
import { declarationAt, publishRegisters } from "../store-publish.ts";

const title = { ky: "Ат", ru: "Имя", kk: "Ат", en: "Title" };
const text = (more: Partial<RegisterField> = {}): RegisterField => ({ type: "text", title, class: "public", ...more });
const at = new Date("2026-11-22T06:00:00Z");
const today = "2026-11-22";

/** A register of things that no test has to know. */
function thing(change: Partial<RegisterDeclaration> = {}): RegisterDeclaration {
  return {
    register: "thing",
    title,
    owner: "library",
    law: [{ act: title }],
    key: "code",
    fields: {
      code: text({ required: true }),
      colour: text({ max: 20, values: ["red", "blue", "green"] }),
      size: { type: "integer", title, class: "public", least: 0 },
      note: text(),
    },
    events: { entry: { title, creates: true, sets: ["colour", "size", "note"] } },
    search: { by_colour: { title, exact: ["colour"], limit: 10 } },
    ...change,
  };
}
const { note: _note, ...withoutNote } = thing().fields;

let database: Database;
let close: () => Promise<void>;

before(async () => {
  const opened = await openTestDatabase();
  database = opened.database;
  close = opened.close;
});
after(() => close());

/** An empty schema with the declared register published and three records in it. */
async function fresh(): Promise<void> {
  await database.run(sql`drop schema if exists registry cascade`);
  await database.run(sql`create schema registry`);
  const folder = new URL("../migrations/", import.meta.url);
  for (const file of readdirSync(folder).sort())
    await database.run({ text: readFileSync(new URL(file, folder), "utf8"), values: [] });
  await publishRegisters(database, { registers: [thing()], at });
  const rows = [
    ["a", "red", 1, "first"],
    ["b", "blue", 2, null],
    ["c", "red", null, "third"],
  ];
  for (const [code, colour, size, note] of rows) {
    await database.run(sql`insert into registry.thing (code, colour, size, note, version, valid_from, recorded_at)
      values (${code}, ${colour}, ${size}, ${note}, 1, '2020-01-01', ${at})`);
    await database.run(sql`insert into registry.thing_version (code, colour, size, note, version, valid_from, recorded_at, ended, event, document, act, actor)
      values (${code}, ${colour}, ${size}, ${note}, 1, '2020-01-01', ${at}, false, 'entry', 'x', ${crypto.randomUUID()}, 'system:library:x')`);
  }
}

const texts = createTexts();
addLocales(texts, "registry", new URL("../locales/", import.meta.url));

async function written(declared: RegisterDeclaration, accept: { at: string; reason: string }[] = []): Promise<string> {
  const plan = await makePlan(database, { registers: [declared] });
  assert.ok(plan, "a plan is needed");
  const file = planText(plan, { registers: [declared], texts, language: "ru" });
  return file.replace(/^accept: \[\]$/m, `accept: ${JSON.stringify(accept)}`);
}
const apply = (declared: RegisterDeclaration, file: string) =>
  applyPlan(database, { registers: [declared], text: file, at, today, by: "operator" });
const held = () => database.rows<Record<string, unknown>>({ text: "select * from registry.thing order by code", values: [] });

test("what only adds or loosens is done at a start, and the engine's own columns come to an older table", async () => {
  await fresh();
  await database.run(sql`alter table registry.thing_version drop column salt, drop column batch`);
  await database.run(sql`alter table registry.thing drop column state`);
  const wider = thing({
    fields: {
      ...thing().fields,
      price: { type: "money", title, class: "public" },
      colour: text({ max: 40, values: ["red", "blue", "green", "white"] }),
    },
    search: { ...thing().search, by_size: { title, range: "size", limit: 10 } },
  });
  assert.equal(await publishRegisters(database, { registers: [wider], at }), 1);
  await database.run(sql`update registry.thing set colour = 'white', price = 1, price_currency = 'KGS' where code = 'a'`);
  await assert.rejects(database.run(sql`update registry.thing set price = 1 where code = 'b'`), "half a price");
  await database.run(sql`select salt, batch from registry.thing_version`);
  await database.run(sql`select state from registry.thing`);
  assert.equal(await publishRegisters(database, { registers: [wider], at }), 0);
});

test("a start refuses every other change, says what to do and changes nothing", async () => {
  await fresh();
  const narrower = thing({ fields: withoutNote, events: { entry: { title, creates: true, sets: ["colour", "size"] } } });
  await assert.rejects(publishRegisters(database, { registers: [narrower], at }), (error: { code: string; params: object }) => {
    assert.equal(error.code, "registry.change-needs-plan");
    const said = texts.translate("ru", "registry.problems.change-needs-plan.detail", error.params as Record<string, string>);
    assert.match(said, /kerege -- plan/);
    return true;
  });
  assert.equal((await held())[0]!.note, "first");
});

test("a dropped field is counted, its loss accepted with a reason, and its history kept", async () => {
  await fresh();
  const narrower = thing({ fields: withoutNote, events: { entry: { title, creates: true, sets: ["colour", "size"] } } });
  const file = await written(narrower);
  const step = parse(file).steps[0];
  assert.deepEqual([step.step, step.at, step.rows, step.lost], ["field-dropped", "thing.note", 3, 2]);
  assert.match(step.says, /больше не ведётся/);
  await assert.rejects(apply(narrower, file), { code: "registry.plan-needs-acceptance" });
  const empty = await written(narrower, [{ at: "thing.note", reason: " " }]);
  await assert.rejects(apply(narrower, empty), { code: "registry.plan-needs-acceptance" });
  assert.deepEqual(
    await apply(narrower, await written(narrower, [{ at: "thing.note", reason: "Not kept since the new order" }])),
    ["thing"],
  );
  assert.ok(!("note" in (await held())[0]!));
  const kept = await database.rows(sql`select note from registry.thing_version order by code`);
  assert.deepEqual(kept, [{ note: "first" }, { note: null }, { note: "third" }]);
  const plans = await database.rows<{ applied_by: string; accepted: object }>(
    sql`select applied_by, accepted from registry.plan`,
  );
  assert.deepEqual(plans, [{ applied_by: "operator", accepted: [{ at: "thing.note", reason: "Not kept since the new order" }] }]);
  assert.equal(await publishRegisters(database, { registers: [narrower], at }), 0);
});

test("a plan is refused when it was edited, when the declaration or the records have moved on, and twice", async () => {
  await fresh();
  const narrower = thing({ fields: withoutNote, events: { entry: { title, creates: true, sets: ["colour", "size"] } } });
  const good = await written(narrower, [{ at: "thing.note", reason: "Order 5" }]);
  await assert.rejects(
    apply(narrower, good.replace('drop column \\"note\\"', 'drop column \\"size\\"').replace('column "note"', 'column "size"')),
    {
      code: "registry.plan-edited",
    },
  );
  await assert.rejects(apply(narrower, "plan: [1"), { code: "registry.plan-not-readable" });
  await assert.rejects(apply(thing({ ...narrower, owner: "archive" }), good), { code: "registry.plan-outdated" });
  await database.run(sql`update registry.thing set note = 'second' where code = 'b'`);
  await assert.rejects(apply(narrower, good), { code: "registry.plan-outdated" });
  await database.run(sql`update registry.thing set note = null where code = 'b'`);
  await apply(narrower, good);
  await assert.rejects(apply(narrower, good), { code: "registry.plan-outdated" });
});

test("a renamed field keeps its values in both tables, its limits and its searches; old leaves find the old name", async () => {
  await fresh();
  const { colour, ...rest } = thing().fields;
  const renamed = thing({
    fields: { ...rest, tint: { ...colour!, was: "colour" } },
    events: { entry: { title, creates: true, sets: ["tint", "size", "note"] } },
    search: { by_colour: { title, exact: ["tint"], limit: 10 } },
  });
  await apply(renamed, await written(renamed));
  assert.deepEqual(
    (await held()).map((row) => row.tint),
    ["red", "blue", "red"],
  );
  await assert.rejects(database.run(sql`update registry.thing set tint = 'black'`));
  assert.equal((await database.rows(sql`select tint from registry.thing_version`)).length, 3);
  const then = await declarationAt(database, { register: "thing", at: new Date(at.getTime() - 1) });
  assert.ok(then && "colour" in then.declaration.fields);
  assert.deepEqual(then.moved, { colour: "tint" });
});

test("a whole number becomes a decimal; a wider text loses its check; a type that would lose values is refused", async () => {
  await fresh();
  const wider = thing({
    fields: { ...thing().fields, size: { type: "decimal", title, class: "public", least: 0 } },
  });
  await apply(wider, await written(wider));
  await database.run(sql`update registry.thing set size = 1.25 where code = 'a'`);
  assert.equal((await held())[0]!.size, "1.25");
  const other = thing({ fields: { ...thing().fields, size: { type: "date", title, class: "public" } } });
  await assert.rejects(apply(other, await written(other)), { code: "registry.plan-blocked" });
});

test("a new required field is filled by FEEL, with a new version of each record and its leaf", async () => {
  await fresh();
  const filled = (fill?: string) =>
    thing({
      fields: { ...thing().fields, grade: text({ required: true, ...(fill && { fill }) }) },
      events: { entry: { title, creates: true, sets: ["colour", "size", "note", "grade"] } },
    });
  await assert.rejects(apply(filled(), await written(filled())), { code: "registry.plan-blocked" });
  const declared = filled('if size = null then "unknown" else if size > 1 then "large" else "small"');
  await apply(declared, await written(declared));
  assert.deepEqual(
    (await held()).map((row) => [row.grade, row.version]),
    [
      ["small", 2],
      ["large", 2],
      ["unknown", 2],
    ],
  );
  const versions = await database.rows<Record<string, unknown>>(
    sql`select v.code, v.version, v.grade, v.event, v.valid_from, b.leaves from registry.thing_version v left join registry.batch b on b.id = v.batch order by code, version`,
  );
  assert.equal(versions.length, 6);
  assert.deepEqual(versions[1], { code: "a", version: 2, grade: "small", event: "plan", valid_from: "2020-01-01", leaves: 3 });
  assert.equal(versions[0]!.grade, null);
  await assert.rejects(database.run(sql`update registry.thing set grade = null`));
});

test("tighter limits are refused while records are outside them, and hold afterwards", async () => {
  await fresh();
  const tighter = thing({ fields: { ...thing().fields, colour: text({ max: 20, values: ["red", "green"] }) } });
  const file = await written(tighter);
  assert.equal(parse(file).steps[0].in_the_way, 1);
  await assert.rejects(apply(tighter, file), { code: "registry.plan-blocked" });
  await database.run(sql`update registry.thing set colour = 'green' where code = 'b'`);
  await apply(tighter, await written(tighter));
  await assert.rejects(database.run(sql`update registry.thing set colour = 'blue'`));
});

test("a new unique rule claims the values that are there, and is refused while two records share one", async () => {
  await fresh();
  const unique = thing({ unique: { one_colour: { title, fields: ["colour"] } } });
  await assert.rejects(apply(unique, await written(unique)), { code: "registry.plan-blocked" });
  await database.run(sql`update registry.thing set colour = 'green' where code = 'c'`);
  await apply(unique, await written(unique));
  const claims = await database.rows(sql`select value, rule, key from registry.thing_claim order by key`);
  assert.deepEqual(claims[0], { value: '["red"]', rule: "one_colour", key: "a" });
  assert.equal(claims.length, 3);
});

test("states that come new are given to earlier records; a search that comes new finds them in any spelling", async () => {
  await fresh();
  const grown = thing({
    states: { active: { title }, gone: { title, closed: true } },
    events: {
      entry: { title, creates: true, sets: ["colour", "size", "note"], to: "active" },
      loss: { title, sets: [], from: ["active"], to: "gone" },
    },
    search: { ...thing().search, by_note: { title, prefix: "note", limit: 10 } },
  });
  await database.run(sql`update registry.thing set note = 'Жаныбек' where code = 'a'`);
  await apply(grown, await written(grown));
  const rows = await held();
  assert.deepEqual(
    rows.map((row) => [row.state, row.note_key === null]),
    [
      ["active", false],
      ["active", true],
      ["active", false],
    ],
  );
  await assert.rejects(database.run(sql`update registry.thing set state = 'lost'`));
});

test("every kind of change is told apart", () => {
  const kinds = (after: RegisterDeclaration) => compareDeclarations(thing(), after).steps.map((step) => step.kind);
  const field = (name: string, more: Partial<RegisterField>) =>
    thing({ fields: { ...thing().fields, [name]: { ...thing().fields[name]!, ...more } } });
  assert.deepEqual(kinds(thing({ title: { ...title, en: "Other" } })), []);
  assert.deepEqual(kinds(thing({ key: "note" })), ["key-changed", "search-changed"]);
  assert.deepEqual(kinds(thing({ owner: "archive" })), ["owner-changed"]);
  assert.deepEqual(kinds(thing({ retention: { after: "P5Y", law: { act: title } } })), ["retention-shortened"]);
  assert.deepEqual(kinds(field("note", { required: true })), ["field-required"]);
  assert.deepEqual(kinds(field("code", { required: false })), ["field-optional"]);
  assert.deepEqual(kinds(field("note", { max: 10 })), ["limits-tightened"]);
  assert.deepEqual(kinds(field("size", { least: 5 })), ["limits-tightened"]);
  assert.deepEqual(kinds(field("size", { least: -5 })), ["limits-loosened"]);
  assert.deepEqual(kinds(field("note", { class: "personal" })), []);
  assert.deepEqual(kinds(thing({ search: {} })), ["search-dropped"]);
  assert.deepEqual(kinds(thing({ search: { by_colour: { title, exact: ["size"], limit: 10 } } })), ["search-changed"]);
});

test("one more whom records are about is done at a start, with its index; one fewer needs a plan that says what it means", async () => {
  const pin = { type: "pin", title, class: "personal" } as const;
  const people = { ...thing().fields, holder: { ...pin }, driver: { ...pin } };
  const about = (subject: string | string[]) => thing({ register: "ride", fields: people, subject });
  await fresh();
  await publishRegisters(database, { registers: [thing(), about("holder")], at });
  assert.deepEqual(
    compareDeclarations(about("holder"), about(["holder", "driver"])).steps.map((step) => [step.kind, step.name]),
    [["subject-added", "driver"]],
  );
  assert.deepEqual(compareDeclarations(about(["holder", "driver"]), about(["driver", "holder"])).steps, []);
  await publishRegisters(database, { registers: [thing(), about(["holder", "driver"])], at });
  const indexes = await database.rows<{ indexname: string }>(
    sql`select indexname from pg_indexes where schemaname = 'registry' and tablename = 'ride'`,
  );
  assert.ok(indexes.some(({ indexname }) => indexname === "ride_driver_link"));
  await assert.rejects(publishRegisters(database, { registers: [thing(), about("driver")], at }), {
    code: "registry.change-needs-plan",
  });
  const { steps } = compareDeclarations(about(["holder", "driver"]), about("driver"));
  assert.deepEqual(
    steps.map((step) => [step.kind, step.name, step.was]),
    [["subject-changed", "driver", "holder, driver"]],
  );
});
