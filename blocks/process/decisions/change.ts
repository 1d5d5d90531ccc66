/**
 * What would change a decision: the fewest facts, moved the least, after which the outcome is a wanted one. Every answer has been
 * evaluated with the changed facts before it is given.
 */
import { Decimal, type Facts, FeelDate, type FeelValue, type Moment } from "@kerege/kernel/feel";
import type { Piece } from "./column.ts";
import type { Decision } from "./decisions.ts";
import { type Lever, leverOf, type Situation, withFact } from "./thresholds.ts";

export interface ChangeQuestion {
  readonly facts: Facts;
  readonly moment?: Moment;
  /** Whether an outcome is the one hoped for. */
  readonly wanted: (value: FeelValue) => boolean;
  /** Paths of facts a person can change, the easiest first; others are looked at when these do not help. */
  readonly changeable: readonly string[];
  /** The texts a fact may be, by its path, where they are listed: nothing else is advised. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** How many facts may change at once; 2 unless told, 3 at most. */
  readonly atMost?: number;
}

export interface Change {
  readonly path: string;
  readonly from: FeelValue;
  /** A value that helps: the nearest to the present one. */
  readonly to: FeelValue;
  /** All values around it that help, other changes being as they are said. */
  readonly range: Range;
  readonly changeable: boolean;
}

/** An end that is undefined lies at infinity; one value has equal ends. */
export interface Range {
  readonly low: FeelValue | undefined;
  readonly lowIncluded: boolean;
  readonly high: FeelValue | undefined;
  readonly highIncluded: boolean;
}

const MOST_TRIALS = 5_000;
const MOST_ANSWERS = 5;

/** Answers, the best first, each a set of changes made together; none where the outcome is wanted already or nothing was found. */
export function whatWouldChange(decision: Decision, question: ChangeQuestion): readonly (readonly Change[])[] {
  const search = new Search(decision, question);
  if (search.holds([])) return [];
  const { own, other } = search.levers();
  const most = Math.min(question.atMost ?? 2, 3);
  for (const levers of [own, [...own, ...other]]) {
    for (let count = 1; count <= most; count += 1) {
      const found = combinations(levers, count).flatMap((chosen) => search.answer(chosen) ?? []);
      if (found.length > 0)
        return found
          .toSorted((a, b) => a.far - b.far)
          .slice(0, MOST_ANSWERS)
          .map(({ changes }) => changes);
    }
  }
  return [];
}

interface Step {
  readonly lever: Lever;
  readonly index: number;
}

class Search {
  readonly #situation: Situation;
  readonly #question: ChangeQuestion;
  #trials = 0;

  constructor(decision: Decision, question: ChangeQuestion) {
    this.#question = question;
    const { facts, moment, wanted, values } = question;
    this.#situation = { decision, facts, moment, wanted, values };
  }

