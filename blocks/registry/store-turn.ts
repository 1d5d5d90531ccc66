import { type Database, prepared, type Statement } from "@kerege/kernel/database";
import { findVersions } from "./store-record.ts";
import { type CompiledRegister, quote } from "./store-sql.ts";
import { fold, nextChange, on } from "./timeline.ts";

const CHUNK = 500;

/** The index by which records with a change to come are found; small, as few have one. */
export async function indexDue(database: Database, register: CompiledRegister): Promise<void> {
  const name = quote(`${register.declaration.register.slice(0, 50)}_due`);
  await database.run({
    text: `create index if not exists ${name} on ${register.table} (next_change_on) where next_change_on is not null`,
    values: [],
  });
}

/**
 * Puts what holds on a day in place of what held before, for records whose change was recorded ahead and has come due. A record is
 * locked while it is turned and looked at again once it is locked, so that it is done once however many nodes turn at the same time.
 * Gives the number of records turned.
 */
export async function turnRegister(database: Database, register: CompiledRegister, day: string): Promise<number> {
  const { due, put } = statementsOf(register);
  let turned = 0;
  for (let again = true; again; ) {
    const count = await database.transaction(async (tx) => {
      const keys = (await tx.rows<{ key: string }>(due([day, CHUNK]))).map((row) => row.key);
      if (keys.length === 0) return 0;
      const versions = await findVersions(tx, register, keys);
      const rows = keys.map((key) => {
        const segments = fold(versions.get(key)!);
        const segment = on(segments, day);
        // Before its first day a record is shown as it will be.
        const held = segment ?? segments[0]!;
        return { held, next: segment ? nextChange(segments, day) : held.from };
      });
      await tx.run(
        put([
          ...register.columns.map(({ field, encode }) =>
            rows.map(({ held }) => (encode ? encode(held.values[field] ?? null) : (held.values[field] ?? null))),
          ),
          ...register.besides.map(({ of }) => rows.map(({ held }) => of(held.values))),
          rows.map(({ held }) => held.from),
          rows.map(({ held }) => (held.ended ? held.from : null)),
          rows.map(({ next }) => next),
          rows.map(({ held }) => held.state),
        ]),
      );
      return keys.length;
    });
    turned += count;
    again = count === CHUNK;
  }
  return turned;
}

interface Turning {
  due(values: unknown[]): Statement;
  put(values: unknown[]): Statement;
}
const made = new WeakMap<CompiledRegister, Turning>();

function statementsOf(register: CompiledRegister): Turning {
  const known = made.get(register);
  if (known) return known;
  const { table, columns, besides, declaration } = register;
  const key = quote(declaration.key);
  const all: [name: string, sqlType: string][] = [
    ...columns.map((column): [string, string] => [column.name, column.sqlType]),
    ...besides.map(({ name, sqlType }): [string, string] => [name, sqlType]),
    ["valid_from", "date"],
    ["ended_on", "date"],
    ["next_change_on", "date"],
    ["state", "text"],
  ];
  const arrays = all.map(([, sqlType], index) => `$${index + 1}::${sqlType}[]`).join(", ");
  const keyAt = columns.findIndex((column) => column.field === declaration.key);
  const turning = {
    due: prepared(`select ${key} as key from ${table} where next_change_on <= $1::date order by ${key} limit $2::int for update`),
    put: prepared(`update ${table} t set ${all.map(([name], index) => `${name} = u.c${index}`).join(", ")}
      from unnest(${arrays}) as u(${all.map((_, index) => `c${index}`).join(", ")}) where t.${key} = u.c${keyAt}`),
  };
  made.set(register, turning);
  return turning;
}
