import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import type { Call } from "../door.ts";
import type { Running } from "../running/running.ts";
import { openRunning, PERMIT, publish, replayed } from "./running-house.ts";

let house: Awaited<ReturnType<typeof openRunning>>;
before(async () => {
  house = await openRunning();
});
after(() => house.close());
afterEach(async () => {
  await house.database.run(
    sql`truncate process.instance, process.record, process.task, process.subscription, process.inbox, process.outbox, process.proposal`,
  );
});

export const clerk: Actor = { kind: "official", body: "registry-office", post: "clerk", person: "ulan" };
export const other: Actor = { kind: "official", body: "registry-office", post: "clerk-2", person: "gulnara" };

/** A node whose calls are counted by their key. */
function permitNode() {
  const node = house.node();
  const calls: Call[] = [];
  for (const name of ["look", "issue"])
    node.door.perform(name, async (call) => {
      calls.push(call);
      return { output: { [`${name}ed`]: true } };
    });
  const model = publish(node, PERMIT);
  return { node, calls, model };
}
const begin = (node: Running, more: { instance?: string; process?: string } = {}) =>
  node.door.begin({
    instance: more.instance ?? randomUUID(),
    edition: { process: more.process ?? "p", dates: { application: "2026-11-23" } },
    variables: { name: "Үсөн" },
    by: "system",
    key: "2026-000001",
    body: "registry-office",
  });
const taskOf = async (node: Running, instance: string) => (await node.door.tasks({ instance })).rows[0]!;

test("M-A18: a case runs from its start over a call, a task and a timer to its end, and its record replays to the same state", async () => {
  const { node, calls, model } = permitNode();
  const { instance } = await begin(node);
  await node.door.drain();
  const task = await taskOf(node, instance);
  assert.equal(task.node, "review");
  assert.equal(task.role, "clerk");
  const seen = (await node.door.find(instance))!;
  const act = {
    instance,
    version: seen.version,
    command: { kind: "complete", token: task.token, output: { agreed: true } },
  } as const;
  await node.door.command(clerk, act);
  assert.deepEqual((await node.door.tasks({ instance })).rows, []);
  await node.door.drain();
  assert.equal((await node.door.find(instance))!.status, "running");
  house.clock.advance(3_600_000);
  await node.door.drain();
  const { found, again } = await replayed(node, instance);
  assert.equal(found.status, "ended");
  assert.equal(found.model, model.hash);
  assert.deepEqual(again, { ok: true, state: found.state });
  assert.deepEqual(
    calls.map(({ name, attempt }) => [name, attempt]),
    [
      ["look", 1],
      ["issue", 1],
    ],
  );
  assert.equal(new Set(calls.map(({ key }) => key)).size, 2);
  const left = await house.database.first<{ n: number }>(sql`select count(*)::int as n from process.outbox`);
  assert.equal(left!.n, 0);
});

test("two officers decide on the version they saw: one wins, the other is told, and the case goes one way", async () => {
  const { node } = permitNode();
  const elsewhere = permitNode().node;
  const { instance } = await begin(node);
  await node.door.drain();
  const { version } = (await node.door.find(instance))!;
  const { token } = await taskOf(node, instance);
  const decide = (door: Running["door"], actor: Actor, agreed: boolean) =>
    door.command(actor, { instance, version, command: { kind: "complete", token, output: { agreed } } });
  const outcomes = await Promise.allSettled([decide(node.door, clerk, true), decide(elsewhere.door, other, false)]);
  const [won, lost] = [outcomes.filter((one) => one.status === "fulfilled"), outcomes.filter((one) => one.status === "rejected")];
  assert.equal(won.length, 1);
  assert.equal((lost[0]!.reason as { code: string }).code, "process.changed-meanwhile");
  const done = (await node.door.history(instance)).filter(
    ({ command }) => command.kind === "complete" && command.by !== "system",
  );
  assert.equal(done.length, 1);
});

