import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { copyLine } from "../copy.ts";
import { type Database, sql } from "../database.ts";
import { openTestDatabase } from "../testing.ts";

let database: Database;
let close: () => Promise<void>;

before(async () => {
  ({ database, close } = await openTestDatabase());
  await database.run(sql`create table copied (id int primary key, text text, bytes bytea, at timestamptz, truth boolean)`);
});
after(() => close());

const INTO = "copy copied (id, text, bytes, at, truth) from stdin";

test("rows come out as they went in, whatever signs they hold", async () => {
  const rows = [
    [1, 'a\tb\nc\rd\\e\\N "ң"', Buffer.from([0, 9, 10, 92, 255]), new Date("2026-11-22T06:00:00.123Z"), true],
    [2, null, null, null, false],
    [3, "", Buffer.alloc(0), new Date(0), null],
    [4, "\\N", null, null, null],
  ];
  const count = await database.transaction((tx) => tx.copyIn(INTO, [Buffer.from(rows.map(copyLine).join(""))]));
  assert.equal(count, rows.length);
  const found = await database.rows<Record<string, unknown>>(sql`select * from copied order by id`);
  assert.deepEqual(
    found.map((row) => [row.id, row.text, row.bytes, row.at, row.truth]),
    rows,
  );
});

test("more than the connection takes at once is sent in order", async () => {
  const count = 300_000;
  async function* chunks() {
    for (let start = 1000; start < 1000 + count; start += 50_000) {
      let text = "";
      for (let id = start; id < start + 50_000; id++) text += copyLine([id, `text ${id}`, null, null, true]);
      yield Buffer.from(text);
    }
  }
  assert.equal(await database.transaction((tx) => tx.copyIn(INTO, chunks())), count);
  const row = await database.first(sql`select count(*)::int8 as count, max(id) as last from copied where id >= 1000`);
  assert.deepEqual(row, { count, last: 1000 + count - 1 });
});

test("a row the table refuses, and a source that fails, leave nothing behind and the connection usable", async () => {
  await assert.rejects(
    database.transaction((tx) =>
      tx.copyIn(INTO, [Buffer.from(copyLine([-1, "x", null, null, null]) + copyLine([1, "twice", null, null, null]))]),
    ),
    { code: "23505" },
  );
  function* failing() {
    yield Buffer.from(copyLine([-2, "x", null, null, null]));
    throw new RangeError("source");
  }
  await assert.rejects(
    database.transaction((tx) => tx.copyIn(INTO, failing())),
    { message: "source" },
  );
  assert.equal((await database.first<{ count: number }>(sql`select count(*)::int8 as count from copied where id < 0`))!.count, 0);
});
