import type { Boxed, Document } from "./document.ts";
import type { Faults } from "./fault.ts";

/** The provision of law a rule rests on. */
export interface Norm {
  /** Code of the act, as the passport of the service names it. */
  readonly act: string;
  readonly article?: string;
  /** Day of the edition, `YYYY-MM-DD`. */
  readonly edition?: string;
}

const NORM = /^([a-z][a-z0-9-]*)(?::([^@\s][^@]*?))?(?:@(\d{4}-\d\d-\d\d))?$/;

/** Reads `act:article@edition`, as `electronic-governance:21.1@2025-07-01`; article and edition may be left out. */
export function readNorm(text: string): Norm | undefined {
  const found = NORM.exec(text.trim());
  if (!found) return undefined;
  const [, act = "", article, edition] = found;
  return { act, ...(article !== undefined && { article }), ...(edition !== undefined && { edition }) };
}

/** Says which rules of tables name no norm, or name it in a form that cannot be read. */
export function sayNorms(document: Document, faults: Faults): void {
  for (const node of document.nodes.values()) {
    if (node.kind !== "decision" && node.kind !== "knowledge") continue;
    for (const table of tablesIn(node.logic)) {
      for (const [index, rule] of table.rules.entries()) {
        const written = rule.annotations.get("norm");
        const at = { element: node.name, place: written?.place ?? rule.place };
        if (!written || written.text.trim() === "") faults.add("norm-missing", at, { rule: index + 1 });
        else if (!readNorm(written.text)) faults.add("norm-form", at, { rule: index + 1, text: written.text.trim() });
      }
    }
  }
}

type Table = Boxed & { kind: "table" };

/** All tables inside an expression. */
function tablesIn(value: unknown): Table[] {
  if (typeof value !== "object" || value === null) return [];
  if ((value as Boxed).kind === "table") return [value as Table];
  return Object.values(value).flatMap(tablesIn);
}