test("what comes late is refused and leaves no line in the record", async () => {
  const { node } = permitNode();
  const { instance } = await begin(node);
  await node.door.drain();
  const { token } = await taskOf(node, instance);
  const decide = () => node.door.command(clerk, { instance, command: { kind: "complete", token, output: { agreed: false } } });
  await decide();
  const before = await node.door.history(instance);
  await assert.rejects(decide(), { code: "process.over" });
  assert.deepEqual(await node.door.history(instance), before);
});

test("the same start twice is one case", async () => {
  const { node, calls } = permitNode();
  const instance = randomUUID();
  await begin(node, { instance });
  await begin(node, { instance });
  await node.door.drain();
  assert.equal(calls.length, 1);
  assert.equal((await node.door.history(instance)).length, 2);
});

test("begun here, a case goes on in the request without a worker", async () => {
  const { node, calls } = permitNode();
  const base = await node.door.begin({
    ...{ instance: randomUUID(), variables: {}, by: "system", here: true },
    edition: { process: "p", dates: { application: "2026-11-23" } },
  });
  assert.equal(base.state.tokens[0]!.node, "review");
  assert.equal(calls.length, 1);
  const { found, again } = await replayed(node, base.instance);
  assert.deepEqual(again, { ok: true, state: found.state });
  assert.deepEqual(JSON.parse(JSON.stringify(base.state)), found.state);
});

test("what a dead node had in hand is taken up by another when its lease ends, under the same key", async () => {
  const dead = permitNode();
  const { instance } = await begin(dead.node);
  // The node dies with the call in hand: it was claimed, nothing came of it.
  await house.database.run(sql`update process.outbox set due = ${new Date(house.clock.now().getTime() + 20_000)}, attempts = 1`);
  const living = permitNode();
  await living.node.door.drain();
  assert.equal(living.calls.length, 0);
  house.clock.advance(20_000);
  await living.node.door.drain();
  assert.equal(living.calls.length, 1);
  assert.equal(living.calls[0]!.attempt, 2);
  assert.equal((await taskOf(living.node, instance)).node, "review");
});

test("a call that fails is tried again under the same key, later each time, and becomes an incident at last", async () => {
  const node = house.node();
  const keys: string[] = [];
  node.door.perform("look", async ({ key }) => {
    keys.push(key);
    throw new RangeError("away");
  });
  node.door.perform("issue", async () => ({}));
  publish(node, PERMIT);
  const { instance } = await begin(node);
  await node.door.drain();
  assert.equal(keys.length, 1);
  for (let n = 0; n < 12 && (await node.door.find(instance))!.incidents === 0; n++) {
    house.clock.set((await node.door.find(instance))!.due!);
    await node.door.drain();
  }
  const { rows } = await node.door.incidents();
  assert.equal(rows[0]!.instance, instance);
  assert.equal(rows[0]!.tokens[0]!.code, "RangeError");
  assert.ok(keys.length > 1);
  assert.equal(new Set(keys).size, 1);
  const { found, again } = await replayed(node, instance);
  assert.deepEqual(again, { ok: true, state: found.state });
});

test("many cases at once: each ends once with its own calls, on two nodes", async () => {
  const nodes = [permitNode(), permitNode()];
  const cases = await Promise.all(Array.from({ length: 60 }, (_, index) => begin(nodes[index % 2]!.node)));
  await Promise.all(nodes.map(({ node }) => node.door.drain()));
  await Promise.all(
    cases.map(async ({ instance }, index) => {
      const { token } = await taskOf(nodes[0]!.node, instance);
      const act = { instance, command: { kind: "complete", token, output: { agreed: index % 3 > 0 } } } as const;
      await nodes[index % 2]!.node.door.command(clerk, act);
    }),
  );
  house.clock.advance(3_600_000);
  await Promise.all(nodes.map(({ node }) => node.door.drain()));
  await nodes[0]!.node.door.drain();
  const calls = nodes.flatMap((one) => one.calls);
  assert.equal(calls.length, 60 + 40);
  assert.equal(new Set(calls.map(({ key }) => key)).size, 100);
  assert.deepEqual(await nodes[0]!.node.door.counts(), [{ process: "p", status: "ended", cases: 60, incidents: 0 }]);
  for (const { instance } of cases.slice(0, 10)) {
    const { found, again } = await replayed(nodes[0]!.node, instance);
    assert.deepEqual(again, { ok: true, state: found.state });
  }
});

