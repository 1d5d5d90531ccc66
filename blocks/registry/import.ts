import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, mkdirSync } from "node:fs";
import { rename, stat, unlink } from "node:fs/promises";
import path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Transaction } from "@kerege/kernel/database";
import { Problem } from "@kerege/kernel/problem";
import type { RecordRequest, RegistryDoor } from "./door.ts";
import type { ImportLine, ImportState, WritingDoor } from "./door-writing.ts";
import { type FileLine, readCsvHeader, readCsvLines, readJsonLines } from "./import-lines.ts";
import { requestOf, unknownColumns } from "./import-values.ts";
import { xlsxToLines } from "./import-xlsx.ts";
import { problem } from "./problems.ts";
import type { Writing } from "./recording.ts";
import type { Published } from "./registers.ts";
import {
  addImport,
  decideLine,
  endImport,
  findImport,
  findLine,
  type ImportRow,
  type LineRow,
  listImports,
  listLines,
  noteProgress,
  resumeImport,
} from "./store-import.ts";
import type { CompiledRegister } from "./store-sql.ts";

const CHUNK = 512;
/** A job works so long and hands over to the next one, well within the time after which another worker takes it for dead. */
const SLICE_MS = 20_000;
const [FEW_LINES, MOST_LINES, MOST_REPORTED] = [100, 1000, 1000];
const [FEW_IMPORTS, MOST_IMPORTS] = [20, 100];
const JOB = "registry.import";

interface Line {
  at: FileLine;
  request?: RecordRequest;
  faults: RecordFaults;
}
type RecordFaults = LineRow["faults"];

