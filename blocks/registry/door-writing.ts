import type { Actor } from "@kerege/kernel/actor";
import type { FieldProblem } from "@kerege/kernel/problem";
import type { Values } from "./declaration.ts";
import type { FeedEntry, GroundDocument, Page } from "./door.ts";
import type { Link } from "./survey.ts";

/** Two records of one thing that become one: `from` goes, `into` stays. */
export interface Merge {
  id: string;
  register: string;
  from: string;
  into: string;
  reason: string;
  /** `actorKey` of who proposed and who decided. */
  proposedBy: string;
  proposedAt: Date;
  state: "proposed" | "accepted" | "refused";
  decidedBy: string | null;
  decidedAt: Date | null;
}

export interface ImportRequest {
  register: string;
  /** Event each line is; usually one that creates. */
  event: string;
  /**
   * `csv`: RFC 4180 in UTF-8, also with semicolons or tabs; the first line names the columns. `jsonl`: an object on each line. `xlsx`: the
   * first sheet of a workbook of at most 30 MB, the first row names the columns. Names are those of the fields (or of their parts), of the key, and `valid_from`, `document`, `document_kind`, `document_on`.
   */
  format: "csv" | "jsonl" | "xlsx";
  fileName: string;
  source: AsyncIterable<Uint8Array>;
  /** For lines that do not name their own. */
  document: GroundDocument;
  validFrom?: string;
  /** A declared search whose values are taken from the line: a line that finds another record is put aside. Needs a ground. */
  alike?: string;
  ground?: string;
}

export interface ImportState {
  id: string;
  register: string;
  event: string;
  format: "csv" | "jsonl" | "xlsx";
  fileName: string;
  /** Of the file, in hex. */
  sha256: string;
  bytes: number;
  bytesDone: number;
  /** Records of the file that were looked at: `good` are written, `bad` are reported, `looksLike` wait for a decision. */
  lines: number;
  good: number;
  bad: number;
  looksLike: number;
  state: "waiting" | "running" | "done" | "stopped";
  /** Code of the Problem that stopped it. */
  fault: string | null;
  createdAt: Date;
  endedAt: Date | null;
}

/** An import in the list of a desk. */
export type ImportListed = ImportState & {
  /** `actorKey` of who brought the file. */
  by: string;
};

/** A line of the report: why it was not written. The text of `code` and of each fault is in the reader's language. */
export interface ImportLine {
  /** In the file, from 1. */
  line: number;
  /** `bad`, or `alike` until it is decided: `same` (left out) or `new` (written). */
  verdict: "bad" | "alike" | "same" | "new";
  key: string | null;
  given: Record<string, unknown>;
  /** Code of a Problem, or a text key of this block where the line cannot be read. */
  code: string;
  params: Record<string, string | number>;
  faults: FieldProblem[];
  /** Keys of records it looks like. */
  looksLike: string[];
}

export interface ImportPreview {
  lines: number;
  good: number;
  bad: number;
  looksLike: number;
  report: ImportLine[];
}

/** A record as it comes with a first load. */
export interface BulkRow {
  key: string;
  values: Values;
  /** `YYYY-MM-DD` */
  validFrom: string;
}

export interface BulkLoadRequest {
  register: string;
  /** One that creates. */
  event: string;
  document: GroundDocument;
  /** Some at a time, as many as are at hand. */
  rows: Iterable<BulkRow[]> | AsyncIterable<BulkRow[]>;
}

/** What neighbours may ask of the writing side beside `record` and `load`. Only the owner of a register does any of it. */
export interface WritingDoor {
  /**
   * The first load of an empty register: the same checks and the same end state as `record`, written in one transaction at many times
   * the speed; indexes are made at the end. Nothing is told to upper blocks. Gives the number of records. @throws {Problem}
   * `registry.not-empty`, `registry.wrong-value` with the row from 1, `registry.exists-already` where a key comes twice
   */
  bulkLoad(actor: Actor, request: BulkLoadRequest): Promise<number>;
  /**
   * Says that two records are of one thing. Nothing changes until another official of the owner decides. @throws {Problem}
   * `registry.wrong-value` where one of them is not there or at an end, `registry.not-owner`
   */
  proposeMerge(actor: Actor, request: { register: string; from: string; into: string; reason: string }): Promise<Merge>;
  /**
   * Another official of the owner than who proposed decides. When accepted, `from` is at an end from today (event `merged`), its
   * history stays readable, and what pointed at it is told (`registry.merged`) and listed, at most 100 of each field.
   * @throws {Problem} `registry.same-person`, `registry.decided-already`, `registry.not-found`, `registry.not-owner`
   */
  decideMerge(actor: Actor, request: { id: string; accept: boolean }): Promise<Merge & { links: Link[] }>;
  /** Newest first, at most 200. */
  merges(actor: Actor, request: { register: string; state?: Merge["state"] }): Promise<Merge[]>;
  /** The record into which another went; undefined where it did not. */
  mergedInto(register: string, key: string): Promise<string | undefined>;
  /**
   * Changes of a register in the order of the log, at most 1000. A change gets its place shortly after its commit; with `next` as
   * `after` nothing is ever skipped or repeated. @throws {Problem} `registry.wrong-page-mark`
   */
  changes(request: { register: string; after?: string; limit?: number }): Promise<Page<FeedEntry>>;
  /** Removes the records of a register whose declared time of keeping is over: how many. Done by the daily job. */
  erase(register: string): Promise<number>;
  /**
   * Takes in a file that brings many records. Nothing is written before `runImport`. @throws {Problem} `registry.wrong-import` where
   * the first line is no line of column names or names a column that is not there, `registry.not-owner`, `registry.unknown-event`
   */
  stageImport(actor: Actor, request: ImportRequest): Promise<ImportState>;
  /** The same checks on the first lines (100 when left out, at most 1000), with nothing written. */
  previewImport(actor: Actor, request: { id: string; lines?: number }): Promise<ImportPreview>;
  /** Begins, or goes on after a fault; done by a job, so that it outlives the process. Each line is written at most once. */
  runImport(actor: Actor, request: { id: string }): Promise<ImportState>;
  readImport(actor: Actor, request: { id: string }): Promise<ImportState>;
  /** Of all registers and events this body may record, newest first; at most 100 a page. @throws {Problem} `registry.wrong-page-mark` */
  imports(actor: Actor, request?: { after?: string; limit?: number }): Promise<Page<ImportListed>>;
  /** The report by line; `after` is the line before. */
  importLines(
    actor: Actor,
    request: { id: string; verdict?: ImportLine["verdict"]; after?: number; limit?: number },
  ): Promise<ImportLine[]>;
  /** Decides about a line that looks like a record that is there: the same one (left out) or a new one (written now). */
  decideLine(actor: Actor, request: { id: string; line: number; same: boolean }): Promise<void>;
}
