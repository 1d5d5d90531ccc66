import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { copyLine } from "@kerege/kernel/copy";
import { isDuplicate, type Transaction } from "@kerege/kernel/database";
import type { FieldProblem } from "@kerege/kernel/problem";
import { eventContent, leafOf } from "./batch-tree.ts";
import { type BatchRow, type Chains, newSalt } from "./chain.ts";
import type { Values } from "./declaration.ts";
import type { BulkLoadRequest, BulkRow } from "./door-writing.ts";
import { spellingOf } from "./name-forms.ts";
import { problem } from "./problems.ts";
import type { Writing } from "./recording.ts";
import type { Published } from "./registers.ts";
import { broken, compileRules } from "./rules.ts";
import {
  addNames,
  beginLoad,
  copyVersions,
  danglingReference,
  derive,
  keepSpellings,
  makeIndexes,
  settleLoad,
} from "./store-first-load.ts";
import { fuzzyFields } from "./store-names.ts";
import { writeBatch } from "./store-record.ts";
import type { CompiledRegister } from "./store-sql.ts";
import { createToday } from "./today.ts";
import { type CodeState, checkEvent, checkKey, documentOf } from "./values.ts";

/** Leaves of one batch, and batches of one COPY. */
const LEAVES = 2048;
const BATCHES = 32;

interface Needs {
  published: Published;
  codeState: CodeState;
  chains: Chains;
  writing: Pick<Writing, "allowEvent" | "load">;
}

/** What is gathered while the rows go by. */
interface Gathered {
  rows: number;
  /** Spelling of each text of the fields that are searched without regard to it, by field. */
  met: Map<string, Map<string, string>>;
}

/** The first load of a register: millions of records, with the same end state as if each had been recorded. */
export function createFirstLoad(means: Pick<Means, "database" | "clock" | "ids" | "country">, needs: Needs) {
  const { published, chains, writing } = needs;
  const today = createToday(means.country.timeZone);

  const run = async (actor: Actor, register: CompiledRegister, request: BulkLoadRequest): Promise<number> => {
    const at = means.clock.now();
    const gathered: Gathered = {
      rows: 0,
      met: new Map([...register.keyed, ...fuzzyFields(register)].map((field) => [field, new Map()])),
    };
    await chains.with((next) =>
      means.database.transaction(async (tx) => {
        const indexes = await beginLoad(tx, register);
        if (!indexes) throw problem("not-empty", { params: { register: register.declaration.register } });
        const lines = createLines(means, register, {
          actor,
          request,
          at,
          today: today(at),
          codeState: needs.codeState,
          gathered,
          next,
        });
        const source = chunked(request.rows);
        for (let more = true; more; ) {
          const batches: BatchRow[] = [];
          const copied = await tx.copyIn(
            copyVersions(register),
            (async function* () {
              while (batches.length < BATCHES) {
                const { value: rows, done } = await source.next();
                more = !done;
                if (done) return;
                const made = lines(rows);
                batches.push(made.batch);
                yield made.text;
              }
            })(),
          );
          if (copied === 0 && batches.length === 0) break;
          for (const batch of batches) await writeBatch(tx, register.declaration.register, batch);
        }
        await keepSpellings(tx, spellingLines(gathered));
        await derive(tx, register, { today: today(at) });
        await makeIndexes(tx, indexes);
        await addNames(tx, register, (field) => new Set([...gathered.met.get(field)!.values()].filter((name) => name !== "")));
        await checkReferences(tx, register, published);
      }),
    );
    await settleLoad(means.database, register);
    return gathered.rows;
  };

  return {
    async bulkLoad(actor: Actor, request: BulkLoadRequest): Promise<number> {
      const register = published.register(request.register);
      const { declaration } = register;
      writing.allowEvent(actor, register, request.event);
      if (!declaration.events[request.event]!.creates)
        throw problem("unknown-event", { params: { register: request.register, event: request.event } });
      try {
        // Rules that ask of other records are asked record by record.
        const asking = compileRules(register, published.register).some(({ needs: others }) => others.length > 0);
        return await (asking ? loadAll(actor, request, writing) : run(actor, register, request));
      } catch (error) {
        if (isDuplicate(error)) throw problem("exists-already", { params: { register: request.register }, cause: error });
        throw error;
      }
    },
  };
}

async function loadAll(actor: Actor, request: BulkLoadRequest, writing: Needs["writing"]): Promise<number> {
  const rows: BulkRow[] = [];
  for await (const some of request.rows) rows.push(...some);
  return writing.load(actor, { ...request, rows });
}

