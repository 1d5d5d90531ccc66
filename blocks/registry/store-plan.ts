import { type Queryable, sql, type Transaction } from "@kerege/kernel/database";
import type { Change, Step } from "./plan.ts";
import {
  besideText,
  type CompiledRegister,
  checkTexts,
  claimText,
  columnChecks,
  columnText,
  createClaims,
  keyColumn,
  literal,
  quote,
  stateCheck,
  tableChecks,
  unquote,
} from "./store-sql.ts";

/** What stands in the database beside what is declared. */
export interface Catalog {
  columns: Map<string, Set<string>>;
  indexes: Set<string>;
  checks: { name: string; table: string; columns: string[] }[];
}

export async function readCatalog(from: Queryable): Promise<Catalog> {
  const columns = await from.rows<{ table_name: string; column_name: string }>({
    text: "select table_name, column_name from information_schema.columns where table_schema = 'registry'",
    values: [],
  });
  const indexes = await from.rows<{ indexname: string }>({
    text: "select indexname from pg_indexes where schemaname = 'registry'",
    values: [],
  });
  const checks = await from.rows<Catalog["checks"][number]>({
    text: `select c.conname as name, t.relname as "table",
        array(select a.attname::text from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any(c.conkey)) as columns
      from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
      where n.nspname = 'registry' and c.contype = 'c'`,
    values: [],
  });
  const byTable = new Map<string, Set<string>>();
  for (const { table_name: table, column_name: column } of columns)
    byTable.set(table, (byTable.get(table) ?? new Set()).add(column));
  return { columns: byTable, indexes: new Set(indexes.map((one) => one.indexname)), checks };
}

/**
 * What only adds: tables, columns that may be empty, indexes that are declared and not there. Tables of an older layout get the
 * columns of the engine that have come since. Columns and indexes that a plan brings are left to it.
 */
export function completion(register: CompiledRegister, catalog: Catalog, later: Step[] = []): string[] {
  const { register: name } = register.declaration;
  const current = catalog.columns.get(name);
  const versions = catalog.columns.get(`${name}_version`);
  if (!current || !versions) return register.create;
  const filled = new Set(later.flatMap((step) => (step.kind === "field-filled" ? (step.columns ?? []) : [])));
  const statements: string[] = [];
  for (const column of register.columns) {
    const text = filled.has(column.field) ? `${column.name} ${column.sqlType}` : columnText(register, column);
    if (!current.has(column.field)) statements.push(`alter table ${register.table} add column ${text.replace(" not null", "")}`);
    if (!versions.has(column.field))
      statements.push(`alter table ${register.versions} add column ${column.name} ${column.sqlType}`);
  }
  for (const beside of register.besides)
    if (!current.has(unquote(beside.name))) statements.push(`alter table ${register.table} add column ${besideText(beside)}`);
  for (const column of register.engineColumns.current)
    if (!current.has(column.name)) statements.push(`alter table ${register.table} add column ${column.name} ${column.sqlType}`);
  for (const column of register.engineColumns.version)
    if (!versions.has(column.name))
      statements.push(`alter table ${register.versions} add column ${column.name} ${column.sqlType}`);
  if (Object.keys(register.declaration.unique ?? {}).length > 0 && !catalog.columns.has(`${name}_claim`))
    statements.push(createClaims(register));
  for (const index of register.indexes) {
    if (catalog.indexes.has(index.name)) continue;
    if (index.replaces && catalog.indexes.has(index.replaces)) statements.push(`drop index registry.${quote(index.replaces)}`);
    statements.push(index.text);
  }
  return statements;
}

/** What a step does to the database, and the questions that say what it means. */
export interface Work {
  statements: string[];
  /** How many records it concerns. */
  touches?: string;
  /** How many values are no longer held, or no longer mean what they meant. */
  loses?: string;
  /** How many records stand in its way. */
  blocks?: string;
}

