import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { createChecked } from "../checked.ts";

test("what was found sound is known again until a file is changed, added or taken away", (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "kerege-checked-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const checked = () => createChecked({ declared: [path.join(folder, "pack")], code: [path.join(folder, "code")] });
  mkdirSync(path.join(folder, "code", "test"), { recursive: true });
  const file = path.join(folder, "pack", "registers", "person.yaml");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, "register: person\n");
  assert.equal(checked().isSound(), false, "nobody has looked yet");
  checked().remember();
  assert.equal(checked().isSound(), true);

  writeFileSync(file, "register: persons\n");
  assert.equal(checked().isSound(), false, "another size");
  checked().remember();
  utimesSync(file, new Date(), new Date(Date.now() + 5000));
  assert.equal(checked().isSound(), false, "another time");
  checked().remember();
  writeFileSync(path.join(folder, "pack", "pack.yaml"), "");
  assert.equal(checked().isSound(), false, "one more");
  rmSync(path.join(folder, "pack", "pack.yaml"));
  assert.equal(checked().isSound(), true, "as it was");
  writeFileSync(path.join(folder, "code", "test", "x.test.ts"), "");
  assert.equal(checked().isSound(), true, "tests check nothing at a start");
  writeFileSync(path.join(folder, "code", "check.ts"), "");
  assert.equal(checked().isSound(), false, "other code may find other faults");
  checked().remember();
  mkdirSync(path.join(folder, "pack", "services", "test"), { recursive: true });
  writeFileSync(path.join(folder, "pack", "services", "test", "service.yaml"), "");
  assert.equal(checked().isSound(), false, "a service may be called anything");
});
