import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import type { Running } from "../running/running.ts";
import type { DeclaredUpgrade } from "../running/upgrades.ts";
import { file, flows } from "./reading-files.ts";
import { openRunning, publish, replayed } from "./running-house.ts";

const operator: Actor = { kind: "official", body: "registry-office", post: "operator", person: "ulan" };
const clerk: Actor = { kind: "official", body: "registry-office", post: "clerk", person: "gulnara" };

const timer = (id: string, on: string, duration: string) =>
  `<boundaryEvent id="${id}" attachedToRef="${on}"><timerEventDefinition><timeDuration>${duration}</timeDuration></timerEventDefinition></boundaryEvent>`;
const OLD = file(
  `<startEvent id="start"/><userTask id="review" kerege:role="clerk"/>${timer("late", "review", "P10D")}<userTask id="visit" kerege:role="inspector"/>
   <endEvent id="end"/><endEvent id="silent"/>${flows("start review, review visit, visit end, late silent")}`,
);
/** `review` is called `check`, has half the time, and nobody visits any more. */
const NEW = file(
  `<startEvent id="start"/><userTask id="check" kerege:role="clerk"/>${timer("late", "check", "P5D")}<serviceTask id="book" kerege:call="book"/>
   <endEvent id="end"/><endEvent id="silent"/>${flows("start check, check book, book end, late silent")}`,
);
const law = { act: { ky: "М", ru: "З", kk: "З", en: "Act" }, article: "7" };
const declared = (more: Partial<DeclaredUpgrade> = {}): DeclaredUpgrade => ({
  ...{ upgrade: "shorter", process: "p", from: { validFrom: "2026-01-01" }, to: { validFrom: "2026-11-20" }, law },
  ...{ nodes: { review: "check" }, variables: [{ to: "fee", from: "fee * 2" }], timers: "keep" as const },
  ...more,
});

let house: Awaited<ReturnType<typeof openRunning>>;
before(async () => {
  house = await openRunning({ upgrades: [declared(), declared({ upgrade: "recounted", timers: "recompute" })] });
});
after(() => house.close());
afterEach(async () => {
  await house.database.run(
    sql`truncate process.instance, process.record, process.task, process.inbox, process.outbox, process.migration, process.migrated`,
  );
});

async function openNode() {
  const node = house.node();
  node.door.perform("book", async () => ({}));
  const from = publish(node, OLD, { validFrom: "2026-01-01" });
  const to = publish(node, NEW, { validFrom: "2026-11-20" });
  await node.prepare();
  return { node, from, to };
}
const begin = (node: Running, application = "2026-11-01") =>
  node.door.begin({
    ...{ instance: randomUUID(), variables: { fee: 100 }, by: "system", key: "2026-000007" },
    edition: { process: "p", dates: { application } },
  });
const taskOf = async (node: Running, instance: string) => (await node.door.tasks({ instance })).rows[0]!;
const complete = async (node: Running, instance: string) =>
  node.door.command(clerk, { instance, command: { kind: "complete", token: (await taskOf(node, instance)).token } });

test("the date of the application says which edition binds, whenever the case is begun", async () => {
  const { node, from, to } = await openNode();
  assert.equal((await begin(node, "2026-11-19")).model, from.hash);
  assert.equal((await begin(node, "2026-11-20")).model, to.hash);
  assert.throws(() => node.door.editionFor("p", { application: "2025-12-31" }), { code: "process.no-edition" });
  const views = await node.door.editions("p");
  assert.deepEqual(
    views.map(({ model, validFrom, live, missing }) => ({ model, validFrom, live, missing })),
    [
      { model: to.hash, validFrom: "2026-11-20", live: 1, missing: false },
      { model: from.hash, validFrom: "2026-01-01", live: 1, missing: false },
    ],
  );
});

test("an edition may bind by the date of the decision or of the event", async () => {
  const node = house.node();
  const old = publish(node, OLD, { validFrom: "2026-01-01" });
  const fresh = node.door.publish;
  const model = publish(
    node,
    NEW.replace('id="end"', 'id="fin"').replace("book end", "book fin").replace('targetRef="end"', 'targetRef="fin"'),
  );
  fresh({ model, owner: "trial", files: {}, validFrom: "2026-11-20", by: "event" });
  assert.equal(node.door.editionFor("p", { application: "2026-11-30", event: "2026-11-01" }).hash, old.hash);
  assert.equal(node.door.editionFor("p", { application: "2026-11-01", event: "2026-11-25" }).hash, model.hash);
});

