import type { Side } from "./ending.ts";
import type { GroupOf } from "./groups.ts";
import { createTally, type Report } from "./tally.ts";

export interface Simulation<Case> {
  readonly before: Side<Case>;
  readonly after: Side<Case>;
  readonly groups: readonly GroupOf<Case>[];
  readonly least?: number;
  /** Told every so many cases; gives false to stop. */
  progress?(done: number): boolean;
}

/** How often the progress is told: seldom enough to cost nothing. */
const STRIDE = 20_000;

/** Puts each case to both editions and counts what comes of it. Cases are taken one by one and not kept. */
export function simulate<Case>(cases: Iterable<Case>, simulation: Simulation<Case>): Report {
  const counting = countingOf(simulation);
  for (const one of cases) if (!counting.take(one)) break;
  return counting.report();
}

/** The same for cases that come from somewhere slow, batch by batch. */
export async function simulateBatches<Case>(
  batches: AsyncIterable<readonly Case[]>,
  simulation: Simulation<Case>,
): Promise<Report> {
  const counting = countingOf(simulation);
  for await (const batch of batches) if (!batch.every((one) => counting.take(one))) break;
  return counting.report();
}

function countingOf<Case>({ before, after, groups, least, progress }: Simulation<Case>) {
  const tally = createTally({ from: before.name, to: after.name, groups, ...(least !== undefined && { least }) });
  let done = 0;
  return {
    /** False where it is to stop. */
    take(one: Case): boolean {
      tally.add(one, before.end(one), after.end(one));
      return ++done % STRIDE !== 0 || !progress || progress(done);
    },
    report(): Report {
      progress?.(done);
      return tally.report();
    },
  };
}
