import { createManualClock } from "@kerege/kernel/clock";
import { type Country, countryKind } from "@kerege/kernel/country";
import type { Database } from "@kerege/kernel/database";
import { createIds } from "@kerege/kernel/id";
import { type Log, silentLog } from "@kerege/kernel/log";
import { migrate, readMigrations } from "@kerege/kernel/migrate";
import { openTestDatabase } from "@kerege/kernel/testing";
import type { Model } from "../engine/model.ts";
import { replay } from "../running/replay.ts";
import { createRunning, type Running } from "../running/running.ts";
import type { DeclaredUpgrade } from "../running/upgrades.ts";
import { file, flows, modelOf } from "./reading-files.ts";

void countryKind;
const country = { country: "trial", timeZone: "Asia/Bishkek" } as Country;

/** Nodes over one database of a test, with a clock that is moved by hand. */
export async function openRunning(given: { at?: string; upgrades?: DeclaredUpgrade[]; log?: Log } = {}) {
  const test = await openTestDatabase();
  await migrate(test.database, [{ name: "process", migrations: readMigrations(new URL("../migrations/", import.meta.url)) }]);
  const clock = createManualClock(given.at ?? "2026-11-23T04:00:00Z");
  const node = (): Running => nodeOver(test.database, { clock, ...given });
  return { database: test.database, clock, node, close: test.close };
}

export function nodeOver(
  database: Database,
  given: { clock: { now(): Date }; upgrades?: DeclaredUpgrade[]; log?: Log },
): Running {
  const ids = createIds(() => given.clock.now().getTime());
  return createRunning({ database, clock: given.clock, ids, log: given.log ?? silentLog, country }, given.upgrades);
}

/** Start, a call, a task of a clerk, a choice, an hour to wait, a call, end. */
export const PERMIT = file(
  `<startEvent id="start"/><serviceTask id="look" kerege:call="look"/><userTask id="review" kerege:role="clerk"/>
   <exclusiveGateway id="choice" default="f5"/><intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
   <serviceTask id="issue" kerege:call="issue"/><endEvent id="granted"/><endEvent id="refused"/>
   ${flows("start look, look review, review choice, choice wait: agreed, choice refused, wait issue, issue granted")}`,
);

export const open = { openNames: true } as const;

export function publish(
  { door }: Running,
  xml: string,
  more: { validFrom?: string; validUntil?: string; repairByTwo?: boolean } = {},
): Model {
  const { repairByTwo, ...term } = more;
  const read = modelOf(xml, open);
  const model = repairByTwo ? { ...read, repairByTwo } : read;
  door.publish({ model, owner: "trial", files: { "process.bpmn": xml }, ...term });
  return model;
}

/** The whole record of a case done once more gives the state in its row. */
export async function replayed({ door }: Running, instance: string) {
  const found = (await door.find(instance))!;
  const history = await door.history(instance);
  const models = new Map<string, Model>();
  for (const { model } of await door.editions()) models.set(model, await door.model(model).catch(() => undefined as never));
  const first = history.find(({ command }) => command.kind === "migrate");
  const begun = first === undefined ? found.model : String(first.events[0]!.said!.from);
  return { found, again: replay(history, (hash) => models.get(hash), begun) };
}
