import { type ProblemTable, problemsOf } from "@kerege/kernel/problem";

export const problems = {
  "unknown-classifier": { status: 404 },
  "no-calendar": { status: 500 },
} satisfies ProblemTable;

export const problem = problemsOf("reference", problems);
