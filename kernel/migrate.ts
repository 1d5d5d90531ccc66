import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { type Database, name, sql } from "./database.ts";
import { Problem } from "./problem.ts";

export interface Migration {
  number: number;
  name: string;
  text: string;
}

/** Reads `0001-record.sql` … of a block, in order. Gaps and duplicates are refused by a wall. */
export function readMigrations(folder: URL): Migration[] {
  return readdirSync(folder)
    .filter((file) => /^\d{4}-[a-z0-9-]+\.sql$/.test(file))
    .sort()
    .map((file) => ({ number: Number(file.slice(0, 4)), name: file, text: readFileSync(new URL(file, folder), "utf8") }));
}

export interface Migrated {
  name: string;
  migrations: Migration[];
  /** Role that makes the block's tables and so owns them; the caller's own when left out. */
  role?: string;
}

interface Applied {
  block: string;
  number: number;
  name: string;
  hash: string;
}

/**
 * Brings the schema of each block forward, each migration in a transaction of its own, under one lock so that several nodes may
 * start at once. A migration already run whose text has changed, or one missing from the source, is refused: history is not edited.
 * Gives the number of migrations run now. @throws {Problem} `kernel.migration-changed`
 */
export async function migrate(database: Database, blocks: Migrated[]): Promise<number> {
  let count = 0;
  await database.session(async (client) => {
    await client.query("select pg_advisory_lock(7317001)");
    try {
      await client.query("create schema if not exists kernel");
      await client.query(
        "create table if not exists kernel.migration (block text, number int, name text not null, hash text not null, applied_at timestamptz not null, primary key (block, number))",
      );
      const applied: Applied[] = (await client.query("select block, number, name, hash from kernel.migration order by number"))
        .rows;
      for (const block of blocks) {
        await client.query(sql`create schema if not exists ${name(block.name)}`.text);
        for (const migration of toRun(block, applied)) {
          await client.query("begin");
          try {
            if (block.role) await client.query(sql`set local role ${name(block.role)}`.text);
            await client.query(migration.text);
            if (block.role) await client.query("reset role");
            await client.query("insert into kernel.migration values ($1, $2, $3, $4, $5)", [
              block.name,
              migration.number,
              migration.name,
              hashOf(migration),
              new Date(),
            ]);
            await client.query("commit");
          } catch (error) {
            await client.query("rollback").catch(() => {});
            throw error;
          }
          count++;
        }
      }
    } finally {
      // The lock of a lost connection is free already.
      await client.query("select pg_advisory_unlock(7317001)").catch(() => {});
    }
  });
  return count;
}

function toRun(block: Migrated, applied: Applied[]): Migration[] {
  const own = new Map(block.migrations.map((migration) => [migration.number, migration]));
  for (const { number, name: migration, hash } of applied.filter((one) => one.block === block.name)) {
    const present = own.get(number);
    if (!present || hashOf(present) !== hash)
      throw new Problem("kernel.migration-changed", { status: 500, params: { block: block.name, migration } });
    own.delete(number);
  }
  return [...own.values()];
}

function hashOf(migration: Migration): string {
  return createHash("sha256").update(migration.text).digest("hex");
}
