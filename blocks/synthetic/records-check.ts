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
  const knowsCode = codesOf(packs);
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
    if (table) tell(table, readRecords(head, register, { ...table, knowsCode }).faults, report);
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

function tell(table: PackFile<string>, faults: RecordFault[], report: Report): void {
  if (faults.length === 0) return;
  const { columns } = readCsv(table.text);
  const lines = table.text.split("\n");
  for (const { line, column: name, code, params } of faults) {
    const index = name === undefined ? -1 : columns.indexOf(name);
    const column = index < 0 ? 1 : placeInLine(lines[line - 1] ?? "", index);
    report({ ...table, at: () => ({ line, column }) }, [], code, params);
  }
}

/** Codes of a classifier in any of its editions, read where one is asked for. A classifier that is not there is another check's fault. */
function codesOf(packs: Packs): (classifier: string, code: string) => boolean {
  const known = new Map<string, Set<string> | undefined>();
  const read = (name: string) => {
    const file = packs.files<Listed>("reference").find((one) => one.value.kind === "classifier" && one.value.name === name);
    if (!file) return undefined;
    const { value } = file;
    return new Set(
      [value, ...(value.editions ?? [])].flatMap(({ items = [], file: table, columns }) => {
        const found = packs.files<string>("reference-table").find((one) => one.pack === file.pack && `${one.name}.csv` === table);
        const rows = found && columns ? readCsv(found.text).rows.map(({ values }) => values[columns.code] ?? "") : [];
        return [...items.map(({ code }) => code), ...rows];
      }),
    );
  };
  return (classifier, code) => {
    if (!known.has(classifier)) known.set(classifier, read(classifier));
    return known.get(classifier)?.has(code) ?? true;
  };
}

/** What a classifier of the reference data says of its codes. */
interface Listed {
  kind: string;
  name: string;
  items?: { code: string }[];
  file?: string;
  columns?: { code: string };
  editions?: Pick<Listed, "items" | "file" | "columns">[];
}
