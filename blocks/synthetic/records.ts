import { type CsvRow, readCsv } from "@kerege/reference";
import {
  checkScalar,
  expand,
  type GroundDocument,
  type RegisterDeclaration,
  toMinor,
  type Value,
  type Values,
} from "@kerege/registry";

/** `records/<name>.yaml` of a pack: what the lines of `records/<name>.csv` are and how each is put into its register. */
export interface RecordsDeclaration {
  records: string;
  register: string;
  event: string;
  /** Column with the key of the record. */
  key: string;
  /** The day from which each line is true: one for all (`YYYY-MM-DD`), or a column. */
  validFrom: string | { column: string };
  /** The document every line rests on. */
  document: GroundDocument;
  /** The column of a field where it has another name. A column without a field is a fault. */
  columns?: Record<string, string>;
  /** Columns kept for people only. */
  notes?: string[];
  /** True of nobody: only a demo country gets them. */
  invented?: boolean;
  source: { title: string; url?: string; licence: string; note?: string };
}

/** One line, ready to be recorded. */
export interface RecordRow {
  /** Line of the file, from 1. */
  line: number;
  key: string;
  validFrom: string;
  values: Values;
}

/** Something wrong in a table: the line and, where one value is meant, its column by name. */
export interface RecordFault {
  line: number;
  column?: string;
  code: string;
  params: Record<string, string | number>;
}

/** The table that the head speaks of. */
export interface RecordsTable {
  file: string;
  text: string;
  /** Whether a classifier has a code; every code is taken where it is left out, and judged when the line is recorded. */
  knowsCode?(classifier: string, code: string): boolean;
}

/** Days that only the day of recording can judge are judged when the line is recorded. */
const anyDay = "9999-12-31";

/** Lines of a table as values of the columns of a register. All faults at once; lines with a fault are left out. */
export function readRecords(
  head: RecordsDeclaration,
  register: RegisterDeclaration,
  table: RecordsTable,
): { rows: RecordRow[]; faults: RecordFault[] } {
  const { columns, rows, faults: broken } = readCsv(table.text);
  const faults: RecordFault[] = broken.map(({ line, code, params }) => ({ line, code: `reference.faults.${code}`, params }));
  const { fields, events } = expand(register).flat;
  const event = events[head.event]!;
  const columnOf = (field: string) => head.columns?.[field] ?? field;
  const fieldOf = new Map(event.sets.map((field) => [columnOf(field), field]));
  const service = new Set([
    head.key,
    ...(typeof head.validFrom === "object" ? [head.validFrom.column] : []),
    ...(head.notes ?? []),
  ]);
  const wanted = new Set([...service, ...Object.values(head.columns ?? {}), ...(event.requires ?? []).map(columnOf)]);
  for (const column of wanted)
    if (!columns.includes(column))
      faults.push({ line: 1, code: "reference.faults.missing-column", params: { column, file: table.file } });
  for (const column of columns)
    if (!fieldOf.has(column) && !service.has(column))
      faults.push({ line: 1, column, code: "synthetic.faults.record-column-of-nothing", params: { column, event: head.event } });
  if (faults.some(({ line }) => line === 1)) return { rows: [], faults };
  const world = { knowsCode: table.knowsCode ?? (() => true), today: anyDay };
  const first = new Map<string, number>();
  const read: RecordRow[] = [];
  for (const row of rows) {
    const { line } = row;
    const key = row.values[head.key]!;
    const found = faults.length;
    const say = (column: string, code: string, params: RecordFault["params"] = {}) =>
      faults.push({ line, column, code: `synthetic.faults.${code}`, params: { column, ...params } });
    const other = first.get(key);
    if (key === "") say(head.key, "record-value-missing");
    else if (other !== undefined) say(head.key, "record-key-twice", { key, other });
    else first.set(key, line);
    const validFrom = typeof head.validFrom === "string" ? head.validFrom : row.values[head.validFrom.column]!;
    if (!isDay(validFrom))
      say((head.validFrom as { column: string }).column, "record-wrong-value", { value: validFrom, why: "not_date" });
    const values: Values = {};
    for (const [column, field] of fieldOf) {
      const text = row.values[column] ?? "";
      if (text === "") {
        if (event.requires?.includes(field)) say(column, "record-value-missing");
        continue;
      }
      const value = cellValue(fields[field]!, { text, row, field, columnOf });
      const wrong = value === undefined ? { key: "not-whole" } : checkScalar(fields[field]!, value, world);
      if (wrong)
        say(column, "record-wrong-value", {
          value: text.slice(0, 60),
          why: wrong.key.replaceAll("-", "_"),
          allowed: (fields[field]!.values ?? []).join(", "),
        });
      else values[field] = value!;
    }
    if (faults.length === found) read.push({ line, key, validFrom, values });
  }
  return { rows: read, faults };
}

/** A cell as the field takes it: an amount of money is written as people write it (12.50) and held in minor units. */
function cellValue(
  field: RegisterDeclaration["fields"][string],
  cell: { text: string; row: CsvRow; field: string; columnOf(field: string): string },
): Value | undefined {
  const { text, row, columnOf } = cell;
  if (field.part?.name === "amount") return toMinor(text, row.values[columnOf(`${field.part.of}_currency`)] ?? "");
  if (field.type === "integer") return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
  if (field.type === "boolean") return text === "true" ? true : text === "false" ? false : text;
  return text;
}

/** Where the value of a column begins in its line (from 1); 1 where the record runs over several lines. */
export function placeInLine(signs: string, index: number): number {
  let quoted = false;
  let cell = 0;
  for (let at = 0; at < signs.length; at++) {
    if (cell === index) return at + 1;
    if (signs[at] === '"') quoted = !quoted;
    else if (signs[at] === "," && !quoted) cell++;
  }
  return cell === index ? signs.length + 1 : 1;
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
}
