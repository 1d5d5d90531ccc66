import type { Plain } from "@kerege/kernel/feel";
import type { Recorded } from "../door.ts";

/** A case of the past as a simulation takes it: how it began, and what people, registers and the world answered. */
export interface PastCase {
  /** Instant it began: milliseconds since 1970-01-01T00:00:00Z. */
  readonly at: number;
  readonly variables: Readonly<Record<string, Plain>>;
  readonly answers: readonly PastAnswer[];
  readonly told?: readonly PastMessage[];
  /** What it came to under the edition it was decided by, with every decision on the way. */
  readonly came?: PastEnd;
}

export interface PastEnd {
  readonly outcome: string;
  readonly amount: number;
  /** Working days. */
  readonly days: number;
  readonly rules: readonly string[];
  /** In their order. None where the variables a decision saw are not the beginning and the answers alone. */
  readonly decided?: readonly PastDecision[];
}

export interface PastDecision {
  readonly node: string;
  readonly at: number;
  /** How many of the answers, in the order of their list, were there before. */
  readonly after: number;
  readonly value: Plain;
}

export interface PastAnswer {
  /** Id of the element, and which time it was asked in the case, from 0. */
  readonly node: string;
  readonly turn: number;
  readonly output?: Readonly<Record<string, Plain>>;
  /** A business error in the place of an answer. */
  readonly error?: string;
  /** Milliseconds until it was given, and minutes somebody had it in hand. */
  readonly waited: number;
  readonly worked: number;
  /** Known, though it was not asked under the edition the case was decided by: somebody would have said so. */
  readonly unasked?: true;
}

export interface PastMessage {
  readonly name: string;
  readonly correlation?: Plain;
  readonly variables?: Readonly<Record<string, Plain>>;
  /** Milliseconds after the beginning. */
  readonly after: number;
}

const MINUTE_MS = 60_000;

/** What of a recorded history another edition can be tried on; undefined where it does not begin with a beginning. */
export function pastOf(history: readonly Recorded[]): PastCase | undefined {
  const [first] = history;
  if (first?.command.kind !== "start") return undefined;
  const began = first.at.getTime();
  const stays = new Map<number, { node: string; turn: number; since: number; taken?: number }>();
  const turns = new Map<string, number>();
  const answers: PastAnswer[] = [];
  const told: PastMessage[] = [];
  for (const { at: when, command, events } of history) {
    const at = when.getTime();
    if (command.kind === "complete" || command.kind === "error") {
      const stay = stays.get(command.token);
      // The first of four eyes is no answer yet.
      const answered = events.some((event) => event.token === command.token && event.kind !== "agreed");
      if (stay && answered) {
        answers.push({
          node: stay.node,
          turn: stay.turn,
          ...(command.kind === "error" ? { error: command.code } : command.output && { output: command.output }),
          waited: at - stay.since,
          worked: (at - (stay.taken ?? at)) / MINUTE_MS,
        });
        stays.delete(command.token);
      }
    } else if (command.kind === "hold") {
      const stay = stays.get(command.token);
      if (stay && command.by !== undefined) stay.taken ??= at;
    } else if (command.kind === "message") {
      const { name, correlation, variables } = command;
      told.push({ name, ...(correlation !== undefined && { correlation }), ...(variables && { variables }), after: at - began });
    }
    for (const event of events) {
      if (event.kind !== "entered" || event.token === undefined || event.node === undefined) continue;
      // Of a repeated step each time is asked for, not the whole.
      if (event.said?.whole === true) continue;
      const turn = turns.get(event.node) ?? 0;
      turns.set(event.node, turn + 1);
      stays.set(event.token, { node: event.node, turn, since: at });
    }
  }
  return { at: began, variables: first.command.variables, answers, ...(told.length > 0 && { told }) };
}
