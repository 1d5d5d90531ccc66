import assert from "node:assert/strict";
import { posix } from "node:path";
import { test } from "node:test";
import { terminalSettings } from "@kerege/kernel/embedded";
import { houseProblems } from "@kerege/kernel/house";
import { kernelProblems } from "@kerege/kernel/problem";
import type { SettingTable } from "@kerege/kernel/settings";
import { house } from "@kerege/server/house";
import { addressSettings, placeSettings } from "@kerege/server/settings";
import { parse } from "yaml";
import { launcherCommands } from "../reference/commands.ts";
import { pages } from "../reference/pages.ts";
import { plain, table } from "../reference/table.ts";
import { root } from "../run/project.ts";
import { packagesOf } from "../walls/packages.ts";
import { projectTree } from "../walls/tree.ts";

const tree = projectTree(root);
const remedy = "run: node --import ./kernel/tsx.mjs tools/reference.ts --write";
const documents = tree.files.filter((file) => file.endsWith(".md"));

for (const [file, print] of Object.entries(pages)) {
  test(`${file} says what the code says`, () => {
    assert.equal(tree.read(file), print(tree), `${file} differs from the code; ${remedy}`);
  });
}

test("every environment variable that the code reads is among the settings", () => {
  const page = tree.read("docs/reference/settings.md") ?? "";
  const own = /^(npm_|PATH$|INIT_CWD$|NODE_)/;
  const unnamed = tree.files
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !/(^|\/)test\//.test(file))
    .flatMap((file) => [...(tree.read(file) ?? "").matchAll(/\benv(?:ironment)?\.([A-Za-z_]{2,})\b/g)].map((match) => match[1]!))
    .filter((name) => /^[A-Z][A-Z_]+$/.test(name) && !own.test(name) && !page.includes(`\`${name}\``));
  assert.deepEqual([...new Set(unnamed)], [], "name it in tools/reference/settings.ts");
});

const tables = new Map<string, object>([
  ["kernel", { ...kernelProblems, ...houseProblems }],
  ...house.map(({ name, problems }): [string, object] => [name, problems ?? {}]),
]);

test("every problem that the code raises by its code stands in the table of its block", () => {
  const raised = tree.files
    .filter((file) => /^(kernel|blocks|apps)\/.*\.tsx?$/.test(file) && !/(^|\/)test\//.test(file))
    .flatMap((file) => [...(tree.read(file) ?? "").matchAll(/\bnew Problem\(\s*"([a-z-]+)\.([a-z0-9-]+)"/g)])
    .map((match) => ({ block: match[1]!, problem: match[2]! }));
  assert.ok(raised.length > 0);
  assert.deepEqual(
    raised.filter(({ block, problem }) => !(problem in (tables.get(block) ?? {}))),
    [],
    "add it to the table",
  );
});

test("every text of a problem belongs to a problem, and every problem of the start has its text", () => {
  const unknown: string[] = [];
  for (const [block, table] of tables) {
    const file = block === "kernel" ? "kernel/locales/en.yaml" : `blocks/${block}/locales/en.yaml`;
    const texts = parse(tree.read(file) ?? "{}") as { problems?: Record<string, object> } | null;
    const named = Object.keys(texts?.problems ?? {});
    unknown.push(...named.filter((problem) => !(problem in table)).map((problem) => `${block}.${problem}`));
    if (block === "kernel")
      assert.deepEqual(
        Object.keys(houseProblems).filter((problem) => !named.includes(problem)),
        [],
      );
  }
  assert.deepEqual(unknown, []);
});

test("no setting is declared twice, and each says what it is and what holds without it", () => {
  const declared = [
    addressSettings,
    placeSettings,
    terminalSettings,
    ...house.map((block) => (block.settings ?? {}) as SettingTable),
  ];
  // One that several blocks share is one and the same thing.
  const settings = [...new Set(declared.flatMap((table) => Object.values(table as SettingTable)))];
  assert.equal(new Set(settings.map(({ env }) => env)).size, settings.length);
  for (const { env, about, otherwise, default: fallback } of settings) {
    assert.match(about, /\S/, env);
    assert.ok(otherwise ?? String(fallback) !== "", env);
  }
});

test("every direct dependency has its line in the decisions, and no other has one", () => {
  const declared = packagesOf(tree)
    .filter(({ manifest }) => !manifest.includes("/test/"))
    .flatMap((each) => [...each.dependencies, ...each.devDependencies, ...each.optionalDependencies])
    .filter((name) => !name.startsWith("@kerege/"));
  const rows = (tree.read("docs/decisions/dependencies.md") ?? "").matchAll(/^\| `([^`]+)` +\|/gm);
  const named = [...rows].map((match) => match[1]!).sort();
  assert.deepEqual(
    named,
    [...new Set(declared)].sort(),
    "say in docs/decisions/dependencies.md what it is for, who keeps it and what else was weighed",
  );
});

test("every link of a document leads to a file", () => {
  const lost = documents.flatMap((file) =>
    [...(tree.read(file) ?? "").replaceAll(/```[\s\S]*?```/g, "").matchAll(/\]\(([^)\s]+)\)/g)]
      .map((match) => match[1]!.replace(/#.*$/, ""))
      .filter((target) => target !== "" && !/^[a-z]+:/.test(target))
      .map((target) => posix.join(posix.dirname(file), target))
      .filter((target) => !tree.files.includes(target) && !tree.files.some((known) => known.startsWith(`${target}/`)))
      .map((target) => `${file} → ${target}`),
  );
  assert.deepEqual(lost, []);
});

test("every npm command that a document names exists", () => {
  const { scripts } = JSON.parse(tree.read("package.json") ?? "{}") as { scripts: Record<string, string> };
  const commandLine = tree.read("apps/cli/commands.ts") ?? "";
  const kerege = new Set([...commandLine.matchAll(/^ {2}(\w+): async/gm)].map((match) => match[1]!));
  assert.ok(kerege.has("check"));
  const unknown = documents.flatMap((file) => {
    const text = tree.read(file) ?? "";
    const named = [...text.matchAll(/npm run ([a-z][a-z:-]*)/g)].map((match) => match[1]!).filter((name) => !(name in scripts));
    const called = [...text.matchAll(/npm run kerege -- ([a-z]+)/g)]
      .map((match) => match[1]!)
      .filter((name) => !kerege.has(name));
    return [...named, ...called].map((name) => `${file}: ${name}`);
  });
  assert.deepEqual(unknown, []);
});

test("an ICU message is shown with its placeholders by name, a table with its bars kept apart", () => {
  assert.equal(plain("{count, plural, one {# fault} other {# faults}} in {file}"), "{count} faults in {file}");
  assert.equal(plain("{near, select, none {Look.} other {Did you mean {near}?}}"), "Did you mean {near}?");
  assert.equal(table(["a"], [["x | y\n z"]]), "| a        |\n| -------- |\n| x \\| y z |");
});

test("the launcher's words are read with the files they stand for", () => {
  const text = 'const cli = "a/b.ts";\nconst commands = {\n  start: ["c.ts"],\n  check: [cli, "check"],\n};\n';
  assert.deepEqual(
    [...launcherCommands(text)],
    [
      ["start", ["c.ts"]],
      ["check", ["a/b.ts", "check"]],
    ],
  );
});
