import { problemsOf } from "@kerege/kernel/problem";

export const problems = {
  "no-ground": { status: 403 },
  "not-owner": { status: 403 },
  "unknown-register": { status: 404 },
  "unknown-field": { status: 422 },
  "unknown-search": { status: 422 },
  "unknown-event": { status: 422 },
  "wrong-value": { status: 422 },
  "not-found": { status: 404 },
  "exists-already": { status: 409 },
  "version-differs": { status: 409 },
  ended: { status: 409 },
  "wrong-page-mark": { status: 400 },
  "change-needs-plan": { status: 500 },
} as const;

export const problem = problemsOf("registry", problems);
