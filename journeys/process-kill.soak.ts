/**
 * Two nodes and their database are killed at random moments while thousands of cases run: `npm run soak -- process --kills 200 --cases
 * 10000 --seed 1`. Afterwards every case has ended once, no effect was had twice or is missing, and every record replays to its state.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Embedded, startEmbedded } from "@kerege/kernel/embedded";
import { silentLog } from "@kerege/kernel/log";
import { temporaryFolder } from "./house.ts";
import { killDatabase } from "./kill-database.ts";
import { type NodeTask, type OpenNode, openNode } from "./process-node.ts";
import { createDesk, effectsOf, examine, type Program, startNode, startReceiver } from "./process-walk.ts";
import { createDice, readWalk } from "./soak.ts";

const walk = readWalk();
/** Of so many kills one is of the database. */
const DATABASE_EVERY = 8;
/** The longest a node lives after it is ready, in milliseconds. */
const LONGEST = 700;
const BATCH = 100;

const say = (line: string) => process.stdout.write(`${line}\n`);
const folder = temporaryFolder();
const ends: (() => unknown)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
});
const killed = async ({ child, ended }: Program) => {
  child.kill("SIGKILL");
  await ended;
};

test("M-A18: nodes and databases are killed again and again while cases run", async () => {
  say(`seed ${walk.seed}, ${walk.kills} kills, ${walk.cases} cases, two nodes`);
  let database: Embedded = await startEmbedded({ folder, log: silentLog });
  ends.push(() => database.stop());
  const receiver = startReceiver(folder, walk.seed);
  ends.push(() => killed(receiver.program));
  assert.ok(await receiver.program.ready);
  const task = (): NodeTask => ({ connection: database.connection(), folder: join(folder, "blocks"), socket: receiver.socket });
  let own: OpenNode = await openNode(task(), { working: false });
  ends.push(() => own.close());
  let nodes = [startNode(task()), startNode(task())];
  ends.push(() => Promise.all(nodes.map(killed)));
  const desk = createDesk(() => own, walk.seed);
  const dice = createDice(walk.seed, "kills");
  let kills = 0;

  const strike = async () => {
    const victim = dice.below(2);
    assert.ok(await nodes[victim]!.ready, `a node ended by itself, seed ${walk.seed}`);
    await new Promise((resolve) => setTimeout(resolve, dice.below(LONGEST)));
    kills++;
    if (kills % DATABASE_EVERY === 0) {
      await killDatabase(database);
      database = await startEmbedded({ folder, log: silentLog });
      const before = own;
      own = await openNode(task(), { working: false });
      await before.close().catch(() => undefined);
      await Promise.all(nodes.map(killed));
      nodes = [startNode(task()), startNode(task())];
    } else {
      await killed(nodes[victim]!);
      nodes[victim] = startNode(task());
    }
    if (kills % 20 === 0) say(`${kills} kills, ${desk.instances.length} cases begun, ${await desk.left()} not ended`);
  };
  const strikes = (async () => {
    while (kills < walk.kills) await strike();
  })();

  for (let left = 1; left > 0; ) {
    // Begun in step with the blows, so that there is work under way at each of them.
    const wanted = Math.min(walk.cases, Math.ceil((walk.cases * (kills + 1)) / walk.kills));
    if (desk.instances.length < wanted) await desk.begin(Math.min(BATCH, wanted - desk.instances.length));
    const open = await desk.decide();
    if (open === 0) {
      await desk.hurry();
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    left = kills < walk.kills || desk.instances.length < walk.cases ? 1 : await desk.left();
  }
  await strikes;
  const effects = await effectsOf(receiver.socket);
  const [asked, had] = [Object.values(effects.asked).reduce((sum, n) => sum + n, 0), Object.keys(effects.had).length];
  say(`${desk.instances.length} cases ended; ${had} effects, asked for ${asked} times; ${desk.refused()} decisions came second`);
  assert.deepEqual(await examine(own, { instances: desk.instances, effects }), [], `seed ${walk.seed}`);
});
