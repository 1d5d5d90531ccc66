import { type ProblemTable, problemsOf } from "@kerege/kernel/problem";

export const problems = {
  /** No such document, or one of another person: the two are not told apart. */
  "not-found": { status: 404 },
  "unknown-kind": { status: 422 },
  "wrong-facts": { status: 422 },
  /** A character that the typeface lacks, or that must not be in a document. */
  unprintable: { status: 422 },
  "too-much-for-code": { status: 422 },
  "wrong-body": { status: 403 },
  "nothing-to-check": { status: 422 },
} satisfies ProblemTable;

export const documentProblem = problemsOf("documents", problems);
