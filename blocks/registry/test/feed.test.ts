import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { createFeed, type StateLog } from "../feed.ts";
import { publishedOf } from "../registers.ts";
import { openWritingHouse, type WritingHouse } from "./writing-house.ts";

let given: WritingHouse;
before(async () => {
  given = await openWritingHouse();
});
after(() => given.house.close());

test("M-A9: a reader of the feed gets every change exactly once and in the order of the log, while many are written", async () => {
  const written = new Set<string>();
  let writing = true;
  const writers = Array.from({ length: 6 }, async (_, writer) => {
    for (let round = 0; round < 15; round++) {
      const key = `K${writer}_${round}`;
      await given.open(key, { town: key });
      written.add(`${key} 1`);
      await given.tell("branch", "renaming", { key, values: { name: "Жаңы" } });
      written.add(`${key} 2`);
    }
  });
  const feed = createFeed(
    { database: given.house.database, log: undefined as never },
    { published: publishedOf(given.registry.registers(), []) },
  );
  const seen: string[] = [];
  let after: string | undefined;
  const read = async () => {
    for (;;) {
      const page = await given.registry.changes({ register: "branch", after, limit: 7 });
      seen.push(...page.rows.map(({ key, version }) => `${key} ${version}`));
      after = page.next;
      if (page.rows.length < 7) return;
    }
  };
  const done = Promise.all(writers).then(() => {
    writing = false;
  });
  while (writing) {
    await feed.place();
    await read();
  }
  await done;
  while ((await feed.place()) > 0);
  await read();
  assert.equal(seen.length, new Set(seen).size);
  assert.deepEqual(new Set(seen), written);
  for (const change of written) {
    const [key, version] = change.split(" ");
    if (version === "2") assert.ok(seen.indexOf(`${key} 1`) < seen.indexOf(change));
  }
  await assert.rejects(given.registry.changes({ register: "branch", after: "1.x" }), { code: "registry.wrong-page-mark" });
});

test("with a log of the state the places are the log's, however often a batch is handed over", async () => {
  const places = new Map<string, number>();
  let handed = 0;
  const log: StateLog = {
    async submit(batches) {
      handed++;
      // The log answers for some later than for others, and is lost once on the way.
      for (const { id } of batches) if (!places.has(id)) places.set(id, 10_000 + places.size);
      if (handed === 1) throw new RangeError("connection lost");
      return batches.slice(0, 2).map(({ id }) => ({ id, index: places.get(id)! }));
    },
  };
  const published = publishedOf(given.registry.registers(), []);
  const feed = createFeed({ database: given.house.database, log: undefined as never }, { published, log });
  const query = (text: string) => given.house.database.rows<{ id: string; log_index: number }>({ text, values: [] });
  const rows = await given.house.database.session(async (client) => {
    // While this is held the house itself gives no places.
    await client.query("select pg_advisory_lock(7317005)");
    for (let round = 0; round < 5; round++) await given.tell("book", "purchase", { key: randomUUID() });
    const open = await query("select id, log_index from registry.batch where log_index is null");
    await assert.rejects(feed.place(), { message: "connection lost" });
    while ((await feed.place()) > 0);
    await client.query("select pg_advisory_unlock(7317005)");
    return query(`select id, log_index from registry.batch where id in (${open.map(({ id }) => `'${id}'`).join(", ")})`);
  });
  assert.ok(rows.length >= 5);
  for (const { id, log_index } of rows) assert.equal(log_index, places.get(id));
});