/** Brings files with many records in: good lines are written, bad ones reported, doubtful ones put aside. */
export function createImporting(
  means: Pick<Means, "database" | "clock" | "ids" | "jobs" | "dataFolder" | "log">,
  { published, writing, search }: { published: Published; writing: Writing; search: RegistryDoor["search"] },
): Pick<WritingDoor, "stageImport" | "previewImport" | "runImport" | "readImport" | "imports" | "importLines" | "decideLine"> {
  const folder = path.join(means.dataFolder, "import");
  const fileOf = (id: string) => path.join(folder, id);

  const owned = async (actor: Actor, id: string): Promise<{ row: ImportRow; register: CompiledRegister }> => {
    const row = await findImport(means.database, id);
    if (!row) throw problem("unknown-import");
    const register = published.register(row.register);
    writing.allowEvent(actor, register, row.event);
    return { row, register };
  };

  const requestAt = (register: CompiledRegister, row: ImportRow, at: FileLine): Line => {
    if (!("given" in at)) return { at, faults: [] };
    const { request, faults } = requestOf(register, at.given, { document: row.document, validFrom: row.validFrom ?? undefined });
    return { at, faults, request: { ...request, register: row.register, event: row.event, act: actOf(row.id, at.line) } };
  };

  /** What the file says from a place on. */
  const linesFrom = (row: ImportRow, from: { byte: number; line: number }) => {
    const chunks = createReadStream(fileOf(row.id), { start: from.byte });
    if (row.format !== "csv") return readJsonLines(chunks, { from });
    const [separator, ...columns] = row.columns!;
    return readCsvLines(chunks, { from, header: { separator: separator!, columns } });
  };

  /** Another record found by the declared search with the values of the line. */
  const alikeTo = async (row: ImportRow, register: CompiledRegister, request: RecordRequest): Promise<string[]> => {
    if (row.alike === null) return [];
    const condition = register.expanded.declared.search[row.alike]!;
    const wanted = [...(condition.exact ?? []), ...(condition.fuzzy ?? []), ...(condition.prefix ? [condition.prefix] : [])];
    const values = Object.fromEntries(wanted.map((field) => [field, request.values[field] ?? null]));
    if (Object.values(values).some((value) => value === null)) return [];
    const { rows } = await search(row.actor, {
      register: row.register,
      condition: row.alike,
      values,
      fields: [register.declaration.key],
      ground: row.ground!,
    });
    return rows.map(({ key }) => key).filter((key) => key !== request.key);
  };

  /** What becomes of lines: nothing for one that is written (or would be). */
  const judge = async (row: ImportRow, register: CompiledRegister, given: { lines: Line[]; write: boolean }) => {
    const { lines, write } = given;
    const open = lines.filter((line) => line.request && line.faults.length === 0);
    const alike = new Map<Line, string[]>();
    if (row.alike !== null) {
      for (const line of open) {
        const keys = await alikeTo(row, register, line.request!);
        if (keys.length > 0) alike.set(line, keys);
      }
    }
    const ready = open.filter((line) => !alike.has(line));
    const requests = ready.map((line) => line.request!);
    const refusals = write
      ? (await Promise.allSettled(requests.map((request) => writing.record(row.actor, request)))).map((result) =>
          result.status === "rejected" ? (result.reason as unknown) : undefined,
        )
      : await writing.preview(row.actor, register, requests);
    const refused = new Map(ready.map((line, index) => [line, refusals[index]]));
    return lines.flatMap((line) => verdictOf(line, { alike: alike.get(line), refusal: refused.get(line) }) ?? []);
  };

  /** Does a stretch of the file and notes it: false when all is done. */
  const stretch = async (row: ImportRow, register: CompiledRegister): Promise<boolean> => {
    const until = means.clock.now().getTime() + SLICE_MS;
    let { bytesDone } = row;
    let lines: Line[] = [];
    const note = async () => {
      const put = await judge(row, register, { lines, write: true });
      const { next, line, lines: long } = lines.at(-1)!.at;
      const done = { bytesDone: next, nextLine: line + long, lines: lines.length, good: lines.length - put.length };
      const mine = await means.database.transaction((tx) => noteProgress(tx, { id: row.id, from: bytesDone, ...done, put }));
      [bytesDone, lines] = [next, []];
      return mine;
    };
    for await (const at of linesFrom(row, { byte: bytesDone, line: row.nextLine })) {
      lines.push(requestAt(register, row, at));
      if (lines.length < CHUNK) continue;
      if (!(await note())) return false;
      if (means.clock.now().getTime() > until) return true;
    }
    if (lines.length > 0 && !(await note())) return false;
    await endImport(means.database, { id: row.id, state: "done", fault: null, at: means.clock.now() });
    return false;
  };

  means.jobs.perform(JOB, async ({ id }) => {
    const row = await findImport(means.database, String(id));
    if (!row || row.state === "done" || row.state === "stopped") return;
    try {
      if (!(await stretch(row, published.register(row.register)))) return;
    } catch (error) {
      // What no line is guilty of and will not pass by waiting ends the import; the rest is tried again by the queue.
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      return endImport(means.database, { id: row.id, state: "stopped", fault: error.code, at: means.clock.now() });
    }
    await means.database.transaction((tx) => means.jobs.ask(tx, { name: JOB, body: { id: row.id } }));
  });

  return {
    async stageImport(actor, request) {
      const register = published.register(request.register);
      writing.allowEvent(actor, register, request.event);
      if (request.alike !== undefined && (!register.expanded.declared.search[request.alike] || request.ground === undefined))
        throw problem("unknown-search", { params: { register: request.register, search: request.alike } });
      const id = means.ids.next();
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const kept = await keepFile(fileOf(id), request.source);
      const head = await headOf(fileOf(id), request.format);
      const sha256 = kept.sha256;
      // Of a workbook the rows are kept, and those are counted.
      const bytes = (await stat(fileOf(id))).size;
      const strange = head && unknownColumns(register, head.header.columns);
      if (!head || strange!.length > 0) {
        await unlink(fileOf(id));
        throw problem("wrong-import", { params: { line: 1, column: strange?.join(", ") ?? "" } });
      }
      const { source: _, ...rest } = request;
      const row: ImportRow = {
        ...rest,
        id,
        sha256,
        bytes,
        validFrom: request.validFrom ?? null,
        alike: request.alike ?? null,
        ground: request.ground ?? null,
        actor,
        columns: request.format === "csv" ? [head.header.separator, ...head.header.columns] : null,
        bytesDone: head.from.byte,
        nextLine: head.from.line,
        lines: 0,
        good: 0,
        bad: 0,
        looksLike: 0,
        state: "waiting",
        fault: null,
        createdAt: means.clock.now(),
        endedAt: null,
      };
      await addImport(means.database, row);
      return stateOf(row);
    },

    async previewImport(actor, { id, lines: wanted }) {
      const { row, register } = await owned(actor, id);
      const most = Math.min(wanted ?? FEW_LINES, MOST_LINES);
      const lines: Line[] = [];
      for await (const at of linesFrom(row, { byte: row.bytesDone, line: row.nextLine })) {
        lines.push(requestAt(register, row, at));
        if (lines.length === most) break;
      }
      const put = await judge(row, register, { lines, write: false });
      const bad = put.filter(({ verdict }) => verdict === "bad").length;
      return {
        lines: lines.length,
        good: lines.length - put.length,
        bad,
        looksLike: put.length - bad,
        report: put.map(({ alike, ...line }): ImportLine => ({ ...line, looksLike: alike })),
      };
    },

    async runImport(actor, { id }) {
      const { row } = await owned(actor, id);
      const ask = (tx: Transaction) => means.jobs.ask(tx, { name: JOB, body: { id } });
      if (row.state === "waiting") await means.database.transaction(ask);
      if (row.state !== "stopped") return stateOf(row);
      await means.database.transaction(async (tx) => {
        if (await resumeImport(tx, id)) await ask(tx);
      });
      return stateOf((await owned(actor, id)).row);
    },

    readImport: async (actor, { id }) => stateOf((await owned(actor, id)).row),

    async imports(actor, { after, limit } = {}) {
      if (actor.kind === "person") throw problem("not-found");
      const pairs = published.all().flatMap(({ declaration: { register, owner, events } }) =>
        Object.entries(events)
          .filter(([, event]) => owner === actor.body || event.by?.includes(actor.body))
          .map(([event]) => ({ register, event })),
      );
      const page = await listImports(means.database, {
        registers: pairs.map(({ register }) => register),
        events: pairs.map(({ event }) => event),
        limit: Math.min(Math.max(1, limit ?? FEW_IMPORTS), MOST_IMPORTS),
        ...(after !== undefined && { after }),
      });
      return { ...page, rows: page.rows.map((row) => ({ ...stateOf(row), by: actorKey(row.actor) })) };
    },

    async importLines(actor, { id, verdict, after, limit }) {
      await owned(actor, id);
      const most = Math.min(limit ?? FEW_LINES, MOST_REPORTED);
      return listLines(means.database, { id, verdict: verdict ?? null, after: after ?? 0, limit: most });
    },

    async decideLine(actor, { id, line, same }) {
      const { row, register } = await owned(actor, id);
      const found = await findLine(means.database, id, line);
      if (found?.verdict !== "alike") throw problem(found ? "decided-already" : "not-found");
      if (!same) {
        const { request } = requestAt(register, row, { line, next: 0, lines: 1, given: found.given });
        await writing.record(actor, request!);
      }
      const decided = {
        id,
        line,
        verdict: same ? ("same" as const) : ("new" as const),
        by: actorKey(actor),
        at: means.clock.now(),
      };
      if (!(await decideLine(means.database, decided))) throw problem("decided-already");
    },
  };
}

