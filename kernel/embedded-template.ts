/**
 * Databases for tests.
 *
 *   openTestCluster(): Promise<TestCluster>
 *   TestCluster = { url, connection(database), createDatabase(template?): Promise<string>, close(): Promise<void> }
 *
 * One server serves a whole run: whoever starts the run (tools/test.ts) opens a cluster, puts `cluster.url` into the environment as
 * KEREGE_TEST_DATABASE and closes it at the end. A test file run alone starts its own and stops it.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startEmbedded } from "./embedded.ts";
import { silentLog } from "./log.ts";

export interface TestCluster {
  /** For KEREGE_TEST_DATABASE: `postgres://user@host/?host=/folder/of/socket`, or the URL of any server whose user may create databases. */
  url: string;
  /** What a pool of `pg` needs to reach one database of the cluster. */
  connection(database: string): pg.PoolConfig;
  /** Makes an empty database, or a copy of another one nobody is connected to, and returns its name. */
  createDatabase(template?: string): Promise<string>;
  /** Drops the databases made here; stops the server if it was started here. */
  close(): Promise<void>;
}

export async function openTestCluster(): Promise<TestCluster> {
  const given = process.env.KEREGE_TEST_DATABASE;
  if (given) return clusterAt(given, async () => {});
  const folder = mkdtempSync(join(tmpdir(), "kerege-cluster-"));
  const embedded = await startEmbedded({ folder, log: silentLog, throwAway: true, settings: { shared_buffers: "64MB" } });
  const { host, port, user } = embedded.connection();
  return clusterAt(`postgres://${user}@localhost:${port}/postgres?host=${encodeURIComponent(host)}`, () => embedded.stop());
}

function clusterAt(url: string, stop: () => Promise<void>): TestCluster {
  const made: string[] = [];
  const connection = (database: string): pg.PoolConfig => {
    const address = new URL(url);
    const host = address.searchParams.get("host") ?? address.hostname;
    const password = decodeURIComponent(address.password);
    return {
      host,
      port: Number(address.port || 5432),
      user: decodeURIComponent(address.username),
      ...(password ? { password } : {}),
      database,
    };
  };
  const command = async (text: string) => {
    const client = new pg.Client(connection("postgres"));
    await client.connect();
    try {
      await client.query(text);
    } finally {
      await client.end();
    }
  };
  return {
    url,
    connection,
    createDatabase: async (template = "template0") => {
      const database = `test_${randomBytes(8).toString("hex")}`;
      await command(`create database "${database}" template "${template}"`);
      made.push(database);
      return database;
    },
    close: async () => {
      if (url === process.env.KEREGE_TEST_DATABASE)
        for (const database of made) await command(`drop database if exists "${database}" with (force)`);
      await stop();
    },
  };
}
