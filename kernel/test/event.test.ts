import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { sql } from "../database.ts";
import { Problem } from "../problem.ts";
import { openQueue } from "./queue.ts";

let queue: Awaited<ReturnType<typeof openQueue>>;
before(async () => {
  queue = await openQueue();
});
afterEach(async () => {
  await queue.database.run(sql`delete from kernel.job`);
  await queue.database.run(sql`delete from kernel.event`);
});
after(() => queue.close());

const born = { type: "registry.recorded", body: { register: "person", name: "Айгүл" } };

test("an event is written with its instant, in the transaction of what happened", async () => {
  const { events } = queue.node();
  await queue.database.transaction((tx) => events.tell(tx, born));
  const rows = await queue.database.rows(sql`select type, at, body from kernel.event`);
  assert.deepEqual(rows, [{ ...born, at: queue.clock.now() }]);
});

test("an event told in a transaction that is rolled back never happened", async () => {
  const { events, jobs } = queue.node();
  let reacted = 0;
  events.react(born.type, "post.letter", async () => void reacted++);
  const act = queue.database.transaction(async (tx) => {
    await events.tell(tx, born);
    throw new RangeError("changed its mind");
  });
  await assert.rejects(act, RangeError);
  await jobs.drain();
  assert.equal(reacted, 0);
  assert.deepEqual(await queue.database.rows(sql`select id from kernel.event union all select id from kernel.job`), []);
});

test("each reaction to an event gets it once, with its identifier and instant", async () => {
  const { events, jobs } = queue.node();
  const heard: string[] = [];
  for (const by of ["post.letter", "portal.notice"]) {
    events.react(born.type, by, async ({ type, body, id, at }) => {
      assert.deepEqual({ type, body }, born);
      heard.push(`${by} ${id} ${at.toISOString()}`);
    });
  }
  await queue.database.transaction((tx) => events.tell(tx, born));
  await jobs.drain();
  const [event] = await queue.database.rows<{ id: string }>(sql`select id from kernel.event`);
  const told = `${event!.id} ${queue.clock.now().toISOString()}`;
  assert.deepEqual(heard.sort(), [`portal.notice ${told}`, `post.letter ${told}`]);
});

test("an event nobody reacts to is kept and leaves no job", async () => {
  const { events } = queue.node();
  events.react("registry.corrected", "post.letter", async () => {});
  await queue.database.transaction((tx) => events.tell(tx, born));
  assert.equal((await queue.database.rows(sql`select id from kernel.event`)).length, 1);
  assert.deepEqual(await queue.database.rows(sql`select id from kernel.job`), []);
});

test("a reaction that fails is run again, and only it", async () => {
  const { events, jobs } = queue.node();
  const heard: string[] = [];
  events.react(born.type, "post.letter", async () => void heard.push("letter"));
  events.react(born.type, "portal.notice", async () => {
    heard.push("notice");
    if (heard.filter((word) => word === "notice").length === 1) throw new RangeError("not yet");
  });
  await queue.database.transaction((tx) => events.tell(tx, born));
  await jobs.drain();
  queue.clock.advance(3000);
  await jobs.drain();
  assert.deepEqual(heard.sort(), ["letter", "notice", "notice"]);
});

test("a reaction may tell an event of its own", async () => {
  const { events, jobs } = queue.node();
  const heard: unknown[] = [];
  events.react(born.type, "services.open", () =>
    queue.database.transaction((tx) => events.tell(tx, { type: "services.opened", body: { n: 1 } })),
  );
  events.react("services.opened", "portal.notice", async ({ body }) => void heard.push(body));
  await queue.database.transaction((tx) => events.tell(tx, born));
  await jobs.drain();
  assert.deepEqual(heard, [{ n: 1 }]);
});

test("two reactions of one name are refused: they would do each other's work", () => {
  const { events } = queue.node();
  events.react(born.type, "post.letter", async () => {});
  for (const type of [born.type, "registry.corrected"]) {
    assert.throws(
      () => events.react(type, "post.letter", async () => {}),
      (error) => error instanceof Problem && error.code === "kernel.reaction-twice",
    );
  }
});

test("what events say of a name is taken away with its transaction; that they were told stays, and so does all of others", async () => {
  const { events } = queue.node();
  const body = (key: string, more: Record<string, unknown> = {}) => ({ register: "person", key, ...more });
  await queue.database.transaction((tx) =>
    events.tellAll(tx, [
      { type: "registry.recorded", body: body("1") },
      { type: "registry.recorded", body: body("2") },
      { type: "registry.recorded", body: { ...body("1"), register: "car" } },
      { type: "registry.link-broken", body: body("3", { link: { register: "person", key: "1" } }) },
      { type: "other.told", body: {} },
    ]),
  );
  const mentions = [
    { at: ["key"], with: [[["register"], "person"]] as [string[], string][] },
    { at: ["link", "key"], with: [[["link", "register"], "person"]] as [string[], string][] },
  ];
  const bodies = async () =>
    (await queue.database.rows<{ body: object }>(sql`select body from kernel.event order by id`)).map((row) => row.body);
  const forget = (fails: boolean) =>
    queue.database.transaction(async (tx) => {
      const count = await events.forget(tx, { mentions, names: ["1", "'; drop table kernel.event; --"] });
      if (fails) throw new RangeError("changed its mind");
      return count;
    });
  const before = await bodies();
  await assert.rejects(forget(true), RangeError);
  assert.deepEqual(await bodies(), before);
  assert.equal(await forget(false), 2);
  assert.deepEqual(await bodies(), [{}, before[1], before[2], {}, {}]);
  assert.equal(await queue.database.transaction((tx) => events.forget(tx, { mentions, names: [] })), 0);
});

test("work that was given up on goes with what its event said; work to be done stays", async () => {
  const { events } = queue.node();
  events.react(born.type, "post.gone", async () => {});
  const told = { type: born.type, body: { register: "person", key: "1" } };
  await queue.database.transaction((tx) => events.tellAll(tx, [told, told]));
  await queue.database.run(
    sql`update kernel.job set stopped_at = ${queue.clock.now()} where id = (select id from kernel.job order by id limit 1)`,
  );
  const mentions = [{ at: ["key"], with: [[["register"], "person"]] as [string[], string][] }];
  await queue.database.transaction((tx) => events.forget(tx, { mentions, names: ["1"] }));
  assert.deepEqual(await queue.database.rows(sql`select stopped_at from kernel.job`), [{ stopped_at: null }]);
});
