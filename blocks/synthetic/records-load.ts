import { createHash } from "node:crypto";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { isDuplicate } from "@kerege/kernel/database";
import type { PackFile } from "@kerege/kernel/pack";
import { Problem } from "@kerege/kernel/problem";
import type { RegisterDeclaration, RegistryDoor } from "@kerege/registry";
import type { Progress } from "./declaration.ts";
import { type RecordRow, type RecordsDeclaration, readRecords } from "./records.ts";
import { createRecordsStore } from "./store-records.ts";

/** Lines of one transaction of the registers: all of them are there or none. */
const linesOfSlice = 1000;

interface Work {
  file: string;
  head: RecordsDeclaration;
  register: RegisterDeclaration;
  rows: RecordRow[];
}

/**
 * Puts the first records of packs into their registers: each line once, however often the server starts, and on from where a start was
 * broken off. A file that changed brings its new keys only: what is in a register changes by events, never by a file. A line that the
 * register refuses is told in the log by its number and tried again at the next start; the others are not kept waiting by it.
 */
export function createRecords(
  means: Means,
  { registry }: { registry: RegistryDoor },
): { load(progress?: Progress): Promise<number> } {
  const store = createRecordsStore(means.database);

  const one = async (work: Work, row: RecordRow): Promise<boolean> => {
    const { head, register, file } = work;
    const { key, values, validFrom } = row;
    const { event, document } = head;
    try {
      if (register.events[event]!.creates)
        await registry.load(keeperOf(register), { register: head.register, event, document, rows: [{ key, values, validFrom }] });
      else
        await registry.record(keeperOf(register), {
          register: head.register,
          event,
          document,
          act: actOf([file, event, key, validFrom]),
          key,
          values,
          validFrom,
        });
      return true;
    } catch (error) {
      if (isThere(error)) return true;
      if (!(error instanceof Problem)) throw error;
      const why = error.fields[0];
      means.log.fault("first record refused", error, { file, line: row.line, field: why?.pointer, why: why?.key });
      return false;
    }
  };

  /** Keys that are in the register afterwards. */
  const slice = async (work: Work, rows: RecordRow[]): Promise<string[]> => {
    const { head, register } = work;
    const { event, document } = head;
    if (register.events[event]!.creates) {
      try {
        await registry.load(keeperOf(register), { register: head.register, event, document, rows });
        return rows.map(({ key }) => key);
      } catch (error) {
        // Some line is refused, or is there from a start that was broken off: then line by line.
        if (!(error instanceof Problem) && !isThere(error)) throw error;
      }
    }
    const there: string[] = [];
    for (const row of rows) if (await one(work, row)) there.push(row.key);
    return there;
  };

  const loadFile = async (found: PackFile<RecordsDeclaration>, table: PackFile<string>, progress: Progress): Promise<number> => {
    const register = registry.registers().find((declared) => declared.register === found.value.register)!;
    const file = `${found.pack}/${found.name}`;
    const print = createHash("sha256").update(found.text).update("\0").update(table.text).digest("hex");
    if ((await store.printOf(file)) === print) return 0;
    const { rows } = readRecords(found.value, register, table);
    const work: Work = { file, head: found.value, register, rows };
    const known = await store.keysOf(file);
    const missing = rows.filter(({ key }) => !known.has(key));
    let made = 0;
    for (let start = 0; start < missing.length; start += linesOfSlice) {
      const keys = await slice(work, missing.slice(start, start + linesOfSlice));
      await store.noteKeys(file, keys);
      made += keys.length;
    }
    if (made === missing.length) await store.noteFile({ file, print, at: means.clock.now() });
    if (made > 0) progress("synthetic.progress.recorded", { file, count: made });
    return made;
  };

  return {
    async load(progress = () => {}) {
      const tables = means.packs.files<string>("records-table");
      const heads = means.packs.files<RecordsDeclaration>("records").filter(({ value }) => means.country.demo || !value.invented);
      if (heads.length === 0) return 0;
      return store.alone(async () => {
        let made = 0;
        for (const head of inOrder(heads, registry.registers())) {
          const table = tables.find((one) => one.pack === head.pack && one.name === head.name);
          if (table) made += await loadFile(head, table, progress);
        }
        return made;
      });
    },
  };
}

/** What makes records before what changes them; a register that others point at before those. */
function inOrder(heads: PackFile<RecordsDeclaration>[], registers: RegisterDeclaration[]): PackFile<RecordsDeclaration>[] {
  const byName = new Map(registers.map((register) => [register.register, register]));
  const creates = ({ value }: PackFile<RecordsDeclaration>) => byName.get(value.register)?.events[value.event]?.creates === true;
  const placed: PackFile<RecordsDeclaration>[] = [];
  const seen = new Set<string>();
  const place = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const field of Object.values(byName.get(name)?.fields ?? {})) if (field.register !== undefined) place(field.register);
    placed.push(...heads.filter((head) => creates(head) && head.value.register === name));
  };
  for (const { value } of heads) place(value.register);
  return [...placed, ...heads.filter((head) => !creates(head))];
}

/** The owner of a register enters what is in it. */
function keeperOf(register: RegisterDeclaration): Actor {
  return { kind: "system", body: register.owner, name: "first-records" };
}

function isThere(error: unknown): boolean {
  return isDuplicate(error) || (error instanceof Problem && error.code === "registry.exists-already");
}

/** The same line has the same act whenever it is tried (UUID version 8, RFC 9562, 5.8). */
function actOf(parts: string[]): string {
  const hex = createHash("sha256").update(parts.join("\0")).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
