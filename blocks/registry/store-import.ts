import type { Actor } from "@kerege/kernel/actor";
import { type Database, type Queryable, sql, type Transaction } from "@kerege/kernel/database";
import type { FieldProblem } from "@kerege/kernel/problem";
import type { GroundDocument, Page } from "./door.ts";
import type { ImportLine, ImportState } from "./door-writing.ts";
import { decodePlace, encodePlace, withMark } from "./page-mark.ts";

/** An import with all that is needed to go on with it. */
export interface ImportRow extends ImportState {
  document: GroundDocument;
  validFrom: string | null;
  alike: string | null;
  ground: string | null;
  actor: Actor;
  /** Separator and names of the columns, where the format has them. */
  columns: string[] | null;
  /** Line of the file that begins at `bytesDone`. */
  nextLine: number;
}

type Row = Record<string, unknown>;

const toImport = (row: Row): ImportRow => ({
  id: row.id as string,
  register: row.register as string,
  event: row.event as string,
  format: row.format as ImportRow["format"],
  document: row.document as GroundDocument,
  validFrom: row.valid_from as string | null,
  alike: row.alike as string | null,
  ground: row.ground as string | null,
  actor: row.actor as Actor,
  columns: row.columns as string[] | null,
  nextLine: row.next_line as number,
  fileName: row.file_name as string,
  sha256: row.sha256 as string,
  bytes: row.bytes as number,
  bytesDone: row.bytes_done as number,
  lines: row.lines as number,
  good: row.good as number,
  bad: row.bad as number,
  looksLike: row.alike_lines as number,
  state: row.state as ImportRow["state"],
  fault: row.fault as string | null,
  createdAt: row.created_at as Date,
  endedAt: row.ended_at as Date | null,
});

export async function addImport(database: Database, one: ImportRow): Promise<void> {
  await database.run(sql`insert into registry.import (id, register, event, format, document, valid_from, alike, ground, actor, file_name, sha256,
      bytes, bytes_done, next_line, columns, lines, good, bad, alike_lines, state, created_at)
    values (${one.id}, ${one.register}, ${one.event}, ${one.format}, ${JSON.stringify(one.document)}::jsonb, ${one.validFrom}, ${one.alike}, ${one.ground},
      ${JSON.stringify(one.actor)}::jsonb, ${one.fileName}, ${one.sha256}, ${one.bytes}, ${one.bytesDone}, ${one.nextLine}, ${one.columns}, ${one.lines}, 0, 0, 0, 'waiting', ${one.createdAt})`);
}

export async function findImport(database: Queryable, id: string): Promise<ImportRow | undefined> {
  const row = await database.first<Row>(sql`select * from registry.import where id = ${id}`);
  return row && toImport(row);
}

/** Imports of pairs of register and event, newest first. */
export async function listImports(
  database: Queryable,
  asked: { registers: string[]; events: string[]; after?: string; limit: number },
): Promise<Page<ImportRow>> {
  const [place] = asked.after === undefined ? [null] : decodePlace(asked.after, 1);
  const rows = await withMark(asked.after, () =>
    database.rows<Row>(sql`select * from registry.import
      where (register, event) in (select * from unnest(${asked.registers}::text[], ${asked.events}::text[]))
        and (${place}::uuid is null or id < ${place}::uuid) order by id desc limit ${asked.limit + 1}`),
  );
  const page = rows.slice(0, asked.limit);
  return { rows: page.map(toImport), next: rows.length > asked.limit ? encodePlace([page.at(-1)!.id]) : undefined };
}

/** A stopped import goes on: true when it was stopped until now. */
export async function resumeImport(tx: Transaction, id: string): Promise<boolean> {
  const changed = await tx.run(
    sql`update registry.import set state = 'running', fault = null, ended_at = null where id = ${id} and state = 'stopped'`,
  );
  return changed === 1;
}

