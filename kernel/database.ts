import { createHash } from "node:crypto";
import pg from "pg";
import { copyIn } from "./copy.ts";
import { type LaneClient, openLanes } from "./lanes.ts";
import { kernelProblem } from "./problem.ts";

/** SQL with every value a parameter. A part made by `sql` or `name` may be nested; anything else becomes `$n`. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Name of the prepared statement; only texts fixed in the source have one, so that their number is bounded. */
  readonly prepared?: string;
}

/** Only what this file made may be part of another statement: a value of the same shape from outside stays a value. */
class Part implements Statement {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly prepared?: string;
  constructor(text: string, values: readonly unknown[], prepared?: string) {
    this.text = text;
    this.values = values;
    this.prepared = prepared;
  }
}

class Name {
  readonly quoted: string;
  constructor(parts: string[]) {
    this.quoted = parts.map((part) => `"${part.replaceAll('"', '""')}"`).join(".");
  }
}

/** An identifier: `name("registry", "person")` gives `"registry"."person"`. */
export function name(...parts: string[]): Name {
  return new Name(parts);
}

interface Fixed {
  readonly text: string;
  readonly prepared: string;
}
const fixedTexts = new WeakMap<TemplateStringsArray, Fixed>();
/** Statements put together of texts fixed in the source alone are of a bounded number as well: by place in the source and parts. */
const composedTexts = new WeakMap<TemplateStringsArray, Map<string, Fixed>>();
const joinedTexts = new Map<string, Fixed>();

export function sql(strings: TemplateStringsArray, ...values: unknown[]): Statement {
  if (!values.some((value) => value instanceof Name || value instanceof Part)) {
    let fixed = fixedTexts.get(strings);
    if (!fixed) {
      fixed = fixedText(strings.reduce((all, part, index) => (index === 0 ? part : `${all}$${index}${part}`), ""));
      fixedTexts.set(strings, fixed);
    }
    return new Part(fixed.text, values, fixed.prepared);
  }
  const key = partsOf(values);
  if (key === undefined) return new Part(compose(strings, values), flat(values));
  let byParts = composedTexts.get(strings);
  if (!byParts) {
    byParts = new Map();
    composedTexts.set(strings, byParts);
  }
  let fixed = byParts.get(key);
  if (!fixed) {
    fixed = fixedText(compose(strings, values));
    byParts.set(key, fixed);
  }
  return new Part(fixed.text, flat(values), fixed.prepared);
}

/** Which parts stand where; undefined where one of them, or a name, is not fixed in the source. */
function partsOf(values: readonly unknown[]): string | undefined {
  let key = "";
  for (const value of values) {
    if (value instanceof Name) return undefined;
    if (value instanceof Part) {
      if (value.prepared === undefined) return undefined;
      key += value.prepared;
    }
    key += " ";
  }
  return key;
}

function compose(strings: readonly string[], values: readonly unknown[]): string {
  let text = strings[0]!;
  let count = 0;
  values.forEach((value, index) => {
    if (value instanceof Name) text += value.quoted;
    else if (value instanceof Part) {
      const offset = count;
      text += value.text.replace(/\$(\d+)/g, (_, number) => `$${Number(number) + offset}`);
      count += value.values.length;
    } else text += `$${++count}`;
    text += strings[index + 1];
  });
  return text;
}

function flat(values: readonly unknown[]): unknown[] {
  const all: unknown[] = [];
  for (const value of values) {
    if (value instanceof Part) for (const one of value.values) all.push(one);
    else if (!(value instanceof Name)) all.push(value);
  }
  return all;
}

function fixedText(text: string): Fixed {
  return { text, prepared: statementName(text) };
}

/** A statement whose text was generated once (when a register is published): prepared like one fixed in the source. */
export function prepared(text: string): (values: unknown[]) => Statement {
  const key = statementName(text);
  return (values) => new Part(text, values, key);
}

/** More parts than a source ever names one by one: how many there are depends on what is asked. */
const MOST_FIXED = 16;

export function joined(parts: Statement[], separator: ", " | " and " | " or "): Statement {
  const strings = parts.map((_, index) => (index === 0 ? "" : separator)).concat("");
  const key = parts.length <= MOST_FIXED ? partsOf(parts) : undefined;
  if (key === undefined) return new Part(compose(strings, parts), flat(parts));
  let fixed = joinedTexts.get(separator + key);
  if (!fixed) {
    fixed = fixedText(compose(strings, parts));
    joinedTexts.set(separator + key, fixed);
  }
  return new Part(fixed.text, flat(parts), fixed.prepared);
}

function statementName(text: string): string {
  return `k${createHash("sha256").update(text).digest("base64url").slice(0, 20)}`;
}

export interface Queryable {
  /** All rows. */
  rows<Row = Record<string, unknown>>(statement: Statement): Promise<Row[]>;
  /** The first row or nothing. */
  first<Row = Record<string, unknown>>(statement: Statement): Promise<Row | undefined>;
  /** Number of rows changed. */
  run(statement: Statement): Promise<number>;
}

