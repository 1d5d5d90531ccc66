import type { Packs, Report } from "@kerege/kernel/pack";
import { bindDecision } from "../decisions/bind.ts";
import { checkDecisions } from "../decisions/check.ts";
import { readDecisions } from "../decisions/decisions.ts";
import type { Calendar, Decide } from "../engine/model.ts";
import { isStock, readStock } from "../stock/stock.ts";
import type { Bindings, ReadFault } from "./bindings.ts";
import { type ReadModel, readModel } from "./read.ts";

/**
 * Texts a process is made of, by name: `process.bpmn`, `called/<process>.bpmn`, `decisions/<file>.dmn`. Kept with an edition, they make the
 * same model again when the packs have moved on.
 */
export type ProcessFiles = Readonly<Record<string, string>>;

export const OWN_FILE = "process.bpmn";

/** A process from its texts alone. */
export function modelFrom(files: ProcessFiles, given: Omit<Bindings, "decisions" | "called">): ReadModel {
  const decisions: Record<string, Decide> = {};
  const bound: string[] = [];
  for (const [name, text] of Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith("decisions/")) continue;
    bound.push(text);
    const read = readDecisions(text, { imports: Object.values(files).filter((other) => other !== text) });
    // What is wrong in a file of decisions is told where that file is checked.
    if (!read.ok) continue;
    for (const decision of read.decisions.names) {
      const decide = bindDecision(read.decisions, decision);
      if (decide) decisions[decision] ??= decide;
    }
  }
  return readModel(files[OWN_FILE] ?? "", {
    ...given,
    decisions,
    called: (process) => files[`called/${process}.bpmn`] ?? stockProcess(process),
    bound: JSON.stringify([...bound, ...(given.bound === undefined ? [] : [given.bound])]),
  });
}

/** What a process says it needs of the packs it lies among: called processes and files with decisions, and what those call. */
export function gatherFiles(packs: Packs, text: string): ProcessFiles {
  const files: Record<string, string> = { [OWN_FILE]: text };
  const texts = packs.files<string>("process").map((file) => file.value);
  const open = [text];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const process of named(one, "calledElement")) {
      const name = `called/${process}.bpmn`;
      const holds = (candidate: string) => new RegExp(`<(?:[\\w-]+:)?process\\b[^>]*\\sid="${process}"`).test(candidate);
      const found = name in files || holds(one) ? undefined : (texts.find(holds) ?? stockProcess(process));
      if (found === undefined) continue;
      files[name] = found;
      open.push(found);
    }
  }
  const wanted = new Set(Object.values(files).flatMap((one) => named(one, "decision")));
  if (wanted.size === 0) return files;
  const all = packs.files<string>("decisions");
  const needed = all.filter((file) => [...wanted].some((decision) => file.value.includes(`name="${decision}"`)));
  for (let file = needed.pop(); file !== undefined; file = needed.pop()) {
    if (Object.values(files).includes(file.value)) continue;
    // Files of two services may bear one name.
    let name = `decisions/${file.name}.dmn`;
    while (name in files) name = name.replace(/\.dmn$/, "-too.dmn");
    files[name] = file.value;
    const imported = new Set(named(file.value, "namespace"));
    needed.push(
      ...all.filter(
        (other) =>
          other !== file &&
          named(other.value, "namespace")
            .slice(0, 1)
            .some((own) => imported.has(own)),
      ),
    );
  }
  return files;
}

/** Values of an attribute with any prefix; names that no process can have are left to the reader to refuse. */
function named(text: string, attribute: string): string[] {
  const found = [...text.matchAll(new RegExp(`\\s(?:[\\w-]+:)?${attribute}="([^"<&]{1,200})"`, "g"))].map(([, value]) => value!);
  return attribute === "calledElement"
    ? found.map((value) => value.replace(/^.*:/, "")).filter((value) => /^[\w.-]+$/.test(value))
    : found;
}

function stockProcess(name: string): string | undefined {
  return isStock(name) ? readStock(name) : undefined;
}

/** For the check nothing is counted: a process is read, not carried out. */
const ANY_CALENDAR: Calendar = { zone: "UTC", isWorkingDay: () => true, addWorkingDays: (day) => day };

/** Key of the texts of a fault, and what stands in them; for an expression the texts of FEEL, in whatever language is read. */
export function faultTexts({ code, params, feel }: ReadFault): { code: string; params: Record<string, string | number> } {
  return feel
    ? { code: `feel.faults.${feel.code}`, params: { ...feel.params } }
    : { code: `process.reading.${code}`, params: { ...params } };
}

/** Reads every process and every file of decisions of the packs and says what is wrong, with its line. */
export function checkProcesses(packs: Packs, report: Report): void {
  const decisions = packs.files<string>("decisions");
  for (const file of decisions) {
    const imports = decisions.filter((other) => other !== file).map((other) => other.value);
    const faults = checkDecisions(file.value, { norms: "required", imports });
    for (const { code, params, line, column } of faults) report(file, [line, column], code, { ...params });
  }
  for (const file of packs.files<string>("process")) {
    const read = modelFrom(gatherFiles(packs, file.value), { calendar: ANY_CALENDAR });
    if (read.ok) continue;
    for (const fault of read.faults) {
      const { code, params } = faultTexts(fault);
      report(file, [fault.line, fault.column], code, params);
    }
  }
}
