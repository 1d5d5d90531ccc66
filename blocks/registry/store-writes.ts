import type { Actor } from "@kerege/kernel/actor";
import { actorKey } from "@kerege/kernel/actor";
import { type Database, type Queryable, type Statement, sql, type Transaction } from "@kerege/kernel/database";
import { skeleton } from "@kerege/kernel/skeleton";
import type { RegisterDeclaration, Values } from "./declaration.ts";
import type { GroundDocument, RecordRequest } from "./door.ts";
import { type CompiledRegister, quote } from "./store-sql.ts";
import type { Segment, VersionRow } from "./timeline.ts";

type Row = Record<string, unknown>;

export async function versionRows(
  from: Queryable,
  register: CompiledRegister,
  key: string,
): Promise<(VersionRow & { recordedAt: Date; event: string; document: string; actor: string; act: string })[]> {
  const rows = await from.rows<Row>({
    text: `select * from ${register.versions} where ${quote(register.declaration.key)} = $1 order by version`,
    values: [key],
  });
  return rows.map((row) => ({
    version: row.version as number,
    from: row.valid_from as string,
    to: row.valid_to as string | null,
    ended: row.ended as boolean,
    recordedAt: row.recorded_at as Date,
    event: row.event as string,
    document: row.document as string,
    actor: row.actor as string,
    act: row.act as string,
    values: Object.fromEntries(register.columns.map(({ field, sqlType }) => [field, toValue(row[field], sqlType)])),
  }));
}

export async function exists(from: Queryable, register: CompiledRegister, key: string): Promise<boolean> {
  const row = await from.first({
    text: `select 1 from ${register.table} where ${quote(register.declaration.key)} = $1`,
    values: [key],
  });
  return row !== undefined;
}

/** Locks a record for a change: its version now, or nothing when there is none. */
export async function lock(
  tx: Transaction,
  register: CompiledRegister,
  key: string,
): Promise<{ version: number; endedOn: string | null } | undefined> {
  const row = await tx.first<Row>({
    text: `select version, ended_on from ${register.table} where ${quote(register.declaration.key)} = $1 for update`,
    values: [key],
  });
  return row && { version: row.version as number, endedOn: row.ended_on as string | null };
}

export async function knownAct(tx: Queryable, act: string): Promise<{ key: string; version: number } | undefined> {
  return tx.first(sql`select key, version from registry.act where act = ${act}`);
}

/** The number of the ground document with its kind and day, where they are known. */
function documentText(document: GroundDocument): string {
  return typeof document === "string" ? document : [document.kind, document.number, document.on].filter(Boolean).join(" ");
}

export interface Change {
  actor: Actor;
  request: RecordRequest;
  version: number;
  segments: Segment[];
  recordedAt: Date;
}

/** Appends the versions of one act and notes the act. */
export async function append(tx: Transaction, register: CompiledRegister, change: Change): Promise<number> {
  const { request, segments, recordedAt } = change;
  let version = change.version;
  for (const segment of segments) {
    version++;
    const values = register.columns.map(({ field }) => segment.values[field] ?? null);
    const rest = [
      version,
      segment.from,
      segment.to,
      recordedAt,
      segment.ended,
      request.event,
      documentText(request.document),
      request.act,
      request.case ?? null,
      actorKey(change.actor),
    ];
    await tx.run({
      text: `insert into ${register.versions} values (${[...values, ...rest].map((_, index) => `$${index + 1}`).join(", ")})`,
      values: [...values, ...rest],
    });
  }
  await tx.run(
    sql`insert into registry.act values (${request.act}, ${register.declaration.register}, ${request.key}, ${version}, ${recordedAt})`,
  );
  return version;
}

/** Puts the row that holds now in place of the one before. */
export async function putCurrent(
  tx: Transaction,
  register: CompiledRegister,
  row: { segment: Segment; version: number; recordedAt: Date; nextChangeOn: string | null },
): Promise<void> {
  const columns = [
    ...register.columns.map(({ name, field }) => [name, row.segment.values[field] ?? null] as const),
    ...register.keyed.map((field) => [quote(`${field}_key`), skeletonOf(row.segment.values[field])] as const),
    ["version", row.version] as const,
    ["valid_from", row.segment.from] as const,
    ["recorded_at", row.recordedAt] as const,
    ["ended_on", row.segment.ended ? row.segment.from : null] as const,
    ["next_change_on", row.nextChangeOn] as const,
  ];
  const statement: Statement = {
    text: `insert into ${register.table} (${columns.map(([name]) => name).join(", ")}) values (${columns.map((_, index) => `$${index + 1}`).join(", ")})
      on conflict (${quote(register.declaration.key)}) do update set ${columns.map(([name]) => `${name} = excluded.${name}`).join(", ")}`,
    values: columns.map(([, value]) => value),
  };
  await tx.run(statement);
}

