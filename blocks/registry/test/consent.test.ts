import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { openReadingPlace, person, type ReadingPlace } from "./reading-place.ts";

let place: ReadingPlace;
before(async () => {
  place = await openReadingPlace();
});
after(() => place?.house.close());

const system = (body: string, name: string): Actor => ({ kind: "system", body, name });
const blood = (actor: Actor, pin: string) => place.ask(actor, pin, { fields: ["blood"], ground: "clinic" });
const citizen = () => place.citizen({ blood: "A+" });

test("M-A21: a system asks, the person agrees in the cabinet, the system reads; taken back, the next read is refused", async () => {
  const pin = await citizen();
  const intake = system("clinic", "intake");
  const { id, state } = await place.registry.askConsent(intake, { subject: pin, ground: "clinic", until: "2027-01-01" });
  assert.equal(state, "open");
  await assert.rejects(blood(intake, pin), { code: "registry.no-consent" });
  const [seen] = await place.registry.consentRequests(person(pin));
  assert.deepEqual([seen?.id, seen?.reader, seen?.system, seen?.until], [id, "clinic", "intake", "2027-01-01"]);
  await place.registry.answerConsent(person(pin), { id, agree: true });
  assert.equal((await place.registry.consentRequest(intake, id)).state, "agreed");
  assert.equal((await blood(intake, pin))?.values.blood, "A+");
  assert.equal((await place.events("registry.consent-given")).at(-1)?.subject, pin);

  const [given] = await place.registry.consents(person(pin));
  await place.registry.withdrawConsent(person(pin), { id: given!.id });
  await assert.rejects(blood(intake, pin), { code: "registry.no-consent" });
  assert.equal((await place.registry.consentRequest(intake, id)).state, "withdrawn");
  assert.deepEqual(
    (await place.registry.consents(person(pin))).map(({ withdrawnAt }) => withdrawnAt !== null),
    [true],
  );
});

test("M-A21: a consent is for the system that asked: another system of the same body, and its officials, read nothing by it", async () => {
  const pin = await citizen();
  const { id } = await place.registry.askConsent(system("clinic", "intake"), { subject: pin, ground: "clinic" });
  await place.registry.answerConsent(person(pin), { id, agree: true });
  assert.ok(await blood(system("clinic", "intake"), pin));
  const official: Actor = { kind: "official", body: "clinic", post: "intake", person: "o-1" };
  for (const other of [system("clinic", "research"), system("pharmacy", "intake"), official])
    await assert.rejects(blood(other, pin), { code: "registry.no-consent" });
  const history = { register: "citizen", key: pin, fields: ["blood"], ground: "clinic" };
  assert.equal((await place.registry.history(system("clinic", "intake"), history)).length, 1);
  assert.equal((await place.registry.history(system("clinic", "research"), history)).length, 0);
  const search = { register: "citizen", condition: "by_region", values: { region: "Ош" }, fields: ["blood"], ground: "clinic" };
  const keys = async (actor: Actor) => (await place.registry.search(actor, search)).rows.map((row) => row.key);
  assert.ok((await keys(system("clinic", "intake"))).includes(pin));
  assert.ok(!(await keys(system("clinic", "research"))).includes(pin));
  // Given by the person himself to the body, it is for all that the body is.
  await place.registry.giveConsent(person(pin), { ground: "clinic", reader: "clinic" });
  assert.ok(await blood(official, pin));
});

test("M-A21: a consent ends on its day, and a request for a past day is refused", async () => {
  const pin = await citizen();
  const intake = system("clinic", "intake");
  const { id } = await place.registry.askConsent(intake, { subject: pin, ground: "clinic", until: "2026-11-24" });
  await place.registry.answerConsent(person(pin), { id, agree: true });
  assert.ok(await blood(intake, pin));
  place.house.clock.advance(2 * 86_400_000);
  await assert.rejects(blood(intake, pin), { code: "registry.no-consent" });
  assert.equal((await place.registry.consentRequest(intake, id)).state, "over");
  await assert.rejects(place.registry.askConsent(intake, { subject: pin, ground: "clinic", until: "2026-11-24" }), {
    code: "registry.wrong-value",
  });
});

