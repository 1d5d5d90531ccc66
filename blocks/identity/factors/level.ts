import type { Problem } from "@kerege/kernel/problem";
import { problem } from "../problems.ts";
import type { Assurance } from "../session.ts";

/** From the weakest; `demo` is as good as `substantial`, and exists only in a demo country. */
const RANK: Record<Assurance, number> = { simple: 1, demo: 2, substantial: 2, high: 3 };

/** Whether what was shown is enough. */
export function reaches(assurance: Assurance, wanted: Assurance): boolean {
  return RANK[assurance] >= RANK[wanted];
}

/** A session of this level may see what registers hold about its person. */
export function seesRegisters(assurance: Assurance): boolean {
  return reaches(assurance, "substantial");
}

/** What was shown, as RFC 8176 names it. `swk` and `hwk` stand for a key; with `user` its holder was verified by the device. */
export type Method = "pwd" | "otp" | "kba" | "sms" | "swk" | "hwk" | "user" | "mfa";

/**
 * The level of a sign-in. What is shown counts only as far as it was confirmed who the person is: one whose number is only claimed stays at
 * `simple`, whatever is shown.
 */
export function levelOf(given: { confirmed: boolean; methods: readonly Method[] }): Assurance {
  const { confirmed, methods } = given;
  if (!confirmed) return "simple";
  const key = methods.includes("swk") || methods.includes("hwk");
  if (key && methods.includes("user")) return "high";
  const second = methods.includes("otp") || methods.includes("kba");
  return key || (methods.includes("pwd") && second) ? "substantial" : "simple";
}

/** An official asks for a desk of a post that is not held. */
export function wrongPost(): Problem {
  return problem("wrong-post");
}