export interface LoadRow {
  key: string;
  values: Values;
  validFrom: string;
  act: string;
}

/** First versions of many records in two statements; a key that is there already fails the whole load. */
export async function loadRows(
  tx: Transaction,
  register: CompiledRegister,
  given: { rows: LoadRow[]; event: string; document: string; actor: Actor; recordedAt: Date },
): Promise<void> {
  const { rows } = given;
  const columns = register.columns.map(({ field, sqlType }) => ({ sqlType, list: rows.map((row) => row.values[field] ?? null) }));
  const keyed = register.keyed.map((field) => ({ sqlType: "text", list: rows.map((row) => skeletonOf(row.values[field])) }));
  const validFrom = { sqlType: "date", list: rows.map((row) => row.validFrom) };
  const unnest = (arrays: { sqlType: string }[]) => arrays.map(({ sqlType }, index) => `$${index + 1}::${sqlType}[]`).join(", ");
  const current = [...columns, ...keyed, validFrom];
  await tx.run({
    text: `insert into ${register.table} select ${current
      .slice(0, -1)
      .map((_, index) => `c${index}`)
      .join(", ")}, 1, c${current.length - 1}, $${current.length + 1}, null, null
      from unnest(${unnest(current)}) as u(${current.map((_, index) => `c${index}`).join(", ")})`,
    values: [...current.map(({ list }) => list), given.recordedAt],
  });
  const versions = [...columns, validFrom, { sqlType: "uuid", list: rows.map((row) => row.act) }];
  const n = columns.length;
  await tx.run({
    text: `insert into ${register.versions} select ${columns.map((_, index) => `c${index}`).join(", ")}, 1, c${n}, null, $${n + 3}, false, $${n + 4}, $${n + 5}, c${n + 1}, null, $${n + 6}
      from unnest(${unnest(versions)}) as u(${versions.map((_, index) => `c${index}`).join(", ")})`,
    values: [...versions.map(({ list }) => list), given.recordedAt, given.event, given.document, actorKey(given.actor)],
  });
  await tx.run(sql`insert into registry.act select act, ${register.declaration.register}, key, 1, ${given.recordedAt}
    from unnest(${rows.map((row) => row.act)}::uuid[], ${rows.map((row) => row.key)}::text[]) as u(act, key)`);
}

export async function publications(from: Queryable): Promise<Map<string, RegisterDeclaration>> {
  const rows = await from.rows<{ register: string; declaration: RegisterDeclaration }>(
    sql`select register, declaration from registry.publication`,
  );
  return new Map(rows.map((row) => [row.register, row.declaration]));
}

/** Makes the tables of a register that is new, or runs the statements of an additive change, and notes what is published. */
export async function publish(
  tx: Transaction,
  given: { declaration: RegisterDeclaration; statements: string[]; at: Date },
): Promise<void> {
  for (const text of given.statements) await tx.run({ text, values: [] });
  await tx.run(sql`insert into registry.publication values (${given.declaration.register}, ${JSON.stringify(given.declaration)}, ${given.at})
    on conflict (register) do update set declaration = excluded.declaration, published_at = excluded.published_at`);
}

/** Makes the partitions of the read log from the month of `from` on. */
export async function makePartitions(database: Database, from: Date, months: number): Promise<void> {
  const first = Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), 1);
  for (let ahead = 0; ahead < months; ahead++) {
    const start = new Date(first);
    start.setUTCMonth(start.getUTCMonth() + ahead);
    const end = new Date(start);
    end.setUTCMonth(end.getUTCMonth() + 1);
    const [a, b] = [start.toISOString().slice(0, 10), end.toISOString().slice(0, 10)];
    await database.run({
      text: `create table if not exists registry.read_entry_${a.slice(0, 7).replace("-", "_")} partition of registry.read_entry for values from ('${a}T00:00:00Z') to ('${b}T00:00:00Z')`,
      values: [],
    });
  }
}

function toValue(value: unknown, sqlType: string): Values[string] {
  if (value === null || value === undefined) return null;
  return sqlType === "int8" ? Number(value) : (value as Values[string]);
}

function skeletonOf(value: unknown): string | null {
  return typeof value === "string" ? skeleton(value) : null;
}
