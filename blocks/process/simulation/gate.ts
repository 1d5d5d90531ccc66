import { isDeepStrictEqual } from "node:util";
import type { Queryable } from "@kerege/kernel/database";
import { Problem } from "@kerege/kernel/problem";
import type { EditionsDoor, Recorded } from "../door.ts";
import type { Model } from "../engine/model.ts";
import type { State } from "../engine/state.ts";
import { type Replayed, replay } from "../running/replay.ts";
import { type Kept, keptCases } from "./store.ts";

/** A case as it is kept: its record and the state that stands in the table. */
export interface KeptCase {
  readonly instance: string;
  /** Edition it began on. */
  readonly model: string;
  readonly history: readonly Recorded[];
  readonly state: State;
}

/** The first case whose record does not come again, with the first step and event that differ. */
export type Difference = { readonly instance: string } & (
  | Extract<Replayed, { ok: false }>
  /** All events came again, but what stands in the table is another state. */
  | { readonly why: "other-state"; readonly version: number }
);

export interface GateResult {
  readonly cases: number;
  readonly steps: number;
  readonly differing: number;
  readonly first?: Difference;
}

/**
 * Strict replay, the release gate of the interpreter: each recorded command is given again at its own instant, and every event and the
 * state at the end must be what was written, to the letter.
 * @param modelOf edition by its hash; undefined where it cannot be made any more
 */
export function createGate(modelOf: (hash: string) => Model | undefined): { add(kept: KeptCase): void; result(): GateResult } {
  let [cases, steps, differing] = [0, 0, 0];
  let first: Difference | undefined;
  return {
    add(kept) {
      cases++;
      steps += kept.history.length;
      const difference = differenceOf(kept, modelOf);
      if (!difference) return;
      differing++;
      first ??= difference;
    },
    result: () => ({ cases, steps, differing, ...(first && { first }) }),
  };
}

function differenceOf(
  { instance, model, history, state }: KeptCase,
  modelOf: (hash: string) => Model | undefined,
): Difference | undefined {
  const replayed = replay(history, modelOf, model);
  if (!replayed.ok) return { instance, ...replayed };
  if (isDeepStrictEqual(replayed.state, JSON.parse(JSON.stringify(state)))) return undefined;
  return { instance, why: "other-state", version: history.at(-1)?.version ?? 0 };
}

/**
 * The gate over all that is kept.
 * @param door gives editions; one that cannot be made any more makes its cases differ
 */
export async function replayAll(
  database: Queryable,
  given: { door: Pick<EditionsDoor, "model">; kept?: Kept; progress?: (cases: number) => void },
): Promise<GateResult> {
  const models = new Map<string, Model | undefined>();
  const gate = createGate((hash) => models.get(hash));
  for await (const batch of keptCases(database, given.kept)) {
    for (const { model, history } of batch) {
      const hashes = [model, ...history.flatMap(({ command }) => (command.kind === "migrate" ? [command.model] : []))];
      for (const hash of hashes) if (!models.has(hash)) models.set(hash, await given.door.model(hash).catch(undefinedWhereGone));
    }
    for (const kept of batch) gate.add(kept);
    given.progress?.(gate.result().cases);
  }
  return gate.result();
}

function undefinedWhereGone(error: unknown): undefined {
  if (error instanceof Problem && error.code === "process.no-such-model") return undefined;
  throw error;
}
