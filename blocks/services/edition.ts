import { createHash } from "node:crypto";
import type { PackFile, Packs } from "@kerege/kernel/pack";
import type {
  Edition,
  ExampleDeclaration,
  FactsDeclaration,
  FormDeclaration,
  OutcomeDeclaration,
  RulesDeclaration,
  ServiceDeclaration,
} from "./declaration.ts";

/** The files of one service as they stand in its folder. */
export interface ServiceFiles {
  service: PackFile<ServiceDeclaration>;
  facts?: PackFile<FactsDeclaration>;
  form?: PackFile<FormDeclaration>;
  rules?: PackFile<RulesDeclaration>;
  outcome?: PackFile<OutcomeDeclaration>;
  examples: PackFile<ExampleDeclaration>[];
}

/** Groups the files of services by the folder they stand in. Files without a passport are given apart. */
export function serviceFiles(packs: Packs): { services: Map<string, ServiceFiles>; orphans: PackFile[] } {
  const services = new Map<string, ServiceFiles>();
  for (const service of packs.files<ServiceDeclaration>("service")) services.set(service.name, { service, examples: [] });
  const orphans: PackFile[] = [];
  const place = (file: PackFile, set: (files: ServiceFiles) => void) => {
    const files = services.get(file.name);
    if (files && files.service.pack === file.pack) set(files);
    else orphans.push(file);
  };
  for (const file of packs.files<FactsDeclaration>("service-facts")) place(file, (files) => (files.facts = file));
  for (const file of packs.files<FormDeclaration>("service-form")) place(file, (files) => (files.form = file));
  for (const file of packs.files<RulesDeclaration>("service-rules")) place(file, (files) => (files.rules = file));
  for (const file of packs.files<OutcomeDeclaration>("service-outcome")) place(file, (files) => (files.outcome = file));
  for (const file of packs.files<ExampleDeclaration>("service-example")) place(file, (files) => files.examples.push(file));
  return { services, orphans };
}

/** The declarations of one edition; a service without form, facts or rules has none of them. */
export function editionOf(files: ServiceFiles): Edition {
  return {
    service: files.service.value,
    facts: files.facts?.value ?? { facts: {} },
    form: files.form?.value ?? { pages: [] },
    rules: files.rules?.value ?? { rules: [] },
    outcome: files.outcome?.value,
  };
}

/** SHA-256 of the texts an application is decided by; examples are not part of them. */
export function editionHash(files: ServiceFiles): string {
  const hash = createHash("sha256");
  for (const file of [files.service, files.facts, files.form, files.rules, files.outcome])
    hash.update(`${file?.text.length ?? 0}\n${file?.text ?? ""}`);
  return hash.digest("hex");
}