  levers(): { own: Lever[]; other: Lever[] } {
    const { decision, facts, moment } = this.#situation;
    const known = new Map(decision.follow(facts, moment).facts.map(({ path, value }) => [path, value]));
    const make = (paths: readonly string[]): Lever[] =>
      paths
        .flatMap((path) => leverOf(this.#situation, path, known.get(path) ?? null) ?? [])
        .filter(({ steps }) => steps.length > 0);
    const own = this.#question.changeable.filter((path) => decision.reads.includes(path));
    return { own: make(own), other: make(decision.reads.filter((path) => !own.includes(path))) };
  }

  holds(steps: readonly Step[]): boolean {
    const { decision, facts, moment, wanted } = this.#situation;
    this.#trials += 1;
    const changed = steps.reduce((now, { lever, index }) => withFact(now, lever.path, lever.steps[index]!.value), facts);
    return wanted(decision.evaluate(changed, moment));
  }

  /** The nearest steps of some levers that together bring a wanted outcome, each lever away from where it stands. */
  answer(levers: readonly Lever[]): { changes: Change[]; far: number } | undefined {
    const places = levers.map((lever) => nearestFirst(lever));
    let best: { steps: readonly Step[]; far: number } | undefined;
    const look = (chosen: readonly Step[], far: number): void => {
      const lever = levers[chosen.length];
      if (this.#trials > MOST_TRIALS || (best && far >= best.far)) return;
      if (!lever) {
        if (this.holds(chosen)) best = { steps: chosen, far };
        return;
      }
      for (const { index, far: more } of places[chosen.length]!) look([...chosen, { lever, index }], far + more);
    };
    look([], 0);
    return best && { changes: this.#widened(best.steps), far: best.far };
  }

  /** Every step widened over its neighbours, as long as all combinations with the others hold. */
  #widened(steps: readonly Step[]): Change[] {
    const spans = steps.map(({ index }) => ({ from: index, to: index }));
    for (const [at, { lever }] of steps.entries()) {
      const span = spans[at]!;
      while (span.to + 1 < lever.steps.length && isRow(lever, span.to) && this.#allHold(steps, { spans, at, index: span.to + 1 }))
        span.to += 1;
      while (span.from > 0 && isRow(lever, span.from - 1) && this.#allHold(steps, { spans, at, index: span.from - 1 }))
        span.from -= 1;
    }
    return steps.map(({ lever, index }, at) => ({
      path: lever.path,
      from: lever.value,
      to: lever.steps[index]!.value,
      range: rangeOf(lever, spans[at]!),
      changeable: this.#question.changeable.includes(lever.path),
    }));
  }

  #allHold(steps: readonly Step[], more: { spans: readonly { from: number; to: number }[]; at: number; index: number }): boolean {
    const { spans, at, index } = more;
    const rows = steps.map(({ lever }, place) => {
      const { from, to } = spans[place]!;
      const indexes = place === at ? [index] : Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
      return indexes.map((one) => ({ lever, index: one }));
    });
    const products = rows.reduce<Step[][]>((all, row) => all.flatMap((begun) => row.map((step) => [...begun, step])), [[]]);
    return this.#trials + products.length <= MOST_TRIALS && products.every((one) => this.holds(one));
  }
}

/** Texts stand in no row: a neighbour in the alphabet says nothing. */
function isRow(lever: Lever, index: number): boolean {
  return (lever.kind === "number" || lever.kind === "date") && index + 1 < lever.steps.length;
}

function nearestFirst(lever: Lever): { index: number; far: number }[] {
  const standing = lever.value;
  return lever.steps
    .map(({ value }, index) => ({ index, far: distance(standing, value) }))
    .filter(({ far }) => far > 0)
    .toSorted((a, b) => a.far - b.far);
}

/** How far a value lies, in proportion to what it is: facts of several kinds are weighed against each other. */
function distance(from: FeelValue, to: FeelValue): number {
  if (from instanceof Decimal && to instanceof Decimal) {
    const [a, b] = [from.toNumber(), to.toNumber()];
    return Math.abs(a - b) / Math.max(1, Math.abs(a));
  }
  if (from instanceof FeelDate && to instanceof FeelDate) return Math.abs(from.epochDay - to.epochDay) / 365;
  return from === to ? 0 : 1;
}

function rangeOf(lever: Lever, span: { from: number; to: number }): Range {
  const first = lever.steps[span.from]!.piece;
  const last = lever.steps[span.to]!.piece;
  const [low, lowIncluded] = startOf(first);
  const [high, highIncluded] = endOf(last);
  return { low, lowIncluded, high, highIncluded };
}

function startOf(piece: Piece): [FeelValue | undefined, boolean] {
  return "at" in piece ? [piece.at, true] : [piece.low, false];
}

function endOf(piece: Piece): [FeelValue | undefined, boolean] {
  return "at" in piece ? [piece.at, true] : [piece.high, false];
}

function combinations<T>(all: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return all.flatMap((one, index) => combinations(all.slice(index + 1), count - 1).map((rest) => [one, ...rest]));
}
