import { openTestCluster } from "@kerege/kernel/embedded-template";

/**
 * Runs something while one PostgreSQL for all tests is up; its address is in `KEREGE_TEST_DATABASE` for the processes of the tests.
 * A server given in `KEREGE_TEST_DATABASE` already is used as it is and left running.
 */
export async function withCluster<Result>(
  { say, signal }: { say(line: string): void; signal: AbortSignal },
  use: () => Promise<Result>,
): Promise<Result> {
  if (process.env.KEREGE_TEST_DATABASE || signal.aborted) return use();
  const began = performance.now();
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
