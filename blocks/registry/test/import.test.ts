import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import writeXlsxFile from "write-excel-file/node";
import type { ImportRequest } from "../door-writing.ts";
import { type CsvHeader, type FileLine, readCsvHeader, readCsvLines, readJsonLines } from "../import-lines.ts";
import { openWritingHouse, owner, type WritingHouse } from "./writing-house.ts";

let given: WritingHouse;
before(async () => {
  given = await openWritingHouse();
});
after(() => given.house.close());

/** A file that comes in pieces of so many bytes. */
async function* pieces(text: string | Buffer, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function all(lines: AsyncIterable<FileLine>) {
  const read: [number, unknown][] = [];
  for await (const line of lines) read.push([line.line, "given" in line ? line.given : line.fault]);
  return read;
}
const csv = async (text: string | Buffer, size: number) => {
  const head = await readCsvHeader(pieces(text, size));
  assert.ok(head);
  const rest = Buffer.from(text).subarray(head.from.byte);
  return {
    columns: head.header.columns,
    read: await all(readCsvLines(pieces(rest, size), head as { header: CsvHeader; from: { byte: number; line: number } })),
  };
};

test("CSV comes out the same however it is cut on the way: quotes, line ends within them, empty cells, a byte order mark", async () => {
  const text = '\uFEFFcode;name;town\r\nA;"Борбор; ""Ак""";Ош\r\nB;"эки\nсап";\r\n\nC;x;y;z\nD;"a"b;c\nE;ң;Ө';
  for (const size of [1, 2, 3, 7, 1000]) {
    const { columns, read } = await csv(text, size);
    assert.deepEqual(columns, ["code", "name", "town"]);
    assert.deepEqual(read, [
      [2, { code: "A", name: 'Борбор; "Ак"', town: "Ош" }],
      [3, { code: "B", name: "эки\nсап" }],
      [6, "csv-columns"],
      [7, "csv-quote"],
      [8, { code: "E", name: "ң", town: "Ө" }],
    ]);
  }
});

test("a quote that is never closed costs its own line, not the file", async () => {
  const { read } = await csv('code,name\nA,"open\nB,b\nC,c\n', 5);
  assert.deepEqual(read, [
    [2, "csv-quote"],
    [3, { code: "B", name: "b" }],
    [4, { code: "C", name: "c" }],
  ]);
});

test("a line that is not UTF-8, and one that is no JSON object, are said; the others are read", async () => {
  const bytes = Buffer.concat([
    Buffer.from('{"code":"A"}\n'),
    Buffer.from([0xff, 0xfe, 10]),
    Buffer.from('[1]\n{"code":\n\n{"code":"B"}'),
  ]);
  assert.deepEqual(await all(readJsonLines(pieces(bytes, 4), { from: { byte: 0, line: 1 } })), [
    [1, { code: "A" }],
    [2, "not-utf-8"],
    [3, "not-json"],
    [4, "not-json"],
    [6, { code: "B" }],
  ]);
});

const stage = (text: string, more: Partial<ImportRequest> = {}) =>
  given.registry.stageImport(owner, {
    register: "branch",
    event: "opening",
    format: "csv",
    fileName: "branches.csv",
    source: pieces(text, 1000),
    document: { kind: "order", number: "12" },
    validFrom: "2022-01-01",
    ...more,
  });

test("M-A9: a file is looked at first and then taken in: good lines are written, bad ones reported with line, field and words", async () => {
  const text = [
    "code,name,town,opened_on,seats,valid_from",
    "I1,Биринчи,Ош,31.12.2020,10,",
    "I2,Экинчи,Ош,2020-12-32,0,",
    "I3,,Ош,,,",
    "I4,Төртүнчү,Ош",
    'I5,"Бешинчи",Ош,2020-01-01,5,2023-01-01',
  ].join("\n");
  const { id, state } = await stage(text);
  assert.equal(state, "waiting");
  const preview = await given.registry.previewImport(owner, { id });
  assert.deepEqual([preview.lines, preview.good, preview.bad], [5, 2, 3]);
  assert.equal(await given.registry.count("branch"), 0);
  await given.registry.runImport(owner, { id });
  await given.house.jobs.drain();
  const done = await given.registry.readImport(owner, { id });
  assert.deepEqual([done.state, done.lines, done.good, done.bad, done.bytesDone], ["done", 5, 2, 3, Buffer.byteLength(text)]);
  const report = await given.registry.importLines(owner, { id });
  assert.deepEqual(
    report.map(({ line, code, faults }) => [line, code, faults.map(({ pointer, key }) => `${pointer} ${key}`)]),
    [
      [3, "registry.wrong-value", ["/values/opened_on registry.fields.not-date", "/values/seats registry.fields.too-small"]],
      [4, "registry.wrong-value", ["/values/name registry.fields.required"]],
      [5, "registry.import.csv-columns", []],
    ],
  );
  assert.deepEqual(report, preview.report);
  for (const { code, faults } of report)
    for (const key of [
      code.replace(/^registry\.(?!import)/, "registry.problems.").replace(/(problems\.[^.]+)$/, "$1.title"),
      ...faults.map((fault) => fault.key),
    ])
      for (const language of ["ky", "ru", "kk", "en"] as const) assert.notEqual(given.house.texts.translate(language, key), key);
  assert.equal((await given.read("branch", "I1"))?.values.opened_on, "2020-12-31");
  assert.equal((await given.read("branch", "I5"))?.validFrom, "2023-01-01");
  assert.deepEqual(await given.consistent(), []);
});

test("an import that is begun again, by many or after a fall, writes no line twice and reports each once", async () => {
  const count = 3000;
  const lines = Array.from({ length: count }, (_, index) =>
    JSON.stringify({ code: `J${index}`, name: index % 100 ? "Көп" : "", town: `т${index}` }),
  );
  const { id } = await stage(lines.join("\n"), { format: "jsonl" });
  // The first workers fall in the middle, at a different place each: what they wrote is there, how far they came is not.
  const record = given.house.database;
  for (const fallen of [1, 3]) {
    await record.run({
      text: `create or replace function registry.fall() returns trigger language plpgsql as $$ begin
        if new.bytes_done > ${fallen * 20000} then raise exception 'fallen'; end if; return new; end $$`,
      values: [],
    });
    await record.run({
      text: "create or replace trigger fall before update on registry.import for each row execute function registry.fall()",
      values: [],
    });
    await given.registry.runImport(owner, { id });
    await given.house.jobs.drain();
    given.house.clock.advance(3_600_000);
  }
  const half = await given.registry.readImport(owner, { id });
  assert.ok(half.lines > 0 && half.lines < count && half.state === "running");
  await record.run({ text: "drop trigger fall on registry.import", values: [] });
  await given.house.jobs.drain();
  const done = await given.registry.readImport(owner, { id });
  assert.deepEqual([done.state, done.lines, done.good, done.bad], ["done", count, count - 30, 30]);
  const rows = await record.first<{ versions: number; lines: number }>({
    text: `select (select count(*) from registry.branch_version where code like 'J%')::int as versions,
      (select count(*) from registry.import_line where import = $1)::int as lines`,
    values: [id],
  });
  assert.deepEqual(rows, { versions: count - 30, lines: 30 });
  assert.deepEqual(await given.consistent(), []);
});

test("a line that looks like a record that is there is put aside and decided: the same one, or a new one", async () => {
  await given.open("K1", { name: "Келечек", town: "Талас" });
  const text = "code,name,town\nK2,Келечек,Талас\nK3,Келечек,Нарын\nK4,Башка,Баткен\n";
  const { id } = await stage(text, { alike: "by_name", ground: "stock" });
  await given.registry.runImport(owner, { id });
  await given.house.jobs.drain();
  const done = await given.registry.readImport(owner, { id });
  assert.deepEqual([done.good, done.bad, done.looksLike], [1, 0, 2]);
  const lines = await given.registry.importLines(owner, { id, verdict: "alike" });
  assert.deepEqual(
    lines.map(({ line, code, looksLike }) => [line, code, looksLike]),
    [
      [2, "registry.import.looks-like", ["K1"]],
      [3, "registry.import.looks-like", ["K1"]],
    ],
  );
  await given.registry.decideLine(owner, { id, line: 2, same: true });
  await given.registry.decideLine(owner, { id, line: 3, same: false });
  assert.equal(await given.read("branch", "K2"), undefined);
  assert.equal((await given.read("branch", "K3"))?.values.town, "Нарын");
  await assert.rejects(given.registry.decideLine(owner, { id, line: 3, same: true }), { code: "registry.decided-already" });
  // A natural key that another record has is the same kind of doubt.
  const second = await stage("code,name,town\nK5,Келечек,Талас\n");
  await given.registry.runImport(owner, { id: second.id });
  await given.house.jobs.drain();
  const [line] = await given.registry.importLines(owner, { id: second.id });
  assert.deepEqual([line!.code, line!.looksLike], ["registry.taken", ["K1"]]);
});

test("a file whose columns are not of the register, and one who may not record, are refused before anything is kept", async () => {
  await assert.rejects(stage("code,colour\nA,red\n"), { code: "registry.wrong-import" });
  await assert.rejects(stage(""), { code: "registry.wrong-import" });
  await assert.rejects(stage("code,name\nA,b\n", { event: "nothing" }), { code: "registry.unknown-event" });
  const { id } = await stage("code,name\nA,b\n");
  const stranger = { kind: "system", body: "tax", name: "desk" } as const;
  await assert.rejects(given.registry.runImport(stranger, { id }), { code: "registry.not-owner" });
  await assert.rejects(given.registry.importLines(stranger, { id }), { code: "registry.not-owner" });
});

test("a workbook is taken in like the other files, its rows numbered as people see them, its digits kept", async () => {
  const cell = (value: string | number | Date, more = {}) => ({ value, ...more });
  const sheet = [
    ["code", "name", "town", "opened_on", "seats"].map((name) => cell(name)),
    [
      cell(12345678901234),
      cell("Китепкана"),
      cell("Ош"),
      cell(new Date("2021-03-04T00:00:00Z"), { type: Date, format: "dd.mm.yyyy" }),
      cell(5),
    ],
    [cell("X2"), cell("Китепкана"), cell("Талас"), cell("эртең"), cell(5)],
  ];
  const bytes = await writeXlsxFile(sheet).toBuffer();
  const { id } = await stage("", { format: "xlsx", source: pieces(bytes, 1000) });
  await given.registry.runImport(owner, { id });
  await given.house.jobs.drain();
  const report = await given.registry.importLines(owner, { id });
  assert.deepEqual(
    report.map(({ line, key, faults }) => [line, key, faults.map(({ pointer }) => pointer)]),
    [[3, "X2", ["/values/opened_on"]]],
  );
  assert.deepEqual((await given.read("branch", "12345678901234"))?.values, {
    code: "12345678901234",
    name: "Китепкана",
    town: "Ош",
    opened_on: "2021-03-04",
    seats: 5,
  });
  await assert.rejects(stage("no workbook", { format: "xlsx" }), { code: "registry.wrong-import" });
});
