import type { FeelValue } from "@kerege/kernel/feel";
import type { Frame } from "@kerege/kernel/feel/parts";
import type { TableOutline } from "./table.ts";

/** One use of a table: the values its columns were asked with, the rules that held. */
export interface TableUse {
  readonly table: TableOutline;
  readonly values: readonly FeelValue[];
  /** Indexes, from 0. */
  readonly rules: readonly number[];
}

/** Evaluation is synchronous, so there is one that is followed at a time. */
let following: TableUse[] | undefined;

/** Does some work and tells which tables it used, in order. */
export function followTables<T>(work: () => T): { result: T; uses: TableUse[] } {
  const outer = following;
  const uses: TableUse[] = [];
  following = uses;
  try {
    return { result: work(), uses };
  } finally {
    following = outer;
  }
}

/** More uses than this repeat what is known: a table asked for each item of a long list. */
const MOST_USES = 200;

/** Notes a use, where somebody follows. */
export function noteTable(
  table: TableOutline,
  frame: Frame,
  use: { inputs: readonly { readonly slot: number }[]; held: readonly number[] },
): void {
  if (following === undefined || following.length >= MOST_USES) return;
  following.push({ table, values: use.inputs.map(({ slot }) => frame.slots[slot] ?? null), rules: use.held });
}
