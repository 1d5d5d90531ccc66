/** One record of a file: its first line (from 1), where the next one begins in bytes, and what it says or why it cannot be read. */
export type FileLine = { line: number; next: number; lines: number } & (
  | { given: Record<string, unknown> }
  | { fault: "not-utf-8" | "csv-quote" | "csv-columns" | "not-json" }
);

export interface Reading {
  /** Byte and line at which reading begins; the chunks begin there too. */
  from: { byte: number; line: number };
  /** Columns and separator of a CSV file, from its first line. */
  header?: CsvHeader;
}

export interface CsvHeader {
  columns: string[];
  separator: string;
}

const [QUOTE, NEWLINE] = [0x22, 0x0a];
/** Longest record; a quote that is never closed would else swallow the file. */
const MOST_BYTES = 1_000_000;

/** Records of a file as bytes, cut at line ends that do not stand within quotes. Memory for one chunk and one record. */
async function* cut(
  chunks: AsyncIterable<Uint8Array>,
  { from, quoted }: { from: Reading["from"]; quoted: boolean },
): AsyncGenerator<{ bytes: Buffer; line: number; next: number; lines: number; unclosed?: true }> {
  let rest: Buffer = Buffer.alloc(0);
  let { byte, line } = from;
  let scanned = 0;
  let inside = false;
  const take = (end: number) => {
    const bytes = rest.subarray(0, end);
    rest = rest.subarray(end);
    byte += end;
    scanned = 0;
    inside = false;
    let lines = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
    const record = { bytes, line, next: byte, lines: Math.max(lines, 1) };
    line += lines;
    return record;
  };
  const scan = function* () {
    while (scanned < rest.length) {
      const sign = rest[scanned++];
      if (quoted && sign === QUOTE) inside = !inside;
      else if (sign === NEWLINE && !inside) yield take(scanned);
      if (scanned > MOST_BYTES) yield firstLine();
    }
  };
  const firstLine = () => ({ ...take(rest.indexOf(NEWLINE) + 1 || rest.length), unclosed: true as const });
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    yield* scan();
  }
  // What a quote left open: its first line is at fault, and what follows is looked at again.
  while (inside) {
    yield firstLine();
    yield* scan();
  }
  if (rest.length > 0) yield take(rest.length);
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function textOf(bytes: Buffer): string | undefined {
  try {
    return decoder
      .decode(bytes)
      .replace(/\r?\n$/, "")
      .replace(/^\uFEFF/, "");
  } catch {
    return undefined;
  }
}

/** JSON lines: an object on each line; empty lines are passed over. */
export async function* readJsonLines(chunks: AsyncIterable<Uint8Array>, reading: Reading): AsyncGenerator<FileLine> {
  for await (const { bytes, ...place } of cut(chunks, { from: reading.from, quoted: false })) {
    const text = textOf(bytes);
    if (text === undefined) yield { ...place, fault: "not-utf-8" };
    else if (text.trim() !== "") {
      const given = objectOf(text);
      yield given ? { ...place, given } : { ...place, fault: "not-json" };
    }
  }
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const made: unknown = JSON.parse(text);
    return typeof made === "object" && made !== null && !Array.isArray(made) ? (made as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Columns and separator of a CSV file, and where its second record begins; undefined where the first line is none. */
export async function readCsvHeader(
  chunks: AsyncIterable<Uint8Array>,
): Promise<{ header: CsvHeader; from: Reading["from"] } | undefined> {
  for await (const record of cut(chunks, { from: { byte: 0, line: 1 }, quoted: true })) {
    const text = textOf(record.bytes);
    if (text === undefined || record.unclosed) return undefined;
    const separator = [",", ";", "\t"]
      .map((sign) => ({ sign, count: text.split(sign).length }))
      .sort((a, b) => b.count - a.count)[0]!.sign;
    const columns = splitCsv(text, separator)?.map((column) => column.trim());
    if (!columns || columns.some((column, index) => column === "" || columns.indexOf(column) !== index)) return undefined;
    return { header: { columns, separator }, from: { byte: record.next, line: record.line + record.lines } };
  }
  return undefined;
}

/** CSV as RFC 4180 has it, also with semicolons or tabs between columns. Cells that are empty are left out. */
export async function* readCsvLines(chunks: AsyncIterable<Uint8Array>, reading: Reading): AsyncGenerator<FileLine> {
  const { columns, separator } = reading.header!;
  for await (const { bytes, unclosed, ...place } of cut(chunks, { from: reading.from, quoted: true })) {
    const text = textOf(bytes);
    if (text === undefined) yield { ...place, fault: "not-utf-8" };
    else if (unclosed) yield { ...place, fault: "csv-quote" };
    else if (text !== "") {
      const cells = splitCsv(text, separator);
      if (!cells) yield { ...place, fault: "csv-quote" };
      else if (cells.length !== columns.length) yield { ...place, fault: "csv-columns" };
      else {
        const filled = columns.flatMap((column, index) => (cells[index] === "" ? [] : [[column, cells[index]] as const]));
        yield { ...place, given: Object.fromEntries(filled) };
      }
    }
  }
}

function splitCsv(text: string, separator: string): string[] | undefined {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    let cell = "";
    if (text[at] === '"') {
      at++;
      for (;;) {
        const quote = text.indexOf('"', at);
        if (quote < 0) return undefined;
        cell += text.slice(at, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        cell += '"';
        at++;
      }
      if (at < text.length && text[at] !== separator) return undefined;
    } else {
      const end = text.indexOf(separator, at);
      cell = text.slice(at, end < 0 ? text.length : end);
      at = end < 0 ? text.length : end;
    }
    cells.push(cell);
    if (at >= text.length) return cells;
    at++;
  }
}
