import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./project.ts";

type Cluster = { url: string; close(): Promise<void> };
type ClusterModule = { openTestCluster(): Promise<Cluster> };

const place = "kernel/embedded-template.ts";

/**
 * Runs something while one PostgreSQL for all tests is up; its address is in `KEREGE_TEST_DATABASE` for the processes of the tests.
 * A server given in `KEREGE_TEST_DATABASE` already is used as it is and left running.
 */
export async function withCluster<Result>(
  { say, signal }: { say(line: string): void; signal: AbortSignal },
  use: () => Promise<Result>,
): Promise<Result> {
  if (process.env.KEREGE_TEST_DATABASE || signal.aborted || !existsSync(join(root, place))) return use();
  const began = performance.now();
  const { openTestCluster } = (await import(pathToFileURL(join(root, place)).href)) as ClusterModule;
  const cluster = await openTestCluster();
  say(`PostgreSQL for tests is up (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  process.env.KEREGE_TEST_DATABASE = cluster.url;
  try {
    return await use();
  } finally {
    delete process.env.KEREGE_TEST_DATABASE;
    await cluster.close();
  }
}
