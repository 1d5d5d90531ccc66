import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { checkProof, type TrustDoor } from "@kerege/trust";
import { checkWhole } from "../consistency-reads.ts";
import type { Values } from "../declaration.ts";
import type { RegistryDoor } from "../door.ts";
import { placeBatches } from "./place-batches.ts";
import { body, openReadingPlace, person, type ReadingPlace } from "./reading-place.ts";

let place: ReadingPlace;
let registry: RegistryDoor;
before(async () => {
  place = await openReadingPlace();
  registry = place.registry;
});
after(() => place.house.close());

/** A marriage of two people. */
async function wedding(values: Values = {}) {
  const [husband, wife] = [await place.citizen(), await place.citizen()];
  const key = `U${randomUUID().slice(0, 8)}`;
  const all = { husband, wife, place: key, ...values };
  await place.put("office", { register: "union", event: "wedding", key, values: all });
  return { key, husband, wife };
}
const about = (actor: Actor, key: string, more: object = {}) =>
  registry.read(actor, { register: "union", key, fields: ["place"], ground: "tax", ...more });
const seenBy = async (pin: string) => (await place.readsOf(pin)).filter((entry) => entry.register === "union");

test("M-A21: husband and wife both see who read the act of their marriage, by its number, by a search, through its history", async () => {
  const { key, husband, wife } = await wedding();
  await about(body("tax"), key);
  await about(body("tax"), key, { trueOn: "2021-01-01" });
  await registry.search(body("tax"), {
    register: "union",
    condition: "by_place",
    values: { place: key },
    fields: ["husband"],
    ground: "tax",
  });
  await registry.history(body("tax"), { register: "union", key, fields: ["place"], ground: "tax" });
  for (const pin of [husband, wife])
    assert.deepEqual(
      (await seenBy(pin)).map((entry) => [entry.ground, entry.fields, entry.found]),
      [
        ["tax", ["place"], true],
        ["tax", ["husband"], true],
        ["tax", ["place"], true],
        ["tax", ["place"], true],
      ],
    );
  assert.deepEqual(
    (await seenBy(husband)).map((entry) => entry.id),
    (await seenBy(wife)).map((entry) => entry.id),
    "one read, shown to each",
  );
});

test("each reads the act of the marriage as his own, so does a parent of either while under age, and nobody else", async () => {
  const mother = await place.citizen();
  const bride = await place.citizen({ mother, born_on: "2012-01-01" });
  const { key, husband } = await wedding({ wife: bride });
  const own = (pin: string) => about(person(pin), key, { ground: "own" });
  for (const pin of [husband, bride, mother]) assert.ok(await own(pin), pin);
  assert.equal(await own(await place.citizen()), undefined);
  assert.equal(await own(await place.citizen({ mother })), undefined);
});

test("M-0.7: where consent is demanded each who is named must have agreed, and one withdrawn stops the next read", async () => {
  const { key, husband, wife } = await wedding();
  const read = () => about(body("clinic"), key, { ground: "clinic" });
  const give = (pin: string) => registry.giveConsent(person(pin), { ground: "clinic", reader: "clinic" });
  await assert.rejects(read(), { code: "registry.no-consent" });
  const { id } = await give(husband);
  await assert.rejects(read(), { code: "registry.no-consent" });
  await give(wife);
  assert.ok(await read());
  await registry.withdrawConsent(person(husband), { id });
  await assert.rejects(read(), { code: "registry.no-consent" });
  // Of one who stands alone in the act, his own is enough; where nobody is named nobody has agreed.
  const alone = await wedding({ wife: null });
  await give(alone.husband);
  assert.ok(await about(body("clinic"), alone.key, { ground: "clinic" }));
  const nobody = await wedding({ wife: null, husband: null });
  await assert.rejects(about(body("clinic"), nobody.key, { ground: "clinic" }), { code: "registry.no-consent" });
});

