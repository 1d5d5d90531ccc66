import type { SearchCondition } from "./declaration.ts";
import { type CompiledRegister, literal, quote, searchOrder, textArray, unquote } from "./store-sql.ts";

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
