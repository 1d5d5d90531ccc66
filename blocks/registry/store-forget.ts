import { type Queryable, sql, type Transaction } from "@kerege/kernel/database";
import { formsOf, spellingOf } from "./name-forms.ts";
import { dictionaryOf, fuzzyFields } from "./store-names.ts";
import { type CompiledRegister, keyColumn, quote } from "./store-sql.ts";

/** Names in the spelling they are found by, by field. */
export type Spellings = Record<string, string[]>;

/** All names that records ever had in fields that are searched as they may be misspelt. */
export async function findSpellings(tx: Queryable, register: CompiledRegister, keys: string[]): Promise<Spellings> {
  const fields = fuzzyFields(register);
  if (fields.length === 0) return {};
  const rows = await tx.rows<Record<string, string | null>>({
    text: `select distinct ${fields.map(quote).join(", ")} from ${register.versions} where ${quote(register.declaration.key)} = any($1::text[])`,
    values: [keys],
  });
  return Object.fromEntries(
    fields.map((field) => [field, [...new Set(rows.flatMap((row) => spellingOf(row[field] ?? "") || []))].sort()]),
  );
}

/** Takes names out of the dictionaries that no record has any more. */
export async function dropNames(tx: Transaction, register: CompiledRegister, spellings: Spellings): Promise<void> {
  for (const [field, names] of Object.entries(spellings))
    await tx.run({
      text: `delete from registry.name_form f using unnest($2::text[]) as u(name)
        where f.dictionary = $1 and f.name = u.name and not exists (select from ${register.table} t where t.${keyColumn(field)} = u.name)`,
      values: [dictionaryOf(register, field), names],
    });
}

/** Puts names back that a record has and the dictionary has not: one written while they were taken out. Gives how many. */
export async function restoreNames(on: Queryable, register: CompiledRegister, spellings: Spellings): Promise<number> {
  let restored = 0;
  for (const [field, names] of Object.entries(spellings)) {
    const dictionary = dictionaryOf(register, field);
    const rows = await on.rows<{ name: string }>({
      text: `select u.name from unnest($2::text[]) as u(name) where exists (select from ${register.table} t where t.${keyColumn(field)} = u.name)
        and not exists (select from registry.name_form f where f.dictionary = $1 and f.form = u.name and f.name = u.name)`,
      values: [dictionary, names],
    });
    const lines = rows.flatMap(({ name }) => formsOf(name).map((form) => ({ form, name })));
    await on.run(sql`insert into registry.name_form (dictionary, form, name)
      select ${dictionary}::text, form, name from unnest(${lines.map((line) => line.form)}::text[], ${lines.map((line) => line.name)}::text[]) as u(form, name)
      on conflict do nothing`);
    restored += rows.length;
  }
  return restored;
}

/** Takes away what reports of imports, contests and notices of corrections say of records. */
export async function forgetRecords(tx: Transaction, register: string, keys: string[]): Promise<void> {
  const own = sql`import in (select id from registry.import where register = ${register})`;
  await tx.run(sql`update registry.import_line set key = null, given = '{}', params = '{}', faults = '[]', alike = '{}'
    where key = any(${keys}) and ${own}`);
  await tx.run(sql`update registry.import_line set alike = array(select one from unnest(alike) as a(one) where one <> all(${keys}))
    where alike && ${keys}::text[] and ${own}`);
  await tx.run(sql`delete from registry.contest where key = any(${keys}) and register = ${register}`);
  await tx.run(sql`delete from registry.correction_notice where key = any(${keys}) and register = ${register}`);
}
