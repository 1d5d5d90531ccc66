import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import { nearest } from "@kerege/kernel/schema";
import { readCsv } from "@kerege/reference";
import type { RegisterDeclaration } from "@kerege/registry";
import { placeInLine, type RecordFault, type RecordsDeclaration, readRecords } from "./records.ts";

/** Heads of first records that speak of what is not there, and every wrong value of their tables, with its line and column. */
export function checkRecords(packs: Packs, report: Report): void {
  const registers = new Map(packs.files<RegisterDeclaration>("register").map((file) => [file.value.register, file.value]));
  const tables = packs.files<string>("records-table");
  const heads = packs.files<RecordsDeclaration>("records");
  for (const file of heads) {
    const head = file.value;
    if (head.records !== file.name)
      report(file, ["records"], "synthetic.faults.name-differs", { name: file.name, said: head.records });
    const register = registers.get(head.register);
    if (!register) {
      const near = nearest(head.register, registers.keys()) || "none";
      report(file, ["register"], "synthetic.faults.unknown-register", { register: head.register, near });
      continue;
    }
    if (!register.events[head.event]) {
      const near = nearest(head.event, Object.keys(register.events)) || "none";
      report(file, ["event"], "synthetic.faults.unknown-event", { event: head.event, register: head.register, near });
      continue;
    }
    checkDocument(file, register, report);
    const table = tables.find((one) => one.pack === file.pack && one.name === file.name);
    if (table) for (const fault of readRecords(head, register, table).faults) tell(table, fault, report);
    else report(file, ["records"], "reference.faults.missing-file", { file: `${file.name}.csv` });
  }
  for (const table of tables)
    if (!heads.some((head) => head.pack === table.pack && head.name === table.name))
      report(table, [], "reference.faults.missing-file", { file: `${table.name}.yaml` });
}

/** An event that names kinds of document takes no other. */
function checkDocument(file: PackFile<RecordsDeclaration>, register: RegisterDeclaration, report: Report): void {
  const { document, event } = file.value;
  const kinds = register.events[event]!.documents;
  if (!kinds || (typeof document === "object" && document.kind in kinds)) return;
  const near = nearest(typeof document === "object" ? document.kind : "", Object.keys(kinds)) || "none";
  report(file, ["document"], "synthetic.faults.record-document", { event, kinds: Object.keys(kinds).join(", "), near });
}

function tell(table: PackFile<string>, fault: RecordFault, report: Report): void {
  const { columns } = readCsv(table.text);
  const index = fault.column === undefined ? -1 : columns.indexOf(fault.column);
  const column = index < 0 ? 1 : placeInLine(table.text, fault.line, index);
  report({ ...table, at: () => ({ line: fault.line, column }) }, [], fault.code, fault.params);
}
