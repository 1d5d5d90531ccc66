import type { Plain } from "@kerege/kernel/feel";
import type { Decide, Model, Node } from "../engine/model.ts";
import type { Ending, Side, Work } from "./ending.ts";
import type { PastCase, PastDecision, PastEnd } from "./past.ts";
import { processSide, type Walking } from "./walk.ts";

/**
 * Whether two editions are one process with other decisions. A case whose decisions come out as they were then goes the same way to the
 * same end, since nothing else of it changed: only the others have to be walked.
 */
export function differOnlyInDecisions(one: Model, other: Model): boolean {
  return shapeOf(one) === shapeOf(other);
}

/** The model as text, expressions by their text, decisions by the name of their result. */
function shapeOf({ nodes, flows, scopes, calendar }: Model): string {
  return JSON.stringify([nodes, flows, scopes, calendar.zone], (_, value: unknown) =>
    typeof value === "function" ? undefined : value,
  );
}

/**
 * The edition `walking.model` over cases of the past, put to the decisions first: what they leave as it was is not walked again.
 * @param past the edition the cases were decided by
 */
export function movedSide(walking: Walking, past: Model): Side<PastCase> {
  const whole = processSide(walking);
  if (!differOnlyInDecisions(past, walking.model)) return whole;
  const judged = new Map<string, { result: string; decide: Decide; same: boolean }>();
  walking.model.nodes.forEach((node, index) => {
    const [work, then] = [node.work, past.nodes[index]!.work];
    if (work?.kind === "decision" && then?.kind === "decision")
      judged.set(node.id, { result: work.result, decide: work.decide, same: work.decide === then.decide });
  });
  const { zone } = walking.model.calendar;
  const desks = desksOf(walking.model);
  return {
    name: walking.name,
    end(one) {
      const { came } = one;
      return came?.decided && staysSame(one, { decided: came.decided, judged, zone })
        ? endingOf(one, came, { walking, desks })
        : whole.end(one);
    },
  };
}

interface Judging {
  decided: readonly PastDecision[];
  judged: ReadonlyMap<string, { result: string; decide: Decide; same: boolean }>;
  zone: string;
}

function staysSame({ variables, answers }: PastCase, { decided, judged, zone }: Judging): boolean {
  const values: Record<string, Plain> = { ...variables };
  let given = 0;
  for (const { node, at, after, value } of decided) {
    const judge = judged.get(node);
    if (!judge) return false;
    for (; given < after; given++) Object.assign(values, answers[given]?.output);
    // The same closure over the same variables has the same value: that is what a pure function is.
    if (!judge.same && !sameValue(judge.decide(values, { at, zone }).value, value)) return false;
    values[judge.result] = value;
  }
  return true;
}

function sameValue(one: Plain, other: Plain): boolean {
  return one === other || (typeof one === "object" && typeof other === "object" && JSON.stringify(one) === JSON.stringify(other));
}

function desksOf(model: Model): Map<string, string> {
  const desks = new Map<string, string>();
  for (const { id, work } of model.nodes) if (work?.kind === "person") desks.set(id, work.role);
  return desks;
}

const NONE: readonly never[] = [];

function endingOf(
  one: PastCase,
  { outcome, amount, days, rules }: PastEnd,
  { walking, desks }: { walking: Walking; desks: ReadonlyMap<string, string> },
): Ending {
  const burden = walking.burden?.(one);
  return {
    outcomes: outcomeOf(outcome),
    rules,
    amount: { least: amount, most: amount },
    days: { least: days, most: days },
    work: workOf(one, desks),
    questions: burden?.questions ?? 0,
    minutes: burden?.minutes ?? 0,
    unknown: NONE,
  };
}

const outcomes = new Map<string, readonly string[]>();
function outcomeOf(outcome: string): readonly string[] {
  let one = outcomes.get(outcome);
  if (!one) {
    one = [outcome];
    outcomes.set(outcome, one);
  }
  return one;
}

function workOf({ answers }: PastCase, desks: ReadonlyMap<string, string>): readonly Work[] {
  let made: { desk: string; tasks: number; minutes: number }[] | undefined;
  for (const { node, worked, unasked } of answers) {
    const desk = unasked ? undefined : desks.get(node);
    if (desk === undefined) continue;
    const kept = made?.find((each) => each.desk === desk);
    if (kept) {
      kept.tasks++;
      kept.minutes += worked;
    } else {
      made ??= [];
      made.push({ desk, tasks: 1, minutes: worked });
    }
  }
  return made ?? NONE;
}

/** What past cases came to under the edition they were decided by, as it was recorded. */
export function recordedSide(walking: Walking): Side<PastCase> {
  const whole = processSide(walking);
  const desks = desksOf(walking.model);
  return { name: walking.name, end: (one) => (one.came ? endingOf(one, one.came, { walking, desks }) : whole.end(one)) };
}

type Seen = { node: string; at: number; value: Plain; variables: Readonly<Record<string, Plain>> }[];

/**
 * Gives a case what it came to and every decision on the way, found by walking it once under the edition it was decided by. The order of
 * decisions is kept only where each saw nothing but the beginning, answers before it and decisions before it.
 */
export function endFinder(walking: Walking): (one: PastCase) => PastCase {
  const seen: Seen = [];
  const asked = new Set<string>();
  const { model } = walking;
  const nodes = model.nodes.map((node): Node => {
    const { work } = node;
    if (work?.kind !== "decision") return node;
    const decide: Decide = (variables, moment) => {
      const decided = work.decide(variables, moment);
      seen.push({ node: node.id, at: moment.at, value: decided.value, variables: { ...variables } });
      return decided;
    };
    return { ...node, work: { ...work, decide } };
  });
  const side = processSide({ ...walking, model: { ...model, nodes }, asked: (node, turn) => asked.add(`${node} ${turn}`) });
  return (one) => {
    seen.length = 0;
    asked.clear();
    const ending = side.end(one);
    const [outcome] = ending.outcomes;
    if (outcome === undefined || ending.outcomes.length > 1 || ending.unknown.length > 0) return one;
    const answers = one.answers.map((answer) =>
      asked.has(`${answer.node} ${answer.turn}`) ? answer : { ...answer, unasked: true as const },
    );
    const decided = orderOf(one, model, seen);
    const { amount, days, rules } = ending;
    return { ...one, answers, came: { outcome, amount: amount.most, days: days.most, rules, ...(decided && { decided }) } };
  };
}

/** For each decision the number of answers before it; undefined where that does not give what it saw. */
function orderOf(one: PastCase, model: Model, seen: Seen): PastDecision[] | undefined {
  const values: Record<string, Plain> = { ...one.variables };
  const made: PastDecision[] = [];
  let given = 0;
  for (const { node, at, value, variables } of seen) {
    while (given < one.answers.length && !isSame(values, variables)) Object.assign(values, one.answers[given++]!.output);
    if (!isSame(values, variables)) return undefined;
    made.push({ node, at, after: given, value });
    const work = model.nodes[model.nodeOf.get(node)!]!.work;
    if (work?.kind === "decision") values[work.result] = value;
  }
  return made;
}

function isSame(one: Readonly<Record<string, Plain>>, other: Readonly<Record<string, Plain>>): boolean {
  const names = Object.keys(other);
  return names.length === Object.keys(one).length && names.every((name) => name in one && sameValue(one[name]!, other[name]!));
}
