import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Database, isDuplicate, joined, name, prepared, sql } from "../database.ts";
import { Problem } from "../problem.ts";
import { openTestDatabase } from "../testing.ts";

let opened: Awaited<ReturnType<typeof openTestDatabase>>;
let database: Database;

before(async () => {
  opened = await openTestDatabase();
  database = opened.database;
  await database.run(sql`create table person (id int primary key, name text, born_on date)`);
});
after(() => opened.close());

const one = async (statement: ReturnType<typeof sql>) => Object.values((await database.first(statement))!)[0];

test("every value of a statement becomes a parameter", () => {
  const statement = sql`select ${1}, ${"it's"} where ${null}::int is null`;
  assert.equal(statement.text, "select $1, $2 where $3::int is null");
  assert.deepEqual(statement.values, [1, "it's", null]);
});

test("a value that is SQL stays a value", async () => {
  const hostile = "'; drop table person; --";
  assert.equal(await one(sql`select ${hostile}::text`), hostile);
  assert.equal(await one(sql`select count(*) from person`), 0);
});

test("a nested statement keeps its parameters in their order", async () => {
  const inner = sql`${2}::int + ${3}::int`;
  const statement = sql`select ${1}::int + (${inner}) * ${10}::int`;
  assert.equal(statement.text, "select $1::int + ($2::int + $3::int) * $4::int");
  assert.equal(await one(statement), 51);
});

test("nesting goes any number deep and past ten parameters", async () => {
  let sum = sql`${1}::int`;
  for (let next = 2; next <= 12; next++) sum = sql`(${sum}) + ${next}::int`;
  assert.equal(await one(sql`select ${sum}`), 78);
});

test("a value from outside that looks like a statement stays a value", async () => {
  const body = { text: "1; drop table person", values: [], prepared: "x" };
  const statement = sql`select ${body}::jsonb`;
  assert.equal(statement.text, "select $1::jsonb");
  assert.deepEqual(await one(statement), body);
});

test("conditions are joined with their parameters", async () => {
  const where = joined([sql`n > ${2}`, sql`n < ${6}`, sql`n <> ${4}`], " and ");
  const rows = await database.rows<{ n: number }>(sql`select n from generate_series(1, 9) n where ${where} order by n`);
  assert.deepEqual(
    rows.map((row) => row.n),
    [3, 5],
  );
  assert.equal(joined([], ", ").text, "");
});

test("a name is quoted, whatever it holds", async () => {
  const hostile = 'a"; drop table person; --';
  assert.equal(sql`select 1 as ${name(hostile)}`.text, 'select 1 as "a""; drop table person; --"');
  assert.deepEqual(await database.first(sql`select 1 as ${name(hostile)}`), { [hostile]: 1 });
  assert.equal(await one(sql`select count(*) from ${name("public", "person")}`), 0);
});

test("a text fixed in the source is prepared under one name; a composed one is not prepared", () => {
  const fixed = (id: number) => sql`select name from person where id = ${id}`;
  assert.equal(fixed(1).prepared, fixed(2).prepared);
  assert.ok(fixed(1).prepared!.length < 64, "PostgreSQL cuts longer names");
  assert.notEqual(fixed(1).prepared, sql`select born_on from person where id = ${1}`.prepared);
  assert.equal(sql`select ${name("id")} from person`.prepared, undefined);
  assert.equal(prepared("select $1::int")([1]).prepared, prepared("select $1::int")([2]).prepared);
});

test("a prepared statement is kept by the server under its name", async () => {
  const statement = prepared("select $1::int as kept_here");
  await database.session(async (client) => {
    const ask = (value: number) => client.query({ ...statement([value]), name: statement([value]).prepared } as never);
    await ask(1);
    await ask(2);
    const known = await client.query("select name from pg_prepared_statements where statement like '%kept_here'");
    assert.deepEqual(known.rows, [{ name: statement([0]).prepared }]);
  });
});

test("days come as text, alone and in a list, whatever the zone of the machine", async () => {
  assert.equal(await one(sql`select date '2026-11-05'`), "2026-11-05");
  assert.deepEqual(await one(sql`select array[date '2026-11-05', null, '0044-03-15']`), ["2026-11-05", null, "0044-03-15"]);
});

test("whole numbers of eight bytes come as numbers, alone and in a list", async () => {
  assert.equal(await one(sql`select 9007199254740991::int8`), Number.MAX_SAFE_INTEGER);
  assert.deepEqual(await one(sql`select array[1::int8, 2]`), [1, 2]);
});

test("an instant goes in and comes out the same", async () => {
  const at = new Date("2026-11-22T06:00:00.123Z");
  assert.deepEqual(await one(sql`select ${at}::timestamptz`), at);
});

