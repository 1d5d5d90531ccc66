import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import type { Running } from "../running/running.ts";
import { file, flows } from "./reading-files.ts";
import { openRunning, publish, replayed } from "./running-house.ts";

const operator: Actor = { kind: "official", body: "registry-office", post: "operator", person: "ulan" };
const sameUnderOtherPost: Actor = { kind: "official", body: "registry-office", post: "head", person: "ulan" };
const second: Actor = { kind: "official", body: "registry-office", post: "head", person: "gulnara" };

const CALLING = file(
  `<startEvent id="start"/><serviceTask id="ask" kerege:call="ask" kerege:attempts="1"/><userTask id="review" kerege:role="clerk" kerege:fourEyes="true"/><endEvent id="end"/>
   ${flows("start ask, ask review, review end")}`,
);

let house: Awaited<ReturnType<typeof openRunning>>;
before(async () => {
  house = await openRunning();
});
after(() => house.close());
afterEach(async () => {
  await house.database.run(sql`truncate process.instance, process.record, process.task, process.outbox, process.proposal`);
});

function openNode(more: { repairByTwo?: boolean } = {}) {
  const node = house.node();
  const world = { away: true, calls: 0 };
  node.door.perform("ask", async () => {
    world.calls++;
    if (world.away) throw new RangeError("away");
    return { output: { answered: true } };
  });
  publish(node, CALLING, more);
  return { node, world };
}
async function stuck(node: Running, deadline?: Date): Promise<string> {
  const instance = randomUUID();
  await node.door.begin({
    ...{ instance, variables: {}, by: "system", body: "registry-office", ...(deadline && { deadline }) },
    edition: { process: "p", dates: { application: "2026-11-23" } },
  });
  await node.door.drain();
  assert.equal((await node.door.find(instance))!.incidents, 1);
  return instance;
}
const tokenOf = async (node: Running, instance: string) => (await node.door.find(instance))!.state.tokens[0]!.id;

test("M-A18: incidents stand in the order of their nearest legal deadline, those without one last", async () => {
  const { node } = openNode();
  const inDays = (days: number) => new Date(house.clock.now().getTime() + days * 86_400_000);
  const far = await stuck(node, inDays(20));
  const none = await stuck(node);
  const near = await stuck(node, inDays(2));
  const shown = (await node.door.incidents()).rows;
  assert.deepEqual(
    shown.map(({ instance }) => instance),
    [near, far, none],
  );
  const first = await node.door.incidents({ page: { limit: 2 } });
  const rest = await node.door.incidents({ page: { limit: 2, after: first.next! } });
  assert.deepEqual(
    [...first.rows, ...rest.rows].map(({ instance }) => instance),
    [near, far, none],
  );
});

test("tried again with a reason, a case goes on, and the record says who and why", async () => {
  const { node, world } = openNode();
  const instance = await stuck(node);
  const repair = { kind: "retry", token: await tokenOf(node, instance) } as const;
  await assert.rejects(node.door.repair(operator, { instance, repair, reason: "" }), { code: "process.reason-needed" });
  world.away = false;
  assert.ok("done" in (await node.door.repair(operator, { instance, repair, reason: "The register answers again" })));
  await node.door.drain();
  assert.equal((await node.door.tasks({ instance })).rows[0]!.node, "review");
  const line = (await node.door.history(instance)).find(({ command }) => command.kind === "retry")!;
  assert.deepEqual(line.command, {
    ...repair,
    reason: "The register answers again",
    by: "official:registry-office/operator/ulan",
  });
  const { found, again } = await replayed(node, instance);
  assert.deepEqual(again, { ok: true, state: found.state });
});

