import { type Queryable, sql } from "@kerege/kernel/database";
import type { AffectedUse, CorrectionNotice, Page } from "./door.ts";
import { decodePlace, encodePlace, withMark } from "./page-mark.ts";
import { isOwnKey, subjectFields } from "./read-entry.ts";
import type { Row } from "./store.ts";
import { type CompiledRegister, quote } from "./store-sql.ts";

/** What an act put right in a record, and since when each field was held wrongly. */
export interface Correction {
  register: CompiledRegister;
  key: string;
  act: string;
  fields: { field: string; wrongSince: Date }[];
  at: Date;
}

export interface Use {
  body: string;
  person: string;
  case: string;
  service: string;
  fields: string[];
  reads: number;
  firstAt: Date;
  lastAt: Date;
}

/** Everyone who ever was the subject of a record: under them stand the reads of it. */
export async function subjectsOf(on: Queryable, register: CompiledRegister, key: string): Promise<string[]> {
  const { declaration, versions } = register;
  const record = `${declaration.register}:${key}`;
  const fields = subjectFields(declaration);
  if (fields.length === 0) return [record];
  if (fields.length === 1 && isOwnKey(declaration)) return [key];
  const rows = await on.rows<{ subject: string }>({
    text: `select distinct named.subject from ${versions}, unnest(array[${fields.map(quote).join(", ")}]::text[]) as named(subject)
      where ${quote(declaration.key)} = $1 and named.subject is not null order by 1`,
    values: [key],
  });
  return [record, ...rows.map((row) => row.subject)];
}

/** Reads of the wrong values, gathered by reader, case and service: found in the log under the subjects of the record. */
export async function usesOf(on: Queryable, correction: Correction): Promise<Use[]> {
  const { register, key, at } = correction;
  const subjects = await subjectsOf(on, register, key);
  const rows = await on.rows<Row>(sql`
    with wrong as (select * from unnest(${correction.fields.map((one) => one.field)}::text[], ${correction.fields.map((one) => one.wrongSince)}::timestamptz[]) as u(field, since)),
    used as (
      select coalesce(e.reader_body, '') as body, coalesce(e.reader_person, '') as person, coalesce(e.case_id, '') as case_id,
        coalesce(e.service, '') as service, e.id, e.at, w.field
      from registry.read_entry e join wrong w on w.field = any(e.fields) and e.at >= w.since
      where e.subject = any(${subjects}::text[]) and e.register = ${register.declaration.register} and coalesce(e.key, e.subject) = ${key}
        and e.found and e.at <= ${at}
    )
    select body, person, case_id, service, array_agg(distinct field order by field) as fields, count(distinct id)::int as reads,
      min(at) as first_at, max(at) as last_at
    from used group by body, person, case_id, service order by body, person, case_id, service`);
  return rows.map(toUse);
}

/** Keeps the notices of a correction; gives those that were not there yet, so that each is told once. */
export async function addNotices(
  on: Queryable,
  { correction, uses, nextId }: { correction: Correction; uses: Use[]; nextId(): string },
): Promise<Use[]> {
  const rows = await on.rows<Row>(sql`
    insert into registry.correction_notice (key, act, body, person, case_id, service, id, register, fields, reads, first_at, last_at, corrected_at)
    select ${correction.key}, ${correction.act}::uuid, body, person, case_id, service, id, ${correction.register.declaration.register},
      string_to_array(fields, ','), reads, first_at, last_at, ${correction.at}
    from unnest(${uses.map((use) => use.body)}::text[], ${uses.map((use) => use.person)}::text[], ${uses.map((use) => use.case)}::text[],
      ${uses.map((use) => use.service)}::text[], ${uses.map(() => nextId())}::uuid[], ${uses.map((use) => use.fields.join(","))}::text[],
      ${uses.map((use) => use.reads)}::int[], ${uses.map((use) => use.firstAt)}::timestamptz[], ${uses.map((use) => use.lastAt)}::timestamptz[])
      as u(body, person, case_id, service, id, fields, reads, first_at, last_at)
    on conflict do nothing returning *`);
  return rows.map(toUse);
}

export async function noticesOf(
  on: Queryable,
  given: { body: string; after?: string; limit: number },
): Promise<Page<CorrectionNotice>> {
  const [place] = given.after === undefined ? [null] : decodePlace(given.after, 1);
  const rows = await withMark(given.after, () =>
    on.rows<Row>(sql`select * from registry.correction_notice where body = ${given.body} and (${place}::uuid is null or id < ${place}::uuid)
      order by id desc limit ${given.limit + 1}`),
  );
  const page = rows.slice(0, given.limit);
  return {
    rows: page.map((row) => ({
      ...affectedOf(toUse(row)),
      id: row.id as string,
      register: row.register as string,
      key: row.key as string,
      fields: row.fields as string[],
      correctedAt: row.corrected_at as Date,
    })),
    next: rows.length > given.limit ? encodePlace([page.at(-1)!.id]) : undefined,
  };
}

export async function noticesOfAct(on: Queryable, given: { register: string; key: string; act: string }): Promise<AffectedUse[]> {
  const rows = await on.rows<Row>(sql`select * from registry.correction_notice
    where key = ${given.key} and act = ${given.act}::uuid and register = ${given.register} order by body, person, case_id, service`);
  return rows.map((row) => affectedOf(toUse(row)));
}

function toUse(row: Row): Use {
  return {
    body: row.body as string,
    person: row.person as string,
    case: row.case_id as string,
    service: row.service as string,
    fields: row.fields as string[],
    reads: row.reads as number,
    firstAt: row.first_at as Date,
    lastAt: row.last_at as Date,
  };
}

function affectedOf(use: Use): AffectedUse {
  const { body, person, service, firstAt, lastAt, reads } = use;
  return { body: body || null, person: person || null, case: use.case || null, service: service || null, firstAt, lastAt, reads };
}
