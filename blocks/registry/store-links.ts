import { createHash } from "node:crypto";
import { prepared, type Queryable, type Statement, sql, type Transaction } from "@kerege/kernel/database";
import type { Value, Values } from "./declaration.ts";
import { valuesOf } from "./store-record.ts";
import { type CompiledRegister, quote } from "./store-sql.ts";

type Row = Record<string, unknown>;

/**
 * Locks by name until the end of the transaction: those that others may hold too, then those to be held alone; each in one order
 * everywhere, so that two writers never wait for each other.
 */
export async function takeLocks(
  tx: Transaction,
  { alone, shared }: { alone: Iterable<string>; shared: Iterable<string> },
): Promise<void> {
  const [ours, theirs] = [lockKeys(alone), lockKeys(shared)];
  if (theirs.length > 0) await tx.run(sql`select pg_advisory_xact_lock_shared(k) from unnest(${theirs}::int8[]) as u(k)`);
  if (ours.length > 0) await tx.run(sql`select pg_advisory_xact_lock(k) from unnest(${ours}::int8[]) as u(k)`);
}

function lockKeys(names: Iterable<string>): string[] {
  const keys = [...new Set([...names].map(lockKey))];
  return keys.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map(String);
}

function lockKey(name: string): bigint {
  return createHash("sha256").update(name).digest().readBigInt64BE(0);
}

const statements = new Map<string, (values: unknown[]) => Statement>();
function once(text: string): (values: unknown[]) => Statement {
  let made = statements.get(text);
  if (!made) {
    made = prepared(text);
    statements.set(text, made);
  }
  return made;
}

/** Most records of a list that a rule sees. */
const MOST_IN_LIST = 1000;

/** A record of a list as its current row has it; `settled` where that row says all there is to say from the day on. */
export interface Listed {
  key: string;
  values: Values;
  validFrom: string;
  state: string | null;
  settled: boolean;
}

/** Records not at an end on a day whose fields have these values now: one list for each question. */
export async function findLists(
  tx: Queryable,
  register: CompiledRegister,
  asked: { fields: string[]; questions: { values: Value[]; on: string }[] },
): Promise<Listed[][]> {
  const columns = asked.fields.map((field) => register.columns.find((column) => column.field === field)!);
  const arrays = [...columns.map((column) => column.sqlType), "date"];
  const names = [...columns.map((_, index) => `v${index}`), "on_day"];
  const text = `select u.nr::int as nr, r.* from unnest(${arrays.map((sqlType, index) => `$${index + 1}::${sqlType}[]`).join(", ")})
      with ordinality as u(${[...names, "nr"].join(", ")})
    cross join lateral (
      select ${register.columns.map(({ name }) => `t.${name}`).join(", ")}, t.valid_from as "+from", t.state as "+state",
        t.valid_from <= u.on_day and t.next_change_on is null and t.ended_on is null as "+settled" from ${register.table} t where ${columns.map((column, index) => `t.${column.name} = u.v${index}`).join(" and ")}
        and (t.ended_on is null or t.ended_on > u.on_day) limit ${MOST_IN_LIST}) r`;
  const rows = await tx.rows<Row>(
    once(text)([
      ...columns.map(({ encode }, index) =>
        asked.questions.map(({ values }) => (encode ? encode(values[index]!) : values[index])),
      ),
      asked.questions.map(({ on }) => on),
    ]),
  );
  const lists: Listed[][] = asked.questions.map(() => []);
  for (const row of rows)
    lists[(row.nr as number) - 1]!.push({
      key: row[register.declaration.key] as string,
      values: valuesOf(register, row),
      validFrom: row["+from"] as string,
      state: row["+state"] as string | null,
      settled: row["+settled"] as boolean,
    });
  return lists;
}

/** Records of a register that point at a record by a field and are not at an end on the day from which it ends. */
export async function findDependants(
  tx: Queryable,
  register: CompiledRegister,
  asked: { field: string; targets: { key: string; on: string }[]; most: number },
): Promise<{ target: string; key: string }[]> {
  const text = `select u.key as target, r.key from unnest($1::text[], $2::date[]) as u(key, on_day)
    cross join lateral (
      select t.${quote(register.declaration.key)} as key from ${register.table} t
      where t.${quote(asked.field)} = u.key and (t.ended_on is null or t.ended_on > u.on_day) order by 1 limit $3::int) r`;
  return tx.rows(once(text)([asked.targets.map(({ key }) => key), asked.targets.map(({ on }) => on), asked.most]));
}

export interface Claim {
  value: string;
  rule: string;
  key: string;
}

/** Who holds these values. */
export async function findClaims(tx: Queryable, register: CompiledRegister, claims: Claim[]): Promise<Claim[]> {
  return tx.rows(
    once(`select c.value, c.rule, c.key from unnest($1::text[], $2::text[]) as u(value, rule)
      join ${register.claims} c on c.value = u.value and c.rule = u.rule`)([
      claims.map(({ value }) => value),
      claims.map(({ rule }) => rule),
    ]),
  );
}

/** Takes away and adds claims; a value that another holds meanwhile fails all of it. */
export async function changeClaims(
  tx: Transaction,
  register: CompiledRegister,
  { gone, made }: { gone: Claim[]; made: Claim[] },
): Promise<void> {
  if (gone.length > 0)
    await tx.run(
      once(`delete from ${register.claims} c using unnest($1::text[], $2::text[], $3::text[]) as u(value, rule, key)
        where c.value = u.value and c.rule = u.rule and c.key = u.key`)([
        gone.map(({ value }) => value),
        gone.map(({ rule }) => rule),
        gone.map(({ key }) => key),
      ]),
    );
  if (made.length > 0)
    await tx.run(
      once(`insert into ${register.claims} (value, rule, key) select * from unnest($1::text[], $2::text[], $3::text[])`)([
        made.map(({ value }) => value),
        made.map(({ rule }) => rule),
        made.map(({ key }) => key),
      ]),
    );
}
