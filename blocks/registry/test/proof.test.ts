import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Database, sql } from "@kerege/kernel/database";
import { addLocales, createTexts } from "@kerege/kernel/locale";
import { compileSchema } from "@kerege/kernel/schema";
import { checkProof, type ProofFile, type TrustDoor } from "@kerege/trust";
import { leafOf, leavesIn, treeRoot } from "../batch-tree.ts";
import { checkRegister } from "../consistency.ts";
import type { RegisterDeclaration } from "../declaration.ts";
import type { ReadEntry } from "../door.ts";
import { listSchemas } from "../openapi-schemas.ts";
import { planText } from "../plan-text.ts";
import { applyPlan, makePlan } from "../planning.ts";
import { createVersionContents } from "../proof-content.ts";
import { wholeVersions } from "../store-consistency.ts";
import { wordingsOf } from "../store-publish.ts";
import { compileRegister } from "../store-sql.ts";
import { placeBatches } from "./place-batches.ts";
import { body, openReadingPlace, person, type ReadingPlace } from "./reading-place.ts";
import { openWritingHouse, owner, type WritingHouse } from "./writing-house.ts";

let writing: WritingHouse;
let reading: ReadingPlace;
before(async () => {
  [writing, reading] = [await openWritingHouse(), await openReadingPlace()];
});
after(async () => {
  await writing?.house.close();
  await reading?.house.close();
});

type House = WritingHouse["house"];
const verdictOf = (house: House, proof: ProofFile | string) =>
  checkProof(
    typeof proof === "string" ? proof : JSON.stringify(proof),
    (house.doors.trust as TrustDoor).anchors(),
    house.clock.now(),
  );
/** What a good proof says. */
function provenBy(house: House, proof: ProofFile): Record<string, unknown> {
  const verdict = verdictOf(house, proof);
  assert.equal(verdict.valid, true, JSON.stringify(verdict));
  assert.ok(verdict.valid);
  return JSON.parse(verdict.content!);
}
const ofBranch = (key: string, version = 1) => ({ register: "branch", key, version, ground: "stock" });
const row = <Row>(database: Database, text: string, values: unknown[] = []) =>
  database.first<Row>({ text, values }) as Promise<Row>;

test("M-A9: each version of a record is proven by a file that is checked alone; one changed sign and it is refused", async () => {
  const { house, registry } = writing;
  await writing.open("P1", { town: "Нарын", seats: 12 });
  await writing.tell("branch", "renaming", { key: "P1", values: { name: "Жаңы" }, validFrom: "2021-01-01" });
  await placeBatches(house);
  const [first, second] = [await registry.eventProof(owner, ofBranch("P1")), await registry.eventProof(owner, ofBranch("P1", 2))];
  assert.deepEqual(compileSchema(listSchemas.Proof!)(first), [], "as the description of the API says");
  const { event, actor, document, values } = provenBy(house, first);
  assert.deepEqual(
    [event, actor, document],
    ["opening", "system:library/desk", { kind: "order", number: "7", on: "2020-01-01" }],
  );
  assert.deepEqual(values, { code: "P1", name: "Борбор Pб", seats: 12, town: "Нарын" });
  assert.equal((provenBy(house, second).values as { name: string }).name, "Жаңы");
  const changed = verdictOf(house, JSON.stringify(first).replace("Нарын", "Нарын!"));
  assert.equal(!changed.valid && changed.reason, "content-mismatch");
  const moved = verdictOf(house, { ...first, log: second.log });
  assert.equal(!moved.valid && moved.reason, "not-in-log");
});

test("M-A9: what the ground does not let one read whole, what is not there and what no witness has seen yet is not proven", async () => {
  const { house, registry } = writing;
  await writing.open("P2", { town: "Талас" });
  await assert.rejects(registry.eventProof(owner, ofBranch("P2")), { code: "registry.not-witnessed", status: 409 });
  await placeBatches(house);
  await registry.eventProof(owner, ofBranch("P2"));
  await assert.rejects(registry.eventProof(owner, ofBranch("P2", 2)), { code: "registry.not-found" });
  await assert.rejects(registry.eventProof(owner, ofBranch("nowhere")), { code: "registry.not-found" });
  const tax = body("tax");
  await assert.rejects(registry.eventProof(tax, ofBranch("P2")), { code: "registry.no-ground" });
  // The bank may read the surname; the content of the leaf says more.
  const pin = await reading.citizen();
  await assert.rejects(
    reading.registry.eventProof(body("bank"), { register: "citizen", key: pin, version: 1, ground: "banks" }),
    {
      code: "registry.no-ground",
    },
  );
});

