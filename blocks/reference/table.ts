import { type Language, languages, type Multilingual } from "@kerege/kernel/locale";
import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import { type CsvRow, readCsv } from "./csv.ts";
import type { NameColumns } from "./declaration.ts";

export type Place = (string | number)[];

/** A CSV file beside a declaration, with its rows. */
export interface Table {
  file: PackFile;
  rows: CsvRow[];
}

/** The same file with every place on one line: a CSV file has lines but no paths. */
export function onLine(file: PackFile, line: number): PackFile {
  return { ...file, at: () => ({ line, column: 1 }) };
}

/** Where a file is named: the declaration, the place in it, the name. */
export interface Naming {
  file: PackFile;
  place: Place;
  asked: string;
}

export function findBeside(packs: Packs, kind: string, naming: Naming): PackFile | undefined {
  return packs
    .files(kind)
    .find((candidate) => candidate.pack === naming.file.pack && candidate.file.endsWith(`/reference/${naming.asked}`));
}

/** Reads a CSV file whose wanted columns are given with their places in the declaration. Undefined when it cannot be used. */
export function readTable(
  packs: Packs,
  naming: Naming & { wanted: { column: string; place: Place }[] },
  report: Report,
): Table | undefined {
  const beside = findBeside(packs, "reference-table", naming);
  if (!beside) {
    report(naming.file, naming.place, "reference.faults.missing-file", { file: naming.asked });
    return undefined;
  }
  const { columns, rows, faults } = readCsv(beside.text);
  for (const fault of faults) report(onLine(beside, fault.line), [], `reference.faults.${fault.code}`, fault.params);
  const missing = naming.wanted.filter(({ column }) => !columns.includes(column));
  for (const { column, place } of missing)
    report(naming.file, place, "reference.faults.missing-column", { column, file: naming.asked });
  return missing.length === 0 ? { file: beside, rows } : undefined;
}

/** Columns as `columns` of a declaration names them, each with its place. */
export function columnsOf(columns: object, place: Place): { column: string; place: Place }[] {
  const { names, ...single } = columns as { names: NameColumns } & Record<string, string>;
  return [
    ...Object.entries(single as Record<string, string>).map(([key, column]) => ({ column, place: [...place, key] })),
    ...Object.entries(names).map(([key, column]) => ({ column: column!, place: [...place, "names", key] })),
  ];
}

export const noFallback: Language[] = [...languages];

export interface SaidName {
  name: Multilingual;
  /** Languages that have no name of their own. */
  borrowed: Language[];
  /** Those of them for which the fallback has none either; any other name stands in. */
  lacking: Language[];
}

/** A name in each language; where one is missing, the first of `fallback` that is there is borrowed. Undefined when there is none at all. */
export function nameOf(values: Record<string, string>, columns: NameColumns, fallback: Language[]): SaidName | undefined {
  const said = (language: Language) => values[columns[language] ?? ""] ?? "";
  const borrowed = languages.filter((language) => said(language) === "");
  if (borrowed.length === languages.length) return undefined;
  const first = fallback.map(said).find((name) => name !== "");
  const other = first ?? languages.map(said).find((name) => name !== "")!;
  return {
    name: { ky: said("ky") || other, ru: said("ru") || other, kk: said("kk") || other, en: said("en") || other },
    borrowed,
    lacking: first === undefined ? borrowed : [],
  };
}

export function isDay(day: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  const time = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day);
}
