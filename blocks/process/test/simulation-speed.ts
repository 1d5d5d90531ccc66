import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createWorkingTime } from "../figures/working-time.ts";
import { readPastCases, writePastCases } from "../simulation/past-cases.ts";
import { simulate } from "../simulation/simulate.ts";
import type { Report } from "../simulation/tally.ts";
import { endFinder, movedSide, recordedSide } from "../simulation/unchanged.ts";
import { processSide } from "../simulation/walk.ts";
import { calendar } from "./reading-files.ts";
import { drawnBenefit, drawnCases } from "./simulation-drawn.ts";

/**
 * How long a moved limit takes over past cases of a service of ten steps with three decisions, in seconds of one processor (user and
 * system time). `node simulation-speed.ts [cases]` writes JSON.
 */
const count = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(path.join(tmpdir(), "kerege-speed-"));
const file = path.join(folder, "cases.past");
const time = createWorkingTime(calendar, calendar.zone);
const [now, then] = [drawnBenefit(8000), drawnBenefit(7000)];
const walking = { name: "now", model: now, days: time.days };
const moved = { name: "then", model: then, days: time.days };
const groups = [
  { by: "place", band: ({ variables }: { variables: Readonly<Record<string, unknown>> }) => String(variables.place) },
];

let most = 0;
/** Memory after each piece, as it stands without a collection of its own. */
const watch = (): boolean => {
  most = Math.max(most, process.memoryUsage().rss);
  return true;
};

function seconds<Value>(work: () => Value): [number, Value] {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return [(user + system) / 1e6, value];
}

const [making] = seconds(() => {
  const writer = writePastCases(file, { process: "benefit" });
  const find = endFinder(walking);
  for (const one of drawnCases(count)) writer.add(find(one));
  return writer.close();
});
const run = (after: ReturnType<typeof processSide>): Report => {
  const past = readPastCases(file);
  const report = simulate(past.cases(), { before: recordedSide(walking), after, groups, progress: watch });
  past.close();
  return report;
};
const began = process.memoryUsage().rss;
const [quick, report] = seconds(() => run(movedSide(moved, now)));
const [whole, walked] = seconds(() => run(processSide(moved)));
const same = JSON.stringify(report) === JSON.stringify(walked);
const grown = (most - began) / 1e6;
const bytes = statSync(file).size / count;
rmSync(folder, { recursive: true });
process.stdout.write(
  `${JSON.stringify({ cases: count, making, moved: quick, walked: whole, same, changed: report.changed.most, bytes, grown, rss: most / 1e6 })}\n`,
);
