import { type Language, languages, type Multilingual } from "@kerege/kernel/locale";
import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import { type CsvRow, readCsv } from "./csv.ts";
import type {
  BoundariesDeclaration,
  CalendarDay,
  CalendarDeclaration,
  ClassifierDeclaration,
  FeatureCollection,
  Item,
  NameColumns,
  ReferenceDeclaration,
} from "./declaration.ts";

export interface Classifier {
  declaration: ClassifierDeclaration;
  file: PackFile;
  items: Item[];
  byCode: Map<string, Item>;
  /** Where an item stands, for messages. */
  lineOf(code: string): { file: PackFile; line?: number; place: (string | number)[] };
}

export interface Calendar {
  declaration: CalendarDeclaration;
  days: CalendarDay[];
}

export interface Boundaries {
  declaration: BoundariesDeclaration;
  file: PackFile;
  text: string;
  collection?: FeatureCollection;
}

export interface Reading {
  classifiers: Map<string, Classifier>;
  calendars: Map<string, Calendar>;
  boundaries: Map<string, Boundaries>;
}

const silent: Report = () => {};

/** Reads all reference files of the packs. Faults go to `report`; what has them is left out as far as needed. */
export function readReference(packs: Packs, report: Report = silent): Reading {
  const reading: Reading = { classifiers: new Map(), calendars: new Map(), boundaries: new Map() };
  const seen = new Map<string, PackFile>();
  for (const file of packs.files<ReferenceDeclaration>("reference")) {
    const declaration = file.value;
    if (declaration.name !== file.name)
      report(file, ["name"], "reference.faults.name-differs", { name: file.name, said: declaration.name });
    const other = seen.get(declaration.name);
    if (other) {
      report(file, ["name"], "reference.faults.declared-twice", { name: declaration.name, other: other.file });
      continue;
    }
    seen.set(declaration.name, file);
    if (declaration.kind === "classifier")
      reading.classifiers.set(declaration.name, readClassifier(packs, file as PackFile<ClassifierDeclaration>, report));
    else if (declaration.kind === "calendar") {
      if (reading.calendars.size > 0) report(file, ["kind"], "reference.faults.second-calendar", { name: declaration.name });
      reading.calendars.set(declaration.name, readCalendar(packs, file as PackFile<CalendarDeclaration>, report));
    } else {
      const beside = findBeside(packs, file, { kind: "reference-shapes", report });
      if (beside) reading.boundaries.set(declaration.name, { declaration, file: beside, text: beside.text });
    }
  }
  return reading;
}

/** The same file with every place on one line: a CSV file has lines but no paths. */
export function onLine(file: PackFile, line: number): PackFile {
  return { ...file, at: () => ({ line, column: 1 }) };
}

function findBeside(
  packs: Packs,
  file: PackFile<ReferenceDeclaration>,
  wanted: { kind: string; report: Report },
): PackFile | undefined {
  const asked = file.value.file ?? "";
  const found = packs
    .files(wanted.kind)
    .find((candidate) => candidate.pack === file.pack && candidate.file.endsWith(`/reference/${asked}`));
  if (!found) wanted.report(file, ["file"], "reference.faults.missing-file", { file: asked });
  return found;
}

interface Table {
  file: PackFile;
  rows: CsvRow[];
}

function readTable(packs: Packs, file: PackFile<ClassifierDeclaration | CalendarDeclaration>, report: Report): Table | undefined {
  const beside = findBeside(packs, file, { kind: "reference-table", report });
  if (!beside) return undefined;
  const { columns, rows, faults } = readCsv(beside.text);
  for (const fault of faults) report(onLine(beside, fault.line), [], `reference.faults.${fault.code}`, fault.params);
  const { names, ...single } = file.value.columns!;
  const wanted: [string[], string][] = [
    ...Object.entries(single).map(([key, column]): [string[], string] => [["columns", key], column]),
    ...Object.entries(names).map(([key, column]): [string[], string] => [["columns", "names", key], column]),
  ];
  const missing = wanted.filter(([, column]) => !columns.includes(column));
  for (const [place, column] of missing)
    report(file, place, "reference.faults.missing-column", { column, file: file.value.file ?? "" });
  return missing.length === 0 ? { file: beside, rows } : undefined;
}

const noFallback: Language[] = [...languages];

