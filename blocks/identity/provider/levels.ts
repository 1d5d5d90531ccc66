import type { Assurance } from "../session.ts";

/** Values of `acr`, from the least to the most; what `acr_values` may name. `demo` only ever exists in a demo country. */
export const levels = ["simple", "substantial", "high"] as const satisfies Assurance[];

/**
 * Whether what was shown is enough for what is asked. A demo sign-in counts for anything in a demo country and for nothing elsewhere;
 * programs see it as `acr` = `demo` and decide for themselves.
 */
export function isEnough(shown: Assurance | undefined, given: { wanted: Assurance | undefined; demo: boolean }): boolean {
  if (shown === undefined) return false;
  if (shown === "demo" || given.wanted === "demo") return given.demo;
  if (given.wanted === undefined) return true;
  return levels.indexOf(shown) >= levels.indexOf(given.wanted);
}

/**
 * The level that `acr_values` (OpenID Connect Core, 3.1.2.1: any of them, the first is liked best) asks for: the least of those we
 * know. Undefined where none is named; a value that nobody knows is as if it were not there.
 */
export function wantedLevel(acrValues: string | undefined): Assurance | undefined {
  const named = (acrValues ?? "").split(" ");
  return levels.find((level) => named.includes(level));
}