test("M-0.7: a proof of an event is a reading: it is written, and of others' records there is nothing to prove", async () => {
  const { house, registry } = reading;
  const pin = await reading.citizen();
  const key = await reading.car(pin);
  await placeBatches(house);
  const asked = { register: "car", key, version: 1, ground: "own" };
  const before = (await reading.readsOf(pin)).length;
  assert.equal((provenBy(house, await registry.eventProof(person(pin), asked)).values as { holder: string }).holder, pin);
  const [newest, ...older] = await reading.readsOf(pin);
  assert.deepEqual(
    [older.length, newest?.register, newest?.fields.join(), newest?.reader],
    [before, "car", "number,holder,colour", person(pin)],
  );
  await assert.rejects(registry.eventProof(person(await reading.citizen()), asked), { code: "registry.not-found" });
  await assert.rejects(registry.eventProof(body("ambulance"), { ...asked, ground: "ambulance", reason: "x".repeat(40) }), {
    code: "registry.no-ground",
  });
});

test("the log keeps no leaves of the registers, and proves each of a batch from those that are given", async () => {
  const { house, registry } = writing;
  const rows = Array.from({ length: 37 }, (_, index) => ({
    key: `M${index}`,
    validFrom: "2022-01-01",
    values: { name: "Көп", town: `шаар ${index}` },
  }));
  await registry.load(owner, { register: "branch", event: "opening", document: { kind: "order", number: "List 1" }, rows });
  await placeBatches(house);
  for (const index of [0, 17, 36]) {
    const proof = await registry.eventProof(owner, ofBranch(`M${index}`));
    assert.equal(proof.batch.leaves, 37);
    assert.equal(provenBy(house, proof).key, `M${index}`);
  }
  const kept = await row<{ count: number }>(
    house.database,
    "select count(*)::int as count from trust.log_leaf where kind like 'registry.%' and hashes is not null",
  );
  assert.equal(kept.count, 0);
});

/** Lays hands on the version of a record. */
const hands: [string, (key: string, database: Database) => Promise<unknown>][] = [
  ["a value", (key, on) => on.run(sql`update registry.branch_version set seats = 400 where code = ${key}`)],
  ["who did it", (key, on) => on.run(sql`update registry.branch_version set actor = 'system:tax/desk' where code = ${key}`)],
  [
    "the batch",
    (key, on) =>
      on.run(sql`delete from registry.batch where id = (select batch from registry.branch_version where code = ${key})`),
  ],
  [
    "a value, its leaf and the root, so that they agree with one another",
    async (key, on) => {
      const register = compileRegister(writing.registry.registers().find((one) => one.register === "branch")!);
      await on.run(sql`update registry.branch_version set seats = 400 where code = ${key}`);
      const [version] = await wholeVersions(on, register, [key]);
      const held = version!.row as { batch: string; leaf: number; salt: string };
      const { hashes } = await row<{ hashes: Buffer }>(on, "select hashes from registry.batch where id = $1", [held.batch]);
      const leaves = leavesIn(hashes);
      // The same content as the server makes, by hand.
      const proof = JSON.parse(contents.get(key)!);
      proof.values.seats = 400;
      leaves[held.leaf] = leafOf(held.salt, JSON.stringify(proof));
      await on.run(
        sql`update registry.batch set hashes = ${Buffer.concat(leaves)}, root = ${treeRoot(leaves)} where id = ${held.batch}`,
      );
      const contented = createVersionContents(register, await wordingsOf(on, "branch"));
      assert.ok(contented.fitting(version!.row, leaves[held.leaf]!), "row, leaf and root agree");
    },
  ],
];
const contents = new Map<string, string>();
for (const [index, [what, layHands]] of hands.entries())
  test(`M-A9 M-0.8: where somebody changed ${what} past the register, no proof is given and the alarm is told`, async () => {
    const { house, registry } = writing;
    const key = `T${index}`;
    await writing.open(key, { town: key, seats: 4 });
    await placeBatches(house);
    const before = await registry.eventProof(owner, ofBranch(key));
    contents.set(key, before.content!);
    await placeBatches(house);
    const faults = await writing.consistent();
    await layHands(key, house.database);
    await assert.rejects(registry.eventProof(owner, ofBranch(key)), { code: "registry.tampered", status: 409 });
    const told = (await writing.events("registry.tampered")).at(-1)!;
    assert.deepEqual([told.register, told.key, told.version, told.batch], ["branch", key, 1, before.batch.id]);
    assert.ok((await writing.consistent()).length > faults.length, "the check of all finds it too");
    // The proof that was taken before stays good.
    assert.equal((provenBy(house, before).values as { seats: number }).seats, 4);
  });