function nameOf(values: Record<string, string>, columns: NameColumns, fallback: Language[]): Multilingual | undefined {
  const said = (language: Language) => values[columns[language] ?? ""] ?? "";
  const other = fallback.map(said).find((name) => name !== "");
  if (other === undefined) return undefined;
  return { ky: said("ky") || other, ru: said("ru") || other, kk: said("kk") || other, en: said("en") || other };
}

function readClassifier(packs: Packs, file: PackFile<ClassifierDeclaration>, report: Report): Classifier {
  const declaration = file.value;
  const byCode = new Map<string, Item>();
  const lines = new Map<string, number | undefined>();
  const places = new Map<string, number>();
  let source: PackFile = file;
  const add = (item: Item, at: PackFile, place: (string | number)[]) => {
    if (byCode.has(item.code))
      report(at, place, "reference.faults.duplicate-code", { code: item.code, classifier: declaration.name });
    else byCode.set(item.code, item);
  };
  if ((declaration.items === undefined) === (declaration.file === undefined))
    report(file, ["name"], "reference.faults.file-or-items", { name: declaration.name });
  for (const [index, item] of (declaration.items ?? []).entries()) {
    places.set(item.code, index);
    add({ ...item }, file, ["items", index, "code"]);
  }
  if (declaration.file !== undefined) {
    if (!declaration.columns) report(file, ["file"], "reference.faults.no-columns", { file: declaration.file });
    const table = declaration.columns ? readTable(packs, file, report) : undefined;
    if (table) source = table.file;
    for (const row of table?.rows ?? []) {
      const at = onLine(table!.file, row.line);
      const item = itemOf(row.values, declaration, (code, params) => report(at, [], code, params));
      if (!item) continue;
      if (!lines.has(item.code)) lines.set(item.code, row.line);
      add(item, at, []);
    }
  }
  const lineOf = (code: string) => {
    const index = places.get(code);
    return { file: source, line: lines.get(code), place: index === undefined ? [] : ["items", index, "parent"] };
  };
  return { declaration, file, items: [...byCode.values()], byCode, lineOf };
}

type Say = (code: string, params: Record<string, string | number>) => void;

function itemOf(values: Record<string, string>, declaration: ClassifierDeclaration, say: Say): Item | undefined {
  const columns = declaration.columns!;
  const code = values[columns.code] ?? "";
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(code)) {
    say("reference.faults.wrong-code", { code });
    return undefined;
  }
  const name = nameOf(values, columns.names, declaration.fallback ?? noFallback);
  if (!name) {
    say("reference.faults.no-name", { code });
    return undefined;
  }
  const item: Item = { code, name };
  const text = (column: string | undefined) => (column === undefined ? "" : (values[column] ?? ""));
  if (text(columns.parent)) item.parent = text(columns.parent);
  if (text(columns.level)) item.level = text(columns.level);
  for (const key of ["lat", "lon", "weight"] as const) {
    const said = text(columns[key]);
    if (said === "") continue;
    const number = Number(said);
    const limit = { lat: 90, lon: 180, weight: Number.MAX_SAFE_INTEGER }[key];
    if (!Number.isFinite(number) || Math.abs(number) > limit)
      say("reference.faults.wrong-number", { code, column: columns[key]!, value: said });
    else item[key] = number;
  }
  return item;
}

function readCalendar(packs: Packs, file: PackFile<CalendarDeclaration>, report: Report): Calendar {
  const { columns } = file.value;
  const table = readTable(packs, file, report);
  const days = new Map<string, CalendarDay>();
  for (const row of table?.rows ?? []) {
    const at = onLine(table!.file, row.line);
    const day = row.values[columns.day] ?? "";
    const name = nameOf(row.values, columns.names, noFallback);
    if (!isDay(day)) report(at, [], "reference.faults.wrong-day", { day });
    else if (days.has(day)) report(at, [], "reference.faults.duplicate-code", { code: day, classifier: file.value.name });
    else if (!name) report(at, [], "reference.faults.no-name", { code: day });
    else
      days.set(day, {
        day,
        kind: row.values[columns.kind] ?? "",
        name,
        estimated: (row.values[columns.estimated ?? ""] ?? "") === "yes",
      });
  }
  return { declaration: file.value, days: [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1)) };
}

function isDay(day: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}
