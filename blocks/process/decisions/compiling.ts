import type { Fault, FeelValue, Shape, Shapes } from "@kerege/kernel/feel";
import { Program, perform, type Scope } from "@kerege/kernel/feel/parts";
import type { Place } from "../reading/xml.ts";
import type { Faults, PlacedText } from "./fault.ts";
import type { TableOutline } from "./table.ts";
import type { Types } from "./types.ts";

/** What an expression sees where it stands, and the name of the decision or function it stands in. */
export interface Seen {
  readonly facts: Shapes;
  readonly scope: Scope | undefined;
  readonly element: string;
}

/** What is compiled together: one file, seen from one of its elements. */
export class Compiling {
  readonly program: Program;
  readonly types: Types;
  readonly faults: Faults;
  /** An expression with a fault is null, as engines have it that run what others have drawn. */
  readonly tolerant: boolean;
  readonly tables: TableOutline[] = [];

  constructor(means: { program: Program; types: Types; faults: Faults; tolerant: boolean }) {
    this.program = means.program;
    this.types = means.types;
    this.faults = means.faults;
    this.tolerant = means.tolerant;
  }

  complain(element: string, written: PlacedText): (fault: Fault) => void {
    return (fault) => this.faults.feel(fault, { element, written });
  }

  say(code: string, at: { element: string; place: Place }, params: Record<string, string | number> = {}): void {
    this.faults.add(code, at, params);
  }

  /**
   * The shape expressions are compiled against. Of what others have drawn only the fields are taken: comparing a number with a text
   * is null there, and not a fault.
   */
  visible(shape: Shape): Shape {
    return this.tolerant ? loosened(shape) : shape;
  }

  /** The value of a text that sees nothing. */
  constant(written: PlacedText, element: string): FeelValue {
    const program = new Program({});
    const { run } = program.text(written.text, { facts: {}, scope: undefined }, this.complain(element, written));
    const slots = new Array<FeelValue>(program.slots).fill(null);
    return perform((under) => run({ input: {}, slots, run: under }), { moment: undefined, traced: false }).value;
  }
}

function loosened(shape: Shape): Shape {
  if (typeof shape === "string") return "any";
  if (Array.isArray(shape)) return [loosened(shape[0] as Shape)];
  return Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, loosened(field as Shape)]));
}
