import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { unlink } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Actor } from "@kerege/kernel/actor";
import type { Texts } from "@kerege/kernel/locale";
import { exportFile, type ImportLine, type ImportState, type RegistryDoor, readSearch } from "@kerege/registry";
import { fromCaller, type Run, type Terminal } from "./terminal.ts";
import { withState } from "./within.ts";

const FORMATS = { ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".xlsx": "xlsx" } as const;
const MOST_SHOWN = 100;
const ASKED_EVERY_MS = 300;

const formatOf = (file: string) => FORMATS[path.extname(file).toLowerCase() as keyof typeof FORMATS];
/** The owner of a register, by the hand of whoever sits at the terminal. */
const clerkOf = (body: string): Actor => ({ kind: "system", body, name: `kerege ${os.userInfo().username}` });

/** `kerege import REGISTER FILE --event EVENT --document NUMBER …`: takes a file with many records in, or only looks at it. */
export const importFile: Run = async (args, terminal) => {
  const text = { type: "string" } as const;
  const options = { event: text, document: text, kind: text, "document-on": text, from: text, alike: text, ground: text };
  const { values, positionals } = parseArgs({
    args,
    options: { ...options, preview: { type: "boolean" } },
    allowPositionals: true,
    strict: false,
  });
  const given = values as Partial<Record<keyof typeof options, string>> & { preview?: boolean };
  const [name, file] = positionals;
  const format = formatOf(file ?? "");
  if (!name || !file || !format || !given.event || !given.document) {
    terminal.complain(terminal.say("import.usage"));
    return 2;
  }
  if (!existsSync(fromCaller(file))) {
    terminal.complain(terminal.say("import.no-file", { file }));
    return 2;
  }
  return withState(terminal, async ({ house }, { texts }) => {
    const registry = house.doors.registry as RegistryDoor;
    const register = registry.registers().find((one) => one.register === name);
    if (!register) {
      terminal.complain(terminal.say("plan.unknown-register", { name }));
      return 2;
    }
    const clerk = clerkOf(register.owner);
    const staged = await registry.stageImport(clerk, {
      register: name,
      event: given.event!,
      format,
      fileName: path.basename(file),
      source: createReadStream(fromCaller(file)),
      document: given.kind
        ? { kind: given.kind, number: given.document!, ...(given["document-on"] && { on: given["document-on"] }) }
        : given.document!,
      ...(given.from && { validFrom: given.from }),
      ...(given.alike && { alike: given.alike }),
      ...(given.ground && { ground: given.ground }),
    });
    const { id } = staged;
    if (given.preview) {
      const { report, lines, good, bad, looksLike } = await registry.previewImport(clerk, { id });
      for (const line of report) printLine(line, terminal, texts);
      terminal.print(terminal.say("import.looked", { lines, good, bad, alike: looksLike }));
      return bad > 0 ? 1 : 0;
    }
    await registry.runImport(clerk, { id });
    // A server that runs does it too: whoever takes the job does it, and each line is written once.
    house.jobs.start();
    let state: ImportState;
    do {
      await pause(ASKED_EVERY_MS);
      state = await registry.readImport(clerk, { id });
    } while (state.state === "waiting" || state.state === "running");
    for (const line of await registry.importLines(clerk, { id, limit: MOST_SHOWN })) printLine(line, terminal, texts);
    terminal.print(terminal.say("import.done", { id, good: state.good, bad: state.bad, alike: state.looksLike }));
    return state.state === "done" && state.bad === 0 ? 0 : 1;
  });
};

function printLine({ line, code, params, faults }: ImportLine, terminal: Terminal, texts: Texts): void {
  const { language } = terminal;
  const [block, ...rest] = code.split(".");
  const key = code.startsWith("registry.import.") ? code : `${block}.problems.${rest.join(".")}.title`;
  terminal.print(terminal.say("import.line", { line: String(line), why: texts.translate(language, key, params) }));
  for (const fault of faults)
    terminal.print(`    ${fault.pointer.replace("/values/", "")}: ${texts.translate(language, fault.key, fault.params)}`);
}

/** `kerege export REGISTER FILE --ground GROUND --search SEARCH [--by field=value …]`: what a declared search finds, as a file. */
export const exportRecords: Run = async (args, terminal) => {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args,
    options: { ground: text, search: text, fields: text, body: text, reason: text, by: { type: "string", multiple: true } },
    allowPositionals: true,
    strict: false,
  });
  const given = values as { ground?: string; search?: string; fields?: string; body?: string; reason?: string; by?: string[] };
  const [name, file] = positionals;
  const format = formatOf(file ?? "");
  if (!name || !file || !format || !given.ground || !given.search) {
    terminal.complain(terminal.say("export.usage"));
    return 2;
  }
  const target = fromCaller(file);
  if (existsSync(target)) {
    terminal.complain(terminal.say("export.there", { file }));
    return 2;
  }
  return withState(terminal, async ({ house }) => {
    const registry = house.doors.registry as RegistryDoor;
    const register = registry.registers().find((one) => one.register === name);
    if (!register) {
      terminal.complain(terminal.say("plan.unknown-register", { name }));
      return 2;
    }
    const asked = {
      search: given.search!,
      ground: given.ground!,
      ...(given.fields !== undefined && { fields: given.fields }),
      ...(given.reason !== undefined && { reason: given.reason }),
      ...Object.fromEntries((given.by ?? []).map((one) => one.split(/=(.*)/s).slice(0, 2) as [string, string])),
    };
    const actor = clerkOf(given.body ?? register.owner);
    const request = readSearch(registry, { register, query: asked, actor });
    const bytes = await exportFile(registry, actor, { ...request, format });
    // What is cut off by a refusal is not left behind as if it were whole.
    await pipeline(Readable.from(bytes), createWriteStream(target, { flags: "wx", mode: 0o600 })).catch(
      async (error: unknown) => {
        await unlink(target).catch(() => {});
        throw error;
      },
    );
    terminal.print(terminal.say("export.done", { file: path.relative(process.cwd(), target) }));
    return 0;
  });
};
