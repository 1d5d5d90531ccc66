import type { Value } from "./declaration.ts";
import type { Json } from "./field-types-parts.ts";
import { writeXlsx } from "./table-file-xlsx-write.ts";

const CHUNK = 200;

/** Rows as CSV (RFC 4180) in UTF-8, exactly as they are held: what is read back is what was written. */
export async function* writeCsv(columns: string[], rows: AsyncIterable<Value[]>): AsyncGenerator<Buffer> {
  const line = (cells: Value[]) => `${cells.map(cellOf).join(",")}\r\n`;
  let text = line(columns);
  let count = 0;
  for await (const row of rows) {
    text += line(row);
    if (++count % CHUNK !== 0) continue;
    yield Buffer.from(text);
    text = "";
  }
  if (text !== "") yield Buffer.from(text);
}

function cellOf(value: Value): string {
  const text = value === null ? "" : String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** An object on each line. */
export async function* writeJsonLines(rows: AsyncIterable<Json>): AsyncGenerator<Buffer> {
  for await (const row of rows) yield Buffer.from(`${JSON.stringify(row)}\n`);
}

export { writeXlsx };
