/**
 * Runs a program of regex.ts over a text: all ways at once, one character at a time (Pike's machine), so the time is at most the
 * size of the program times the length of the text, whatever the pattern. The match is the leftmost, its ways in order of preference.
 */
import type { Program } from "./regex.ts";

/** Ends of the match and its groups: `[start, end, start of group 1, …]`, -1 where a group took no part. */
export type Captures = readonly number[];

interface Thread {
  readonly at: number;
  readonly captures: Captures;
}

class Machine {
  readonly #program: Program;
  readonly #characters: readonly string[];
  /** In which step an instruction was last entered: no way is followed twice in one step. */
  readonly #entered: Int32Array;
  #step = 0;

  constructor(program: Program, characters: readonly string[]) {
    this.#program = program;
    this.#characters = characters;
    this.#entered = new Int32Array(program.instructions.length).fill(-1);
  }

  /** The first match that begins at a position or later. */
  find(from: number): Captures | undefined {
    const none: Captures = new Array<number>((this.#program.groups + 1) * 2).fill(-1);
    let current: Thread[] = [];
    let found: Captures | undefined;
    for (let position = from; position <= this.#characters.length; position += 1) {
      this.#step += 1;
      const ready: Thread[] = [];
      for (const thread of current) this.#follow(thread, position, ready);
      if (found === undefined) this.#follow({ at: 0, captures: none }, position, ready);
      if (ready.length === 0 && found !== undefined) return found;
      current = [];
      const character = this.#characters[position];
      for (const thread of ready) {
        const instruction = this.#program.instructions[thread.at]!;
        if (instruction.kind === "match") {
          found = thread.captures;
          break;
        }
        if (character !== undefined && instruction.kind === "character" && instruction.set(character)) {
          current.push({ at: thread.at + 1, captures: thread.captures });
        }
      }
    }
    return found;
  }

  /** Follows all steps that take no character, in order of preference. */
  #follow(thread: Thread, position: number, ready: Thread[]): void {
    const open: Thread[] = [thread];
    for (let next = open.pop(); next; next = open.pop()) {
      const { at, captures } = next;
      if (this.#entered[at] === this.#step) continue;
      this.#entered[at] = this.#step;
      const instruction = this.#program.instructions[at]!;
      if (instruction.kind === "jump") open.push({ at: instruction.to, captures });
      else if (instruction.kind === "split") open.push({ at: instruction.second, captures }, { at: instruction.first, captures });
      else if (instruction.kind === "save") open.push({ at: at + 1, captures: captures.with(instruction.slot, position) });
      else if (instruction.kind === "start" || instruction.kind === "end") {
        if (this.#stands(instruction.kind, position)) open.push({ at: at + 1, captures });
      } else ready.push(next);
    }
  }

  #stands(kind: "start" | "end", position: number): boolean {
    const { multiline } = this.#program;
    if (kind === "start") return position === 0 || (multiline && this.#characters[position - 1] === "\n");
    return position === this.#characters.length || (multiline && this.#characters[position] === "\n");
  }
}

/** Whether the program matches anywhere. */
export function matchesAnywhere(program: Program, characters: readonly string[]): boolean {
  return new Machine(program, characters).find(0) !== undefined;
}

/** All matches from left to right that do not overlap and are not empty. */
export function* findAll(program: Program, characters: readonly string[]): Generator<Captures> {
  const machine = new Machine(program, characters);
  for (let from = 0; from <= characters.length; ) {
    const found = machine.find(from);
    if (!found) return;
    const [start = 0, end = 0] = found;
    if (end > start) yield found;
    from = Math.max(end, start + 1);
  }
}
