import { createHash } from "node:crypto";
import { closeSync, createReadStream, fsyncSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects, type SchemaElement } from "hyparquet";
import { fileWriter, ParquetWriter } from "hyparquet-writer";
import { createTree } from "./batch-tree.ts";
import { problem } from "./problems.ts";

export type ArchivedRow = Record<string, unknown>;

/** A column of an archived table. `texts` is a list. */
export interface ArchivedColumn {
  name: string;
  type: "text" | "texts" | "uuid" | "instant" | "int" | "long" | "bytes" | "yes";
  required?: true;
}

/** What is archived: its columns, sorted by the first, and the leaf of each row. */
export interface ArchivedTable {
  kind: "read" | "read-batch" | "event";
  columns: ArchivedColumn[];
  leafOf(row: ArchivedRow): Buffer;
}

/** One file of an archived month. */
export interface ArchivedPart {
  file: string;
  rows: number;
  bytes: number;
  sha256: Buffer;
  root: Buffer;
  first: string;
  last: string;
}

/** Rows that are encoded together, and rows of a file: a look-up reads one group, and the table of contents of one file. */
const GROUP = 5000;
const PART = 1_000_000;
/** A page of a column: within a group, only the pages of the subject are read. */
const PAGE_BYTES = 8192;

const physical: Record<Exclude<ArchivedColumn["type"], "texts">, Omit<SchemaElement, "name">> = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  uuid: { type: "FIXED_LEN_BYTE_ARRAY", type_length: 16, logical_type: { type: "UUID" } },
  instant: { type: "INT64", converted_type: "TIMESTAMP_MILLIS" },
  int: { type: "INT32" },
  long: { type: "INT64" },
  bytes: { type: "BYTE_ARRAY" },
  yes: { type: "BOOLEAN" },
};

/** Apache Parquet, LogicalTypes: a list is a group of three levels. */
function schemaOf({ columns }: ArchivedTable): SchemaElement[] {
  return [
    { name: "root", num_children: columns.length },
    ...columns.flatMap(({ name, type, required }): SchemaElement[] => {
      const repetition_type = required ? "REQUIRED" : "OPTIONAL";
      if (type !== "texts") return [{ name, repetition_type, ...physical[type] }];
      return [
        { name, repetition_type, num_children: 1, converted_type: "LIST" },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        { name: "element", repetition_type: "REQUIRED", ...physical.text },
      ];
    }),
  ];
}

/** What a row says, in one spelling: equal before and after it was a file. */
function spell(row: ArchivedRow, columns: ArchivedColumn[]): string {
  return `${JSON.stringify(columns.map(({ name, type }) => spellValue(row[name], type)))}\n`;
}

function spellValue(value: unknown, type: ArchivedColumn["type"]): unknown {
  if (value === null || value === undefined) return null;
  if (type === "bytes") return Buffer.from(value as Uint8Array).toString("base64");
  if (type === "instant") return (value as Date).getTime();
  return type === "long" ? Number(value) : value;
}

/** Rows of one file as they are gathered, and what they come to. */
function createSum({ columns, leafOf }: ArchivedTable) {
  const tree = createTree();
  const digest = createHash("sha256");
  const sum = { rows: 0, first: "", last: "" };
  const by = columns[0]!.name;
  return {
    add(list: ArchivedRow[]) {
      for (const row of list) {
        tree.add(leafOf(row));
        digest.update(spell(row, columns));
      }
      if (sum.rows === 0) sum.first = String(list[0]?.[by]);
      sum.rows += list.length;
      sum.last = String(list.at(-1)?.[by]);
    },
    end: () => ({ ...sum, root: tree.root(), digest: digest.digest("base64") }),
  };
}

/**
 * Writes rows into Parquet files of a million at most, with never more than a group of them in memory. Each file is read back and
 * compared row by row before it gets its name, so a name in the folder always stands for a whole file.
 * @param into path of the files below `folder`, without number and ending
 * @throws {Problem} `registry.archive-differs`
 */
