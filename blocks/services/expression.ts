import { compileExpression, type Facts, type Fault, type Shape, type Shapes, toPlain } from "@kerege/kernel/feel";
import type { RegisterDeclaration } from "@kerege/registry";
import type { FieldDeclaration, Plain } from "./declaration.ts";

/** Values by name, plain; the shapes the expression was compiled with say which texts are days. */
export type Scope = Record<string, unknown>;

/** A FEEL expression of a service, compiled once. */
export interface Compiled {
  text: string;
  /** Names and paths it reads, e.g. `person.born_on`, `day`, with those the decisions look at that it speaks of. */
  reads: string[];
  /** Names and paths that stand in its text. */
  own: string[];
  /** Days come out as `YYYY-MM-DD`; a fault of evaluation is null, as DMN has it. */
  evaluate(scope: Scope): Plain;
}

export function compileText(
  text: string,
  names: Shapes,
): { ok: true; compiled: Compiled } | { ok: false; faults: readonly Fault[] } {
  const made = compileExpression(text, { names });
  if (!made.ok) return { ok: false, faults: made.faults };
  const reads = [...made.reads];
  return {
    ok: true,
    compiled: { text, reads, own: reads, evaluate: (scope) => toPlain(made.evaluate(scope as Facts)) as Plain },
  };
}

/** What FEEL may say about a record of a register: the fields that are read and the key. */
export function recordShape(register: RegisterDeclaration, fields: string[]): Shape {
  const shape: Record<string, Shape> = {};
  for (const field of new Set([register.key, ...fields])) shape[field] = fieldShape(register.fields[field]?.type);
  return shape;
}

function fieldShape(type: string | undefined): Shape {
  if (type === "multilingual") return { ky: "string", ru: "string", kk: "string", en: "string" };
  if (type === "date") return "date";
  if (type === "integer" || type === "decimal") return "number";
  return type === "boolean" ? "boolean" : "string";
}

export function answerShape(field: FieldDeclaration): Shape {
  if (field.type === "date") return "date";
  if (field.type === "number") return "number";
  if (field.type === "yes-no") return "boolean";
  return field.many ? ["string"] : "string";
}
