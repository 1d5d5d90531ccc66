import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { Problem } from "@kerege/kernel/problem";
import { openPast, type PastRow, writePast } from "../simulation/past-file.ts";
import { createRandom } from "../simulation/random.ts";

describe("files of past cases", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "kerege-past-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const header = {
    columns: [
      { name: "income", kind: "number" },
      { name: "born_on", kind: "day" },
      { name: "place", kind: "text" },
      { name: "disabled", kind: "yes" },
      { name: "answers", kind: "json" },
    ],
    about: { process: "benefit" },
  } as const;
  const rows = (count: number): PastRow[] => {
    const random = createRandom(3);
    return Array.from({ length: count }, () => ({
      income: random.next() < 0.1 ? null : random.whole(0, 2_000_000) / 100,
      born_on: new Date(random.whole(-20_000, 18_000) * 86_400_000).toISOString().slice(0, 10),
      ...(random.next() < 0.9 && { place: random.pick(["Ош", "Бишкек", "", "Нарын"]) }),
      disabled: random.next() < 0.3,
      answers: random.pick([{ visit: true, notes: ["a"] }, null, [1, 2], "text"]),
    }));
  };

  test("every value comes back as it was, null and what was never recorded apart, over several blocks", () => {
    const file = path.join(folder, "benefit.past");
    const written = rows(20_000);
    const past = writePast(file, header);
    for (const row of written) past.add(row);
    assert.ok(!existsSync(file), "a file that is not complete has no name yet");
    assert.equal(past.close(), 20_000);
    const opened = openPast(file);
    assert.deepEqual(opened.header, header);
    assert.deepEqual([...opened.rows()], written);
    assert.deepEqual([...opened.rows()].length, 20_000, "it can be gone through again");
    opened.close();
    assert.ok(statSync(file).size < 20_000 * 20, `${statSync(file).size} bytes`);
  });

  test("numbers are kept exactly: whole, broken, large and minus zero", () => {
    const file = path.join(folder, "numbers.past");
    const values = [0, -0, 0.1, -1.5, 2 ** 31, 2 ** 53 - 1, -(2 ** 31), 1e300];
    const past = writePast(file, { columns: [{ name: "n", kind: "number" }], about: {} });
    for (const n of values) past.add({ n });
    past.close();
    const opened = openPast(file);
    const read = [...opened.rows()].map(({ n }) => n);
    opened.close();
    assert.ok(values.every((value, index) => Object.is(value, read[index])));
  });

  test("a value of another kind is refused when it is written", () => {
    const past = writePast(path.join(folder, "wrong.past"), { columns: [{ name: "n", kind: "number" }], about: {} });
    past.add({ n: "three" });
    assert.throws(() => past.close(), /column n/);
  });

  test("what is no such file, or was cut off, is said and not read", () => {
    const file = path.join(folder, "none.past");
    writeFileSync(file, "something else entirely");
    assert.throws(
      () => openPast(file),
      (error: Problem) => error.code === "process.no-past-file",
    );
    const whole = path.join(folder, "whole.past");
    const past = writePast(whole, header);
    for (const row of rows(100)) past.add(row);
    past.close();
    const bytes = readFileSync(whole);
    writeFileSync(file, bytes.subarray(0, bytes.length - 40));
    const opened = openPast(file);
    assert.throws(
      () => [...opened.rows()],
      (error: Problem) => error.code === "process.past-file-spoilt",
    );
    opened.close();
  });
});
