import { compileExpression, type Expression, toPlain } from "@kerege/kernel/feel";
import type { GroundDocument, Value, Values } from "@kerege/registry";
import type { Chunk, PeopleStep } from "./declaration.ts";
import { type Kind, shapes } from "./kinds.ts";

export interface MappedRow {
  key: string;
  validFrom: string;
  values: Values;
}

/** A step whose expressions are compiled. */
export interface CompiledStep {
  step: PeopleStep;
  document: GroundDocument;
  rows(chunk: Chunk): MappedRow[];
}

type Reader = (row: Record<string, Value>) => Value;

export function compileFor(kind: Kind, text: string): ReturnType<typeof compileExpression> {
  return compileExpression(text, { names: { [kind]: shapes[kind] } });
}

/** Expressions of a checked step; one with a fault gives null, and `check` has said so. */
export function compileStep(step: PeopleStep, document: string): CompiledStep {
  const key = reader(step.for, step.key);
  const validFrom = reader(step.for, step.validFrom);
  const when = step.when === undefined ? undefined : reader(step.for, step.when);
  const fields = Object.entries(step.values).map(([field, text]): [string, Reader] => [field, reader(step.for, text)]);
  return {
    step,
    document: step.document === undefined ? document : { kind: step.document, number: document },
    rows(chunk) {
      const rows: MappedRow[] = [];
      for (const made of chunk[step.for] as unknown as Record<string, Value>[]) {
        if (when && when(made) !== true) continue;
        const values: Values = {};
        for (const [field, read] of fields) values[field] = read(made);
        rows.push({ key: String(key(made)), validFrom: String(validFrom(made)), values });
      }
      return rows;
    },
  };
}

function reader(kind: Kind, text: string): Reader {
  // A plain path, which nearly all of them are, needs no engine for each of a million rows.
  const path = /^\s*([a-z_]+)\.([a-z_]+)\s*$/.exec(text);
  if (path && path[1] === kind && path[2]! in shapes[kind]) return (row) => row[path[2]!] ?? null;
  const expression = compileFor(kind, text);
  return expression.ok ? (row) => evaluate(expression, kind, row) : () => null;
}

function evaluate(expression: Expression, kind: Kind, row: Record<string, Value>): Value {
  const value = toPlain(expression.evaluate({ [kind]: row }));
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
