import { defineBlock } from "@kerege/kernel/block";
import { checkServices } from "./check.ts";
import type { ServicesDoor } from "./door.ts";
import { problems } from "./problems.ts";
import { createServices, type ServicesNeeds } from "./services.ts";

const schema = (name: string) => new URL(`./pack/${name}.schema.json`, import.meta.url);

/** Public services: passports, forms, decisions and cases, all from the files of packs. */
export default defineBlock<ServicesDoor, ServicesNeeds>({
  name: "services",
  needs: ["registry", "reference", "documents", "post"],
  problems,
  migrations: new URL("./migrations/", import.meta.url),
  locales: new URL("./locales/", import.meta.url),
  packFiles: [
    { kind: "service", pattern: /^services\/([a-z][a-z0-9-]*)\/service\.yaml$/, schema: schema("service") },
    { kind: "service-facts", pattern: /^services\/([a-z][a-z0-9-]*)\/facts\.yaml$/, schema: schema("facts") },
    { kind: "service-form", pattern: /^services\/([a-z][a-z0-9-]*)\/form\.yaml$/, schema: schema("form") },
    { kind: "service-rules", pattern: /^services\/([a-z][a-z0-9-]*)\/rules\.yaml$/, schema: schema("rules") },
    { kind: "service-outcome", pattern: /^services\/([a-z][a-z0-9-]*)\/outcome\.yaml$/, schema: schema("outcome") },
    { kind: "service-example", pattern: /^services\/([a-z][a-z0-9-]*)\/examples\/[a-z0-9-]+\.yaml$/, schema: schema("example") },
  ],
  check: checkServices,
  open(means, needs) {
    const services = createServices(means, needs);
    means.jobs.perform("services.continue", (body) => services.continueCase(String(body.case)));
    means.events.react("registry.correction-told", "services.note-correction", async ({ body }) => {
      if (body.case)
        await services.noteCorrection({ case: String(body.case), register: String(body.register), act: String(body.act) });
    });
    return { door: services };
  },
});
