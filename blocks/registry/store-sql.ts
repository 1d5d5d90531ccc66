import { cellOf, NO_CELL } from "./box-cells.ts";
import type { RegisterDeclaration, RegisterField, SearchCondition, Value, Values } from "./declaration.ts";
import { type Expanded, expand } from "./expand.ts";
import { scalarOf } from "./field-types.ts";
import { spellingOf } from "./name-forms.ts";
import { subjectFields } from "./read-entry.ts";

/** Names a register may not take: they are the engine's own tables. */
export const reservedNames = new Set([
  ...["publication", "declaration", "plan", "act", "archive", "batch", "erasure", "merge", "import", "import_line"],
  ...["content", "content_piece", "content_use", "alarm", "asked"],
  ...[
    "read_entry",
    "public_read",
    "bulk_reader",
    "bulk_subject",
    "consent",
    "consent_request",
    "contest",
    "correction_notice",
    "name_form",
    "name_dictionary",
  ],
]);

/** Endings of tables that the engine adds beside a register. */
export const reservedEndings = ["_version", "_claim"];

/** A column of the engine beside those of the fields. */
export interface EngineColumn {
  name: string;
  sqlType: string;
  required?: boolean;
}

const engine = (name: string, sqlType: string, required = false): EngineColumn => ({
  name,
  sqlType,
  ...(required && { required }),
});

/** Columns of the current table behind those of the fields. */
const CURRENT_COLUMNS = [
  engine("version", "int", true),
  engine("valid_from", "date", true),
  engine("recorded_at", "timestamptz", true),
  engine("ended_on", "date"),
  engine("next_change_on", "date"),
  engine("state", "text"),
];

/** Columns of the version table behind those of the fields. */
const VERSION_COLUMNS = [
  engine("version", "int", true),
  engine("valid_from", "date", true),
  engine("valid_to", "date"),
  engine("recorded_at", "timestamptz", true),
  engine("ended", "boolean", true),
  engine("event", "text", true),
  // Number of the ground document, its declared kind and its day.
  engine("document", "text", true),
  engine("act", "uuid", true),
  engine("case_id", "text"),
  engine("actor", "text", true),
  engine("document_kind", "text"),
  engine("document_on", "date"),
  engine("state", "text"),
  // 122 random bits inside the leaf, so that nobody can guess what it says; the batch of its leaf and the place of the leaf there.
  engine("salt", "uuid"),
  engine("batch", "uuid"),
  engine("leaf", "int"),
];

/** Names a field may not take: they are columns the engine adds. */
export const reservedFields = new Set([...CURRENT_COLUMNS, ...VERSION_COLUMNS].map((column) => column.name));

export interface Column {
  field: string;
  /** Quoted. */
  name: string;
  sqlType: string;
  /** Between `Value` and what the driver takes and gives; as it is when left out. */
  encode?(value: Value): unknown;
  decode?(raw: unknown): Value;
}

/** A column worked out of the fields of a record. */
export interface Beside {
  /** Quoted. */
  name: string;
  sqlType: string;
  of(values: Values): Value;
}

export interface Index {
  /** Unquoted. */
  name: string;
  /** Unquoted name of the index it takes the place of in older databases. */
  replaces?: string;
  /** Search condition it is for; undefined for those the engine needs itself. */
  search?: string;
  text: string;
}

/** A register ready to be asked: its tables, columns and statements as text, made once when it is published. */
export interface CompiledRegister {
  /** Flat: each field is one column. */
  declaration: RegisterDeclaration;
  /** As declared, with what leads from the one to the other; for `compose`, `decompose`, `settle`. */
  expanded: Expanded;
  /** Quoted, with the schema. */
  table: string;
  versions: string;
  /** Table of values held by one record only (`unique`); made where there is such a rule. */
  claims: string;
  columns: Column[];
  /** Names of columns of the engine are words that need no quotes. Tables may have them in another order: always name columns. */
  engineColumns: { current: EngineColumn[]; version: EngineColumn[] };
  /** Fields that have a spelling-blind column `<field>_key` beside them. */
  keyed: string[];
  /** Columns of the current table that are worked out of its fields: spellings, cells of boxes. */
  besides: Beside[];
  /** Columns of each declared field of several columns. */
  composites: Record<string, string[]>;
  indexes: Index[];
  /** `create table …` and indexes. */
  create: string[];
}

