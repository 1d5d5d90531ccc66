import type { FieldProblem } from "@kerege/kernel/problem";
import type { Values } from "./declaration.ts";
import type { GroundDocument } from "./door.ts";
import { decompose } from "./expand.ts";
import type { Json } from "./field-types-parts.ts";
import type { CompiledRegister } from "./store-sql.ts";

/** Names beside the fields that a column or a JSON line may have. */
const ENGINE = ["valid_from", "document", "document_kind", "document_on"];

/** Columns that are neither a field nor one of its parts. */
export function unknownColumns({ declaration, expanded }: CompiledRegister, columns: string[]): string[] {
  const known = (column: string) =>
    ENGINE.includes(column) ||
    Object.hasOwn(declaration.fields, column) ||
    (Object.hasOwn(expanded.declared.fields, column) && expanded.declared.fields[column]!.type !== "multilingual");
  return columns.filter((column) => !known(column));
}

export interface LineRequest {
  key: string;
  values: Values;
  validFrom: string;
  document: GroundDocument;
}

/**
 * What a line says, as an event. Texts become what their field is: numbers, truth in any of the languages, days also as 31.12.2026,
 * money from amount and currency.
 */
export function requestOf(
  register: CompiledRegister,
  given: Record<string, unknown>,
  fallback: { document: GroundDocument; validFrom: string | undefined },
): { request: LineRequest; faults: FieldProblem[] } {
  const { declaration, expanded } = register;
  const fields: Record<string, Json> = {};
  for (const [name, value] of Object.entries(given)) {
    if (ENGINE.includes(name) || name === declaration.key || value === undefined) continue;
    fields[name] = typeof value === "string" ? read(register, name, value) : (value as Json);
  }
  for (const [name, { declared }] of expanded.composites) {
    const currency = `${name}_currency`;
    if (declared.type !== "money" || typeof fields[name] !== "string") continue;
    const [amount, code] = (fields[name] as string).trim().split(/\s+/);
    fields[name] = { amount: point(amount!), currency: (fields[currency] as string | undefined) ?? code ?? "" };
    delete fields[currency];
  }
  const { values, faults } = decompose(register.expanded, fields);
  const text = (name: string) => (typeof given[name] === "string" ? (given[name] as string).trim() : undefined);
  const document = text("document");
  const kind = text("document_kind");
  const on = text("document_on");
  return {
    request: {
      key: String(given[declaration.key] ?? "").trim(),
      values,
      validFrom: day(text("valid_from") ?? fallback.validFrom ?? ""),
      document:
        document === undefined ? fallback.document : kind ? { kind, number: document, ...(on && { on: day(on) }) } : document,
    },
    faults,
  };
}

const TRUE = ["true", "1", "yes", "ооба", "да", "иә"];
const FALSE = ["false", "0", "no", "жок", "нет", "жоқ"];

function read(register: CompiledRegister, name: string, text: string): Json {
  const composite = register.expanded.composites.get(name);
  if (composite) return composite.declared.type === "partial-date" ? day(text.trim()) : text.trim();
  const cell = text.trim();
  switch (register.declaration.fields[name]?.type) {
    case "integer":
      return /^-?\d{1,15}$/.test(cell) ? Number(cell) : cell;
    case "float":
      return Number.isFinite(Number(cell)) ? Number(cell) : cell;
    case "decimal":
      return point(cell);
    case "boolean":
      return TRUE.includes(cell.toLowerCase()) ? true : FALSE.includes(cell.toLowerCase()) ? false : cell;
    case "date":
      return day(cell);
    default:
      return cell.normalize("NFC");
  }
}

const point = (text: string) => (/^-?\d+,\d+$/.test(text) ? text.replace(",", ".") : text);

function day(text: string): string {
  const found = /^(\d{2})\.(\d{2})\.(\d{4})$/.exec(text);
  return found ? `${found[3]}-${found[2]}-${found[1]}` : text;
}
