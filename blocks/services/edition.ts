import { createHash } from "node:crypto";
import type { PackFile, Packs } from "@kerege/kernel/pack";
import { gatherFiles, type ProcessFiles, readStock } from "@kerege/process";
import type { DecisionTexts } from "./deciding.ts";
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
  /** BPMN, where no stock process fits. */
  process?: PackFile<string>;
  /** DMN. */
  decisions: PackFile<string>[];
  /** Texts the process is made of: its own or those of a stock process, with decisions and called processes. */
  course: ProcessFiles;
  examples: PackFile<ExampleDeclaration>[];
}

/** Groups the files of services by the folder they stand in. Files without a passport are given apart. */
export function serviceFiles(packs: Packs): { services: Map<string, ServiceFiles>; orphans: PackFile[] } {
  const services = new Map<string, ServiceFiles>();
  for (const service of packs.files<ServiceDeclaration>("service"))
    services.set(service.name, { service, decisions: [], course: {}, examples: [] });
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
  for (const file of packs.files<string>("service-process")) place(file, (files) => (files.process = file));
  // Files of decisions are read and checked by processes, wherever they stand.
  for (const file of packs.files<string>("decisions")) {
    const service = /\/services\/([a-z][a-z0-9-]*)\//.exec(file.file)?.[1];
    if (service !== undefined) place({ ...file, name: service }, (files) => files.decisions.push(file));
  }
  for (const file of packs.files<ExampleDeclaration>("service-example")) place(file, (files) => files.examples.push(file));
  for (const files of services.values()) if (files.outcome) files.course = courseOf(packs, files);
  for (const file of packs.files("service-simulation")) place(file, () => {});
  return { services, orphans };
}

function courseOf(packs: Packs, { service, process, decisions }: ServiceFiles): ProcessFiles {
  const course = gatherFiles(packs, process?.text ?? readStock(service.value.process ?? "straight-through"));
  const own = decisions.map((file) => [`decisions/${fileName(file)}`, file.text] as const);
  return { ...course, ...Object.fromEntries(own) };
}

/** Texts of a service's own files of decisions, by their names. */
export function ownDecisions({ decisions }: Pick<ServiceFiles, "decisions">): DecisionTexts {
  return Object.fromEntries(decisions.map((file) => [fileName(file), file.text]));
}

/** Name of a file without its folder. */
export function fileName({ file }: Pick<PackFile, "file">): string {
  return file.slice(file.lastIndexOf("/") + 1);
}

/** The declarations of one edition; a service without form, facts or rules has none of them. */
export function editionOf(files: ServiceFiles): Edition {
  return {
    service: files.service.value,
    facts: files.facts?.value ?? { facts: {} },
    form: files.form?.value ?? { pages: [] },
    rules: files.rules?.value ?? { rules: [] },
    outcome: files.outcome?.value,
    decisions: ownDecisions(files),
    process: files.course,
  };
}

/** SHA-256 of the texts an application is decided by; examples are not part of them. */
export function editionHash(files: ServiceFiles): string {
  const hash = createHash("sha256");
  const declared = [files.service, files.facts, files.form, files.rules, files.outcome].map((file) => file?.text ?? "");
  for (const text of [...declared, ...Object.values(files.course)]) hash.update(`${text.length}\n${text}`);
  return hash.digest("hex");
}
