import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, afterEach, before, test } from "node:test";
import { sql } from "@kerege/kernel/database";
import type { Message } from "../door.ts";
import type { Running } from "../running/running.ts";
import { file, flows, modelOf } from "./reading-files.ts";
import { openRunning, publish, replayed } from "./running-house.ts";

let house: Awaited<ReturnType<typeof openRunning>>;
before(async () => {
  house = await openRunning();
});
after(() => house.close());
afterEach(async () => {
  await house.database.run(
    sql`truncate process.instance, process.record, process.task, process.subscription, process.inbox, process.outbox`,
  );
});

const MESSAGES = `<message id="m" name="answer"/><message id="ask" name="question"/><signal id="s" name="holiday"/>`;
/** Waits for an answer that belongs to its permit. */
const WAITING = file(
  `<startEvent id="start"/><receiveTask id="wait" messageRef="m" kerege:correlation="permit"/><endEvent id="end"/>${flows("start wait, wait end")}`,
  MESSAGES,
);
/** A clerk first, then the wait. */
const LATER = file(
  `<startEvent id="start"/><userTask id="first" kerege:role="clerk"/><receiveTask id="wait" messageRef="m" kerege:correlation="permit"/><endEvent id="end"/>
   ${flows("start first, first wait, wait end")}`,
  MESSAGES,
);
const HEARING = file(
  `<startEvent id="start"/><intermediateCatchEvent id="wait"><signalEventDefinition signalRef="s"/></intermediateCatchEvent><endEvent id="end"/>${flows("start wait, wait end")}`,
  MESSAGES,
);
/** Throws a message that another process begins by. */
const ASKING = file(
  `<startEvent id="start"/><sendTask id="ask-them" messageRef="ask" kerege:correlation="permit"><extensionElements><kerege:parameter to="about" from="permit"/></extensionElements></sendTask>
   <endEvent id="end"/>${flows("start ask-them, ask-them end")}`,
  MESSAGES,
);
const ASKED = file(
  `<startEvent id="start"><messageEventDefinition messageRef="ask"/></startEvent><userTask id="reply" kerege:role="clerk"/><endEvent id="end"/>${flows("start reply, reply end")}`,
  MESSAGES,
).replace('id="p"', 'id="asked"');

const begin = (node: Running, variables: Record<string, string> = {}) =>
  node.door.begin({
    ...{ instance: randomUUID(), variables, by: "system" },
    edition: { process: "p", dates: { application: "2026-11-23" } },
  });
const tell = (node: Running, message: Message) => node.door.message(message);
const statusOf = async (node: Running, instance: string) => (await node.door.find(instance))!.status;
const noted = async () =>
  (await house.database.first<{ n: number }>(sql`select count(*)::int as n from process.inbox where handed_at is null`))!.n;

test("a message reaches the one case it belongs to", async () => {
  const node = house.node();
  publish(node, WAITING);
  const [one, two] = [await begin(node, { permit: "1" }), await begin(node, { permit: "2" })];
  await tell(node, { name: "answer", correlation: "2", variables: { good: true } });
  await node.door.drain();
  assert.equal(await statusOf(node, one.instance), "running");
  assert.equal(await statusOf(node, two.instance), "ended");
  const { found, again } = await replayed(node, two.instance);
  assert.deepEqual(again, { ok: true, state: found.state });
});

test("a message that comes before anybody waits is kept and has the case that begins to wait", async () => {
  const node = house.node();
  publish(node, LATER);
  const { instance } = await begin(node, { permit: "7" });
  await tell(node, { name: "answer", correlation: "7" });
  await node.door.drain();
  assert.equal(await noted(), 1);
  const { token } = (await node.door.tasks({ instance })).rows[0]!;
  await node.door.command({ kind: "system", body: "b", name: "n" }, { instance, command: { kind: "complete", token } });
  await node.door.drain();
  assert.equal(await statusOf(node, instance), "ended");
  assert.equal(await noted(), 0);
});

test("a message told twice under one id is one deed, also after it was handed on", async () => {
  const node = house.node();
  publish(node, WAITING);
  const id = randomUUID();
  const one = await begin(node, { permit: "3" });
  house.clock.advance(1000);
  const two = await begin(node, { permit: "3" });
  for (let n = 0; n < 3; n++) {
    await tell(node, { id, name: "answer", correlation: "3" });
    await node.door.drain();
  }
  const statuses = [await statusOf(node, one.instance), await statusOf(node, two.instance)];
  // The one that has waited longest.
  assert.deepEqual(statuses, ["ended", "running"]);
});

test("a message nobody ever waits for is gone after its time", async () => {
  const node = house.node();
  publish(node, WAITING);
  await tell(node, { name: "answer", correlation: "9", until: new Date(house.clock.now().getTime() + 86_400_000) });
  await node.door.drain();
  assert.equal(await noted(), 1);
  house.clock.advance(2 * 86_400_000);
  await node.door.drain();
  assert.equal(await noted(), 0);
  const { instance } = await begin(node, { permit: "9" });
  await node.door.drain();
  assert.equal(await statusOf(node, instance), "running");
});

test("two nodes hand on the same message once", async () => {
  const nodes = [house.node(), house.node()];
  for (const node of nodes) publish(node, WAITING);
  const cases = await Promise.all(Array.from({ length: 20 }, (_, n) => begin(nodes[0]!, { permit: String(n) })));
  for (let n = 0; n < 20; n++) await tell(nodes[n % 2]!, { name: "answer", correlation: String(n) });
  await Promise.all(nodes.map((node) => node.door.drain()));
  await nodes[0]!.door.drain();
  for (const { instance } of cases) {
    assert.equal(await statusOf(nodes[0]!, instance), "ended");
    const told = (await nodes[0]!.door.history(instance)).filter(({ command }) => command.kind === "message");
    assert.equal(told.length, 1);
  }
});

