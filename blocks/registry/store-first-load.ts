import type { Queryable, Transaction } from "@kerege/kernel/database";
import { formsOf } from "./name-forms.ts";
import { fuzzyFields } from "./store-names.ts";
import { type CompiledRegister, claimText, keyColumn, literal, quote } from "./store-sql.ts";

const TAIL =
  "version, valid_from, valid_to, recorded_at, ended, event, document, act, case_id, actor, document_kind, document_on, state, salt, leaf, batch";

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

/** Versions come by this, in the order: fields, then the columns of the engine. */
export function copyVersions(register: CompiledRegister): string {
  const fields = register.columns.map(({ name }) => name);
  return `copy ${register.versions} (${fields.join(", ")}, ${TAIL}) from stdin with (freeze)`;
}

export async function makeIndexes(tx: Transaction, texts: string[]): Promise<void> {
  for (const text of texts) await tx.run({ text, values: [] });
}

/** How texts are spelt, for the columns that have no regard to spelling. */
export async function keepSpellings(tx: Transaction, lines: Iterable<Buffer>): Promise<void> {
  await tx.run({ text: "create temporary table spelling (said text, spelt text) on commit drop", values: [] });
  await tx.copyIn("copy spelling from stdin", lines);
  await tx.run({ text: "analyze spelling", values: [] });
}

/** The current rows, the acts and the claims follow from the versions; the server makes them itself. */
export async function derive(tx: Transaction, register: CompiledRegister, given: { today: string }): Promise<void> {
  const { declaration, table, versions, columns, keyed } = register;
  const fields = columns.map(({ name }) => name);
  const spelt = keyed.map((field, index) => `left join spelling s${index} on s${index}.said = v.${quote(field)}`);
  await tx.run({
    text: `insert into ${table} (${[...fields, ...keyed.map(keyColumn)].join(", ")}, version, valid_from, recorded_at, ended_on, next_change_on, state)
      select ${[...fields.map((field) => `v.${field}`), ...keyed.map((_, index) => `s${index}.spelt`)].join(", ")}, v.version, v.valid_from, v.recorded_at,
        case when v.ended then v.valid_from end, case when v.valid_from > ${literal(given.today)}::date then v.valid_from end, v.state
      from ${versions} v ${spelt.join(" ")}`,
    values: [],
  });
  await tx.run({
    text: `insert into registry.act (act, register, key, version, recorded_at, event, batch, place)
      select act, ${literal(declaration.register)}, ${quote(declaration.key)}, version, recorded_at, event, batch, leaf from ${versions}`,
    values: [],
  });
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
    await on.run({ text: `vacuum (analyze) ${table}`, values: [] });
}
