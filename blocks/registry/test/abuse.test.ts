import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { body, openReadingPlace, person, type ReadingPlace } from "./reading-place.ts";

let place: ReadingPlace;
before(async () => {
  place = await openReadingPlace();
});
after(() => place?.house.close());

const denied = { code: "registry.no-ground" };

test("abuse 17: an official of one body reads nothing on the ground of another, whatever the post", async () => {
  const pin = await place.citizen();
  for (const post of ["head", "tax", "registrar"]) {
    const official: Actor = { kind: "official", body: "museum", post, person: "o-1" };
    await assert.rejects(place.ask(official, pin), denied);
    await assert.rejects(place.ask(official, pin, { ground: "own" }), denied, "a person's own ground is no official's");
  }
  await assert.rejects(place.ask(person(pin), pin), denied, "nor is a ground of officials a person's");
});

test("abuse 17: broken glass without a reason opens nothing and alarms nobody; with one it does both", async () => {
  const pin = await place.citizen();
  const medic = body("ambulance");
  const open = (reason?: string) =>
    place.ask(medic, pin, { ground: "ambulance", fields: ["surname"], ...(reason && { reason }) });
  const alarms = async () => (await place.events("registry.glass-broken")).length;
  const before = await alarms();
  for (const reason of [undefined, "", "-", "urgent", " ".repeat(40)])
    await assert.rejects(open(reason), { code: "registry.reason-needed" });
  assert.equal(await alarms(), before);
  assert.ok(await open("A man found unconscious on the road"));
  assert.equal(await alarms(), before + 1);
});

test("abuse 14: whoever acts by a mandate for one service or case opens no register, and by one for all only what the other may open", async () => {
  const [pin, other] = [await place.citizen(), await place.citizen()];
  const behalf = { mandate: "m", kind: "power-of-attorney", of: "person" as const, subject: pin };
  const acting = (more: object = {}): Actor => ({ kind: "person", pin: other, behalf: { ...behalf, ...more } });
  const own = (actor: Actor, key: string) => place.ask(actor, key, { ground: "own" });
  assert.ok(await own(acting(), pin));
  assert.equal(await own(acting(), other), undefined, "what is his own he opens in his own name");
  for (const only of [{ service: "one" }, { case: "c" }]) await assert.rejects(own(acting({ only }), pin), denied);
  await assert.rejects(place.registry.readsAbout(acting({ only: { service: "one" } }), { pin }), { code: "registry.not-found" });
  const [read] = (await place.registry.readsAbout(person(pin), { pin })).rows;
  assert.equal(read?.reader.kind === "person" && read.reader.pin, other, "the record of the read says who acted");
  assert.deepEqual(read?.reader.kind === "person" && read.reader.behalf, behalf, "and for whom, by which mandate");
});