type Uncreated = Omit<CompiledRegister, "create" | "indexes">;

export function compileRegister(declared: RegisterDeclaration): CompiledRegister {
  const expanded = expand(declared);
  const declaration = expanded.flat;
  const columns = Object.entries(declaration.fields).map(([field, declaredField]) => {
    const { sqlType, encode, decode } = scalarOf(declaredField);
    return { field, name: quote(field), sqlType, ...(encode && { encode }), ...(decode && { decode }) };
  });
  const searches = Object.values(declaration.search);
  const keyed = [...new Set(searches.flatMap(({ prefix, fuzzy }) => [prefix ?? [], fuzzy ?? []].flat()))];
  const boxed = [...new Set(searches.flatMap(({ within }) => within ?? []))];
  const compiled: Uncreated = {
    declaration,
    expanded,
    table: `registry.${quote(declaration.register)}`,
    versions: `registry.${quote(`${declaration.register}_version`)}`,
    claims: `registry.${quote(`${declaration.register}_claim`)}`,
    columns,
    engineColumns: { current: CURRENT_COLUMNS, version: VERSION_COLUMNS },
    keyed,
    besides: [...keyed.map(spellingBeside), ...boxed.map(cellBeside)],
    composites: Object.fromEntries(
      [...expanded.composites].map(([field, { parts }]) => [field, parts.map((part) => part.column)]),
    ),
  };
  const indexes = indexesOf(compiled);
  return { ...compiled, indexes, create: [...createTables(compiled), ...indexes.map((index) => index.text)] };
}

function createTables(register: Uncreated): string[] {
  const { declaration, table, versions, columns, besides, engineColumns } = register;
  const { key, unique } = declaration;
  const typed = (list: EngineColumn[]) =>
    list.map(({ name, sqlType, required }) => `${name} ${sqlType}${required ? " not null" : ""}`);
  const checks = checkTexts({ ...tableChecks(register), ...stateCheck(declaration) });
  const current = [
    ...columns.map((column) => columnText(register, column)),
    ...besides.map(besideText),
    ...typed(engineColumns.current),
    ...checks,
    `primary key (${quote(key)})`,
  ];
  // Append-only: a version says what was held, from when it was recorded, to be true on [valid_from, valid_to).
  const version = [
    ...columns.map((column) => `${column.name} ${column.sqlType}${column.field === key ? " not null" : ""}`),
    ...typed(engineColumns.version),
    `primary key (${quote(key)}, version)`,
  ];
  return [
    `create table ${table} (${current.join(", ")})`,
    `create table ${versions} (${version.join(", ")})`,
    ...(unique && Object.keys(unique).length > 0 ? [createClaims(register)] : []),
  ];
}

/** A unique index would have to begin with the distribution column; a value claimed by one record has a row of its own instead. */
export function createClaims(register: Pick<CompiledRegister, "claims">): string {
  return `create table ${register.claims} (value text not null, rule text not null, key text not null, primary key (value, rule))`;
}

// Byte order whatever the database was made with: a search by beginning is a range of bytes.
const KEY_TYPE = 'text collate "C"';

export function keyColumn(field: string): string {
  return quote(`${field}_key`);
}

/** The column of a geometry with the number of the cell its box lies in, by which it is found on a map. */
export function cellColumn(field: string): string {
  return quote(`${field}_cell`);
}

/** Name and type of a column that stands beside those of the fields, for `create table` and `add column`. */
export function besideText({ name, sqlType }: Beside): string {
  return `${name} ${sqlType === "text" ? KEY_TYPE : sqlType}`;
}

