/**
 * Runs the executable processes of betsy (PEBL, University of Bamberg) against the interpreter. The suite is read from a folder on this
 * machine and never becomes part of the project. Its scripts are names of log lines and its conditions are Java; both are told in FEEL here.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type HistoryEvent, type LiveCase, type Model, openCase, readModel, type Trigger } from "@kerege/process";

export interface BetsyMiss {
  readonly test: string;
  /** From 1. */
  readonly case: number;
  readonly expected: readonly string[];
  readonly got: readonly string[];
}

export interface BetsyGroup {
  readonly group: string;
  readonly tests: number;
  readonly testsPassed: number;
  readonly cases: number;
  readonly casesPassed: number;
}

export interface Betsy {
  readonly groups: readonly BetsyGroup[];
  readonly misses: readonly BetsyMiss[];
}

const FILES = "pebl-builder/src/main/resources/files/bpmn";
const DECLARED = "pebl-builder/src/main/java/configuration/bpmn";

interface BetsyTest {
  readonly group: string;
  readonly name: string;
  readonly cases: readonly BetsyCase[];
}

interface BetsyCase {
  readonly variables: Readonly<Record<string, string | number>>;
  /** The process `ParallelProcess` of the same file is begun first. */
  readonly besides: boolean;
  /** Milliseconds after which the log is read. */
  readonly delay: number;
  readonly expected: readonly string[];
}

const GROUPS: Readonly<Record<string, string>> = {
  Activity: "activities",
  Basic: "basics",
  Data: "data",
  Error: "errors",
  Event: "events",
  Gateway: "gateways",
  Pattern: "cfpatterns",
};

/** Runs all of a checked-out suite: the folder that holds `pebl-builder`. */
export function runBetsy(folder: string): Betsy {
  const tests = readTests(path.join(folder, DECLARED));
  const misses: BetsyMiss[] = [];
  const groups = new Map<string, { tests: number; testsPassed: number; cases: number; casesPassed: number }>();
  for (const test of tests) {
    const counted = groups.get(test.group) ?? { tests: 0, testsPassed: 0, cases: 0, casesPassed: 0 };
    groups.set(test.group, counted);
    const xml = readFileSync(path.join(folder, FILES, test.group, `${test.name}.bpmn`), "utf8");
    const before = misses.length;
    for (const [index, one] of test.cases.entries()) {
      const got = runCase(xml, test.name, one).toSorted();
      const expected = one.expected.toSorted();
      counted.cases++;
      if (got.join() === expected.join()) counted.casesPassed++;
      else misses.push({ test: `${test.group}/${test.name}`, case: index + 1, expected, got });
    }
    counted.tests++;
    if (misses.length === before) counted.testsPassed++;
  }
  return { groups: [...groups].map(([group, counted]) => ({ group, ...counted })), misses };
}

/** Tests are declared in Java: a builder per test with a chain of calls per case. */
function readTests(folder: string): BetsyTest[] {
  const tests: BetsyTest[] = [];
  for (const file of readdirSync(folder).sort()) {
    if (!/Processes\.java$/.test(file) || file.startsWith("BpmnConstraints")) continue;
    const text = readFileSync(path.join(folder, file), "utf8")
      .replace(/\/\*[\s\S]*?\*\//g, "")
      .replace(/^\s*\/\/.*$/gm, "");
    for (const [, kind = "", body = ""] of text.matchAll(/BPMNProcessBuilder\.build(\w+)Process\s*\(([\s\S]*?)\)\s*;/g)) {
      const group = GROUPS[kind];
      const feature = /new Feature\(\s*\w+,\s*"([^"]+)"/.exec(body)?.[1];
      const first = /^\s*"([^"]+)"/.exec(body)?.[1];
      const name = kind === "Data" || kind === "Pattern" ? feature : first;
      if (!group || !name) continue;
      const cases = body.split("new BPMNTestCaseBuilder()").slice(1).map(readCase);
      tests.push({ group, name, cases });
    }
  }
  return tests;
}

const SAID: Readonly<Record<string, string>> = {
  assertMarkerExists: "MARKER_exists",
  assertIncrement: "INCREMENT_correct",
  assertRuntimeException: "ERROR_runtime",
  assertErrorThrownErrorEvent: "ERROR_thrownErrorEvent",
  assertGenericError: "ERROR",
  assertExecutionParallel: "EXECUTION_parallel",
  assertDataCorrect: "DATA_correct",
  assertDeploymentFailed: "ERROR_deployment",
};

