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
  "nothing-asked": { status: 409 },
  "answer-too-late": { status: 409 },
  "not-at-desk": { status: 403 },
  "held-by-other": { status: 409 },
  "own-interest": { status: 403 },
  "unmet-rules": { status: 409 },
  "ground-needed": { status: 422 },
  "reason-needed": { status: 422 },
  "question-needed": { status: 422 },
};

export const problem = problemsOf("services", problems);
