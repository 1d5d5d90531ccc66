/**
 * `npm run bench -- process [--cases N]`: how fast cases run when each of their steps is kept, against bpmn-elements over the same store and
 * against a machine written by hand for one purpose; what an officer waits; what a million waiting timers cost.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Actor } from "@kerege/kernel/actor";
import { openDatabase, sql } from "@kerege/kernel/database";
import { startEmbedded } from "@kerege/kernel/embedded";
import { openHouse, readDeclarations } from "@kerege/kernel/house";
import { createServer } from "@kerege/kernel/http";
import { createIds } from "@kerege/kernel/id";
import { silentLog } from "@kerege/kernel/log";
import { type ProcessDoor, readModel } from "@kerege/process";
import { house as blocks } from "@kerege/server/house";
import { type Bench, createBench } from "./harness.ts";
import { openElements } from "./process-elements.ts";
import { openMachine } from "./process-machine.ts";

/** Nodes a case comes to from its start to its end. */
const STEPS = 16;
const clerk: Actor = { kind: "official", body: "office", post: "clerk", person: "ulan" };
const head = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kerege="https://kerege.org/process" id="file" targetNamespace="bench">`;
const call = (id: string) => `<serviceTask id="${id}" kerege:call="${id}"/>`;
const flow = (from: string, to: string, condition = "") =>
  `<sequenceFlow id="${from}-${to}" sourceRef="${from}" targetRef="${to}">${condition && `<conditionExpression>${condition}</conditionExpression>`}</sequenceFlow>`;
/** An ordinary permit: looked up, weighed, asked of two bodies at once, decided by a clerk, recorded, issued, told a little later. */
const PERMIT = `${head}<process id="permit" isExecutable="true">
  <startEvent id="start"/>${["look", "tax", "police", "record", "issue", "letter"].map(call).join("")}
  <scriptTask id="weigh" scriptFormat="feel" kerege:result="weight"><script>look + 1</script></scriptTask>
  <scriptTask id="fee" scriptFormat="feel" kerege:result="fee"><script>weight * 10</script></scriptTask>
  <exclusiveGateway id="choice" default="choice-refused"/><parallelGateway id="split"/><parallelGateway id="joined"/>
  <userTask id="review" kerege:role="clerk"/><exclusiveGateway id="decided" default="decided-refused"/>
  <intermediateCatchEvent id="rest"><timerEventDefinition><timeDuration>PT0.001S</timeDuration></timerEventDefinition></intermediateCatchEvent>
  <endEvent id="granted"/><endEvent id="refused"/>
  ${flow("start", "look")}${flow("look", "weigh")}${flow("weigh", "choice")}${flow("choice", "split", "weight &gt; 0")}${flow("choice", "refused")}
  ${flow("split", "tax")}${flow("split", "police")}${flow("tax", "joined")}${flow("police", "joined")}${flow("joined", "review")}
  ${flow("review", "decided")}${flow("decided", "fee", "agreed")}${flow("decided", "refused")}${flow("fee", "record")}${flow("record", "issue")}
  ${flow("issue", "rest")}${flow("rest", "letter")}${flow("letter", "granted")}