/** The SQL of a step. Steps are carried out in the order of `stepKinds`; additions come first, by `completion`. */
export function workOf(step: Step, change: Change, catalog: Catalog): Work {
  const { after: register } = change;
  const { table, versions, declaration } = register;
  const name = declaration.register;
  const column = quote(step.name);
  const count = (where: string) => `select count(*)::int8 as count from ${table} where ${where}`;
  const held = (one: string) => count(`${quote(one)} is not null`);
  const all = count("true");
  switch (step.kind) {
    case "field-renamed": {
      const pairs = Object.entries(change.moved).filter(([was]) => was === step.was || was.startsWith(`${step.was}_`));
      const key = catalog.columns.get(name)?.has(`${step.was}_key`)
        ? [`alter table ${table} rename column ${keyColumn(step.was!)} to ${keyColumn(step.name)}`]
        : [];
      const both = pairs.flatMap(([was, now]) =>
        [table, versions].map((one) => `alter table ${one} rename column ${quote(was)} to ${quote(now)}`),
      );
      return { statements: [...both, ...key], touches: all };
    }
    case "field-dropped":
      // The versions keep all that was ever held under its name.
      return { statements: [`alter table ${table} drop column ${column}`], touches: all, loses: held(step.name) };
    case "meaning-changed":
    case "class-lowered":
      return { statements: [], touches: all, loses: held(columnBefore(step.name, change)) };
    case "type-widened": {
      const { sqlType } = register.columns.find((one) => one.field === step.name)!;
      const same = change.before?.columns.find((one) => one.field === columnBefore(step.name, change))?.sqlType === sqlType;
      return {
        statements: same ? [] : [table, versions].map((one) => `alter table ${one} alter column ${column} type ${sqlType}`),
        touches: held(columnBefore(step.name, change)),
      };
    }
    case "field-filled":
    case "states-new":
    case "spelling-new":
      return { statements: step.kind === "states-new" ? setChecks(change, catalog, "state") : [], touches: all };
    case "field-required":
      return {
        statements: [`alter table ${table} alter column ${column} set not null`],
        blocks: isFilled(step, change)
          ? undefined
          : isNew(step, change)
            ? all
            : count(`${quote(columnBefore(step.name, change))} is null`),
      };
    case "field-optional":
      return { statements: [`alter table ${table} alter column ${column} drop not null`] };
    case "limits-loosened":
      return { statements: setChecks(change, catalog, step.name) };
    case "limits-tightened": {
      const was = quote(columnBefore(step.name, change));
      const now = register.columns.find((one) => one.field === step.name)!;
      const conditions = Object.values(columnChecks(name, { ...now, name: was }, declaration.fields[step.name]!));
      return {
        statements: setChecks(change, catalog, step.name),
        blocks: conditions.length > 0 ? count(`not (${conditions.join(" and ")})`) : undefined,
      };
    }
    case "states-added":
      return { statements: setChecks(change, catalog, "state") };
    case "state-dropped":
      return { statements: setChecks(change, catalog, "state"), blocks: count(`state = ${literal(step.name)}`) };
    case "unique-new":
      return uniqueWork(step, change);
    case "unique-dropped":
      return {
        statements: catalog.columns.has(`${name}_claim`)
          ? [`delete from ${register.claims} where rule = ${literal(step.name)}`]
          : [],
      };
    case "search-changed":
    case "search-dropped": {
      const index = change.before?.indexes.find((one) => one.search === step.name);
      const next = register.indexes.find((one) => one.search === step.name);
      return {
        statements: [...(index ? [`drop index if exists registry.${quote(index.name)}`] : []), ...(next ? [next.text] : [])],
        touches: step.kind === "search-changed" ? all : undefined,
      };
    }
    case "retention-shortened":
      return { statements: [], touches: all, loses: count("ended_on is not null") };
    case "subject-changed":
      return { statements: [], touches: all, loses: all };
    case "key-changed":
    case "type-changed":
      return { statements: [], blocks: all };
    default:
      return { statements: [] };
  }
}

/** The name a column has until the plan is carried out. */
function columnBefore(column: string, { moved }: Change): string {
  return Object.entries(moved).find(([, now]) => now === column)?.[0] ?? column;
}

function isNew(step: Step, change: Change): boolean {
  return change.steps.some((one) => one.kind === "field-new" && one.columns?.includes(step.name));
}

