import type { Queryable } from "@kerege/kernel/database";
import type { FieldProblem } from "@kerege/kernel/problem";
import { type Change, claimsOf, endOf } from "./change.ts";
import type { Values } from "./declaration.ts";
import { pastLocks, weighPastClaims } from "./past-claims.ts";
import type { Published } from "./registers.ts";
import { byDay, type ListStretch, listsOver } from "./rule-lists.ts";
import { askedBy, asksAt, broken, type CompiledRule, compileRules, type RuleNeed } from "./rules.ts";
import { type Claim, findClaims, findDependants } from "./store-links.ts";
import { type CurrentRow, findCurrent, findVersions, type HeldVersion } from "./store-record.ts";
import { type CompiledRegister, quote } from "./store-sql.ts";
import { fold, on } from "./timeline.ts";

/** A change as it is weighed against what other records say. */
export interface Weighed {
  key: string;
  event: string;
  values: Values;
  validFrom: string;
  change: Change;
  faults: FieldProblem[];
  /** Who holds a value that only one record may have. */
  holders: string[];
  claims: { gone: Claim[]; made: Claim[] };
  merging?: boolean;
  /** Links that the end of the record breaks. */
  brokenLinks: Link[];
}

/** A record that points at another by a field. */
export interface Link {
  register: string;
  field: string;
  key: string;
}

/** A reference from one register into another that must hold in time. */
interface Incoming {
  register: CompiledRegister;
  field: string;
  onEnd: "refuse" | "tell";
}

interface Wiring {
  rules: CompiledRule[];
  /** Who points here with links that must hold for their whole time. */
  incoming: Incoming[];
  references: { field: string; register: CompiledRegister; covers: "start" | "whole" }[];
}

const MOST_TOLD = 100;

/** Looks at what other records say about changes: for many of one register at once, one statement for each kind of question. */
export function createSurvey(published: Published) {
  const wired = new Map<CompiledRegister, Wiring>();
  const wiringOf = (register: CompiledRegister): Wiring => {
    let wiring = wired.get(register);
    if (!wiring) {
      wiring = wire(published, register);
      wired.set(register, wiring);
    }
    return wiring;
  };

  return {
    /** What a change must hold alone until its transaction ends, so that two clerks at one list or one link wait for each other. */
    locks(register: CompiledRegister, one: Weighed, today: string): string[] {
      const { rules, incoming, references } = wiringOf(register);
      const names = new Set<string>(pastLocks(register, one, today));
      for (const rule of rules) {
        if (!asksAt(rule, one.event)) continue;
        for (const need of rule.needs) {
          if (!need.list) continue;
          for (const { values } of one.change.made) {
            const asked = askedBy(need, values);
            if (asked)
              names.add(`list ${need.register.declaration.register} ${need.list.fields.join(" ")} ${JSON.stringify(asked)}`);
          }
        }
      }
      for (const { field, register: target, covers } of references) {
        const value = one.values[field];
        if (covers === "whole" && typeof value === "string") names.add(linkLock(target, value));
      }
      if (incoming.length > 0 && endsNow(one.change)) names.add(linkLock(register, one.key));
      return [...names];
    },

    /** Records that point at one of this register, by fields that have an index: most of each field so many. */
    async pointingAt(from: Queryable, register: CompiledRegister, asked: { key: string; on: string; most: number }) {
      const found: Link[] = [];
      for (const other of published.all()) {
        for (const [field, { type, register: target }] of Object.entries(other.declaration.fields)) {
          if (type !== "reference" || target !== register.declaration.register || !leads(other, field)) continue;
          const rows = await findDependants(from, other, { field, targets: [asked], most: asked.most });
          found.push(...rows.map(({ key }) => ({ register: other.declaration.register, field, key })));
        }
      }
      return found;
    },

    /** Whether changes of this register, of which the earliest is true from a day on, may have to keep others away. */
    locking(register: CompiledRegister, { first, today }: { first: string; today: string }): boolean {
      const { rules, incoming, references } = wiringOf(register);
      return (
        incoming.length > 0 ||
        (register.declaration.unique !== undefined && first < today) ||
        references.some(({ covers }) => covers === "whole") ||
        rules.some(({ needs }) => needs.some(({ list }) => list !== undefined))
      );
    },

    /** Locks under which a first load of these registers does not come between. */
    shared(register: CompiledRegister): string[] {
      return [register, ...wiringOf(register).incoming.map((one) => one.register)].map(loadLock);
    },

    /** Adds what is wrong by what other records say: what references point at, rules. */
    async weighOthers(tx: Queryable, register: CompiledRegister, given: { all: Weighed[]; today: string }): Promise<void> {
      const wiring = wiringOf(register);
      await weighReferences(tx, wiring, given.all);
      await weighRules(tx, { register, wiring, ...given });
    },

    /** Adds which values become claimed and free, and those that another record holds. */
    async weighClaims(tx: Queryable, register: CompiledRegister, given: { all: Weighed[]; today: string }): Promise<void> {
      await weighClaims(tx, register, given);
      await weighPastClaims(tx, register, given);
    },

    /** Adds the links that ends break, and those that forbid them. */
    weighEnds: (tx: Queryable, register: CompiledRegister, all: Weighed[]): Promise<void> =>
      weighEnds(tx, wiringOf(register), all),
  };
}
export type Survey = ReturnType<typeof createSurvey>;