test("M-A21: the person takes a proof of a read, nobody else does; a body takes one of its own reads under a ground that audits", async () => {
  const { house, registry, ask } = reading;
  const pin = await reading.citizen();
  const others = Array.from({ length: 6 }, () => ask(body("tax"), reading.newPin(), { case: "c-2" }));
  await Promise.all([ask(body("tax"), pin, { case: "c-1" }), ...others]);
  await ask(body("ombudsman"), pin, { ground: "supervision" });
  const [own, read] = (await reading.readsOf(pin)) as [ReadEntry, ReadEntry];
  await assert.rejects(registry.readProof(person(pin), { id: read.id }), { code: "registry.not-witnessed" });
  await placeBatches(house);
  const proof = await registry.readProof(person(pin), { id: read.id });
  assert.ok(proof.batch.leaves > 1, "read in one statement with others");
  const { at: _, id, key, fields, ground, case: of, reader } = provenBy(house, proof);
  assert.deepEqual([id, key, fields, ground, of, reader], [read.id, pin, ["surname"], "tax", "c-1", "system:tax/desk"]);
  await assert.rejects(registry.readProof(person(reading.newPin()), { id: read.id }), { code: "registry.not-found" });
  await assert.rejects(registry.readProof(body("tax"), { id: read.id }), { code: "registry.not-found" });
  await assert.rejects(registry.readProof(person(pin), { id: "x" }), { code: "registry.not-found" });
  const audited = { subject: pin, ground: "supervision" };
  assert.equal(provenBy(house, await registry.readProof(body("ombudsman"), { id: own.id, ...audited })).id, own.id);
  assert.equal((await reading.readsOf(pin))[0]!.register, "read_entry");
  await assert.rejects(registry.readProof(body("ombudsman"), { id: read.id, ...audited }), { code: "registry.not-found" });
  await assert.rejects(registry.readProof(body("tax"), { id: read.id, subject: pin, ground: "tax" }), {
    code: "registry.no-ground",
  });
  await house.database.run(sql`update registry.read_entry set ground = 'own' where id = ${read.id}::uuid`);
  await assert.rejects(registry.readProof(person(pin), { id: read.id }), { code: "registry.tampered" });
  assert.deepEqual(
    (await reading.events("registry.tampered")).map((event) => event.read),
    [read.id],
  );
});

test("M-A9: after a field was renamed, one widened and one dropped, earlier versions are still what was logged", async () => {
  const { house, registry } = writing;
  const { database, clock } = house;
  const key = "R1";
  await writing.open(key, { town: key, seats: 7, opened_on: "2019-03-01" });
  clock.advance(1000);
  const before = registry.registers().find((one) => one.register === "branch")!;
  const { town, seats, opened_on: _, ...fields } = before.fields;
  const renaming = (list: string[]) => list.filter((one) => one !== "opened_on").map((one) => (one === "town" ? "city" : one));
  const after: RegisterDeclaration = {
    ...before,
    fields: { ...fields, city: { ...town!, was: "town" }, seats: { type: "decimal", class: "public", title: seats!.title } },
    events: Object.fromEntries(
      Object.entries(before.events).map(([name, event]) => [name, { ...event, sets: renaming(event.sets) }]),
    ),
    search: { by_town: { ...before.search.by_town!, exact: ["city"] } },
    unique: {},
  };
  const texts = createTexts();
  addLocales(texts, "registry", new URL("../locales/", import.meta.url));
  const plan = await makePlan(database, { registers: [after] });
  const accept = [{ at: "branch.opened_on", reason: "Not kept since the new order" }];
  const text = planText(plan!, { registers: [after], texts, language: "en" }).replace(
    /^accept: \[\]$/m,
    `accept: ${JSON.stringify(accept)}`,
  );
  await applyPlan(database, { registers: [after], text, at: clock.now(), today: "2026-11-22", by: "operator" });
  const register = compileRegister(after);
  const [version] = await wholeVersions(database, register, [key]);
  const found = createVersionContents(register, await wordingsOf(database, "branch")).fitting(version!.row, version!.hashes!);
  assert.deepEqual(JSON.parse(found!.content).values, {
    code: key,
    name: JSON.parse(found!.content).values.name,
    opened_on: "2019-03-01",
    seats: 7,
    town: key,
  });
  assert.deepEqual(found!.dropped, ["opened_on"]);
  const leafFaults = async () =>
    (await checkRegister(database, register, "2026-11-22")).faults.filter(({ what, at }) => what === "leaf" && at === key);
  assert.deepEqual(await leafFaults(), []);
  await database.run(sql`update registry.branch_version set city = 'Башка' where code = ${key}`);
  assert.equal((await leafFaults()).length, 1);
});
