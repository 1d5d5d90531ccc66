/** Two nodes over one database, killed again and again while cases run on them. The long walk is `npm run soak -- process`. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { openTestCluster } from "@kerege/kernel/embedded-template";
import { temporaryFolder } from "./house.ts";
import { type NodeTask, openNode } from "./process-node.ts";
import { createDesk, effectsOf, examine, type Program, startNode, startReceiver } from "./process-walk.ts";
import { createDice } from "./soak.ts";

const SEED = 20261122;
const CASES = 90;
const KILLS = 3;

const ends: (() => unknown)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});
const killed = async ({ child, ended }: Program) => {
  child.kill("SIGKILL");
  await ended;
};

test("M-A18: nodes are killed while cases run: every case ends once, no effect is had twice or lost, every record replays", async () => {
  const folder = temporaryFolder();
  const cluster = await openTestCluster();
  ends.push(() => cluster.close());
  const receiver = startReceiver(folder, SEED);
  ends.push(() => killed(receiver.program));
  assert.ok(await receiver.program.ready);
  const { host, port, user } = cluster.connection("any");
  const connection = { host, port, user, database: await cluster.createDatabase() } as NodeTask["connection"];
  const task = { connection, folder: join(folder, "blocks"), socket: receiver.socket };
  const own = await openNode(task, { working: false });
  ends.push(() => own.close());
  const nodes = [startNode(task), startNode(task)];
  ends.push(() => Promise.all(nodes.map(killed)));
  for (const { ready } of nodes) assert.ok(await ready);
  const desk = createDesk(() => own, SEED);
  const dice = createDice(SEED, "kills");
  for (let kills = 0, left = 1; left > 0; ) {
    if (desk.instances.length < CASES) await desk.begin(CASES / KILLS);
    const open = await desk.decide();
    if (open === 0) await desk.hurry();
    // A blow falls between two rounds of the desk, whatever the nodes have in hand then.
    if (kills < KILLS && open > 0) {
      kills++;
      const victim = dice.below(2);
      await killed(nodes[victim]!);
      nodes[victim] = startNode(task);
      assert.ok(await nodes[victim]!.ready);
    }
    left = kills < KILLS || desk.instances.length < CASES ? 1 : await desk.left();
  }
  assert.equal(desk.instances.length, CASES);
  const effects = await effectsOf(receiver.socket);
  assert.deepEqual(await examine(own, { instances: desk.instances, effects }), []);
  assert.ok(desk.refused() > 0, "nobody ever came second");
});
