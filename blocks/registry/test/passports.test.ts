import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { readDeclarations } from "@kerege/kernel/house";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import trust from "@kerege/trust/block";
import registryBlock from "../block.ts";
import type { RegisterDeclaration } from "../declaration.ts";
import type { RegistryDoor } from "../door.ts";
import { makePin } from "../pin.ts";
import { hashOf } from "../plan.ts";
import { createPassports, type PassportsDeclaration } from "../register-of-registers.ts";

const root = fileURLToPath(new URL("./fixture-passports/", import.meta.url));
const blocks = [trust, reference, registryBlock];
const anyone: Actor = { kind: "system", body: "", name: "anyone" };
let house: TestHouse;
let registry: RegistryDoor;

before(async () => {
  house = await openTestHouse(blocks, { root, country: "fixture" });
  registry = house.doors.registry as RegistryDoor;
});
after(() => house.close());

const start = async () => {
  for (const { opened } of house.opened) await opened.prepare?.(() => {});
};
const passport = (key: string) =>
  registry.read(anyone, {
    ...{ register: "passport", key, ground: "boats-open" },
    fields: ["title", "law", "access", "owner", "openness", "personal", "records", "print"],
  });
const versions = async () => [(await passport("boat"))?.version, (await passport("passport"))?.version];

test("M-A9: every declared register has its passport after the start, read by anybody: owner, law, access order", async () => {
  await start();
  const boat = (await passport("boat"))!;
  const { title_ru, law_ru, law_en, owner, openness, personal, records, print, access_ru } = boat.values;
  assert.deepEqual([title_ru, law_ru, law_en], ["Лодки", "Правила, статья 3", "Rules, article 3"]);
  assert.deepEqual([owner, openness, personal, records], ["harbour", "partly", true, 0]);
  assert.equal(access_ru, "Открыто всем: все (Правила, статья 4)");
  assert.equal(print, hashOf(registry.registers().find(({ register }) => register === "boat")));
  const own = (await passport("passport"))!;
  assert.deepEqual([own.values.openness, own.values.personal], ["open", false]);
});

test("M-A9: records are counted after the start, and an event is recorded only where something changed", async () => {
  await house.jobs.drain();
  assert.deepEqual([(await passport("boat"))!.values.records, (await passport("passport"))!.values.records], [0, 2]);
  const before = await versions();
  await start();
  await house.jobs.drain();
  assert.deepEqual(await versions(), before, "nothing changed");
  const harbour: Actor = { kind: "system", body: "harbour", name: "desk" };
  const pin =
    makePin({ sex: "f", bornOn: "1990-05-12", serial: 1003 }) ?? makePin({ sex: "f", bornOn: "1990-05-12", serial: 1004 })!;
  await registry.record(harbour, {
    ...{ register: "boat", event: "entry", act: randomUUID(), key: "B1", values: { name: "Ак кайык", owner: pin } },
    ...{ validFrom: "2026-01-01", document: "Form 1" },
  });
  await start();
  assert.equal((await passport("boat"))!.values.records, 0, "a start does not count");
  await house.jobs.drain();
  assert.equal((await passport("boat"))!.values.records, 1);
  assert.deepEqual(await versions(), [before[0]! + 1, before[1]]);
});

test("M-A9: a register that is declared no more is closed, and opened again when it comes back; two at once do it once", async () => {
  const [declared] = house.packs.files<PassportsDeclaration>("register-of-registers");
  const means = { database: house.database, clock: house.clock, texts: house.texts, country: house.country } as unknown as Means;
  const over = (registers: RegisterDeclaration[]) =>
    createPassports(means, {
      ...{ passports: declared!.value, registers, grounds: registry.grounds(), agreements: [] },
      ...{ bodyName: () => undefined, door: registry },
    });
  const all = registry.registers();
  const without = over(all.filter(({ register }) => register !== "boat"));
  assert.equal(await without.refresh(), 1);
  assert.equal((await passport("boat"))?.state, "closed");
  assert.equal(await without.refresh(), 0);
  const before = (await passport("boat"))!.version;
  await Promise.all([over(all).refresh(), over(all).refresh()]);
  const again = (await passport("boat"))!;
  assert.deepEqual([again.state, again.version], ["kept", before + 1]);
});

test("faults of the register of registers are told with their place and in four languages", () => {
  const { faults, texts } = readDeclarations(blocks, { root, country: "faulty" });
  const told = faults
    .filter(({ file }) => file.endsWith("register-of-registers.yaml"))
    .map(({ line, column, code }) => `${line}:${column} ${code.split(".").pop()}`);
  assert.deepEqual(
    told.sort(),
    [
      "2:11 nothing-creates",
      "2:11 passport-not-set",
      "2:26 unknown-event",
      "4:3 passport-not-of-type",
      "5:3 unknown-field",
      "6:3 passport-not-of-type",
      "2:11 passport-not-set",
      "2:11 passport-not-set",
    ].sort(),
  );
  for (const { code, params } of faults)
    for (const language of ["ky", "ru", "kk", "en"] as const)
      assert.notEqual(texts.translate(language, `${code}.message`, params), `${code}.message`);
});
