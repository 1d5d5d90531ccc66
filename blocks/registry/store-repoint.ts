import type { Queryable } from "@kerege/kernel/database";
import { type CompiledRegister, quote } from "./store-sql.ts";

/** Keys of records not at an end that point at a record by a field, in their order. A field without an index is looked through. */
export async function pageOfPointing(
  on: Queryable,
  register: CompiledRegister,
  { field, target, after, limit }: { field: string; target: string; after: string; limit: number },
): Promise<string[]> {
  const key = quote(register.declaration.key);
  const rows = await on.rows<{ key: string }>({
    text: `select ${key} as key from ${register.table} where ${quote(field)} = $1 and ended_on is null and ${key} > $2 order by ${key} limit $3`,
    values: [target, after, limit],
  });
  return rows.map((row) => row.key);
}
