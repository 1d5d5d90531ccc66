import { randomUUID } from "node:crypto";
import { actorKey } from "@kerege/kernel/actor";
import type { Transaction } from "@kerege/kernel/database";
import { type Expression, type Facts, toPlain } from "@kerege/kernel/feel";
import { eventContent, leafOf } from "./batch-tree.ts";
import { createChains, newSalt } from "./chain.ts";
import type { Value, Values } from "./declaration.ts";
import { composeFacts, decompose } from "./expand.ts";
import type { Json } from "./field-types-parts.ts";
import { spellingOf } from "./name-forms.ts";
import type { Change, Step } from "./plan.ts";
import { problem } from "./problems.ts";
import { compileFill } from "./rule-names.ts";
import { findCurrent, findVersions, type WriteRow, writeRows } from "./store-record.ts";
import { type CompiledRegister, keyColumn, quote } from "./store-sql.ts";
import { fold, type Segment } from "./timeline.ts";

const PAGE = 1000;
/** The event under which a plan stands in the history of a record. */
export const PLAN_EVENT = "plan";

export interface Filling {
  change: Change;
  plan: string;
  at: Date;
  today: string;
}

/**
 * Gives earlier records the values that have become compulsory. Nothing that was written is changed: each record gets new versions
 * over the same days, with the plan as their ground document, and their leaves in the log.
 */
export async function fillRecords(tx: Transaction, filling: Filling): Promise<void> {
  const { change } = filling;
  const steps = change.steps.filter((step) => step.kind === "field-filled" || step.kind === "states-new");
  if (steps.length > 0) {
    const fills = fillsOf(change, steps);
    const chains = createChains();
    await chains.with(async (next) => {
      for await (const keys of pages(tx, change.after)) {
        const rows = await rowsOf(tx, { ...filling, fills }, keys);
        if (rows.length === 0) continue;
        const leaves = rows.map((row) => leafOf(row.salt!, contentOf(change.after, row)));
        await writeRows(tx, change.after, { rows, batch: next({ id: randomUUID(), at: filling.at, leaves }) });
      }
    });
  }
  const spelt = change.steps.filter((step) => step.kind === "spelling-new").map((step) => step.name);
  if (spelt.length > 0) await fillSpelling(tx, change.after, spelt);
}

interface Fill {
  step: Step;
  columns: string[];
  expression?: Expression;
}

function fillsOf({ after: { expanded } }: Change, steps: Step[]): Fill[] {
  return steps.map((step) => {
    const text = expanded.declared.fields[step.name]?.fill;
    const compiled = text === undefined ? undefined : compileFill(expanded.declared, text);
    return { step, columns: step.columns ?? [], ...(compiled?.ok && { expression: compiled }) };
  });
}

async function* pages(tx: Transaction, register: CompiledRegister): AsyncGenerator<string[]> {
  const key = quote(register.declaration.key);
  let after: string | undefined = "";
  while (after !== undefined) {
    const rows: { key: string }[] = await tx.rows({
      text: `select ${key} as key from ${register.table} where ${key} > $1 order by ${key} limit ${PAGE}`,
      values: [after],
    });
    if (rows.length > 0) yield rows.map((row) => row.key);
    after = rows.at(-1)?.key;
  }
}

async function rowsOf(tx: Transaction, given: Filling & { fills: Fill[] }, keys: string[]): Promise<WriteRow[]> {
  const { change, fills, at } = given;
  const register = change.after;
  const current = await findCurrent(tx, register, keys);
  const versions = await findVersions(tx, register, keys);
  const rows: WriteRow[] = [];
  for (const key of keys) {
    const now = current.get(key)!;
    const segments = fold(versions.get(key) ?? []);
    const filled = segments.map((segment) => fillSegment(register, segment, { fills, today: given.today }));
    const held = filled.findIndex((segment) => segment.from === now.validFrom);
    if (held < 0 || segments.every((segment, index) => segment === filled[index])) continue;
    const act = randomUUID();
    filled.forEach((segment, index) => {
      rows.push({
        values: segment.values,
        version: now.version + index + 1,
        validFrom: segment.from,
        validTo: segment.to,
        recordedAt: at,
        ended: segment.ended,
        event: PLAN_EVENT,
        document: given.plan,
        documentKind: null,
        documentOn: null,
        act,
        case: null,
        actor: actorKey({ kind: "system", body: register.declaration.owner, name: "plan" }),
        state: segment.state,
        salt: newSalt(),
        place: rows.length,
        kept: true,
        put: index === held ? "update" : "no",
        before: now.version,
        last: now.version + filled.length,
        endedOn: now.endedOn,
        nextChangeOn: now.nextChangeOn,
        closes: index === filled.length - 1,
      });
    });
  }
  return rows;
}

function fillSegment(register: CompiledRegister, segment: Segment, { fills, today }: { fills: Fill[]; today: string }): Segment {
  const values: Values = { ...segment.values };
  let state = segment.state;
  let changed = false;
  for (const { step, columns, expression } of fills) {
    if (step.kind === "states-new") {
      state ??= firstState(register);
      changed = true;
    } else if (expression && columns.every((column) => (values[column] ?? null) === null)) {
      const facts = { ...composeFacts(register.expanded, segment.values), state: segment.state, today };
      const made = toPlain(expression.evaluate(facts as Facts)) as Json;
      Object.assign(values, columnsOf(register, { field: step.name, made }));
      changed = true;
    }
  }
  return changed ? { ...segment, values, state } : segment;
}

function columnsOf(register: CompiledRegister, { field, made }: { field: string; made: Json }): Values {
  const decimal = register.declaration.fields[field]?.type === "decimal" && typeof made === "number";
  const { values, faults } = decompose(register.expanded, { [field]: decimal ? String(made) : made });
  if (made === null || faults.length > 0)
    throw problem("plan-blocked", { params: { what: `${register.declaration.register}.${field}`, count: 1 } });
  return values;
}

function firstState({ declaration }: CompiledRegister): string | null {
  return Object.values(declaration.events).find((event) => event.creates && event.to !== undefined)?.to ?? null;
}

function contentOf(register: CompiledRegister, row: WriteRow): string {
  const { register: name, key } = register.declaration;
  return eventContent({ ...row, register: name, key: String(row.values[key]) });
}

/** Gives earlier records the spelling-blind columns of a search that has come new. Dictionaries of names are filled at the next start. */
async function fillSpelling(tx: Transaction, register: CompiledRegister, fields: string[]): Promise<void> {
  const key = quote(register.declaration.key);
  const names = fields.map(quote).join(", ");
  for await (const keys of pages(tx, register)) {
    const rows = await tx.rows<Record<string, Value>>({
      text: `select ${key}::text as "_key", ${names} from ${register.table} where ${key} = any($1)`,
      values: [keys],
    });
    const spelt = fields.map((field) =>
      rows.map((row) => (typeof row[field] === "string" ? spellingOf(String(row[field])) : null)),
    );
    await tx.run({
      text: `update ${register.table} r set ${fields.map((field, index) => `${keyColumn(field)} = u.s${index}`).join(", ")}
        from unnest($1::text[], ${fields.map((_, index) => `$${index + 2}::text[]`).join(", ")}) as u(k, ${fields.map((_, index) => `s${index}`).join(", ")})
        where r.${key} = u.k`,
      values: [rows.map((row) => row._key), ...spelt],
    });
  }
}