test("where the process asks for two, another person confirms, under whatever post the first one sits", async () => {
  const { node } = openNode({ repairByTwo: true });
  const instance = await stuck(node);
  const repair = { kind: "skip", token: await tokenOf(node, instance), output: { answered: false } } as const;
  const asked = await node.door.repair(operator, { instance, repair, reason: "Asked by letter" });
  assert.ok("proposed" in asked);
  assert.equal((await node.door.find(instance))!.incidents, 1);
  const { id } = asked.proposed;
  assert.deepEqual(
    (await node.door.proposals()).map((one) => one.id),
    [id],
  );
  await assert.rejects(node.door.confirm(sameUnderOtherPost, id), { code: "process.same-person" });
  await node.door.confirm(second, id);
  assert.equal((await node.door.find(instance))!.incidents, 0);
  assert.deepEqual(await node.door.proposals(), []);
  await assert.rejects(node.door.confirm(second, id), { code: "process.no-such-proposal" });
  const line = (await node.door.history(instance)).at(-1)!;
  assert.equal((line.command as { confirmedBy?: string }).confirmedBy, "official:registry-office/head/gulnara");
  const { found, again } = await replayed(node, instance);
  assert.deepEqual(again, { ok: true, state: found.state });
});

test("a proposal on a case that has moved since is refused; one may be declined with a reason", async () => {
  const { node, world } = openNode({ repairByTwo: true });
  const instance = await stuck(node);
  const token = await tokenOf(node, instance);
  const asked = await node.door.repair(operator, { instance, repair: { kind: "cancel" }, reason: "By mistake" });
  assert.ok("proposed" in asked);
  world.away = false;
  await node.door.repair(operator, { instance, repair: { kind: "retry", token }, reason: "Answers again" });
  await assert.rejects(node.door.confirm(second, asked.proposed.id), { code: "process.changed-meanwhile" });
  await node.door.decline(second, { proposal: asked.proposed.id, reason: "Not needed any more" });
  assert.deepEqual(await node.door.proposals(), []);
});

test("passing over a step that takes two people takes two people", async () => {
  const { node, world } = openNode();
  world.away = false;
  const instance = randomUUID();
  await node.door.begin({
    instance,
    variables: {},
    by: "system",
    edition: { process: "p", dates: { application: "2026-11-23" } },
  });
  await node.door.drain();
  const token = await tokenOf(node, instance);
  const asked = await node.door.repair(operator, { instance, repair: { kind: "skip", token }, reason: "Nobody is there" });
  assert.ok("proposed" in asked);
  await node.door.command(operator, { instance, command: { kind: "complete", token } });
  await assert.rejects(node.door.command(sameUnderOtherPost, { instance, command: { kind: "complete", token } }), {
    code: "process.same-person",
  });
  await node.door.command(second, { instance, command: { kind: "complete", token } });
  assert.equal((await node.door.find(instance))!.status, "ended");
});

test("only an official repairs", async () => {
  const { node } = openNode();
  const instance = await stuck(node);
  const person: Actor = { kind: "person", pin: "21205199001234" };
  await assert.rejects(node.door.repair(person, { instance, repair: { kind: "cancel" }, reason: "x" }), {
    code: "process.only-for-officials",
  });
});

test("a suspended case keeps the answer of a call that comes meanwhile for when it goes on", async () => {
  const { node, world } = openNode();
  world.away = false;
  const instance = randomUUID();
  const begun = await node.door.begin({
    instance,
    variables: {},
    by: "system",
    edition: { process: "p", dates: { application: "2026-11-23" } },
  });
  assert.equal(begun.state.tokens[0]!.node, "ask");
  await node.door.repair(operator, { instance, repair: { kind: "suspend" }, reason: "Court order" });
  await node.door.drain();
  assert.equal((await node.door.find(instance))!.status, "suspended");
  await node.door.repair(operator, { instance, repair: { kind: "resume" }, reason: "Order lifted" });
  house.clock.advance(120_000);
  await node.door.drain();
  assert.equal((await node.door.tasks({ instance })).rows[0]!.node, "review");
  assert.ok(world.calls >= 1);
});
