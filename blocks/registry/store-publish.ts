import { isDeepStrictEqual } from "node:util";
import { type Database, type Queryable, sql, type Transaction } from "@kerege/kernel/database";
import type { RegisterDeclaration } from "./declaration.ts";
import { type Change, compareDeclarations, hashOf, isAlone } from "./plan.ts";
import { problem } from "./problems.ts";
import { pastIndexes } from "./store-past.ts";
import { type Catalog, completion, newTableChecks, readCatalog, runAll, workOf } from "./store-plan.ts";
import { compileRegister } from "./store-sql.ts";

/**
 * Makes what is declared real: a new register gets its tables; a register that only grew or let go (optional fields, searches,
 * events, words, wider limits) is changed at once; any other change needs a plan that somebody has read, so that no start of the
 * server loses or reinterprets what people's records say. Gives the number of registers whose declaration is new.
 * @throws {Problem} `registry.change-needs-plan`
 */
export async function publishRegisters(
  database: Database,
  given: { registers: RegisterDeclaration[]; at: Date },
): Promise<number> {
  return database.transaction(async (tx) => {
    await lockPublishing(tx);
    const changes = await findChanges(tx, given.registers);
    const needing = changes.flatMap((change) => change.steps.filter((step) => !isAlone(step)));
    if (needing.length > 0) {
      const registers = [...new Set(needing.map((step) => step.register))].join(", ");
      const what = [...new Set(needing.map((step) => `${step.register}.${step.name}`))].slice(0, 5).join(", ");
      throw problem("change-needs-plan", { params: { register: registers, what, count: needing.length } });
    }
    const catalog = await readCatalog(tx);
    for (const declaration of given.registers) {
      const change = changes.find((one) => one.after.declaration.register === declaration.register);
      await runAll(tx, completion(change?.after ?? compileRegister(declaration), catalog));
      if (!change) continue;
      for (const step of change.steps) await runAll(tx, workOf(step, change, catalog).statements);
      await runAll(tx, additions(change, catalog));
      await publish(tx, { change, at: given.at });
    }
    await runAll(tx, pastIndexes(given.registers.map(compileRegister)));
    return changes.length;
  });
}

/** Constraints of composites that came new to a register that was there. */
function additions(change: Change, catalog: Catalog): string[] {
  return change.before ? newTableChecks(change, catalog) : [];
}

/** Nodes that start together, and plans, come one after another; the later ones find nothing left to do. */
export async function lockPublishing(tx: Transaction): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(7317003)`);
}

/** Registers whose declaration is not the published one. Those no longer declared stay as they are. */
export async function findChanges(from: Queryable, registers: RegisterDeclaration[]): Promise<Change[]> {
  const published = await publications(from);
  return registers.flatMap((declaration) => {
    const before = published.get(declaration.register);
    const now = JSON.parse(JSON.stringify(declaration)) as RegisterDeclaration;
    return before && isDeepStrictEqual(before, now) ? [] : [compareDeclarations(before, now)];
  });
}

export async function publications(from: Queryable): Promise<Map<string, RegisterDeclaration>> {
  const rows = await from.rows<{ register: string; declaration: RegisterDeclaration }>(
    sql`select register, declaration from registry.publication`,
  );
  return new Map(rows.map((row) => [row.register, row.declaration]));
}

/** Notes what is published now, and keeps it among all that ever was. */
export async function publish(tx: Transaction, given: { change: Change; at: Date; plan?: string }): Promise<void> {
  const { change, at } = given;
  const { declared } = change.after.expanded;
  const text = JSON.stringify(declared);
  await tx.run(sql`insert into registry.publication (register, declaration, published_at) values (${declared.register}, ${text}, ${at})
    on conflict (register) do update set declaration = excluded.declaration, published_at = excluded.published_at`);
  await tx.run(sql`insert into registry.declaration (register, hash, declaration, published_at, plan, moved)
    values (${declared.register}, ${hashOf(declared)}, ${text}, ${at}, ${given.plan ?? null}, ${JSON.stringify(change.moved)})
    on conflict (register, hash, published_at) do nothing`);
}

/** A declaration that was published, and the names that columns of its time have now. */
export interface Wording {
  declaration: RegisterDeclaration;
  moved: Record<string, string>;
  publishedAt: Date;
}

/** All declarations of a register there ever were, the oldest first. */
export async function wordingsOf(from: Queryable, register: string): Promise<Wording[]> {
  const rows = await from.rows<{ declaration: RegisterDeclaration; moved: Record<string, string>; published_at: Date }>(
    sql`select declaration, moved, published_at from registry.declaration where register = ${register} order by published_at`,
  );
  return rows.map(({ declaration, published_at: publishedAt }, index) => {
    const moved: Record<string, string> = {};
    for (const later of rows.slice(index + 1)) {
      for (const [was, now] of Object.entries(later.moved)) {
        const first = Object.entries(moved).find(([, name]) => name === was)?.[0] ?? was;
        moved[first] = now;
      }
    }
    return { declaration, moved, publishedAt };
  });
}

/** The one in force at an instant. Before declarations were kept, the first that was is the nearest there is. */
export function wordingAt(wordings: Wording[], at: Date): Wording | undefined {
  return wordings.findLast(({ publishedAt }) => publishedAt <= at) ?? wordings[0];
}

/** The declaration under which a version was recorded, and the names its columns have now: what its leaf was made of. */
export async function declarationAt(from: Queryable, given: { register: string; at: Date }): Promise<Wording | undefined> {
  return wordingAt(await wordingsOf(from, given.register), given.at);
}
