/** `matches`, `replace` and `split` on patterns, within limits of length. */
import { type Captures, findAll, matchesAnywhere } from "./matcher.ts";
import { compileRegex, type Program } from "./regex.ts";
import { type Run, TEXT_LIMIT } from "./run.ts";
import type { FeelValue } from "./value.ts";

const PATTERN_LIMIT = 500;
const INPUT_LIMIT = 10_000;
/** Instructions times characters: what one call may cost at most. */
const WORK_LIMIT = 5_000_000;
const MEMORY = 500;

interface Wanted {
  readonly input: string;
  readonly pattern: string;
  readonly flags: string;
}

interface Ready {
  readonly program: Program;
  readonly characters: readonly string[];
}

const programs = new Map<string, Program | null>();

/** A pattern as a program, remembered; null where it is none. */
export function programOf(pattern: string, flags: string): Program | null {
  const key = `${flags}/${pattern}`;
  let program = programs.get(key);
  if (program === undefined) {
    program = compileRegex(pattern, flags);
    if (programs.size >= MEMORY) programs.clear();
    programs.set(key, program);
  }
  return program;
}

function prepare({ input, pattern, flags }: Wanted, run: Run): Ready | null {
  if (pattern.length > PATTERN_LIMIT || input.length > INPUT_LIMIT) return run.warn("pattern-long", { limit: INPUT_LIMIT });
  const program = programOf(pattern, flags);
  if (!program) return run.warn("pattern-bad");
  const characters = [...input];
  const work = program.instructions.length * (characters.length + 1);
  if (work > WORK_LIMIT) return run.warn("pattern-long", { limit: INPUT_LIMIT });
  run.spend(Math.ceil(work / 100));
  return { program, characters };
}

export function matchesPattern(wanted: Wanted, run: Run): boolean | null {
  const ready = prepare(wanted, run);
  return ready && matchesAnywhere(ready.program, ready.characters);
}

/** The input with every match replaced; null for a pattern that matches the empty text (XPath functions, error FORX0003). */
export function replacePattern(wanted: Wanted, replacement: string, run: Run): FeelValue {
  const ready = prepare(wanted, run);
  if (!ready) return null;
  const { program, characters } = ready;
  if (matchesAnywhere(program, [])) return run.warn("pattern-bad");
  const literal = wanted.flags.includes("q");
  const parts: string[] = [];
  let from = 0;
  let length = 0;
  for (const captures of findAll(program, characters)) {
    const [start = 0, end = 0] = captures;
    const put = literal ? replacement : expand(replacement, { captures, characters, groups: program.groups });
    parts.push(characters.slice(from, start).join(""), put);
    length += put.length;
    if (length > TEXT_LIMIT) return run.warn("text-limit", { limit: TEXT_LIMIT });
    run.spend(1 + Math.ceil(put.length / 1000));
    from = end;
  }
  return parts.join("") + characters.slice(from).join("");
}

/** `$1` stands for a group, `$0` for all, `\$` and `\\` for themselves. */
function expand(replacement: string, found: { captures: Captures; characters: readonly string[]; groups: number }): string {
  return replacement.replace(/\\([\\$])|\$(\d+)/g, (_, escaped?: string, digits?: string) => {
    if (escaped !== undefined) return escaped;
    // `$12` is group 12 where there are so many, else group 1 and a 2.
    let used = digits ?? "";
    while (used.length > 1 && Number(used) > found.groups) used = used.slice(0, -1);
    const rest = (digits ?? "").slice(used.length);
    const [start = -1, end = -1] = found.captures.slice(Number(used) * 2, Number(used) * 2 + 2);
    return (start < 0 ? "" : found.characters.slice(start, end).join("")) + rest;
  });
}

export function splitPattern(wanted: Wanted, run: Run): FeelValue {
  const ready = prepare(wanted, run);
  if (!ready) return null;
  const parts: string[] = [];
  let from = 0;
  for (const [start = 0, end = 0] of findAll(ready.program, ready.characters)) {
    run.spend(1);
    parts.push(ready.characters.slice(from, start).join(""));
    from = end;
  }
  return [...parts, ready.characters.slice(from).join("")];
}
