import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openWritingHouse, owner, type WritingHouse } from "./writing-house.ts";

let given: WritingHouse;
before(async () => {
  given = await openWritingHouse();
  for (const key of ["A", "B", "C"]) {
    await given.open(key, { town: key });
    await given.tell("branch", "renaming", { key, values: { name: "Жаңы" }, validFrom: "2021-01-01" });
    await given.tell("branch", "renaming", { key, values: { name: "Эрте" }, validFrom: "2020-06-01" });
  }
});
after(() => given.house.close());

/** What the check finds after a hand has been laid on the tables; all is put back. */
async function tampered(text: string): Promise<Set<string>> {
  await given.house.database.run({ text: "create schema if not exists kept", values: [] });
  const tables = ["branch", "branch_version", "branch_claim", "act", "batch"];
  for (const table of tables)
    await given.house.database.run({ text: `create table kept.${table} as select * from registry.${table}`, values: [] });
  await given.house.database.run({ text, values: [] });
  const faults = await given.consistent();
  for (const table of tables) {
    await given.house.database.run({ text: `delete from registry.${table}`, values: [] });
    await given.house.database.run({ text: `insert into registry.${table} select * from kept.${table}`, values: [] });
    await given.house.database.run({ text: `drop table kept.${table}`, values: [] });
  }
  return new Set(faults.map(({ what }) => what));
}

test("M-0.8: a register that was only written by events agrees with itself", async () => {
  assert.deepEqual(await given.consistent(), []);
});

const hands: [what: string, text: string, found: string][] = [
  ["a value changed in a version", "update registry.branch_version set name = 'Башка' where code = 'A' and version = 2", "leaf"],
  [
    "an actor changed in a version",
    "update registry.branch_version set actor = 'system:tax/desk' where code = 'A' and version = 1",
    "leaf",
  ],
  ["a current row changed", "update registry.branch set town = 'Башка' where code = 'B'", "current-row"],
  ["a current row taken away", "delete from registry.branch where code = 'B'", "no-current"],
  ["a version taken away", "delete from registry.branch_version where code = 'C' and version = 2", "version-number"],
  ["the last version taken away", "delete from registry.branch_version where code = 'C' and version = 4", "current-version"],
  ["an act taken away", "delete from registry.act where key = 'A' and version = 1", "no-act"],
  [
    "an act without an event",
    "insert into registry.act (act, register, key, version, recorded_at) values (gen_random_uuid(), 'branch', 'Z', 1, now())",
    "act-without-version",
  ],
  ["a batch taken away", "delete from registry.batch where seq = (select max(seq) from registry.batch) - 1", "chain"],
  ["the root of a batch changed", "update registry.batch set root = sha256('x') where seq = 1", "batch-root"],
  ["a claim taken away", "delete from registry.branch_claim where key = 'A'", "claim"],
];
for (const [what, text, found] of hands)
  test(`M-0.8: ${what} is found`, async () => {
    const faults = await tampered(text);
    assert.ok(faults.has(found), `found ${[...faults].join(", ") || "nothing"}`);
    assert.deepEqual(await given.consistent(), []);
  });

test("M-0.8: a record whose time of keeping is over is removed and leaves its proof; nothing else is", async () => {
  await given.open("old", { town: "old" });
  await given.tell("branch", "closing", { key: "old", validFrom: "2021-11-22" });
  await given.open("young", { town: "young" });
  await given.tell("branch", "closing", { key: "young", validFrom: "2021-11-23" });
  assert.equal(await given.registry.erase("branch"), 0);
  given.house.clock.set("2031-11-22T06:00:00Z");
  const query = (text: string) => given.house.database.rows<{ key: string }>({ text, values: [] });
  const leaves = await given.house.database.rows({
    text: "select batch, leaf as place from registry.branch_version where code = 'old' order by version",
    values: [],
  });
  assert.equal(await given.registry.erase("branch"), 1);
  assert.deepEqual(await query("select code as key from registry.branch_version where code in ('old', 'young') group by code"), [
    { key: "young" },
  ]);
  assert.deepEqual(await query("select key from registry.act where key = 'old'"), []);
  const left = await given.house.database.rows<Record<string, unknown>>({
    text: "select batch, place, law->>'article' as article, after_period from registry.erasure order by place",
    values: [],
  });
  assert.deepEqual(
    new Set(left.map(({ batch, place }) => `${batch} ${place}`)),
    new Set(leaves.map(({ batch, place }) => `${batch} ${place}`)),
  );
  assert.deepEqual([left[0]!.article, left[0]!.after_period], ["4", "P10Y"]);
  assert.deepEqual(
    (await given.events("registry.erased")).map((body) => body.records),
    [1],
  );
  assert.equal(await given.registry.erase("branch"), 0);
  assert.equal(await given.registry.erase("book"), 0);
  assert.deepEqual(await given.consistent(), []);
  given.house.clock.set("2026-11-22T06:00:00Z");
});

test("a first load leaves the same as single events: history, act, leaf, batch, claims; one bad row and nothing is there", async () => {
  const rows = Array.from({ length: 5000 }, (_, index) => ({
    key: `L${index}`,
    validFrom: "2022-01-01",
    values: { name: "Көп", town: `шаар ${index}`, seats: 1 + (index % 9) },
  }));
  const load = (all: typeof rows) =>
    given.registry.load(owner, {
      register: "branch",
      event: "opening",
      document: { kind: "order", number: "List 1" },
      rows: all,
    });
  const twice = { ...rows[0]!, key: "L5000" };
  await assert.rejects(load([...rows, twice]), { code: "registry.taken" });
  await assert.rejects(load([...rows, rows[0]!]), { code: "registry.exists-already" });
  assert.equal(await given.read("branch", "L1"), undefined);
  assert.equal(await load(rows), 5000);
  assert.equal((await given.read("branch", "L4999"))?.state, "open");
  await assert.rejects(load([twice]), { code: "registry.taken" });
  assert.deepEqual(await given.consistent(), []);
});
