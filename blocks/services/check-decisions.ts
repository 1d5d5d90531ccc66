import type { PackFile, Report } from "@kerege/kernel/pack";
import { type Decision, type Element, readElements } from "@kerege/process";
import { ownNames } from "./check-facts.ts";
import type { CompiledEdition, EditionReport } from "./compile.ts";
import { unlike } from "./deciding.ts";
import { fileName, type ServiceFiles } from "./edition.ts";

interface Checked {
  files: ServiceFiles;
  edition: CompiledEdition;
  report: Report;
}

type Table = Decision["tables"][number];

/** How a service uses its own decisions: names that are free, inputs it knows, acts it cites, and none that nobody asks for. */
export function checkDecisionUse(checked: Checked & { say: EditionReport }): void {
  const { files, edition, report, say } = checked;
  const called = files.rules?.value.decisions ?? {};
  const tables = new Set(edition.decisions.flatMap(({ decision }) => decision.tables.map(({ element }) => element)));
  for (const table of Object.keys(called)) {
    if (!tables.has(table) && !edition.decisions.some(({ name }) => name === table))
      say("rules", ["decisions", table], "unknown-decision", { decision: table });
  }
  const needed = neededIn(files);
  const own = new Set(files.decisions.map(({ text }) => namespaceOf(text)));
  const seen = new Set<string>();
  for (const file of files.decisions) {
    const read = readElements(file.text);
    if (!read.ok) continue;
    for (const element of read.root.children) {
      const name = element.attributes.get("name") ?? "";
      const at = [element.place.line, element.place.column];
      if (element.name === "import" && !own.has(element.attributes.get("namespace")))
        report(file, at, "services.faults.import-elsewhere", { namespace: element.attributes.get("namespace") ?? "" });
      if (element.name === "inputData") checkInput(checked, { file, element, name });
      if (element.name !== "decision") continue;
      const taken = ownNames.includes(name) || edition.facts.some((fact) => fact.name === name) || seen.has(name);
      seen.add(name);
      if (taken) report(file, at, "services.faults.name-taken", { name });
      else if (edition.decisions.some((one) => one.name === name) && !edition.spoken.has(name) && !needed.has(name))
        report(file, at, "services.faults.unused-decision", { decision: name });
    }
  }
  for (const { file, table } of ownTables(checked)) {
    for (const [index, norm] of table.norms.entries()) {
      const { line, column } = table.expression.rules[index]!.place;
      if (norm && !(norm.act in files.service.value.acts))
        report(file, [line, column], "services.faults.unknown-act", { act: norm.act });
    }
  }
}

function namespaceOf(text: string): string | undefined {
  const read = readElements(text);
  return read.ok ? read.root.attributes.get("namespace") : undefined;
}

/** An input is a name of the service and of its type: a fact, `answers`, `applicant`, `day`. */
function checkInput(
  { edition, report }: Checked,
  { file, element, name }: { file: PackFile<string>; element: Element; name: string },
): void {
  const at = [element.place.line, element.place.column];
  const decisions = edition.decisions.filter((one) => one.file === fileName(file));
  const input = decisions.flatMap(({ decision }) => decision.inputs).find((one) => one.name === name);
  if (!input) return;
  const known = Object.keys(edition.shapes).filter((one) => !edition.decisions.some((decision) => decision.name === one));
  if (!known.includes(name)) {
    report(file, at, "services.faults.unknown-input", { input: name, known: known.join(", ") });
    return;
  }
  const found = unlike(input.shape, edition.shapes[name], name);
  if (found?.given === "") report(file, at, "services.faults.unknown-input", { input: found.path, known: known.join(", ") });
  else if (found) report(file, at, "services.faults.input-unlike", { input: found.path, own: found.own, given: found.given });
}

/** Names of decisions that other decisions or the process of the service ask for. */
function neededIn({ decisions, process }: ServiceFiles): Set<string> {
  const names = new Set<string>();
  const byId = new Map<string, string>();
  const hrefs: string[] = [];
  const walk = (element: Element) => {
    const { name, attributes } = element;
    if (name === "decision") byId.set(attributes.get("id") ?? "", attributes.get("name") ?? "");
    if (["requiredDecision", "outputDecision", "encapsulatedDecision"].includes(name)) hrefs.push(attributes.get("href") ?? "");
    if (name === "businessRuleTask") names.add(attributes.get("decision") ?? "");
    for (const child of element.children) walk(child);
  };
  for (const file of process ? [...decisions, process] : decisions) {
    const read = readElements(file.text);
    if (read.ok) walk(read.root);
  }
  for (const href of hrefs) names.add(byId.get(href.slice(href.indexOf("#") + 1)) ?? "");
  return names;
}

/** Tables with the file each is written in; a table that another file imports is not told twice. */
function ownTables({ files, edition }: Checked): { file: PackFile<string>; table: Table }[] {
  return files.decisions.flatMap((file) => {
    const decisions = edition.decisions.filter((one) => one.file === fileName(file));
    const tables = new Set(decisions.flatMap(({ decision }) => decision.tables));
    const read = readElements(file.text);
    const written = new Set(read.ok ? read.root.children.map(({ attributes }) => attributes.get("name")) : []);
    return [...tables].filter(({ element }) => written.has(element)).map((table) => ({ file, table }));
  });
}

/** A rule of a table that no example reaches has never been tried. */
export function checkTablesReached(checked: Checked & { reached: ReadonlySet<string> }): void {
  for (const { file, table } of ownTables(checked)) {
    for (const [index, { place }] of table.expression.rules.entries()) {
      if (!checked.reached.has(`${table.element} ${index + 1}`))
        checked.report(file, [place.line, place.column], "services.faults.table-rule-not-reached", {
          table: table.element,
          rule: index + 1,
        });
    }
  }
}
