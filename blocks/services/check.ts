import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import type { Path } from "@kerege/kernel/schema";
import type { Ground, RegisterDeclaration } from "@kerege/registry";
import { checkDecisionUse, checkTablesReached } from "./check-decisions.ts";
import { checkFacts } from "./check-facts.ts";
import { checkForm } from "./check-form.ts";
import { checkOutcome } from "./check-outcome.ts";
import { checkProcess } from "./check-process.ts";
import { checkSimulation } from "./check-simulation.ts";
import type { CompiledEdition, EditionPart, EditionReport } from "./compile.ts";
import type { ServiceDeclaration } from "./declaration.ts";
import { type ServiceFiles, serviceFiles } from "./edition.ts";
import { compileFiles } from "./editions.ts";
import { runExample } from "./examples.ts";

/** What one service is checked against. */
export interface Checking {
  files: ServiceFiles;
  registers: Map<string, RegisterDeclaration>;
  grounds: Map<string, Ground>;
  packs: Packs;
  report: EditionReport;
}

/** Finds what schemas cannot: names that point at nothing, rules that do not compile, questions the state knows the answer to, and examples that fail or are missing. */
export function checkServices(packs: Packs, report: Report): void {
  const registers = new Map(packs.files<RegisterDeclaration>("register").map((file) => [file.value.register, file.value]));
  const grounds = new Map(packs.files<Ground>("ground").map((file) => [file.value.ground, file.value]));
  const { services, orphans } = serviceFiles(packs);
  for (const file of orphans) report(file, [], "services.faults.no-passport", { service: file.name });
  const passports = packs.files<ServiceDeclaration>("service");
  for (const file of passports) {
    const last = services.get(file.name)?.service;
    if (last && last !== file)
      report(file, ["service"], "services.faults.declared-twice", { service: file.name, other: last.file });
  }
  for (const files of services.values()) {
    // A file that could not be read at all is missing from here: what it would cause is not told on top of it.
    const folder = files.service.file.replace(/service\.yaml$/, "");
    if (!packs.faults.some((fault) => fault.file.startsWith(folder)))
      checkService({ files, registers, grounds, packs, report: reportIn(files, report) }, report);
  }
}

function reportIn(files: ServiceFiles, report: Report): EditionReport {
  const { service, facts, form, rules, outcome, decisions } = files;
  const fileOf: Record<EditionPart, PackFile | undefined> = { service, facts, form, rules, outcome, decisions: decisions[0] };
  return (part, place, code, params) => {
    const file = fileOf[part];
    if (file) report(file, place, `services.faults.${code}`, params);
    else report(files.service, [], `services.faults.${code}`, params);
  };
}

function checkService(given: Checking, report: Report): void {
  const { files } = given;
  let faults = 0;
  const checking: Checking = {
    ...given,
    report(...fault) {
      faults++;
      given.report(...fault);
    },
  };
  const { value } = files.service;
  if (value.service !== files.service.name)
    checking.report("service", ["service"], "name-differs", { name: value.service, folder: files.service.name });
  checkPassport(checking);
  checkFacts(checking);
  checkForm(checking);
  checkOutcome(checking);
  const edition = compileFiles(files, checking.registers, checking.report);
  checkDecisionUse({
    files,
    edition,
    say: checking.report,
    report: (...fault) => {
      faults++;
      report(...fault);
    },
  });
  if (files.outcome) {
    const counted: Report = (...fault) => {
      faults++;
      report(...fault);
    };
    checkProcess({ files, edition, say: checking.report, report: counted });
  }
  checkSimulation({ files, edition, packs: checking.packs, report });
  // A service with a fault would fail its examples for the same reason once more.
  if (faults === 0 && files.outcome) checkExamples({ files, edition, report });
}

function checkPassport({ files, report }: Checking): void {
  const { acts, law, fee, maturity, kind, audience, service } = files.service.value;
  const norm = (part: EditionPart, place: Path, act: string) => {
    if (!(act in acts)) report(part, [...place, "act"], "unknown-act", { act });
  };
  for (const [index, one] of law.entries()) norm("service", ["law", index], one.act);
  for (const [index, rule] of (files.rules?.value.rules ?? []).entries()) norm("rules", ["rules", index, "norm"], rule.norm.act);
  const free = "free" in fee;
  if (free === "amount" in fee) report("service", ["fee"], "fee-unclear");
  if ("amount" in fee) {
    if (fee.norm) norm("service", ["fee", "norm"], fee.norm.act);
    else report("service", ["fee"], "fee-without-norm");
    // M-0.4: no fee for information a person asks about himself.
    if (kind === "certificate" && audience.includes("person")) report("service", ["fee"], "fee-for-own-facts");
  }
  if (maturity >= 3 && !files.outcome) report("service", ["maturity"], "no-outcome", { service, maturity });
  if (files.outcome && !files.form) report("service", [], "no-form", { service });
  if (files.outcome && files.examples.length === 0) report("service", [], "no-examples", { service });
  const rules = files.rules?.value.rules ?? [];
  rules.forEach((rule, index) => {
    if (rules.findIndex((other) => other.rule === rule.rule) < index)
      report("rules", ["rules", index, "rule"], "rule-twice", { rule: rule.rule });
  });
}

function checkExamples(given: { files: ServiceFiles; edition: CompiledEdition; report: Report }): void {
  const { files, edition, report } = given;
  const reached = new Set<string>();
  const tables = new Set<string>();
  let granted = false;
  for (const file of files.examples) {
    const own = /([a-z0-9-]+)\.yaml$/.exec(file.file)?.[1] ?? "";
    if (file.value.example !== own)
      report(file, ["example"], "services.faults.example-name", { name: file.value.example, file: own });
    const result = runExample(edition, file);
    for (const { place, expected, came } of result.differences)
      report(file, place, "services.faults.example-differs", { what: place.slice(1).join("."), expected, came });
    for (const rule of result.refusals) reached.add(rule);
    for (const [table, rules] of Object.entries(result.tables)) for (const rule of rules) tables.add(`${table} ${rule}`);
    granted ||= file.value.expect.outcome === "granted";
  }
  const rules = files.rules;
  for (const [index, { rule }] of (rules?.value.rules ?? []).entries()) {
    if (!reached.has(rule)) report(rules!, ["rules", index, "rule"], "services.faults.rule-not-reached", { rule });
  }
  checkTablesReached({ files, edition, report, reached: tables });
  if (files.examples.length > 0 && !granted)
    report(files.service, [], "services.faults.nothing-granted", { service: files.service.value.service });
}
