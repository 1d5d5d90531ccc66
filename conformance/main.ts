/**
 * Runs a suite of others against ours and keeps what it said, from where `docs/reference/conformance.md` is printed:
 *
 *   node --import ./kernel/tsx.mjs conformance/main.ts bpmn|dmn|miwg <folder of the checked-out suite>
 */
import { record } from "./recorded.ts";
import { reports } from "./reports.ts";

const [name = "", folder] = process.argv.slice(2);
const report = Object.hasOwn(reports, name) ? reports[name] : undefined;
if (!report || folder === undefined) {
  process.stderr.write(`conformance/main.ts ${Object.keys(reports).join("|")} <folder of the checked-out suite>\n`);
  process.exitCode = 2;
} else {
  const recorded = report(folder);
  record(name, recorded);
  for (const row of [recorded.head, ...recorded.rows]) process.stdout.write(`${row.join(" · ")}\n`);
  for (const miss of recorded.misses)
    process.stdout.write(`${miss.case}: expected ${miss.expected}, got ${miss.got} (${miss.why})\n`);
}
