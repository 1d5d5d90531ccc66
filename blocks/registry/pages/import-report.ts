import type { Visit } from "@kerege/kernel/page";
import type { ImportLine } from "../door-writing.ts";
import type { Expanded } from "../expand.ts";
import { lineTexts } from "./import.tsx";

export interface ReportNeeds {
  visit: Visit;
  register: Expanded;
  /** Lines of the report behind a line, some at a time; none behind the last. */
  linesAfter(line: number): Promise<ImportLine[]>;
}

const COLUMNS = ["line", "verdict", "key", "what", "fields", "like"];

/**
 * The report of an import as a table that an office program opens (RFC 4180, with a mark of UTF-8 before it): what is wrong with a
 * line, then the line as it came, so that it can be put right and brought in again.
 */
export async function* reportCsv({ visit, register, linesAfter }: ReportNeeds): AsyncGenerator<Buffer> {
  const { t } = visit;
  let given: string[] | undefined;
  for (let lines = await linesAfter(0); ; lines = await linesAfter(lines.at(-1)!.line)) {
    if (!given) {
      // A line that cannot be read has no columns; those of the file are known from the others.
      given = [...new Set(lines.flatMap((line) => Object.keys(line.given)))];
      yield Buffer.from(`\ufeff${rowText([...COLUMNS.map((column) => t(`registry.desk.imports.csv.${column}`)), ...given])}`);
    }
    if (lines.length === 0) return;
    const columns = given;
    yield Buffer.from(
      lines
        .map((line) => {
          const { what, faults } = lineTexts({ visit, register, line });
          const verdict = t(`registry.desk.imports.verdict.${line.verdict}`);
          const values = columns.map((column) => textOf(line.given[column]));
          return rowText([
            String(line.line),
            verdict,
            line.key ?? "",
            what,
            faults.join("; "),
            line.looksLike.join(" "),
            ...values,
          ]);
        })
        .join(""),
    );
  }
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A cell that begins like a formula would be run by the program that opens it. */
function rowText(cells: string[]): string {
  const cell = (text: string) => `"${(/^[=+\-@\t]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
  return `${cells.map(cell).join(",")}\r\n`;
}