/** Columns of a file and where its lines begin; of a workbook its rows take its place. */
async function headOf(file: string, format: ImportState["format"]) {
  const start = { byte: 0, line: 1 };
  if (format === "csv") return readCsvHeader(createReadStream(file));
  if (format === "jsonl") return { header: { separator: "", columns: [] }, from: start };
  const columns = await xlsxToLines(file, `${file}.rows`);
  if (!columns) return undefined;
  await rename(`${file}.rows`, file);
  return { header: { separator: "", columns }, from: start };
}

/** The act of a line, the same however often the line is done: a UUID of version 8 (RFC 9562, 5.8) made of the import and the line. */
function actOf(id: string, line: number): string {
  const hash = createHash("sha256").update(`${id} ${line}`).digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** What is said of a line that is not written. A fault of the machine is no fault of the line: it is thrown. */
function verdictOf(
  { at, request, faults }: Line,
  { alike, refusal }: { alike: string[] | undefined; refusal: unknown },
): LineRow | undefined {
  const base = {
    line: at.line,
    key: request?.key ?? null,
    given: "given" in at ? at.given : {},
    params: {},
    faults: [],
    alike: [],
  };
  if (!("given" in at)) return { ...base, verdict: "bad", code: `registry.import.${at.fault}` };
  if (faults.length > 0) return { ...base, verdict: "bad", code: "registry.wrong-value", faults };
  if (alike) return { ...base, verdict: "alike", code: "registry.import.looks-like", alike };
  if (refusal === undefined) return undefined;
  if (!(refusal instanceof Problem) || refusal.status >= 500) throw refusal;
  const { code, params, fields } = refusal;
  if (code === "registry.taken") return { ...base, verdict: "alike", code, faults: fields, alike: [String(params.holder)] };
  return { ...base, verdict: "bad", code, params, faults: fields };
}

/** Keeps a file under its name once all of it is there. */
async function keepFile(file: string, source: AsyncIterable<Uint8Array>): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  try {
    await pipeline(Readable.from(source), count, createWriteStream(`${file}.part`, { mode: 0o600 }));
  } catch (error) {
    // Who sends it went away, or it is too much: nothing half there stays.
    await unlink(`${file}.part`).catch(() => {});
    throw error;
  }
  await rename(`${file}.part`, file);
  return { sha256: hash.digest("hex"), bytes };
}

function stateOf({
  document: _,
  validFrom: _v,
  alike: _a,
  ground: _g,
  actor: _c,
  columns: _n,
  nextLine: _l,
  ...state
}: ImportRow): ImportState {
  return state;
}
