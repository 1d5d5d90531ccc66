import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { openTestDatabase, openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import trust from "@kerege/trust/block";
import registryBlock from "../block.ts";
import type { RegistryDoor } from "../door.ts";
import { makePin } from "../pin.ts";
import { publishRegisters } from "../store-publish.ts";

const root = fileURLToPath(new URL("./fixture/", import.meta.url));
const owner: Actor = { kind: "system", body: "library", name: "desk" };
const stranger: Actor = { kind: "system", body: "tax", name: "desk" };
const pins = Array.from({ length: 44 }, (_, serial) =>
  makePin({ sex: serial % 2 ? "m" : "f", bornOn: "1990-05-12", serial: 1000 + serial }),
).filter((pin) => pin !== undefined);
let house: TestHouse;
let registry: RegistryDoor;
let nextPin = 0;

before(async () => {
  house = await openTestHouse([trust, reference, registryBlock], { root, country: "fixture", packs: ["fixture"] });
  registry = house.doors.registry as RegistryDoor;
});
after(() => house.close());

const newPin = () => pins[nextPin++]!;
const enrol = (pin: string, values: Record<string, string> = {}) =>
  registry.record(owner, {
    register: "reader",
    event: "enrolment",
    act: randomUUID(),
    key: pin,
    values: { surname: "Асанова", street: "Достук", since: "2020-01-01", ...values },
    validFrom: "2020-01-01",
    document: "Form 1",
  });
const move = (pin: string, street: string, validFrom: string) =>
  registry.record(owner, {
    register: "reader",
    event: "move",
    act: randomUUID(),
    key: pin,
    values: { street },
    validFrom,
    document: "Form 2",
  });
const read = (pin: string, more: { trueOn?: string; knownAt?: Date } = {}) =>
  registry.read(owner, {
    register: "reader",
    key: pin,
    fields: ["surname", "street"],
    ground: "lending",
    case: "case-1",
    ...more,
  });

test("M-A9: what is recorded is read, with its version and its day", async () => {
  const pin = newPin();
  assert.deepEqual(await enrol(pin), { key: pin, version: 1 });
  const found = await read(pin);
  assert.deepEqual(found?.values, { surname: "Асанова", street: "Достук" });
  assert.equal(found?.validFrom, "2020-01-01");
});

test("M-A21: a read stands in the person's list with reader, fields, ground and case, written in the same statement", async () => {
  const pin = newPin();
  await enrol(pin);
  await read(pin);
  const { rows } = await registry.readsAbout({ kind: "person", pin }, { pin });
  assert.equal(rows.length, 1);
  assert.deepEqual(rows[0]!.reader, owner);
  assert.deepEqual(
    [rows[0]!.register, rows[0]!.fields, rows[0]!.ground, rows[0]!.case, rows[0]!.found],
    ["reader", ["surname", "street"], "lending", "case-1", true],
  );
});

test("a read whose record cannot be written gives nothing", async () => {
  const pin = newPin();
  await enrol(pin);
  await house.database.run(sql`alter table registry.read_entry add constraint broken check (case_id <> 'unwritable')`);
  try {
    const request = { register: "reader", key: pin, fields: ["surname"], ground: "lending", case: "unwritable" };
    await assert.rejects(registry.read(owner, request));
    await assert.rejects(registry.search(owner, { ...request, condition: "by_surname", values: { surname: "Асан" } }));
  } finally {
    await house.database.run(sql`alter table registry.read_entry drop constraint broken`);
  }
});

test("M-0.7: without a declared ground nothing is read, and nobody but the subject sees the list of reads", async () => {
  const pin = newPin();
  await enrol(pin);
  const request = { register: "reader", key: pin, fields: ["surname"], ground: "lending" };
  await assert.rejects(registry.read(stranger, request), { code: "registry.no-ground" });
  await assert.rejects(registry.read(owner, { ...request, ground: "nothing" }), { code: "registry.no-ground" });
  await assert.rejects(registry.read(owner, { ...request, fields: ["since"] }), { code: "registry.no-ground" });
  await assert.rejects(registry.read({ kind: "person", pin: newPin() }, request), { code: "registry.no-ground" });
  await assert.rejects(registry.readsAbout({ kind: "person", pin: newPin() }, { pin }), { code: "registry.not-found" });
  await assert.rejects(registry.readsAbout(owner, { pin }), { code: "registry.not-found" });
});

test("a person reads his own record on the ground of the subject's right, and nobody else's", async () => {
  const [mine, other] = [newPin(), newPin()];
  await enrol(mine);
  await enrol(other);
  const own = { register: "reader", fields: ["surname", "street", "since"], ground: "own-record" };
  assert.equal((await registry.read({ kind: "person", pin: mine }, { ...own, key: mine }))?.values.surname, "Асанова");
  assert.equal(await registry.read({ kind: "person", pin: mine }, { ...own, key: other }), undefined);
  assert.equal(await registry.read({ kind: "person", pin: mine }, { ...own, key: other, trueOn: "2021-01-01" }), undefined);
  assert.deepEqual(await registry.history({ kind: "person", pin: mine }, { ...own, key: other }), []);
});

test("M-A10: a record is read as it was true on a day and as it was known at an instant", async () => {
  const pin = newPin();
  await enrol(pin);
  const known = house.clock.now();
  house.clock.advance(60_000);
  await move(pin, "Ала-Тоо", "2024-06-01");
  house.clock.advance(60_000);
  await move(pin, "Манас", "2022-03-01");
  assert.equal((await read(pin))?.values.street, "Ала-Тоо");
  assert.equal((await read(pin, { trueOn: "2021-05-05" }))?.values.street, "Достук");
  assert.equal((await read(pin, { trueOn: "2023-05-05" }))?.values.street, "Манас");
  assert.equal((await read(pin, { trueOn: "2023-05-05", knownAt: known }))?.values.street, "Достук");
  assert.equal(await read(pin, { trueOn: "2019-12-31" }), undefined);
});

test("a change for a day to come waits for its day", async () => {
  const pin = newPin();
  await enrol(pin);
  await move(pin, "Келечек", "2026-12-01");
  assert.equal((await read(pin))?.values.street, "Достук");
  house.clock.set("2026-12-01T06:00:00Z");
  assert.equal((await read(pin))?.values.street, "Келечек");
  house.clock.set("2026-11-22T08:00:00Z");
});

test("the same act given twice is recorded once, also when both come at the same time", async () => {
  const pin = newPin();
  await enrol(pin);
  const request = {
    register: "reader",
    event: "move",
    act: randomUUID(),
    key: pin,
    values: { street: "Ош" },
    validFrom: "2025-01-01",
    document: "Form 2",
  };
  const made = await Promise.all(Array.from({ length: 5 }, () => registry.record(owner, request)));
  assert.ok(made.every((one) => one.version === 2));
  const history = await registry.history(owner, { register: "reader", key: pin, fields: ["street"], ground: "lending" });
  assert.deepEqual(
    history.map((one) => one.event),
    ["move", "enrolment"],
  );
});

test("of two people who make the same record at once, one is told that it exists", async () => {
  const pin = newPin();
  const results = await Promise.allSettled([enrol(pin), enrol(pin), enrol(pin)]);
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  for (const result of results) if (result.status === "rejected") assert.equal(result.reason.code, "registry.exists-already");
});

test("a change on an outdated version is refused and changes nothing", async () => {
  const pin = newPin();
  await enrol(pin);
  await move(pin, "Ош", "2025-01-01");
  const late = {
    register: "reader",
    event: "move",
    act: randomUUID(),
    key: pin,
    values: { street: "Талас" },
    validFrom: "2025-02-01",
    document: "Form 2",
    version: 1,
  };
  await assert.rejects(registry.record(owner, late), { code: "registry.version-differs" });
  assert.equal((await read(pin))?.values.street, "Ош");
});

test("only the owner records, only declared fields, only good values; all faults are said at once", async () => {
  const pin = newPin();
  const request = {
    register: "reader",
    event: "enrolment",
    act: randomUUID(),
    key: pin,
    values: { surname: "", since: "2020-02-30", colour: "red" },
    validFrom: "yesterday",
    document: "Form 1",
  };
  await assert.rejects(registry.record(stranger, request), { code: "registry.not-owner" });
  await assert.rejects(registry.record(owner, request), (error: { code: string; fields: { pointer: string }[] }) => {
    assert.equal(error.code, "registry.wrong-value");
    assert.deepEqual(
      new Set(error.fields.map((field) => field.pointer)),
      new Set(["/values/surname", "/values/since", "/values/colour", "/validFrom", "/values/street"]),
    );
    return true;
  });
  assert.equal(await read(pin), undefined);
});

test("an ended record is no longer found, and nothing more can happen to it", async () => {
  const pin = newPin();
  await enrol(pin);
  await registry.record(owner, {
    register: "reader",
    event: "closing",
    act: randomUUID(),
    key: pin,
    values: {},
    validFrom: "2026-01-01",
    document: "Form 3",
  });
  assert.equal(await read(pin), undefined);
  assert.equal((await read(pin, { trueOn: "2025-12-31" }))?.values.street, "Достук");
  await assert.rejects(move(pin, "Ош", "2026-02-01"), { code: "registry.ended" });
});

test("a declared search finds in any spelling, pages without loss, and each person found sees the reading", async () => {
  const names = ["Жаныбеков", "Жаныбекова", "Жанибеков", "Токтогулов"];
  const found = await Promise.all(
    names.map(async (surname) => {
      const pin = newPin();
      await enrol(pin, { surname });
      return pin;
    }),
  );
  const search = (text: string, after?: string) =>
    registry.search(owner, {
      register: "reader",
      condition: "by_surname",
      values: { surname: text },
      fields: ["surname"],
      ground: "lending",
      limit: 2,
      after,
    });
  const first = await search("Zhanybek");
  const second = await search("Zhanybek", first.next);
  const keys = [...first.rows, ...second.rows].map((row) => row.key);
  assert.deepEqual(new Set(keys), new Set(found.slice(0, 3)));
  assert.equal(keys.length, 3);
  const { rows } = await registry.readsAbout({ kind: "person", pin: found[0]! }, { pin: found[0]! });
  assert.equal(rows.length, 1);
  await assert.rejects(search("Zhanybek", "bm90IG91cnM"), { code: "registry.wrong-page-mark" });
  await assert.rejects(search("Zhanybek", Buffer.from('["a"]').toString("base64url")), { code: "registry.wrong-page-mark" });
});

test("the list of reads pages without loss or repetition", async () => {
  const pin = newPin();
  await enrol(pin);
  for (let time = 0; time < 7; time++) {
    house.clock.advance(10);
    await read(pin);
  }
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await registry.readsAbout({ kind: "person", pin }, { pin, limit: 3, after });
    seen.push(...page.rows.map((row) => row.id));
    after = page.next;
  } while (after);
  assert.equal(seen.length, 7);
  assert.equal(new Set(seen).size, 7);
});

