import { start } from "./beginning.ts";
import { type Case, type LiveToken, note, tokenById } from "./case.ts";
import { type Comes, fire, met, nodeOfSpot, spots, waitsOf } from "./catching.ts";
import { add, begin, cancelCase, move, skip, suspend } from "./deviation.ts";
import { deepEqual } from "./equal.ts";
import { complete, escalated, fail, fault, hold, retry, set } from "./people.ts";
import { run } from "./run.ts";
import type { Command, Refusal } from "./state.ts";
import { fireDue, isSpot, mostDue, recount } from "./terms.ts";
import { broadcast } from "./throwing.ts";

/** Does what a command says and moves the case on until it waits again. A refusal is given before anything is changed. */
export function obey(c: Case, command: Command, at: number): Refusal | undefined {
  const refused = refusedNow(c, command) ?? perform(c, command, at);
  if (refused) return refused;
  return run(c) ? undefined : "too-many-steps";
}

function refusedNow(c: Case, command: Command): Refusal | undefined {
  if (command.kind === "start") return c.root ? "begun" : undefined;
  if (!c.root) return "not-begun";
  if (c.status === "suspended") {
    return command.kind === "resume" || command.kind === "cancel" || command.kind === "recount" ? undefined : "suspended";
  }
  if (c.status !== "running") return "over";
  return command.kind === "resume" ? "not-waiting" : undefined;
}

function perform(c: Case, command: Command, at: number): Refusal | undefined {
  switch (command.kind) {
    case "start":
      return start(c, command);
    case "complete":
    case "hold":
    case "error":
    case "escalate":
    case "fail":
    case "retry":
    case "skip": {
      const token = tokenById(c, command.token);
      return token ? answer(c, token, command) : "no-such-token";
    }
    case "tick":
      return tick(c, at);
    case "message":
      return message(c, command);
    case "signal":
      return broadcast(c, command.name, command.variables) ? undefined : "not-waiting";
    case "move":
      return move(c, command);
    case "begin":
      return begin(c, command);
    default:
      return plain(c, command);
  }
}

type Answer = Extract<Command, { token: number }>;

function answer(c: Case, token: LiveToken, command: Answer): Refusal | undefined {
  switch (command.kind) {
    case "complete":
      return complete(c, token, command);
    case "hold":
      return hold(c, token, command.by);
    case "error":
      return fault(c, token, command);
    case "escalate":
      return escalated(c, token, command);
    case "fail":
      return fail(c, token, command.code);
    case "retry":
      return retry(c, token, command);
    case "skip":
      return skip(c, token, command);
  }
}

type Always = Extract<Command, { kind: "set" | "add" | "suspend" | "resume" | "cancel" | "recount" }>;

/** What is never refused to a case that runs. */
function plain(c: Case, command: Always): undefined {
  if (command.kind === "set") set(c, command);
  else if (command.kind === "add") add(c, command);
  else if (command.kind === "recount") recount(c, command);
  else if (command.kind === "cancel") cancelCase(c, command);
  else suspend(c, command);
}

/** Fires what is due, the longest due first. After a long standstill it stops halfway through its steps: the next tick goes on. */
function tick(c: Case, at: number): Refusal | undefined {
  let any = false;
  while (c.status === "running" && c.steps * 2 <= c.most) {
    const due = mostDue(c, at);
    if (!due) break;
    any = true;
    c.steps += 1;
    if (isSpot(due)) fireDue(c, due);
    else retry(c, due, {});
    if (!run(c)) return "too-many-steps";
  }
  return any ? undefined : "not-waiting";
}

/** A message reaches one who waits for it: the oldest stay. */
function message(c: Case, command: Extract<Command, { kind: "message" }>): Refusal | undefined {
  const comes: Comes = (waits) =>
    waits.for === "message" &&
    waits.name === command.name &&
    (waits.correlation === undefined || deepEqual(waits.correlation, command.correlation));
  for (const spot of spots(c)) {
    const found = met(nodeOfSpot(spot), waitsOf(spot), comes);
    if (!found) continue;
    note(c, { kind: "taken", node: found.node, said: { message: command.name } });
    fire(c, spot, { met: found, brought: command.variables });
    return undefined;
  }
  return "not-waiting";
}
