/** A mandate file of another shape than its schema is told of by the schema, and nothing breaks over it. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { type Fault, loadPacks, type PackFile, type Packs, reporter } from "@kerege/kernel/pack";
import block from "../block.ts";
import { checkMandates } from "../check-mandates.ts";

const root = mkdtempSync(path.join(tmpdir(), "kerege-mandates-"));
after(() => rmSync(root, { recursive: true, force: true }));

const whole = {
  mandate: "parent",
  of: "person",
  body: "portal",
  ground: "look",
  register: "car",
  holders: [{ field: "owner", search: "by_owner" }],
  name: ["owner"],
};
const title = { ky: "Ат", ru: "Имя", kk: "Ат", en: "Title" };
const register = {
  register: "car",
  title,
  owner: "traffic",
  law: [{ act: title }],
  key: "code",
  fields: {
    code: { type: "text", title, class: "personal", required: true },
    owner: { type: "pin", title, class: "personal" },
  },
  states: { active: { title } },
  events: { entry: { title, creates: true, sets: ["owner"], to: "active" } },
  search: { by_owner: { title, exact: ["owner"], limit: 10 } },
};

let number = 0;
function faultsOf(mandate: unknown): Fault[] {
  const folder = path.join(root, `p${++number}`);
  const files = { "pack.yaml": {}, "registers/car.yaml": register, "mandates/parent.yaml": mandate };
  for (const [name, value] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
  }
  const packs = loadPacks({ root, folders: [folder], kinds: block.packFiles! });
  checkMandates(packs, reporter(packs.faults));
  return packs.faults.filter(({ file }) => file.endsWith("mandates/parent.yaml"));
}

const without = (key: keyof typeof whole) => Object.fromEntries(Object.entries(whole).filter(([name]) => name !== key));
const CASES: Record<string, unknown> = {
  ...Object.fromEntries(Object.keys(whole).map((key) => [`without ${key}`, without(key as keyof typeof whole)])),
  "with a holder of a former form": { ...without("holders"), holder: "owner" },
  "with holders in a map": { ...whole, holders: { field: "owner", search: "by_owner" } },
  "with no holders": { ...whole, holders: [] },
  "with an empty holder": { ...whole, holders: [{}] },
  "with a holder that is nothing": { ...whole, holders: [null] },
  "with a name that is nothing": { ...whole, name: null },
  "with a name of another register without fields": { ...whole, name: { register: "car" } },
  "with a name of fields without a register": { ...whole, name: { fields: ["owner"] } },
  "with numbers for names": { ...whole, register: 5, ground: 6 },
  "that is a list": [whole],
  "that is a word": "parent",
};

for (const [title, mandate] of Object.entries(CASES)) {
  test(`a mandate ${title} is told of and breaks nothing`, () => {
    const faults = faultsOf(mandate);
    assert.ok(faults.length > 0);
    for (const { code } of faults) assert.match(code, /^kernel\.faults\./);
  });

  test(`neither does a mandate ${title} that reaches the check`, () => {
    const file: PackFile = {
      ...{ pack: "p", kind: "mandate", name: "parent", file: "parent.yaml", path: "parent.yaml", text: "", value: mandate },
      at: () => ({ line: 1, column: 1 }),
    };
    const packs = { list: [], faults: [], files: (kind: string) => (kind === "mandate" ? [file] : []) } as unknown as Packs;
    checkMandates(packs, (_file, _place, code) => assert.fail(code));
  });
}

test("a whole mandate is looked into: what it names has to be there", () => {
  assert.deepEqual(
    faultsOf(whole).map(({ code }) => code),
    ["registry.faults.unknown-ground"],
  );
});
