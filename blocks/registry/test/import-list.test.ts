import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ImportRequest } from "../door-writing.ts";
import { openWritingHouse, owner, type WritingHouse } from "./writing-house.ts";

let given: WritingHouse;
before(async () => {
  given = await openWritingHouse();
});
after(() => given.house.close());

const stranger = { kind: "system", body: "tax", name: "desk" } as const;

async function* bytesOf(text: string) {
  yield Buffer.from(text);
}
const stage = (fileName: string, text: string, more: Partial<ImportRequest> = {}) =>
  given.registry.stageImport(owner, {
    register: "branch",
    event: "opening",
    format: "csv",
    fileName,
    source: bytesOf(text),
    document: { kind: "order", number: "12" },
    validFrom: "2022-01-01",
    ...more,
  });

test("M-A9: a body sees its imports, newest first and a page at a time, with who brought them; another body sees none", async () => {
  assert.deepEqual(await given.registry.imports(owner), { rows: [], next: undefined });
  for (const number of [1, 2, 3]) await stage(`list-${number}.csv`, `code,name,town\nL${number},Китепкана ${number},Ош\n`);
  const seen: string[] = [];
  for (let after: string | undefined, pages = 0; pages < 5; pages++) {
    const page = await given.registry.imports(owner, { limit: 2, ...(after !== undefined && { after }) });
    seen.push(...page.rows.map((row) => row.fileName));
    after = page.next;
    if (after === undefined) break;
  }
  assert.deepEqual(seen, ["list-3.csv", "list-2.csv", "list-1.csv"]);
  const [first] = (await given.registry.imports(owner)).rows;
  assert.deepEqual([first!.by, first!.state, first!.register], ["system:library/desk", "waiting", "branch"]);
  assert.deepEqual((await given.registry.imports(stranger)).rows, []);
  await assert.rejects(given.registry.imports({ kind: "person", pin: "11205198701011" }), { code: "registry.not-found" });
  for (const after of ["x", Buffer.from('["x"]').toString("base64url")])
    await assert.rejects(given.registry.imports(owner, { after }), { code: "registry.wrong-page-mark" });
});

test("M-A9: an import that was stopped goes on from where it was, and writes no line twice", async () => {
  for (const code of ["S1", "S2", "S3"]) await given.open(code, { name: `Китепкана ${code}`, town: `Шаар ${code}` });
  const read = (key: string) => given.registry.read(owner, { register: "branch", key, fields: ["code"], ground: "survey" });
  // What may be read in a day under the ground is used up.
  await Promise.all([read("S1"), read("S2")]);
  const text = "code,name,town\nS4,Жаңы,Шаар S3\nS5,Жаңы,Башка\n";
  const { id } = await stage("stopped.csv", text, { alike: "by_town", ground: "survey" });
  await given.registry.runImport(owner, { id });
  await given.house.jobs.drain();
  const stopped = await given.registry.readImport(owner, { id });
  assert.deepEqual([stopped.state, stopped.fault, stopped.good], ["stopped", "registry.too-many-reads", 0]);
  given.house.clock.advance(86_400_000);
  // Two who press the button at once begin one work.
  const begun = await Promise.all([given.registry.runImport(owner, { id }), given.registry.runImport(owner, { id })]);
  assert.deepEqual(
    begun.map(({ state, fault }) => [state, fault]),
    [
      ["running", null],
      ["running", null],
    ],
  );
  await given.house.jobs.drain();
  const done = await given.registry.readImport(owner, { id });
  assert.deepEqual([done.state, done.good, done.looksLike, done.bytesDone], ["done", 1, 1, Buffer.byteLength(text)]);
  assert.deepEqual((await given.registry.importLines(owner, { id }))[0]?.looksLike, ["S3"]);
  assert.deepEqual(await given.consistent(), []);
});
