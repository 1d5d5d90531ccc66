import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as later } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  compareSights,
  keptPath,
  type MonitorVerdict,
  type NoteKey,
  openLogKeys,
  parseVerifierKey,
  parseWitness,
  recompute,
  type Sight,
  writeVerifierKey,
} from "@kerege/trust";
import { fromCaller, type Run, type Terminal } from "./terminal.ts";

const PATIENCE_MS = 10_000;
const MOST_BYTES = 1024 * 1024;
const LATEST = "latest.note";
const KEY = "log-key";

interface Watch {
  address: string;
  folder: string;
  key: NoteKey;
  witnesses: { name: string; url: string }[];
  full: boolean;
}

/**
 * `kerege monitor ADDRESS [--key VERIFIER-KEY | --anchors PEM] [--witness "VERIFIER-KEY ADDRESS"]… [--folder DIR] [--every SECONDS] [--full]`:
 * watches the log of a state from outside. Exit code 0 when all that was seen is one history, 1 when it is not, 2 when it was asked
 * wrongly, 3 when the log does not answer. What proves two stories is written into the folder.
 */
export const monitor: Run = async (args, terminal) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    strict: false,
    options: {
      key: { type: "string" },
      anchors: { type: "string" },
      witness: { type: "string", multiple: true },
      folder: { type: "string", default: "kerege-monitor" },
      every: { type: "string" },
      full: { type: "boolean", default: false },
    },
  });
  const address = (positionals[0] ?? "").replace(/\/+$/, "");
  const witnesses = ((values.witness ?? []) as string[]).map(parseWitness);
  const every = values.every === undefined ? 0 : Number(values.every);
  if (!/^https?:\/\//.test(address) || !URL.canParse(address) || witnesses.includes(undefined) || !(every >= 0)) {
    terminal.complain(terminal.say("monitor.usage"));
    return 2;
  }
  const folder = fromCaller(String(values.folder));
  mkdirSync(folder, { recursive: true });
  const given = { key: text(values.key), anchors: text(values.anchors) };
  const key = await findKey({ address, folder, ...given });
  if (!key) {
    terminal.complain(terminal.say("monitor.no-key"));
    return 2;
  }
  const named = witnesses.map((one) => ({ name: one!.key.name, url: one!.url }));
  const watch: Watch = { address, folder, key, witnesses: named, full: values.full === true };
  for (;;) {
    const code = await lookOnce(watch, terminal);
    if (every === 0 || code === 1) return code;
    await later(every * 1000);
  }
};

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** The key once learnt is kept: a log that comes with another later is another log. */
async function findKey(given: { address: string; folder: string; key?: string; anchors?: string }): Promise<NoteKey | undefined> {
  const file = path.join(given.folder, KEY);
  if (given.key !== undefined) return keep(file, parseVerifierKey(given.key));
  if (existsSync(file)) return parseVerifierKey(readFileSync(file, "utf8").trim());
  if (given.anchors === undefined) return undefined;
  const statement = await ask(`${given.address}/log/keys`).catch(() => undefined);
  const keys = statement && openLogKeys(statement.toString("utf8"), readFileSync(fromCaller(given.anchors), "utf8"), new Date());
  return typeof keys === "object" ? keep(file, keys.log) : undefined;
}

function keep(file: string, key: NoteKey | undefined): NoteKey | undefined {
  if (key?.type !== 1) return undefined;
  writeFileSync(file, `${writeVerifierKey(key)}\n`);
  return key;
}

async function lookOnce(watch: Watch, terminal: Terminal): Promise<number> {
  const { address, folder, key } = watch;
  const shown = await ask(`${address}/log/checkpoint`).catch(() => undefined);
  if (!shown) {
    terminal.complain(terminal.say("monitor.silent", { address }));
    return 3;
  }
  const file = path.join(folder, LATEST);
  const sights: Sight[] = [{ from: address, note: shown.toString("utf8") }];
  if (existsSync(file)) sights.push({ from: terminal.say("monitor.remembered"), note: readFileSync(file, "utf8") });
  for (const { name, url } of watch.witnesses) {
    const kept = await ask(`${url}${keptPath(key.name)}`).catch(() => undefined);
    if (kept) sights.push({ from: name, note: kept.toString("utf8") });
    else terminal.print(terminal.say("monitor.witness-silent", { name }));
  }
  const sources = { log: (place: string) => ask(`${address}${place}`) };
  const verdict = await compareSights(key, sights, sources);
  for (const { from, size, state } of verdict.sights)
    terminal.print(terminal.say("monitor.sight", { from, size: size ?? 0, state: terminal.say(`monitor.states.${state}`) }));
  return settle(watch, { verdict, sources }, terminal);
}

async function settle(
  { folder, full }: Watch,
  { verdict, sources }: { verdict: MonitorVerdict; sources: Parameters<typeof recompute>[1] },
  terminal: Terminal,
): Promise<number> {
  if (verdict.evidence) {
    const file = path.join(folder, "split.json");
    writeFileSync(file, `${JSON.stringify(verdict.evidence, null, 2)}\n`);
    terminal.complain(terminal.say("monitor.split", { file }));
    return 1;
  }
  const { latest } = verdict;
  if (!latest || verdict.sights.some(({ state }) => state !== "agrees")) {
    terminal.complain(terminal.say("monitor.unproven"));
    return 1;
  }
  if (full && !(await recompute(latest, sources))) {
    terminal.complain(terminal.say("monitor.not-recomputed"));
    return 1;
  }
  const file = path.join(folder, LATEST);
  writeFileSync(`${file}.new`, latest.note);
  renameSync(`${file}.new`, file);
  terminal.print(terminal.say("monitor.good", { size: latest.size }));
  return 0;
}

/** Undefined where there is nothing; throws where nobody answers. */
async function ask(address: string): Promise<Buffer | undefined> {
  const response = await fetch(address, { redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) return undefined;
  const bytes = Buffer.from(await response.arrayBuffer());
  return bytes.length <= MOST_BYTES ? bytes : undefined;
}
