import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
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

const official = (code: string, who: string, post = "desk-1"): Actor => ({ kind: "official", body: code, post, person: who });
const because = "Unconscious after an accident on the road";
const waiting = async (owner: string) => (await registry.alarms(body(owner), { acknowledged: false })).rows;
const about = (key: string) => ({ register: "citizen", key, fields: ["blood"], ground: "ambulance", reason: because });

test("M-A21: broken glass stands at the desk of the owner with who, what, why and which record, and the person sees it at once", async () => {
  const pin = await place.citizen({ blood: "II" });
  const dispatcher = official("ambulance", "o-1");
  await registry.read(dispatcher, about(pin));
  await registry.history(dispatcher, about(pin));
  const [second, first] = await waiting("office");
  for (const one of [first!, second!])
    assert.deepEqual(
      [one.kind, one.reader, one.register, one.keys, one.ground, one.reason, one.acknowledged],
      ["glass-broken", dispatcher, "citizen", [pin], "ambulance", because, null],
    );
  assert.deepEqual(
    (await place.readsOf(pin)).map((entry) => entry.reason),
    [because, because],
  );
  assert.deepEqual(await waiting("traffic"), [], "another body's registers are not its business");
  await assert.rejects(registry.alarms(person(pin), { acknowledged: false }), { code: "registry.not-found" });
});

test("four eyes: whoever raised an alarm cannot say it was in order, under whatever post; another official can, once, with a remark", async () => {
  const pin = await place.citizen({ blood: "III" });
  await registry.read(official("ambulance", "o-7"), about(pin));
  const [alarm] = await waiting("office");
  const looks = (actor: Actor, remark = "The ambulance was there") => registry.acknowledgeAlarm(actor, { id: alarm!.id, remark });
  await assert.rejects(looks(official("office", "o-7", "desk-9")), { code: "registry.own-alarm" });
  await assert.rejects(looks(official("ambulance", "o-2")), { code: "registry.not-found" });
  await assert.rejects(looks(body("office")), { code: "registry.not-found" }, "a program has no eyes");
  await assert.rejects(looks(person(pin)), { code: "registry.not-found" });
  await assert.rejects(looks(official("office", "o-3"), "  "), { code: "registry.wrong-value" });
  await assert.rejects(looks(official("office", "o-3"), "x".repeat(2001)), { code: "registry.wrong-value" });
  const open = await registry.openAlarms(body("office"));
  const both = await Promise.allSettled([looks(official("office", "o-3")), looks(official("office", "o-4"))]);
  assert.deepEqual(both.map((result) => result.status).sort(), ["fulfilled", "rejected"], "of two at once one is told");
  assert.equal(await registry.openAlarms(body("office")), open - 1);
  const done = await registry.readAlarm(body("office"), { id: alarm!.id });
  assert.equal(done.acknowledged?.remark, "The ambulance was there");
  const [seen] = (await registry.alarms(body("office"), { acknowledged: true })).rows;
  assert.deepEqual(seen, done);
  const told = await place.events("registry.alarm-acknowledged");
  assert.deepEqual(
    told.map((event) => [event.id, event.by]),
    [[alarm!.id, done.acknowledged?.by]],
  );
  await assert.rejects(registry.readAlarm(body("traffic"), { id: alarm!.id }), { code: "registry.not-found" });
  await assert.rejects(registry.readAlarm(body("office"), { id: "' or 1=1 --" }), { code: "registry.not-found" });
});

test("many reads stand there with how many over which bound, and again when they are refused", async () => {
  const pins = await Promise.all(Array.from({ length: 6 }, () => place.citizen()));
  const reader: Actor = { kind: "system", body: "statistics", name: "many" };
  await Promise.allSettled(
    pins.map((key) => registry.read(reader, { register: "citizen", key, fields: ["region"], ground: "statistics" })),
  );
  const raised = (await waiting("office")).filter((one) => one.kind === "bulk-read");
  assert.deepEqual(raised.map((one) => [one.reader, one.reads?.subjects, one.reads?.bound, one.reads?.refused]).reverse(), [
    [reader, 3, 2, false],
    [reader, 5, 4, true],
  ]);
});

test("M-A9: a read that differs from the log stands there once until somebody has looked", async () => {
  const pin = await place.citizen();
  await place.ask(body("tax"), pin);
  const [entry] = await place.readsOf(pin);
  await placeBatches(place.house);
  await place.house.database.run(sql`update registry.read_entry set fields = array['born_on'] where id = ${entry!.id}::uuid`);
  const proof = () => registry.readProof(person(pin), { id: entry!.id });
  await assert.rejects(proof(), { code: "registry.tampered" });
  await assert.rejects(proof(), { code: "registry.tampered" });
  const found = async () => (await waiting("office")).filter((one) => one.kind === "tampered");
  const [alarm, ...more] = await found();
  assert.deepEqual([alarm?.keys, alarm?.differs, more.length], [[pin], { version: null, read: entry!.id }, 0]);
  await registry.acknowledgeAlarm(official("office", "o-5"), { id: alarm!.id, remark: "Handed to the auditors" });
  await assert.rejects(proof(), { code: "registry.tampered" });
  assert.equal((await found()).length, 1);
});

test("alarms are given page by page, newest first, and no mark leads into another body's", async () => {
  const all = await waiting("office");
  const seen = [];
  for (let after: string | undefined; ; ) {
    const page = await registry.alarms(body("office"), { acknowledged: false, limit: 2, ...(after && { after }) });
    seen.push(...page.rows);
    after = page.next;
    if (after === undefined) break;
  }
  assert.deepEqual(seen, all);
  assert.ok(all.length > 3);
  await assert.rejects(registry.alarms(body("office"), { acknowledged: false, after: "x" }), {
    code: "registry.wrong-page-mark",
  });
});