const spellingBeside = (field: string): Beside => ({
  name: keyColumn(field),
  sqlType: "text",
  of: ({ [field]: value }) => (typeof value === "string" ? spellingOf(value) : null),
});

const cellBeside = (field: string): Beside => ({
  name: cellColumn(field),
  sqlType: "int8",
  of(values) {
    const [west, south, east, north] = ["west", "south", "east", "north"].map((side) => values[`${field}_${side}`]);
    if (typeof west !== "number") return NO_CELL;
    return cellOf({ west, south: Number(south), east: Number(east), north: Number(north) });
  },
});

/** A column of the current table with the constraints of its field. */
export function columnText(register: Pick<CompiledRegister, "declaration">, column: Column): string {
  const { declaration } = register;
  const field = declaration.fields[column.field]!;
  const required = field.required || column.field === declaration.key;
  const checks = columnChecks(declaration.register, column, field);
  return [`${column.name} ${column.sqlType}`, ...(required ? ["not null"] : []), ...checkTexts(checks)].join(" ");
}

/** Conditions by the name of their constraint, as parts of a definition. */
export function checkTexts(checks: Record<string, string>): string[] {
  return Object.entries(checks).map(([name, condition]) => `constraint ${quote(name)} check (${condition})`);
}

/** Conditions of one column by the name of their constraint. `today` is a day of recording, so it is the engine's to check and never the table's. */
export function columnChecks(register: string, column: Column, field: RegisterField): Record<string, string> {
  const made: Record<string, string> = {};
  const add = (kind: string, condition: string) => {
    made[relationName(`${register}_${column.field}_${kind}`)] = condition;
  };
  const { constraint } = scalarOf(field);
  if (constraint) add("form", constraint.replace("{}", column.name));
  if (field.values) add("values", `${column.name} in (${field.values.map(literal).join(", ")})`);
  if (field.max !== undefined) add("max", `length(${column.name}) <= ${Math.trunc(field.max)}`);
  if (field.least !== undefined && field.least !== "today") add("least", `${column.name} >= ${limit(field, field.least)}`);
  if (field.most !== undefined && field.most !== "today") add("most", `${column.name} <= ${limit(field, field.most)}`);
  return made;
}

function limit(field: RegisterField, given: number | string): string {
  return field.type === "date" ? `date ${literal(String(given))}` : String(Number(given));
}

/** A composite is there whole or not at all. */
export function tableChecks(register: Pick<CompiledRegister, "expanded" | "declaration">): Record<string, string> {
  const made: Record<string, string> = {};
  for (const [field, { parts }] of register.expanded.composites) {
    const must = parts.filter((part) => part.must).map((part) => `${quote(part.column)} is null`);
    if (must.length < 2) continue;
    const condition = must.slice(1).map((one) => `(${must[0]}) = (${one})`);
    made[relationName(`${register.declaration.register}_${field}_whole`)] = condition.join(" and ");
  }
  return made;
}

export function stateCheck({ register, states }: RegisterDeclaration): Record<string, string> {
  if (!states) return {};
  return { [relationName(`${register}_state`)]: `state in (${Object.keys(states).map(literal).join(", ")})` };
}

/** What boxes are found by: the cell, and the sides, so that the index itself tells those that only lie in the same cell. */
export function boxColumns(field: string): string[] {
  return ["cell", "west", "east", "south", "north"].map((name) => `${field}_${name}`);
}

/** Columns that order the result of a search, quoted: what is searched in a range first, then the declared order, then the key. */
export function searchOrder(register: Pick<CompiledRegister, "declaration">, condition: SearchCondition): string[] {
  const key = register.declaration.key;
  const led = condition.prefix
    ? [`${condition.prefix}_key`]
    : condition.range
      ? [condition.range]
      : condition.within
        ? boxColumns(condition.within)
        : [];
  return [...new Set([...led, ...(condition.order ?? []), key])].map(quote);
}

