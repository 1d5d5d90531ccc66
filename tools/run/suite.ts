import { join, relative } from "node:path";
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
  /** Files run at once; default 2. */
  concurrency?: number;
  signal: AbortSignal;
  say(line: string): void;
};

type FileState = { outcomes: Outcome[]; started: number; said: string; open: string[]; told: boolean };

/** Runs test files, each in its own process, prints one line per file and each failure in full, returns every outcome. */
export async function runSuite({ files, patterns, concurrency = 2, signal, say }: SuiteOptions): Promise<Outcome[]> {
  const states = new Map<string, FileState>(
    files.map((file) => [file, { outcomes: [], started: 0, said: "", open: [], told: false }]),
  );
  const hook = pathToFileURL(`${root}/kernel/tsx.mjs`).href;
  const stream = run({
    files: files.map((file) => join(root, file)),
    cwd: root,
    concurrency,
    signal,
    // Where the runner itself was started with the hook, Node hands it on.
    execArgv: process.execArgv.some((argument) => argument.includes("tsx.mjs")) ? [] : ["--import", hook],
    ...(patterns ? { testNamePatterns: patterns } : {}),
  });
  let done = 0;
  const tell = (file: string) => {
    const state = states.get(file);
    if (!state || state.told) return;
    state.told = true;
    done += 1;
    // A file without a single test in a full run proves nothing and hides that.
    if (state.outcomes.length === 0 && !patterns) {
      state.outcomes.push({ file, line: 1, path: [file], state: "failed", reason: "the file holds no test" });
    }
    tellFile({ file, state, place: `[${done}/${files.length}]`, say, quiet: patterns !== undefined });
  };
  for await (const { type, data } of stream as AsyncIterable<{ type: string; data: EventBody }>) {
    const file = data.file ? relative(root, data.file) : "";
    const state = states.get(file);
    if (!state) continue;
    state.started ||= performance.now();
    if (type === "test:stdout" || type === "test:stderr") state.said += data.message ?? "";
    else if (type === "test:summary") tell(file);
    else if (type === "test:start") state.open.splice(data.nesting ?? 0, Number.POSITIVE_INFINITY, data.name ?? "");
    else if (type === "test:pass" || type === "test:fail") {
      const whole = data.name === data.file;
      const outcome = read({ data, file, ancestors: state.open.slice(0, data.nesting), failed: type === "test:fail" });
      // Node reports a file that registered no test as one passed test: that is no test.
      if (outcome && !(whole && outcome.state === "passed")) state.outcomes.push(outcome);
      if (whole && type === "test:fail") tell(file);
    }
  }
  for (const file of files) tell(file);
  return [...states.values()].flatMap((state) => state.outcomes);
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

type Telling = { file: string; state: FileState; place: string; say(line: string): void; quiet: boolean };

function tellFile({ file, state, place, say, quiet }: Telling): void {
  const count = (wanted: Outcome["state"]) => state.outcomes.filter((outcome) => outcome.state === wanted).length;
  const [passed, failed, skipped] = [count("passed"), count("failed"), count("skipped")];
  if (quiet && passed + failed + skipped === 0) return;
  const seconds = state.started ? ((performance.now() - state.started) / 1000).toFixed(1) : "0.0";
  const parts = [`${passed} passed`, ...(failed ? [`${failed} failed`] : []), ...(skipped ? [`${skipped} skipped`] : [])];
  say(`${failed ? "✖" : "✔"} ${place} ${file}: ${parts.join(", ")} (${seconds} s)`);
  for (const outcome of state.outcomes.filter((each) => each.state === "failed")) {
    say(`    ✖ ${outcome.path.join(" › ")} (${outcome.file}:${outcome.line})`);
    say(indent(outcome.reason, "      "));
  }
  if (failed > 0 && state.said.trim() !== "")
    say(indent(`output of the file:\n${state.said.trim().split("\n").slice(-80).join("\n")}`, "      "));
}

function indent(text: string, by: string): string {
  return text.replaceAll(/^/gm, by);
}
