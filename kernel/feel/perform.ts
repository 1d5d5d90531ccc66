/** One evaluation from its beginning to its end: the budget, the clock, and what becomes of an evaluation that went too far. */
import { Decimal } from "./decimal.ts";
import { BEGINNING, type Clock, during, LimitReached, Run, STEP_LIMIT } from "./run.ts";
import { type FeelValue, withinSize } from "./value.ts";
import { parseZone, UTC, type Zone } from "./zone.ts";

/** When and where: what `now()` and `today()` answer. Without it the machine's clock in UTC. */
export interface Moment {
  readonly now?: Date;
  /** A region as `Asia/Bishkek` or an offset as `+06:00`. */
  readonly zone?: string;
}

export interface Performed {
  readonly value: FeelValue;
  readonly run: Run;
}

/** Does some work within the budget of one evaluation; null where it is spent. Never throws for what an expression does. */
export function perform(work: (run: Run) => FeelValue, how: { moment: Moment | undefined; traced: boolean }): Performed {
  const run = new Run(how.traced, how.moment && clockOf(how.moment));
  try {
    const value = during(run, work);
    if (typeof value !== "object" || value instanceof Decimal || withinSize(value, STEP_LIMIT)) return { value, run };
    run.warn("limit", {}, BEGINNING);
    return { value: null, run };
  } catch (error) {
    if (!(error instanceof LimitReached) && !(error instanceof RangeError)) throw error;
    // A RangeError is a stack or text that outgrew the engine: to the caller the same as a spent budget.
    run.warn("limit", {}, error instanceof LimitReached ? error.span : run.span);
    return { value: null, run };
  }
}

const NO_SLOTS: FeelValue[] = [];

export function emptySlots(count: number): FeelValue[] {
  return count === 0 ? NO_SLOTS : new Array<FeelValue>(count).fill(null);
}

function clockOf(moment: Moment): Clock {
  return { now: moment.now, zone: zoneOf(moment.zone) };
}

/** Zones that were asked for; an installation has one or two. */
const zones = new Map<string, Zone>();

function zoneOf(zone: string | undefined): Zone {
  if (zone === undefined) return UTC;
  const known = zones.get(zone);
  if (known) return known;
  const found = parseZone(/^[A-Za-z]/.test(zone) && zone !== "Z" ? `@${zone}` : zone) ?? UTC;
  if (zones.size < 100) zones.set(zone, found);
  return found;
}
