/**
 * What is measured and against what. One run of the bench makes one `Bench`; each figure is the median of several repeats with
 * its spread, and a ratio is taken only against a baseline of the same run, so a busy machine slows both.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";

export type Measurement = {
  /** Words for the table, e.g. `read with audit, 64 in flight`. */
  name: string;
  /** Of the number that `run` returns: `ms`, `per s`, `KB`, `MB`. */
  unit: string;
  /** Does it once and returns the figure. */
  run(): number | Promise<number>;
  /** How often it is measured; default 5, odd so that the median was really seen. */
  repeats?: number;
  /** How often it is done before measuring; default 1. */
  warmup?: number;
  /** Name of an earlier measurement of this run to which this one is put in ratio. */
  against?: string;
  /** What is to be reached: `{ atLeast: 1500 }` or `{ atMost: 30 }`, of the median or, with `ratio`, of the ratio. */
  target?: { atLeast?: number; atMost?: number; ratio?: boolean };
};

export type Figure = {
  name: string;
  unit: string;
  median: number;
  least: number;
  most: number;
  /** Distance between the quartiles as a share of the median: 0.1 means that half of the repeats lie within 10 %. */
  spread: number;
  values: number[];
  against?: string;
  ratio?: number;
  target?: Measurement["target"];
  /** Left out where there is no target. */
  reached?: boolean;
};

export type Machine = { cpu: string; cores: number; memory: number; node: string; system: string };

export type Bench = {
  /** Measures, keeps and returns the figure. Throws if a name is taken or a baseline is not measured yet. */
  measure(measurement: Measurement): Promise<Figure>;
  figures(): Figure[];
  /** As a Markdown table, aligned for a terminal. */
  table(): string;
  json(): string;
};

/** @param say hears one line as each figure is there; silent by default */
export function createBench(say: (line: string) => void = () => undefined): Bench {
  const kept = new Map<string, Figure>();
  return {
    async measure(measurement) {
      if (kept.has(measurement.name)) throw new RangeError(`measured twice under one name: ${measurement.name}`);
      const base = measurement.against === undefined ? undefined : kept.get(measurement.against);
      if (measurement.against !== undefined && !base)
        throw new RangeError(`the baseline is not measured yet: ${measurement.against}`);
      const figure = await take(measurement, base);
      kept.set(figure.name, figure);
      say(
        `${figure.name}: ${shorten(figure.median)} ${figure.unit}${figure.ratio === undefined ? "" : `, ${percent(figure.ratio)} of ${figure.against}`}`,
      );
      return figure;
    },
    figures: () => [...kept.values()],
    table: () => tableOf([...kept.values()]),
    json: () => JSON.stringify({ machine: machine(), figures: [...kept.values()] }, undefined, 2),
  };
}

async function take(
  { repeats = 5, warmup = 1, run, name, unit, against, target }: Measurement,
  base: Figure | undefined,
): Promise<Figure> {
  if (repeats < 1) throw new RangeError(`nothing to measure: ${name} with ${repeats} repeats`);
  for (let i = 0; i < warmup; i += 1) await run();
  const values: number[] = [];
  for (let i = 0; i < repeats; i += 1) {
    const value = await run();
    if (!Number.isFinite(value)) throw new RangeError(`${name} gave ${value}, which is no figure`);
    values.push(value);
  }
  const figure: Figure = { name, unit, ...describe(values), values };
  if (base) Object.assign(figure, { against, ratio: figure.median / base.median });
  if (target) Object.assign(figure, { target, reached: isReached(target, target.ratio ? figure.ratio : figure.median) });
  return figure;
}

