import { defineBlock } from "@kerege/kernel/block";
import { checkServices } from "./check.ts";
import type { ServicesDoor } from "./door.ts";
import { servicePackFiles } from "./pack-files.ts";
import { problems } from "./problems.ts";
import { createServices, type ServicesNeeds } from "./services.ts";
import { simulationSources } from "./simulation-source.ts";

/** Public services: passports, forms, decisions and cases, all from the files of packs. */
export default defineBlock<ServicesDoor, ServicesNeeds>({
  name: "services",
  needs: ["identity", "registry", "reference", "documents", "post", "process"],
  problems,
  migrations: new URL("./migrations/", import.meta.url),
  locales: new URL("./locales/", import.meta.url),
  packFiles: servicePackFiles,
  check: checkServices,
  open(means, needs) {
    const services = createServices(means, needs);
    means.jobs.perform("services.begin", (body) => services.beginCase(String(body.case)));
    means.jobs.perform("services.hear", (body) => services.hearAnswer(String(body.case)));
    means.events.react("registry.correction-told", "services.note-correction", async ({ body }) => {
      if (body.case)
        await services.noteCorrection({ case: String(body.case), register: String(body.register), act: String(body.act) });
    });
    for (const source of simulationSources(means, needs.reference)) needs.process.offerSimulation(source);
    return { door: services };
  },
});
