import type { Answer, Call, Performer, Performing } from "../door.ts";
import type { Command } from "../engine/state.ts";
import { problem } from "../problems.ts";

export interface Performers {
  add(name: string, performer: Performer, how: Performing): void;
  has(name: string): boolean;
  isRepeatable(name: string): boolean;
  names(): readonly string[];
  /** Makes the call; what is thrown becomes a failure that is tried again. Never throws. */
  perform(call: Call): Promise<Outcome>;
}

export type Outcome = { answer: Answer } | { failed: string };

/** U+0000 and halves of characters, which PostgreSQL does not take, as JSON writes them. */
const UNKEPT = /(?:^|[^\\])(?:\\\\)*\\u(?:0000|d[89a-f])/i;

export function createPerformers(fault: (error: unknown, call: Call) => void): Performers {
  const known = new Map<string, { performer: Performer; repeatable: boolean }>();
  let names: string[] = [];
  return {
    add(name, performer, { repeatable = false }) {
      if (known.has(name)) throw problem("performed-twice", { params: { name } });
      known.set(name, { performer, repeatable });
      names = [...known.keys()];
    },
    has: (name) => known.has(name),
    isRepeatable: (name) => known.get(name)?.repeatable === true,
    names: () => names,
    async perform(call) {
      try {
        const answer = await known.get(call.name)!.performer(call);
        return UNKEPT.test(JSON.stringify(answer)) ? { failed: "answer-not-kept" } : { answer };
      } catch (error) {
        fault(error, call);
        return { failed: codeOf(error) };
      }
    },
  };
}

/** A code for the record: never the words of an exception, which may quote what a person wrote. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

export function commandOf(token: number, outcome: Outcome): Command {
  if ("failed" in outcome) return { kind: "fail", token, code: outcome.failed };
  const { answer } = outcome;
  if ("error" in answer) return { kind: "error", token, code: answer.error, by: "system" };
  return { kind: "complete", token, by: "system", ...(answer.output && { output: answer.output }) };
}
