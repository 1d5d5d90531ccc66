/**
 * `npm test [-- pattern …]`: types, form, packs, then every test. With patterns only the test files whose path contains one.
 * Ends with the line `N passed, N failed, N skipped`; exit code 1 if anything failed, 124 at the time limit.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { withCluster } from "./run/cluster.ts";
import { awaitEnd } from "./run/end.ts";
import { preparePrograms } from "./run/programs.ts";
import { root, testFiles } from "./run/project.ts";
import { type Outcome, runSuite } from "./run/suite.ts";
import { summarise } from "./run/summary.ts";
import { untranslated } from "./walls/languages.ts";
import { describeOffence, projectTree } from "./walls/tree.ts";

/** Well under the half hour a machine of continuous integration gives. */
const limit = 24 * 60_000;

type Step = { name: string; file: string; parameters: string[] };

const steps: Step[] = [
  { name: "types", file: "node_modules/typescript/bin/tsc", parameters: ["-p", "."] },
  { name: "form", file: "node_modules/@biomejs/biome/bin/biome", parameters: ["ci", "--diagnostic-level=error"] },
  { name: "packs", file: "apps/cli/main.ts", parameters: ["check"] },
];

const say = (line: string) => process.stdout.write(`${line}\n`);
process.exitCode = await main(process.argv.slice(2).filter((argument) => !argument.startsWith("--")));

async function main(patterns: string[]): Promise<number> {
  const began = performance.now();
  const end = awaitEnd(limit);
  const outcomes: Outcome[] = [];
  const tree = projectTree(root);
  const files = testFiles(tree, patterns);
  if (files.length === 0) {
    say(`No test file has ${patterns.join(" or ")} in its path.`);
    return 1;
  }
  if (patterns.length === 0) for (const step of steps) outcomes.push(...(await runStep(step, end.signal)));
  say("outside programs");
  if (!end.signal.aborted) await preparePrograms(say, end.signal);
  say(`${files.length} test files`);
  if (!end.signal.aborted) {
    outcomes.push(...(await withCluster({ say, signal: end.signal }, () => runSuite({ files, signal: end.signal, say }))));
  }
  end.release();
  for (const offence of untranslated(tree)) say(`worth a look: ${describeOffence(offence)}`);
  say(`\n${((performance.now() - began) / 1000).toFixed(0)} s`);
  return summarise(outcomes, { say, stopped: end.exitCode() });
}

function runStep({ name, file, parameters }: Step, signal: AbortSignal): Promise<Outcome[]> {
  if (signal.aborted) return Promise.resolve([]);
  const place = { file, line: 1, path: [name] };
  if (!existsSync(join(root, file))) {
    say(`- ${name}: ${file} is not there yet`);
    return Promise.resolve([{ ...place, state: "skipped", reason: `${file} is not there yet` }]);
  }
  const began = performance.now();
  return new Promise((resolve) => {
    const hook = file.endsWith(".ts") ? ["--import", "./kernel/tsx.mjs"] : [];
    const child = spawn(process.execPath, [...hook, file, ...parameters], {
      cwd: root,
      signal,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
    }
    const finish = (failure: string | undefined) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      say(`${failure === undefined ? "✔" : "✖"} ${name} (${seconds} s)`);
      if (failure !== undefined) say(`${said.trim()}\n${failure}`);
      resolve([{ ...place, state: failure === undefined ? "passed" : "failed", reason: failure ?? "" }]);
    };
    child.on("error", (error) => {
      if (error.name !== "AbortError") finish(error.message);
    });
    child.on("close", (code, by) =>
      signal.aborted ? resolve([]) : finish(code === 0 ? undefined : `${name} ended with ${code ?? by}`),
    );
  });
}
