import { isDeepStrictEqual } from "node:util";
import type { Recorded } from "../door.ts";
import type { Model } from "../engine/model.ts";
import type { HistoryEvent, State } from "../engine/state.ts";
import { step } from "../engine/step.ts";

export type Replayed =
  | { ok: true; state: State | undefined }
  /** The first step that comes out differently, and of its events the first that does: as it was written, and as it came. */
  | {
      ok: false;
      version: number;
      why: "refused" | "other-events" | "no-model";
      event?: number;
      written?: HistoryEvent;
      came?: HistoryEvent;
    };

/**
 * Does the recorded commands of a case once more, at the instants they were done, and compares what they led to. The state that comes out
 * must be the one in the table: the record is complete, and the interpreter still does what it did.
 */
export function replay(history: readonly Recorded[], modelOf: (hash: string) => Model | undefined, first: string): Replayed {
  let model = modelOf(first);
  let state: State | undefined;
  for (const { version, at, command, events } of history) {
    if (command.kind === "migrate") {
      model = modelOf(command.model);
      state = command.state;
      continue;
    }
    if (!model) return { ok: false, version, why: "no-model" };
    const stepped = step(model, state, { command, at: at.getTime() });
    if (stepped.refused !== undefined) return { ok: false, version, why: "refused" };
    const [came, written] = [plain(stepped.events), plain(events)];
    const other = came.length === written.length ? -1 : Math.min(came.length, written.length);
    const event = written.findIndex((one, index) => index < came.length && !isDeepStrictEqual(one, came[index]));
    if (event >= 0 || other >= 0) {
      const at = event >= 0 ? event : other;
      return {
        ok: false,
        version,
        why: "other-events",
        event: at,
        ...(written[at] && { written: written[at] }),
        ...(came[at] && { came: came[at] }),
      };
    }
    // As it was read back from its row before the next step.
    state = plain(stepped.state);
  }
  return { ok: true, state };
}

function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
