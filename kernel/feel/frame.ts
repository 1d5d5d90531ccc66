/** What compiled expressions run on, and the names they see while they are compiled. */
import type { TypeNode } from "./ast.ts";
import type { RawFault } from "./fault.ts";
import { canonicalName } from "./parse.ts";
import type { Shape } from "./plain.ts";
import type { Params, Run, Span } from "./run.ts";
import { typeOfShape } from "./types.ts";
import type { FeelContext, FeelValue } from "./value.ts";

/** One evaluation: the facts given, the variables of the expression by slot, the budget. */
export interface Frame {
  readonly input: Readonly<Record<string, unknown>>;
  readonly slots: FeelValue[];
  readonly run: Run;
}

export type Closure = (frame: Frame) => FeelValue;

/** A compiled node and what is known of its value. */
export interface Compiled {
  readonly run: Closure;
  readonly shape: Shape;
}

interface Variable {
  readonly slot: number;
  readonly shape: Shape;
  /** Its name as it was given, where it stands for a fact whose reading is noted. */
  readonly fact?: string;
}

/** A chain of scopes: variables by name, or the item of a filter whose fields are names. */
export type Scope =
  | { readonly kind: "names"; readonly names: ReadonlyMap<string, Variable>; readonly outer: Scope | undefined }
  | { readonly kind: "item"; readonly slot: number; readonly shape: Shape; readonly outer: Scope | undefined }
  | { readonly kind: "input"; readonly slot: number; readonly shape: Shape; readonly outer: Scope | undefined };

/** What the compilation of one expression gathers. */
export class Gathering {
  readonly faults: RawFault[] = [];
  readonly reads = new Set<string>();
  /** Declared names by their canonical form. */
  readonly declared: ReadonlyMap<string, { readonly key: string; readonly shape: Shape }>;
  readonly #types: Readonly<Record<string, Shape>>;
  slots = 0;

  constructor(shapes: Readonly<Record<string, Shape>>, types: Readonly<Record<string, Shape>>) {
    this.#types = types;
    this.declared = new Map(Object.entries(shapes).map(([key, shape]) => [canonicalName(key), { key, shape }]));
  }

  slot(): number {
    this.slots += 1;
    return this.slots - 1;
  }

  /** A type as written, with the names of own types put in. */
  type(written: TypeNode): TypeNode {
    if (Object.hasOwn(this.#types, written.name)) return typeOfShape(this.#types[written.name]!);
    const fields = written.fields.map((field) => ({ name: field.name, type: this.type(field.type) }));
    return { name: written.name, items: written.items.map((item) => this.type(item)), fields };
  }

  /** Notes a fault; the value stands for it so that compilation goes on and finds the others. */
  fault(code: string, span: Span, params: Params = {}): Compiled {
    this.faults.push({ code, params, span: { from: span.from, to: span.to } });
    return NOTHING;
  }
}

export const NOTHING: Compiled = { run: () => null, shape: "any" };

export function withName(outer: Scope | undefined, name: string, variable: Variable): Scope {
  return { kind: "names", names: new Map([[canonicalName(name), variable]]), outer };
}

/** Longer keys are no names. */
const NAME_LIMIT = 256;

/** Names with signs in them (`a-b`) are compared in canonical form; plain ones directly. */
function hasSigns(name: string): boolean {
  return /[.\-/+*']/.test(name);
}

/** The entry of a context by the canonical form of its name, undefined where there is none. */
export function entryOf(context: FeelContext, name: string): FeelValue | undefined {
  const found = context.get(name);
  if (found !== undefined || !hasSigns(name)) return found;
  for (const [key, value] of context) if (key.length < NAME_LIMIT && canonicalName(key) === name) return value;
  return undefined;
}

/** The own key of a plain object by the canonical form of its name. */
export function ownKey(holder: object, name: string): string | undefined {
  if (Object.hasOwn(holder, name)) return name;
  return hasSigns(name) ? Object.keys(holder).find((key) => key.length < NAME_LIMIT && canonicalName(key) === name) : undefined;
}
