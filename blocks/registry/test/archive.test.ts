import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import { type Database, sql } from "@kerege/kernel/database";
import { silentLog } from "@kerege/kernel/log";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import { checkProof, type TrustDoor } from "@kerege/trust";
import trust from "@kerege/trust/block";
import { archiveFolder, createArchive } from "../archive.ts";
import { createArchiveReader, hashOf, writeArchive } from "../archive-file.ts";
import { createArchivedReads } from "../archive-reads.ts";
import { eventTable } from "../archive-tables.ts";
import { createTree, leafOf, treeRoot } from "../batch-tree.ts";
import registryBlock from "../block.ts";
import { checkChains, checkRegister } from "../consistency.ts";
import type { RegistryDoor } from "../door.ts";
import { makePin } from "../pin.ts";
import { compileRegister } from "../store-sql.ts";
import { placeBatches } from "./place-batches.ts";

const root = fileURLToPath(new URL("./fixture/", import.meta.url));
const owner: Actor = { kind: "system", body: "library", name: "desk" };
const pins = Array.from({ length: 20 }, (_, serial) => makePin({ sex: "f", bornOn: "1991-05-12", serial })).filter(
  (pin) => pin !== undefined,
);
const [first, second] = pins as [string, string];
let house: TestHouse;
let registry: RegistryDoor;
let folder: string;

before(async () => {
  house = await openTestHouse([trust, reference, registryBlock], {
    root,
    country: "fixture",
    packs: ["fixture"],
    at: "2026-05-20T06:00:00Z",
  });
  registry = house.doors.registry as RegistryDoor;
  folder = archiveFolder(path.join(house.dataFolder, "registry"));
  for (const pin of pins.slice(0, 6))
    await registry.record(owner, {
      register: "reader",
      event: "enrolment",
      act: randomUUID(),
      key: pin,
      values: { surname: "Асанова", street: "Достук", since: "2020-01-01" },
      validFrom: "2020-01-01",
      document: "Form 1",
    });
  // Seven reads of the first person and some of others in each month from May to October.
  for (let month = 5; month <= 10; month++) {
    house.clock.set(`2026-${String(month).padStart(2, "0")}-20T06:00:00Z`);
    await makeMonths();
    const keys = [...Array.from({ length: 7 }, () => first), ...pins.slice(1, 6), pins[10]!];
    for (const key of keys)
      await registry.read(owner, {
        register: "reader",
        key,
        fields: ["surname", "street"],
        ground: "lending",
        case: `case-${month}`,
        ...(key === second && { service: "card" }),
      });
  }
  await placeBatches(house);
});
after(() => house.close());

const means = (database: Database = house.database) => ({
  database,
  clock: house.clock,
  jobs: { ...house.jobs, perform() {} },
  log: silentLog,
  dataFolder: path.join(house.dataFolder, "registry"),
});
const makeMonths = async () => (await createArchive(means(), { monthsKept: 3 }).begin())();
const all = async (pin: string, limit = 4) => {
  const rows = [];
  for (let after: string | undefined; ; ) {
    const page = await registry.readsAbout({ kind: "person", pin }, { pin, limit, after });
    rows.push(...page.rows);
    after = page.next;
    if (!after) return rows;
  }
};
const months = async () => {
  const rows = await house.database.rows<{ name: string }>(
    sql`select inhrelid::regclass::text as name from pg_inherits where inhparent = 'registry.read_entry'::regclass order by 1`,
  );
  return rows.map(({ name }) => name.slice(-7));
};

/** The same database, which fails at a statement and at all after it, as one whose server is gone. */
function failingAt(database: Database, number: number): { database: Database; reached(): boolean } {
  let left = number;
  const count = <Args extends unknown[], Result>(ask: (...args: Args) => Promise<Result>) => {
    return async (...args: Args) => {
      if (--left <= 0) throw new RangeError("the server is gone");
      return ask(...args);
    };
  };
  const counted: Database = {
    ...database,
    rows: count(database.rows) as Database["rows"],
    first: count(database.first) as Database["first"],
    run: count(database.run),
    transaction: (work) =>
      database.transaction(async (tx) => {
        const made = await work({
          ...tx,
          rows: count(tx.rows) as Database["rows"],
          first: count(tx.first) as Database["first"],
          run: count(tx.run),
        });
        if (--left <= 0) throw new RangeError("the server is gone");
        return made;
      }),
  };
  return { database: counted, reached: () => left <= 0 };
}

test("partitions are made ahead: this month and three to come", async () => {
  assert.deepEqual((await months()).slice(-4), ["2026_10", "2026_11", "2026_12", "2027_01"]);
});

test("a root over leaves that come one by one is the root of the whole tree", () => {
  const leaves = Array.from({ length: 70 }, (_, index) => leafOf("00000000-0000-4000-8000-000000000000", String(index)));
  for (let count = 0; count <= leaves.length; count++) {
    const tree = createTree();
    for (const leaf of leaves.slice(0, count)) tree.add(leaf);
    assert.deepEqual(tree.root(), treeRoot(leaves.slice(0, count)), `${count} leaves`);
  }
});

test("a month whose batches have no place in the log yet stays", async () => {
  await house.database.run(sql`update registry.batch set log_index = null, id = id where kind = 'read' and at < '2026-06-01'`);
  assert.deepEqual(await createArchive(means(), { monthsKept: 4 }).archive(), []);
  await placeBatches(house);
});

