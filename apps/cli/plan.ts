import { readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { dayOf, systemClock } from "@kerege/kernel/clock";
import { type Database, isUnknownTable, openDatabase } from "@kerege/kernel/database";
import { openEmbedded } from "@kerege/kernel/embedded";
import type { Declared } from "@kerege/kernel/house";
import type { Multilingual } from "@kerege/kernel/locale";
import { createLog } from "@kerege/kernel/log";
import { Problem } from "@kerege/kernel/problem";
import {
  type Agreement,
  accessTable,
  accessText,
  applyPlan,
  type Ground,
  makePlan,
  planText,
  type RegisterDeclaration,
} from "@kerege/registry";
import { faultLines } from "@kerege/server/faults";
import { type Place, placeOf, readAll } from "@kerege/server/open";
import { actsText, type ServiceDeclaration } from "@kerege/services";
import { fromCaller, type Run, type Terminal } from "./terminal.ts";

/** `kerege plan [REGISTER] [--file FILE]`: what stands between the declared and the published registers, as a file to read and accept. */
export const plan: Run = async (args, terminal) => {
  const { values, positionals } = parseArgs({
    args,
    options: { file: { type: "string" } },
    allowPositionals: true,
    strict: false,
  });
  const [name] = positionals;
  return withRegisters(terminal, async ({ declared, place, registers }) => {
    const wanted = name === undefined ? registers : registers.filter((one) => one.register === name);
    if (wanted.length === 0) return unknownRegister(terminal, name ?? "none");
    const made = await withDatabase(place, (database) => makePlan(database, { registers: wanted }));
    if (!made || made.alone) {
      terminal.print(declared.texts.translate(terminal.language, `registry.plan.${made ? "only-additions" : "nothing"}`));
      return 0;
    }
    const text = planText(made, { registers, texts: declared.texts, language: terminal.language });
    const file = fromCaller(typeof values.file === "string" ? values.file : `plan-${made.plan.slice(0, 8)}.yaml`);
    writeFileSync(file, text, { flag: "wx" });
    terminal.print(text);
    terminal.print(terminal.say("plan.written", { file: path.relative(process.cwd(), file) }));
    return 0;
  });
};

/** `kerege apply FILE`: carries a plan out, in one transaction. */
export const apply: Run = async ([file], terminal) => {
  if (!file) {
    terminal.complain(terminal.say("plan.apply-usage"));
    return 2;
  }
  const text = readText(fromCaller(file));
  if (text === undefined) {
    terminal.complain(terminal.say("plan.no-file", { file }));
    return 2;
  }
  return withRegisters(terminal, async ({ declared, place, registers }) => {
    const at = systemClock.now();
    const given = { registers, text, at, today: dayOf(at, declared.country!.timeZone), by: os.userInfo().username };
    const changed = await withDatabase(place, (database) => applyPlan(database, given));
    terminal.print(terminal.say("plan.applied", { registers: changed.join(", ") }));
    return 0;
  });
};

/** `kerege access REGISTER`: who may read what about whom; without a register who may do what, for whom, how surely known. */
export const access: Run = async ([name], terminal) =>
  withRegisters(terminal, async ({ declared, registers }) => {
    if (name === undefined) {
      printActs(declared, terminal);
      return 0;
    }
    const register = registers.find((one) => one.register === name);
    if (!register) return unknownRegister(terminal, name ?? "none");
    const grounds = declared.packs.files<Ground>("ground").map((one) => one.value);
    const agreements = declared.packs.files<Agreement>("agreement").map((one) => one.value);
    const { texts } = declared;
    terminal.print(accessText(register, accessTable(register, grounds, agreements), { texts, language: terminal.language }));
    return 0;
  });

/** Services with their conditions, what registers let people act for others by, and duties that are kept apart. */
function printActs({ packs, texts }: Declared, terminal: Terminal): void {
  const { language, say, print } = terminal;
  print(
    actsText(
      packs.files<ServiceDeclaration>("service").map((one) => one.value),
      { texts, language },
    ),
  );
  print(`\n${say("access.by-register")}`);
  for (const { value } of packs.files<{ mandate: string; register: string; ground: string }>("mandate"))
    print(`  ${texts.translate(language, `identity.mandates.kind.${value.mandate}`)}: ${value.register} (${value.ground})`);
  print(`\n${say("access.apart")}`);
  for (const { value } of packs.files<{ apart?: { rights: string[]; by: string; why: Multilingual }[] }>("reference"))
    for (const { rights, why } of value.apart ?? []) print(`  ${rights.join(" | ")}: ${why[language]}`);
}

interface Work {
  declared: Declared;
  place: Place;
  registers: RegisterDeclaration[];
}

/** Reads what is declared; a fault in it, or a refusal, is said as a sentence and gives 1. */
async function withRegisters(terminal: Terminal, work: (given: Work) => Promise<number>): Promise<number> {
  const place = placeOf(process.env);
  const declared = readAll(place);
  if (declared.faults.length > 0) {
    terminal.print(faultLines(declared, terminal.language));
    return 1;
  }
  try {
    return await work({
      declared,
      place,
      registers: declared.packs.files<RegisterDeclaration>("register").map((one) => one.value),
    });
  } catch (error) {
    if (isUnknownTable(error)) terminal.complain(terminal.say("plan.start-first"));
    else if (isTaken(error)) terminal.complain(terminal.say("plan.file-there"));
    else if (error instanceof Problem) {
      const [block, ...rest] = error.code.split(".");
      const translate = (part: string) =>
        declared.texts.translate(terminal.language, `${block}.problems.${rest.join(".")}.${part}`, error.params);
      terminal.complain(`${translate("title")}. ${translate("detail")}`);
    } else throw error;
    return 1;
  }
}

/** Joins the database of a server that runs, or starts it for the time of the work. */
async function withDatabase<Result>(place: Place, work: (database: Database) => Promise<Result>): Promise<Result> {
  const log = createLog((line) => process.stderr.write(line));
  const embedded = place.databaseUrl ? undefined : await openEmbedded({ folder: place.dataFolder, log });
  const database = openDatabase(embedded ? { ...embedded.connection() } : { connectionString: place.databaseUrl });
  try {
    return await work(database);
  } finally {
    await database.close();
    await embedded?.stop();
  }
}

function unknownRegister(terminal: Terminal, name: string): number {
  terminal.complain(terminal.say("plan.unknown-register", { name }));
  return 2;
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}
