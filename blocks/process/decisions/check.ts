import { type FeelValue, printValue } from "@kerege/kernel/feel";
import { type Box, checkTable, type Finding } from "./coverage.ts";
import { type Decisions, type Reading, readDecisions } from "./decisions.ts";
import { type DecisionFault, Faults } from "./fault.ts";
import type { TableOutline } from "./table.ts";

/**
 * All that is wrong in a file: what cannot be read or compiled, rules without a norm where norms are required, and, in a file without
 * such faults, inputs no rule covers and rules that hold at once.
 */
export function checkDecisions(xml: string, reading: Reading = {}): readonly DecisionFault[] {
  const read = readDecisions(xml, { ...reading, tolerant: false });
  if (!read.ok) return read.faults;
  const faults = new Faults();
  for (const { table, findings } of findingsOf(read.decisions)) for (const finding of findings) say(faults, table, finding);
  return faults.sorted();
}

/** What was found in each table of a file, with what could not be checked. */
export function findingsOf(decisions: Decisions): { table: TableOutline; findings: readonly Finding[] }[] {
  const tables = new Set(decisions.names.flatMap((name) => decisions.decision(name)?.tables ?? []));
  return [...tables].map((table) => ({ table, findings: checkTable(table) }));
}

function say(faults: Faults, table: TableOutline, finding: Finding): void {
  const { element, expression } = table;
  if (finding.kind === "gap") faults.add("gap", { element, place: expression.place }, { example: notation(finding.example) });
  if (finding.kind !== "overlap") return;
  const [first, second] = finding.rules;
  const { place } = expression.rules[second - 1]!;
  faults.add("overlap", { element, place }, { first, second, example: notation(finding.example) });
}

/** An example in signs every language reads: `age = 18, 100 < income < 200`. */
function notation(box: Box): string {
  const parts = box.flatMap(({ label, piece }) => {
    if (piece === undefined) return [];
    if ("at" in piece) return [`${label} = ${print(piece.at)}`];
    const { low, high } = piece;
    if (typeof low === "string" || typeof high === "string") return [`${label} = "…"`];
    if (low === undefined) return high === undefined ? [] : [`${label} < ${print(high)}`];
    return [high === undefined ? `${label} > ${print(low)}` : `${print(low)} < ${label} < ${print(high)}`];
  });
  return parts.join(", ") || "—";
}

function print(value: FeelValue): string {
  return printValue(value, true);
}
