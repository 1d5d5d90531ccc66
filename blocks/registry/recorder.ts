import type { Means } from "@kerege/kernel/block";
import { isDuplicate, type Queryable, type Transaction } from "@kerege/kernel/database";
import { type Accepted, happeningsOf, type Recorded, rowsOf, type Task } from "./accepted.ts";
import type { Chains } from "./chain.ts";
import { changeOf, heldOf, needsVersions } from "./change.ts";
import { namesFile, noteContents, weighContents } from "./content.ts";
import { settle } from "./expand.ts";
import { problem } from "./problems.ts";
import { changeClaims, takeLocks } from "./store-links.ts";
import { fuzzyFields, type Names } from "./store-names.ts";
import { copyRows, type FoundState, findStates, findVersions, type HeldVersion, writeRows } from "./store-record.ts";
import type { CompiledRegister } from "./store-sql.ts";
import { loadLock, type Survey, type Weighed } from "./survey.ts";
import { createToday } from "./today.ts";
import type { Outcome } from "./write-queue.ts";

/** What becomes of a task: it is over, or it will be written. */
type Decided = Accepted | { task: Task; outcome: Outcome<Recorded> };

interface Writing {
  accepted: Accepted[];
  at: Date;
  next: NextBatch;
}

const acceptedOf = (decided: Decided[]): Accepted[] => decided.filter((one): one is Accepted => "weighed" in one);

const filesIn = (decided: Decided[]) => acceptedOf(decided).map(({ task, weighed }) => ({ weighed, actor: task.actor }));

/** More is to be written than versions, current row and what is told. */
function needsMore(register: CompiledRegister, { task, weighed }: Accepted): boolean {
  const { claims } = weighed;
  if (task.within || claims.gone.length > 0 || claims.made.length > 0) return true;
  if (namesFile(register, task.request.values)) return true;
  return fuzzyFields(register).some((field) => task.request.values[field] !== undefined);
}

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
    tx: Queryable,
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
      const wanted = survey.locks(register, one.weighed, today(at));
      if (wanted.some((lock) => locks.has(lock))) decided[index] = { task: one.task, outcome: { again: true } };
      else for (const lock of wanted) locks.add(lock);
    }
    if (locks.size > 0) await takeLocks(tx as Transaction, { alone: locks, shared: survey.shared(register) });
    const all = decided.flatMap((one) => ("weighed" in one ? [one.weighed] : []));
    await weighContents(tx, register, { all: filesIn(decided), at });
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

  /** Rows, leaves, batch and what is told: all that most events need, in one statement. */
  const put = async (
    to: Queryable,
    register: CompiledRegister,
    given: Writing,
  ): Promise<{ results: Recorded[]; done(): void }> => {
    const { rows, leaves, results } = rowsOf(register, given.accepted);
    const batch = given.next({ id: means.ids.next(), at: given.at, leaves });
    const happenings = given.accepted.flatMap((one, index) => happeningsOf(register, one, results[index]!.version));
    const { part, done } = means.events.telling(happenings);
    await writeRows(to, register, { rows, batch, told: part });
    return { results, done };
  };

  /** What belongs to some events beside that. */
  const putMore = async (tx: Transaction, register: CompiledRegister, accepted: Accepted[]): Promise<void> => {
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
    await noteContents(
      tx,
      register,
      accepted.map(({ weighed }) => weighed),
    );
    for (const { task } of accepted) await task.within?.(tx);
  };

  const outcomesOf = (decided: Decided[], results: Recorded[]): Outcome<Recorded>[] => {
    let place = 0;
    return decided.map((one) => ("weighed" in one ? { done: results[place++]! } : one.outcome));
  };

  const putAll = async (tx: Transaction, register: CompiledRegister, given: Writing): Promise<Recorded[]> => {
    if (given.accepted.length === 0) return [];
    const { results, done } = await put(tx, register, given);
    await putMore(tx, register, given.accepted);
    tx.afterCommit(done);
    return results;
  };

  const attempt = (register: CompiledRegister, tasks: Task[]): Promise<Outcome<Recorded>[]> =>
    chains.with(async (next) => {
      const at = means.clock.now();
      // Where writers of other records have to be kept away, all is one transaction from the first look on.
      const first = tasks.map(({ request }) => request.validFrom).sort()[0]!;
      if (survey.locking(register, { first, today: today(at) }))
        return means.database.transaction(async (tx) => {
          const decided = await decide(tx, register, { tasks, at });
          return outcomesOf(decided, await putAll(tx, register, { accepted: acceptedOf(decided), at, next }));
        });
      // Else the keys of versions and claims see to it that nothing came between; what is one statement needs no transaction.
      const decided = await decide(means.database, register, { tasks, at });
      const accepted = acceptedOf(decided);
      if (accepted.length === 0) return outcomesOf(decided, []);
      if (accepted.some((one) => needsMore(register, one)))
        return outcomesOf(decided, await means.database.transaction((tx) => putAll(tx, register, { accepted, at, next })));
      const { results, done } = await put(means.database, register, { accepted, at, next });
      done();
      return outcomesOf(decided, results);
    });

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
          await weighContents(tx, register, { all: filesIn(accepted), at });
          await survey.weighClaims(tx, register, { all: weighed, today: day });
          refuseTwice(register, weighed);
          refuse(weighed);
          const { rows, leaves } = rowsOf(register, accepted);
          await copyRows(tx, register, { rows, batch: next({ id: means.ids.next(), at, leaves }) });
          await putMore(tx, register, accepted);
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
  { act, fingerprint, current }: FoundState,
): Outcome<Recorded> | undefined {
  if (act && fingerprint !== undefined && request.fingerprint !== undefined && fingerprint !== request.fingerprint)
    return { refused: problem("act-differs") };
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

/**
 * Another writer was first: the same change may do on what it made. SQLSTATE 40001 and 40P01: serialization failure, deadlock; 22012:
 * a current row was not what it was read as (`writeRows`).
 */
function wasRaced(error: unknown): boolean {
  return isDuplicate(error) || ["22012", "40001", "40P01"].includes(codeOf(error));
}

function asProblem({ declaration }: CompiledRegister, error: unknown): unknown {
  if (isDuplicate(error)) return problem("exists-already", { params: { register: declaration.register }, cause: error });
  return codeOf(error) === "22012" ? problem("version-differs", { cause: error }) : error;
}
