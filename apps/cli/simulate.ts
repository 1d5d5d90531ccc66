import { parseArgs } from "node:util";
import { formatNumber } from "@kerege/kernel/format";
import type { Declared } from "@kerege/kernel/house";
import {
  type GateResult,
  type ProcessDoor,
  type Report,
  type ReportTable,
  replayAll,
  reportSentence,
  reportTables,
  type Words,
} from "@kerege/process";
import { faultLines } from "@kerege/server/faults";
import { placeOf, readAll } from "@kerege/server/open";
import {
  decidedCases,
  prepareTrial,
  type Replayed,
  servicePackFiles,
  simulatedNames,
  simulateInvented,
  simulatePast,
  type Trial,
  type TrialFaults,
} from "@kerege/services";
import { fromCaller, type Run, type Terminal } from "./terminal.ts";
import { withState } from "./within.ts";

const text = { type: "string" } as const;
const MOST_CASES = 100_000_000;
const EVERY_MS = 500;

interface Asked {
  service: string;
  from?: string;
  to?: string;
  moves: Record<string, string>;
  cases: number;
  synthetic: boolean;
  seed: number;
  json: boolean;
}

/**
 * `kerege simulate SERVICE …`: what another edition would do to cases of the past or to invented ones. Gives 1 where the past cannot be
 * reproduced under the edition it was decided by: that is the release gate.
 */
export const simulate: Run = async (args, terminal) => {
  if (args.includes("--replay")) return replay(args, terminal);
  const asked = askedOf(args);
  if (!asked) {
    terminal.complain(terminal.say("simulate.usage"));
    return 2;
  }
  if (!asked.synthetic) {
    return withState(terminal, async (state, declared) => {
      const trial = trialOf(asked, declared, terminal);
      if (!trial) return 2;
      const { database } = state;
      const timeZone = declared.country!.timeZone;
      const rows = decidedCases(database, asked.service, asked.cases);
      const { report, replayed } = await simulatePast(trial, { rows, timeZone, progress: told(asked, terminal) });
      print({ asked, declared, terminal, trial, report, replayed });
      return replayed.differing === 0 ? 0 : 1;
    });
  }
  const declared = readAll(placeOf(process.env));
  if (declared.faults.length > 0) {
    terminal.print(faultLines(declared, terminal.language));
    return 1;
  }
  const trial = trialOf(asked, declared, terminal);
  if (!trial) return 2;
  const report = simulateInvented(trial, { count: asked.cases, seed: asked.seed, progress: told(asked, terminal) });
  print({ asked, declared, terminal, trial, report });
  return 0;
};

/** `kerege simulate --replay [PROCESS]`: every recorded command is given again, and every event must come as it was written. */
async function replay(args: string[], terminal: Terminal): Promise<number> {
  const [process] = args.filter((one) => !one.startsWith("--"));
  return withState(terminal, async ({ database, house }) => {
    const door = house.doors.process as ProcessDoor;
    const { cases, steps, differing, first } = await replayAll(database, {
      door,
      kept: process === undefined ? {} : { process },
    });
    // Events hold what people answered: only their kind and place are told.
    const told = first && { case: first.instance, version: first.version, what: differenceOf(first) };
    if (args.includes("--json"))
      terminal.print(JSON.stringify({ cases, steps, differing, ...(told && { first: told }) }, undefined, 2));
    else {
      terminal.print(terminal.say("simulate.gate", { cases, steps, differing }));
      if (told) terminal.print(terminal.say("simulate.gate-first", told));
    }
    return differing === 0 ? 0 : 1;
  });
}

function differenceOf(first: NonNullable<GateResult["first"]>): string {
  if (first.why !== "other-events") return first.why;
  const named = (event: { kind: string; node?: string } | undefined) =>
    event ? [event.kind, event.node].filter(Boolean).join(" ") : "–";
  return `${first.event}: ${named(first.written)} → ${named(first.came)}`;
}

function askedOf(args: string[]): Asked | undefined {
  const options = {
    from: text,
    to: text,
    move: { ...text, multiple: true },
    cases: text,
    seed: text,
    synthetic: { type: "boolean" },
    json: { type: "boolean" },
  } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true, strict: false });
  const given = values as {
    from?: string;
    to?: string;
    move?: string[];
    cases?: string;
    seed?: string;
    synthetic?: boolean;
    json?: boolean;
  };
  const [service, ...more] = positionals;
  const cases = Number(given.cases ?? (given.synthetic ? 100_000 : MOST_CASES));
  const seed = Number(given.seed ?? 1);
  const moves = (given.move ?? []).map((move) => /^([^=]+)=(.*)$/.exec(move));
  const whole = (number: number, least: number) => Number.isInteger(number) && number >= least && number <= MOST_CASES;
  if (!service || more.length > 0 || !whole(cases, 1) || !whole(seed, 0) || moves.includes(null)) return undefined;
  return {
    service,
    ...(given.from !== undefined && { from: fromCaller(given.from) }),
    ...(given.to !== undefined && { to: fromCaller(given.to) }),
    moves: Object.fromEntries(moves.map((move) => [move![1]!, move![2]!])),
    cases,
    seed,
    synthetic: given.synthetic === true,
    json: given.json === true,
  };
}

