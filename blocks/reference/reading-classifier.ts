import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import type { CsvRow } from "./csv.ts";
import type {
  ClassifierDeclaration,
  Content,
  DeclaredItem,
  EditionDeclaration,
  Item,
  MappingDeclaration,
  PropertyDeclaration,
} from "./declaration.ts";
import type { EditionHead } from "./door.ts";
import { columnsOf, isDay, nameOf, onLine, type Place, readTable } from "./table.ts";

/** One edition of a classifier with all its items. */
export interface EditionReading extends EditionHead {
  items: Item[];
  byCode: Map<string, Item>;
  /** Where the edition stands in its file. */
  place: Place;
  /** Where an item stands, for messages. */
  lineOf(code: string): { file: PackFile; place: Place };
}

export interface MappingReading {
  from: string;
  to: string;
  sameCodes: boolean;
  pairs: { from: string; to: string; share?: number; note?: Item["name"]; file: PackFile; place: Place }[];
  place: Place;
}

export interface Classifier {
  declaration: ClassifierDeclaration;
  file: PackFile;
  /** By the first day in force, the newest first. */
  editions: EditionReading[];
  /** The edition meant where none is asked for. */
  main: EditionReading;
  mappings: MappingReading[];
}

interface Reader {
  packs: Packs;
  file: PackFile<ClassifierDeclaration>;
  report: Report;
}

export function readClassifier(packs: Packs, file: PackFile<ClassifierDeclaration>, report: Report): Classifier {
  const reader = { packs, file, report };
  const declaration = file.value;
  const main = readEdition(reader, declaration, []);
  const others = (declaration.editions ?? []).map((one, index) =>
    readEdition(reader, { ...one, source: one.source ?? declaration.source }, ["editions", index]),
  );
  const editions = [main, ...others].sort((a, b) => (a.validFrom < b.validFrom ? 1 : -1));
  const mappings = (declaration.mappings ?? []).map((one, index) => readMapping(reader, one, ["mappings", index]));
  return { declaration, file, editions, main, mappings };
}

function readEdition(
  reader: Reader,
  declared: EditionDeclaration & { source: EditionHead["source"] },
  place: Place,
): EditionReading {
  const { file } = reader;
  const byCode = new Map<string, Item>();
  const lines = new Map<string, number>();
  const places = new Map<string, number>();
  let source: PackFile = file;
  const add = (item: Item, at: PackFile, where: Place) => {
    if (byCode.has(item.code))
      reader.report(at, where, "reference.faults.duplicate-code", { code: item.code, classifier: file.value.name });
    else byCode.set(item.code, item);
  };
  if ((declared.items === undefined) === (declared.file === undefined))
    reader.report(file, place.length > 0 ? place : ["name"], "reference.faults.file-or-items", { name: file.value.name });
  for (const [index, declaredItem] of (declared.items ?? []).entries()) {
    if (!places.has(declaredItem.code)) places.set(declaredItem.code, index);
    add(plainItem(declaredItem), file, [...place, "items", index, "code"]);
  }
  const table = tableOf(reader, declared, place);
  if (table) source = table.file;
  for (const row of table?.rows ?? []) {
    const at = onLine(table!.file, row.line);
    const item = itemOf(row, { declared, declaration: file.value }, (code, params) => reader.report(at, [], code, params));
    if (!item) continue;
    if (!lines.has(item.code)) lines.set(item.code, row.line);
    add(item, at, []);
  }
  return {
    edition: declared.edition,
    validFrom: declared.valid_from,
    ...(declared.valid_until !== undefined && { validUntil: declared.valid_until }),
    ...(declared.act && { act: declared.act }),
    source: declared.source,
    rows: byCode.size,
    items: [...byCode.values()],
    byCode,
    place,
    lineOf(code) {
      const line = lines.get(code);
      const index = places.get(code);
      return {
        file: line === undefined ? source : onLine(source, line),
        place: index === undefined ? [] : [...place, "items", index, "parent"],
      };
    },
  };
}

function plainItem({ code, name, ...rest }: DeclaredItem): Item {
  return { code, name, ...rest };
}

