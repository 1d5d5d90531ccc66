import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { AnyBlock } from "./block.ts";
import { createManualClock } from "./clock.ts";
import { type Database, name, openDatabase, sql } from "./database.ts";
import { openTestCluster } from "./embedded-template.ts";
import { type House, openHouse, readDeclarations } from "./house.ts";
import { type Log, silentLog } from "./log.ts";

const root = fileURLToPath(new URL("../", import.meta.url));

export interface TestHouse extends House {
  database: Database;
  clock: ReturnType<typeof createManualClock>;
  dataFolder: string;
}

/** A database of its own on the shared test server; `close` gives it back. */
export async function openTestDatabase(): Promise<{ database: Database; as(role: string): Database; close(): Promise<void> }> {
  const cluster = await openTestCluster();
  const made = await cluster.createDatabase();
  const opened: Database[] = [];
  const open = (options?: string) => {
    const database = openDatabase({ ...cluster.connection(made), max: 6, ...(options && { options }) });
    opened.push(database);
    return database;
  };
  const database = open();
  return {
    database,
    as: (role) => open(`-c role=${role}`),
    async close() {
      for (const one of opened) await one.close();
      await cluster.close();
    },
  };
}

/**
 * Blocks opened on a real PostgreSQL, each under a role of its own that reaches its own schema and the kernel's queue and nothing
 * else: a query over another block's tables fails here even where it would work on one's own machine.
 */
export async function openTestHouse(
  blocks: AnyBlock[],
  given: { country?: string; packs?: string[]; at?: string; root?: string; env?: Record<string, string>; log?: Log } = {},
): Promise<TestHouse> {
  const test = await openTestDatabase();
  const dataFolder = mkdtempSync(path.join(tmpdir(), "kerege-test-"));
  const clock = createManualClock(given.at ?? "2026-11-22T06:00:00Z");
  const declared = readDeclarations(blocks, { root: given.root ?? root, country: given.country ?? "demo", packs: given.packs });
  const suffix = `${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const roles: string[] = [];
  const end = async () => {
    for (const role of roles) {
      await test.database.run(sql`drop owned by ${name(role)} cascade`);
      await test.database.run(sql`drop role ${name(role)}`);
    }
    await test.close();
    rmSync(dataFolder, { recursive: true, force: true });
  };
  await test.database.run(sql`create schema if not exists kernel`);
  for (const block of ["kernel", ...blocks.map((one) => one.name)]) {
    const role = `t_${block.replaceAll("-", "_")}_${suffix}`;
    roles.push(role);
    await test.database.run(sql`create role ${name(role)} nologin`);
    await test.database.run(sql`create schema if not exists ${name(block)}`);
    await test.database.run(sql`grant usage, create on schema ${name(block)} to ${name(role)}`);
    await test.database.run(sql`alter default privileges in schema ${name(block)} grant all on tables to ${name(role)}`);
    if (block === "kernel") continue;
    await test.database.run(sql`grant usage on schema kernel to ${name(role)}`);
    await test.database.run(sql`alter default privileges in schema kernel grant all on tables to ${name(role)}`);
  }
  const roleOf = new Map(blocks.map((block, index) => [block.name, roles[index + 1]!]));
  const byBlock = new Map(blocks.map((block, index) => [block.name, test.as(roles[index + 1]!)]));
  const house = await openHouse(blocks, {
    database: test.database,
    declared,
    dataFolder,
    log: given.log ?? silentLog,
    ...(given.env && { env: given.env }),
    clock,
    databaseOf: (block) => byBlock.get(block) ?? test.database,
    roleOf: (block) => roleOf.get(block),
  }).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return {
    ...house,
    database: test.database,
    clock,
    dataFolder,
    async close() {
      await house.close();
      await end();
    },
  };
}