test("concurrent reads of many people each get their own record", async () => {
  const people = pins.slice(0, 8);
  const found = await Promise.all(people.flatMap((pin) => [read(pin), read(pin)]));
  for (const [index, one] of found.entries()) if (one) assert.equal(one.key, people[Math.floor(index / 2)]);
  assert.ok(found.some(Boolean));
});

test("a first load checks each row and is all or nothing", async () => {
  const rows = [newPin(), newPin()].map((pin) => ({
    key: pin,
    values: { surname: "Көп", street: "Достук", since: "2020-01-01" },
    validFrom: "2020-01-01",
  }));
  const load = (more: typeof rows) =>
    registry.load(owner, { register: "reader", event: "enrolment", document: "List 1", rows: more });
  await assert.rejects(load([...rows, { ...rows[0]!, key: newPin(), values: { surname: "", street: "", since: "x" } }]), {
    code: "registry.wrong-value",
  });
  assert.equal(await read(rows[0]!.key), undefined);
  assert.equal(await load(rows), 2);
  assert.equal((await read(rows[1]!.key))?.values.surname, "Көп");
});

test("each change is told as an event in the same transaction", async () => {
  const pin = newPin();
  await enrol(pin);
  const events = await house.database.rows<{ body: { key: string } }>(
    sql`select body from kernel.event where type = 'registry.recorded'`,
  );
  assert.equal(events.filter((event) => event.body.key === pin).length, 1);
  await assert.rejects(enrol(pin));
  const later = await house.database.rows<{ body: { key: string } }>(
    sql`select body from kernel.event where type = 'registry.recorded'`,
  );
  assert.equal(later.filter((event) => event.body.key === pin).length, 1);
});

test("nodes that start together publish each register once", async () => {
  const test = await openTestDatabase();
  try {
    await test.database.run(sql`create schema registry`);
    await test.database.run(
      sql`create table registry.publication (register text primary key, declaration jsonb, published_at timestamptz)`,
    );
    await test.database.run(sql`create table registry.declaration
      (register text, hash text, declaration jsonb, published_at timestamptz, plan text, moved jsonb, primary key (register, hash, published_at))`);
    const given = { registers: registry.registers(), at: house.clock.now() };
    const changed = await Promise.all([1, 2, 3].map(() => publishRegisters(test.database, given)));
    assert.deepEqual(changed.sort(), [0, 0, registry.registers().length]);
    assert.equal(await publishRegisters(test.database, given), 0);
    const [first] = given.registers;
    const wider = { ...first!, fields: { ...first!.fields, note: { ...first!.fields.street!, required: false } } };
    assert.equal(await publishRegisters(test.database, { ...given, registers: [wider] }), 1);
    await assert.rejects(publishRegisters(test.database, given), { code: "registry.change-needs-plan" });
  } finally {
    await test.close();
  }
});
