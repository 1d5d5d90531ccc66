import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "kerege-launch-"));
after(() => rmSync(home, { recursive: true, force: true }));

/** A project of its own with the real launcher: what it starts prints its arguments and ends as it is told. */
function project(name: string, dependencies: Record<string, string> = {}): string {
  const folder = join(home, name);
  mkdirSync(join(folder, "apps/server"), { recursive: true });
  mkdirSync(join(folder, "kernel"));
  cpSync(join(root, "launch.mjs"), join(folder, "launch.mjs"));
  cpSync(join(root, "tools/launch"), join(folder, "tools/launch"), { recursive: true });
  writeFileSync(join(folder, "kernel/tsx.mjs"), "");
  writeFileSync(
    join(folder, "apps/server/main.ts"),
    `const kind: string = "started";
    const tell = () => console.log(kind, process.argv.slice(2).join(" "));
    if (process.argv[2] === "wait") {
      let signals = 0;
      process.on("SIGTERM", () => { signals++; setTimeout(() => { console.log("signals", signals); process.exit(7); }, 300); });
      setInterval(() => {}, 1000);
      tell();
    } else {
      tell();
      process.exit(Number(process.argv[2] ?? 0));
    }`,
  );
  // A workspace of its own is a package that npm installs without a registry.
  mkdirSync(join(folder, "part"));
  writeFileSync(join(folder, "part/package.json"), JSON.stringify({ name: "part", version: "1.0.0" }));
  const manifest = { name: "launched", version: "1.0.0", workspaces: ["part"], dependencies };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, type: "module" }));
  const packages = Object.fromEntries(
    Object.entries(dependencies).map(([dependency, version]) => [`node_modules/${dependency}`, { version }]),
  );
  const own = { "": manifest, "node_modules/part": { resolved: "part", link: true }, part: { version: "1.0.0" } };
  const lock = { name: "launched", version: "1.0.0", lockfileVersion: 3, requires: true, packages: { ...own, ...packages } };
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock));
  return folder;
}

interface Launched {
  child: ChildProcess;
  output(): string;
  ended: Promise<number | null>;
}

function launch(folder: string, args: string[], env: NodeJS.ProcessEnv = {}): Launched {
  const child = spawn(process.execPath, ["launch.mjs", ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8", ...env },
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part) => {
      output += part;
    });
  }
  return { child, output: () => output, ended: once(child, "close").then(([code]) => code as number | null) };
}

async function said(launched: Launched, text: string): Promise<void> {
  while (!launched.output().includes(text)) {
    await Promise.race([once(launched.child.stdout!, "data"), launched.ended.then(() => assert.fail(launched.output()))]);
  }
}

test("the first start installs, the second does not, an interrupted installation is repeated", async () => {
  const folder = project("installed");
  const first = launch(folder, ["start", "3", "more"]);
  assert.equal(await first.ended, 3, first.output());
  assert.match(first.output(), /Installing[\s\S]*Installed in \d+ s\.\nstarted 3 more\n/);
  const second = launch(folder, ["start"]);
  assert.equal(await second.ended, 0);
  assert.equal(second.output(), "started \n");
  // What is left when npm was killed before it finished: packages, but neither its own record nor our stamp.
  rmSync(join(folder, "node_modules/.kerege-stamp"));
  rmSync(join(folder, "node_modules/.package-lock.json"), { force: true });
  const third = launch(folder, ["start"]);
  assert.equal(await third.ended, 0);
  assert.match(third.output(), /Installed in/);
  assert.deepEqual(readdirSync(join(folder, ".kerege")), []);
});

test("of two first starts one installs and the other waits for it", async () => {
  const folder = project("together");
  const both = [launch(folder, ["start"]), launch(folder, ["start"])];
  for (const one of both) assert.equal(await one.ended, 0, one.output());
  assert.equal(both.filter((one) => one.output().includes("Installed in")).length, 1);
});

test("a signal to the launcher alone or to the whole group ends the child once, and its exit code is passed on", async () => {
  const folder = project("signalled");
  assert.equal(await launch(folder, ["start"]).ended, 0);
  for (const target of [1, -1]) {
    const launched = launch(folder, ["start", "wait"]);
    await said(launched, "started wait");
    process.kill(launched.child.pid! * target, "SIGTERM");
    assert.equal(await launched.ended, 7);
    assert.match(launched.output(), /signals [12]\n$/);
  }
});

test("a registry that cannot be reached and a command that does not exist are said in the language of the terminal", async () => {
  const folder = project("unreachable", { "left-out": "1.0.0" });
  const env = { npm_config_registry: "http://127.0.0.1:9/", npm_config_fetch_retries: "0" };
  const english = launch(folder, ["start"], env);
  assert.equal(await english.ended, 1);
  assert.match(english.output(), /ECONNREFUSED[\s\S]*registry could not be reached/);
  const kyrgyz = launch(folder, ["start"], { ...env, LANG: "ky_KG.UTF-8" });
  assert.equal(await kyrgyz.ended, 1);
  assert.match(kyrgyz.output(), /байланыш жок/);
  assert.equal(existsSync(join(folder, "node_modules/.kerege-stamp")), false);
  const unknown = launch(folder, ["dance"], { LANG: "ru_RU.UTF-8" });
  assert.equal(await unknown.ended, 2);
  assert.match(unknown.output(), /Команды dance нет/);
});

test("every sentence of the launcher exists in four languages, with the same places to fill", async () => {
  const words = (await import(new URL("../../tools/launch/words.mjs", import.meta.url).href)) as {
    codes: string[];
    languages: string[];
    say(code: string, values: object, language: string): string;
  };
  const source = readFileSync(join(root, "tools/launch/words.mjs"), "utf8");
  const values = new Proxy({}, { get: (_, key) => `<${String(key)}>` });
  for (const code of words.codes) {
    const filled = words.languages.map((language) => (words.say(code, values, language).match(/<\w+>/g) ?? []).sort().join());
    assert.deepEqual(new Set(filled).size, 1, code);
  }
  assert.deepEqual(words.languages, ["ky", "ru", "kk", "en"]);
  assert.match(source, /[ңөү]/);
});

test("an older Node is replaced by the one npm brought, and a failure of npm is named", async () => {
  const { findNode } = await import(new URL("../../tools/launch/node.mjs", import.meta.url).href);
  const { reasonOf } = await import(new URL("../../tools/launch/install.mjs", import.meta.url).href);
  const place = join(home, "nodes");
  const node = join(place, `node_modules/node-${process.platform}-${process.arch}/bin/node`);
  assert.equal(findNode(place, "24.0.0"), process.execPath);
  assert.throws(() => findNode(place, "20.19.0"), { code: "no-node" });
  mkdirSync(join(node, ".."), { recursive: true });
  writeFileSync(node, "", { mode: 0o644 });
  assert.equal(findNode(place, "20.19.0"), node);
  const reasons = [
    ["npm error code ENOSPC", "disk-full"],
    ["npm ERR! code EACCES", "no-permission"],
    ["npm error code EROFS", "no-permission"],
    ["npm error code EAI_AGAIN", "no-network"],
    ["npm error code EUSAGE", "lock-differs"],
    ["npm error code EINTEGRITY", "install-failed"],
    ["tar: write ENOSPC", "disk-full"],
  ];
  for (const [output, reason] of reasons) assert.equal(reasonOf(output), reason);
});