function readCase(chain: string): BetsyCase {
  const variables: Record<string, string | number> = { integerVariable: 0 };
  const expected: string[] = [];
  let besides = false;
  let delay = 0;
  for (const [, call = "", argument = ""] of chain.matchAll(/\.(\w+)\(([\d_]*)\)/g)) {
    const input = /^input([ABC]+)$/.exec(call)?.[1];
    const task = /^assertTask(\d)$/.exec(call)?.[1];
    if (input) variables.test = input.toLowerCase();
    else if (task) expected.push(`SCRIPT_task${task}`);
    else if (SAID[call]) expected.push(SAID[call]);
    else if (call === "setIntegerVariable") variables.integerVariable = Number(argument);
    else if (call === "optionDelay") delay = Number(argument);
    else if (call === "useParallelProcess") besides = true;
  }
  return { variables, besides, delay, expected };
}

/** Scripts that need an answer from outside; the others are values of FEEL. */
const CALLED: Readonly<Record<string, string>> = {
  THROW_ERROR: "error",
  WAIT_TEN_SECONDS: "wait",
  CREATE_TIMESTAMP_LOG_1: "parallel",
  CREATE_TIMESTAMP_LOG_2: "parallel",
};

const FEEL: Readonly<Record<string, { text: string; result: string }>> = {
  INCREMENT_INTEGER_VARIABLE: { text: "integerVariable + 1", result: "integerVariable" },
  INCREMENT_INTEGER_VARIABLE_AND_LOG: { text: "integerVariable + 1", result: "integerVariable" },
  SET_STRING_DATA: { text: '"String"', result: "data" },
  LOG_DATA: { text: 'if data = "String" then "DATA_correct" else "DATA_wrong"', result: "logged" },
};

interface Prepared {
  readonly xml: string;
  /** What each script task writes to the log, by its id. */
  readonly scripts: ReadonlyMap<string, string>;
}

function prepare(xml: string): Prepared {
  const scripts = new Map<string, string>();
  const prepared = xml
    .replace(
      /<([\w]+:)?scriptTask\b([^>]*)>([\s\S]*?)<\/\1?scriptTask>/g,
      (_, prefix = "", attributes: string, inner: string) => {
        const id = /\bid="([^"]+)"/.exec(attributes)?.[1] ?? "";
        const script = /<(?:\w+:)?script>\s*([^<]*?)\s*</.exec(inner)?.[1] ?? "";
        scripts.set(id, script);
        const rest = inner.replace(/<(\w+:)?script>[\s\S]*?<\/(\w+:)?script>/, "");
        if (CALLED[script])
          return `<${prefix}serviceTask${attributes} kerege:call="${CALLED[script]}">${rest}</${prefix}serviceTask>`;
        const { text, result } = FEEL[script] ?? { text: "null", result: "" };
        return `<${prefix}scriptTask${attributes}${result && ` kerege:result="${result}"`}>${rest}<${prefix}script>${text.replaceAll("<", "&lt;")}</${prefix}script></${prefix}scriptTask>`;
      },
    )
    // One file has a sign too much behind its condition.
    .replace(/(test\.contains\("\w"\))>/g, "$1")
    .replace(/!test\.contains\("(\w)"\)/g, 'not(contains(test, "$1"))')
    .replace(/test\.contains\("(\w)"\)/g, 'contains(test, "$1")')
    .replace(/\$\{(\w+)\}/g, "$1")
    .replace(/<((?:\w+:)?definitions)\b/, '<$1 xmlns:kerege="https://kerege.org/process"');
  return { xml: prepared, scripts };
}

const calendar = { zone: "UTC", isWorkingDay: () => true, addWorkingDays: (day: string) => day };

function runCase(xml: string, name: string, one: BetsyCase): string[] {
  const prepared = prepare(xml);
  const variables = { test: "string", integerVariable: "number", testCaseNumber: "number", data: "any", logged: "any" } as const;
  const ids = [...xml.matchAll(/<(?:\w+:)?process\b[^>]*\bid="([^"]+)"/g)].map(([, id]) => id!);
  const models = new Map<string, Model>();
  for (const id of ids) {
    const read = readModel(prepared.xml, { calendar, variables, foreign: true, process: id });
    if (read.ok) models.set(id, read.model);
    else if (id === name) return [one.expected.includes("ERROR") ? "ERROR" : "ERROR_deployment"];
  }
  const world = new World(models, prepared.scripts);
  if (one.besides) world.begin("ParallelProcess", one.variables);
  world.begin(name, one.variables);
  world.passTime(one.delay);
  // As the suite does it: the marker is looked for where it is asked for, once; a fault of any kind stands for one where any is.
  const log = [
    ...new Set(world.log.filter((line) => line === "MARKER_exists" && one.expected.includes(line))),
    ...world.log.filter((line) => line !== "MARKER_exists"),
  ];
  return log.map((line) => (one.expected.includes("ERROR") && /^ERROR_(?:runtime|deployment)$/.test(line) ? "ERROR" : line));
}

interface Running {
  readonly model: Model;
  readonly live: LiveCase;
  /** Tokens of repeated steps as wholes. */
  readonly wholes: Map<string, number>;
}

