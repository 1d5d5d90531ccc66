/** A sum that is known only from below and from above; both are equal where nothing is unknown. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** What one case comes to under one edition. */
export interface Ending {
  /** Every outcome that may come: one, or several where an answer that was never given would decide. Sorted. */
  readonly outcomes: readonly string[];
  /** Rules that refused, whatever the missing answers are. */
  readonly rules: readonly string[];
  /** Paid to the person (above 0) or by the person (below 0), in minor units. */
  readonly amount: Bounds;
  /** Working days from the application to the end. */
  readonly days: Bounds;
  /** Minutes of officials, by desk. */
  readonly work: readonly Work[];
  /** Questions the person answered, and the minutes this took. */
  readonly questions: number;
  readonly minutes: number;
  /** Names of answers that were never recorded and would have been needed. */
  readonly unknown: readonly string[];
}

export interface Work {
  readonly desk: string;
  readonly tasks: number;
  readonly minutes: number;
}

/** One edition to which cases are put. Pure: the same case comes to the same ending. */
export interface Side<Case> {
  readonly name: string;
  end(one: Case): Ending;
}

export const NOTHING: Bounds = { least: 0, most: 0 };

export function exactly(value: number): Bounds {
  return { least: value, most: value };
}

/** The ending that covers all of them: what a case comes to when any of them may be. */
export function coverAll(endings: readonly Ending[]): Ending {
  const [first] = endings;
  if (endings.length === 1 && first) return first;
  const over = (of: (ending: Ending) => Bounds): Bounds => ({
    least: Math.min(...endings.map((ending) => of(ending).least)),
    most: Math.max(...endings.map((ending) => of(ending).most)),
  });
  const each = <Value>(of: (ending: Ending) => readonly Value[]) => [...new Set(endings.flatMap(of))].sort();
  return {
    outcomes: each((ending) => ending.outcomes),
    rules: each((ending) => ending.rules).filter((rule) => endings.every((ending) => ending.rules.includes(rule))),
    amount: over((ending) => ending.amount),
    days: over((ending) => ending.days),
    // The work of the heaviest way: a desk that has people for it has people for the others.
    work: endings.reduce((most, ending) => (minutesOf(ending) > minutesOf(most) ? ending : most)).work,
    questions: Math.max(...endings.map((ending) => ending.questions)),
    minutes: Math.max(...endings.map((ending) => ending.minutes)),
    unknown: each((ending) => ending.unknown),
  };
}

function minutesOf(ending: Ending): number {
  return ending.work.reduce((sum, { minutes }) => sum + minutes, 0);
}
