import { readFileSync, writeFileSync } from "node:fs";

/** What a suite of others said of ours, as the page of conformance prints it. */
export interface Recorded {
  readonly suite: string;
  readonly about: string;
  /** Repository on GitHub and commit. */
  readonly source: string;
  readonly licence: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Each case that came out otherwise, with the reason. */
  readonly misses: readonly { readonly case: string; readonly expected: string; readonly got: string; readonly why: string }[];
}

const fileOf = (name: string) => new URL(`./results/${name}.json`, import.meta.url);

export function record(name: string, recorded: Recorded): void {
  writeFileSync(fileOf(name), `${JSON.stringify(recorded, undefined, 2)}\n`);
}

export function readRecorded(name: string): Recorded {
  return JSON.parse(readFileSync(fileOf(name), "utf8")) as Recorded;
}
