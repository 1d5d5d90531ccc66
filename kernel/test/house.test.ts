import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { after, afterEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type AnyBlock, defineBlock, type Means } from "../block.ts";
import { sql } from "../database.ts";
import { openTestCluster } from "../embedded-template.ts";
import { readDeclarations } from "../house.ts";
import { Problem } from "../problem.ts";
import { wholeNumber } from "../settings.ts";
import { openTestHouse, type TestHouse } from "../testing.ts";
import { country, makeFolder } from "./folder.ts";

// One server for all houses of this file, also where the file is run alone.
const cluster = await openTestCluster();
process.env.KEREGE_TEST_DATABASE ??= cluster.url;
after(() => cluster.close());

const ends: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const installation = () => {
  const made = makeFolder({
    "countries/trial/country.yaml": country(),
    "below/0001-box.sql": "create table below.box (n int); insert into below.box values (7)",
    "above/0001-shelf.sql": "create table above.shelf (n int)",
  });
  ends.push(() => made.remove());
  return made.root;
};

async function open(blocks: AnyBlock[], root = installation()): Promise<TestHouse> {
  const house = await openTestHouse(blocks, { root, country: "trial" });
  ends.push(() => house.close());
  return house;
}

type BelowDoor = { count(): Promise<number> };

/** A block with a table, and one above it that calls it. */
function twoBlocks(root: string) {
  const means: Record<string, Means> = {};
  const order: string[] = [];
  const below = defineBlock<BelowDoor>({
    name: "below",
    needs: [],
    migrations: pathToFileURL(path.join(root, "below/")),
    open(given) {
      means.below = given;
      order.push("open below");
      const count = async () => (await given.database.first<{ n: number }>(sql`select n from below.box`))!.n;
      return { door: { count }, close: async () => void order.push("close below") };
    },
  });
  const above = defineBlock<BelowDoor, { below: BelowDoor }>({
    name: "above",
    needs: ["below"],
    migrations: pathToFileURL(path.join(root, "above/")),
    open(given, needs) {
      means.above = given;
      order.push("open above");
      return { door: { count: () => needs.below.count() }, close: async () => void order.push("close above") };
    },
  });
  return { below, above, means, order };
}

test("blocks are migrated and opened in order, each with the doors of those it needs, and closed from above", async () => {
  const root = installation();
  const { below, above, order } = twoBlocks(root);
  const house = await openTestHouse([below, above], { root, country: "trial" });
  assert.equal(await (house.doors.above as BelowDoor).count(), 7);
  await house.close();
  assert.deepEqual(order, ["open below", "open above", "close above", "close below"]);
});

test("a block that needs one above it is refused, and both are named", async () => {
  const root = installation();
  const { below, above } = twoBlocks(root);
  await assert.rejects(
    openTestHouse([above, below], { root, country: "trial" }),
    (error) =>
      error instanceof Problem &&
      error.code === "kernel.block-out-of-order" &&
      error.params.block === "above" &&
      error.params.need === "below",
  );
});

test("where a block cannot be opened, those below it are closed again", async () => {
  const root = installation();
  const { below, order } = twoBlocks(root);
  const broken = defineBlock<object>({
    name: "above",
    needs: [],
    open() {
      throw new RangeError("no key");
    },
  });
  await assert.rejects(openTestHouse([below, broken], { root, country: "trial" }), RangeError);
  assert.deepEqual(order, ["open below", "close below"]);
});

test("a block reads its own tables", async () => {
  const root = installation();
  const { below, above, means } = twoBlocks(root);
  await open([below, above], root);
  assert.deepEqual(await means.below!.database.rows(sql`select n from below.box`), [{ n: 7 }]);
  assert.equal(await means.above!.database.run(sql`insert into above.shelf values (1)`), 1);
});

for (const [what, statement] of [
  ["reads", sql`select n from below.box`],
  ["writes", sql`insert into below.box values (1)`],
  ["joins", sql`select * from above.shelf join below.box using (n)`],
  ["drops", sql`drop table below.box`],
  ["makes a table in", sql`create table below.mine (n int)`],
] as const) {
  test(`a block that ${what} another block's schema is refused by the database`, async () => {
    const root = installation();
    const { below, above, means } = twoBlocks(root);
    await open([below, above], root);
    await assert.rejects(means.above!.database.run(statement), { code: "42501" });
  });
}

test("each block leaves jobs and events under its own role", async () => {
  const root = installation();
  const { below, above, means } = twoBlocks(root);
  const house = await open([below, above], root);
  const heard: unknown[] = [];
  means.above!.events.react("below.filled", "above.count", async ({ body }) => void heard.push(body));
  await means.below!.database.transaction((tx) => means.below!.events.tell(tx, { type: "below.filled", body: { n: 8 } }));
  await house.jobs.drain();
  assert.deepEqual(heard, [{ n: 8 }]);
});

test("each block has a folder of its own and its settings", async () => {
  let means: Means<{ days: ReturnType<typeof wholeNumber> }> | undefined;
  const settings = { days: wholeNumber("KEREGE_TRIAL_DAYS", "Days.", 30, { min: 1, max: 99 }) };
  const block = defineBlock<object, Record<never, never>, typeof settings>({
    name: "solo",
    needs: [],
    settings,
    open(given) {
      means = given;
      return { door: {} };
    },
  });
  await open([block]);
  assert.equal(means!.settings.days, 30);
  assert.equal(path.basename(means!.dataFolder), "solo");
  assert.ok(existsSync(means!.dataFolder));
  assert.equal(means!.country.country, "trial");
});

test("a house with faulty declarations does not open", async () => {
  const made = makeFolder({ "countries/trial/country.yaml": country({ packs: "absent" }) });
  ends.push(() => made.remove());
  await assert.rejects(
    openTestHouse([], { root: made.root, country: "trial" }),
    (error) => error instanceof Problem && error.code === "kernel.faulty-packs" && error.params.count === 1,
  );
});

test("a block's own check adds its faults to the others", () => {
  const root = installation();
  const block = defineBlock<object>({
    name: "strict",
    needs: [],
    check: (packs, report) => report(packs.files("country")[0]!, ["currency"], "strict.faults.wrong-money"),
    open: () => ({ door: {} }),
  });
  const { faults } = readDeclarations([block], { root, country: "trial" });
  assert.deepEqual(faults, [
    { file: "countries/trial/country.yaml", line: 8, column: 1, code: "strict.faults.wrong-money", params: {} },
  ]);
});
