import type { Queryable } from "@kerege/kernel/database";
import { claimsOf } from "./change.ts";
import type { Value } from "./declaration.ts";
import { findHolders } from "./store-past.ts";
import { findVersions } from "./store-record.ts";
import type { CompiledRegister } from "./store-sql.ts";
import type { Weighed } from "./survey.ts";
import { fold, on, type Segment } from "./timeline.ts";

/** What a change says that a record held alone over days that are over. */
interface PastClaim {
  rule: string;
  value: string;
  values: Value[];
  from: string;
  /** First day on which it is not said any more; no later than today, from where the table of claims keeps order. */
  to: string;
}

const ALWAYS = "0001-01-01";

/** Every claim of one stretch, whenever it was. */
const claimsIn = (register: CompiledRegister, segment: Segment | undefined) =>
  segment ? claimsOf(register.declaration, [{ ...segment, to: null }], ALWAYS) : [];

/** New claims of a change over days before today: those that the record itself did not make on those days before. */
export function pastClaims(register: CompiledRegister, { change, merging }: Weighed, today: string): PastClaim[] {
  if (!register.declaration.unique || merging) return [];
  return change.made.flatMap((segment) => {
    const to = segment.to === null || segment.to > today ? today : segment.to;
    const begins = change.held.map(({ from }) => from).filter((day) => day > segment.from && day < to);
    const days = [segment.from, ...begins.sort()].filter((day) => day < to);
    return days.flatMap((from, index) => {
      const before = claimsIn(register, on(change.held, from));
      return claimsIn(register, segment)
        .filter(({ rule, value }) => !before.some((one) => one.rule === rule && one.value === value))
        .map(({ rule, value }) => ({
          rule,
          value,
          values: register.declaration.unique![rule]!.fields.map((field) => segment.values[field] ?? null),
          from,
          to: days[index + 1] ?? to,
        }));
    });
  });
}

/** Held alone by who says that something was claimed in the past: no key of a table sees to it that two do not say so at once. */
export const pastLocks = (register: CompiledRegister, one: Weighed, today: string): string[] =>
  pastClaims(register, one, today).map(({ rule, value }) => `past ${register.declaration.register} ${rule} ${value}`);

/** Adds whom a past day knows as the holder of a value that a change claims for another record. */
export async function weighPastClaims(
  tx: Queryable,
  register: CompiledRegister,
  { all, today }: { all: Weighed[]; today: string },
): Promise<void> {
  const { unique, register: name } = register.declaration;
  const asked = all.flatMap((one) =>
    one.faults.length > 0 ? [] : pastClaims(register, one, today).map((claim) => ({ ...claim, one })),
  );
  for (const [rule, { fields }] of Object.entries(unique ?? {})) {
    const questions = asked.filter((claim) => claim.rule === rule);
    if (questions.length === 0) continue;
    const found = await findHolders(tx, register, { fields, questions });
    const others = found.map((keys, index) => keys.filter((key) => key !== questions[index]!.one.key));
    const versions = await findVersions(tx, register, [...new Set(others.flat())]);
    for (const [index, { one, from, to, value }] of questions.entries()) {
      const holder = others[index]!.find((key) =>
        fold(versions.get(key) ?? []).some(
          (segment) =>
            segment.from < to &&
            (segment.to === null || segment.to > from) &&
            claimsIn(register, segment).some((claim) => claim.rule === rule && claim.value === value),
        ),
      );
      if (holder === undefined) continue;
      one.holders.push(holder);
      const fault = { pointer: `/values/${fields[0]}`, key: `registry.said.${name}.unique.${rule}` };
      if (!one.faults.some(({ key }) => key === fault.key)) one.faults.push(fault);
    }
  }
}
