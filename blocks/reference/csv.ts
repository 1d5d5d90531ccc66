/** One row of a CSV file: its line in the file (from 1) and its values by column. */
export interface CsvRow {
  line: number;
  values: Record<string, string>;
}

export interface CsvFault {
  line: number;
  code: "csv-quote" | "csv-columns" | "csv-header";
  params: Record<string, string | number>;
}

/** Reads CSV as RFC 4180 has it: commas, one header row, quotes doubled inside quotes. All faults at once; faulty rows are left out. */
export function readCsv(text: string): { columns: string[]; rows: CsvRow[]; faults: CsvFault[] } {
  const faults: CsvFault[] = [];
  const records = split(text.replace(/^\uFEFF/, ""), faults);
  const [header, ...rest] = records;
  const columns = header?.cells ?? [];
  const twice = columns.find((column, index) => column === "" || columns.indexOf(column) !== index);
  if (columns.length === 0 || twice !== undefined) faults.push({ line: 1, code: "csv-header", params: { column: twice ?? "" } });
  const rows: CsvRow[] = [];
  for (const { line, cells } of rest) {
    if (cells.length !== columns.length) {
      faults.push({ line, code: "csv-columns", params: { count: cells.length, wanted: columns.length } });
      continue;
    }
    const values: Record<string, string> = {};
    for (let index = 0; index < columns.length; index++) values[columns[index]!] = cells[index]!;
    rows.push({ line, values });
  }
  return { columns, rows, faults };
}

function split(text: string, faults: CsvFault[]): { line: number; cells: string[] }[] {
  const records: { line: number; cells: string[] }[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const first = line;
    const cells: string[] = [];
    for (;;) {
      let cell = "";
      if (text[at] === '"') {
        at++;
        for (;;) {
          const quote = text.indexOf('"', at);
          if (quote < 0) {
            faults.push({ line: first, code: "csv-quote", params: {} });
            return records;
          }
          cell += text.slice(at, quote);
          at = quote + 1;
          if (text[at] !== '"') break;
          cell += '"';
          at++;
        }
        line += cell.split("\n").length - 1;
        if (at < text.length && !",\r\n".includes(text[at]!)) faults.push({ line, code: "csv-quote", params: {} });
      }
      while (at < text.length && !",\n".includes(text[at]!)) cell += text[at++];
      cells.push(cell.replace(/\r$/, "").trim());
      if (text[at] !== ",") break;
      at++;
    }
    at++;
    line++;
    if (cells.length > 1 || cells[0] !== "") records.push({ line: first, cells });
  }
  return records;
}
