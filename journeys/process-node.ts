/** A node that works on processes over a running database until it is killed: `node process-node.ts '{…}'`. Says `ready`. */
import { request } from "node:http";
import { fileURLToPath } from "node:url";
import { openDatabase } from "@kerege/kernel/database";
import { type House, openHouse, readDeclarations } from "@kerege/kernel/house";
import { createServer } from "@kerege/kernel/http";
import { silentLog } from "@kerege/kernel/log";
import { type Answer, type ProcessDoor, readModel } from "@kerege/process";
import { house as blocks } from "@kerege/server/house";

const root = fileURLToPath(new URL("../bench/state/", import.meta.url));

export interface NodeTask {
  connection: { host?: string; port?: number; user?: string; database?: string };
  folder: string;
  /** Where the receiver listens. */
  socket: string;
}

/** Calls on both sides of a split, an instant to wait, a clerk, a choice, a call. */
export const WALK = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:kerege="https://kerege.org/process" id="file" targetNamespace="walk">
<process id="walk" isExecutable="true">
  <startEvent id="start"/><serviceTask id="look" kerege:call="look" kerege:attempts="9"/>
  <parallelGateway id="split"/><serviceTask id="left" kerege:call="left" kerege:attempts="9"/><serviceTask id="right" kerege:call="right" kerege:attempts="9"/>
  <parallelGateway id="joined"/>
  <intermediateCatchEvent id="rest"><timerEventDefinition><timeDuration>PT0.05S</timeDuration></timerEventDefinition></intermediateCatchEvent>
  <userTask id="review" kerege:role="clerk"/><exclusiveGateway id="choice" default="no"/>
  <serviceTask id="issue" kerege:call="issue" kerege:attempts="9"/><endEvent id="granted"/><endEvent id="refused"/>
  <sequenceFlow id="f1" sourceRef="start" targetRef="look"/><sequenceFlow id="f2" sourceRef="look" targetRef="split"/>
  <sequenceFlow id="f3" sourceRef="split" targetRef="left"/><sequenceFlow id="f4" sourceRef="split" targetRef="right"/>
  <sequenceFlow id="f5" sourceRef="left" targetRef="joined"/><sequenceFlow id="f6" sourceRef="right" targetRef="joined"/>
  <sequenceFlow id="f7" sourceRef="joined" targetRef="rest"/><sequenceFlow id="f8" sourceRef="rest" targetRef="review"/>
  <sequenceFlow id="f9" sourceRef="review" targetRef="choice"/>
  <sequenceFlow id="yes" sourceRef="choice" targetRef="issue"><conditionExpression>agreed</conditionExpression></sequenceFlow>
  <sequenceFlow id="no" sourceRef="choice" targetRef="refused"/><sequenceFlow id="f10" sourceRef="issue" targetRef="granted"/>
</process></definitions>`;
export const CALLS = ["look", "left", "right", "issue"] as const;

export interface OpenNode {
  house: House;
  door: ProcessDoor;
  close(): Promise<void>;
}

/** Processes and what they stand on, over a database; works on what is due only where it is told to. */
export async function openNode(task: NodeTask, { working }: { working: boolean }): Promise<OpenNode> {
  const database = openDatabase({ ...task.connection, max: 6 });
  const needed = blocks.slice(0, blocks.findIndex((block) => block.name === "process") + 1);
  const declared = readDeclarations(needed, { root, country: "scale", packs: [] });
  const house = await openHouse(needed, { database, declared, dataFolder: task.folder, log: silentLog });
  const door = house.doors.process as ProcessDoor;
  const calendar = { zone: "Asia/Bishkek", isWorkingDay: () => true, addWorkingDays: (day: string) => day };
  const read = readModel(WALK, { calendar, openNames: true });
  if (!read.ok) throw new RangeError(JSON.stringify(read.faults));
  door.publish({ model: read.model, owner: "walk", files: { "walk.bpmn": WALK } });
  for (const name of CALLS) door.perform(name, ({ key }) => tell(task.socket, { key, name }));
  const own = house.opened.find(({ block }) => block.name === "process")!.opened;
  await own.prepare?.(() => {});
  if (working) {
    const { languages } = house.country;
    const { name, portalName, demo } = house.country;
    const country = { name, portalName, demo, languages };
    await own.routes?.(await createServer({ log: silentLog, texts: house.texts, languages, country, problems: {} }));
  }
  return {
    house,
    door,
    async close() {
      await house.close();
      await database.close();
    },
  };
}

function tell(socketPath: string, body: { key: string; name: string }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, method: "POST", agent: false }, async (response) => {
      let text = "";
      for await (const part of response) text += part;
      if (response.statusCode === 200) resolve(JSON.parse(text) as Answer);
      else reject(new RangeError(`answered ${response.statusCode}`));
    });
    call.on("error", reject);
    call.end(JSON.stringify(body));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  // The database is gone: this node is at an end as well.
  process.on("unhandledRejection", () => process.exit(3));
  await openNode(JSON.parse(process.argv[2]!) as NodeTask, { working: true }).then(
    () => process.stdout.write("ready\n"),
    () => process.exit(3),
  );
}