function trialOf(asked: Asked, declared: Declared, terminal: Terminal): Trial | undefined {
  const { from, to, moves } = asked;
  const tried = { moves, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const prepared = prepareTrial(declared.packs, { service: asked.service, tried }, servicePackFiles);
  if (prepared?.ok) return prepared.trial;
  if (prepared) for (const line of faultsOf(prepared.faults, declared, terminal)) terminal.complain(line);
  else
    terminal.complain(
      terminal.say("simulate.unknown", { name: asked.service, names: simulatedNames(declared.packs).join(", ") }),
    );
  return undefined;
}

function faultsOf(faults: TrialFaults, { texts }: Declared, { language, say }: Terminal): string[] {
  return faults.map((fault) => {
    const own = fault.code === "no-such-place" || fault.code === "not-a-value";
    const { message, remedy } = fault.params;
    const key = "part" in fault ? `services.faults.${fault.code}` : fault.code;
    const words = own ? say(`simulate.${fault.code}`, fault.params) : texts.translate(language, `${key}.message`, fault.params);
    const place = "part" in fault ? `${fault.part}: ${fault.place}` : `${fault.file}:${fault.line}`;
    return `${place}  ${words}${message !== undefined && !words.includes(String(message)) ? `: ${message}` : ""}${remedy ? ` ${remedy}` : ""}`;
  });
}

/** Tells how far it is, on the terminal and not in what is written. */
function told({ json, cases, synthetic }: Asked, { say, language }: Terminal): (done: number) => boolean {
  let last = Date.now();
  return (done) => {
    const now = Date.now();
    if (!json && process.stderr.isTTY && now - last > EVERY_MS) {
      last = now;
      const of = synthetic ? formatNumber(language, cases) : "none";
      process.stderr.write(`\r${say("simulate.progress", { done: formatNumber(language, done), of })}\u001b[K`);
    }
    return true;
  };
}

interface Printed {
  asked: Asked;
  declared: Declared;
  terminal: Terminal;
  trial: Trial;
  report: Report;
  replayed?: Replayed;
}

function print({ asked, declared, terminal, trial, report, replayed }: Printed): void {
  const { language, say } = terminal;
  if (process.stderr.isTTY && !asked.json) process.stderr.write("\r\u001b[K");
  if (asked.json) {
    terminal.print(JSON.stringify({ service: asked.service, report, ...(replayed && { replayed }) }, undefined, 2));
    return;
  }
  const translate = (key: string, values?: Record<string, string | number>) => declared.texts.translate(language, key, values);
  const words: Words = {
    language,
    translate: translate as Words["translate"],
    currency: declared.country?.currency ?? "",
    ...trial.words(language),
  };
  terminal.print(`${trial.title[language]}: ${asked.service}`);
  terminal.print(say(asked.synthetic ? "simulate.invented" : "simulate.past", { cases: report.cases, seed: asked.seed }));
  if (replayed) {
    terminal.print(say("simulate.replayed", { cases: replayed.cases, differing: replayed.differing }));
    if (replayed.first) terminal.print(say("simulate.first", { ...replayed.first }));
  }
  terminal.print(`\n${reportSentence(report, words)}`);
  for (const table of reportTables(report, words)) terminal.print(`\n${tableText(table)}`);
  terminal.print(`\n${translate("process.simulation.small-groups", { least: report.least })}`);
  if (report.after.unknown > 0) terminal.print(translate("process.simulation.unknown-note", { cases: report.after.unknown }));
  if (trial.adjustables.length === 0) return;
  terminal.print(`\n${say("simulate.adjustable")}`);
  const widest = Math.max(...trial.adjustables.map(({ name, value }) => name.length + (asked.moves[name] ?? value).length));
  for (const { name, value, of, text: where } of trial.adjustables) {
    const move = `${name}=${asked.moves[name] ?? value}`;
    terminal.print(`  --move ${move.padEnd(widest + 1)}   ${of}: ${where}`);
  }
}

/** Columns as wide as what stands in them; all but the first are numbers and end at the same place. */
function tableText({ title, head, rows }: ReportTable): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? "")].length)));
  const pad = (cell: string, column: number) => {
    const space = " ".repeat(Math.max(0, widths[column]! - [...cell].length));
    return column === 0 ? cell + space : space + cell;
  };
  return [title, ...all.map((row) => `  ${row.map(pad).join("   ").trimEnd()}`)].join("\n");
}
