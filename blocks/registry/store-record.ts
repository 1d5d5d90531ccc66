import { copyLine } from "@kerege/kernel/copy";
import { prepared, type Queryable, type Statement, sql, type Transaction } from "@kerege/kernel/database";
import { arrayLiteral } from "./array-literal.ts";
import type { BatchRow } from "./chain.ts";
import type { Values } from "./declaration.ts";
import { type CompiledRegister, givenRows, quote } from "./store-sql.ts";
import type { VersionRow } from "./timeline.ts";

type Row = Record<string, unknown>;

/** A current row as it stands. */
export interface CurrentRow {
  key: string;
  version: number;
  validFrom: string;
  recordedAt: Date;
  endedOn: string | null;
  nextChangeOn: string | null;
  state: string | null;
  values: Values;
}

export type HeldVersion = VersionRow & { recordedAt: Date };

/** One row to write: a version (`kept`), the current row (`put`), or both in one. */
export interface WriteRow {
  values: Values;
  version: number;
  validFrom: string;
  validTo: string | null;
  recordedAt: Date;
  ended: boolean;
  event: string;
  document: string;
  documentKind: string | null;
  documentOn: string | null;
  act: string;
  fingerprint?: string;
  case: string | null;
  actor: string;
  state: string | null;
  salt: string | null;
  place: number;
  /** The row is a version. */
  kept: boolean;
  /** The row becomes the current one: in place of the version `before`, or as the first. */
  put: "no" | "insert" | "update";
  before: number | null;
  /** Version the current row then has. */
  last: number;
  endedOn: string | null;
  nextChangeOn: string | null;
  /** Last version of its act: the act is noted with it. */
  closes: boolean;
}

const TAIL: [name: string, sqlType: string, of: (row: WriteRow) => unknown][] = [
  ["version", "int", (row) => row.version],
  ["valid_from", "date", (row) => row.validFrom],
  ["valid_to", "date", (row) => row.validTo],
  ["recorded_at", "timestamptz", (row) => row.recordedAt.toISOString()],
  ["ended", "boolean", (row) => row.ended],
  ["event", "text", (row) => row.event],
  ["document", "text", (row) => row.document],
  ["act", "uuid", (row) => row.act],
  ["case_id", "text", (row) => row.case],
  ["actor", "text", (row) => row.actor],
  ["document_kind", "text", (row) => row.documentKind],
  ["document_on", "date", (row) => row.documentOn],
  ["state", "text", (row) => row.state],
  ["salt", "uuid", (row) => row.salt],
  ["leaf", "int", (row) => row.place],
];
const GUIDE: typeof TAIL = [
  ["kept", "boolean", (row) => row.kept],
  ["put", "text", (row) => row.put],
  ["before", "int", (row) => row.before],
  ["last", "int", (row) => row.last],
  ["ended_on", "date", (row) => row.endedOn],
  ["next_change_on", "date", (row) => row.nextChangeOn],
  ["closes", "boolean", (row) => row.closes],
  ["fingerprint", "text", (row) => row.fingerprint],
];

/** A statement over rows given as arrays, and the same over one row given as single values. */
interface Ways {
  many(given: unknown[]): Statement;
  one(given: unknown[]): Statement;
}
const both = (text: (one: boolean) => string): Ways => ({ many: prepared(text(false)), one: prepared(text(true)) });

const ASKED = [
  ["key", "text"],
  ["act", "uuid"],
] as const;

interface Recorder {
  find: Ways;
  write: Ways;
  versions(given: unknown[]): Statement;
  copyVersions: string;
  copyCurrent: string;
}
const recorders = new WeakMap<CompiledRegister, Recorder>();

function recorderOf(register: CompiledRegister): Recorder {
  let recorder = recorders.get(register);
  if (!recorder) {
    recorder = compileRecorder(register);
    recorders.set(register, recorder);
  }
  return recorder;
}

const CURRENT = ["version", "valid_from", "recorded_at", "ended_on", "next_change_on", "state"];

