import { compileExpression, type Expression, type Faulty, type Shape, type Shapes } from "@kerege/kernel/feel";
import type { RegisterDeclaration, RegisterField, ValidityRule } from "./declaration.ts";
import { scalarOf } from "./field-types.ts";
import { compositeOf } from "./field-types-parts.ts";

/** How FEEL sees a declared field: `born_on.first`, `price.amount`, `title.ky`; others as one value. */
export function fieldShape(field: RegisterField): Shape {
  return compositeOf(field)?.shape(field) ?? scalarOf(field).shape;
}

/** How FEEL sees a record of a register (see `composeFacts`). */
export function recordShape(register: RegisterDeclaration): Record<string, Shape> {
  return Object.fromEntries(Object.entries(register.fields).map(([name, field]) => [name, fieldShape(field)]));
}

/** Names that rules see besides the fields and `with`. */
export const ruleNames: Shapes = { before: "context", event: "string", valid_from: "date", today: "date", state: "string" };

/** All names of a rule with their shapes. What `with` names of an unknown register is anything. */
export function ruleShapes(
  register: RegisterDeclaration,
  rule: Pick<ValidityRule, "with">,
  registers: ReadonlyMap<string, RegisterDeclaration>,
): Shapes {
  const shapes: Record<string, Shape> = { ...recordShape(register), ...ruleNames, before: recordShape(register) };
  for (const [name, look] of Object.entries(rule.with ?? {})) {
    const other = registers.get(look.register);
    const shape: Shape = other ? recordShape(other) : "any";
    shapes[name] = "key" in look ? shape : [shape];
  }
  return shapes;
}

/** A rule ready to be asked, or what is wrong with its expression. */
export function compileRule(
  register: RegisterDeclaration,
  rule: ValidityRule,
  registers: ReadonlyMap<string, RegisterDeclaration>,
): Expression | Faulty {
  return compileExpression(rule.holds, { names: ruleShapes(register, rule, registers) });
}

/** The value that earlier records get in a new field: FEEL over the fields of the record, `state` and `today`. */
export function compileFill(register: RegisterDeclaration, fill: string): Expression | Faulty {
  return compileExpression(fill, { names: { ...recordShape(register), state: "string", today: "date" } });
}