/** All cases of a file, who answers their calls, and a clock that is told. */
class World {
  readonly log: string[] = [];
  readonly models: ReadonlyMap<string, Model>;
  readonly scripts: ReadonlyMap<string, string>;
  readonly cases: Running[] = [];
  readonly answers: { readonly at: number; readonly running: Running; readonly token: number }[] = [];
  at = Date.UTC(2026, 0, 5);
  /** Calls that write when they begin and end, and are under way. */
  open = 0;

  constructor(models: ReadonlyMap<string, Model>, scripts: ReadonlyMap<string, string>) {
    this.models = models;
    this.scripts = scripts;
  }

  begin(process: string, variables: Readonly<Record<string, string | number>>, trigger?: Trigger): void {
    const model = this.models.get(process);
    if (!model) return;
    const running = { model, live: openCase(model), wholes: new Map<string, number>() };
    this.cases.push(running);
    this.do(running, { kind: "start", variables, by: "system", ...(trigger && { trigger }) });
  }

  do(running: Running, command: Parameters<LiveCase["apply"]>[0]): boolean {
    const { effects, events, refused } = running.live.apply(command, this.at);
    if (refused === "too-many-steps") this.log.push("ERROR_runtime");
    if (refused) return false;
    for (const event of events) this.note(running, event);
    for (const effect of effects) {
      if (effect.kind === "call") this.called(running, effect.name, effect.token);
      else if (effect.kind === "message") this.told(effect.name);
      else this.signalled(running, effect.name);
    }
    return true;
  }

  note(running: Running, { kind, node = "", said, token }: HistoryEvent): void {
    // A join that never comes together stands still, as the suite expects; that an officer is told of it is no fault.
    if (kind === "incident" && said?.code !== "never-joins") this.log.push("ERROR_runtime");
    if ((kind === "terminated" || kind === "ended") && said?.error !== undefined) this.log.push("ERROR_thrownErrorEvent");
    // A repeated step begins and is done once more than its repetitions: as a whole.
    const repeated = running.model.nodes[running.model.nodeOf.get(node) ?? -1]?.repeat !== undefined;
    if (repeated && kind === "entered" && token !== undefined && !running.wholes.has(node)) running.wholes.set(node, token);
    if (kind !== "done" || (repeated && token !== undefined && running.wholes.get(node) === token)) return;
    const script = this.scripts.get(node.replace(/^.*\//, "")) ?? "";
    if (/^SCRIPT_task\d$/.test(script)) this.log.push(script);
    else if (script === "CREATE_MARKER_FILE") this.log.push("MARKER_exists");
    else if (script === "INCREMENT_INTEGER_VARIABLE_AND_LOG") this.log.push("INCREMENT_correct");
    else if (script === "LOG_DATA") this.log.push(String(running.live.variables.logged));
  }

  called(running: Running, name: string, token: number): void {
    if (name === "error") this.do(running, { kind: "error", token, code: "ERR_CODE", by: "system" });
    else this.answers.push({ at: this.at + (name === "wait" ? 10_000 : 1000), running, token });
    if (name !== "parallel") return;
    this.open++;
    if (this.open === 2) this.log.push("EXECUTION_parallel");
  }

  told(name: string): void {
    if (this.cases.some((running) => this.do(running, { kind: "message", name }))) return;
    const starting = this.startingBy("message", name);
    if (starting) this.begin(starting, {}, { message: name });
  }

  signalled(from: Running, name: string): void {
    for (const running of [...this.cases]) if (running !== from) this.do(running, { kind: "signal", name });
    const starting = this.startingBy("signal", name);
    if (starting) this.begin(starting, {}, { signal: name });
  }

  startingBy(kind: "message" | "signal", name: string): string | undefined {
    for (const [id, { nodes, scopes }] of this.models)
      for (const index of scopes[0]!.nodes) {
        const node = nodes[index]!;
        if (node.kind !== "start" && !node.instantiates) continue;
        const { work, events } = node;
        if (kind === "message" && work?.kind === "message" && work.name === name) return id;
        if (events.some((event) => event.kind === kind && event.name === name)) return id;
      }
    return undefined;
  }

  /** What falls due within the delay happens in its order, in no time at all. */
  passTime(delay: number): void {
    const end = this.at + Math.max(delay, 900);
    for (let turns = 0; turns < 1000; turns++) {
      const answer = this.answers.toSorted((a, b) => a.at - b.at)[0];
      const due = this.cases.flatMap(({ live }) => (live.due === undefined ? [] : [live.due]));
      const next = Math.min(answer?.at ?? Number.POSITIVE_INFINITY, ...due);
      if (next > end) return;
      this.at = Math.max(this.at, next);
      if (answer?.at === next) {
        this.answers.splice(this.answers.indexOf(answer), 1);
        this.do(answer.running, { kind: "complete", token: answer.token, by: "system" });
      } else
        for (const running of [...this.cases])
          if (running.live.due !== undefined && running.live.due <= this.at) this.do(running, { kind: "tick" });
    }
  }
}