test("a signal reaches every case that waits for it, each once, and none that comes later", async () => {
  const node = house.node();
  publish(node, HEARING);
  const cases = await Promise.all(Array.from({ length: 450 }, () => begin(node)));
  await node.door.signal({ name: "holiday" });
  house.clock.advance(1000);
  const late = await begin(node);
  await node.door.drain();
  const ended = await house.database.first<{ n: number }>(
    sql`select count(*)::int as n from process.instance where status = 'ended'`,
  );
  assert.equal(ended!.n, cases.length);
  assert.equal(await statusOf(node, late.instance), "running");
  const told = await house.database.first<{ n: number }>(
    sql`select count(*)::int as n from process.event where command->>'kind' = 'signal'`,
  );
  assert.equal(told!.n, cases.length);
});

test("a message begins a case of the process that begins by it, once", async () => {
  const node = house.node();
  publish(node, ASKING);
  const asked = publish(node, ASKED);
  assert.equal(asked.process, "asked");
  const { instance } = await begin(node, { permit: "42" });
  await node.door.drain();
  await node.door.drain();
  assert.equal(await statusOf(node, instance), "ended");
  const { rows } = await node.door.cases({ process: "asked" });
  assert.equal(rows.length, 1);
  const [task] = (await node.door.tasks({})).rows;
  assert.equal(task!.node, "reply");
  const { again } = await replayed(node, rows[0]!.instance);
  assert.ok(again.ok);
});

const BY_SIGNAL = file(
  `<startEvent id="start"><signalEventDefinition signalRef="s"/></startEvent><userTask id="reply" kerege:role="clerk"/><endEvent id="end"/>${flows("start reply, reply end")}`,
  MESSAGES,
).replace('id="p"', 'id="by-signal"');
const BY_CLOCK = file(
  `<startEvent id="start"><timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition></startEvent><userTask id="count" kerege:role="clerk"/><endEvent id="end"/>${flows("start count, count end")}`,
).replace('id="p"', 'id="by-clock"');

test("a signal begins a case of the process that begins by it", async () => {
  const node = house.node();
  publish(node, BY_SIGNAL);
  await node.door.signal({ name: "holiday" });
  await node.door.drain();
  const { rows } = await node.door.cases({ process: "by-signal" });
  assert.equal(rows.length, 1);
  assert.ok((await replayed(node, rows[0]!.instance)).again.ok);
});

test("a process that begins by the clock begins at each of its hours once, on two nodes, and no more than it says", async () => {
  const nodes = [house.node(), house.node()];
  for (const node of nodes) {
    publish(node, BY_CLOCK);
    await node.prepare();
  }
  const begun = async () => (await nodes[0]!.door.cases({ process: "by-clock" })).rows.length;
  const counts: number[] = [];
  for (let hour = 0; hour < 6; hour++) {
    await Promise.all(nodes.map((node) => node.door.drain()));
    for (const node of nodes) await node.prepare();
    counts.push(await begun());
    house.clock.advance(3_600_000);
  }
  assert.deepEqual(counts, [0, 1, 2, 3, 3, 3]);
});

test("a call that nobody performs becomes an incident", async () => {
  const node = house.node();
  const { process } = publish(
    node,
    file(
      `<startEvent id="start"/><serviceTask id="ask" kerege:call="nobody"/><endEvent id="end"/>${flows("start ask, ask end")}`,
    ),
  );
  assert.equal(process, "p");
  const { instance } = await begin(node);
  await node.door.drain();
  assert.equal((await node.door.find(instance))!.incidents, 0);
  house.clock.advance(600_000);
  await node.door.drain();
  const { rows } = await node.door.incidents();
  assert.deepEqual(
    rows[0]!.tokens.map(({ code }) => code),
    ["nobody-performs"],
  );
});

test("a message no case can bear is set aside and keeps nobody behind it waiting", async () => {
  const node = house.node();
  const circle = file(
    `<startEvent id="start"><messageEventDefinition messageRef="m"/></startEvent><exclusiveGateway id="a"/><scriptTask id="b" scriptFormat="feel"><script>1</script></scriptTask>${flows("start a, a b, b a")}`,
    MESSAGES,
  ).replace('id="p"', 'id="circle"');
  node.door.publish({ model: modelOf(circle, { openNames: true, foreign: true }), owner: "trial", files: {} });
  publish(node, HEARING.replace('id="p"', 'id="hearing"'));
  const heard = await node.door.begin({
    ...{ instance: randomUUID(), variables: {}, by: "system" },
    edition: { process: "hearing", dates: { application: "2026-11-23" } },
  });
  await tell(node, { name: "answer", correlation: "1" });
  await node.door.signal({ name: "holiday" });
  await node.door.drain();
  assert.equal(await statusOf(node, heard.instance), "ended");
  assert.deepEqual((await node.door.cases({ process: "circle" })).rows, []);
  assert.equal(await noted(), 1);
});

test("the same case begun twice at once is one case", async () => {
  const node = house.node();
  publish(node, WAITING);
  const start = {
    ...{ instance: randomUUID(), variables: { permit: "1" }, by: "system" },
    edition: { process: "p", dates: { application: "2026-11-23" } },
  };
  const bases = await Promise.all([
    node.door.begin(start),
    node.door.begin(start),
    house
      .node()
      .door.begin(start)
      .catch(() => undefined),
  ]);
  assert.equal(bases[0]!.version, 1);
  assert.equal((await node.door.history(start.instance)).length, 1);
});
