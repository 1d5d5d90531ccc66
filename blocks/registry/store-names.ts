import { type Database, type Queryable, sql, type Transaction } from "@kerege/kernel/database";
import type { Values } from "./declaration.ts";
import { formsOf, spellingOf } from "./name-forms.ts";
import type { CompiledRegister } from "./store-sql.ts";

/** Dictionary of a field that is searched as it may be misspelt. */
export function dictionaryOf(register: CompiledRegister, field: string): string {
  return `${register.declaration.register}.${field}`;
}

/** Fields whose distinct names are kept with their forms. */
export function fuzzyFields(register: CompiledRegister): string[] {
  return [...new Set(Object.values(register.declaration.search).flatMap((condition) => condition.fuzzy ?? []))];
}

const MOST_KNOWN = 500_000;
/** How long a process takes a name for known. */
export const REMEMBERED_MS = 600_000;
const CHUNK = 2000;

/** Keeps the dictionaries of names as records are written. One for each process: it remembers which names are there already. */
export function createNames(now: () => Date) {
  const known = new Set<string>();
  let since = now().getTime();
  const remember = (made: string[]) => {
    if (known.size > MOST_KNOWN) known.clear();
    for (const one of made) known.add(one);
  };
  return {
    /**
     * Adds what is new among the names of these values, in the transaction that writes the records. Costs nothing for a register
     * without fuzzy search and little for names that were met before.
     */
    async write(tx: Transaction, register: CompiledRegister, rows: Values[]): Promise<void> {
      // Another process may have taken a name out with the last record that had it.
      const at = now().getTime();
      if (Math.abs(at - since) > REMEMBERED_MS) {
        known.clear();
        since = at;
      }
      const made = new Map<string, { dictionary: string; name: string }>();
      for (const field of fuzzyFields(register)) {
        const dictionary = dictionaryOf(register, field);
        for (const row of rows) {
          const value = row[field];
          if (typeof value !== "string") continue;
          const name = spellingOf(value);
          const key = `${dictionary}\n${name}`;
          if (name !== "" && !known.has(key)) made.set(key, { dictionary, name });
        }
      }
      if (made.size === 0) return;
      // In one order, so that two writers of the same names wait for each other and never stand crosswise.
      const all = [...made.keys()].sort().map((key) => made.get(key)!);
      for (let start = 0; start < all.length; start += CHUNK) {
        const lines = all
          .slice(start, start + CHUNK)
          .flatMap(({ dictionary, name }) => formsOf(name).map((form) => ({ dictionary, form, name })));
        await tx.run(sql`insert into registry.name_form (dictionary, form, name)
          select * from unnest(${lines.map((line) => line.dictionary)}::text[], ${lines.map((line) => line.form)}::text[], ${lines.map((line) => line.name)}::text[])
          on conflict do nothing`);
      }
      tx.afterCommit(() => remember([...made.keys()]));
    },
  };
}

export type Names = ReturnType<typeof createNames>;

/** Names of the dictionaries that share a form with what was typed, for each field. */
export async function candidates(
  from: Queryable,
  register: CompiledRegister,
  typed: Map<string, string>,
): Promise<Map<string, string[]>> {
  const pairs = [...typed].flatMap(([field, name]) =>
    formsOf(name).map((form) => ({ dictionary: dictionaryOf(register, field), form })),
  );
  const rows = await from.rows<{ dictionary: string; name: string }>(sql`select distinct f.dictionary, f.name
    from unnest(${pairs.map((pair) => pair.dictionary)}::text[], ${pairs.map((pair) => pair.form)}::text[]) as u(dictionary, form)
    join registry.name_form f on f.dictionary = u.dictionary and f.form = u.form`);
  const found = new Map([...typed.keys()].map((field) => [field, [] as string[]]));
  for (const field of typed.keys()) {
    const dictionary = dictionaryOf(register, field);
    found.set(
      field,
      rows.filter((row) => row.dictionary === dictionary).map((row) => row.name),
    );
  }
  return found;
}

interface Filling {
  names: Names;
  at: Date;
}

/** Fills the dictionaries of fields that got their search after records were there, page by page; what is filled is noted. */
export async function fillNames(from: Database, register: CompiledRegister, { names, at }: Filling): Promise<void> {
  const fields = fuzzyFields(register);
  if (fields.length === 0) return;
  const wanted = fields.map((field) => dictionaryOf(register, field));
  const filled = await from.rows(sql`select dictionary from registry.name_dictionary where dictionary = any(${wanted}::text[])`);
  if (filled.length === wanted.length) return;
  const key = register.columns.find((column) => column.field === register.declaration.key)!.name;
  const columns = register.columns.filter((column) => fields.includes(column.field)).map((column) => column.name);
  for (let after: string | undefined = ""; after !== undefined; ) {
    after = await from.transaction(async (tx) => {
      const rows: Record<string, string>[] = await tx.rows({
        text: `select ${key} as "_key", ${columns.join(", ")} from ${register.table} where ${key} > $1 order by ${key} limit ${CHUNK}`,
        values: [after],
      });
      await names.write(tx, register, rows);
      return rows.at(-1)?._key;
    });
  }
  await from.run(
    sql`insert into registry.name_dictionary select dictionary, ${at} from unnest(${wanted}::text[]) as u(dictionary) on conflict do nothing`,
  );
}