test("an answer that cannot be stored is a failure of its call and holds up nobody else", async () => {
  const node = house.node();
  const bad = randomUUID();
  node.door.perform("look", async ({ instance }) => ({ output: { text: instance === bad ? "a\u0000b" : "ab" } }));
  node.door.perform("issue", async () => ({}));
  publish(node, PERMIT);
  const cases = await Promise.all(
    [bad, ...Array.from({ length: 5 }, () => randomUUID())].map((instance) => begin(node, { instance })),
  );
  await node.door.drain();
  assert.equal((await node.door.tasks({})).rows.length, cases.length - 1);
  const failed = (await node.door.history(bad)).at(-1)!;
  assert.deepEqual(failed.command, {
    kind: "fail",
    token: (await node.door.find(bad))!.state.tokens[0]!.id,
    code: "answer-not-kept",
  });
});

test("where no other process works on the database, what a dead one had in hand is taken back at once", async () => {
  const dead = permitNode();
  await begin(dead.node);
  await house.database.run(sql`update process.outbox set due = ${new Date(house.clock.now().getTime() + 20_000)}, attempts = 1`);
  const living = permitNode();
  await living.node.door.takeOver();
  await living.node.door.drain();
  assert.equal(living.calls.length, 1);
});

test("with a clock that was set back nothing fires early, nothing turns in circles, and the record still replays", async () => {
  const { node } = permitNode();
  const { instance } = await begin(node);
  await node.door.drain();
  const { token } = await taskOf(node, instance);
  const decidedAt = house.clock.now().getTime();
  await node.door.command(clerk, { instance, command: { kind: "complete", token, output: { agreed: true } } });
  house.clock.advance(-2 * 3_600_000);
  await node.door.drain();
  assert.equal((await node.door.find(instance))!.status, "running");
  house.clock.set(new Date(decidedAt + 3_600_000 - 1));
  await node.door.drain();
  assert.equal((await node.door.find(instance))!.status, "running");
  house.clock.set(new Date(decidedAt + 3_600_000));
  await node.door.drain();
  const { found, again } = await replayed(node, instance);
  assert.equal(found.status, "ended");
  assert.deepEqual(again, { ok: true, state: found.state });
});

test("repeatable calls are part of the step: one write, no line in the outbox, and their answers on record", async () => {
  const node = house.node();
  const made: string[] = [];
  for (const name of ["look", "issue"])
    node.door.perform(name, async ({ key }) => ({ output: { [name]: made.push(key) } }), { repeatable: true });
  publish(node, PERMIT);
  const base = await node.door.begin({
    ...{ instance: randomUUID(), variables: {}, by: "system" },
    edition: { process: "p", dates: { application: "2026-11-23" } },
  });
  assert.equal(base.state.tokens[0]!.node, "review");
  const rows = await house.database.first<{ records: number; calls: number }>(sql`
    select (select count(*)::int from process.record) as records, (select count(*)::int from process.outbox) as calls`);
  assert.deepEqual(rows, { records: 1, calls: 0 });
  assert.deepEqual(
    (await node.door.history(base.instance)).map(({ command }) => command.kind),
    ["start", "complete"],
  );
  assert.equal(made.length, 1);
  const { found, again } = await replayed(node, base.instance);
  assert.deepEqual(again, { ok: true, state: found.state });
});
