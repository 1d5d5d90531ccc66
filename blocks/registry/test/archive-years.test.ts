import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { appendFileSync, readdirSync, renameSync, truncateSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { silentLog } from "@kerege/kernel/log";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import { checkProof, type TrustDoor } from "@kerege/trust";
import trust from "@kerege/trust/block";
import { archiveFolder, createArchive } from "../archive.ts";
import { checkArchive } from "../archive-check.ts";
import registryBlock from "../block.ts";
import { checkChains, checkRegister } from "../consistency.ts";
import type { ReadEntry, RegistryDoor } from "../door.ts";
import { makePin } from "../pin.ts";
import { compileRegister } from "../store-sql.ts";
import { placeBatches } from "./place-batches.ts";

const root = fileURLToPath(new URL("./fixture/", import.meta.url));
const owner: Actor = { kind: "system", body: "library", name: "desk" };
const pin = makePin({ sex: "f", bornOn: "1991-05-12", serial: 700 })!;
const person: Actor = { kind: "person", pin };
let house: TestHouse;
let registry: RegistryDoor;
let folder: string;
let made: ReadEntry[] = [];

const means = () => ({
  database: house.database,
  clock: house.clock,
  jobs: { ...house.jobs, perform() {} },
  log: silentLog,
  dataFolder: path.join(house.dataFolder, "registry"),
});
const archiveNow = async () => {
  const archive = createArchive(means(), { monthsKept: 3 });
  (await archive.begin())();
  return archive.archive();
};
const all = async () => (await registry.readsAbout(person, { pin, limit: 100 })).rows;
const read = (of: string, knownAt?: Date) =>
  registry.read(owner, {
    register: "reader",
    key: pin,
    fields: ["street"],
    ground: "lending",
    case: of,
    ...(knownAt && { knownAt, trueOn: "2024-10-21" }),
  });

before(async () => {
  house = await openTestHouse([trust, reference, registryBlock], {
    root,
    country: "fixture",
    packs: ["fixture"],
    at: "2024-10-20T06:00:00Z",
  });
  registry = house.doors.registry as RegistryDoor;
  folder = archiveFolder(path.join(house.dataFolder, "registry"));
  const record = (event: string, values: Record<string, string>) =>
    registry.record(owner, {
      register: "reader",
      event,
      act: randomUUID(),
      key: pin,
      values,
      validFrom: event === "enrolment" ? "2020-01-01" : "2025-03-01",
      document: "Form 1",
    });
  await record("enrolment", { surname: "Асанова", street: "Достук", since: "2020-01-01" });
  await read("two years ago");
  house.clock.set("2025-03-20T06:00:00Z");
  await archiveNow();
  await record("move", { street: "Эркиндик" });
  await read("a year ago");
  house.clock.set("2026-11-20T06:00:00Z");
  await archiveNow();
  await read("now");
  made = await all();
  await placeBatches(house);
  await archiveNow();
});
after(() => house.close());

test("M-A21: two years later the months of reads are out of the database, and a person still sees who read", async () => {
  const held = await house.database.rows<{ case: string }>(sql`select case_id as "case" from registry.read_entry order by at`);
  assert.deepEqual(
    held.map((row) => row.case),
    ["now"],
  );
  assert.deepEqual(readdirSync(path.join(folder, "read")).sort(), ["2024-10-000.parquet", "2025-03-000.parquet"]);
  assert.deepEqual(
    (await all()).map((entry) => entry.case),
    ["now", "a year ago", "two years ago"],
  );
  assert.deepEqual(await all(), made);
});

test("M-0.7: a read of two years ago is proved from its file, and the proof is checked without this server", async () => {
  const { anchors } = house.doors.trust as TrustDoor;
  for (const { id, case: of } of await all()) {
    const proof = await registry.readProof(person, { id });
    const verdict = checkProof(JSON.stringify(proof), anchors(), house.clock.now());
    assert.equal(verdict.valid && JSON.parse(verdict.content!).case, of);
  }
});

test("M-A3: what was true and known two years ago is answered from the history, which never leaves", async () => {
  assert.equal((await read("back", new Date("2024-10-21T00:00:00Z")))?.values.street, "Достук");
  assert.equal((await read("today"))?.values.street, "Эркиндик");
  for (const declaration of registry.registers())
    assert.deepEqual((await checkRegister(house.database, compileRegister(declaration), "2026-11-22")).faults, []);
  assert.deepEqual((await checkChains(house.database)).faults, []);
});

test("M-0.8: a file of the archive that was changed, cut or taken away is found, and never passed over in silence", async () => {
  const file = path.join("read", "2024-10-000.parquet");
  const place = path.join(folder, file);
  const faults = async () => (await checkArchive(house.database, folder)).faults;
  assert.deepEqual(await faults(), []);
  appendFileSync(place, "x");
  assert.deepEqual(await faults(), [{ what: "archive-file", at: file }]);
  truncateSync(place, 100);
  assert.deepEqual(await faults(), [{ what: "archive-file", at: file }]);
  renameSync(place, `${place}.gone`);
  assert.deepEqual(await faults(), [{ what: "archive-file", at: file }]);
  await assert.rejects(all(), "a page with a hole in it is worse than none");
});
