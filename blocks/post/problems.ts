import { problemsOf } from "@kerege/kernel/problem";

export const problems = {
  "no-such-letter": { status: 404 },
  "only-for-people": { status: 403 },
  "only-for-bodies": { status: 403 },
};

export const problem = problemsOf("post", problems);