</process></definitions>`;
/** Waits for its hour and ends. */
const WAITING = `${head}<process id="waiting" isExecutable="true"><startEvent id="start"/>
  <intermediateCatchEvent id="rest"><timerEventDefinition><timeDate>until</timeDate></timerEventDefinition></intermediateCatchEvent><endEvent id="end"/>
  <sequenceFlow id="f1" sourceRef="start" targetRef="rest"/><sequenceFlow id="f2" sourceRef="rest" targetRef="end"/></process></definitions>`;

export interface Place {
  door: ProcessDoor;
  database: ReturnType<typeof openDatabase>;
  close(): Promise<void>;
}

export async function openPlace(): Promise<Place> {
  const folder = mkdtempSync(path.join(tmpdir(), "kerege-bench-"));
  const embedded = await startEmbedded({ folder, log: silentLog });
  const database = openDatabase({ ...embedded.connection() });
  const needed = blocks.slice(0, blocks.findIndex((block) => block.name === "process") + 1);
  const root = fileURLToPath(new URL("./state/", import.meta.url));
  const declared = readDeclarations(needed, { root, country: "scale", packs: [] });
  const house = await openHouse(needed, { database, declared, dataFolder: path.join(folder, "blocks"), log: silentLog });
  const door = house.doors.process as ProcessDoor;
  const calendar = { zone: "Asia/Bishkek", isWorkingDay: () => true, addWorkingDays: (day: string) => day };
  for (const xml of [PERMIT, WAITING]) {
    const read = readModel(xml, { calendar, openNames: true });
    if (!read.ok) throw new RangeError(JSON.stringify(read.faults));
    door.publish({ model: read.model, owner: "bench", files: { xml } });
  }
  for (const name of ["look", "tax", "police", "record", "issue", "letter"])
    door.perform(name, async ({ key }) => ({ output: { [name]: key.length } }), { repeatable: true });
  // The workers run as they do in a server.
  const { name: state, portalName, demo, languages } = house.country;
  const country = { name: state, portalName, demo, languages };
  const app = await createServer({ log: silentLog, texts: house.texts, languages, country, problems: {} });
  const own = house.opened.find(({ block }) => block.name === "process")!.opened;
  await own.prepare?.(() => {});
  await own.routes?.(app);
  return {
    door,
    database,
    async close() {
      await house.close();
      await database.close();
      await embedded.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

setFlagsFromString("--expose-gc");
/** A whole collection, so that what is measured is what is held. */
const collect = runInNewContext("gc") as () => void;
const ids = createIds();
const dates = { application: "2026-11-23" };
const beginMany = (door: ProcessDoor, count: number, process: string, variables = {}) =>
  inTurns(count, 400, () => door.begin({ instance: ids.next(), edition: { process, dates }, variables, by: "system" }));

/** Pieces of work, so many under way at once. */
async function inTurns(count: number, atOnce: number, work: (turn: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(atOnce, count) }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

const clear = ({ database }: Place) =>
  database
    .run(sql`delete from process.instance where process = 'permit'`)
    .then(() => database.run(sql`truncate process.record, process.task, process.outbox`));

/** Cases per second from begin to end, each step kept; begun and decided one by one by as many as 400 at once. */
export async function permits(place: Place, cases: number): Promise<number> {
  const { door, database } = place;
  await clear(place);
  const left = async () =>
    (await database.first<{ n: number }>(
      sql`select count(*)::int as n from process.instance where process = 'permit' and ended_at is null`,
    ))!.n;
  const began = performance.now();
  let tokens = new Map<string, number>();
  await beginMany(door, cases, "permit");
  while (tokens.size < cases) {
    const open = await database.rows<{ instance: string; token: number }>(sql`select instance, token from process.task`);
    tokens = new Map(open.map(({ instance, token }) => [instance, token]));
  }
  const open = [...tokens];
  await inTurns(cases, 400, (turn) => {
    const [instance, token] = open[turn]!;
    return door.command(clerk, { instance, command: { kind: "complete", token, output: { agreed: true } } });
  });
  while ((await left()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  return cases / ((performance.now() - began) / 1000);
}

/** Milliseconds of one decision, alone: read the case, do the step, write it. */
async function decision({ door, database }: Place): Promise<number> {
  await beginMany(door, 1, "permit");
  let open: { instance: string; token: number } | undefined;
  while (!open) open = await database.first(sql`select instance, token from process.task limit 1`);
  const began = performance.now();
  await door.command(clerk, {
    instance: open.instance,
    command: { kind: "complete", token: open.token, output: { agreed: false } },
  });
  return performance.now() - began;
}

/** Cases that wait for an hour far away, written as the engine writes them: one is begun, the others are copies of its row. */
async function parkTimers({ door, database }: Place, count: number): Promise<void> {
  const { instance } = await door.begin({
    ...{ instance: ids.next(), edition: { process: "waiting", dates }, by: "system" },
    variables: { until: "2036-01-01T00:00:00Z" },
  });
  await database.run(sql`
    insert into process.instance (id, process, model, key, body, status, version, due, incidents, deadline, started_at, state)
    select gen_random_uuid(), process, model, key, body, status, version, due + n * interval '1 second', incidents, deadline, started_at, state
    from process.instance, generate_series(1, ${count - 1}) n where id = ${instance}`);
  await database.run(sql`analyze process.instance`);
}

/** Cases per second that fire and end, of those whose hour has come. */
async function fire({ database }: Place, count: number): Promise<number> {
  const now = new Date();
  await database.run(sql`
    with due as (select id from process.instance where process = 'waiting' and ended_at is null limit ${count})
    update process.instance i set due = ${now},
      state = jsonb_set(state, '{tokens,0,waits,due}', to_jsonb(${now.getTime()}::float8)) from due where i.id = due.id`);
  const began = performance.now();
  const left = async () =>
    (await database.first<{ n: number }>(sql`select count(*)::int as n from process.instance where due <= ${now}`))!.n;
  while ((await left()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  return count / ((performance.now() - began) / 1000);
}

export async function measureProcess(say: (line: string) => void, cases: number): Promise<Bench> {
  const bench = createBench(say);
  const place = await openPlace();
  try {
    const elements = { waits: await openElements(place.database, "waits"), steps: await openElements(place.database, "steps") };
    const machine = await openMachine(place.database);
    const few = Math.max(40, Math.floor(cases / 50));
    for (const kept of ["waits", "steps"] as const)
      await bench.measure({
        ...{ name: `bpmn-elements, kept at ${kept}`, unit: "steps/s", repeats: 3 },
        run: async () => STEPS * (await elements[kept].run(few)),
      });
    await bench.measure({
      name: "written by hand for one purpose",
      unit: "steps/s",
      repeats: 3,
      run: async () => STEPS * (await machine.run(cases)),
    });
    await bench.measure({
      ...{
        name: "cases with every step on record",
        unit: "steps/s",
        repeats: 3,
        run: async () => STEPS * (await permits(place, cases)),
      },
      ...{ against: "bpmn-elements, kept at steps", target: { atLeast: 150, ratio: true } },
    });
    await bench.measure({
      ...{
        name: "the same, against it kept at waits",
        unit: "steps/s",
        repeats: 3,
        run: async () => STEPS * (await permits(place, cases)),
      },
      against: "bpmn-elements, kept at waits",
    });
    await bench.measure({
      ...{
        name: "the same, against one written by hand",
        unit: "steps/s",
        repeats: 3,
        run: async () => STEPS * (await permits(place, cases)),
      },
      ...{ against: "written by hand for one purpose", target: { atLeast: 0.5, ratio: true } },
    });
    await bench.measure({
      name: "one decision of an officer",
      unit: "ms",
      repeats: 201,
      warmup: 20,
      run: () => decision(place),
      target: { atMost: 2 },
    });
    const timers = cases * 100;
    await parkTimers(place, timers);
    await bench.measure({
      ...{
        name: `cases beside ${timers} waiting timers`,
        unit: "steps/s",
        repeats: 3,
        run: async () => STEPS * (await permits(place, cases)),
      },
      ...{ against: "cases with every step on record", target: { atLeast: 0.7, ratio: true } },
    });
    await bench.measure({
      name: "timers that fire",
      unit: "per s",
      repeats: 3,
      run: () => fire(place, cases),
      target: { atLeast: 1000 },
    });
    collect();
    const before = process.memoryUsage().heapUsed;
    await permits(place, cases);
    collect();
    const grown = (process.memoryUsage().heapUsed - before) / 2 ** 20;
    await bench.measure({
      name: `heap grown by ${cases} cases more`,
      unit: "MB",
      repeats: 1,
      warmup: 0,
      run: () => Math.max(0, grown),
      target: { atMost: 20 },
    });
    return bench;
  } finally {
    await place.close();
  }
}
