import assert from "node:assert/strict";
import path from "node:path";
import { after, afterEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { languages } from "../locale.ts";
import { loadPacks, type PackFileKind, reporter } from "../pack.ts";
import { makeFolder, manifest } from "./folder.ts";
import { texts } from "./server.ts";

const folders: { remove(): void }[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

const planSchema = {
  type: "object",
  additionalProperties: false,
  required: ["name"],
  properties: {
    name: { type: "string" },
    days: { type: "integer" },
    steps: { type: "array", items: { type: "object", additionalProperties: false, properties: { say: { type: "string" } } } },
  },
};
const schemas = makeFolder({ "plan.schema.json": JSON.stringify(planSchema) });
after(() => schemas.remove());
const kinds: PackFileKind[] = [
  { kind: "plan", pattern: /^plans\/([a-z-]+)\.yaml$/, schema: pathToFileURL(path.join(schemas.root, "plan.schema.json")) },
  { kind: "page", pattern: /^pages\/([a-z-]+)\.html$/ },
];

function load(files: Record<string, string | Buffer>, names = ["trial"]) {
  const made = makeFolder(files);
  folders.push(made);
  return loadPacks({ root: made.root, folders: names.map((name) => path.join(made.root, "packs", name)), kinds });
}

/** Places and codes of the faults found. */
function faultsOf(files: Record<string, string | Buffer>, names?: string[]): string[] {
  return load(files, names).faults.map(
    ({ file, line, column, code }) => `${file}:${line}:${column} ${code.replace("kernel.faults.", "")}`,
  );
}

const good = { "packs/trial/pack.yaml": manifest("trial") };
const plan = (text: string | Buffer) => ({ ...good, "packs/trial/plans/one.yaml": text });

const faulty: [string, Record<string, string | Buffer>, string[]][] = [
  ["a quote that is not closed", plan('name: "one\n'), ["packs/trial/plans/one.yaml:2:1 not-yaml"]],
  ["a tab for an indent", plan("name: one\nsteps:\n\t- say: x\n"), ["packs/trial/plans/one.yaml:3:1 not-yaml"]],
  [
    "a bracket that is not closed",
    plan("name: one\nsteps: [ { say: x }\ndays: 1\n"),
    ["packs/trial/plans/one.yaml:3:1 not-yaml"],
  ],
  ["a key given twice", plan("name: one\ndays: 1\nname: two\n"), ["packs/trial/plans/one.yaml:3:1 not-yaml"]],
  ["two documents in a file", plan("name: one\n---\nname: two\n"), ["packs/trial/plans/one.yaml:2:1 not-yaml"]],
  ["a tag nobody knows", plan("name: !!js/function one\n"), ["packs/trial/plans/one.yaml:1:7 not-yaml"]],
  ["an alias of nothing", plan("name: one\nsteps:\n  - say: *nobody\n"), ["packs/trial/plans/one.yaml:3:10 not-yaml"]],
  ["aliases that grow without bound", plan(bomb()), ["packs/trial/plans/one.yaml:2:8 not-yaml"]],
  ["brackets by the thousand", plan(`name: ${"[".repeat(50_000)}`), []],
  ["an unknown field", plan("name: one\n\n# a remark\ndasy: 3\n"), ["packs/trial/plans/one.yaml:4:1 unknown-field"]],
  [
    "an unknown field deep inside",
    plan("name: one\nsteps:\n  - say: x\n  - say: y\n    sya: z\n"),
    ["packs/trial/plans/one.yaml:5:5 unknown-field"],
  ],
  ["a value of the wrong type", plan("days: soon\nname: one\n"), ["packs/trial/plans/one.yaml:1:1 wrong-type"]],
  [
    "a wrong type in a list in one line",
    plan("name: one\nsteps: [{ say: x }, { say: 7 }]\n"),
    ["packs/trial/plans/one.yaml:2:23 wrong-type"],
  ],
  ["a missing field", plan("# a remark\ndays: 3\n"), ["packs/trial/plans/one.yaml:2:1 missing-field"]],
  ["a list in place of a map", plan("- name: one\n"), ["packs/trial/plans/one.yaml:1:1 wrong-type"]],
  ["an empty file", plan(""), ["packs/trial/plans/one.yaml:1:1 wrong-type"]],
  ["a file that is not UTF-8", plan(Buffer.from([0x6e, 0x3a, 0x20, 0xff])), ["packs/trial/plans/one.yaml:1:1 not-utf-8"]],
  ["a file in UTF-16", plan(Buffer.from("\ufeffname: one", "utf16le")), ["packs/trial/plans/one.yaml:1:1 not-utf-8"]],
  ["a file nobody knows", { ...good, "packs/trial/plans/one.yml": "name: one" }, ["packs/trial/plans/one.yml:1:1 unknown-file"]],
  ["a program", { ...good, "packs/trial/rules.ts": "export {}" }, ["packs/trial/rules.ts:1:1 unknown-file"]],
  ["no manifest", { "packs/trial/plans/one.yaml": "name: one" }, ["packs/trial:1:1 no-manifest"]],
  [
    "a manifest of another name",
    { "packs/trial/pack.yaml": `# first\n${manifest("other")}` },
    ["packs/trial/pack.yaml:2:1 name-differs"],
  ],
  ["a broken manifest, said once", { "packs/trial/pack.yaml": "pack: [\n" }, ["packs/trial/pack.yaml:2:1 not-yaml"]],
  [
    "a manifest without its law",
    { "packs/trial/pack.yaml": manifest("trial").replace(/law:.*$/s, "") },
    ["packs/trial/pack.yaml:1:1 missing-field"],
  ],
  [
    "a title in three languages",
    { "packs/trial/pack.yaml": manifest("trial").replace(" kk: Сынақ,", "") },
    ["packs/trial/pack.yaml:2:1 missing-field"],
  ],
  [
    "a need of a pack that is not there",
    { "packs/trial/pack.yaml": manifest("trial", "needs:\n  - absent\n") },
    ["packs/trial/pack.yaml:8:5 unknown-pack"],
  ],
  [
    "a text with an open brace",
    { ...good, "packs/trial/locales/en.yaml": "title: Well\nsteps:\n  one: 'Take {n'\n" },
    ["packs/trial/locales/en.yaml:3:3 wrong-text"],
  ],
  [
    "a text cut by a comma",
    { ...good, "packs/trial/locales/ru.yaml": "steps: { one: Взять, и уйти }\n" },
    ["packs/trial/locales/ru.yaml:1:22 wrong-text"],
  ],
];

/** Nine aliases of nine aliases of nine: 729 from a few lines. */
function bomb(): string {
  const nine = (name: string) => `[${Array.from({ length: 9 }, () => `*${name}`).join(", ")}]`;
  return `a: &a [x]\nb: &b ${nine("a")}\nc: &c ${nine("b")}\nd: ${nine("c")}\n`;
}

for (const [what, files, faults] of faulty) {
  test(`${what} is told with its file, line and column`, () => {
    if (faults.length > 0) assert.deepEqual(faultsOf(files), faults);
    else assert.match(faultsOf(files).join("\n"), /^(packs\/trial\/plans\/one\.yaml:1:\d+ not-yaml\n?)+$/);
  });
}

test("each fault has words and a remedy in four languages", () => {
  const seen = new Set<string>();
  for (const [, files] of faulty) {
    for (const { code, params } of load(files).faults) {
      seen.add(code);
      for (const language of languages) {
        for (const part of ["message", "remedy"]) {
          const said = texts.translate(language, `${code}.${part}`, params);
          assert.ok(
            said !== "" && !said.includes("kernel.faults") && !/[?{}]\?|\s\?$/.test(said),
            `${language} ${code}: ${said}`,
          );
        }
      }
    }
  }
  assert.ok(seen.size > 9);
});

test("packs that need each other in a circle are told with the way round", () => {
  const files = {
    "packs/a/pack.yaml": manifest("a", "needs: [b]\n"),
    "packs/b/pack.yaml": manifest("b", "needs:\n  - c\n"),
    "packs/c/pack.yaml": manifest("c", "needs: [d, a]\n"),
    "packs/d/pack.yaml": manifest("d"),
  };
  const { faults } = load(files, ["a", "b", "c", "d"]);
  assert.deepEqual(faults, [
    { file: "packs/c/pack.yaml", line: 7, column: 12, code: "kernel.faults.circle", params: { way: "a → b → c → a" } },
  ]);
});

test("a pack that needs itself is a circle", () => {
  assert.deepEqual(faultsOf({ "packs/trial/pack.yaml": manifest("trial", "needs: [trial]\n") }), [
    "packs/trial/pack.yaml:7:9 circle",
  ]);
});

test("all faults of all files are told at once", () => {
  const files = {
    ...plan("dasy: 1\nsteps: 3\n"),
    "packs/trial/plans/two.yaml": "a: [",
    "packs/trial/notes.txt": "x",
    "packs/other/plans/one.yaml": "name: 1\n",
  };
  assert.deepEqual(faultsOf(files, ["trial", "other"]).toSorted(), [
    "packs/other/plans/one.yaml:1:1 wrong-type",
    "packs/other:1:1 no-manifest",
    "packs/trial/notes.txt:1:1 unknown-file",
    "packs/trial/plans/one.yaml:1:1 missing-field",
    "packs/trial/plans/one.yaml:1:1 unknown-field",
    "packs/trial/plans/one.yaml:2:1 wrong-type",
    "packs/trial/plans/two.yaml:1:5 not-yaml",
  ]);
});

test("a faulty file is not among the files", () => {
  const packs = load({ ...plan("name: 1\n"), "packs/trial/plans/two.yaml": "name: two\n" });
  assert.deepEqual(
    packs.files("plan").map(({ name }) => name),
    ["two"],
  );
});

test("a pack in order is read: manifest, values, texts, pages, places", () => {
  const packs = load({
    ...plan("name: one\nsteps:\n  - say: Саламатсызбы\n"),
    "packs/trial/pages/front.html": "<p>{{",
    "packs/trial/locales/ky.yaml": "title: Сыноо\n",
    "packs/trial/README.md": "# Trial",
    "packs/trial/LICENSE": "CC0",
    "packs/trial/.gitignore": "x",
  });
  assert.deepEqual(packs.faults, []);
  assert.deepEqual(
    packs.list.map(({ name, manifest: { version } }) => [name, version]),
    [["trial", "1.0.0"]],
  );
  const [file] = packs.files<{ name: string }>("plan");
  assert.deepEqual([file!.pack, file!.name, file!.file, file!.value.name], ["trial", "one", "packs/trial/plans/one.yaml", "one"]);
  assert.deepEqual(file!.at(["steps", 0, "say"]), { line: 3, column: 5 });
  assert.deepEqual(file!.at(["steps", 7, "say"]), { line: 2, column: 1 }, "of what is not there, the nearest that is");
  assert.deepEqual(packs.files("page")[0]!.value, "<p>{{");
  assert.deepEqual(packs.files("page")[0]!.at([3, 5]), { line: 3, column: 5 }, "of a text, where its reader says");
  assert.deepEqual(packs.files("page")[0]!.at([]), { line: 1, column: 1 });
  assert.deepEqual(packs.files("locale")[0]!.value, { title: "Сыноо" });
});

test("packs stand in the order of their needs, and so do their files", () => {
  const files = {
    "packs/a/pack.yaml": manifest("a", "needs: [z, m]\n"),
    "packs/a/plans/p.yaml": "name: a\n",
    "packs/m/pack.yaml": manifest("m", "needs: [z]\n"),
    "packs/m/plans/p.yaml": "name: m\n",
    "packs/z/pack.yaml": manifest("z"),
    "packs/z/plans/p.yaml": "name: z\n",
  };
  const packs = load(files, ["a", "m", "z"]);
  assert.deepEqual(
    packs.list.map(({ name }) => name),
    ["z", "m", "a"],
  );
  assert.deepEqual(
    packs.files<{ name: string }>("plan").map(({ value }) => value.name),
    ["z", "m", "a"],
  );
});

test("a block's own check tells its faults with their places", () => {
  const packs = load(plan("name: one\ndays: 3\n"));
  reporter(packs.faults)(packs.files("plan")[0]!, ["days"], "post.faults.too-many", { n: 3 });
  const file = "packs/trial/plans/one.yaml";
  assert.deepEqual(packs.faults, [{ file, line: 2, column: 1, code: "post.faults.too-many", params: { n: 3 } }]);
});

test("a file with a mark of byte order and ends of line of Windows is read", () => {
  const packs = load(plan("\ufeffname: one\r\ndays: 3\r\n"));
  assert.deepEqual(packs.faults, []);
  assert.deepEqual(packs.files("plan")[0]!.value, { name: "one", days: 3 });
});

test("names that reach a prototype are fields like others, and unknown", () => {
  assert.deepEqual(faultsOf(plan("name: one\n__proto__: { days: 1 }\n")), ["packs/trial/plans/one.yaml:2:1 unknown-field"]);
});
