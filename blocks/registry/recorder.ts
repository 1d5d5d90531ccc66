import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { isDuplicate, type Transaction } from "@kerege/kernel/database";
import type { Happening } from "@kerege/kernel/event";
import { eventContent, leafOf } from "./batch-tree.ts";
import { type Chains, newSalt } from "./chain.ts";
import { changeOf, correctedBy, heldOf, needsVersions } from "./change.ts";
import type { RegisterEvent } from "./declaration.ts";
import type { RecordRequest } from "./door.ts";
import { settle } from "./expand.ts";
import { problem } from "./problems.ts";
import { changeClaims, takeLocks } from "./store-links.ts";
import type { Names } from "./store-names.ts";
import {
  copyRows,
  type FoundState,
  findStates,
  findVersions,
  type HeldVersion,
  type WriteRow,
  writeRows,
} from "./store-record.ts";
import type { CompiledRegister } from "./store-sql.ts";
import { loadLock, type Survey, type Weighed } from "./survey.ts";
import { createToday } from "./today.ts";
import { documentOf } from "./values.ts";
import type { Outcome } from "./write-queue.ts";

/** One event on its way into the tables; its values are checked and made ready. */
export interface Task {
  key: string;
  actor: Actor;
  request: RecordRequest;
  event: RegisterEvent;
  /** The record goes into another one: what points at it is told, and does not hold it. */
  merging?: true;
  /** Told with it, in the same transaction. */
  tells?: Happening[];
  /** Done with it, in the same transaction; a Problem refuses the task. */
  within?(tx: Transaction): Promise<void>;
}

export type Recorded = { key: string; version: number };

/** What becomes of a task: it is over, or it will be written. */
type Decided = { task: Task } & (
  | { outcome: Outcome<Recorded> }
  | { weighed: Weighed; version: number; recordedAt: Date; held?: HeldVersion[] }
);
type Accepted = Extract<Decided, { weighed: Weighed }>;

type NextBatch = Parameters<Parameters<Chains["with"]>[0]>[0];

const ATTEMPTS = 8;

