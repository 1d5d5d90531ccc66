/** Faults of an expression and warnings of an evaluation: a code, its place, and texts in four languages. */
import { addLocales, createTexts, type Language } from "../locale.ts";
import type { Params, RawWarning, Span } from "./run.ts";

export interface Fault {
  /** Stable, as `name-near`; its texts are `faults.<code>.message` and `.remedy` of the locales. */
  readonly code: string;
  readonly params: Params;
  /** Line and column in the expression, both from 1. */
  readonly line: number;
  readonly column: number;
  /** The same texts in English. */
  readonly message: string;
  readonly remedy: string;
}

export interface Warning {
  readonly code: string;
  readonly params: Params;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A fault before its place is counted in lines. */
export interface RawFault {
  readonly code: string;
  readonly params: Params;
  readonly span: Span;
}

/** Where the four languages of this folder lie; to be added under any prefix by who shows them. */
export const feelLocales: URL = new URL("./locales/", import.meta.url);

let loaded: ReturnType<typeof createTexts> | undefined;

function texts(): ReturnType<typeof createTexts> {
  if (!loaded) {
    loaded = createTexts();
    addLocales(loaded, "feel", feelLocales);
  }
  return loaded;
}

/** The message and the remedy of a fault in a language. */
export function describeFault(fault: { code: string; params: Params }, language: Language): { message: string; remedy: string } {
  return {
    message: texts().translate(language, `feel.faults.${fault.code}.message`, fault.params),
    remedy: texts().translate(language, `feel.faults.${fault.code}.remedy`, fault.params),
  };
}

/** The message of a warning in a language. */
export function describeWarning(warning: { code: string; params: Params }, language: Language): string {
  return texts().translate(language, `feel.warnings.${warning.code}`, warning.params);
}

export function placeOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lines = before.split(/\r\n|\n|\r/);
  return { line: lines.length, column: [...(lines.at(-1) ?? "")].length + 1 };
}

export function faultAt(text: string, raw: RawFault): Fault {
  return { code: raw.code, params: raw.params, ...placeOf(text, raw.span.from), ...describeFault(raw, "en") };
}

export function warningAt(text: string, raw: RawWarning): Warning {
  return { code: raw.code, params: raw.params, ...placeOf(text, raw.span.from), message: describeWarning(raw, "en") };
}

/** The nearest of some names by edits, where it is near enough to be a slip of the finger. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestEdits = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) >= bestEdits) continue;
    const edits = editDistance(wanted, candidate.toLowerCase());
    if (edits < bestEdits) {
      best = candidate;
      bestEdits = edits;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours (Damerau, optimal string alignment). */
function editDistance(a: string, b: string): number {
  let older: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(above[column]! + 1, line[column - 1]! + 1, above[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, older[column - 2]! + 1);
      }
      line.push(cost);
    }
    older = above;
    above = line;
  }
  return above[b.length]!;
}
