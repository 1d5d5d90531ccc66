import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import type {
  BoundariesDeclaration,
  CalendarDay,
  CalendarDeclaration,
  ClassifierDeclaration,
  FeatureCollection,
  OfficialsDeclaration,
  OrganisationDeclaration,
  ReferenceDeclaration,
} from "./declaration.ts";
import { type Classifier, readClassifier } from "./reading-classifier.ts";
import { columnsOf, findBeside, isDay, nameOf, noFallback, onLine, type Place, readTable } from "./table.ts";

/** A calendar with the years of all its files together. */
export interface Calendar {
  declaration: CalendarDeclaration;
  file: PackFile;
  days: CalendarDay[];
  /** What each file covers, as declared. */
  parts: { edition: string; covers: { from: string; until: string }; days: CalendarDay[]; place: Place }[];
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
  organisations: PackFile<OrganisationDeclaration>[];
  officials: PackFile<OfficialsDeclaration>[];
}

interface Told {
  reading: Reading;
  faults: Parameters<Report>[];
}

// Reading is asked for by the check and again when the block is opened; what packs say does not change in between.
const readOnce = new WeakMap<Packs, Told>();

/** Reads all reference files of the packs. Faults go to `report`; what has them is left out as far as needed. */
export function readReference(packs: Packs, report?: Report): Reading {
  let told = readOnce.get(packs);
  if (!told) {
    const faults: Told["faults"] = [];
    told = { faults, reading: readAll(packs, (...fault) => faults.push(fault)) };
    readOnce.set(packs, told);
  }
  if (report) for (const fault of told.faults) report(...fault);
  return told.reading;
}

function readAll(packs: Packs, report: Report): Reading {
  const reading: Reading = {
    classifiers: new Map(),
    calendars: new Map(),
    boundaries: new Map(),
    organisations: [],
    officials: [],
  };
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
    readOne(packs, file, { reading, report });
  }
  return reading;
}

function readOne(packs: Packs, file: PackFile<ReferenceDeclaration>, into: { reading: Reading; report: Report }): void {
  const { reading, report } = into;
  const declaration = file.value;
  const { name } = declaration;
  switch (declaration.kind) {
    case "classifier":
      reading.classifiers.set(name, readClassifier(packs, file as PackFile<ClassifierDeclaration>, report));
      return;
    case "calendar":
      reading.calendars.set(name, readCalendar(packs, file as PackFile<CalendarDeclaration>, report));
      return;
    case "organisation":
      reading.organisations.push(file as PackFile<OrganisationDeclaration>);
      return;
    case "officials":
      reading.officials.push(file as PackFile<OfficialsDeclaration>);
      return;
    case "boundaries": {
      const beside = findBeside(packs, "reference-shapes", { file, place: ["file"], asked: declaration.file });
      if (beside) reading.boundaries.set(name, { declaration, file: beside, text: beside.text });
      else report(file, ["file"], "reference.faults.missing-file", { file: declaration.file });
    }
  }
}

function readCalendar(packs: Packs, file: PackFile<CalendarDeclaration>, report: Report): Calendar {
  const { edition, covers, file: first, years = [] } = file.value;
  const declared = [
    { edition, covers, file: first, place: [] as Place },
    ...years.map((year, index) => ({ ...year, place: ["years", index] as Place })),
  ];
  const parts = declared.map((part) => ({ ...part, days: readDays(packs, { file, part, report }) }));
  const days = parts.flatMap((part) => part.days).sort((a, b) => (a.day < b.day ? -1 : 1));
  return { declaration: file.value, file, days, parts };
}

function readDays(
  packs: Packs,
  given: {
    file: PackFile<CalendarDeclaration>;
    part: { file: string; place: Place; covers: { from: string; until: string } };
    report: Report;
  },
): CalendarDay[] {
  const { file, part, report } = given;
  const { columns, name: calendar } = file.value;
  const wanted = columnsOf(columns, ["columns"]);
  const table = readTable(packs, { file, place: [...part.place, "file"], asked: part.file, wanted }, report);
  const days = new Map<string, CalendarDay>();
  for (const row of table?.rows ?? []) {
    const at = onLine(table!.file, row.line);
    const day = row.values[columns.day] ?? "";
    const movedFrom = row.values[columns.moved_from ?? ""] ?? "";
    const said = nameOf(row.values, columns.names, noFallback);
    if (!isDay(day)) report(at, [], "reference.faults.wrong-day", { day });
    else if (movedFrom !== "" && !isDay(movedFrom)) report(at, [], "reference.faults.wrong-day", { day: movedFrom });
    else if (day < part.covers.from || day >= part.covers.until) report(at, [], "reference.faults.day-outside", { day });
    else if (days.has(day)) report(at, [], "reference.faults.duplicate-code", { code: day, classifier: calendar });
    else if (!said) report(at, [], "reference.faults.no-name", { code: day });
    else
      days.set(day, {
        day,
        kind: row.values[columns.kind] ?? "",
        name: said.name,
        estimated: (row.values[columns.estimated ?? ""] ?? "") === "yes",
        ...(movedFrom !== "" && { movedFrom }),
      });
  }
  return [...days.values()];
}
