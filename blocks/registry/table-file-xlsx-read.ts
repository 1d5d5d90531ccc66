import { createInflateRaw } from "node:zlib";
import { kernelProblem } from "@kerege/kernel/problem";
import { readSheet } from "read-excel-file/node";
import { problem } from "./problems.ts";

/** Most bytes of a workbook, and of what it unpacks to. */
export const MOST_XLSX = 20 * 1024 * 1024;
const MOST_UNPACKED = 200 * 1024 * 1024;
const MOST_PARTS = 500;
const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];

/**
 * The first sheet of a workbook as CSV, a line for each row, so that a line of the report is a row of the sheet. It is held in memory:
 * what a workbook is made of can be read only when all of it is there. @throws {Problem} `registry.wrong-import`, `kernel.too-large`
 */
export async function* readXlsx(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  const file = Buffer.concat(chunks);
  await refuseBomb(file);
  let rows: unknown[][];
  try {
    rows = await readSheet(file);
  } catch (cause) {
    throw problem("wrong-import", { params: { line: 1, column: "" }, cause });
  }
  for (const row of rows) yield Buffer.from(`${row.map(cellOf).join(",")}\r\n`);
}

/** A few kilobytes may unpack to gigabytes: all parts are unpacked once, kept nowhere, and counted. */
async function refuseBomb(file: Buffer): Promise<void> {
  const wrong = () => problem("wrong-import", { params: { line: 1, column: "" } });
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 20 > file.length || file.readUInt32LE(end) !== END) throw wrong();
  const parts = file.readUInt16LE(end + 10);
  let at = file.readUInt32LE(end + 16);
  let total = 0;
  if (parts > MOST_PARTS) throw wrong();
  for (let part = 0; part < parts; part++) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== CENTRAL) throw wrong();
    const [method, packed, from] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 20), file.readUInt32LE(at + 42)];
    at += 46 + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
    if (from + 30 > file.length || file.readUInt32LE(from) !== LOCAL) throw wrong();
    const start = from + 30 + file.readUInt16LE(from + 26) + file.readUInt16LE(from + 28);
    const bytes = file.subarray(start, start + packed);
    if (method === 0) total += bytes.length;
    else if (method === 8) total += await unpackedLength(bytes, MOST_UNPACKED - total).catch(() => Promise.reject(wrong()));
    else throw wrong();
    if (total > MOST_UNPACKED) throw kernelProblem("too-large");
  }
}

/** As many bytes as there are, or one more than `most`. */
async function unpackedLength(bytes: Buffer, most: number): Promise<number> {
  const inflate = createInflateRaw();
  inflate.end(bytes);
  let length = 0;
  for await (const chunk of inflate) {
    length += (chunk as Buffer).length;
    if (length > most) break;
  }
  return length;
}

/** A cell as a text of CSV. A row is one line: a break within a cell is a space. */
function cellOf(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  const text = cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell).replace(/\s*[\r\n]+\s*/g, " ");
  return /[",;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