function wire(published: Published, register: CompiledRegister): Wiring {
  const name = register.declaration.register;
  const incoming = published
    .all()
    .flatMap((other) =>
      Object.entries(other.declaration.fields).flatMap(([field, { type, register: target, link }]): Incoming[] =>
        type === "reference" && target === name && link?.covers === "whole"
          ? [{ register: other, field, onEnd: link.onEnd ?? "refuse" }]
          : [],
      ),
    );
  const references = Object.entries(register.declaration.fields).flatMap(([field, { type, register: target, link }]) =>
    type === "reference" ? [{ field, register: published.register(target!), covers: link?.covers ?? ("start" as const) }] : [],
  );
  return { rules: compileRules(register, (other) => published.register(other)), incoming, references };
}

function leads(register: CompiledRegister, field: string): boolean {
  return register.declaration.key === field || register.indexes.some(({ text }) => text.includes(`(${quote(field)},`));
}

export const loadLock = ({ declaration }: CompiledRegister) => `load ${declaration.register}`;
const linkLock = (target: CompiledRegister, key: string) => `link ${target.declaration.register} ${key}`;

/** The change brings the record to an end, or to an earlier one. */
function endsNow({ held, after }: Change): boolean {
  return endOf(after) !== endOf(held);
}

/** What each reference points at is there from the day the change is true; where the link covers the whole, for as long as the record. */
async function weighReferences(tx: Queryable, { references }: Wiring, all: Weighed[]): Promise<void> {
  for (const { field, register: target, covers } of references) {
    const asking = all.filter(({ values }) => typeof values[field] === "string");
    if (asking.length === 0) continue;
    const keys = [...new Set(asking.map(({ values }) => values[field] as string))];
    const found = await findCurrent(tx, target, keys);
    // The current row says enough for the days after it began, unless something is known to come or to have ended.
    const unclear = asking.filter(({ values, validFrom }) => {
      const row = found.get(values[field] as string);
      return row && (row.nextChangeOn !== null || row.endedOn !== null || validFrom < row.validFrom);
    });
    const versions = await findVersions(tx, target, [...new Set(unclear.map(({ values }) => values[field] as string))]);
    for (const one of asking) {
      const key = one.values[field] as string;
      const wrong = standsFor(one, { row: found.get(key), versions: versions.get(key), covers });
      if (wrong)
        one.faults.push({
          pointer: `/values/${field}`,
          key: `registry.fields.${wrong.key}`,
          ...(wrong.params && { params: wrong.params }),
        });
    }
  }
}

function standsFor(
  one: Weighed,
  { row, versions, covers }: { row: CurrentRow | undefined; versions: HeldVersion[] | undefined; covers: "start" | "whole" },
): { key: string; params?: Record<string, string> } | undefined {
  if (!row) return { key: "not-found" };
  if (!versions) return undefined;
  const segments = fold(versions);
  const there = on(segments, one.validFrom);
  if (!there || there.ended) return { key: "not-then", params: { day: one.validFrom } };
  const [theirs, ours] = [endOf(segments), endOf(one.change.after)];
  if (covers === "whole" && theirs !== null && (ours === null || ours > theirs))
    return { key: "ends-before", params: { day: theirs } };
  return undefined;
}

async function weighRules(
  tx: Queryable,
  { register, wiring, all, today }: { register: CompiledRegister; wiring: Wiring; all: Weighed[]; today: string },
): Promise<void> {
  for (const rule of wiring.rules) {
    const asked = all.filter((one) => one.faults.length === 0 && asksAt(rule, one.event));
    if (asked.length === 0) continue;
    const cases = asked.flatMap((one) => one.change.made.map((segment): Case => ({ one, segment, others: {}, lists: {} })));
    for (const need of rule.needs) await tellNeed(tx, { register, need, cases });
    for (const { one, segment, others, lists } of cases) {
      for (const then of byDay(lists, segment.from)) {
        const fault = broken(register, rule, {
          event: one.event,
          values: segment.values,
          before: on(one.change.held, segment.from)?.values ?? null,
          validFrom: segment.from,
          state: segment.state,
          today,
          others: { ...others, ...then.lists },
        });
        if (fault && !one.faults.some(({ key }) => key === fault.key)) one.faults.push(fault);
      }
    }
  }
}

