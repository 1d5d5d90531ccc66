import type { Queryable, Transaction } from "@kerege/kernel/database";
import { formsOf } from "./name-forms.ts";
import { fuzzyFields } from "./store-names.ts";
import { type CompiledRegister, claimText, literal, quote } from "./store-sql.ts";

const TAIL =
  "version, valid_from, valid_to, recorded_at, ended, event, document, act, case_id, actor, document_kind, document_on, state, salt, leaf, batch";
const CURRENT = "version, valid_from, recorded_at, ended_on, next_change_on, state";

/** What the server may take for one load; what more it has is of no use to it. */
const MEANS = ["maintenance_work_mem = '1GB'", "max_parallel_maintenance_workers = 2", "work_mem = '256MB'"];

interface Index {
  name: string;
  drop: string;
  create: string;
}

/**
 * Holds the tables of a register for this transaction alone and takes their indexes away: nothing may be in them. Gives what makes
 * the indexes again; undefined where the register has records.
 */
export async function beginLoad(tx: Transaction, register: CompiledRegister): Promise<string[] | undefined> {
  const { table, versions } = register;
  await tx.run({ text: `lock table ${versions}, ${table} in access exclusive mode`, values: [] });
  const held = await tx.first({ text: `select from ${versions} limit 1`, values: [] });
  if (held) return undefined;
  for (const setting of MEANS) await tx.run({ text: `set local ${setting}`, values: [] });
  // Made empty in this transaction, rows may be written as if they had always been there: nothing has to look at them again.
  await tx.run({ text: `truncate ${versions}, ${table}`, values: [] });
  const indexes = [...(await indexesOf(tx, versions)), ...(await indexesOf(tx, table))];
  for (const { drop } of indexes) await tx.run({ text: drop, values: [] });
  return indexes.map(({ create }) => create);
}

async function indexesOf(tx: Transaction, table: string): Promise<Index[]> {
  const rows = await tx.rows<{ schema: string; name: string; text: string; con: string | null; con_text: string }>({
    text: `select n.nspname as schema, c.relname as name, pg_get_indexdef(i.indexrelid) as text, k.conname as con, pg_get_constraintdef(k.oid) as con_text
      from pg_index i join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
        left join pg_constraint k on k.conindid = i.indexrelid and k.contype = 'p'
      where i.indrelid = ${literal(table)}::regclass order by k.conname nulls last, c.relname`,
    values: [],
  });
  return rows.map(({ schema, name, text, con, con_text }) =>
    con === null
      ? { name, drop: `drop index ${quote(schema)}.${quote(name)}`, create: text }
      : {
          name,
          drop: `alter table ${table} drop constraint ${quote(con)}`,
          create: `alter table ${table} add constraint ${quote(con)} ${con_text}`,
        },
  );
}

/** The three tables a record stands in. Columns: the fields and then those of the engine; of the current row, spellings between the two. */
export function copyTexts(register: CompiledRegister): { versions: string; current: string; acts: string } {
  const fields = register.columns.map(({ name }) => name);
  return {
    versions: `copy ${register.versions} (${fields.join(", ")}, ${TAIL}) from stdin with (freeze)`,
    current: `copy ${register.table} (${[...fields, ...register.besides.map(({ name }) => name)].join(", ")}, ${CURRENT}) from stdin with (freeze)`,
    acts: "copy registry.act (act, register, key, version, recorded_at, event, batch, place) from stdin",
  };
}

export async function makeIndexes(tx: Transaction, texts: string[]): Promise<void> {
  for (const text of texts) await tx.run({ text, values: [] });
}

/** What only one record may have follows from the versions; the server makes it itself. */
export async function makeClaims(tx: Transaction, register: CompiledRegister): Promise<void> {
  const { declaration, versions } = register;
  for (const [rule, { fields: of, states }] of Object.entries(declaration.unique ?? {})) {
    const there = of.map((field) => `${quote(field)} is not null`);
    const open = states ? [`state in (${states.map(literal).join(", ")})`] : [];
    await tx.run({
      text: `insert into ${register.claims} (value, rule, key) select ${claimText(of.map(quote))}, ${literal(rule)}, ${quote(declaration.key)} from ${versions}
        where ${["not ended", ...there, ...open].join(" and ")}`,
      values: [],
    });
  }
}

/** Adds names and their forms to the dictionaries of a register. */
export async function addNames(
  tx: Transaction,
  register: CompiledRegister,
  namesOf: (field: string) => Iterable<string>,
): Promise<void> {
  const dictionaries = fuzzyFields(register).map((field) => ({ name: `${register.declaration.register}.${field}`, field }));
  if (dictionaries.length === 0) return;
  await tx.run({ text: "create temporary table met (dictionary text, form text, name text) on commit drop", values: [] });
  await tx.copyIn(
    "copy met from stdin",
    (function* () {
      for (const { name: dictionary, field } of dictionaries)
        for (const name of namesOf(field))
          yield Buffer.from(
            formsOf(name)
              .map((form) => `${dictionary}\t${form}\t${name}\n`)
              .join(""),
          );
    })(),
  );
  await tx.run({
    text: "insert into registry.name_form (dictionary, form, name) select distinct dictionary, form, name from met order by dictionary, form, name on conflict do nothing",
    values: [],
  });
}

/** A record whose reference points at nothing that is there on its first day. */
export async function danglingReference(
  tx: Transaction,
  register: CompiledRegister,
  given: { field: string; target: CompiledRegister },
): Promise<string | undefined> {
  const { versions, declaration } = register;
  const field = `v.${quote(given.field)}`;
  const row = await tx.first<{ key: string }>({
    text: `select v.${quote(declaration.key)} as key from ${versions} v left join ${given.target.table} t on t.${quote(given.target.declaration.key)} = ${field}
      where ${field} is not null and (t.version is null or t.ended_on is not null or t.next_change_on is not null or t.valid_from > v.valid_from) limit 1`,
    values: [],
  });
  return row?.key;
}

/** What the planner has to know of the tables, and that all their rows are visible to everyone. */
export async function settleLoad(on: Queryable, register: CompiledRegister): Promise<void> {
  for (const table of [register.versions, register.table, "registry.act", "registry.name_form"])
    await on.run({ text: `vacuum (analyze, truncate false) ${table}`, values: [] });
}
