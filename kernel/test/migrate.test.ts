import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { type Database, sql } from "../database.ts";
import { type Migration, migrate, readMigrations } from "../migrate.ts";
import { Problem } from "../problem.ts";
import { openTestDatabase } from "../testing.ts";

let opened: Awaited<ReturnType<typeof openTestDatabase>>;
let database: Database;

before(async () => {
  opened = await openTestDatabase();
  database = opened.database;
});
after(() => opened.close());

const migration = (number: number, text: string): Migration => ({ number, name: `000${number}-step.sql`, text });
const changed = (block: string, name: string) => (error: unknown) =>
  error instanceof Problem &&
  error.code === "kernel.migration-changed" &&
  error.params.block === block &&
  error.params.migration === name;

test("migrations run in their order, each once", async () => {
  const steps = [
    migration(1, "create table ordered.step (n serial, text text); insert into ordered.step (text) values ('first')"),
    migration(2, "insert into ordered.step (text) values ('second')"),
  ];
  const blocks = (count: number) => [{ name: "ordered", migrations: steps.slice(0, count) }];
  assert.equal(await migrate(database, blocks(1)), 1);
  assert.equal(await migrate(database, blocks(2)), 1);
  assert.equal(await migrate(database, blocks(2)), 0);
  const rows = await database.rows(sql`select text from ordered.step order by n`);
  assert.deepEqual(rows, [{ text: "first" }, { text: "second" }]);
});

test("a lower block is migrated before an upper one", async () => {
  await migrate(database, [
    { name: "lower", migrations: [migration(1, "create table lower.base (n int)")] },
    { name: "upper", migrations: [migration(1, "create table upper.over as select * from lower.base")] },
  ]);
  assert.deepEqual(await database.rows(sql`select * from upper.over`), []);
});

test("a block whose name has a dash gets its schema", async () => {
  await migrate(database, [{ name: "two-words", migrations: [migration(1, 'create table "two-words".own (n int)')] }]);
  assert.deepEqual(await database.rows(sql`select * from "two-words".own`), []);
});

test("a migration that was run and then changed is refused, and nothing after it runs", async () => {
  await migrate(database, [{ name: "edited", migrations: [migration(1, "create table edited.a (n int)")] }]);
  const edited = [migration(1, "create table edited.a (n bigint)"), migration(2, "create table edited.b (n int)")];
  await assert.rejects(migrate(database, [{ name: "edited", migrations: edited }]), changed("edited", "0001-step.sql"));
  await assert.rejects(database.rows(sql`select * from edited.b`));
});

test("a migration that was run and then removed is refused", async () => {
  const both = [migration(1, "create table removed.a (n int)"), migration(2, "create table removed.b (n int)")];
  await migrate(database, [{ name: "removed", migrations: both }]);
  await assert.rejects(
    migrate(database, [{ name: "removed", migrations: both.slice(0, 1) }]),
    changed("removed", "0002-step.sql"),
  );
});

test("a failing migration leaves nothing of itself, keeps the earlier ones, and runs when it is mended", async () => {
  const first = migration(1, "create table failing.a (n int)");
  const broken = migration(
    2,
    "create table failing.b (n int); insert into failing.b values (1); insert into failing.missing values (1)",
  );
  await assert.rejects(migrate(database, [{ name: "failing", migrations: [first, broken] }]));
  assert.deepEqual(await database.rows(sql`select * from failing.a`), []);
  await assert.rejects(database.rows(sql`select * from failing.b`));
  const mended = migration(2, "create table failing.b (n int)");
  assert.equal(await migrate(database, [{ name: "failing", migrations: [first, mended] }]), 1);
});

test("nodes that start at once run each migration once", async () => {
  const blocks = [
    {
      name: "raced",
      migrations: [
        migration(1, "create table raced.a (n int)"),
        migration(2, "insert into raced.a select 1; select pg_sleep(0.05)"),
      ],
    },
  ];
  const counts = await Promise.all([1, 2, 3, 4].map(() => migrate(database, blocks)));
  assert.deepEqual(counts.sort(), [0, 0, 0, 2]);
  assert.deepEqual(await database.rows(sql`select n from raced.a`), [{ n: 1 }]);
});

test("the lock is free again after a failure", async () => {
  await assert.rejects(migrate(database, [{ name: "locked", migrations: [migration(1, "no sql")] }]));
  assert.deepEqual(await database.rows(sql`select 1 from pg_locks where locktype = 'advisory'`), []);
});

test("migrations are read from their folder in order, other files are left alone", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "kerege-migrations-"));
  try {
    for (const file of ["0010-last.sql", "0002-next.sql", "0001-first.sql", "README.md", "1-short.sql"])
      writeFileSync(path.join(folder, file), `-- ${file}`);
    const read = readMigrations(pathToFileURL(`${folder}/`));
    assert.deepEqual(
      read.map(({ number, name, text }) => [number, name, text]),
      [
        [1, "0001-first.sql", "-- 0001-first.sql"],
        [2, "0002-next.sql", "-- 0002-next.sql"],
        [10, "0010-last.sql", "-- 0010-last.sql"],
      ],
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
