/** The server as a process of its own: what it says at its start, how it refuses, how it ends. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Child, holdPort, startServer, temporaryFolder } from "./child.ts";

const shown = /^ {2}(http:\/\/\S+)$/m;
const folder = join(temporaryFolder(), "data");
let server: Child;
let address = "";

before(async () => {
  server = startServer({ PORT: "0", KEREGE_DATA: folder });
  [, address = ""] = await server.hears(shown);
});
after(() => server.process.kill("SIGKILL"));

/** Starts a server that must refuse; gives what it said. */
async function refused(environment: NodeJS.ProcessEnv): Promise<string> {
  const child = startServer({ KEREGE_DATA: temporaryFolder(), PORT: "0", ...environment });
  const { code } = await child.ended;
  assert.equal(code, 1, child.said());
  assert.doesNotMatch(child.said(), /^ {4}at /m, "a sentence, not a trace");
  return child.said();
}

test("with PORT=0 the address it shows is the one it has", async () => {
  assert.doesNotMatch(address, /:(0|8080)$/);
  const health = await fetch(`${address}/health`);
  assert.equal(health.status, 200);
  assert.deepEqual(((await health.json()) as { status: string }).status, "ready");
});

test("a port that is taken is named with the next one, and nothing is made", async () => {
  const held = await holdPort();
  const data = join(temporaryFolder(), "data");
  const said = await refused({ PORT: String(held.port), KEREGE_DATA: data });
  held.close();
  assert.ok(said.includes(`Port ${held.port} is already in use. Choose another one: PORT=${held.port + 1} npm start`), said);
  assert.equal(existsSync(data), false);
});

for (const [environment, part] of [
  [{ PORT: "http" }, "PORT is http, but must be a number"],
  // TEST-NET-3 of RFC 5737: no machine has it.
  [{ HOST: "203.0.113.7" }, "The address HOST=203.0.113.7 does not exist on this machine"],
  [{ KEREGE_COUNTRY: "nowhere" }, "countries/nowhere:1:1  There is no country nowhere"],
  [{ KEREGE_SECURE: "perhaps" }, "The setting KEREGE_SECURE cannot be understood"],
] as const) {
  test(`${JSON.stringify(environment)} is refused with a sentence`, async () => {
    const said = await refused(environment);
    assert.ok(said.includes(part), said);
  });
}

test("a second server over the same folder is refused, and the first is not disturbed", async () => {
  const said = await refused({ KEREGE_DATA: folder });
  assert.ok(said.includes(`is in use by process ${server.pid}`), said);
  assert.equal((await fetch(`${address}/health`)).status, 200);
});

test("a database that ends by itself ends the server with 1; the next start recovers it", async () => {
  const data = temporaryFolder();
  const child = startServer({ PORT: "0", KEREGE_DATA: data });
  await child.hears(shown);
  const [postmaster = ""] = readFileSync(join(data, "postgres", "postmaster.pid"), "utf8").split("\n");
  process.kill(Number(postmaster), "SIGKILL");
  assert.equal((await child.ended).code, 1, child.said());
  assert.match(child.said(), /The database has ended unexpectedly/);
  const again = startServer({ PORT: "0", KEREGE_DATA: data });
  const [, anew = ""] = await again.hears(shown);
  assert.equal((await fetch(`${anew}/health`)).status, 200);
  again.send("SIGINT");
  assert.equal((await again.ended).code, 0, again.said());
});

// The last one: it ends the server of this file.
test("SIGTERM says so, ends the database too, lets the folder go and ends with 0", async () => {
  const [postmaster = ""] = readFileSync(join(folder, "postgres", "postmaster.pid"), "utf8").split("\n");
  server.send("SIGTERM");
  assert.deepEqual(await server.ended, { code: 0, signal: null });
  assert.match(server.said(), /Stopping…/);
  assert.doesNotMatch(server.said(), /"level":"fault"/);
  assert.throws(() => process.kill(Number(postmaster), 0), { code: "ESRCH" });
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith("lock")),
    [],
  );
  await assert.rejects(fetch(`${address}/health`));
});
