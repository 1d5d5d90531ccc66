import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import pg from "pg";
import { backup, restore } from "../backup.ts";
import { type Connection, type Embedded, Refusal, startEmbedded } from "../embedded.ts";
import { silentLog } from "../log.ts";

const home = mkdtempSync(join(tmpdir(), "kerege-backup-"));
const folder = join(home, "state");
const longName = "ө".repeat(90);
let embedded: Embedded;

before(async () => {
  embedded = await startEmbedded({ folder, log: silentLog });
  mkdirSync(join(folder, "trust", "empty"), { recursive: true });
  writeFileSync(join(folder, "trust", "key.pem"), "secret", { mode: 0o600 });
  writeFileSync(join(folder, "trust", longName), "long");
  await ask(embedded.connection(), "create table written (n int primary key, filler text)");
  await ask(embedded.connection(), "insert into written select n, repeat('x', 500) from generate_series(1, 20000) n");
});
after(async () => {
  await embedded.stop();
  rmSync(home, { recursive: true, force: true });
});

async function ask(connection: Connection, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const refusedWith = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

test("a backup made while rows are written holds all that was committed before it and nothing half", async () => {
  const target = join(home, "running.tar.gz");
  let over = false;
  let written = 20_000;
  const client = new pg.Client(embedded.connection());
  await client.connect();
  const writer = (async () => {
    // Each transaction writes two rows, so an odd number of rows would be half a transaction.
    while (!over) {
      await client.query("insert into written select n, repeat('y', 500) from generate_series($1::int, $1::int + 1) n", [
        written + 1,
      ]);
      await client.query("update written set filler = 'z' where n = $1", [(written % 20_000) + 1]);
      written += 2;
    }
  })();
  while (written < 20_050) await new Promise((resolve) => setTimeout(resolve, 5));
  const before = written;
  const report = await backup({ embedded, folder, target }).finally(() => {
    over = true;
  });
  await writer;
  await client.end();
  assert.equal(statSync(target).mode & 0o777, 0o600);
  assert.ok(report.files > 900);
  assert.match(execFileSync("tar", ["tzf", target], { encoding: "utf8", maxBuffer: 1e8 }), /^postgres\/backup_label$/m);

  const place = join(home, "restored");
  const restored = await restore({ file: target, folder: place });
  assert.equal(restored.files, report.files);
  assert.equal(readFileSync(join(place, "trust", "key.pem"), "utf8"), "secret");
  assert.equal(readFileSync(join(place, "trust", longName), "utf8"), "long");
  assert.deepEqual(readdirSync(join(place, "trust", "empty")), []);
  const copy = await startEmbedded({ folder: place, log: silentLog });
  try {
    // Reading every row checks the sum of every page.
    const [row] = await ask(
      copy.connection(),
      "select count(*)::int as rows, max(n) as last, count(*) filter (where length(filler) in (1, 500))::int as whole from written",
    );
    const rows = Number(row!.rows);
    assert.ok(rows >= before && rows <= written, `${before} <= ${rows} <= ${written}`);
    assert.equal(rows % 2, 0);
    assert.equal(row!.last, rows);
    assert.equal(row!.whole, rows);
    await ask(copy.connection(), "insert into written values (0, 'new')");
    assert.deepEqual(await ask(copy.connection(), "select n from written order by n limit 1"), [{ n: 0 }]);
  } finally {
    await copy.stop();
  }
});

test("a restore overwrites nothing, unless told to move it aside", async () => {
  const target = join(home, "aside.tar.gz");
  await backup({ embedded, folder, target });
  await assert.rejects(backup({ embedded, folder, target }), refusedWith("backup-exists"));
  await assert.rejects(backup({ embedded, folder, target: join(folder, "trust", "x.tar.gz") }), refusedWith("backup-inside"));
  await assert.rejects(backup({ embedded: undefined, folder, target }), refusedWith("backup-elsewhere"));
  await assert.rejects(restore({ file: target, folder, moveAside: true }), refusedWith("in-use"));
  const place = join(home, "older");
  mkdirSync(place);
  writeFileSync(join(place, "note"), "kept");
  await assert.rejects(restore({ file: target, folder: place }), refusedWith("restore-not-empty"));
  assert.deepEqual(readdirSync(place), ["note"]);
  const { movedTo } = await restore({ file: target, folder: place, moveAside: true });
  assert.equal(readFileSync(join(movedTo!, "note"), "utf8"), "kept");
  assert.deepEqual(readdirSync(place).sort(), ["postgres", "trust"]);
});

test("a backup cut off, changed or made up is refused, and nothing is left of the attempt", async () => {
  const target = join(home, "whole.tar.gz");
  await backup({ embedded, folder, target });
  const cut = join(home, "cut.tar.gz");
  writeFileSync(cut, readFileSync(target));
  truncateSync(cut, Math.floor(statSync(target).size / 2));
  const changed = join(home, "changed.tar.gz");
  const bytes = execFileSync("gzip", ["-dc", target], { maxBuffer: 1e9 });
  bytes[bytes.indexOf("secret")]! ^= 1;
  writeFileSync(changed, execFileSync("gzip", ["-1"], { input: bytes, maxBuffer: 1e9 }));
  const foreign = join(home, "foreign.tar.gz");
  writeFileSync(foreign, "not an archive");
  const place = join(home, "untouched");
  for (const file of [cut, changed, foreign]) {
    await assert.rejects(restore({ file, folder: place }), refusedWith("backup-unreadable"));
    assert.deepEqual(readdirSync(place), []);
  }
  await assert.rejects(restore({ file: join(home, "none"), folder: place }), refusedWith("backup-missing"));
  assert.deepEqual(
    readdirSync(home).filter((name) => name.includes(".part")),
    [],
  );
});
