import { setMaxListeners } from "node:events";
import { join } from "node:path";
import { run } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { root } from "./project.ts";

/** What became of one test. */
export type Outcome = {
  /** File from the root. */
  file: string;
  line: number;
  /** Names of the suites around it and its own. */
  path: string[];
  state: "passed" | "failed" | "skipped";
  /** Why it was skipped, or how it failed. */
  reason: string;
};

export type SuiteOptions = {
  /** From the root. */
  files: string[];
  /** Only tests whose full name matches one of these. */
  patterns?: RegExp[];
  /** Words each file gets after its name. */
  words?: string[];
  /** Tells what a file prints as it prints it, and not only where it fails. */
  aloud?: boolean;
  /** Files run at once; default 2. */
  concurrency?: number;
  signal: AbortSignal;
  say(line: string): void;
};

/** Runs test files, each in its own process, prints one line per file and each failure in full, returns every outcome. */
export async function runSuite(options: SuiteOptions): Promise<Outcome[]> {
  const { files, concurrency = 2, signal, say, patterns } = options;
  const outcomes: Outcome[] = [];
  const waiting = [...files];
  let done = 0;
  setMaxListeners(0, signal, process);
  // One run per file: a single run over many tells its files in their order, and so keeps silent behind a slow one.
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined && !signal.aborted; file = waiting.shift()) {
      const result = await runFile(file, options);
      done += 1;
      outcomes.push(...result.outcomes);
      tellFile(result, { place: `[${done}/${files.length}]`, say, quiet: patterns !== undefined });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return outcomes;
}

type Result = { file: string; outcomes: Outcome[]; seconds: number; said: string };

async function runFile(file: string, { patterns, signal, words = [], aloud, say }: SuiteOptions): Promise<Result> {
  const began = performance.now();
  const hook = pathToFileURL(join(root, "kernel/tsx.mjs")).href;
  const stream = run({
    files: [join(root, file)],
    cwd: root,
    concurrency: 1,
    signal,
    // Where the runner itself was started with the hook, Node hands it on.
    execArgv: process.execArgv.some((argument) => argument.includes("tsx.mjs")) ? [] : ["--import", hook],
    argv: words,
    ...(patterns ? { testNamePatterns: patterns } : {}),
  });
  const outcomes: Outcome[] = [];
  const open: string[] = [];
  let said = "";
  for await (const { type, data } of stream as AsyncIterable<{ type: string; data: EventBody }>) {
    if (type === "test:stdout" || type === "test:stderr") {
      said += data.message ?? "";
      if (aloud) say((data.message ?? "").trimEnd());
    } else if (type === "test:start") open.splice(data.nesting ?? 0, Number.POSITIVE_INFINITY, data.name ?? "");
    else if (type === "test:pass" || type === "test:fail") {
      const outcome = read({ data, file, ancestors: open.slice(0, data.nesting), failed: type === "test:fail" });
      // Node reports a file that registered no test as one passed test: that is no test.
      if (outcome && !(data.name === data.file && outcome.state === "passed")) outcomes.push(outcome);
    }
  }
  // A file without a single test in a full run proves nothing and hides that.
  if (outcomes.length === 0 && !patterns)
    outcomes.push({ file, line: 1, path: [file], state: "failed", reason: "the file holds no test" });
  return { file, outcomes, seconds: (performance.now() - began) / 1000, said };
}

type EventBody = {
  file?: string;
  line?: number;
  name?: string;
  nesting?: number;
  message?: string;
  skip?: string | boolean;
  todo?: string | boolean;
  details?: { type?: string; error?: Error & { failureType?: string; cause?: unknown } };
};

type Reading = { data: EventBody; file: string; ancestors: string[]; failed: boolean };

function read({ data, file, ancestors, failed }: Reading): Outcome | undefined {
  const path = data.name === data.file ? [file] : [...ancestors, data.name ?? ""];
  const place = { file, line: data.line ?? 1, path };
  const skipped = data.skip !== undefined || data.todo !== undefined;
  if (skipped) {
    const word = data.skip ?? data.todo;
    return { ...place, state: "skipped", reason: typeof word === "string" && word !== "" ? word : "without a reason" };
  }
  const suite = data.details?.type === "suite";
  if (!failed) return suite ? undefined : { ...place, state: "passed", reason: "" };
  const error = data.details?.error;
  // A suite that fails only because a test in it failed has nothing of its own to say.
  if (error?.failureType === "subtestsFailed")
    return suite ? undefined : { ...place, state: "failed", reason: "a test inside it failed" };
  return { ...place, state: "failed", reason: inspect(error?.cause ?? error, { depth: 4, colors: false }) };
}

type Telling = { place: string; say(line: string): void; quiet: boolean };

function tellFile({ file, outcomes, seconds, said }: Result, { place, say, quiet }: Telling): void {
  const count = (wanted: Outcome["state"]) => outcomes.filter((outcome) => outcome.state === wanted).length;
  const [passed, failed, skipped] = [count("passed"), count("failed"), count("skipped")];
  if (quiet && outcomes.length === 0) return;
  const parts = [`${passed} passed`, ...(failed ? [`${failed} failed`] : []), ...(skipped ? [`${skipped} skipped`] : [])];
  say(`${failed ? "✖" : "✔"} ${place} ${file}: ${parts.join(", ")} (${seconds.toFixed(1)} s)`);
  for (const outcome of outcomes.filter((each) => each.state === "failed")) {
    say(`    ✖ ${outcome.path.join(" › ")} (${outcome.file}:${outcome.line})`);
    say(indent(outcome.reason, "      "));
  }
  if (failed > 0 && said.trim() !== "")
    say(indent(`output of the file:\n${said.trim().split("\n").slice(-80).join("\n")}`, "      "));
}

function indent(text: string, by: string): string {
  return text.replaceAll(/^/gm, by);
}
