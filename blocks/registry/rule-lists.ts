import type { Queryable } from "@kerege/kernel/database";
import type { Value, Values } from "./declaration.ts";
import type { RuleNeed } from "./rules.ts";
import { findLists } from "./store-links.ts";
import { findThose } from "./store-past.ts";
import { findVersions } from "./store-record.ts";
import { fold, on, type Segment } from "./timeline.ts";

/** Values by which a list is asked, for a stretch of a record. */
export interface ListQuestion {
  values: Value[];
  from: string;
  to: string | null;
  /** The record itself, where the list is of its own register: the rule speaks of it by its fields as they will be. */
  without?: string;
}

/** Records as a rule sees them, from a day on until the next. */
export interface ListStretch {
  from: string;
  records: Values[];
}

/**
 * The records a rule looks at over a stretch of days: one list from its first day, and another from each day on which one of them
 * begins, changes or ends. Records are found by what they are, and by what they were or will be on those days.
 */
export async function listsOver(tx: Queryable, need: RuleNeed, questions: ListQuestion[]): Promise<ListStretch[][]> {
  const { register } = need;
  const { fields, when } = need.list!;
  const asked = questions.map(({ values, from }) => ({ values, on: from }));
  const lists = (await findLists(tx, register, { fields, questions: asked })).map((list, index) =>
    list.filter(({ key }) => key !== questions[index]!.without),
  );
  if (when === "ever")
    return lists.map((list, index) => [{ from: questions[index]!.from, records: list.map((one) => one.values) }]);
  for (const [index, keys] of (await findThose(tx, register, { fields, questions })).entries()) {
    const listed = new Set([...lists[index]!.map(({ key }) => key), questions[index]!.without]);
    const missing = keys.filter((key) => !listed.has(key));
    lists[index]!.push(...missing.map((key) => ({ key, values: {}, validFrom: "", state: null, settled: false })));
  }
  const unclear = lists.flatMap((list) => list.flatMap(({ key, settled }) => (settled ? [] : [key])));
  const versions = await findVersions(tx, register, [...new Set(unclear)]);
  return lists.map((list, index) => {
    const question = questions[index]!;
    const held = list.map(({ key, values, state, validFrom }): Segment[] => {
      const known = versions.get(key);
      return known ? fold(known) : [{ from: validFrom, to: null, values, ended: false, state }];
    });
    return daysOf(question, held).map((day) => ({
      from: day,
      records: held.flatMap((segments) => {
        const there = on(segments, day);
        const listed = there && !there.ended && fields.every((field, at) => there.values[field] === question.values[at]);
        return listed ? [there.values] : [];
      }),
    }));
  });
}

/** First day of the question, and every later one of it on which something begins. */
function daysOf({ from, to }: ListQuestion, held: Segment[][]): string[] {
  const begins = held.flatMap((segments) => segments.map((segment) => segment.from));
  return [from, ...[...new Set(begins)].filter((day) => day > from && (to === null || day < to)).sort()];
}

/** What rules see on each day on which one of their lists changes: for every such day the list of each name. */
export function byDay(lists: Record<string, ListStretch[]>, from: string): { day: string; lists: Record<string, Values[]> }[] {
  const days = [...new Set([from, ...Object.values(lists).flatMap((stretches) => stretches.map((one) => one.from))])].sort();
  return days.map((day) => ({
    day,
    lists: Object.fromEntries(
      Object.entries(lists).map(([name, stretches]) => [name, stretches.findLast((one) => one.from <= day)?.records ?? []]),
    ),
  }));
}
