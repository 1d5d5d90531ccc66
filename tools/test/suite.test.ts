import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { after, test } from "node:test";
import { missingPrograms } from "../run/programs.ts";
import { isTestFile, root } from "../run/project.ts";

const folder = mkdtempSync(join(tmpdir(), "kerege-suite-"));
after(() => rmSync(folder, { recursive: true }));

const head = 'import { describe, it, test } from "node:test";\n';

// The runner is a process of its own: Node refuses to run tests from inside a test.
function startSuite(files: Record<string, string>, pattern?: string): ChildProcess {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const paths = Object.keys(files).map((name) => relative(root, join(folder, name)));
  const program = `
    import { awaitEnd } from ${JSON.stringify(`${root}/tools/run/end.ts`)};
    import { runSuite } from ${JSON.stringify(`${root}/tools/run/suite.ts`)};
    import { summarise } from ${JSON.stringify(`${root}/tools/run/summary.ts`)};
    const say = (line) => process.stdout.write(line + "\\n");
    const end = awaitEnd();
    const patterns = ${pattern === undefined ? "undefined" : `[new RegExp(${JSON.stringify(pattern)})]`};
    const outcomes = await runSuite({ files: ${JSON.stringify(paths)}, patterns, signal: end.signal, say });
    end.release();
    process.exitCode = summarise(outcomes, { say, stopped: end.exitCode() });`;
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  // In a file, since Node hands a program given with --eval on to the tests.
  const runner = join(folder, "runner.mjs");
  writeFileSync(runner, program);
  return spawn(process.execPath, [runner], { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
}

async function finish(child: ChildProcess): Promise<{ code: number | null; lines: string[] }> {
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, lines: said.trim().split("\n") };
}

test("passed, failed and skipped tests are counted, and the last line says so", async () => {
  const { code, lines } = await finish(
    startSuite({
      "mixed.test.mjs": `${head}test("a", () => {});\ndescribe("s", () => { it("b", () => {}); it("c", { skip: "no pdfsig" }, () => {}); });
        test("d", async (t) => { await t.test("e", () => { throw new Error("five is not six"); }); });\nconsole.log("said by the file");`,
      "fine.test.mjs": `${head}test("f", () => {});\nconsole.log("nobody needs this");`,
    }),
  );
  const text = lines.join("\n");
  assert.equal(code, 1);
  assert.equal(lines.at(-1), "3 passed, 2 failed, 1 skipped");
  assert.match(text, /✖ d › e \(.*mixed\.test\.mjs:4\)/);
  assert.match(text, /five is not six/);
  assert.match(text, /said by the file/);
  assert.match(text, /^skipped 1: no pdfsig$/m);
  assert.match(text, /✔ \[\d\/2\] .*fine\.test\.mjs: 1 passed/);
  assert.doesNotMatch(text, /nobody needs this/);
});

test("a file that breaks before its first test and a file without tests fail", async () => {
  const { code, lines } = await finish(
    startSuite({ "broken.test.mjs": 'throw new Error("at once");', "empty.test.mjs": "export {};" }),
  );
  assert.equal(code, 1);
  assert.equal(lines.at(-1), "0 passed, 2 failed, 0 skipped");
  assert.match(lines.join("\n"), /the file holds no test/);
  assert.match(lines.join("\n"), /Error: at once/);
});

test("with a pattern only the tests that carry it are run and counted", async () => {
  const files = {
    "rows.test.mjs": `${head}test("M-0.1: a", () => {});\ntest("M-0.10: b", () => { throw new Error("b"); });`,
    "other.test.mjs": `${head}test("c", () => {});`,
  };
  const { code, lines } = await finish(startSuite(files, "M-0\\.1(?!\\d)"));
  assert.equal(code, 0);
  assert.equal(lines.at(-1), "1 passed, 0 failed, 0 skipped");
  assert.doesNotMatch(lines.join("\n"), /other\.test/);
});

test("SIGTERM ends the runner and the tests it started", async () => {
  const mark = join(folder, "pid");
  const endless = `${head}import { writeFileSync } from "node:fs";
    test("endless", async () => { writeFileSync(${JSON.stringify(mark)}, String(process.pid)); await new Promise((r) => setTimeout(r, 600_000)); });`;
  const child = startSuite({ "endless.test.mjs": endless });
  const finished = finish(child);
  const pid = await waitFor(mark, child);
  child.kill("SIGTERM");
  const { code, lines } = await finished;
  assert.equal(code, 143);
  assert.match(lines.at(-1) ?? "", /^0 passed, \d+ failed, 0 skipped$/);
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

async function waitFor(file: string, child: ChildProcess): Promise<number> {
  while (child.exitCode === null) {
    try {
      const pid = Number(readFileSync(file, "utf8"));
      if (pid > 0) return pid;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return assert.fail("the runner ended before its test began");
}

test("a program that is not on the path is missing", () => {
  const program = { name: "no-such-program-here", debian: "none" };
  assert.deepEqual(missingPrograms([program]), [program]);
  assert.deepEqual(missingPrograms([{ name: "sh", debian: "dash" }]), []);
  assert.deepEqual(missingPrograms([{ name: "sh", debian: "dash" }], "").length, 1);
});

test("the runner runs the tests of blocks, journeys and conformance, and nothing that only looks like one", () => {
  for (const path of [
    "kernel/test/a.test.ts",
    "blocks/x/test/conformance/a.test.tsx",
    "journeys/a.test.ts",
    "conformance/a.test.ts",
    "bench/a.test.ts",
  ]) {
    assert.ok(isTestFile(path), path);
  }
  for (const path of ["blocks/x/a.test.ts", "blocks/x/test/a.ts", "journeys/a.soak.ts", "journeys/a.ts", "packs/x/test/a.yaml"]) {
    assert.ok(!isTestFile(path), path);
  }
});