interface Case {
  one: Weighed;
  segment: { from: string; to: string | null; ended: boolean; values: Values; state: string | null };
  others: Record<string, Values | null>;
  lists: Record<string, ListStretch[]>;
}

async function tellNeed(
  tx: Queryable,
  { register, need, cases }: { register: CompiledRegister; need: RuleNeed; cases: Case[] },
): Promise<void> {
  if (need.key !== undefined) {
    const field = need.key;
    const keyOf = ({ segment }: Case) => segment.values[field] as string | null | undefined;
    const found = await findCurrent(tx, need.register, [...new Set(cases.flatMap((one) => keyOf(one) ?? []))]);
    for (const one of cases) one.others[need.name] = found.get(keyOf(one) ?? "")?.values ?? null;
    return;
  }
  const asking = cases.flatMap((one) => {
    const { from, ended, values: held } = one.segment;
    // What is at an end counts for no day after its last.
    const to = ended ? from : one.segment.to;
    const values = askedBy(need, held);
    if (!values) one.lists[need.name] = [{ from, records: [] }];
    return values ? [{ one, values, from, to, ...(need.register === register && { without: one.one.key }) }] : [];
  });
  if (asking.length === 0) return;
  const lists = await listsOver(tx, need, asking);
  for (const [index, { one }] of asking.entries()) one.lists[need.name] = lists[index]!;
}

async function weighClaims(
  tx: Queryable,
  register: CompiledRegister,
  { all, today }: { all: Weighed[]; today: string },
): Promise<void> {
  const { declaration } = register;
  if (!declaration.unique) return;
  for (const one of all) {
    const before = claimsOf(declaration, one.change.held, today);
    const after = claimsOf(declaration, one.change.after, today);
    const without = (list: typeof before, other: typeof before) =>
      list
        .filter(({ rule, value }) => !other.some((same) => same.rule === rule && same.value === value))
        .map((claim) => ({ ...claim, key: one.key }));
    one.claims = { gone: without(before, after), made: without(after, before) };
  }
  const wanted = all.flatMap(({ claims }) => claims.made);
  if (wanted.length === 0) return;
  const taken = await findClaims(tx, register, wanted);
  if (taken.length === 0) return;
  const versions = await findVersions(tx, register, [...new Set(taken.map(({ key }) => key))]);
  const named = (claim: { rule: string; value: string }) => `${claim.rule} ${claim.value}`;
  const held = new Map(taken.map((claim) => [named(claim), claim]));
  for (const one of all) {
    for (const claim of one.claims.made) {
      const holder = held.get(named(claim));
      if (!holder) continue;
      // A claim of a record that has come to its end, or whose value has changed, since it was written is nobody's any more.
      const theirs = claimsOf(declaration, fold(versions.get(holder.key) ?? []), today);
      if (holder.key === one.key || !theirs.some((other) => named(other) === named(claim))) one.claims.gone.push(holder);
      else {
        one.holders.push(holder.key);
        one.faults.push({
          pointer: `/values/${declaration.unique[claim.rule]!.fields[0]}`,
          key: `registry.said.${declaration.register}.unique.${claim.rule}`,
        });
      }
    }
  }
}

async function weighEnds(tx: Queryable, { incoming }: Wiring, all: Weighed[]): Promise<void> {
  const ending = incoming.length === 0 ? [] : all.filter((one) => one.faults.length === 0 && !one.merging && endsNow(one.change));
  if (ending.length === 0) return;
  const targets = ending.flatMap(({ key, change }) => {
    const end = endOf(change.after);
    return end === null ? [] : [{ key, on: end }];
  });
  for (const { register, field, onEnd } of incoming) {
    const dependants = await findDependants(tx, register, { field, targets, most: MOST_TOLD });
    for (const { target, key } of dependants) {
      const one = ending.find((weighed) => weighed.key === target)!;
      const name = register.declaration.register;
      if (onEnd === "tell") one.brokenLinks.push({ register: name, field, key });
      else if (!one.faults.some((fault) => fault.key === `registry.said.${name}.held`))
        one.faults.push({ pointer: "", key: `registry.said.${name}.held`, params: { key } });
    }
  }
}
