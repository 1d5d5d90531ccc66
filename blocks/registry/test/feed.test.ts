import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { sql } from "@kerege/kernel/database";
import { silentLog } from "@kerege/kernel/log";
import type { TrustDoor } from "@kerege/trust";
import { createFeed, type StateLog, stateLog } from "../feed.ts";
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
  const { log } = given.house.doors.trust as TrustDoor;
  const published = publishedOf(given.registry.registers(), []);
  const feed = createFeed({ database: given.house.database, log: silentLog }, { published, log: stateLog(log) });
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

test("the places are the log's, however often a batch is handed over and however late the answer comes", async () => {
  const { log } = given.house.doors.trust as TrustDoor;
  const real = stateLog(log);
  let handed = 0;
  const lossy: StateLog = {
    async submit(batches) {
      const places = await real.submit(batches);
      // What the log answered is lost on the way, once whole and then in part.
      if (handed++ === 0) throw new RangeError("connection lost");
      return places.slice(0, 2);
    },
  };
  const published = publishedOf(given.registry.registers(), []);
  const feed = createFeed({ database: given.house.database, log: silentLog }, { published, log: lossy });
  for (let round = 0; round < 5; round++) await given.tell("book", "purchase", { key: randomUUID() });
  await feed.place().catch((error: Error) => assert.equal(error.message, "connection lost"));
  while ((await feed.place()) > 0);
  const rows = await given.house.database.rows<{ id: string; log_index: number }>(sql`select id, log_index from registry.batch`);
  const places = await log.places(rows.map(({ id }) => id));
  assert.ok(rows.length >= 5);
  for (const { id, log_index } of rows) assert.equal(log_index, places.get(id));
  assert.equal(new Set(rows.map(({ log_index }) => log_index)).size, rows.length);
});
