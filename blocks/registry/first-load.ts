import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { copyLine } from "@kerege/kernel/copy";
import { isDuplicate, type Transaction } from "@kerege/kernel/database";
import type { FieldProblem } from "@kerege/kernel/problem";
import { leafOf } from "./batch-tree.ts";
import { type BatchRow, type Chains, newSalt } from "./chain.ts";
import { hasFiles } from "./content.ts";
import type { Values } from "./declaration.ts";
import type { BulkLoadRequest, BulkRow } from "./door-writing.ts";
import { contentMaker, createCells } from "./first-load-cells.ts";
import { problem } from "./problems.ts";
import type { Writing } from "./recording.ts";
import type { Published } from "./registers.ts";
import { broken, compileRules } from "./rules.ts";
import { addNames, beginLoad, copyTexts, danglingReference, makeClaims, makeIndexes, settleLoad } from "./store-first-load.ts";
import { fuzzyFields } from "./store-names.ts";
import { writeBatch } from "./store-record.ts";
import type { CompiledRegister } from "./store-sql.ts";
import { createToday } from "./today.ts";
import { type CodeState, checkEvent, checkKey, documentOf } from "./values.ts";

/** Leaves of one batch, and batches of one COPY. */
const LEAVES = 2048;
const BATCHES = 16;
/** Rows of one piece: as much as goes to the server at once, which works on it while the next is made. */
const PIECE = 256;
/** Pieces made before the server has taken those before them. */
const AHEAD = 256;

interface Needs {
  published: Published;
  codeState: CodeState;
  chains: Chains;
  writing: Pick<Writing, "allowEvent" | "load">;
}

/** Lines of some rows for each table; the last piece of a batch brings the batch. */
interface Piece {
  versions: Buffer;
  current: Buffer;
  acts: Buffer;
  batch?: BatchRow;
}

/** What is gathered while the rows go by. */
interface Gathered {
  rows: number;
  /** Names in the spelling they are found by, of each field that is searched so. */
  met: Map<string, Set<string>>;
}