function tableOf({ packs, file, report }: Reader, content: Content, place: Place) {
  if (content.file === undefined) return undefined;
  if (!content.columns) {
    report(file, [...place, "file"], "reference.faults.no-columns", { file: content.file });
    return undefined;
  }
  const properties = (file.value.properties ?? []).flatMap(({ column }, index) =>
    column === undefined || place.length > 0 ? [] : [{ column, place: ["properties", index, "column"] }],
  );
  const wanted = [...columnsOf(content.columns, [...place, "columns"]), ...properties];
  return readTable(packs, { file, place: [...place, "file"], asked: content.file, wanted }, report);
}

type Say = (code: string, params: Record<string, string | number>) => void;
const codePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

function itemOf(
  { values }: CsvRow,
  { declared, declaration }: { declared: Content; declaration: ClassifierDeclaration },
  say: Say,
): Item | undefined {
  const columns = declared.columns!;
  const code = values[columns.code] ?? "";
  if (!codePattern.test(code)) {
    say("reference.faults.wrong-code", { code });
    return undefined;
  }
  const said = nameOf(values, columns.names, declaration.fallback ?? []);
  if (!said) {
    say("reference.faults.no-name", { code });
    return undefined;
  }
  if (said.lacking.length > 0) say("reference.faults.missing-name", { code, languages: said.lacking.join(", ") });
  const item: Item = { code, name: said.name };
  const text = (column: string | undefined) => (column === undefined ? "" : (values[column] ?? ""));
  if (text(columns.parent)) item.parent = text(columns.parent);
  if (text(columns.level)) item.level = text(columns.level);
  readNumbers(item, columns, { text, say });
  for (const key of ["from", "until"] as const) {
    const day = text(columns[key]);
    if (day === "") continue;
    if (isDay(day)) item[key] = day;
    else say("reference.faults.wrong-day", { day });
  }
  if (item.from !== undefined && item.until !== undefined && item.from >= item.until)
    say("reference.faults.wrong-term", { from: item.from, until: item.until });
  const properties = propertiesOf(declaration.properties ?? [], values);
  if (properties) item.properties = properties;
  if (said.borrowed.length > 0) item.borrowed = said.borrowed;
  return item;
}

function readNumbers(
  item: Item,
  columns: NonNullable<Content["columns"]>,
  { text, say }: { text(column: string | undefined): string; say: Say },
): void {
  for (const key of ["lat", "lon", "weight"] as const) {
    const said = text(columns[key]);
    if (said === "") continue;
    const number = Number(said);
    const limit = { lat: 90, lon: 180, weight: Number.MAX_SAFE_INTEGER }[key];
    if (!Number.isFinite(number) || Math.abs(number) > limit)
      say("reference.faults.wrong-number", { code: item.code, column: columns[key]!, value: said });
    else item[key] = number;
  }
}

function propertiesOf(declared: PropertyDeclaration[], values: Record<string, string>): Record<string, string> | undefined {
  let properties: Record<string, string> | undefined;
  for (const { name, column } of declared) {
    const value = values[column ?? ""] ?? "";
    if (value === "") continue;
    properties ??= {};
    properties[name] = value;
  }
  return properties;
}

const pairColumns = ["from", "to", "share", "note_ky", "note_ru", "note_kk", "note_en"];

function readMapping({ packs, file, report }: Reader, declared: MappingDeclaration, place: Place): MappingReading {
  const pairs: MappingReading["pairs"] = (declared.pairs ?? []).map((pair, index) => ({
    ...pair,
    file,
    place: [...place, "pairs", index],
  }));
  if (declared.file !== undefined) {
    const wanted = pairColumns.map((column) => ({ column, place: [...place, "file"] }));
    const table = readTable(packs, { file, place: [...place, "file"], asked: declared.file, wanted }, report);
    for (const { line, values } of table?.rows ?? []) {
      const at = onLine(table!.file, line);
      const share = values.share === "" ? undefined : Number(values.share);
      if (share !== undefined && !(share > 0 && share <= 1))
        report(at, [], "reference.faults.wrong-number", { code: values.from!, column: "share", value: values.share! });
      const note = nameOf(values, { ky: "note_ky", ru: "note_ru", kk: "note_kk", en: "note_en" }, ["ky", "ru", "kk", "en"]);
      pairs.push({
        from: values.from!,
        to: values.to!,
        ...(share !== undefined && { share }),
        ...(note && { note: note.name }),
        file: at,
        place: [],
      });
    }
  }
  return { from: declared.from, to: declared.to, sameCodes: declared.same_codes === true, pairs, place };
}