test("M-A21: who declines lets nobody read; the answer is given once, also by two windows at once", async () => {
  const pin = await citizen();
  const intake = system("clinic", "intake");
  const { id } = await place.registry.askConsent(intake, { subject: pin, ground: "clinic" });
  assert.equal(
    (await place.registry.askConsent(intake, { subject: pin, ground: "clinic" })).id,
    id,
    "asked twice it is one request",
  );
  await place.registry.answerConsent(person(pin), { id, agree: false });
  assert.equal((await place.registry.consentRequest(intake, id)).state, "declined");
  await assert.rejects(blood(intake, pin), { code: "registry.no-consent" });
  const again = await place.registry.askConsent(intake, { subject: pin, ground: "clinic" });
  const answers = await Promise.allSettled(
    [true, true, false, true].map((agree) => place.registry.answerConsent(person(pin), { id: again.id, agree })),
  );
  assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 1);
  assert.ok((await place.registry.consents(person(pin))).length <= 1);
});

test("abuse 16: a request and a consent of another are not found, by a person or by another system", async () => {
  const [pin, other] = [await citizen(), await citizen()];
  const intake = system("clinic", "intake");
  const { id } = await place.registry.askConsent(intake, { subject: pin, ground: "clinic" });
  const missing = { code: "registry.not-found" };
  for (const actor of [person(other), system("clinic", "research"), system("pharmacy", "intake")])
    await assert.rejects(place.registry.consentRequest(actor, id), missing);
  await assert.rejects(place.registry.answerConsent(person(other), { id, agree: true }), missing);
  await place.registry.answerConsent(person(pin), { id, agree: true });
  const [given] = await place.registry.consents(person(pin));
  await assert.rejects(place.registry.withdrawConsent(person(other), { id: given!.id }), missing);
  for (const wrong of ["", "'; --", "019ab3f0-0000-7000-8000-000000000001"])
    await assert.rejects(place.registry.consentRequest(intake, wrong), missing);
});

test("M-A21: nobody agrees for another by a paper; a parent does for a child", async () => {
  const [pin, holder] = [await citizen(), await citizen()];
  const behalf = { mandate: "m", of: "person" as const, subject: pin };
  const attorney: Actor = { kind: "person", pin: holder, behalf: { ...behalf, kind: "power-of-attorney" } };
  const parent: Actor = { kind: "person", pin: holder, behalf: { ...behalf, kind: "parent" } };
  await assert.rejects(place.registry.giveConsent(attorney, { ground: "clinic", reader: "clinic" }), {
    code: "registry.not-found",
  });
  await assert.rejects(place.registry.consents(attorney), { code: "registry.not-found" });
  await place.registry.giveConsent(parent, { ground: "clinic", reader: "clinic" });
  assert.ok(await blood(system("clinic", "intake"), pin));
});

test("M-A21: consent opens only a ground that asks for it, to a reader that it names", async () => {
  const pin = await citizen();
  for (const [ground, reader] of [
    ["tax", "tax"],
    ["clinic", "bank"],
    ["nowhere", "clinic"],
  ] as const)
    await assert.rejects(place.registry.giveConsent(person(pin), { ground, reader }), { code: "registry.no-ground" });
  const outsider = system("bank", "desk");
  await assert.rejects(place.registry.askConsent(outsider, { subject: pin, ground: "clinic" }), { code: "registry.no-ground" });
});

test("M-A21: that a number is nobody's is not told: it is asked like any other", async () => {
  const asked = await place.registry.askConsent(system("clinic", "intake"), { subject: "10000000000000", ground: "clinic" });
  assert.equal(asked.state, "open");
});