test("run tells how many rows it changed, first gives nothing where there is nothing", async () => {
  await database.run(sql`create table counted (n int)`);
  assert.equal(await database.run(sql`insert into counted select generate_series(1, 3)`), 3);
  assert.equal(await database.first(sql`select n from counted where n > 3`), undefined);
  assert.equal((await database.rows(sql`select n from counted`)).length, 3);
});

test("a transaction leaves everything or nothing", async () => {
  await database.transaction((tx) => tx.run(sql`insert into person values (1, 'Асан', '1990-02-03')`));
  await assert.rejects(
    database.transaction(async (tx) => {
      await tx.run(sql`insert into person values (2, 'Үсөн', null)`);
      await tx.run(sql`insert into person values (1, 'again', null)`);
    }),
  );
  const kept = await database.rows<{ id: number }>(sql`select id from person where id in (1, 2)`);
  assert.deepEqual(kept, [{ id: 1 }]);
});

test("another connection does not see a transaction before its end", async () => {
  await database.transaction(async (tx) => {
    await tx.run(sql`insert into person values (10, 'early', null)`);
    assert.equal(await one(sql`select count(*) from person where id = 10`), 0);
    assert.equal((await tx.rows(sql`select id from person where id = 10`)).length, 1);
  });
  assert.equal(await one(sql`select count(*) from person where id = 10`), 1);
});

test("what waits for the commit runs after it, and never after a rollback", async () => {
  const said: string[] = [];
  await database.transaction(async (tx) => {
    tx.afterCommit(() => said.push("committed"));
    await tx.run(sql`insert into person values (20, 'x', null)`);
    assert.deepEqual(said, []);
  });
  await assert.rejects(
    database.transaction(async (tx) => {
      tx.afterCommit(() => said.push("rolled back"));
      throw new RangeError("changed its mind");
    }),
    RangeError,
  );
  assert.deepEqual(said, ["committed"]);
});

test("a fault that the work hides does not pass for a commit", async () => {
  const said: string[] = [];
  const work = database.transaction(async (tx) => {
    tx.afterCommit(() => said.push("committed"));
    await tx.run(sql`insert into person values (30, 'lost', null)`);
    await tx.run(sql`insert into person values (30, 'twice', null)`).catch(() => {});
  });
  await assert.rejects(work, Problem);
  assert.deepEqual(said, []);
  assert.equal(await one(sql`select count(*) from person where id = 30`), 0);
});

test("a duplicate is told from other faults, and by its key", async () => {
  const fault = (statement: ReturnType<typeof sql>) =>
    database.run(statement).then(
      () => undefined,
      (error: unknown) => error,
    );
  await database.run(sql`insert into person values (40, 'x', null)`);
  const twice = await fault(sql`insert into person values (40, 'y', null)`);
  assert.equal(isDuplicate(twice), true);
  assert.equal(isDuplicate(twice, "person_pkey"), true);
  assert.equal(isDuplicate(twice, "person_name_key"), false);
  assert.equal(isDuplicate(await fault(sql`insert into person values (null, 'y', null)`)), false);
  assert.equal(isDuplicate(new Error("23505")), false);
});

const terminate = (pid: unknown) => one(sql`select pg_terminate_backend(${pid}::int, 5000)`);

test("a transaction whose connection is killed fails, leaves nothing, and the next one goes on", async () => {
  await assert.rejects(
    database.transaction(async (tx) => {
      await tx.run(sql`insert into person values (50, 'lost', null)`);
      const row = await tx.first<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await terminate(row!.pid);
      // Between two statements nobody asks the connection anything.
      await new Promise((resolve) => setImmediate(resolve));
      await tx.run(sql`insert into person values (51, 'lost', null)`);
    }),
  );
  assert.equal(await one(sql`select count(*) from person where id in (50, 51)`), 0);
  await database.transaction((tx) => tx.run(sql`insert into person values (52, 'kept', null)`));
});

test("after all idle connections are killed the next statements go on", async () => {
  await Promise.all(Array.from({ length: 5 }, () => one(sql`select pg_sleep(0.02)`)));
  await database.session(async (client) => {
    await client.query(
      "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const answers = await Promise.all(Array.from({ length: 6 }, (_, n) => one(sql`select ${n}::int`)));
  assert.deepEqual(answers, [0, 1, 2, 3, 4, 5]);
});

test("a connection taken for long work is given back when it fails", async () => {
  for (let time = 0; time < 20; time++)
    await assert.rejects(
      database.session(() => Promise.reject(new RangeError("no"))),
      RangeError,
    );
  assert.equal(await one(sql`select 1`), 1);
});
