import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { loadPacks, reporter } from "@kerege/kernel/pack";
import block from "../block.ts";
import { fileXml, literalXml, tableXml } from "./decisions-files.ts";

/** What `kerege check` says of a pack with these files, as `file:line code`. */
function check(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(path.join(tmpdir(), "kerege-decisions-"));
  try {
    const folder = path.join(root, "packs/benefits");
    const title = "{ ky: Ж, ru: П, kk: Ж, en: B }";
    const all = {
      "pack.yaml": `pack: benefits\ntitle: ${title}\nversion: 1.0.0\nowner: ministry\nlaw: [{ act: benefits }]\n`,
      ...files,
    };
    for (const [name, text] of Object.entries(all)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    const packs = loadPacks({ root, folders: [folder], kinds: block.packFiles! });
    block.check!(packs, reporter(packs.faults));
    return packs.faults.map(({ file, line, code }) => `${file.replace(/^packs\/benefits\//, "")}:${line} ${code}`);
  } finally {
    rmSync(root, { recursive: true });
  }
}

const table = (rules: readonly (readonly string[])[]): string =>
  fileXml({
    inputs: { age: "number" },
    decisions: {
      granted: { needs: ["age"], logic: tableXml({ inputs: [{ text: "age", type: "number" }], outputs: [{}], rules }) },
    },
  });

test("M-A18: decisions of a pack are checked: each rule its norm, no gap, no overlap, with the line", () => {
  const sound = table([
    ["< 18", "true", "benefits:5"],
    [">= 18", "false", "benefits:5.2@2026-01-01"],
  ]);
  assert.deepEqual(check({ "decisions/sound.dmn": sound, "services/benefit/amount.dmn": sound }), []);
  const wrong = table([
    ["< 18", "true", "benefits:5"],
    ["> 18", "false", ""],
  ]);
  assert.deepEqual(check({ "services/benefit/amount.dmn": wrong }), [
    "services/benefit/amount.dmn:7 process.decisions.norm-missing",
  ]);
  const holed = table([
    ["< 18", "true", "benefits:5"],
    ["> 18", "false", "benefits:6"],
  ]);
  assert.deepEqual(check({ "decisions/holed.dmn": holed }), ["decisions/holed.dmn:5 process.decisions.gap"]);
});

test("files of a pack import each other, and a fault is told where it is", () => {
  const rates = (text: string): string =>
    fileXml({ name: "rates", decisions: { rate: { needs: [], logic: literalXml(text), type: "number" } } });
  const main = fileXml({
    decisions: {},
    more: `<import name="law" namespace="urn:test:rates" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>
    <decision id="d_tax" name="tax"><informationRequirement><requiredDecision href="urn:test:rates#d_rate"/></informationRequirement>${literalXml("law.rate * 2")}</decision>`,
  });
  assert.deepEqual(check({ "decisions/main.dmn": main, "decisions/rates.dmn": rates("0.1") }), []);
  assert.deepEqual(check({ "decisions/main.dmn": main, "decisions/rates.dmn": rates("0.1 +") }), [
    "decisions/main.dmn:5 process.decisions.import-faulty",
    "decisions/rates.dmn:4 feel.faults.operand-missing",
  ]);
  assert.deepEqual(check({ "decisions/main.dmn": main }), ["decisions/main.dmn:5 process.decisions.import-missing"]);
});
