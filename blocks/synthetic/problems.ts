import { type ProblemTable, problemsOf } from "@kerege/kernel/problem";

export const problems = {
  "not-a-demo": { status: 403 },
  "no-model": { status: 409 },
  "other-world": { status: 409 },
} satisfies ProblemTable;

export const problem = problemsOf("synthetic", problems);
