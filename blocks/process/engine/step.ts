import { openCase } from "./live.ts";
import type { Model } from "./model.ts";
import type { Command, State, Stepped } from "./state.ts";

/** A command and when it comes: milliseconds since 1970-01-01T00:00:00Z. */
export interface Asked {
  readonly command: Command;
  readonly at: number;
  /** Nodes entered in one activation before it counts as endless; 10,000 unless said. */
  readonly most?: number;
}

/**
 * One step of a case: a pure function of model, state and command, with a clock that is told. A refused command gives the state back as it
 * was, without effects and events. Nothing is thrown for what a model, a state of it or a command may be; a state of another model is a
 * TypeError.
 */
export function step(model: Model, state: State | undefined, asked: Asked): Stepped {
  const live = openCase(model, state, asked.most);
  const applied = live.apply(asked.command, asked.at);
  if (!applied.refused) return { state: live.save(), ...applied };
  // A step that was too long has spoilt the opened case: what is given back comes from the state as it was.
  const before = applied.refused === "too-many-steps" ? openCase(model, state) : live;
  const { due: _, ...told } = applied;
  return { state: state ?? before.save(), ...told, ...(before.due !== undefined && { due: before.due }) };
}
