import type { Database } from "@kerege/kernel/database";
import { type CompiledRegister, quote } from "./store-sql.ts";

/** Keys of all records of a small register. */
export async function keysOfRegister(database: Database, { table, declaration }: CompiledRegister): Promise<string[]> {
  const rows = await database.rows<{ key: string }>({
    text: `select ${quote(declaration.key)} as key from ${table}`,
    values: [],
  });
  return rows.map(({ key }) => key);
}