test("M-A21: cut at any statement, the archive loses no read and shows none twice; at the end the old months are files", async () => {
  const before = await all(first);
  const others = await all(second);
  assert.equal(before.length, 42);
  let cuts = 0;
  for (let number = 1; ; number++) {
    const failing = failingAt(house.database, number);
    const archive = createArchive(means(failing.database), { monthsKept: 3 });
    const fault = await archive.archive().then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.deepEqual(await all(first), before, `cut at statement ${number}`);
    if (!fault) break;
    assert.ok(failing.reached(), String(fault));
    cuts++;
  }
  assert.ok(cuts > 20, `only ${cuts} cuts`);
  assert.deepEqual((await months()).slice(0, 2), ["2026_07", "2026_08"]);
  assert.deepEqual(await all(second, 3), others);
  assert.deepEqual(readdirSync(folder).sort(), ["event", "read", "read-batch"]);
  assert.deepEqual(readdirSync(path.join(folder, "read")).sort(), ["2026-05-000.parquet", "2026-06-000.parquet"]);
});

test("the job archives what has become old since, and the files are what the manifest says", async () => {
  house.clock.set("2026-11-22T06:00:00Z");
  await house.database.transaction((tx) => house.jobs.ask(tx, { name: "registry.archive", body: {} }));
  await house.jobs.drain();
  assert.equal((await months())[0], "2026_08");
  const files = await house.database.rows<{ kind: string; file: string; rows: number; bytes: number; sha256: Buffer }>(
    sql`select kind, file, rows, bytes, sha256 from registry.archive order by kind, month`,
  );
  assert.deepEqual(
    files.map(({ kind, rows }) => [kind, rows]),
    [
      ["event", 6],
      ["read", 13],
      ["read", 13],
      ["read", 13],
      ["read-batch", 13],
      ["read-batch", 13],
      ["read-batch", 13],
    ],
  );
  for (const { file, sha256 } of files) assert.deepEqual(await hashOf(path.join(folder, file)), sha256, file);
  const [held] = await house.database.rows<{ hashes: number }>(
    sql`select count(hashes)::int as hashes from registry.batch where kind = 'read' and at < '2026-08-01'`,
  );
  assert.equal(held!.hashes, 0);
});

test("a correction finds who used the wrong value in the archive too, beside those in the database", async () => {
  const register = compileRegister(registry.registers().find((one) => one.register === "reader")!);
  const at = new Date("2026-11-22T06:00:00Z");
  const fields = [{ field: "street", wrongSince: new Date("2026-06-01T00:00:00Z") }];
  const correction = { register, key: first, act: randomUUID(), fields, at };
  const july = {
    body: "library",
    person: "",
    case: "case-7",
    service: "",
    fields: ["street"],
    reads: 2,
    firstAt: at,
    lastAt: at,
  };
  const uses = await createArchivedReads(folder).addUses(house.database, correction, { subjects: [first], uses: [july] });
  assert.deepEqual(uses.map((use) => [use.case, use.reads, use.fields, use.firstAt.toISOString()]).sort(), [
    ["case-6", 7, ["street"], "2026-06-20T06:00:00.000Z"],
    ["case-7", 9, ["street"], "2026-07-20T06:00:00.000Z"],
  ]);
});

test("M-0.7: a read that is in the archive is proved as before, and the chains of the log stay whole", async () => {
  const oldest = (await all(first)).at(-1)!;
  assert.equal(oldest.at.toISOString().slice(0, 7), "2026-05");
  const proof = await registry.readProof({ kind: "person", pin: first }, { id: oldest.id });
  const trustDoor = house.doors.trust as TrustDoor;
  const verdict = checkProof(JSON.stringify(proof), trustDoor.anchors(), house.clock.now());
  assert.equal(verdict.valid && JSON.parse(verdict.content!).id, oldest.id);
  assert.equal(proof.log.place, (await trustDoor.log.places([proof.batch.id])).get(proof.batch.id));
  await assert.rejects(registry.readProof({ kind: "person", pin: second }, { id: oldest.id }), { code: "registry.not-found" });
  assert.deepEqual((await checkChains(house.database)).faults, []);
  for (const declaration of registry.registers())
    assert.deepEqual((await checkRegister(house.database, compileRegister(declaration), "2026-11-22")).faults, []);
});

test("a read that was changed in the database is not taken over: its month stays and the fault is told", async () => {
  house.clock.set("2026-12-22T06:00:00Z");
  await house.database.run(
    sql`update registry.read_entry set ground = 'own-record' where subject = ${first} and at < '2026-09-01'`,
  );
  await assert.rejects(createArchive(means(), { monthsKept: 3 }).archive(), { code: "registry.archive-differs" });
  assert.equal((await months())[0], "2026_08");
  assert.equal(existsSync(path.join(folder, "read", "2026-08-000.parquet")), false);
});

test("one file has many groups; a value is found in its group, and never one that is not there", async () => {
  const leaf = Buffer.alloc(32, 7);
  const rows = Array.from({ length: 12_345 }, (_, index) => ({
    key: String(index >> 1).padStart(6, "0"),
    register: "reader",
    event: index % 3 ? "move" : null,
    version: index,
    act: randomUUID(),
    recorded_at: new Date(1_790_000_000_000 + index),
    batch: randomUUID(),
    place: index % 128,
    leaf,
  }));
  const source = async function* () {
    for (let start = 0; start < rows.length; start += 700) yield rows.slice(start, start + 700);
  };
  const [part] = await writeArchive(eventTable, source(), { folder, into: "try/many" });
  assert.deepEqual([part!.rows, part!.first, part!.last], [12_345, "000000", "006172"]);
  const read = createArchiveReader(folder);
  for (const key of ["000000", "002499", "002500", "006172"])
    assert.deepEqual(
      (await read(part!.file, { column: "key", value: key })).map((row) => ({
        ...row,
        event: row.event ?? null,
        leaf: Buffer.from(row.leaf as Uint8Array),
      })),
      rows.filter((row) => row.key === key),
    );
  assert.deepEqual(await read(part!.file, { column: "key", value: "0025" }), []);
});
