import { createWriteStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readSheet } from "read-excel-file/node";
import { unpackedBytes } from "./table-file-unzip.ts";

/** A workbook is read whole: its texts stand in a table of their own at the end of the file. Larger ones come as CSV. */
export const MOST_XLSX_BYTES = 30_000_000;
const MOST_UNPACKED_BYTES = 400_000_000;

/**
 * Writes the first sheet of a workbook (ECMA-376) as JSON lines: line by line as its rows, the first one empty, so that a line of
 * the report is the row that people see. Gives the names in the first row; undefined where it is no workbook or has no such row.
 */
export async function xlsxToLines(from: string, to: string): Promise<string[] | undefined> {
  if ((await stat(from)).size > MOST_XLSX_BYTES) return undefined;
  if ((await unpackedBytes(await readFile(from), MOST_UNPACKED_BYTES)) > MOST_UNPACKED_BYTES) return undefined;
  // Digits as they stand in the file: a personal number must not pass through a floating-point one.
  const rows = await readSheet<string>(from, { parseNumber: (digits: string) => digits }).catch(() => undefined);
  const [head, ...rest] = rows ?? [];
  const columns = head?.map((cell) => textOf(cell)?.trim() ?? "") ?? [];
  while (columns.at(-1) === "") columns.pop();
  if (columns.length === 0 || columns.some((column, index) => column === "" || columns.indexOf(column) !== index))
    return undefined;
  function* lines() {
    yield "\n";
    for (const row of rest) {
      const filled = columns.flatMap((column, index) => {
        const cell = textOf(row[index]);
        return cell === undefined || cell === "" ? [] : [[column, cell]];
      });
      yield filled.length === 0 ? "\n" : `${JSON.stringify(Object.fromEntries(filled))}\n`;
    }
  }
  await pipeline(Readable.from(lines()), createWriteStream(to, { mode: 0o600 }));
  return columns;
}

function textOf(cell: unknown): string | undefined {
  if (cell === null || cell === undefined) return undefined;
  // A day in a cell is an instant at midnight UTC.
  return cell instanceof Date ? cell.toISOString().slice(0, 10) : String(cell);
}
