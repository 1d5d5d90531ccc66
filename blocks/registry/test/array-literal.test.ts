import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Database, sql } from "@kerege/kernel/database";
import { openTestDatabase } from "@kerege/kernel/testing";
import { arrayLiteral } from "../array-literal.ts";

let database: Database;
let close: () => Promise<void>;
before(async () => {
  ({ database, close } = await openTestDatabase());
});
after(() => close());

test("any text comes back from PostgreSQL as it was given", async () => {
  const texts = [
    "",
    "a",
    "NULL",
    "null",
    null,
    "a b",
    " a",
    "a,b",
    "{}",
    '"',
    "\\",
    '\\"',
    "'; drop",
    "Өмүр",
    "\n",
    "\u{1f600}",
    "12:3-4_5",
    "-",
  ];
  const row = await database.first<{ list: (string | null)[] }>(sql`select ${arrayLiteral(texts)}::text[] as list`);
  assert.deepEqual(row?.list, texts);
  const none = await database.first<{ list: string[] }>(sql`select ${arrayLiteral([])}::text[] as list`);
  assert.deepEqual(none?.list, []);
});
