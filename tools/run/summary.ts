import type { Outcome } from "./suite.ts";

/** Prints why tests were skipped and the closing line `N passed, N failed, N skipped`; returns the exit code. */
export function summarise(
  outcomes: Outcome[],
  { say, stopped }: { say(line: string): void; stopped: number | undefined },
): number {
  const reasons = new Map<string, number>();
  for (const { state, reason } of outcomes) if (state === "skipped") reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  if (reasons.size > 0) say("");
  for (const [reason, count] of reasons) say(`skipped ${count}: ${reason}`);
  const failures = outcomes.filter(({ state }) => state === "failed");
  if (failures.length > 0) say("");
  for (const { path, file, line } of failures) say(`failed: ${path.join(" › ")} (${file}:${line})`);
  const count = (wanted: Outcome["state"]) => outcomes.filter(({ state }) => state === wanted).length;
  say("");
  if (stopped !== undefined)
    say(stopped === 124 ? "Stopped at the time limit; what had not run by then is not counted." : "Stopped before the end.");
  say(`${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`);
  if (stopped !== undefined) return stopped;
  return count("failed") > 0 ? 1 : 0;
}