/** The first load of a register: millions of records, with the same end state as if each had been recorded. */
export function createFirstLoad(means: Pick<Means, "database" | "clock" | "ids" | "country">, needs: Needs) {
  const { published, chains, writing } = needs;
  const today = createToday(means.country.timeZone);

  const run = async (actor: Actor, register: CompiledRegister, request: BulkLoadRequest): Promise<number> => {
    const at = means.clock.now();
    const gathered: Gathered = {
      rows: 0,
      met: new Map([...register.keyed, ...fuzzyFields(register)].map((field) => [field, new Set()])),
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
        await copyAll(tx, register, ahead(made(chunked(request.rows), lines)));
        await makeClaims(tx, register);
        await makeIndexes(tx, indexes);
        await addNames(tx, register, (field) => gathered.met.get(field)!);
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
        // Rules that ask of other records, and whether the content of files is there, are asked record by record.
        const asking =
          hasFiles(register) || compileRules(register, published.register).some(({ needs: others }) => others.length > 0);
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

/** Versions as they are made, then the current rows and the acts of the same records from memory, and their batches. */
async function copyAll(tx: Transaction, register: CompiledRegister, pieces: AsyncGenerator<Piece, void>): Promise<void> {
  const texts = copyTexts(register);
  for (let more = true; more; ) {
    const taken: Piece[] = [];
    let batches = 0;
    await tx.copyIn(
      texts.versions,
      (async function* () {
        while (batches < BATCHES) {
          const { value: piece, done } = await pieces.next();
          more = !done;
          if (!piece) return;
          if (piece.batch) batches++;
          taken.push(piece);
          yield piece.versions;
        }
      })(),
    );
    await tx.copyIn(
      texts.current,
      taken.map(({ current }) => current),
    );
    await tx.copyIn(
      texts.acts,
      taken.map(({ acts }) => acts),
    );
    for (const { batch } of taken) if (batch) await writeBatch(tx, register.declaration.register, batch);
  }
}

/** Goes on making while what was made is on its way. */
async function* ahead(pieces: AsyncGenerator<Piece, void>): AsyncGenerator<Piece, void> {
  const ready: Piece[] = [];
  let [over, fault, stopped] = [false, undefined as unknown, false];
  let [told, asked] = [() => {}, () => {}];
  const work = (async () => {
    for await (const piece of pieces) {
      ready.push(piece);
      told();
      if (ready.length >= AHEAD) await new Promise<void>((resolve) => (asked = resolve));
      // The connection has its turn.
      else await new Promise((resolve) => setImmediate(resolve));
      if (stopped) return;
    }
  })()
    .catch((error: unknown) => {
      fault = error;
    })
    .finally(() => {
      over = true;
      told();
    });
  try {
    for (;;) {
      const piece = ready.shift();
      asked();
      if (piece) yield piece;
      else if (over) break;
      else await new Promise<void>((resolve) => (told = resolve));
    }
    if (fault) throw fault;
  } finally {
    stopped = true;
    asked();
    await work;
  }
}

async function* made(source: AsyncIterable<BulkRow[]>, lines: (rows: BulkRow[]) => Iterable<Piece>): AsyncGenerator<Piece, void> {
  for await (const rows of source) yield* lines(rows);
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
): (rows: BulkRow[]) => Generator<Piece> {
  const { request, at, today, codeState, gathered } = given;
  const { declaration } = register;
  const event = declaration.events[request.event]!;
  const rules = compileRules(register, () => register).filter(({ rule }) => !rule.events || rule.events.includes(request.event));
  const [ended, state, actor] = [event.ends === true, event.to ?? null, actorKey(given.actor)];
  const document = documentOf(request.document);
  const wrong = (faults: FieldProblem[], row: number) =>
    problem("wrong-value", { params: { register: declaration.register, row }, fields: faults });
  // Columns of the engine that are the same for all rows, on both sides of those that are not.
  const recordedAt = at.toISOString();
  const head = copyLine([recordedAt, ended, request.event, document.number]).slice(0, -1);
  const tail = copyLine([null, actor, document.kind, document.on, state]).slice(0, -1);
  const stateText = copyLine([state]).slice(0, -1);
  const same = {
    register: declaration.register,
    event: request.event,
    version: 1,
    validTo: null,
    ended,
    state,
    document: document.number,
    documentKind: document.kind,
    documentOn: document.on,
    case: null,
    actor,
    recordedAt: at,
  };
  const content = contentMaker(same);
  const cells = createCells(register, {
    event,
    alone: rules.length === 0 && register.expanded.composites.size === 0,
    meet: (field, spelt) => gathered.met.get(field)?.add(spelt),
  });

  const check = { event: request.event, document: request.document, values: {}, validFrom: "", today, codeState };
  const valuesOf = (row: BulkRow, number: number): Values => {
    const { values, faults } = checkEvent(register, { ...check, values: row.values, validFrom: row.validFrom });
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

  return function* (rows) {
    const leaves: Buffer[] = [];
    const batch = means.ids.next();
    for (let start = 0; start < rows.length; start += PIECE) {
      let [versions, current, acts] = ["", "", ""];
      for (const row of rows.slice(start, start + PIECE)) {
        const number = ++gathered.rows;
        const { key, validFrom } = row;
        const keyFaults = checkKey(register, key, check);
        if (keyFaults.length > 0) throw wrong(keyFaults, number);
        const texts = cells.find(row) ?? cells.keep(row, valuesOf(row, number));
        const [salt, act] = [newSalt(), means.ids.next()];
        const place = leaves.push(leafOf(salt, content({ act, key, validFrom, values: texts.json }))) - 1;
        versions += `${texts.copy}\t1\t${validFrom}\t\\N\t${head}\t${act}\t${tail}\t${salt}\t${place}\t${batch}\n`;
        current += `${texts.copy}${texts.spelt}\t1\t${validFrom}\t${recordedAt}\t${ended ? validFrom : "\\N"}\t${validFrom > today ? validFrom : "\\N"}\t${stateText}\n`;
        acts += `${act}\t${declaration.register}\t${texts.key}\t1\t${recordedAt}\t${request.event}\t${batch}\t${place}\n`;
      }
      const last = start + PIECE >= rows.length;
      yield {
        versions: Buffer.from(versions),
        current: Buffer.from(current),
        acts: Buffer.from(acts),
        ...(last && { batch: given.next({ id: batch, at, leaves }) }),
      };
    }
  };
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
