/**
 * Reads the files of the BPMN Model Interchange Working Group: the same diagrams as saved by many tools. The suite is read from a folder
 * on this machine and never becomes part of the project.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { readBpmnTree, readModel, scanXml } from "@kerege/process";

export interface Miwg {
  readonly files: number;
  readonly tools: number;
  /** Read whole, with all guards of our own reader on. */
  readonly read: number;
  readonly refused: readonly { readonly file: string; readonly why: string }[];
  /** Read, but with an id that stands for two elements. */
  readonly ambiguous: number;
  /** Files with a process that is meant to be carried out. */
  readonly executable: number;
  /** Of these, what our interpreter would carry out as it is, with names of calls and decisions put in by nobody. */
  readonly carriedOut: number;
  /** Why not, by code, most frequent first. */
  readonly reasons: readonly (readonly [string, number])[];
}

const calendar = { zone: "UTC", isWorkingDay: () => true, addWorkingDays: (day: string) => day };

/** Reads all of a checked-out suite. */
export function runMiwg(folder: string): Miwg {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".bpmn"))
    .sort();
  const refused: { file: string; why: string }[] = [];
  const reasons = new Map<string, number>();
  let ambiguous = 0;
  let executable = 0;
  let carriedOut = 0;
  for (const file of files) {
    const xml = readFileSync(path.join(folder, file), "utf8");
    const { faults } = scanXml(xml);
    // An id given twice is no matter of form: such a file is read, and not carried out.
    const twice = faults.some(({ code }) => code === "id-twice");
    const tree = faults.every(({ code }) => code === "id-twice") ? readBpmnTree(xml) : undefined;
    if (!tree) {
      refused.push({ file, why: faults.map(({ code, line }) => `${code} (line ${line})`).join(", ") || "not-bpmn" });
      continue;
    }
    if (twice) ambiguous++;
    if (!/isExecutable="true"/.test(xml)) continue;
    executable++;
    const process = /<(?:[\w-]+:)?process\b(?=[^>]*isExecutable="true")[^>]*\sid="([^"]+)"/.exec(xml)?.[1];
    const model = readModel(xml, { calendar, foreign: true, openNames: true, ...(process && { process }) });
    if (model.ok) carriedOut++;
    else for (const code of new Set(model.faults.map((fault) => fault.code))) reasons.set(code, (reasons.get(code) ?? 0) + 1);
  }
  const tools = new Set(files.map((file) => file.split(path.sep)[0])).size;
  return {
    files: files.length,
    tools,
    read: files.length - refused.length,
    refused,
    ambiguous,
    executable,
    carriedOut,
    reasons: [...reasons].sort((a, b) => b[1] - a[1]),
  };
}
