import { type ProblemTable, problemsOf } from "@kerege/kernel/problem";

export const problems = {
  /** A key or certificate of the authority cannot be read, or they do not belong together. */
  "broken-authority": { status: 500 },
  /** The code or name of a body cannot stand in a certificate. */
  "unfit-body": { status: 500 },
  /** The PDF given to be signed is not one that can be. */
  "unsignable-pdf": { status: 500 },
  /** The claims given to be sealed do not fit a statement. */
  "unsealable-claims": { status: 500 },
  /** A batch for the log without leaves, or with leaves or salts of another length. */
  "unfit-batch": { status: 500 },
  /** What was said of a witness is no verifier key with an address. */
  "unfit-witness": { status: 500 },
  /** The log does not hold this, or no checkpoint over it has been witnessed yet. */
  "not-in-log": { status: 404 },
} satisfies ProblemTable;

export const trustProblem = problemsOf("trust", problems);
