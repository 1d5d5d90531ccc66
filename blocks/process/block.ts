import path from "node:path";
import type { IdentityDoor } from "@kerege/identity";
import { defineBlock } from "@kerege/kernel/block";
import type { ReferenceDoor } from "@kerege/reference";
import type { ProcessDoor, SimulationsDoor } from "./door.ts";
import { problems } from "./problems.ts";
import { checkProcesses } from "./reading/files.ts";
import { addProcessPages } from "./routes-pages.ts";
import { checkEditions } from "./running/check.ts";
import { calendarOf, declaredUpgrades, publishInstalled } from "./running/installed.ts";
import { createRunning } from "./running/running.ts";
import { processSource } from "./simulation/process-source.ts";
import { createTrials } from "./simulation/trials.ts";

const schema = (name: string) => new URL(`./pack/${name}.schema.json`, import.meta.url);

/** Regulations that run: processes and decisions from the files of packs, carried out and kept. */
export default defineBlock<ProcessDoor & SimulationsDoor, { identity: IdentityDoor; reference: ReferenceDoor }>({
  name: "process",
  needs: ["identity", "reference"],
  problems,
  migrations: new URL("./migrations/", import.meta.url),
  locales: new URL("./locales/", import.meta.url),
  packFiles: [
    { kind: "process", pattern: /^processes\/([a-z][a-z0-9-]*)\.bpmn$/ },
    { kind: "decisions", pattern: /^(?:services\/[a-z][a-z0-9-]*|decisions)\/([a-z][a-z0-9-]*)\.dmn$/ },
    { kind: "process-edition", pattern: /^processes\/([a-z][a-z0-9-]*)\.yaml$/, schema: schema("editions") },
    { kind: "upgrade", pattern: /^upgrades\/([a-z][a-z0-9-]*)\.yaml$/, schema: schema("upgrade") },
  ],
  check(packs, report) {
    checkProcesses(packs, report);
    checkEditions(packs, report);
  },
  open(means, { identity, reference }) {
    const running = createRunning(means, declaredUpgrades(means));
    const installed = publishInstalled(means, reference, running.door);
    const trials = createTrials({ folder: path.join(means.dataFolder, "simulations"), clock: means.clock, log: means.log });
    const calendar = calendarOf(reference, means.country.timeZone);
    for (const { model, files } of installed) {
      const { process: name, name: title } = model;
      trials.offer(
        processSource(
          { database: means.database, calendar, door: running.door },
          { name, model: model.hash, title: { ky: title, ru: title, kk: title, en: title }, files },
        ),
      );
    }
    return {
      door: { ...running.door, offerSimulation: trials.offer },
      routes(app) {
        addProcessPages(app, { means, door: running.door, reference, identity, trials });
        running.start();
      },
      prepare: () => running.prepare(),
      async close() {
        await trials.close();
        await running.stop();
      },
    };
  },
});