function compileRecorder(register: CompiledRegister): Recorder {
  const { table, versions, declaration, columns } = register;
  const key = quote(declaration.key);
  const fields = columns.map((column) => column.name);
  const keyed = register.besides.map(({ name }) => name);
  const arrays = [
    ...columns.map((column, index) => [`f${index}`, column.sqlType]),
    ...register.besides.map(({ sqlType }, index) => [`k${index}`, sqlType]),
    ...TAIL,
    ...GUIDE,
  ] as [string, string][];
  const ofFields = columns.map((_, index) => `u.f${index}`);
  const ofKeyed = keyed.map((_, index) => `u.k${index}`);
  const batch = `$${arrays.length + 1}::uuid`;
  const tail = TAIL.map(([name]) => name);
  const current = ["u.last", "u.valid_from", "u.recorded_at", "u.ended_on", "u.next_change_on", "u.state"];
  const set = [...fields, ...keyed, ...CURRENT].map((name, index) => `${name} = ${[...ofFields, ...ofKeyed, ...current][index]}`);
  return {
    find: both(
      (one) => `select u.nr::int as nr, a.key as act_key, a.version as act_version, a.fingerprint as act_fingerprint,
        r.${key} as found, ${CURRENT.map((name) => `r.${name} as c_${name}`).join(", ")}${fields.map((name, index) => `, r.${name} as f${index}`).join("")}
      from (${givenRows(ASKED, one)}) u
        left join registry.act a on a.act = u.act left join ${table} r on r.${key} = u.key`,
    ),
    // Columns by name: a node that widens the table while this one runs does not change what this statement gives.
    versions: prepared(
      `select ${[...fields, "version", "valid_from", "valid_to", "ended", "state", "recorded_at"].join(", ")} from ${versions} where ${key} = any($1::text[]) order by ${key}, version`,
    ),
    // One statement writes versions, current rows, acts and the batch. Nothing is locked before: two writers of one record meet at
    // the key of the versions, and the one that comes second is run again on what the first has made.
    write: both(
      (one) => `with u as materialized (${givenRows(arrays, one)}), v as (
        insert into ${versions} (${[...fields, ...tail, "batch"].join(", ")})
        select ${[...ofFields, ...tail.map((name) => `u.${name}`), batch].join(", ")} from u where u.kept
      ), i as (
        insert into ${table} (${[...fields, ...keyed, ...CURRENT].join(", ")})
        select ${[...ofFields, ...ofKeyed, ...current].join(", ")} from u where u.put = 'insert' returning 1
      ), w as (
        update ${table} r set ${set.join(", ")} from u where u.put = 'update' and r.${key} = u.f${columns.findIndex((one) => one.field === declaration.key)} and r.version = u.before
        returning 1
      ), a as (
        insert into registry.act (act, register, key, version, recorded_at, event, fingerprint, batch, place)
        select u.act, $${arrays.length + 2}::text, u.f${columns.findIndex((one) => one.field === declaration.key)}, u.last, u.recorded_at, u.event, u.fingerprint, ${batch}, u.leaf from u where u.closes
      ), b as (
        insert into registry.batch (id, register, chain, seq, at, kind, leaves, root, head, hashes)
        values (${batch}, $${arrays.length + 2}::text, $${arrays.length + 3}::uuid, $${arrays.length + 4}::int8, $${arrays.length + 5}::timestamptz, 'event',
          $${arrays.length + 6}::int, $${arrays.length + 7}::bytea, $${arrays.length + 8}::bytea, $${arrays.length + 9}::bytea)
      )`,
    ),
    copyVersions: `copy ${versions} (${[...fields, ...tail, "batch"].join(", ")}) from stdin`,
    copyCurrent: `copy ${table} (${[...fields, ...keyed, ...CURRENT].join(", ")}) from stdin`,
  };
}

/** The columns of a register out of a row whose fields stand under a prefix and their number, or under their own names. */
export function valuesOf(register: CompiledRegister, row: Row, numbered = false): Values {
  const values: Values = {};
  const { columns } = register;
  for (let index = 0; index < columns.length; index++) {
    const { field, decode } = columns[index]!;
    const raw = numbered ? row[`f${index}`] : row[field];
    values[field] = decode ? decode(raw) : ((raw ?? null) as Values[string]);
  }
  return values;
}

export interface FoundState {
  current?: CurrentRow;
  /** The act is known already: what it made. */
  act?: { key: string; version: number };
  /** What was sent with it then, where that is known. */
  fingerprint?: string;
}

/** What stands now for each key, and which of the acts are known: in the order asked. */
export async function findStates(
  from: Queryable,
  register: CompiledRegister,
  asked: { keys: string[]; acts: string[] },
): Promise<FoundState[]> {
  const { find } = recorderOf(register);
  const { keys, acts } = asked;
  const rows = await from.rows<Row>(keys.length === 1 ? find.one([keys[0], acts[0]]) : find.many([keys, acts]));
  const states: FoundState[] = asked.keys.map(() => ({}));
  for (const row of rows) {
    const state = states[(row.nr as number) - 1]!;
    if (row.act_key !== null) state.act = { key: row.act_key as string, version: row.act_version as number };
    if (typeof row.act_fingerprint === "string") state.fingerprint = row.act_fingerprint;
    if (row.found !== null) state.current = currentOf(register, row);
  }
  return states;
}

function currentOf(register: CompiledRegister, row: Row): CurrentRow {
  return {
    key: row.found as string,
    version: row.c_version as number,
    validFrom: row.c_valid_from as string,
    recordedAt: row.c_recorded_at as Date,
    endedOn: row.c_ended_on as string | null,
    nextChangeOn: row.c_next_change_on as string | null,
    state: row.c_state as string | null,
    values: valuesOf(register, row, true),
  };
}

const NO_ACT = "00000000-0000-0000-0000-000000000000";