/** Decides and writes events of one register, many at once, each batch in one transaction. */
export function createRecorder(
  means: Pick<Means, "database" | "clock" | "ids" | "country" | "events">,
  tools: { survey: Survey; chains: Chains; names: Names },
) {
  const { survey, chains, names } = tools;
  const today = createToday(means.country.timeZone);

  /** What becomes of tasks, with nothing written. Two tasks that must wait for each other: the second is told `again`. */
  const decide = async (
    tx: Transaction,
    register: CompiledRegister,
    { tasks, at }: { tasks: Task[]; at: Date },
  ): Promise<Decided[]> => {
    const keys = tasks.map(({ key }) => key);
    const found = await findStates(tx, register, { keys, acts: tasks.map(({ request }) => request.act) });
    const refused = tasks.map((task, index) => refusalOf(register, task, found[index]!));
    const slow = tasks.filter(({ event, request }, index) => {
      const { current } = found[index]!;
      return refused[index] === undefined && current !== undefined && needsVersions(current, event, request.validFrom);
    });
    const versions = await findVersions(tx, register, [...new Set(slow.map(({ key }) => key))]);
    const decided = tasks.map((task, index): Decided => {
      const outcome = refused[index];
      if (outcome) return { task, outcome };
      return changed(register, task, { current: found[index]!.current, versions: versions.get(task.key), at, today: today(at) });
    });
    const locks = new Set<string>();
    const claimed = new Set<string>();
    for (const [index, one] of decided.entries()) {
      if (!("weighed" in one)) continue;
      const wanted = survey.locks(register, one.weighed);
      if (wanted.some((lock) => locks.has(lock))) decided[index] = { task: one.task, outcome: { again: true } };
      else for (const lock of wanted) locks.add(lock);
    }
    if (locks.size > 0) await takeLocks(tx, { alone: locks, shared: survey.shared(register) });
    const all = decided.flatMap((one) => ("weighed" in one ? [one.weighed] : []));
    await survey.weighOthers(tx, register, { all, today: today(at) });
    await survey.weighClaims(tx, register, { all, today: today(at) });
    await survey.weighEnds(tx, register, all);
    return decided.map((one): Decided => {
      if (!("weighed" in one)) return one;
      const { task, weighed } = one;
      if (weighed.faults.length > 0) return { task, outcome: { refused: refusalFor(register, weighed) } };
      const claims = weighed.claims.made.map(({ rule, value }) => `${rule} ${value}`);
      if (claims.some((claim) => claimed.has(claim))) return { task, outcome: { again: true } };
      for (const claim of claims) claimed.add(claim);
      return one;
    });
  };

  const write = async (
    tx: Transaction,
    register: CompiledRegister,
    given: { accepted: Accepted[]; at: Date; next: NextBatch; load: boolean },
  ): Promise<Recorded[]> => {
    const { accepted, at } = given;
    if (accepted.length === 0) return [];
    const { rows, leaves, results } = rowsOf(register, accepted);
    const batch = given.next({ id: means.ids.next(), at, leaves });
    if (given.load) await copyRows(tx, register, { rows, batch });
    else {
      const happenings = accepted.flatMap((one, index) => happeningsOf(register, one, results[index]!.version));
      const { part, done } = means.events.telling(happenings);
      // A current row that is no longer what it was read as: another writer was first.
      if ((await writeRows(tx, register, { rows, batch, told: part })) !== accepted.length) throw problem("version-differs");
      tx.afterCommit(done);
    }
    if (register.declaration.unique)
      await changeClaims(tx, register, {
        gone: accepted.flatMap(({ weighed }) => weighed.claims.gone),
        made: accepted.flatMap(({ weighed }) => weighed.claims.made),
      });
    await names.write(
      tx,
      register,
      accepted.flatMap(({ weighed }) => weighed.change.made.map(({ values }) => values)),
    );
    for (const { task } of accepted) await task.within?.(tx);
    return results;
  };

  const attempt = (register: CompiledRegister, tasks: Task[]): Promise<Outcome<Recorded>[]> =>
    chains.with((next) =>
      means.database.transaction(async (tx) => {
        const at = means.clock.now();
        const decided = await decide(tx, register, { tasks, at });
        const accepted = decided.filter((one): one is Accepted => "weighed" in one);
        const results = await write(tx, register, { accepted, at, next, load: false });
        let place = 0;
        return decided.map((one) => ("weighed" in one ? { done: results[place++]! } : one.outcome));
      }),
    );

  return {
    /** A batch; a single task is tried again when another writer was first. */
    async run(register: CompiledRegister, tasks: Task[]): Promise<Outcome<Recorded>[]> {
      for (let round = 1; ; round++) {
        try {
          return await attempt(register, tasks);
        } catch (error) {
          if (tasks.length > 1 || round === ATTEMPTS || !wasRaced(error)) throw asProblem(register, error);
        }
      }
    },

    /**
     * Many new records in one transaction, through COPY; the first refusal ends all of it. What they say of each other is looked at
     * when all are there.
     */
    async load(register: CompiledRegister, tasks: Task[], chunk: number): Promise<void> {
      const work = async (tx: Transaction, next: NextBatch) => {
        await takeLocks(tx, { alone: [loadLock(register)], shared: [] });
        const at = means.clock.now();
        const day = today(at);
        const refuse = (weighed: Weighed[]) => {
          const faulty = weighed.find(({ faults }) => faults.length > 0);
          if (faulty) throw refusalFor(register, faulty);
        };
        const all: Weighed[] = [];
        for (let start = 0; start < tasks.length; start += chunk) {
          const accepted = tasks.slice(start, start + chunk).map((task) => {
            const one = changed(register, task, { current: undefined, versions: undefined, at, today: day });
            if ("weighed" in one) return one;
            throw "refused" in one.outcome ? one.outcome.refused : problem("version-differs");
          });
          const weighed = accepted.map((one) => one.weighed);
          await survey.weighClaims(tx, register, { all: weighed, today: day });
          refuseTwice(register, weighed);
          refuse(weighed);
          await write(tx, register, { accepted, at, next, load: true });
          all.push(...weighed);
        }
        for (let start = 0; start < all.length; start += chunk) {
          const weighed = all.slice(start, start + chunk);
          await survey.weighOthers(tx, register, { all: weighed, today: day });
          refuse(weighed);
        }
      };
      await chains
        .with((next) => means.database.transaction((tx) => work(tx, next)))
        .catch((error: unknown) => {
          throw asProblem(register, error);
        });
    },

    /** What would become of tasks; nothing is written. */
    async preview(register: CompiledRegister, tasks: Task[]): Promise<(unknown | undefined)[]> {
      return means.database.transaction(async (tx) => {
        const decided = await decide(tx, register, { tasks, at: means.clock.now() });
        return decided.map((one) => ("outcome" in one && "refused" in one.outcome ? one.outcome.refused : undefined));
      });
    },
  };
}
export type Recorder = ReturnType<typeof createRecorder>;

