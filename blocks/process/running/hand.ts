import type { Base, RecordedCommand } from "../door.ts";
import { type Applied, type LiveCase, openCase } from "../engine/live.ts";
import type { Model } from "../engine/model.ts";
import type { Command, Effect, HistoryEvent, Refusal, State } from "../engine/state.ts";

/** A case in hand: as it stands in the table, and what was done to it since and is not written yet. */
export interface Hand {
  readonly instance: string;
  readonly process: string;
  model: Model;
  readonly key: string;
  readonly body?: string;
  /** As it stands in the table; none before it is begun. */
  readonly was: { readonly version: number; readonly state: State } | undefined;
  state: State | undefined;
  /** Earliest instant something is due by itself; milliseconds since 1970. */
  due: number | undefined;
  readonly steps: Step[];
  readonly effects: Effect[];
  deadline?: Date;
  apply(command: Command, at: number): Applied;
}

export interface Step {
  at: number;
  command: RecordedCommand;
  events: readonly HistoryEvent[];
}

/** A case read from the table. */
export interface Held extends Base {
  key: string;
  body?: string;
  /** Milliseconds since 1970. */
  due?: number;
}

export function handOf(held: Held, model: Model): Hand {
  const { instance, process, key, body, version, state, due } = held;
  return openHand({
    ...{ instance, process, model, key, due },
    ...(body !== undefined && { body }),
    was: { version, state },
  });
}

type Opening = Pick<Hand, "instance" | "process" | "model" | "key" | "body" | "was" | "due" | "deadline">;

/** A case in hand is stepped in place; its state as JSON is made when somebody looks at it. */
export function openHand(opening: Opening): Hand {
  let live: LiveCase | undefined;
  let state = opening.was?.state;
  let isStale = false;
  return {
    ...opening,
    steps: [],
    effects: [],
    get state() {
      if (isStale && live) {
        state = live.save();
        isStale = false;
      }
      return state;
    },
    set state(put) {
      state = put;
      isStale = false;
      live = undefined;
    },
    apply(command, at) {
      const state = this.state;
      live ??= openCase(this.model, state);
      const applied = live.apply(command, at);
      // After too long a step the case in memory is of no more use.
      if (applied.refused !== undefined) live = undefined;
      else isStale = true;
      return applied;
    },
  };
}

/** Does one command. Refused, it leaves the hand as it was. */
export function act(hand: Hand, command: Command, at: number): { refused: Refusal } | { effects: readonly Effect[] } {
  const before = hand.was && (hand.state?.at ?? at);
  // With a clock that was set back nothing is due before it has come again to where it was: the record then replays to the same state.
  if (command.kind === "tick" && before !== undefined && at < before) {
    hand.due = Math.max(hand.due ?? before, before);
    return { effects: [] };
  }
  const { refused, effects, events, due, at: counted } = hand.apply(command, at);
  if (refused !== undefined) return { refused };
  hand.due = due;
  // Looking at the clock when nothing is due is no deed: it leaves no line in the record.
  if (command.kind === "tick" && events.length === 0 && effects.length === 0) return { effects };
  hand.steps.push({ at: counted, command, events });
  if (effects.length > 0) hand.effects.push(...effects);
  return { effects };
}

/** The case as it stands once the hand is written. */
export function heldOf(hand: Hand): Held {
  const { instance, process, model, key, body, state, due } = hand;
  return {
    ...{ instance, process, key, state: state! },
    model: model.hash,
    version: versionOf(hand),
    ...(body !== undefined && { body }),
    ...(due !== undefined && { due }),
  };
}

export function versionOf(hand: Hand): number {
  return (hand.was?.version ?? 0) + hand.steps.length;
}
