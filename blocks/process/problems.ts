import { problemsOf } from "@kerege/kernel/problem";

export const problems = {
  "no-such-case": { status: 404 },
  "no-such-model": { status: 404 },
  "no-such-proposal": { status: 404 },
  "no-such-upgrade": { status: 404 },
  "no-edition": { status: 409 },
  "changed-meanwhile": { status: 409 },
  "decided-already": { status: 409 },
  "reason-needed": { status: 422 },
  "only-for-officials": { status: 403 },
  "upgrade-not-applied": { status: 409 },
  "performed-twice": { status: 500 },
  "no-past-file": { status: 422 },
  "past-file-spoilt": { status: 422 },
  // What the interpreter refuses (engine/state.ts, Refusal).
  "no-such-token": { status: 409 },
  "not-waiting": { status: 409 },
  "no-such-node": { status: 404 },
  "not-begun": { status: 409 },
  begun: { status: 409 },
  over: { status: 409 },
  suspended: { status: 409 },
  "held-by-other": { status: 409 },
  "same-person": { status: 403 },
  "too-many-steps": { status: 409 },
  "cannot-move-there": { status: 409 },
};

export const problem = problemsOf("process", problems);