function refusalOf(
  { declaration }: CompiledRegister,
  { request, event }: Task,
  { act, current }: FoundState,
): Outcome<Recorded> | undefined {
  if (act) return { done: act };
  const params = { register: declaration.register };
  if (event.creates && current) return { refused: problem("exists-already", { params }) };
  if (!event.creates && !current) return { refused: problem("not-found") };
  if (request.version !== undefined && current && current.version !== request.version)
    return { refused: problem("version-differs", { params: { version: current.version } }) };
  return undefined;
}

function changed(
  register: CompiledRegister,
  task: Task,
  given: { current: FoundState["current"]; versions: HeldVersion[] | undefined; at: Date; today: string },
): Decided {
  const { current, versions, at, today } = given;
  const { declaration, expanded } = register;
  const { request, event } = task;
  const held = heldOf(current, versions);
  const base = held.findLast((segment) => segment.from <= request.validFrom);
  const there = base && (base.to === null || base.to > request.validFrom) ? base : undefined;
  if (held.some((segment) => segment.ended && segment.from <= request.validFrom))
    return { task, outcome: { refused: problem("ended") } };
  if (event.from && !event.from.includes(there?.state ?? "")) {
    const key = `registry.said.${declaration.register}.states.${request.event}.${there?.state ?? "none"}`;
    return { task, outcome: { refused: problem("wrong-state", { fields: [{ pointer: "/event", key }] }) } };
  }
  const settled =
    event.creates || expanded.composites.size === 0
      ? { values: request.values, faults: [] }
      : settle(expanded, { values: request.values, before: there?.values ?? {} });
  const values = { ...settled.values, [declaration.key]: request.key };
  const change = changeOf(held, { request: { values, validFrom: request.validFrom }, event, today });
  const { key, event: name, validFrom } = request;
  return {
    task,
    version: current?.version ?? 0,
    // Never before the version it follows, whatever the clocks of two machines say: what is known at an instant goes by this.
    recordedAt: current && current.recordedAt > at ? current.recordedAt : at,
    ...(versions && { held: versions }),
    weighed: {
      key,
      event: name,
      values,
      validFrom,
      change,
      faults: settled.faults,
      holders: [],
      claims: { gone: [], made: [] },
      brokenLinks: [],
      ...(task.merging && { merging: true }),
    },
  };
}

function refusalFor({ declaration }: CompiledRegister, { faults, holders }: Weighed) {
  const params = { register: declaration.register };
  const [holder] = holders;
  if (holder !== undefined) return problem("taken", { params: { ...params, holder }, fields: faults });
  return problem("wrong-value", { params, fields: faults });
}

