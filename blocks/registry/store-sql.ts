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

/**
 * The core read: one statement for up to 128 people's requests reads the records and writes who read what, on which ground. The
 * list of columns is the list of fields the ground allows, so a field that may not be known is never fetched.
 * Parameters: 1 keys, 2 read ids, 3-6 reader, 7 cases, 8 services, 9 instant, 10 ground, 11 own PIN demanded of the subject or null.
 */
export function compileRead(register: CompiledRegister, fields: string[]): string {
  const { declaration, table } = register;
  const key = quote(declaration.key);
  const subject = declaration.subject;
  const subjectOf = subject === undefined ? "''" : subject === declaration.key ? "q.key" : `coalesce(r.${quote(subject)}, '')`;
  const own = subject === undefined ? "" : ` and (q.own is null or r.${quote(subject)} = q.own)`;
  return `with q as (
    select * from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $11::text[])
      with ordinality as u(key, id, reader_kind, reader_body, reader_name, reader_person, case_id, service, own, nr)
  ), written as (
    insert into registry.read_entry
    select ${subjectOf}, $9::timestamptz, q.id, q.reader_kind, q.reader_body, q.reader_name, q.reader_person, ${literal(declaration.register)},
      ${textArray(fields)}, $10::text, q.case_id, q.service, r.${key} is not null
    from q left join ${table} r on r.${key} = q.key${own}
  )
  select q.nr::int as nr, r.${key} as key, r.version, r.valid_from, r.recorded_at, r.ended_on, r.next_change_on${selected("r", fields)}
  from q join ${table} r on r.${key} = q.key${own}`;
}

/** What was held on a day, as recorded at an instant, with the read written. Parameters: 1 key, 2-7 reader and case, 8 now, 9 ground, 10 day, 11 instant, 12 id, 13 service. */
export function compileReadAsOf(register: CompiledRegister, fields: string[]): string {
  const { declaration, versions } = register;
  const key = quote(declaration.key);
  const subject = declaration.subject;
  const subjectOf =
    subject === undefined ? "''" : subject === declaration.key ? "$1::text" : `coalesce((select ${quote(subject)} from r), '')`;
  return `with r as (
    select * from ${versions} where ${key} = $1::text and recorded_at <= $11::timestamptz and valid_from <= $10::date
      and (valid_to is null or valid_to > $10::date) order by version desc limit 1
  ), written as (
    insert into registry.read_entry select ${subjectOf}, $8::timestamptz, $12::uuid, $2::text, $3::text, $4::text, $5::text,
      ${literal(declaration.register)}, ${textArray(fields)}, $9::text, $6::text, $7::text, exists (select from r)
  )
  select r.${key} as key, r.version, r.valid_from, r.recorded_at${selected("r", fields)} from r where not r.ended`;
}

/** A page of a declared search, each row found written as a read. Parameters: 1-4 reader, 5 case, 6 service, 7 now, 8 ground, 9 limit, then exact values, prefix from and to, then the row before. */
export function compileSearch(
  register: CompiledRegister,
  given: { condition: SearchCondition; fields: string[]; after: boolean },
): string {
  const { declaration, table } = register;
  const { condition, fields } = given;
  const key = quote(declaration.key);
  let parameter = 10;
  const where = ["ended_on is null"];
  for (const field of condition.exact ?? []) where.push(`${quote(field)} = $${parameter++}::${typeOf(register, field)}`);
  if (condition.prefix) {
    const column = quote(`${condition.prefix}_key`);
    where.push(`${column} >= $${parameter++}::text and ${column} < $${parameter++}::text`);
  }
  const order = searchOrder(register, condition);
  if (given.after)
    where.push(
      `(${order.join(", ")}) > (${order.map((column) => `$${parameter++}::${typeOf(register, unquote(column))}`).join(", ")})`,
    );
  const subject = declaration.subject === undefined ? "''" : quote(declaration.subject);
  return `with r as (
    select * from ${table} where ${where.join(" and ")} order by ${order.join(", ")} limit $9::int
  ), written as (
    insert into registry.read_entry
    select ${subject}, $7::timestamptz, gen_random_uuid(), $1::text, $2::text, $3::text, $4::text, ${literal(declaration.register)},
      ${textArray(fields)}, $8::text, $5::text, $6::text, true from r
  )
  select r.${key} as key, r.version, r.valid_from, r.recorded_at${selected("r", fields)},
    jsonb_build_array(${order.map((column) => `r.${column}`).join(", ")}) as place
  from r order by ${order.map((column) => `r.${column}`).join(", ")}`;
}

function typeOf(register: CompiledRegister, field: string): string {
  return register.columns.find((column) => column.field === field)?.sqlType ?? "text";
}

function selected(alias: string, fields: string[]): string {
  return fields.map((field) => `, ${alias}.${quote(field)} as ${quote(`f_${field}`)}`).join("");
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function unquote(name: string): string {
  return name.slice(1, -1).replaceAll('""', '"');
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function textArray(list: string[]): string {
  return `array[${list.map(literal).join(", ")}]::text[]`;
}