test("where the law lets one speak for all, the consent of one of them is enough", async () => {
  const { key, wife } = await wedding();
  const read = () => about(body("benefits"), key, { ground: "benefits" });
  await assert.rejects(read(), { code: "registry.no-consent" });
  await registry.giveConsent(person(wife), { ground: "benefits", reader: "benefits" });
  assert.ok(await read());
});

test("M-A21: broken glass tells of each, and each sees the reason at once; so does history under a ground for danger", async () => {
  const { key, husband, wife } = await wedding();
  const because = "Nobody opens the door, a fire in the house";
  const under = { register: "union", key, fields: ["place"], ground: "ambulance" };
  await assert.rejects(registry.history(body("ambulance"), under), { code: "registry.reason-needed" });
  await about(body("ambulance"), key, { ground: "ambulance", reason: because });
  await registry.history(body("ambulance"), { ...under, reason: because });
  await registry.search(body("ambulance"), { ...under, condition: "by_place", values: { place: key }, reason: because });
  const told = (await place.events("registry.glass-broken")).filter((event) => String(event.keys).includes(key));
  assert.deepEqual(
    told.map((event) => [event.owner, (event.subjects as string[]).sort(), event.reason]),
    [1, 2, 3].map(() => ["office", [husband, wife].sort(), because]),
  );
  for (const pin of [husband, wife])
    assert.deepEqual(
      (await seenBy(pin)).map((entry) => entry.reason),
      [because, because, because],
    );
});

test("M-A11: a contest may come from either, and a value put right is told to both and to whoever read it, once for each read", async () => {
  const { key, husband, wife } = await wedding({ place: "Ош" });
  await about(body("tax"), key);
  const contest = { register: "union", key, field: "place", claimed: "Талас", reason: "Биз Таласта үйлөндүк" };
  await registry.contest(person(wife), contest);
  await registry.contest(person(husband), contest);
  await assert.rejects(registry.contest(person(husband), contest), { code: "registry.contested-already" });
  await assert.rejects(registry.contest(person(await place.citizen()), contest), { code: "registry.not-found" });
  const act = randomUUID();
  await registry.record(body("office"), {
    register: "union",
    event: "correction",
    key,
    values: { place: "Талас" },
    act,
    document: "Form 2",
    validFrom: "2020-01-01",
  });
  await place.house.jobs.drain();
  const [corrected] = (await place.events("registry.record-corrected")).filter((event) => event.act === act);
  assert.deepEqual((corrected!.subjects as string[]).sort(), [husband, wife].sort());
  const affected = await registry.affected(body("office"), { register: "union", key, act });
  assert.deepEqual(
    affected.map((use) => [use.body, use.reads]),
    [["tax", 1]],
  );
});

test("M-A9: one read of an act of two is one leaf, which proves it to each of them", async () => {
  const { key, husband, wife } = await wedding();
  await about(body("tax"), key);
  const [entry] = await seenBy(husband);
  await placeBatches(place.house);
  const contents = [];
  for (const pin of [husband, wife]) {
    const proof = await registry.readProof(person(pin), { id: entry!.id });
    const verdict = checkProof(JSON.stringify(proof), (place.house.doors.trust as TrustDoor).anchors(), place.house.clock.now());
    assert.ok(verdict.valid, JSON.stringify(verdict));
    contents.push(verdict.content);
  }
  assert.equal(contents[0], contents[1]);
  await assert.rejects(registry.readProof(person(await place.citizen()), { id: entry!.id }), { code: "registry.not-found" });
  const { faults, reads } = await checkWhole(place.house.database, { registers: registry.registers(), today: "2026-11-22" });
  assert.deepEqual(faults, []);
  assert.ok(reads > 10);
  await place.house.database.run(
    sql`delete from registry.read_entry where subject in (${husband}, ${wife}) and id = ${entry!.id}::uuid`,
  );
  const broken = await checkWhole(place.house.database, { registers: registry.registers(), today: "2026-11-22" });
  assert.deepEqual(
    broken.faults.map((fault) => fault.what),
    ["batch-leaves"],
  );
});
