import type { Language, Multilingual } from "@kerege/kernel/locale";
import type { Adjustable } from "./adjust.ts";
import type { Words } from "./tables.ts";
import type { Report } from "./tally.ts";

/** Something whose regulation can be tried: a process, or what a block above decides by. */
export interface SimulationSource {
  /** Name for ever: `service:library-card`, `process:permit`. */
  readonly name: string;
  readonly title: Multilingual;
  /** The body it belongs to; others that only oversee do not see it. */
  readonly body?: string;
  readonly adjustables: readonly Adjustable[];
  /** Cases can be invented, not only taken from the past. */
  readonly invents: boolean;
  /** Module that exports `simulateHere`, and what it is given: plain, for it goes to another thread. */
  readonly module: URL;
  /** Former editions it can be compared with, by their names; the one that is installed is not among them. */
  editions?(): Promise<readonly FormerEdition[]>;
  /** @param from edition it is compared with; as it is installed when left out */
  given(from?: string): unknown;
  /** Cases of the past in batches, plain. */
  past(): AsyncIterable<readonly unknown[]>;
  words(language: Language): Pick<Words, "group" | "band" | "rule" | "outcome" | "desk">;
}

export interface FormerEdition {
  readonly name: string;
  readonly validFrom?: string;
}

/** What is to be tried. */
export interface Tried {
  readonly moves: Readonly<Record<string, string>>;
  /** Edition it is compared with; as it is installed when left out. */
  readonly from?: string;
  readonly over: "past" | "invented";
  /** Most cases. */
  readonly cases: number;
  readonly seed: number;
}

export interface Here {
  /** Cases of the past, as `past()` of the source gives them. */
  readonly batches: AsyncIterable<readonly unknown[]>;
  progress(done: number): boolean;
}

/** Runs in a thread of its own. Faults name the places that cannot be as they were moved. */
export type SimulateHere = (
  given: unknown,
  tried: Tried,
  here: Here,
) => Promise<{ readonly report: Report } | { readonly faults: readonly string[] }>;
