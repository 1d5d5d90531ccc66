import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Clock } from "@kerege/kernel/clock";
import type { Log } from "@kerege/kernel/log";
import type { SimulationSource, Tried } from "./source.ts";
import type { Report } from "./tally.ts";
import type { Batch, Ordered, Told } from "./worker.ts";

/** A simulation that somebody asked for. */
export interface Trial extends Tried {
  readonly id: string;
  readonly source: string;
  /** Post of who asked. */
  readonly by: string;
  readonly at: string;
  readonly state: "waiting" | "running" | "done" | "faulty" | "broken";
  readonly done: number;
  readonly report?: Report;
  /** Places that cannot be as they were moved. */
  readonly faults?: readonly string[];
  /** When it was last heard of. */
  readonly heard: string;
}

export interface Trials {
  offer(source: SimulationSource): void;
  sources(): readonly SimulationSource[];
  source(name: string): SimulationSource | undefined;
  /** Begins as soon as the one before is over. */
  begin(source: SimulationSource, tried: Tried, by: string): Trial;
  find(id: string): Trial | undefined;
  /** The newest first. */
  recent(): Trial[];
  close(): Promise<void>;
}

const ID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const KEPT = 40;
const SAVED_EVERY_MS = 1000;
/** One that was not heard of for so long died with its process. */
const DEAD_AFTER_MS = { running: 60_000, waiting: 1_800_000 };
const MEMORY_MB = 1024;

/**
 * Simulations in threads of their own, one at a time. They are kept as files in the folder that all processes of the house have in common,
 * so that any of them can show how far one is.
 */
export function createTrials({ folder, clock, log }: { folder: string; clock: Clock; log: Log }): Trials {
  const sources = new Map<string, SimulationSource>();
  const waiting: { trial: Trial; source: SimulationSource }[] = [];
  let running: { worker?: Worker; trial: Trial } | undefined;
  let closed = false;
  const place = (id: string) => path.join(folder, `${id}.json`);
  const save = (trial: Trial): Trial => {
    const heard = { ...trial, heard: clock.now().toISOString() };
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const partial = `${place(trial.id)}.${process.pid}`;
    writeFileSync(partial, JSON.stringify(heard), { mode: 0o600 });
    renameSync(partial, place(trial.id));
    return heard;
  };
  const next = (): void => {
    const first = closed || running ? undefined : waiting.shift();
    if (!first) return;
    const { source, trial } = first;
    running = { trial };
    void run(source, trial).catch((error: unknown) => {
      log.fault("a simulation could not begin", error, { simulation: trial.id, source: source.name });
      end({ ...trial, state: "broken" });
    });
  };
  const end = (trial: Trial): void => {
    running = undefined;
    save(trial);
    next();
  };
  const run = async (source: SimulationSource, begun: Trial): Promise<void> => {
    const { moves, over, cases, seed, from } = begun;
    const given = await source.given(from);
    if (closed) return;
    const ordered: Ordered = { module: source.module.href, given, tried: { moves, over, cases, seed } };
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: ordered,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const mine = { worker, trial: save({ ...begun, state: "running" }) };
    running = mine;
    const past = source.past()[Symbol.asyncIterator]();
    let saved = Date.now();
    const give = async () => {
      const { value, done } = await past.next();
      worker.postMessage((done ? [] : value) satisfies Batch);
    };
    const hear = (told: Told) => {
      if (running !== mine) return;
      if (told.kind === "more") void give().catch((error: unknown) => broken(error));
      else if (told.kind === "progress") {
        mine.trial = { ...mine.trial, done: told.done };
        const now = Date.now();
        if (now - saved < SAVED_EVERY_MS) return;
        saved = now;
        mine.trial = save(mine.trial);
      } else {
        void worker.terminate();
        const { result } = told;
        if ("faults" in result) end({ ...mine.trial, state: "faulty", faults: result.faults });
        else end({ ...mine.trial, state: "done", done: result.report.cases, report: result.report });
      }
    };
    const broken = (error: unknown) => {
      if (running !== mine) return;
      log.fault("a simulation broke off", error, { simulation: begun.id, source: source.name });
      void worker.terminate();
      end({ ...mine.trial, state: "broken" });
    };
    worker.on("message", hear);
    worker.on("error", broken);
    worker.on("exit", () => broken(undefined));
  };
  return {
    offer: (source) => void sources.set(source.name, source),
    sources: () => [...sources.values()],
    source: (name) => sources.get(name),
    begin(source, tried, by) {
      const at = clock.now().toISOString();
      const trial = save({ ...tried, id: randomUUID(), source: source.name, by, at, state: "waiting", done: 0, heard: at });
      forgetOld(folder);
      waiting.push({ trial, source });
      next();
      return trial;
    },
    find(id) {
      const found = ID.test(id) ? readTrial(place(id)) : undefined;
      return (
        found &&
        asItIs(
          found,
          clock.now(),
          waiting.some(({ trial }) => trial.id === id),
        )
      );
    },
    recent: () =>
      allTrials(folder)
        .map((trial) =>
          asItIs(
            trial,
            clock.now(),
            waiting.some((one) => one.trial.id === trial.id),
          ),
        )
        .sort((a, b) => (a.at < b.at ? 1 : -1)),
    async close() {
      closed = true;
      const last = running;
      running = undefined;
      if (!last) return;
      save({ ...last.trial, state: "broken" });
      await last.worker?.terminate();
    },
  };
}

/** What says that it runs, and was not heard of since, died with the process it ran in. */
function asItIs(trial: Trial, now: Date, waits: boolean): Trial {
  if ((trial.state !== "running" && trial.state !== "waiting") || waits) return trial;
  const silent = now.getTime() - Date.parse(trial.heard) > DEAD_AFTER_MS[trial.state];
  return silent ? { ...trial, state: "broken" } : trial;
}

function readTrial(file: string): Trial | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Trial;
  } catch {
    // Never there, or forgotten meanwhile.
    return undefined;
  }
}

function allTrials(folder: string): Trial[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.filter((name) => name.endsWith(".json")).flatMap((name) => readTrial(path.join(folder, name)) ?? []);
}

function forgetOld(folder: string): void {
  const old = allTrials(folder)
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(KEPT);
  for (const { id } of old) rmSync(path.join(folder, `${id}.json`), { force: true });
}
