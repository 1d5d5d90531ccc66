import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import pg from "pg";
import { findProcess } from "../embedded/process.ts";
import { type Connection, joinEmbedded, Refusal, refusalText, startEmbedded } from "../embedded.ts";
import { silentLog } from "../log.ts";

// A private folder, as mktemp makes it: below it nobody but the owner may walk.
const home = mkdtempSync(join(tmpdir(), "kerege-embedded-"));
const folder = join(home, "state");
const options = { folder, log: silentLog };
after(() => rmSync(home, { recursive: true, force: true }));

async function ask(connection: Connection, text: string): Promise<unknown[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Another node process that starts the server and then waits. */
async function holder(place: string): Promise<{ child: ChildProcess; server: number }> {
  const program = `
    import { startEmbedded } from ${JSON.stringify(new URL("../embedded.ts", import.meta.url).href)};
    const embedded = await startEmbedded({ folder: ${JSON.stringify(place)}, log: { note() {}, warn() {}, fault() {}, child() {} } });
    console.log(embedded.pid);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = await once(child.stdout, "data");
  return { child, server: Number(String(said)) };
}

async function untilGone(pid: number): Promise<void> {
  while (findProcess(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
}

test("a server is made, keeps what is written and stops without a trace", async () => {
  const first = await startEmbedded(options);
  await ask(first.connection(), "create table kept as select 'Өмүрбек' as name");
  assert.deepEqual(await ask(first.connection(), "select lower('ӨҢҮ') as low, current_setting('listen_addresses') as net"), [
    { low: "өңү", net: "" },
  ]);
  assert.match(first.version, /^\d+\.\d+$/);
  await first.stop();
  assert.equal(findProcess(first.pid), undefined);
  assert.equal(existsSync(first.connection().host), false);

  const second = await startEmbedded(options);
  assert.deepEqual(await ask(second.connection(), "select name from kept"), [{ name: "Өмүрбек" }]);
  await second.stop();
  assert.deepEqual(readdirSync(folder).sort(), ["postgres", "postgres.log"]);
});

test("a second start on the same folder is refused and leaves the first alone; a command may join it", async () => {
  const { child, server } = await holder(folder);
  await assert.rejects(
    startEmbedded(options),
    (error) => error instanceof Refusal && error.code === "in-use" && error.params.pid === child.pid,
  );
  const joined = joinEmbedded(folder);
  assert.equal(joined?.pid, server);
  assert.deepEqual(await ask(joined!.connection(), "select name from kept"), [{ name: "Өмүрбек" }]);
  child.kill("SIGKILL");
  await untilGone(server);
});

test("a server whose starter and whose own process were killed with -9 starts again with everything committed", async () => {
  const { child, server } = await holder(folder);
  await ask(joinEmbedded(folder)!.connection(), "insert into kept values ('committed')");
  process.kill(server, "SIGKILL");
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.ok(existsSync(join(folder, "postgres", "postmaster.pid")));
  const again = await startEmbedded(options);
  assert.deepEqual(await ask(again.connection(), "select count(*)::int as n from kept"), [{ n: 2 }]);
  await again.stop();
});

test("a pid file that names a foreign living process does not keep the server from starting", async () => {
  writeFileSync(join(folder, "postgres", "postmaster.pid"), `${process.ppid}\n${folder}\n1\n5432\n/tmp\n\n\nready   \n`);
  writeFileSync(join(folder, "lock"), "1 12345\n");
  const embedded = await startEmbedded(options);
  await embedded.stop();
});

test("an interrupted creation is swept away and made anew", async () => {
  const place = join(home, "interrupted");
  mkdirSync(join(place, "postgres.part-0000", "base"), { recursive: true });
  const embedded = await startEmbedded({ ...options, folder: place, throwAway: true });
  assert.deepEqual(readdirSync(place).sort(), ["lock", "postgres", "postgres.log"]);
  await embedded.stop();
  assert.equal(existsSync(place), false);
});

test("a server that ends by itself is reported", async () => {
  const embedded = await startEmbedded(options);
  const lost = new Promise<void>((resolve) => embedded.whenLost(resolve));
  process.kill(embedded.pid, "SIGINT");
  await lost;
  await embedded.stop();
});

test("broken folders are refused with a sentence in four languages, and nothing in them changes", async () => {
  const cluster = join(folder, "postgres");
  const refuses = async (code: string, place = folder) => {
    const error = await startEmbedded({ ...options, folder: place }).then(
      () => assert.fail("it started"),
      (fault: unknown) => fault,
    );
    assert.ok(error instanceof Refusal, String(error));
    assert.equal(error.code, code);
    for (const language of ["ky", "ru", "kk", "en"] as const) {
      const text = refusalText(error, language);
      assert.match(text, /^.{40,}\S$/s);
      assert.doesNotMatch(text, /[{}]/);
    }
  };
  const file = join(home, "file");
  writeFileSync(file, "");
  await refuses("not-a-folder", file);
  await refuses("not-a-folder", join(file, "below"));

  const version = join(cluster, "PG_VERSION");
  renameSync(version, `${version}.aside`);
  await refuses("broken-folder");
  writeFileSync(version, "9.6\n");
  await refuses("other-version");
  rmSync(version);
  renameSync(`${version}.aside`, version);

  const conf = join(cluster, "postgresql.conf");
  const text = readFileSync(conf, "utf8");
  writeFileSync(conf, `${text}\nno_such_setting = 1\n`);
  await refuses("start-failed");
  writeFileSync(conf, text);
  chmodSync(cluster, 0o755);
  const embedded = await startEmbedded(options);
  await embedded.stop();
});
