import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openWritingHouse, owner, type WritingHouse } from "./writing-house.ts";

let given: WritingHouse;
before(async () => {
  given = await openWritingHouse();
});
after(() => given.house.close());

const rows = (text: string, values: unknown[] = []) => given.house.database.rows<Record<string, unknown>>({ text, values });
const told = (key: string) =>
  rows("select type from kernel.event where body::text like '%' || $1 || '%' or body #>> '{link,key}' = $1 order by id", [key]);
const forms = async (name: string) =>
  (await rows("select form from registry.name_form where dictionary = 'branch.name' and name = $1", [name])).length;
const bring = async (lines: string[]) => {
  const { id } = await given.registry.stageImport(owner, {
    register: "branch",
    event: "opening",
    format: "csv",
    fileName: "branches.csv",
    source: (async function* () {
      yield Buffer.from(["code,name,town,valid_from", ...lines].join("\n"));
    })(),
    document: { kind: "order", number: "7", on: "2020-01-01" },
  });
  await given.registry.runImport(owner, { id });
  await given.house.jobs.drain();
  return given.registry.importLines(owner, { id, limit: 100 });
};

test("M-0.8: what is erased is gone from events of the kernel, reports of imports and dictionaries of names too; the proof stays", async () => {
  await given.open("gone-1", { name: "Алтынкөпүрө", town: "Erased" });
  await given.open("stays-1", { name: "Күмүшбулак", town: "Kept" });
  await given.open("gone-2", { name: "Күмүшбулак", town: "Erased too" });
  await given.tell("branch", "closing", { key: "gone-1", validFrom: "2021-11-22" });
  await given.tell("branch", "closing", { key: "gone-2", validFrom: "2021-11-22" });
  const report = await bring(["gone-1,Алтынкөпүрө,Erased,2020-01-01", "stays-1,Күмүшбулак,Kept,2020-01-01"]);
  assert.deepEqual(report.map(({ key }) => key).sort(), ["gone-1", "stays-1"]);
  const names = await rows("select distinct name from registry.name_form where dictionary = 'branch.name' order by name");
  assert.equal(names.length, 2);
  const [lone, shared] = names.map(({ name }) => String(name)) as [string, string];
  assert.ok((await forms(lone)) > 3);
  assert.ok((await told("gone-1")).length >= 2);
  const [before] = await rows("select count(*)::int as n from kernel.event");
  given.house.clock.set("2031-11-22T06:00:00Z");
  assert.equal(await given.registry.erase("branch"), 2);

  assert.deepEqual([await told("gone-1"), await told("gone-2")], [[], []]);
  const [later] = await rows("select count(*)::int as n, count(*) filter (where body = '{}')::int as blank from kernel.event");
  assert.equal(later!.n, (before!.n as number) + 1, "that something was told stays");
  assert.equal((await given.events("registry.erased"))[0]!.events, later!.blank);
  assert.ok((await told("stays-1")).length >= 1, "of another record nothing goes");
  assert.deepEqual(await rows("select key, given from registry.import_line order by line"), [
    { key: null, given: {} },
    { key: "stays-1", given: { code: "stays-1", name: "Күмүшбулак", town: "Kept", valid_from: "2020-01-01" } },
  ]);
  assert.equal(await forms(lone), 0, "nobody has the name any more");
  assert.ok((await forms(shared)) > 3, "somebody has it still");
  const [left] = await rows("select count(*)::int as n, count(leaf)::int as leaves from registry.erasure");
  assert.deepEqual(left, { n: 4, leaves: 4 });
  assert.deepEqual(await given.consistent(), []);
});

test("a name that another process took for known, and wrote while it was taken out, comes back to its dictionary", async () => {
  const name = "Таштөбө";
  await given.open("late-1", { name, town: "One" });
  const [entry] = await rows(
    "select distinct name from registry.name_form where dictionary = 'branch.name' and form = name and name not in (select name_key from registry.branch where code = 'stays-1') order by name",
  );
  const spelt = String(entry!.name);
  await given.tell("branch", "closing", { key: "late-1", validFrom: "2031-11-22" });
  given.house.clock.set("2041-11-22T06:00:00Z");
  await given.registry.erase("branch");
  assert.equal(await forms(spelt), 0);
  await given.open("late-2", { name, town: "Two" });
  // As a process that remembered it would have left it.
  await rows("delete from registry.name_form where name = $1", [spelt]);
  await given.house.jobs.drain();
  assert.equal(await forms(spelt), 0, "not before every process has forgotten");
  given.house.clock.set("2041-11-22T06:30:00Z");
  await given.house.jobs.drain();
  assert.ok((await forms(spelt)) > 3);
  assert.deepEqual(
    await rows("select name from kernel.job where name = 'registry.names-after-erasing'"),
    [],
    "nothing of it is kept in a job",
  );
});
