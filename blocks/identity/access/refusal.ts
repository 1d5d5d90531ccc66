import type { Problem } from "@kerege/kernel/problem";
import { problem } from "../problems.ts";
import type { Decision } from "./decide.ts";

/**
 * The problem a refused decision is told as: `identity.refused` with the reason in `why`; one that is got out of by signing in more
 * surely, or by choosing another mandate, has a code of its own.
 */
export function refusalOf({ why, what }: Extract<Decision, { allowed: false }>): Problem {
  if (why === "assurance") return problem("assurance-too-low", { params: { what } });
  if (why === "fallen") return problem("mandate-ended", { params: { why: what } });
  return problem("refused", { params: { why, what } });
}