/** Columns of the index of a search, quoted: exact ones first, then spelling, or what orders the result. */
export function searchIndex(register: Pick<CompiledRegister, "declaration">, condition: SearchCondition): string[] {
  const spelt = (condition.fuzzy ?? []).map((field) => `${field}_key`);
  const led = [...(condition.exact ?? []), ...spelt].map(quote);
  return [...new Set([...led, ...searchOrder(register, condition)])];
}

function indexesOf(register: Uncreated): Index[] {
  const { declaration, table } = register;
  const made: Index[] = [];
  const leads = new Set<string>([quote(declaration.key)]);
  const add = (ending: string, columns: string[], more: Pick<Index, "search" | "replaces"> = {}) => {
    const name = relationName(`${declaration.register}_${ending}`);
    leads.add(columns[0]!);
    made.push({ name, ...more, text: `create index ${quote(name)} on ${table} (${columns.join(", ")})` });
  };
  for (const [name, condition] of Object.entries(declaration.search)) {
    const columns = searchIndex(register, condition);
    // Boxes were found by their sides once.
    if (condition.within)
      add(`${name}_cell`, columns, { search: name, replaces: relationName(`${declaration.register}_${name}`) });
    else add(name, columns, { search: name });
  }
  // What happens by itself is looked for by its day, every day.
  for (const [name, { when }] of Object.entries(declaration.events)) {
    const field = typeof when === "string" ? when : when?.field;
    if (field !== undefined && !leads.has(quote(field))) add(`${name}_when`, [quote(field), quote(declaration.key)]);
  }
  // The person's own records, and what points at a record that must stay while this one is.
  const own = Object.entries(declaration.fields).filter(
    ([, field]) => field.type === "reference" && field.link?.covers === "whole",
  );
  for (const field of [...subjectFields(declaration), ...own.map(([name]) => name)])
    if (!leads.has(quote(field))) add(`${field}_link`, [quote(field), quote(declaration.key)]);
  return made;
}

const MOST_NAME = 63;

/** A name that PostgreSQL does not cut: a long one keeps its beginning and a number made of all of it (FNV-1a). */
export function relationName(name: string): string {
  if (name.length <= MOST_NAME) return name;
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193) >>> 0;
  return `${name.slice(0, MOST_NAME - 9)}_${hash.toString(16).padStart(8, "0")}`;
}

/** What a unique rule claims for a record; null where one of the values is not there. SQL: `claimText`. */
export function claimOf(values: (Value | undefined)[]): string | null {
  if (values.some((value) => value === null || value === undefined)) return null;
  return `[${values.map((value) => JSON.stringify(String(value))).join(", ")}]`;
}

/** `claimOf` over columns of a table, as SQL. */
export function claimText(columns: string[]): string {
  return `jsonb_build_array(${columns.map((column) => `${column}::text`).join(", ")})::text`;
}

/**
 * The first parameters of a statement as rows of a common table: an array of each column, or one value of each where `one` row is
 * meant. PostgreSQL plans a statement over a short array anew each time (a plan for its length seems cheaper than the general one), for
 * several times what it costs to carry out; over single values it keeps the plan (manual, PREPARE, Notes).
 */
export function givenRows(columns: readonly (readonly [name: string, type: string])[], one: boolean): string {
  const names = columns.map(([name]) => name).join(", ");
  if (one) return `select ${columns.map(([name, type], index) => `$${index + 1}::${type} as ${name}`).join(", ")}, 1::int8 as nr`;
  const arrays = columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(", ");
  return `select * from unnest(${arrays}) with ordinality as u(${names}, nr)`;
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function unquote(name: string): string {
  return name.slice(1, -1).replaceAll('""', '"');
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function textArray(list: string[]): string {
  return `array[${list.map(literal).join(", ")}]::text[]`;
}