function isReached(target: { atLeast?: number; atMost?: number }, value: number | undefined): boolean {
  if (value === undefined) return false;
  return value >= (target.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (target.atMost ?? Number.POSITIVE_INFINITY);
}

/** Median, extremes and spread of a list of at least one number. */
export function describe(values: number[]): { median: number; least: number; most: number; spread: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const median = quantile(sorted, 0.5);
  const between = quantile(sorted, 0.75) - quantile(sorted, 0.25);
  return { median, least: sorted[0]!, most: sorted.at(-1)!, spread: median === 0 ? 0 : between / Math.abs(median) };
}

// Linear between the two nearest, as in R-7: what spreadsheets call QUARTILE.
function quantile(sorted: number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}

/** Milliseconds that a piece of work takes, for `run`. */
export function milliseconds(work: () => unknown): () => Promise<number> {
  return async () => {
    const began = performance.now();
    await work();
    return performance.now() - began;
  };
}

export type Load = {
  /** One piece of work; the number counts up from 0 over the whole measurement. */
  work(turn: number): unknown;
  /** How many are under way at once; default 1. */
  inFlight?: number;
  /** How long one repeat lasts, default 1. */
  seconds?: number;
};

/** Pieces of work per second with so many in flight, for `run`. A failing piece fails the measurement. */
export function perSecond({ work, inFlight = 1, seconds = 1 }: Load): () => Promise<number> {
  let turn = 0;
  return async () => {
    const began = performance.now();
    const until = began + seconds * 1000;
    let done = 0;
    const worker = async () => {
      while (performance.now() < until) {
        await work(turn++);
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    return done / ((performance.now() - began) / 1000);
  };
}

/** The machine the figures were taken on; memory in bytes. */
export function machine(): Machine {
  const cpu = cpus()[0]?.model.replaceAll(/\s+/g, " ").trim() ?? "unknown";
  return {
    cpu,
    cores: availableParallelism(),
    memory: totalmem(),
    node: process.versions.node,
    system: `${type()} ${release()}`,
  };
}

function tableOf(figures: Figure[]): string {
  const head = ["what", "median", "unit", "least to most", "spread", "ratio", "target"];
  const rows = figures.map((figure) => [
    figure.name,
    shorten(figure.median),
    figure.unit,
    `${shorten(figure.least)} to ${shorten(figure.most)}`,
    percent(figure.spread),
    figure.ratio === undefined ? "" : `${percent(figure.ratio)} of ${figure.against}`,
    describeTarget(figure),
  ]);
  const widths = head.map((word, column) => Math.max(word.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(head), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rows.map(line)].join("\n");
}

function describeTarget({ target, reached, unit }: Figure): string {
  if (!target) return "";
  const say = (value: number) => (target.ratio ? percent(value) : `${shorten(value)} ${unit}`);
  const least = target.atLeast === undefined ? [] : [`at least ${say(target.atLeast)}`];
  const most = target.atMost === undefined ? [] : [`at most ${say(target.atMost)}`];
  return `${[...least, ...most].join(", ")}: ${reached ? "reached" : "not reached"}`;
}

/** Three figures that mean something: 1234.5 → 1235, 12.345 → 12.3. */
export function shorten(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || value === 0) return String(Math.round(value));
  return value.toFixed(size >= 10 ? 1 : 2);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Sections of the document, each with its markers. */
export type Section = "bench" | "scale" | "process";
const begins: Record<Section, string> = {
  bench: "<!-- bench:begin, written by npm run bench -- --write -->",
  scale: "<!-- scale:begin, written by npm run bench -- scale --write -->",
  process: "<!-- process:begin, written by npm run bench -- process --write -->",
};

/** The table with its day and machine, as it stands in the document. */
export function describeRun(bench: Bench, { day, on = machine() }: { day: string; on?: Machine }): string {
  const place = `${on.cpu}, ${on.cores} cores, ${Math.round(on.memory / 2 ** 30)} GB, ${on.system}, Node ${on.node}`;
  return `Taken on ${day} on ${place}.\n\n${bench.table()}`;
}

/** Puts a text between the markers of a document, or at its end where it has none; the rest stays as it is. */
export function placeBetweenMarkers(document: string, text: string, section: Section = "bench"): string {
  const [begin, end] = [begins[section], `<!-- ${section}:end -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  const block = `${begin}\n\n${text}\n\n${end}`;
  if (from === -1 && to === -1) return `${document.trimEnd()}\n\n${block}\n`;
  if (from === -1 || to < from)
    throw new RangeError("one of the two markers of the bench is missing or they stand in the wrong order");
  return document.slice(0, from) + block + document.slice(to + end.length);
}

/** Updates `docs/reference/performance.md` in place. @param file path of the document */
export function writeDocument(file: string, text: string, section: Section = "bench"): void {
  writeFileSync(file, placeBetweenMarkers(readFileSync(file, "utf8"), text, section));
}