async function* chunked(source: BulkLoadRequest["rows"]): AsyncGenerator<BulkRow[], undefined> {
  let waiting: BulkRow[] = [];
  for await (const some of source) {
    waiting = waiting.length === 0 ? some : waiting.concat(some);
    let start = 0;
    for (; waiting.length - start >= LEAVES; start += LEAVES) yield waiting.slice(start, start + LEAVES);
    if (start > 0) waiting = waiting.slice(start);
  }
  if (waiting.length > 0) yield waiting;
  return undefined;
}

/** Checks rows and makes their versions: lines for COPY with their leaves, one batch at a time. */
function createLines(
  means: Pick<Means, "ids">,
  register: CompiledRegister,
  given: {
    actor: Actor;
    request: BulkLoadRequest;
    at: Date;
    today: string;
    codeState: CodeState;
    gathered: Gathered;
    next(given: { id: string; at: Date; leaves: Buffer[] }): BatchRow;
  },
): (rows: BulkRow[]) => { text: Buffer; batch: BatchRow } {
  const { request, at, today, codeState, gathered } = given;
  const { declaration, columns } = register;
  const event = declaration.events[request.event]!;
  const rules = compileRules(register, () => register).filter(({ rule }) => !rule.events || rule.events.includes(request.event));
  const [ended, state, actor] = [event.ends === true, event.to ?? null, actorKey(given.actor)];
  const document = documentOf(request.document);
  const met = [...gathered.met];
  const wrong = (faults: FieldProblem[], row: number) =>
    problem("wrong-value", { params: { register: declaration.register, row }, fields: faults });
  // Columns of the engine that are the same for all rows, on both sides of those that are not.
  const recordedAt = at.toISOString();
  const head = copyLine([recordedAt, ended, request.event, document.number]).slice(0, -1);
  const tail = copyLine([null, actor, document.kind, document.on, state]).slice(0, -1);

  const valuesOf = (row: BulkRow, number: number): Values => {
    const check = { ...request, values: row.values, validFrom: row.validFrom, today, codeState };
    const { values, faults } = checkEvent(register, check);
    faults.push(...checkKey(register, row.key, check));
    if (faults.length > 0) throw wrong(faults, number);
    const all: Values = { ...values, [declaration.key]: row.key };
    for (const rule of rules) {
      const fault = broken(register, rule, {
        event: request.event,
        values: all,
        before: null,
        validFrom: row.validFrom,
        state,
        today,
        others: {},
      });
      if (fault) throw wrong([fault], number);
    }
    return all;
  };

  return (rows) => {
    const leaves: Buffer[] = [];
    const batch = means.ids.next();
    let text = "";
    for (const row of rows) {
      const values = valuesOf(row, ++gathered.rows);
      const { key, validFrom } = row;
      const [salt, act] = [newSalt(), means.ids.next()];
      const content = eventContent({
        register: declaration.register,
        key,
        event: request.event,
        version: 1,
        validFrom,
        validTo: null,
        ended,
        state,
        document: document.number,
        documentKind: document.kind,
        documentOn: document.on,
        act,
        case: null,
        actor,
        recordedAt: at,
        values,
      });
      const place = leaves.push(leafOf(salt, content)) - 1;
      for (const [field, known] of met) {
        const said = values[field];
        if (typeof said === "string" && !known.has(said)) known.set(said, spellingOf(said));
      }
      const fields = columns.map(({ field, encode }) => (encode ? encode(values[field] ?? null) : values[field]));
      text += `${copyLine(fields).slice(0, -1)}\t1\t${validFrom}\t\\N\t${head}\t${act}\t${tail}\t${salt}\t${place}\t${batch}\n`;
    }
    return { text: Buffer.from(text), batch: given.next({ id: batch, at, leaves }) };
  };
}

function* spellingLines({ met }: Gathered): Generator<Buffer> {
  const all = new Map<string, string>();
  for (const known of met.values()) for (const [said, spelt] of known) all.set(said, spelt);
  let lines = "";
  for (const [said, spelt] of all) {
    lines += copyLine([said, spelt]);
    if (lines.length < 1_000_000) continue;
    yield Buffer.from(lines);
    lines = "";
  }
  if (lines !== "") yield Buffer.from(lines);
}

/** All at once, when the rows are there: a record may point at one that comes behind it. */
async function checkReferences(tx: Transaction, register: CompiledRegister, published: Published): Promise<void> {
  const { declaration } = register;
  for (const [field, { type, register: target }] of Object.entries(declaration.fields)) {
    if (type !== "reference") continue;
    const key = await danglingReference(tx, register, { field, target: published.register(target!) });
    if (key !== undefined)
      throw problem("wrong-value", {
        params: { register: declaration.register },
        fields: [{ pointer: `/values/${field}`, key: "registry.fields.not-found", params: { key } }],
      });
  }
}
