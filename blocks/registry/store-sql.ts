import type { FieldType, RegisterDeclaration, SearchCondition } from "./declaration.ts";

const SQL_TYPES: Record<FieldType, string> = {
  pin: "text",
  text: "text",
  name: "text",
  date: "date",
  integer: "int8",
  decimal: "numeric",
  boolean: "boolean",
  code: "text",
  reference: "text",
  tin: "text",
  file: "text",
  float: "float8",
  geometry: "bytea",
  "partial-date": "date",
  money: "int8",
  multilingual: "text",
};

/** Names a register may not take: they are the engine's own tables. */
export const reservedNames = new Set(["publication", "act", "read_entry"]);

/** Names a field may not take: they are columns the engine adds. */
export const reservedFields = new Set([
  "version",
  "valid_from",
  "valid_to",
  "recorded_at",
  "ended_on",
  "ended",
  "next_change_on",
  "event",
  "document",
  "act",
  "case_id",
  "actor",
]);

export interface Column {
  field: string;
  name: string;
  sqlType: string;
}

/** A register ready to be asked: its tables, columns and statements as text, made once when it is published. */
export interface CompiledRegister {
  declaration: RegisterDeclaration;
  table: string;
  versions: string;
  columns: Column[];
  /** Fields that have a spelling-blind column beside them. */
  keyed: string[];
  /** `create table …` and indexes. */
  create: string[];
}

export function compileRegister(declaration: RegisterDeclaration): CompiledRegister {
  const table = `registry.${quote(declaration.register)}`;
  const versions = `registry.${quote(`${declaration.register}_version`)}`;
  const columns = Object.entries(declaration.fields).map(([field, { type }]) => ({
    field,
    name: quote(field),
    sqlType: SQL_TYPES[type],
  }));
  const keyed = [...new Set(Object.values(declaration.search).flatMap((condition) => condition.prefix ?? []))];
  return { declaration, table, versions, columns, keyed, create: createTables({ declaration, table, versions, columns, keyed }) };
}

function createTables(register: Omit<CompiledRegister, "create">): string[] {
  const { declaration, table, versions, columns, keyed } = register;
  const defined = columns.map((column) => {
    const field = declaration.fields[column.field]!;
    const parts = [column.name, column.sqlType];
    if (field.required || column.field === declaration.key) parts.push("not null");
    if (field.values) parts.push(`check (${column.name} in (${field.values.map(literal).join(", ")}))`);
    if (field.type === "pin") parts.push(`check (${column.name} ~ '^[0-9]{14}$')`);
    return parts.join(" ");
  });
  const key = quote(declaration.key);
  return [
    `create table ${table} (${[
      ...defined,
      ...keyed.map((field) => `${quote(`${field}_key`)} text`),
      "version int not null",
      "valid_from date not null",
      "recorded_at timestamptz not null",
      "ended_on date",
      "next_change_on date",
      `primary key (${key})`,
    ].join(", ")})`,
    // Append-only: a version says what was held, from when it was recorded, to be true on [valid_from, valid_to).
    `create table ${versions} (${[
      ...columns.map((column) => `${column.name} ${column.sqlType}${column.field === declaration.key ? " not null" : ""}`),
      "version int not null",
      "valid_from date not null",
      "valid_to date",
      "recorded_at timestamptz not null",
      "ended boolean not null",
      "event text not null",
      "document text not null",
      "act uuid not null",
      "case_id text",
      "actor text not null",
      `primary key (${key}, version)`,
    ].join(", ")})`,
    ...Object.entries(declaration.search).map(([name, condition]) => indexOf(register, name, condition)),
  ];
}

/** Columns that order the result of a search: exact ones first in the index, then prefix, order and key. */
export function searchOrder(register: Omit<CompiledRegister, "create">, condition: SearchCondition): string[] {
  const key = register.declaration.key;
  const wanted = [...(condition.prefix ? [`${condition.prefix}_key`] : []), ...(condition.order ?? []), key];
  return [...new Set(wanted)].map(quote);
}

function indexOf(register: Omit<CompiledRegister, "create">, name: string, condition: SearchCondition): string {
  const parts = [...new Set([...(condition.exact ?? []).map(quote), ...searchOrder(register, condition)])];
  return `create index ${quote(`${register.declaration.register}_${name}`)} on ${register.table} (${parts.join(", ")})`;
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
