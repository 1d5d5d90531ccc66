import assert from "node:assert/strict";
import { test } from "node:test";
import { readSheet } from "read-excel-file/node";
import type { Value } from "../declaration.ts";
import { readCsvHeader, readCsvLines } from "../import-lines.ts";
import { writeCsv, writeJsonLines, writeXlsx } from "../table-file.ts";
import { unpackedBytes } from "../table-file-unzip.ts";

const rows: Value[][] = [
  ['a,"b"\r\nc', 1, true, null],
  ["  Ыңгыз 😀 <&> ", -2.5, false, "=1+1"],
  ["x\u0001y", 1_234_567_890_123_456, true, "_x0041_"],
];
const columns = ["text", "number", "truth", "more"];

async function* each<Row>(list: Row[]): AsyncGenerator<Row> {
  yield* list;
}
async function whole(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test("CSV that is written is read back by the import sign for sign", async () => {
  const file = await whole(writeCsv(columns, each(rows)));
  const { header, from } = (await readCsvHeader(each([file])))!;
  const lines = [];
  for await (const line of readCsvLines(each([file.subarray(from.byte)]), { from, header }))
    lines.push("given" in line && line.given);
  const text = (row: Value[]) =>
    Object.fromEntries(columns.flatMap((name, at) => (row[at] === null ? [] : [[name, String(row[at])]])));
  assert.deepEqual(lines, rows.map(text));
});

test("a workbook that is written is read back by another program: texts, numbers, truth, and a formula as the text it is", async () => {
  const sheet = await readSheet(await whole(writeXlsx(columns, each(rows))), { trim: false });
  assert.deepEqual(sheet[0], columns);
  assert.deepEqual(sheet[2], ["  Ыңгыз 😀 <&> ", -2.5, false, "=1+1"]);
  assert.deepEqual([sheet[1]![1], sheet[1]![2], sheet[1]![3]], [1, true, null]);
  // A sign that XML cannot hold is left out; a number longer than Excel keeps is a text, sign for sign.
  assert.deepEqual([sheet[3]![0], sheet[3]![1]], ["xy", "1234567890123456"]);
});

test("what a workbook unpacks to is counted by unpacking it, whatever it says of itself", async () => {
  const file = await whole(writeXlsx(columns, each(rows)));
  const bytes = await unpackedBytes(file, 1e6);
  assert.ok(bytes > 1000 && bytes < 10_000, String(bytes));
  assert.equal(await unpackedBytes(file, bytes), bytes);
  assert.equal(await unpackedBytes(file, bytes - 1), Number.POSITIVE_INFINITY);
  // The directory now says that each part has one byte.
  const lying = Buffer.from(file);
  for (let at = lying.indexOf("PK\u0001\u0002"); at >= 0; at = lying.indexOf("PK\u0001\u0002", at + 1))
    lying.writeUInt32LE(1, at + 24);
  assert.equal(await unpackedBytes(lying, bytes - 1), Number.POSITIVE_INFINITY);
  for (const broken of [
    Buffer.alloc(0),
    Buffer.from("no archive"),
    file.subarray(0, -30),
    Buffer.concat([Buffer.from("PK\u0005\u0006"), Buffer.alloc(18, 255)]),
  ])
    assert.equal(await unpackedBytes(broken, 1e6), Number.POSITIVE_INFINITY);
});

test("many columns have the letters of a sheet, and many rows come in pieces", async () => {
  const names = Array.from({ length: 60 }, (_, index) => `c${index}`);
  const many = Array.from({ length: 1000 }, (_, row) => names.map((_, column) => row * 100 + column));
  const sheet = await readSheet(await whole(writeXlsx(names, each(many))));
  assert.deepEqual(sheet[1000], many[999]);
});

test("a fault of what is read goes to who writes, in every format, and who goes away early ends what is read", async () => {
  const broken = async function* () {
    yield rows[0]!;
    throw new RangeError("lost");
  };
  for (const bytes of [
    writeCsv(columns, broken()),
    writeXlsx(columns, broken()),
    writeJsonLines(broken() as AsyncIterable<never>),
  ])
    await assert.rejects(whole(bytes), /lost/);
  for (const write of [writeCsv, writeXlsx]) {
    let ended = false;
    const endless = async function* () {
      try {
        for (;;) yield rows[0]!;
      } finally {
        ended = true;
      }
    };
    for await (const _ of write(columns, endless())) break;
    for (let turn = 0; !ended && turn < 1000; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(ended, true, write.name);
  }
});
