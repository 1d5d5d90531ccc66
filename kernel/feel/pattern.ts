/**
 * Regular expressions of `matches`, `replace` and `split` (XPath 3.1 functions §5.6) on the engine of JavaScript. That engine
 * backtracks, so patterns that could take exponential time are refused, and lengths are capped by the number of open repetitions.
 */
import type { Run } from "./run.ts";

const PATTERN_LIMIT = 500;
const INPUT_LIMIT = 10_000;
/** Roughly the steps a match may cost: input length to the power of the open repetitions that can follow one another. */
const COST_LIMIT = 1e8;

export interface Pattern {
  readonly once: RegExp;
  readonly global: RegExp;
  readonly groups: number;
  readonly matchesEmpty: boolean;
  /** Flag `q`: the replacement is literal too. */
  readonly literal: boolean;
}

const compiled = new Map<string, Pattern | null>();

/** The pattern ready for an input; null with a warning where it is wrong, refused, or too long. */
export function compilePattern(wanted: { pattern: string; flags: string; input: string }, run: Run): Pattern | null {
  const { pattern, flags, input } = wanted;
  if (pattern.length > PATTERN_LIMIT || input.length > INPUT_LIMIT) return run.warn("pattern-long", { limit: INPUT_LIMIT });
  const literal = flags.includes("q");
  const danger = literal ? 0 : openRepetitions(pattern);
  if (danger === null || (danger > 1 && input.length ** danger > COST_LIMIT)) return run.warn("pattern-refused");
  const key = `${flags}/${pattern}`;
  let found = compiled.get(key);
  if (found === undefined) {
    found = build(pattern, flags);
    if (compiled.size > 500) compiled.clear();
    compiled.set(key, found);
  }
  return found ?? run.warn("pattern-bad");
}

function build(pattern: string, flags: string): Pattern | null {
  if (!/^[smixq]*$/.test(flags)) return null;
  const literal = flags.includes("q");
  const spaced = flags.includes("x") && !literal ? withoutSpace(pattern) : pattern;
  const source = literal ? spaced.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&") : translate(spaced);
  const own = `u${flags.includes("i") ? "i" : ""}${flags.includes("s") ? "s" : ""}${flags.includes("m") ? "m" : ""}`;
  try {
    const once = new RegExp(source, own);
    const groups = (new RegExp(`${source}|`, own).exec("")?.length ?? 1) - 1;
    return { once, global: new RegExp(source, `${own}g`), groups, matchesEmpty: once.test(""), literal };
  } catch {
    // The constructor throws for a pattern that is none: null is the answer.
    return null;
  }
}

/** Flag `x`: white space outside of classes is nothing. */
function withoutSpace(pattern: string): string {
  return pattern.replace(/(\\.|\[(?:\\.|[^\]\\])*\])|\s+/gs, (_, kept?: string) => kept ?? "");
}

/** XPath escapes that JavaScript has not: name characters, and subtraction of classes. */
function translate(pattern: string): string {
  return pattern.replace(/\\([icICdDwWsS-])|\\(.)/gs, (all, special?: string) => {
    if (special === "i") return "[\\p{L}_:]";
    if (special === "I") return "[^\\p{L}_:]";
    if (special === "c") return "[\\p{L}\\p{N}_:.\\-]";
    if (special === "C") return "[^\\p{L}\\p{N}_:.\\-]";
    return all;
  });
}

/**
 * The number of open repetitions (`*`, `+`, `{n,}`), or null where one stands inside another, or around alternatives: such
 * patterns can take exponential time.
 */
function openRepetitions(pattern: string): number | null {
  const groups: { risky: boolean }[] = [];
  let closed: { risky: boolean } | undefined;
  let open = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    const sign = pattern[at]!;
    const before = closed;
    closed = undefined;
    if (sign === "\\") {
      at += 1;
      if (/[1-9]/.test(pattern[at] ?? "")) return null;
    } else if (sign === "[") at = endOfClass(pattern, at);
    else if (sign === "(") groups.push({ risky: false });
    else if (sign === ")") {
      closed = groups.pop();
      const outer = groups.at(-1);
      if (outer && closed?.risky) outer.risky = true;
    } else if (sign === "|") {
      const group = groups.at(-1);
      if (group) group.risky = true;
    } else {
      const repetition = /^(?:[*+]|\{\d*,\}|\{\d+(?:,\d+)?\})/.exec(pattern.slice(at))?.[0];
      if (repetition === undefined) continue;
      at += repetition.length - 1;
      const counts = /^\{(\d+)(?:,(\d+))?\}$/.exec(repetition);
      if (before?.risky && (!counts || Number(counts[2] ?? counts[1]) > 10)) return null;
      if (counts && Number(counts[2] ?? counts[1]) > 1000) return null;
      if (counts && (!counts[2] || counts[1] === counts[2])) continue;
      open += 1;
      for (const group of groups) group.risky = true;
    }
  }
  return open;
}

function endOfClass(pattern: string, start: number): number {
  let at = start + 1;
  while (at < pattern.length && pattern[at] !== "]") at += pattern[at] === "\\" ? 2 : 1;
  return at;
}

/** `$1` stands for a group, `$0` for all, `\$` and `\\` for themselves. */
export function expandReplacement(
  replacement: string,
  found: { groups: readonly (string | undefined)[]; literal: boolean },
): string {
  if (found.literal) return replacement;
  return replacement.replace(
    /\\([\\$])|\$(\d)/g,
    (_, escaped?: string, group?: string) => escaped ?? found.groups[Number(group)] ?? "",
  );
}