test("M-A18: every live case is looked at first; what has no target is listed and left alone; the rest goes over with its timer", async () => {
  const { node, from, to } = await openNode();
  const [ready, ahead] = [await begin(node), await begin(node)];
  await complete(node, ahead.instance);
  const due = (await node.door.find(ready.instance))!.due;
  const before = await node.door.find(ahead.instance);
  const preview = await node.door.preview("shorter");
  assert.equal(preview.total, 2);
  assert.equal(preview.ready, 1);
  assert.deepEqual(preview.left, [
    { instance: ahead.instance, key: "2026-000007", nodes: [{ node: "visit", why: "no-target" }] },
  ]);
  assert.deepEqual(await node.door.find(ahead.instance), before);
  await assert.rejects(node.door.upgrade(operator, { upgrade: "shorter", reason: " " }), { code: "process.reason-needed" });
  assert.deepEqual(await node.door.upgrade(operator, { upgrade: "shorter", reason: "New law" }), { moved: 1, left: 1 });
  const moved = (await node.door.find(ready.instance))!;
  assert.equal(moved.model, to.hash);
  assert.deepEqual(moved.due, due);
  assert.equal(moved.state.scopes[0]!.variables.fee, 200);
  const task = await taskOf(node, ready.instance);
  assert.deepEqual([task.node, task.model], ["check", to.hash]);
  assert.deepEqual(await node.door.find(ahead.instance), before);
  assert.equal((await node.door.find(ahead.instance))!.model, from.hash);
  // The timer that ran while the case was moved fires at its hour, once, by the new edition.
  house.clock.set(due!);
  await node.door.drain();
  const { found, again } = await replayed(node, ready.instance);
  assert.equal(found.status, "ended");
  assert.deepEqual(again, { ok: true, state: found.state });
});

test("a term may be counted again from when it began", async () => {
  const { node } = await openNode();
  const { instance } = await begin(node);
  const began = house.clock.now().getTime();
  house.clock.advance(86_400_000);
  await node.door.upgrade(operator, { upgrade: "recounted", reason: "New law" });
  assert.equal((await node.door.find(instance))!.due!.getTime(), began + 5 * 86_400_000);
});

test("undone at once, a case is as it was; undone later, it goes back by the inverse of the map", async () => {
  const { node, from } = await openNode();
  const [still, held] = [await begin(node), await begin(node)];
  const before = (await node.door.find(still.instance))!;
  await node.door.upgrade(operator, { upgrade: "shorter", reason: "New law" });
  const { token } = await taskOf(node, held.instance);
  await node.door.command(clerk, { instance: held.instance, command: { kind: "hold", token } });
  assert.deepEqual(await node.door.undo(operator, { upgrade: "shorter", reason: "Law withdrawn" }), { moved: 2, left: 0 });
  const again = (await node.door.find(still.instance))!;
  assert.deepEqual({ ...again, version: 0 }, { ...before, version: 0 });
  const other = (await node.door.find(held.instance))!;
  assert.equal(other.model, from.hash);
  assert.equal(other.state.tokens[0]!.node, "review");
  const [state] = await node.door.upgrades();
  assert.ok(state!.undoneAt);
  await complete(node, still.instance);
  assert.equal((await taskOf(node, still.instance)).node, "visit");
  for (const { instance } of [still, held]) {
    const { found, again: replays } = await replayed(node, instance);
    assert.deepEqual(replays, { ok: true, state: found.state });
  }
});

test("a case whose edition cannot be made again stands still and is shown as missing; nothing of it is lost", async () => {
  const { node } = await openNode();
  const { instance } = await begin(node);
  const bare = house.node();
  house.clock.advance(11 * 86_400_000);
  await bare.door.drain();
  assert.equal((await bare.door.find(instance))!.status, "running");
  assert.ok((await bare.door.editions("p")).every(({ missing }) => missing));
  house.clock.advance(3_600_000);
  await node.door.drain();
  assert.equal((await node.door.find(instance))!.status, "ended");
});
