import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { loadPacks, type Packs, reporter } from "@kerege/kernel/pack";
import block from "../block.ts";
import { gatherFiles, modelFrom } from "../reading/files.ts";
import { calendar, END, file, flows, START, task } from "./reading-files.ts";

/** A pack with these processes, by their names. */
function packsWith<Result>(processes: Readonly<Record<string, string>>, use: (packs: Packs) => Result): Result {
  const root = mkdtempSync(path.join(tmpdir(), "kerege-processes-"));
  try {
    const folder = path.join(root, "packs/trial");
    mkdirSync(path.join(folder, "processes"), { recursive: true });
    const title = "{ ky: У, ru: Р, kk: Р, en: P }";
    writeFileSync(
      path.join(folder, "pack.yaml"),
      `pack: trial\ntitle: ${title}\nversion: 1.0.0\nowner: ministry\nlaw: [{ act: trial }]\n`,
    );
    for (const [name, text] of Object.entries(processes)) writeFileSync(path.join(folder, `processes/${name}.bpmn`), text);
    return use(loadPacks({ root, folders: [folder], kinds: block.packFiles! }));
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** What `kerege check` says of them, as `file:line code`. */
const check = (processes: Readonly<Record<string, string>>) =>
  packsWith(processes, (packs) => {
    block.check!(packs, reporter(packs.faults));
    return packs.faults.map((fault) => `${path.basename(fault.file)}:${fault.line} ${fault.code}`);
  });

const named = (id: string, xml: string) => xml.replace(`<process id="p"`, `<process id="${id}"`);
const sound = file(`${START}${task("t")}${END}${flows("s t, t e")}`);

test("M-A18: processes of a pack are checked, each fault with its file and line", () => {
  assert.deepEqual(check({ permit: sound }), []);
  const faulty = file(
    `${START}\n<userTask id="t"/>\n<scriptTask id="u"><script>1 +</script></scriptTask>${END}${flows("s t, t u, u e")}`,
  );
  assert.deepEqual(check({ permit: faulty }), [
    "permit.bpmn:5 process.reading.no-role",
    "permit.bpmn:6 feel.faults.operand-missing",
  ]);
});

test("a variable nobody declared is a fault where a process is checked", () => {
  const script = `<scriptTask id="u"><script>amuont + 1</script></scriptTask>`;
  const declared = `<extensionElements><kerege:variable name="amount" type="number"/></extensionElements>`;
  assert.deepEqual(check({ permit: file(`${declared}${START}\n${script}${END}${flows("s u, u e")}`) }), [
    "permit.bpmn:5 feel.faults.name-near",
  ]);
});

test("processes of a pack call each other, and processes that come with the house", () => {
  const caller = file(
    `${START}<callActivity id="c" calledElement="visit"/><callActivity id="d" calledElement="straight-through"/>${END}${flows("s c, c d, d e")}`,
  );
  const visit = named("visit", sound);
  assert.deepEqual(check({ permit: caller, visit }), []);
  assert.deepEqual(check({ permit: caller }), ["permit.bpmn:4 process.reading.unknown-reference"]);
  packsWith({ permit: caller, visit }, (packs) => {
    const files = gatherFiles(packs, caller);
    assert.deepEqual(Object.keys(files).sort(), ["called/straight-through.bpmn", "called/visit.bpmn", "process.bpmn"]);
    const [now, later] = [modelFrom(files, { calendar }), modelFrom({ ...files }, { calendar })];
    assert.ok(now.ok && later.ok);
    assert.equal(now.model.hash, later.model.hash, "the same texts make the same model when the packs have moved on");
    assert.ok(now.model.nodeOf.has("c/t") && now.model.nodeOf.has("d/carry-out"));
  });
});

test("processes that call each other in a circle over files are refused", () => {
  const calls = (id: string, other: string) =>
    named(id, file(`${START}<callActivity id="c" calledElement="${other}"/>${END}${flows("s c, c e")}`));
  assert.deepEqual(check({ a: calls("a", "b"), b: calls("b", "a") }), [
    "a.bpmn:4 process.reading.calls-itself",
    "b.bpmn:4 process.reading.calls-itself",
  ]);
});