/** The rows of a batch with their leaves, in order; and what each task is answered. */
function rowsOf(register: CompiledRegister, accepted: Accepted[]) {
  const rows: WriteRow[] = [];
  const leaves: Buffer[] = [];
  const results: Recorded[] = [];
  for (const { task, weighed, version, recordedAt } of accepted) {
    const { request, actor } = task;
    const { made, now, nextChangeOn } = weighed.change;
    const document = documentOf(request.document);
    const last = version + made.length;
    const put = version === 0 ? ("insert" as const) : ("update" as const);
    const base = {
      recordedAt,
      event: request.event,
      document: document.number,
      documentKind: document.kind,
      documentOn: document.on,
      act: request.act,
      case: request.case ?? null,
      actor: actorKey(actor),
      before: version,
      last,
      endedOn: now.ended ? now.from : null,
      nextChangeOn,
    };
    const first = leaves.length;
    const single = made.length === 1 && now.from === made[0]!.from;
    for (const [index, segment] of made.entries()) {
      const { values, ended, state, from: validFrom, to: validTo } = segment;
      const salt = newSalt();
      const row = { ...base, values, ended, state, validFrom, validTo, version: version + index + 1, salt };
      leaves.push(leafOf(salt, eventContent({ ...row, register: register.declaration.register, key: request.key })));
      const closes = index === made.length - 1;
      // The act stands at the place of its first leaf; a later one is found by its version.
      rows.push({ ...row, place: first + index, kept: true, put: single ? put : "no", closes });
    }
    if (!single) {
      const { values, ended, state, from: validFrom, to: validTo } = now;
      rows.push({
        ...base,
        values,
        ended,
        state,
        validFrom,
        validTo,
        version: last,
        salt: null,
        place: 0,
        kept: false,
        put,
        closes: false,
      });
    }
    results.push({ key: request.key, version: last });
  }
  return { rows, leaves, results };
}

function happeningsOf({ declaration }: CompiledRegister, { task, weighed, held }: Accepted, version: number): Happening[] {
  const { request, event, actor } = task;
  const about = { register: declaration.register, key: request.key, act: request.act };
  const told: Happening[] = [
    {
      type: "registry.recorded",
      body: {
        register: declaration.register,
        event: request.event,
        key: request.key,
        version,
        act: request.act,
        case: request.case ?? null,
      },
    },
  ];
  const corrected = event.corrects ? correctedBy(weighed.change, held ?? []) : [];
  if (corrected.length > 0) {
    const since = corrected.map(({ wrongSince }) => wrongSince.getTime());
    told.push({
      type: "registry.corrected",
      body: {
        ...about,
        fields: corrected.map(({ field }) => field),
        wrongSince: new Date(Math.min(...since)).toISOString(),
        since: Object.fromEntries(corrected.map(({ field, wrongSince }) => [field, wrongSince.toISOString()])),
        subject: declaration.subject === undefined ? null : (weighed.change.now.values[declaration.subject] ?? null),
        actor: actorKey(actor),
      },
    });
  }
  for (const link of weighed.brokenLinks)
    told.push({ type: "registry.link-broken", body: { ...about, link, on: request.validFrom } });
  return [...told, ...(task.tells ?? [])];
}

/** Two rows of one load that claim the same: the second is at fault. */
function refuseTwice({ declaration }: CompiledRegister, all: Weighed[]): void {
  const claimed = new Map<string, string>();
  for (const one of all) {
    for (const { rule, value } of one.claims.made) {
      const claim = `${rule} ${value}`;
      const holder = claimed.get(claim);
      if (holder === undefined) claimed.set(claim, one.key);
      else {
        one.holders.push(holder);
        const field = declaration.unique![rule]!.fields[0];
        one.faults.push({ pointer: `/values/${field}`, key: `registry.said.${declaration.register}.unique.${rule}` });
      }
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Another writer was first: the same change may do on what it made. SQLSTATE 40001 and 40P01: serialization failure, deadlock. */
function wasRaced(error: unknown): boolean {
  return isDuplicate(error) || ["registry.version-differs", "40001", "40P01"].includes(codeOf(error));
}

function asProblem({ declaration }: CompiledRegister, error: unknown): unknown {
  return isDuplicate(error) ? problem("exists-already", { params: { register: declaration.register }, cause: error }) : error;
}
