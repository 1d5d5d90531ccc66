import { type ProblemTable, problemsOf } from "@kerege/kernel/problem";

export const problems = {
  "unknown-classifier": { status: 404 },
  "unknown-edition": { status: 404 },
  "unknown-code": { status: 404 },
  "no-calendar": { status: 500 },
  "unknown-post": { status: 404 },
  "post-taken": { status: 409 },
  "post-vacant": { status: 409 },
  "wrong-term": { status: 422 },
} satisfies ProblemTable;

export const problem = problemsOf("reference", problems);
