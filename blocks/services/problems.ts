import { problemsOf } from "@kerege/kernel/problem";

export const problems = {
  "no-such-service": { status: 404 },
  "no-such-case": { status: 404 },
  "no-such-page": { status: 404 },
  "only-for-people": { status: 403 },
  "only-information": { status: 409 },
  "case-closed": { status: 409 },
  "not-complete": { status: 409 },
  "unknown-answer": { status: 400 },
};

export const problem = problemsOf("services", problems);
