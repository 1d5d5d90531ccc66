import { problemsOf } from "@kerege/kernel/problem";

export const problems = {
  "not-a-demo": { status: 404 },
  "no-such-session": { status: 404 },
  "no-such-client": { status: 404 },
  "not-in-post": { status: 403 },
  "unknown-secret": { status: 401 },
} as const;

export const problem = problemsOf("identity", problems);
