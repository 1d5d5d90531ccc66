import assert from "node:assert/strict";
import { test } from "node:test";
import pg from "pg";
import { openTestCluster } from "../embedded-template.ts";

test("a test cluster gives databases of their own, also as copies of a prepared one", async () => {
  const cluster = await openTestCluster();
  try {
    const prepared = await cluster.createDatabase();
    const run = async (database: string, text: string) => {
      const client = new pg.Client(cluster.connection(database));
      await client.connect();
      const result = await client.query(text).finally(() => client.end());
      return result.rows;
    };
    await run(prepared, "create table row as select 1 as n");
    const copy = await cluster.createDatabase(prepared);
    await run(copy, "insert into row values (2)");
    assert.deepEqual(await run(copy, "select n from row order by n"), [{ n: 1 }, { n: 2 }]);
    assert.deepEqual(await run(prepared, "select n from row"), [{ n: 1 }]);
  } finally {
    await cluster.close();
  }
});
