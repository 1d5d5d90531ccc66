import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import type { RegistryDoor } from "../door.ts";
import { body, openReadingPlace, person, type ReadingPlace } from "./reading-place.ts";

let place: ReadingPlace;
let registry: RegistryDoor;
before(async () => {
  place = await openReadingPlace();
  registry = place.registry;
});
after(() => place.house.close());

const official = (code: string, who: string): Actor => ({ kind: "official", body: code, post: "desk-1", person: who });
const because = "Unconscious after an accident on the road";
const breakGlass = (register: string, key: string, fields: string[]) =>
  registry.read(official("ambulance", "o-1"), { register, key, fields, ground: "ambulance", reason: because });

test("M-A21: supervision sees the alarms of every body, without whom they are about until it opens one; that look is written", async () => {
  const [first, second] = [await place.citizen({ blood: "I" }), await place.citizen({ blood: "II" })];
  await breakGlass("citizen", first, ["blood"]);
  await breakGlass("citizen", second, ["blood"]);
  const ombudsman = official("ombudsman", "o-50");
  const { rows } = await registry.supervisedAlarms(ombudsman, { acknowledged: false });
  assert.equal(rows.length, 2);
  for (const row of rows) assert.deepEqual([row.owner, row.kind, row.keys, row.reason], ["office", "glass-broken", [], null]);
  const before = await place.readsOf(second);
  const opened = await registry.supervisedAlarm(ombudsman, { owner: "office", id: rows[0]!.id });
  assert.deepEqual([opened.keys, opened.reason], [[second], because]);
  const [look, ...rest] = await place.readsOf(second);
  assert.deepEqual(rest, before);
  assert.deepEqual([look!.reader, look!.register, look!.ground], [ombudsman, "read_entry", "supervision"]);

  const [one] = (await registry.alarms(body("office"), { acknowledged: false })).rows;
  await registry.acknowledgeAlarm(official("office", "o-3"), { id: one!.id, remark: "It was so" });
  const [office] = await registry.supervisedBodies(ombudsman);
  assert.deepEqual([office!.owner, office!.waiting, office!.lookedAt, office!.oldestAt], ["office", 1, 1, rows[1]!.at]);
  const looked = await registry.supervisedAlarms(ombudsman, { acknowledged: true });
  assert.deepEqual(
    looked.rows.map((alarm) => alarm.acknowledged?.remark),
    ["It was so"],
  );
  const page = await registry.supervisedAlarms(ombudsman, { acknowledged: false, owner: "traffic" });
  assert.deepEqual(page.rows, []);
});

test("M-0.7: nobody else sees the alarms of all bodies: no owner of a register, no person, no body that only reads", async () => {
  const pin = await place.citizen({ blood: "III" });
  await breakGlass("citizen", pin, ["blood"]);
  const id = (await registry.alarms(body("office"), { acknowledged: false })).rows[0]!.id;
  for (const actor of [official("office", "o-3"), official("ambulance", "o-1"), body("tax"), person(pin)]) {
    await assert.rejects(registry.supervisedAlarms(actor, { acknowledged: false }), { code: "registry.no-ground" });
    await assert.rejects(registry.supervisedBodies(actor), { code: "registry.no-ground" });
    await assert.rejects(registry.supervisedAlarm(actor, { owner: "office", id }), { code: "registry.no-ground" });
  }
  const ombudsman = official("ombudsman", "o-50");
  for (const given of [
    { owner: "traffic", id },
    { owner: "office", id: "nonsense" },
  ])
    await assert.rejects(registry.supervisedAlarm(ombudsman, given), { code: "registry.not-found" });
});
