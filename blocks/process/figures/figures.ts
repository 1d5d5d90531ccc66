import type { HistoryEvent } from "../engine/state.ts";
import { isRefusal, rulesOf } from "./decided.ts";
import { createHistogram, type Histogram } from "./histogram.ts";
import type { WorkingTime } from "./working-time.ts";

/** What was written of one case, the oldest step first. */
export interface CaseHistory {
  readonly instance: string;
  readonly model: string;
  readonly steps: readonly { readonly at: number; readonly kind: string; readonly told: readonly HistoryEvent[] }[];
}

export interface StepFigures {
  readonly node: string;
  readonly visits: number;
  /** Times it was entered again in a case that had been there. */
  readonly again: number;
  /** Stays that are over; none where nobody is waited for. */
  readonly stays: number;
  /** Working days until somebody took it, or until it was done where nobody does it. */
  readonly waiting: Spread;
  /** Minutes in somebody's hands. */
  readonly working: Spread;
  readonly incidents: number;
}

export interface Spread {
  readonly mean: number;
  readonly half: number;
  readonly nineTenths: number;
  readonly sum: number;
}

export interface Figures {
  readonly cases: number;
  readonly ended: number;
  /** Working days from the beginning to the end. */
  readonly through: Spread;
  readonly steps: readonly StepFigures[];
  /** Cases that ended without anybody of an authority having touched them. */
  readonly withoutHuman: number;
  /** Cases that came back to a step they had been at. */
  readonly looped: number;
  /** Decisions that said no or refused, by rule. */
  readonly refusals: readonly { readonly decision: string; readonly rule: string; readonly cases: number }[];
  /** Minutes of officials, and what they cost in minor units. */
  readonly minutes: number;
  readonly cost: number;
  /** Where cases wait longest, all together. */
  readonly bottleneck?: { readonly node: string; readonly days: number; readonly share: number };
}

interface Kept {
  visits: number;
  again: number;
  waiting: Histogram;
  working: Histogram;
  incidents: number;
}

/** Somebody who is not the machine. */
function isHuman(by: string | undefined): boolean {
  return by !== undefined && by !== "system" && !by.startsWith("system");
}

const HANDS = new Set<HistoryEvent["kind"]>(["held", "done", "agreed", "skipped", "moved", "added", "retried", "set"]);
const LEFT = new Set<HistoryEvent["kind"]>(["done", "skipped", "interrupted", "caught"]);

/** Takes cases one after the other; memory does not grow with their number. */
export function createFigures(given: {
  time: WorkingTime;
  /** Minor units for a minute of an official. */
  rate: number;
  /** Steps that are many times on purpose: repeated activities. */
  repeated?: (model: string, node: string) => boolean;
}): { add(history: CaseHistory): void; figures(): Figures } {
  const { time, rate, repeated = () => false } = given;
  const kept = new Map<string, Kept>();
  const refusals = new Map<string, { decision: string; rule: string; cases: number }>();
  const through = createHistogram();
  const sums = { cases: 0, ended: 0, withoutHuman: 0, looped: 0, minutes: 0 };
  const keptOf = (node: string): Kept => {
    let one = kept.get(node);
    if (!one) {
      one = { visits: 0, again: 0, waiting: createHistogram(), working: createHistogram(), incidents: 0 };
      kept.set(node, one);
    }
    return one;
  };
  return {
    add(history) {
      sums.cases++;
      const looked = { human: false, looped: false, over: false, refused: new Set<string>() };
      const open = new Map<number, { node: string; since: number; taken: number | undefined }>();
      const entered = new Map<string, number>();
      for (const { at, told } of history.steps)
        for (const event of told) {
          const { kind, node, token, by } = event;
          // A repeated step is counted each time it is done, not once more as a whole.
          if (event.said?.whole === true) continue;
          if (HANDS.has(kind) && isHuman(by)) looked.human = true;
          if (kind === "entered" && node !== undefined) {
            const times = (entered.get(node) ?? 0) + 1;
            entered.set(node, times);
            const one = keptOf(node);
            one.visits++;
            if (times > 1 && !repeated(history.model, node)) {
              one.again++;
              looked.looped = true;
            }
            if (token !== undefined) open.set(token, { node, since: at, taken: undefined });
          } else if (token !== undefined) sums.minutes += stay({ event, at, open, time, keptOf });
          if (kind === "decided") noteRefusals(event, looked.refused, refusals);
          if (kind === "ended" || kind === "terminated" || kind === "cancelled") looked.over = true;
        }
      if (looked.looped) sums.looped++;
      if (!looked.over) return;
      sums.ended++;
      if (!looked.human) sums.withoutHuman++;
      through.add(time.days(history.steps[0]!.at, history.steps.at(-1)!.at));
    },
    figures() {
      const steps = [...kept].map(
        ([node, one]): StepFigures => ({
          node,
          visits: one.visits,
          again: one.again,
          stays: one.waiting.count,
          waiting: spreadOf(one.waiting),
          working: spreadOf(one.working),
          incidents: one.incidents,
        }),
      );
      return {
        ...sums,
        through: spreadOf(through),
        steps,
        refusals: [...refusals.values()].sort((a, b) => b.cases - a.cases || (a.rule < b.rule ? -1 : 1)),
        cost: Math.round(sums.minutes * rate),
        ...bottleneckOf(steps),
      };
    },
  };
}

/** What an event does to the stay of a token; gives the minutes somebody had it in hand. */
function stay(given: {
  event: HistoryEvent;
  at: number;
  open: Map<number, { node: string; since: number; taken: number | undefined }>;
  time: WorkingTime;
  keptOf(node: string): Kept;
}): number {
  const { event, at, open, time, keptOf } = given;
  const staying = open.get(event.token!);
  if (!staying) return 0;
  if (event.kind === "incident") keptOf(staying.node).incidents++;
  // Given back: what comes until the next one takes it is waiting again.
  if (event.kind === "held") staying.taken = event.by === undefined ? undefined : (staying.taken ?? at);
  if (!LEFT.has(event.kind)) return 0;
  open.delete(event.token!);
  const one = keptOf(staying.node);
  const begun = staying.taken ?? at;
  one.waiting.add(time.days(staying.since, begun));
  if (staying.taken === undefined) return 0;
  const minutes = time.minutes(staying.taken, at);
  one.working.add(minutes);
  return minutes;
}

function spreadOf(histogram: Histogram): Spread {
  const { count, sum } = histogram;
  return { mean: count === 0 ? 0 : sum / count, half: histogram.quantile(0.5), nineTenths: histogram.quantile(0.9), sum };
}

/** A case counts once for each rule, however often it was decided. */
function noteRefusals(
  event: HistoryEvent,
  seen: Set<string>,
  refusals: Map<string, { decision: string; rule: string; cases: number }>,
): void {
  const said = event.said ?? {};
  const { value, decision } = said;
  if (!isRefusal(value)) return;
  const name = String(decision ?? event.node ?? "");
  for (const rule of rulesOf(said)) {
    const key = `${name}\n${rule}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const counted = refusals.get(key);
    if (counted) counted.cases++;
    else refusals.set(key, { decision: name, rule, cases: 1 });
  }
}

function bottleneckOf(steps: readonly StepFigures[]): Pick<Figures, "bottleneck"> {
  const all = steps.reduce((sum, { waiting }) => sum + waiting.sum, 0);
  if (all <= 0) return {};
  const most = steps.reduce((first, one) => (one.waiting.sum > first.waiting.sum ? one : first));
  return { bottleneck: { node: most.node, days: most.waiting.mean, share: most.waiting.sum / all } };
}
