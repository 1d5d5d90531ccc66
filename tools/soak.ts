/**
 * `npm run soak [-- name … --seed N --minutes M --times T --people P --kills K --cases C]`: the long walks `journeys/*.soak.ts`, one after another; never
 * part of `npm test`. A walk is gone again with the seed that is printed at its start.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { awaitEnd } from "./run/end.ts";
import { root } from "./run/project.ts";
import { runSuite } from "./run/suite.ts";
import { summarise } from "./run/summary.ts";
import { projectTree } from "./walls/tree.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);
const option = { type: "string" } as const;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seed: option, minutes: option, times: option, people: option, kills: option, cases: option },
});
process.exitCode = await soak(positionals);

async function soak(names: string[]): Promise<number> {
  const walks = projectTree(root).files.filter((path) => /^journeys\/[^/]+\.soak\.tsx?$/.test(path));
  const files = walks.filter((path) => names.length === 0 || names.some((name) => path.includes(name)));
  if (files.length === 0) {
    say(`No long walk is called ${names.join(", ")}; there are ${walks.join(", ")}`);
    return 1;
  }
  const seed = values.seed ?? String(randomInt(1, 2 ** 31));
  say(`seed ${seed}`);
  const words = Object.entries({ ...values, seed }).map(([name, value]) => `--${name}=${value}`);
  const end = awaitEnd();
  // A walk has a server and a database of its own.
  const outcomes = await runSuite({ files, concurrency: 1, signal: end.signal, say, words, aloud: true });
  end.release();
  return summarise(outcomes, { say, stopped: end.exitCode() });
}
