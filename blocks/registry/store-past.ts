import { prepared, type Queryable, type Statement } from "@kerege/kernel/database";
import type { Value } from "./declaration.ts";
import { type CompiledRegister, quote, relationName } from "./store-sql.ts";

/** Most records that one question to the past gives. */
const MOST_FOUND = 1000;

/** Values that a record held on some of these days. */
export interface PastQuestion {
  values: Value[];
  from: string;
  /** Exclusive; none means for good. */
  to: string | null;
}

const statements = new Map<string, (values: unknown[]) => Statement>();

/** Keys of records with a version of these values over some of the days. Later versions may lie over it: fold before believing. */
export const findHolders = (
  tx: Queryable,
  register: CompiledRegister,
  asked: { fields: string[]; questions: PastQuestion[] },
): Promise<string[][]> => findThen(tx, register, { ...asked, text: "" });

/**
 * The same for records whose current row does not say so: their value has changed away since, or will be so on a day to come. Others
 * are found by what they are.
 */
export function findThose(
  tx: Queryable,
  register: CompiledRegister,
  asked: { fields: string[]; questions: PastQuestion[] },
): Promise<string[][]> {
  const key = quote(register.declaration.key);
  const same = asked.fields.map((field, index) => `t.${quote(field)} is not distinct from u.v${index}`).join(" and ");
  const text = `and exists (select from ${register.table} t where t.${key} = v.${key} and not (${same})
      and (u.from_day < t.valid_from or t.next_change_on is not null))`;
  return findThen(tx, register, { ...asked, text });
}

async function findThen(
  tx: Queryable,
  register: CompiledRegister,
  { fields, questions, text: more }: { fields: string[]; questions: PastQuestion[]; text: string },
): Promise<string[][]> {
  const columns = fields.map((field) => register.columns.find((column) => column.field === field)!);
  const types = [...columns.map((column) => column.sqlType), "date", "date"];
  const names = [...columns.map((_, index) => `v${index}`), "from_day", "to_day", "nr"];
  const key = quote(register.declaration.key);
  const text = `select u.nr::int as nr, r.key from unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(", ")})
      with ordinality as u(${names.join(", ")})
    cross join lateral (
      select distinct v.${key} as key from ${register.versions} v where ${columns.map(({ name }, index) => `v.${name} = u.v${index}`).join(" and ")}
        and not v.ended and (u.to_day is null or v.valid_from < u.to_day) and (v.valid_to is null or v.valid_to > u.from_day) ${more}
      limit ${MOST_FOUND}) r`;
  const statement = statements.get(text) ?? prepared(text);
  statements.set(text, statement);
  const rows = await tx.rows<{ nr: number; key: string }>(
    statement([
      ...columns.map(({ encode }, index) => questions.map(({ values }) => (encode ? encode(values[index]!) : values[index]))),
      questions.map(({ from }) => from),
      questions.map(({ to }) => to),
    ]),
  );
  const found: string[][] = questions.map(() => []);
  for (const row of rows) found[row.nr - 1]!.push(row.key);
  return found;
}

/**
 * Indexes of versions by what is asked about the past: values that only one record may have, and lists that rules look at. They are of
 * no register alone: which lists are looked at stands in the rules of others too.
 */
export function pastIndexes(all: CompiledRegister[]): string[] {
  const made = new Map<string, string>();
  const add = (register: CompiledRegister, ending: string, fields: string[]) => {
    const name = relationName(`${register.declaration.register}_${ending}`);
    const columns = [...new Set([...fields, register.declaration.key])].map(quote).join(", ");
    made.set(name, `create index if not exists ${quote(name)} on ${register.versions} (${columns})`);
  };
  const byName = new Map(all.map((register) => [register.declaration.register, register]));
  for (const register of all) {
    for (const [rule, { fields }] of Object.entries(register.declaration.unique ?? {})) add(register, `${rule}_once`, fields);
    for (const rule of Object.values(register.expanded.declared.rules ?? {}))
      for (const other of Object.values(rule.with ?? {})) {
        const target = "search" in other && other.when !== "ever" ? byName.get(other.register) : undefined;
        const fields = target?.declaration.search[(other as { search: string }).search]?.exact;
        if (target && fields) add(target, `${(other as { search: string }).search}_then`, fields);
      }
  }
  return [...made.values()];
}