/** What a stretch of the file came to. */
export interface Progress {
  id: string;
  /** Where the stretch began: another worker that did it too changes nothing. */
  from: number;
  bytesDone: number;
  nextLine: number;
  lines: number;
  good: number;
  put: LineRow[];
}

export interface LineRow {
  line: number;
  verdict: "bad" | "alike";
  key: string | null;
  given: Record<string, unknown>;
  code: string;
  params: Record<string, string | number>;
  faults: FieldProblem[];
  alike: string[];
}

/** Notes how far an import has come, with its report, in one transaction; false when another worker noted it first. */
export async function noteProgress(tx: Transaction, progress: Progress): Promise<boolean> {
  const { put } = progress;
  const bad = put.filter(({ verdict }) => verdict === "bad").length;
  const changed =
    await tx.run(sql`update registry.import set state = 'running', bytes_done = ${progress.bytesDone}, next_line = ${progress.nextLine}, lines = lines + ${progress.lines},
      good = good + ${progress.good}, bad = bad + ${bad}, alike_lines = alike_lines + ${put.length - bad}
    where id = ${progress.id} and bytes_done = ${progress.from} and state in ('waiting', 'running')`);
  if (changed === 0) return false;
  if (put.length === 0) return true;
  await tx.run(sql`insert into registry.import_line (import, line, verdict, key, given, code, params, faults, alike)
    select ${progress.id}, line, verdict, key, given, code, params, faults, array(select jsonb_array_elements_text(alike))
    from unnest(${put.map(({ line }) => line)}::int8[], ${put.map(({ verdict }) => verdict)}::text[], ${put.map(({ key }) => key)}::text[],
      ${put.map(({ given }) => JSON.stringify(given))}::jsonb[], ${put.map(({ code }) => code)}::text[],
      ${put.map(({ params }) => JSON.stringify(params))}::jsonb[], ${put.map(({ faults }) => JSON.stringify(faults))}::jsonb[],
      ${put.map(({ alike }) => JSON.stringify(alike))}::jsonb[]) as u(line, verdict, key, given, code, params, faults, alike)
    on conflict (import, line) do nothing`);
  return true;
}

export async function endImport(
  database: Queryable,
  given: { id: string; state: "done" | "stopped"; fault: string | null; at: Date },
): Promise<void> {
  await database.run(sql`update registry.import set state = ${given.state}, fault = ${given.fault}, ended_at = ${given.at}
    where id = ${given.id} and state in ('waiting', 'running')`);
}

export async function listLines(
  database: Queryable,
  asked: { id: string; verdict: string | null; after: number; limit: number },
): Promise<ImportLine[]> {
  const rows = await database.rows<Row>(sql`select * from registry.import_line
    where import = ${asked.id} and line > ${asked.after} and (${asked.verdict}::text is null or verdict = ${asked.verdict}) order by line limit ${asked.limit}`);
  return rows.map(toLine);
}

export async function findLine(database: Queryable, id: string, line: number): Promise<ImportLine | undefined> {
  const row = await database.first<Row>(sql`select * from registry.import_line where import = ${id} and line = ${line}`);
  return row && toLine(row);
}

/** True when it was open until now. */
export async function decideLine(
  database: Queryable,
  given: { id: string; line: number; verdict: "same" | "new"; by: string; at: Date },
): Promise<boolean> {
  const changed =
    await database.run(sql`update registry.import_line set verdict = ${given.verdict}, decided_by = ${given.by}, decided_at = ${given.at}
    where import = ${given.id} and line = ${given.line} and verdict = 'alike'`);
  return changed === 1;
}

const toLine = (row: Row): ImportLine => ({
  line: row.line as number,
  verdict: row.verdict as ImportLine["verdict"],
  key: row.key as string | null,
  given: row.given as Record<string, unknown>,
  code: row.code as string,
  params: row.params as Record<string, string | number>,
  faults: row.faults as FieldProblem[],
  looksLike: row.alike as string[],
});
