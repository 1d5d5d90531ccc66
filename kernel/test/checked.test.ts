import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { createChecked } from "../checked.ts";

test("what was found sound is known again until a file is changed, added or taken away", (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "kerege-checked-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, "registers", "person.yaml");
  mkdirSync(path.dirname(file));
  writeFileSync(file, "register: person\n");
  assert.equal(createChecked([folder]).isSound(), false, "nobody has looked yet");
  createChecked([folder]).remember();
  assert.equal(createChecked([folder]).isSound(), true);

  writeFileSync(file, "register: persons\n");
  assert.equal(createChecked([folder]).isSound(), false, "another size");
  createChecked([folder]).remember();
  utimesSync(file, new Date(), new Date(Date.now() + 5000));
  assert.equal(createChecked([folder]).isSound(), false, "another time");
  createChecked([folder]).remember();
  writeFileSync(path.join(folder, "pack.yaml"), "");
  assert.equal(createChecked([folder]).isSound(), false, "one more");
  rmSync(path.join(folder, "pack.yaml"));
  assert.equal(createChecked([folder]).isSound(), true, "as it was");
  mkdirSync(path.join(folder, "test"));
  writeFileSync(path.join(folder, "test", "x.test.ts"), "");
  assert.equal(createChecked([folder]).isSound(), true, "tests check nothing at a start");
});