/** Whether the values that are missing come from the declared `fill`. */
function isFilled(step: Step, change: Change): boolean {
  const { expanded } = change.after;
  return change.steps.some(
    (one) =>
      one.kind === "field-filled" && one.columns?.includes(step.name) && expanded.declared.fields[one.name]?.fill !== undefined,
  );
}

/** Puts the declared constraints of a column (or of the state) in place of those that are there. */
function setChecks({ after: register, moved }: Change, catalog: Catalog, column: string): string[] {
  const { table, declaration } = register;
  const { register: name } = declaration;
  const before = Object.entries(moved).find(([, now]) => now === column)?.[0] ?? column;
  const gone = catalog.checks.filter(
    (check) => check.table === name && check.columns.length === 1 && check.columns[0] === before,
  );
  const found = register.columns.find((one) => one.field === column);
  const wanted = found ? columnChecks(name, found, declaration.fields[column]!) : stateCheck(declaration);
  return [
    ...gone.map((check) => `alter table ${table} drop constraint ${quote(check.name)}`),
    ...checkTexts(wanted).map((text) => `alter table ${table} add ${text}`),
  ];
}

/** Values of one record each, out of the records that are there. Two with the same stand in the way. */
function uniqueWork(step: Step, { after: register, moved, before }: Change): Work {
  const { declaration, table, claims } = register;
  const rule = declaration.unique![step.name]!;
  const claimed = (names: string[]) => {
    const there = names.map((one) => `${quote(one)} is not null`);
    const states = rule.states ? [`state in (${rule.states.map(literal).join(", ")})`] : [];
    return { text: claimText(names.map(quote)), where: ["ended_on is null", ...there, ...states].join(" and ") };
  };
  const now = claimed(rule.fields);
  const then = claimed(rule.fields.map((field) => Object.entries(moved).find(([, one]) => one === field)?.[0] ?? field));
  const known = rule.fields.every((field) => before?.columns.some((one) => (moved[one.field] ?? one.field) === field));
  return {
    statements: [
      `insert into ${claims} (value, rule, key) select ${now.text}, ${literal(step.name)}, ${quote(declaration.key)}::text from ${table} where ${now.where}`,
    ],
    touches: `select count(*)::int8 as count from ${table}`,
    blocks: known
      ? `select coalesce(sum(n), 0)::int8 as count from (select count(*) as n from ${table} where ${then.where} group by ${then.text} having count(*) > 1) as doubles`
      : undefined,
  };
}

/** Constraints of composites that have come new. */
export function newTableChecks({ after: register, steps }: Change, catalog: Catalog): string[] {
  const fresh = new Set(steps.filter((step) => step.kind === "field-new").map((step) => step.name));
  const there = new Set(catalog.checks.map((check) => check.name));
  return Object.entries(tableChecks(register))
    .filter(([name]) => !there.has(name) && [...fresh].some((field) => name.endsWith(`_${field}_whole`)))
    .flatMap(([name, condition]) => checkTexts({ [name]: condition }))
    .map((text) => `alter table ${register.table} add ${text}`);
}

export async function countOf(from: Queryable, text: string | undefined): Promise<number | undefined> {
  if (text === undefined) return undefined;
  const row = await from.first<{ count: number }>({ text, values: [] });
  return row!.count;
}

/** Whether a register holds any record. */
export async function isEmpty(from: Queryable, register: CompiledRegister): Promise<boolean> {
  return (await from.first({ text: `select 1 from ${register.table} limit 1`, values: [] })) === undefined;
}

export async function runAll(tx: Transaction, statements: string[]): Promise<void> {
  for (const text of statements) await tx.run({ text, values: [] });
}

/** Keeps a plan that was carried out, with what was accepted and by whom. */
export async function notePlan(
  tx: Transaction,
  given: { id: string; text: string; registers: string[]; accepted: unknown; at: Date; by: string },
): Promise<void> {
  await tx.run(sql`insert into registry.plan (id, plan, registers, accepted, applied_at, applied_by)
    values (${given.id}, ${given.text}, ${given.registers}, ${JSON.stringify(given.accepted)}, ${given.at}, ${given.by})`);
}
