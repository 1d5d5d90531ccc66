/** What one evaluation carries along: its budget, and its findings where somebody asked for them. */
import type { FeelValue } from "./value.ts";
import { UTC, type Zone } from "./zone.ts";

/** Where in the text of the expression something stands: offsets in UTF-16 units, the end exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export const BEGINNING: Span = { from: 0, to: 0 };

export type Params = Record<string, string | number>;

/** Steps of loops, elements of lists made and (by the thousand) characters of text made in one evaluation. */
export const STEP_LIMIT = 100_000;
export const CALL_DEPTH_LIMIT = 200;
export const TEXT_LIMIT = 100_000;

/** Ends an evaluation that went past its budget; it never leaves this folder. */
export class LimitReached extends Error {
  readonly span: Span;

  constructor(span: Span) {
    super("The evaluation went past its budget.");
    this.span = span;
  }
}

export interface RawWarning {
  readonly code: string;
  readonly params: Params;
  readonly span: Span;
}

/** What `now()` and `today()` answer, and in which zone. */
export interface Clock {
  readonly now: Date | undefined;
  readonly zone: Zone;
}

/** Warnings past this number repeat what is known. */
const WARNING_LIMIT = 100;

/** The run under way; evaluation is synchronous, so there is one at a time, and an inner one gives way to its outer. */
let current: Run | undefined;

/** Makes a run the one under way while something is done. */
export function during<T>(run: Run, work: (run: Run) => T): T {
  const outer = current;
  current = run;
  try {
    return work(run);
  } finally {
    current = outer;
  }
}

/**
 * Takes steps from the budget of the run under way, for walks through values that share their parts: forty lists, each of the last
 * twice, are a short expression and a million million items.
 */
export function charge(steps: number): void {
  current?.spend(steps);
}

export class Run {
  steps = STEP_LIMIT;
  depth = 0;
  /** Where the call under way stands, for warnings of built-in functions. */
  span: Span = BEGINNING;
  readonly warnings: RawWarning[] | undefined;
  readonly facts: Map<string, FeelValue> | undefined;
  clock: Clock | undefined;

  constructor(traced: boolean, clock: Clock | undefined) {
    this.warnings = traced ? [] : undefined;
    this.facts = traced ? new Map() : undefined;
    this.clock = clock;
  }

  /** The moment of the evaluation, one and the same however often it is asked. */
  moment(): { at: Date; zone: Zone } {
    const at = this.clock?.now ?? new Date();
    const zone = this.clock?.zone ?? UTC;
    this.clock = { now: at, zone };
    return { at, zone };
  }

  /** Takes steps from the budget. */
  spend(steps: number): void {
    this.steps -= steps;
    if (this.steps < 0) throw new LimitReached(this.span);
  }

  /** Notes why a value became null; each reason once at each place. */
  warn(code: string, params: Params = {}, span: Span = this.span): null {
    if (this.warnings === undefined || this.warnings.length >= WARNING_LIMIT) return null;
    const known = this.warnings.some((one) => one.code === code && one.span.from === span.from && one.span.to === span.to);
    if (!known) this.warnings.push({ code, params, span });
    return null;
  }
}
