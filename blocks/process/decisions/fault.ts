import type { Fault as FeelFault } from "@kerege/kernel/feel";
import type { Place, XmlFault } from "../reading/xml.ts";

/** What is wrong in a file of decisions, where, and how to mend it. */
export interface DecisionFault extends Place {
  /** Key of the texts without `.message` and `.remedy`: `process.decisions.…` or `process.reading.…`, `feel.faults.…` for what is wrong in an expression. */
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
  /** Name of the decision, table or type it stands in. */
  readonly element: string;
}

/** A text of the file and where it begins. */
export interface PlacedText {
  readonly text: string;
  readonly place: Place;
}

/** Gathers faults; all are told at once. */
export class Faults {
  readonly list: DecisionFault[] = [];

  add(code: string, at: { element: string; place: Place }, params: DecisionFault["params"] = {}): void {
    this.list.push({
      code: `process.decisions.${code}`,
      params: { element: at.element, ...params },
      element: at.element,
      ...only(at.place),
    });
  }

  /** A fault of form, found before the file is read. */
  xml({ code, params, line, column }: XmlFault): void {
    this.list.push({ code: `process.reading.${code}`, params: { element: "", ...params }, element: "", line, column });
  }

  /** A fault of an expression, at its place in the file. */
  feel(fault: FeelFault, at: { element: string; written: PlacedText }): void {
    const { line, column } = at.written.place;
    this.list.push({
      code: `feel.faults.${fault.code}`,
      params: fault.params,
      element: at.element,
      line: line + fault.line - 1,
      column: fault.line === 1 ? column + fault.column - 1 : fault.column,
    });
  }

  /** In the order of the file. */
  sorted(): readonly DecisionFault[] {
    return this.list.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }
}

function only({ line, column }: Place): Place {
  return { line, column };
}
