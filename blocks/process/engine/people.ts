import type { Plain } from "@kerege/kernel/feel";
import { ask, call, type Doing, incident, remember, settle } from "./activities.ts";
import { type Case, type LiveToken, note, take } from "./case.ts";
import { tryAgain } from "./flows.ts";
import { clear, complete as completeScope, release } from "./scopes.ts";
import type { Command, Doer, Refusal, Wait } from "./state.ts";
import { escalate, raise } from "./throwing.ts";
import { assign } from "./variables.ts";

/** What people and the world answer to a token: done, taken, not possible. */

type Of<Kind extends Command["kind"]> = Extract<Command, { kind: Kind }>;
type Person = Extract<Wait, { for: "person" }>;

/** Whether somebody may do a task: it is not held by another, and he did none of what it must be separated from. */
function refusedTo(c: Case, token: LiveToken, by: Doer): Refusal | undefined {
  const { node, waits } = token;
  if (waits.for !== "person") return undefined;
  if (waits.held !== undefined && waits.held !== by) return "held-by-other";
  if (waits.done === by) return "same-person";
  const asked = node?.work?.kind === "person" ? node.work : undefined;
  return asked?.notBy.some((id) => c.doers?.[id]?.includes(by)) ? "same-person" : undefined;
}

export function complete(c: Case, token: LiveToken, command: Of<"complete">): Refusal | undefined {
  const { waits, node } = token;
  const { output, by } = command;
  if (node?.kind === "ad-hoc" && waits.for === "scope") return completeByHand(c, token);
  if (waits.for !== "person" && waits.for !== "call") return "not-waiting";
  const refused = refusedTo(c, token, by);
  if (refused) return refused;
  if (waits.for === "call") {
    settle(c, token, doing(output, by));
    return undefined;
  }
  const fourEyes = node?.work?.kind === "person" && node.work.fourEyes;
  if (fourEyes && waits.done === undefined) return agree(c, token, { waits, output, by });
  const all = waits.first ? { ...waits.first, ...output } : output;
  if (node) settle(c, token, doing(all, by));
  else settleAdded(c, token, { output: all, by });
  return undefined;
}

function doing(result: Readonly<Record<string, Plain>> | undefined, by: Doer): Doing {
  return { result, by };
}

/** The first of four eyes agrees; another person has to. */
function agree(c: Case, token: LiveToken, first: { waits: Person; output: Of<"complete">["output"]; by: Doer }): undefined {
  const { held: _, ...waits } = first.waits;
  token.waits = { ...waits, done: first.by, ...(first.output && { first: first.output }) };
  if (token.node && c.plan.remembered.has(token.node.id)) remember(c, token.node.id, first.by);
  note(c, {
    kind: "agreed",
    token: token.id,
    by: first.by,
    ...(token.node && { node: token.node.id }),
    ...(first.output && { said: { output: first.output } }),
  });
}

/** A step nobody drew is done: nothing follows it. */
export function settleAdded(c: Case, token: LiveToken, done: { output: Of<"complete">["output"]; by: Doer }): void {
  const { scope } = token;
  const { era } = scope;
  take(c, token);
  note(c, {
    kind: "done",
    token: token.id,
    by: done.by,
    said: { ...(token.added && { title: token.added.title }), ...(done.output && { output: done.output }) },
  });
  if (done.output) assign(c, scope, done.output);
  release(c, scope, era);
}

/** An officer says that nothing more is wanted in an ad-hoc sub-process. */
function completeByHand(c: Case, token: LiveToken): Refusal | undefined {
  const { inner } = token;
  const { adHoc } = inner?.scope ?? {};
  if (!inner || !adHoc || (inner.live > 0 && !adHoc.cancelRemaining)) return "not-waiting";
  clear(c, inner);
  completeScope(c, inner);
  return undefined;
}

export function hold(c: Case, token: LiveToken, by: Doer | undefined): Refusal | undefined {
  const { waits } = token;
  if (waits.for !== "person") return "not-waiting";
  const refused = by === undefined ? undefined : refusedTo(c, token, by);
  if (refused) return refused;
  const { held: _, ...rest } = waits;
  token.waits = by === undefined ? rest : { ...rest, held: by };
  note(c, { kind: "held", token: token.id, ...(token.node && { node: token.node.id }), ...(by !== undefined && { by }) });
  return undefined;
}

export function fault(c: Case, token: LiveToken, command: Of<"error">): Refusal | undefined {
  const { waits } = token;
  if (waits.for !== "person" && waits.for !== "call") return "not-waiting";
  const refused = refusedTo(c, token, command.by);
  if (refused) return refused;
  if (!raise(c, token, command.code)) incident(c, token, command.code);
  return undefined;
}

export function escalated(c: Case, token: LiveToken, command: Of<"escalate">): Refusal | undefined {
  if (token.waits.for !== "person" && token.waits.for !== "call") return "not-waiting";
  const refused = refusedTo(c, token, command.by);
  if (refused) return refused;
  escalate(c, { scope: token.scope, token }, command.code);
  return undefined;
}

const FIRST_PAUSE = 10_000;
const LONGEST_PAUSE = 3_600_000;

/** A call could not be done: it is tried again, each time after a pause six times as long, until its tries are spent. */
export function fail(c: Case, token: LiveToken, code: string): Refusal | undefined {
  const { waits, node } = token;
  if (waits.for !== "call" || waits.retryAt !== undefined || node?.work?.kind !== "call") return "not-waiting";
  note(c, { kind: "failed", node: node.id, token: token.id, said: { code, attempt: token.attempt } });
  if (token.attempt >= node.work.attempts) {
    incident(c, token, code);
    return undefined;
  }
  const pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 6 ** (token.attempt - 1));
  token.attempt += 1;
  token.waits = { for: "call", name: waits.name, key: waits.key, retryAt: c.at + pause };
  return undefined;
}

/** Tries what stands still: at once, whether it is an incident or a call in its pause. */
export function retry(c: Case, token: LiveToken, how: { reason?: string; by?: Doer }): Refusal | undefined {
  const { waits, node } = token;
  const paused = waits.for === "call" && waits.retryAt !== undefined;
  if ((waits.for !== "incident" && !paused) || !node) return "not-waiting";
  note(c, {
    kind: "retried",
    node: node.id,
    token: token.id,
    ...(how.by !== undefined && { by: how.by }),
    ...(how.reason !== undefined && { said: { reason: how.reason } }),
  });
  const asked = node.work;
  if (paused && asked?.kind === "call") {
    call(c, token, asked);
    return undefined;
  }
  if (waits.for !== "incident") return undefined;
  const again = (asked?.kind === "call" || asked?.kind === "person") && waits.attempts > 0 && waits.code !== "unreadable-time";
  if (!again || waits.leaving) tryAgain(c, token, waits.leaving === true);
  else {
    token.attempt = 1;
    ask(c, token);
  }
  return undefined;
}

/** Variables of the process change from outside. */
export function set(c: Case, command: Of<"set">): void {
  if (!c.root) return;
  assign(c, c.root, command.variables);
  note(c, { kind: "set", by: command.by, said: { variables: command.variables } });
}
