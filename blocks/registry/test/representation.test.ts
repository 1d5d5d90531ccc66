import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import { readDeclarations } from "@kerege/kernel/house";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import trust from "@kerege/trust/block";
import registryBlock from "../block.ts";
import type { Agreement, Ground } from "../declaration.ts";
import type { RegistryDoor } from "../door.ts";
import { makePin } from "../pin.ts";
import { publishedOf } from "../registers.ts";
import { createRepresentation, type MandateDeclaration } from "../representation.ts";

const fixture = fileURLToPath(new URL("./fixture-reading/", import.meta.url));
let house: TestHouse;
let registry: RegistryDoor;
let today = "2026-11-22";
let represents: ReturnType<typeof createRepresentation>;
const pins = Array.from({ length: 12 }, (_, serial) => makePin({ sex: "f", bornOn: "1990-05-12", serial: serial * 7 })).filter(
  (pin) => pin !== undefined,
);
const [mother, child, stranger] = pins as [string, string, string];
const clerk: Actor = { kind: "system", body: "office", name: "desk" };

const words = "{ ky: Эреже, ru: Правила, kk: Ереже, en: Rules }";
const files = {
  "grounds/acting.yaml": `ground: acting
title: ${words}
law: { act: ${words}, article: "1" }
purpose: ${words}
readers: { bodies: [office] }
reads: { citizen: [pin, surname, given_name, born_on, mother] }
searches: { citizen: [by_mother] }
`,
  "mandates/parent.yaml": `mandate: parent
of: person
body: office
ground: acting
register: citizen
holders: [{ field: mother, search: by_mother }]
until: { field: born_on, years: 18 }
name: [surname, given_name]
`,
};

/** The fixture with a mandate that its register gives. */
function makePlace(): string {
  const place = mkdtempSync(path.join(tmpdir(), "kerege-representation-"));
  cpSync(fixture, place, { recursive: true });
  mkdirSync(path.join(place, "packs", "fixture", "mandates"));
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(place, "packs", "fixture", file), text);
  return place;
}
const place = makePlace();

before(async () => {
  const at = { root: place, country: "fixture", packs: ["fixture"], at: "2026-11-22T06:00:00Z" };
  house = await openTestHouse([trust, reference, registryBlock], at);
  registry = house.doors.registry as RegistryDoor;
  const mandates = house.packs.files<MandateDeclaration>("mandate").map((file) => file.value);
  const published = publishedOf(registry.registers(), registry.grounds() as Ground[], [] as Agreement[]);
  represents = createRepresentation(mandates, { door: registry, published, today: () => today });
  const birth = (key: string, values: Record<string, string>) =>
    registry.record(clerk, {
      ...{ register: "citizen", event: "birth", key, act: randomUUID(), document: "1", validFrom: values.born_on! },
      values: { surname: "Асанова", given_name: "Айжан", ...values },
    });
  await birth(mother, { born_on: "1990-05-12" });
  await birth(stranger, { born_on: "1990-05-12" });
  await birth(child, { born_on: "2012-02-29", given_name: "Нурай", mother });
});
after(async () => {
  await house?.close();
  rmSync(place, { recursive: true, force: true });
});

test("M-A4: a mother acts for her child until it is eighteen, to the day, and nobody else does", async () => {
  const kind = "parent";
  const held = await represents.held(mother);
  assert.deepEqual(
    held.map((one) => [one.kind, one.of, one.subject, one.name.en]),
    [[kind, "person", child, "Асанова Нурай"]],
  );
  assert.deepEqual(await represents.held(stranger), []);
  assert.equal((await represents.holds({ kind, holder: mother, subject: child }))?.subject, child);
  for (const asked of [
    { kind, holder: stranger, subject: child },
    { kind, holder: child, subject: mother },
    { kind, holder: mother, subject: stranger },
    { kind: "director", holder: mother, subject: child },
  ])
    assert.equal(await represents.holds(asked), undefined);
  today = "2030-02-28";
  assert.ok(await represents.holds({ kind, holder: mother, subject: child }));
  today = "2030-03-01";
  assert.equal(await represents.holds({ kind, holder: mother, subject: child }), undefined);
  assert.deepEqual(await represents.held(mother), []);
  today = "2026-11-22";
});

test("M-A4 M-0.7: every look at who acts for whom stands in the list of reads of the one it is about, with its ground", async () => {
  const reads = async () => (await registry.readsAbout({ kind: "person", pin: child }, { pin: child, limit: 100 })).rows;
  const before = (await reads()).length;
  await represents.holds({ kind: "parent", holder: mother, subject: child });
  const [last, ...rest] = await reads();
  assert.equal(rest.length, before);
  assert.deepEqual([last?.ground, last?.reader.kind], ["acting", "system"]);
});

test("M-A4: the check refuses a mandate whose ground does not allow a look that it needs", () => {
  const declared = () =>
    readDeclarations([trust, reference, registryBlock], { root: place, country: "fixture", packs: ["fixture"] });
  const change = (file: keyof typeof files, from: string, to: string) => {
    const text = files[file].replace(from, to);
    assert.notEqual(text, files[file], from);
    writeFileSync(path.join(place, "packs", "fixture", file), text);
  };
  change("mandates/parent.yaml", "name:", "surname:");
  assert.ok(
    declared().faults.some(({ file }) => file.endsWith("mandates/parent.yaml")),
    "a word that is not known",
  );
  writeFileSync(path.join(place, "packs", "fixture", "mandates/parent.yaml"), files["mandates/parent.yaml"]);
  assert.deepEqual(declared().faults, []);
  change("grounds/acting.yaml", "born_on, mother] }\nsearches: { citizen: [by_mother] }", "born_on] }");
  const told = declared().faults.filter(({ code }) => code === "registry.faults.mandate-denied");
  assert.deepEqual(told.map(({ params }) => params?.what).sort(), ["by_mother", "citizen.mother"]);
});