export interface Transaction extends Queryable {
  /** Runs after the commit, in this process only (to wake a worker, say); never when the transaction is rolled back. */
  afterCommit(then: () => void): void;
  /** `copy … from stdin`: rows in the text format of COPY (`copyLine`). Number of rows. */
  copyIn(text: string, chunks: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<number>;
}

export interface Database extends Queryable {
  /** Runs the work in one transaction (read committed). A thrown error rolls all of it back. */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** A connection of its own, for COPY and locks that outlive a statement. Give it back by ending the work. */
  session<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

// PostgreSQL's date is a calendar day and must not pass through a JavaScript Date, which would move it by the time zone.
// The numbers of the array types stand in PostgreSQL's pg_type.dat; the driver names only the single ones.
const [INT8_ARRAY, DATE_ARRAY, FLOAT8_ARRAY, TEXT_ARRAY] = [1016, 1182, 1022, 1009];
const types = {
  getTypeParser(oid: number, format?: "text" | "binary") {
    if (oid === pg.types.builtins.DATE) return (value: string) => value;
    if (oid === pg.types.builtins.INT8) return (value: string) => Number(value);
    if (oid === DATE_ARRAY) return pg.types.getTypeParser(TEXT_ARRAY, format);
    if (oid === INT8_ARRAY) return pg.types.getTypeParser(FLOAT8_ARRAY, format);
    return pg.types.getTypeParser(oid, format);
  },
};

export function openDatabase(config: pg.PoolConfig): Database {
  const pool = new pg.Pool({
    max: 12,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 15_000,
    ...config,
    types: types as pg.CustomTypesConfig,
  });
  // A connection that dies while idle is replaced at its next use; the statement that needs it reports the fault.
  pool.on("error", () => {});
  const session = async <Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> => {
    const client = await pool.connect().catch(refuseBusy);
    let broken = false;
    // Lost between two statements, a connection nobody listens to would end the process; the next statement reports it.
    const lost = () => {
      broken = true;
    };
    client.on("error", lost);
    try {
      return await work(client);
    } catch (error) {
      broken ||= isConnectionLost(error);
      throw error;
    } finally {
      client.removeListener("error", lost);
      client.release(broken);
    }
  };
  const piped = { ...config, connectionTimeoutMillis: 15_000, types: types as pg.CustomTypesConfig, pipeline: true };
  const lanes = openLanes(() => new pg.Client(piped) as unknown as LaneClient<pg.QueryConfig, pg.QueryResult>);
  return {
    ...queryable((statement) => lanes.ask(query(statement)) ?? pool.query(query(statement)).catch(refuseBusy)),
    session,
    transaction: async (work) => {
      const after: (() => void)[] = [];
      const result = await session(async (client) => {
        await client.query("begin");
        try {
          const made = await work({
            ...queryable((statement) => client.query(query(statement))),
            afterCommit: (then) => after.push(then),
            copyIn: (text, chunks) => copyIn(client, text, chunks),
          });
          // Where a statement failed and the work went on all the same, PostgreSQL answers a commit with a rollback and no fault.
          if ((await client.query("commit")).command !== "COMMIT") throw kernelProblem("internal");
          return made;
        } catch (error) {
          await client.query("rollback").catch(() => {});
          throw error;
        }
      });
      for (const then of after) then();
      return result;
    },
    close: async () => {
      await lanes.close();
      await pool.end();
    },
  };
}

function query(statement: Statement): pg.QueryConfig {
  return { text: statement.text, values: statement.values as unknown[], name: statement.prepared };
}

function queryable(ask: (statement: Statement) => Promise<pg.QueryResult>): Queryable {
  return {
    rows: async <Row>(statement: Statement) => (await ask(statement)).rows as Row[],
    first: async <Row>(statement: Statement) => (await ask(statement)).rows[0] as Row | undefined,
    run: async (statement) => (await ask(statement)).rowCount ?? 0,
  };
}

/** All connections stayed taken for the whole time of waiting. The pool says so in words only. */
function refuseBusy(error: unknown): never {
  if (error instanceof Error && error.message === "timeout exceeded when trying to connect")
    throw kernelProblem("too-busy", { cause: error });
  throw error;
}

function isConnectionLost(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return code.startsWith("08") || code.startsWith("57P") || code === "ECONNRESET" || code === "EPIPE";
}

/** True for a violated unique key (SQLSTATE 23505), where two requests raced and the other one won. */
export function isDuplicate(error: unknown, constraint?: string): boolean {
  if (!(error instanceof pg.DatabaseError) || error.code !== "23505") return false;
  return constraint === undefined || error.constraint === constraint;
}

/** True where a table or a schema is not there (SQLSTATE 42P01, 3F000): nothing has been opened over this database yet. */
export function isUnknownTable(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code === "42P01" || error.code === "3F000");
}
