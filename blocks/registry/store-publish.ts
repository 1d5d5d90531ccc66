import { isDeepStrictEqual } from "node:util";
import { type Database, sql } from "@kerege/kernel/database";
import type { RegisterDeclaration } from "./declaration.ts";
import { problem } from "./problems.ts";
import { compileRegister, quote } from "./store-sql.ts";
import { publications, publish } from "./store-writes.ts";

/**
 * Makes what is declared real: a new register gets its tables; a register that only grew (optional fields, searches, events,
 * words) is widened; any other change is refused, so that no start of the server loses or reinterprets what people's records say.
 */
export async function publishRegisters(
  database: Database,
  given: { registers: RegisterDeclaration[]; at: Date },
): Promise<number> {
  return database.transaction(async (tx) => {
    // Nodes that start together publish one after another; the later ones find nothing left to do.
    await tx.run(sql`select pg_advisory_xact_lock(7317003)`);
    const published = await publications(tx);
    let changed = 0;
    for (const declaration of given.registers) {
      const before = published.get(declaration.register);
      if (before && isDeepStrictEqual(before, JSON.parse(JSON.stringify(declaration)))) continue;
      const statements = before ? widen(before, declaration) : compileRegister(declaration).create;
      await publish(tx, { declaration, statements, at: given.at });
      changed++;
    }
    return changed;
  });
}

/** The statements of an additive change; a Problem names the first thing that is more than that. */
export function widen(before: RegisterDeclaration, after: RegisterDeclaration): string[] {
  const refuse = (what: string) => problem("change-needs-plan", { params: { register: after.register, what } });
  if (before.key !== after.key) throw refuse("key");
  if (before.subject !== after.subject) throw refuse("subject");
  const compiled = compileRegister(after);
  const statements: string[] = [];
  for (const [name, field] of Object.entries(before.fields)) {
    const now = after.fields[name];
    if (!now) throw refuse(name);
    if (now.type !== field.type || (now.required && !field.required) || !isDeepStrictEqual(now.values, field.values))
      throw refuse(name);
  }
  for (const [name, field] of Object.entries(after.fields)) {
    if (name in before.fields) continue;
    if (field.required) throw refuse(name);
    const { sqlType } = compiled.columns.find((column) => column.field === name)!;
    statements.push(`alter table ${compiled.table} add column ${quote(name)} ${sqlType}`);
    statements.push(`alter table ${compiled.versions} add column ${quote(name)} ${sqlType}`);
  }
  const keyedBefore = new Set(compileRegister(before).keyed);
  for (const name of compiled.keyed) if (!keyedBefore.has(name)) throw refuse(name);
  for (const [name, condition] of Object.entries(before.search)) {
    if (!isDeepStrictEqual({ ...after.search[name], title: 0, limit: 0 }, { ...condition, title: 0, limit: 0 }))
      throw refuse(name);
  }
  for (const name of Object.keys(after.search)) {
    if (name in before.search) continue;
    const index = compiled.create.find((text) => text.startsWith(`create index ${quote(`${after.register}_${name}`)} `));
    if (index) statements.push(index);
  }
  return statements;
}
