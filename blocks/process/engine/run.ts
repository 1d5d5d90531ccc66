import { enterActivity, incident } from "./activities.ts";
import { completeAdHoc } from "./ad-hoc.ts";
import { armed } from "./arming.ts";
import { type Case, entered, isCurrent, type Moving, note, stay } from "./case.ts";
import { fireConditions } from "./catching.ts";
import { leave, stuck } from "./flows.ts";
import { enterComplex, enterEventBased, enterExclusive, enterInclusive, enterParallel, fireJoin } from "./gateways.ts";
import { release } from "./scopes.ts";
import { deliverThrow, enterThrow } from "./throwing.ts";

/**
 * Moves tokens, first in first out, until everything waits; then delivers throws and lets joins go, one at a time. Conditions are looked at
 * whenever variables have changed. False when more steps were needed than are allowed: the case is then of no more use and its saved state stands.
 */
export function run(c: Case): boolean {
  while (c.status === "running") {
    while (c.head < c.tail) {
      if (++c.steps > c.most) return false;
      arrive(c, c.queue[c.head++]!);
      // A condition is caught as soon as it holds: what would change it back comes after.
      if (c.changed && c.plan.watches && !lookAgain(c)) return false;
    }
    c.head = 0;
    c.tail = 0;
    if (c.status !== "running") break;
    if (c.thrown.length > 0 && deliverThrow(c)) continue;
    if (c.changed && c.plan.watches) {
      if (!lookAgain(c)) return false;
      continue;
    }
    if (c.joining > 0 && fireJoin(c)) continue;
    break;
  }
  c.head = 0;
  c.tail = 0;
  if (c.status === "running") findDeadlock(c);
  return true;
}

/** Where nothing is left but joins that wait for what never comes, they are incidents: no model stands still unseen. */
function findDeadlock(c: Case): void {
  let joins = 0;
  for (const { waits, boundaries } of c.tokens) {
    if (boundaries) return;
    if (waits.for === "join") joins++;
    else if (waits.for !== "scope" && waits.for !== "instances" && waits.for !== "compensation") return;
  }
  if (joins === 0 || c.scopes.some((scope) => scope.listening || scope.scope.kind === "ad-hoc")) return;
  for (const token of c.tokens) if (token.waits.for === "join") incident(c, token, "never-joins");
}

/** Lets every condition that holds fire; false when the steps are spent. */
function lookAgain(c: Case): boolean {
  do {
    c.changed = false;
    if (++c.steps > c.most) return false;
  } while (c.status === "running" && (fireConditions(c) || completeAdHoc(c)));
  c.changed = false;
  return true;
}

function arrive(c: Case, moving: Moving): void {
  if (!isCurrent(moving)) return;
  if (!moving.of || moving.of.there) enter(c, moving);
  release(c, moving.scope, moving.era);
}

function enter(c: Case, moving: Moving): void {
  const { node, scope } = moving;
  switch (node.kind) {
    case "start":
      note(c, { kind: "entered", node: node.id });
      leave(c, scope, node);
      return;
    case "catch":
      enterCatch(c, moving);
      return;
    case "end":
    case "throw":
      enterThrow(c, moving);
      return;
    case "exclusive":
      enterExclusive(c, moving);
      return;
    case "parallel":
      enterParallel(c, moving);
      return;
    case "inclusive":
      enterInclusive(c, moving);
      return;
    case "complex":
      enterComplex(c, moving);
      return;
    case "event-based":
      enterEventBased(c, moving);
      return;
    case "boundary":
    case "event-sub-process":
      entered(c, moving);
      leave(c, scope, node);
      return;
    default:
      enterActivity(c, moving);
      return;
  }
}

function enterCatch(c: Case, moving: Moving): void {
  const { node, scope } = moving;
  const waits = armed(c, node, { place: moving, since: c.at });
  if (waits === "unreadable") {
    stuck(c, moving, { code: "unreadable-time", leaving: false });
    return;
  }
  if (!waits) {
    entered(c, moving);
    leave(c, scope, node);
    return;
  }
  const token = stay(c, { scope, node }, waits);
  entered(c, moving, token);
}