/** Current rows by key; those that are not there are left out. */
export async function findCurrent(from: Queryable, register: CompiledRegister, keys: string[]): Promise<Map<string, CurrentRow>> {
  if (keys.length === 0) return new Map();
  const states = await findStates(from, register, { keys, acts: keys.map(() => NO_ACT) });
  return new Map(states.flatMap(({ current }) => (current ? [[current.key, current]] : [])));
}

/** All versions of some records, oldest first. */
export async function findVersions(
  from: Queryable,
  register: CompiledRegister,
  keys: string[],
): Promise<Map<string, HeldVersion[]>> {
  const found = new Map<string, HeldVersion[]>();
  if (keys.length === 0) return found;
  const rows = await from.rows<Row>(recorderOf(register).versions([keys]));
  for (const row of rows) {
    const key = row[register.declaration.key] as string;
    const list = found.get(key) ?? [];
    if (list.length === 0) found.set(key, list);
    list.push({
      version: row.version as number,
      from: row.valid_from as string,
      to: row.valid_to as string | null,
      ended: row.ended as boolean,
      state: row.state as string | null,
      recordedAt: row.recorded_at as Date,
      values: valuesOf(register, row),
    });
  }
  return found;
}

/**
 * Writes rows, their batch and what is told of them in one statement: how many current rows were put. Where that is not what was
 * expected (another writer was first), the statement itself fails (SQLSTATE 22012, a division by nothing) and writes nothing.
 */
export async function writeRows(
  tx: Queryable,
  register: CompiledRegister,
  { rows, batch, told }: { rows: WriteRow[]; batch: BatchRow; told?: Statement },
): Promise<number> {
  const [single] = rows;
  const alone = rows.length === 1 && single !== undefined;
  const { write } = recorderOf(register);
  const column = (of: (row: WriteRow) => unknown) =>
    alone ? asText(of(single)) : arrayLiteral(rows.map((row) => asText(of(row))));
  const written = write[alone ? "one" : "many"]([
    ...register.columns.map(({ field, encode }) =>
      column((row) => (encode ? encode(row.values[field] ?? null) : row.values[field])),
    ),
    ...register.besides.map(({ of }) => column((row) => of(row.values))),
    ...[...TAIL, ...GUIDE].map(([, , of]) => column(of)),
    batch.id,
    register.declaration.register,
    batch.chain,
    batch.seq,
    batch.at,
    batch.leaves,
    batch.root,
    batch.head,
    batch.hashes,
  ]);
  const expected = rows.filter(({ put }) => put !== "no").length;
  const check = sql`select case put when ${expected}::int then put else put / 0 end as put
    from (select (select count(*) from i)::int + (select count(*) from w)::int as put) as made`;
  const made = await tx.first<{ put: number }>(told ? sql`${written}, ${told} ${check}` : sql`${written} ${check}`);
  return made!.put;
}

/** The same for many new records, through COPY. A key that is there already fails all of it. */
export async function copyRows(
  tx: Transaction,
  register: CompiledRegister,
  { rows, batch }: { rows: WriteRow[]; batch: BatchRow },
): Promise<void> {
  const { copyVersions, copyCurrent } = recorderOf(register);
  const fields = (row: WriteRow) =>
    register.columns.map(({ field, encode }) => (encode ? encode(row.values[field] ?? null) : row.values[field]));
  const all = rows.map((row) => ({ row, fields: fields(row) }));
  const chunk = (line: (one: (typeof all)[number]) => unknown[]) => [Buffer.from(all.map((one) => copyLine(line(one))).join(""))];
  await tx.copyIn(
    copyVersions,
    chunk(({ row, fields }) => [...fields, ...TAIL.map(([, , of]) => of(row)), batch.id]),
  );
  await tx.copyIn(
    copyCurrent,
    chunk(({ row, fields }) => [
      ...fields,
      ...register.besides.map(({ of }) => of(row.values)),
      row.last,
      row.validFrom,
      row.recordedAt,
      row.endedOn,
      row.nextChangeOn,
      row.state,
    ]),
  );
  const { register: name, key } = register.declaration;
  await tx.copyIn(
    "copy registry.act (act, register, key, version, recorded_at, event, batch, place) from stdin",
    chunk(({ row }) => [row.act, name, row.values[key], row.last, row.recordedAt, row.event, batch.id, row.place]),
  );
  await writeBatch(tx, name, batch);
}

export async function writeBatch(tx: Transaction, register: string, batch: BatchRow): Promise<void> {
  await tx.run(sql`insert into registry.batch (id, register, chain, seq, at, kind, leaves, root, head, hashes)
    values (${batch.id}, ${register}, ${batch.chain}, ${batch.seq}, ${batch.at}, 'event', ${batch.leaves}, ${batch.root}, ${batch.head}, ${batch.hashes})`);
}

function asText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return Buffer.isBuffer(value) ? `\\x${value.toString("hex")}` : String(value);
}