export async function writeArchive(
  table: ArchivedTable,
  rows: AsyncIterable<ArchivedRow[]>,
  { folder, into }: { folder: string; into: string },
): Promise<ArchivedPart[]> {
  const parts: ArchivedPart[] = [];
  let open: ReturnType<typeof beginPart> | undefined;
  let waiting: ArchivedRow[] = [];
  const put = (group: ArchivedRow[]) => {
    open ??= beginPart(table, { folder, file: `${into}-${String(parts.length).padStart(3, "0")}.parquet` });
    open.add(group);
  };
  const finish = async () => {
    if (open) parts.push(await open.end());
    open = undefined;
  };
  for await (const some of rows) {
    waiting.push(...some);
    for (; waiting.length >= GROUP; waiting = waiting.slice(GROUP)) {
      put(waiting.slice(0, GROUP));
      if (open!.rows() >= PART) await finish();
      // Others of this process have their turn between two groups.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  if (waiting.length > 0) put(waiting);
  await finish();
  return parts;
}

function beginPart(table: ArchivedTable, { folder, file }: { folder: string; file: string }) {
  const target = path.join(folder, file);
  const draft = `${target}.draft`;
  mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
  const writer = new ParquetWriter({ writer: fileWriter(draft), schema: schemaOf(table), createdBy: "kerege" });
  const sum = createSum(table);
  let rows = 0;
  return {
    rows: () => rows,
    add(group: ArchivedRow[]) {
      rows += group.length;
      sum.add(group);
      const columnData = table.columns.map(({ name, type }, index) => ({
        name,
        data: group.map((row) => (type === "long" && row[name] !== null ? BigInt(row[name] as number) : row[name])),
        ...(index === 0 && { columnIndex: true }),
      }));
      writer.write({ columnData, rowGroupSize: GROUP, pageSize: PAGE_BYTES });
    },
    async end(): Promise<ArchivedPart> {
      writer.finish();
      const written = sum.end();
      const found = await readBack(table, draft);
      if (found.digest !== written.digest || !found.root.equals(written.root))
        throw problem("archive-differs", { params: { file } });
      const sha256 = await hashOf(draft);
      keep(draft);
      renameSync(draft, target);
      keep(path.dirname(target));
      const { rows, root, first, last } = written;
      return { file, rows, bytes: statSync(target).size, sha256, root, first, last };
    },
  };
}

/** Down to the disk: a file, or the names of a folder. */
function keep(place: string): void {
  const handle = openSync(place, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

async function readBack(table: ArchivedTable, place: string) {
  const sum = createSum(table);
  for await (const rows of readArchive(place)) sum.add(rows);
  return sum.end();
}

/** All rows of a file, a group at a time. */
export async function* readArchive(place: string): AsyncGenerator<ArchivedRow[], void> {
  const file = await asyncBufferFromFile(place);
  const metadata = await parquetMetadataAsync(file);
  for (let start = 0; start < Number(metadata.num_rows); start += GROUP)
    yield await parquetReadObjects({ file, metadata, rowStart: start, rowEnd: start + GROUP, utf8: false });
}

export async function hashOf(place: string): Promise<Buffer> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(place)) hash.update(chunk as Buffer);
  return hash.digest();
}

const MOST_OPEN = 16;

/** Finds rows in archived files by their first column, which the files are sorted by. */
export function createArchiveReader(folder: string) {
  // What is in a file never changes; the table of contents of those used last is kept.
  const contents = new Map<string, FileMetaData>();
  return async (file: string, where: { column: string; value: string }): Promise<ArchivedRow[]> => {
    const buffer = await asyncBufferFromFile(path.join(folder, file));
    const metadata = contents.get(file) ?? (await parquetMetadataAsync(buffer));
    contents.delete(file);
    contents.set(file, metadata);
    if (contents.size > MOST_OPEN) contents.delete(contents.keys().next().value!);
    return parquetReadObjects({
      file: buffer,
      metadata,
      filter: { [where.column]: { $eq: where.value } },
      usePageIndex: true,
      utf8: false,
    });
  };
}
export type ArchiveReader = ReturnType<typeof createArchiveReader>;
