import type { PackFileKind } from "@kerege/kernel/pack";

const schema = (name: string) => new URL(`./pack/${name}.schema.json`, import.meta.url);

/** Files of a pack that say what a service is. */
export const servicePackFiles: PackFileKind[] = [
  { kind: "service", pattern: /^services\/([a-z][a-z0-9-]*)\/service\.yaml$/, schema: schema("service") },
  { kind: "service-facts", pattern: /^services\/([a-z][a-z0-9-]*)\/facts\.yaml$/, schema: schema("facts") },
  { kind: "service-form", pattern: /^services\/([a-z][a-z0-9-]*)\/form\.yaml$/, schema: schema("form") },
  { kind: "service-rules", pattern: /^services\/([a-z][a-z0-9-]*)\/rules\.yaml$/, schema: schema("rules") },
  { kind: "service-outcome", pattern: /^services\/([a-z][a-z0-9-]*)\/outcome\.yaml$/, schema: schema("outcome") },
  { kind: "service-process", pattern: /^services\/([a-z][a-z0-9-]*)\/process\.bpmn$/ },
  { kind: "service-example", pattern: /^services\/([a-z][a-z0-9-]*)\/examples\/[a-z0-9-]+\.yaml$/, schema: schema("example") },
  { kind: "service-simulation", pattern: /^services\/([a-z][a-z0-9-]*)\/simulation\.yaml$/, schema: schema("simulation") },
];
