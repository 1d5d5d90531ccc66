import type { Plain } from "@kerege/kernel/feel";
import { receive } from "./activities.ts";
import { armed } from "./arming.ts";
import { type Case, type LiveScope, note, put, send, stay, type Values } from "./case.ts";
import { met } from "./catching.ts";
import { leave } from "./flows.ts";
import type { EventDefinition, Node } from "./model.ts";
import { begin, openScope, quiet } from "./scopes.ts";
import type { Command, Refusal, Trigger } from "./state.ts";

/** How a case begins: without a trigger, or by a message, a signal, a time, a condition (BPMN 2.0.2 §13.2). */

type Start = Extract<Command, { kind: "start" }>;

export function start(c: Case, command: Start): Refusal | undefined {
  const { trigger, variables, by } = command;
  const found = trigger && triggered(c, trigger);
  if (trigger && !found) return "not-waiting";
  const scope = openScope(c, c.model.scopes[0]!, { variables: { ...variables } as Values });
  c.root = scope;
  note(c, { kind: "started", by, said: { variables, ...(trigger && { trigger: { ...trigger } }) } });
  if (!trigger || !found) {
    begin(c, scope);
    if (scope.live === 0) quiet(c, scope);
    return undefined;
  }
  // A scope that begins by a trigger begins nowhere else.
  beginBy(c, scope, { trigger, found, variables });
  return undefined;
}

interface Found {
  readonly node: Node;
  /** Event behind an event-based gateway that begins the case. */
  readonly target?: Node;
}

function triggered(c: Case, trigger: Trigger): Found | undefined {
  for (const index of c.model.scopes[0]!.nodes) {
    const node = c.model.nodes[index]!;
    if (node.kind === "start" && node.events.some((event) => isOf(node, event, trigger))) return { node };
    if (!node.instantiates) continue;
    if (node.kind === "receive" && receives(node, trigger)) return { node };
    if (node.kind !== "event-based") continue;
    for (const flow of node.outgoing) {
      const target = c.model.nodes[c.model.flows[flow]!.to]!;
      if (receives(target, trigger) || target.events.some((event) => isOf(target, event, trigger))) return { node, target };
    }
  }
  return undefined;
}

function receives(node: Node, trigger: Trigger): boolean {
  return node.kind === "receive" && node.work?.kind === "message" && "message" in trigger && node.work.name === trigger.message;
}

function isOf(node: Node, event: EventDefinition, trigger: Trigger): boolean {
  if ("message" in trigger) return event.kind === "message" && event.name === trigger.message;
  if ("signal" in trigger) return event.kind === "signal" && event.name === trigger.signal;
  if ("timer" in trigger) return event.kind === "timer" && node.id === trigger.timer;
  return event.kind === "conditional" && node.id === trigger.condition;
}

function beginBy(
  c: Case,
  scope: LiveScope,
  by: { trigger: Trigger; found: Found; variables: Readonly<Record<string, Plain>> },
): void {
  const { node, target } = by.found;
  begin(c, scope, []);
  if (!target) {
    if (node.kind === "receive") {
      goOn(c, scope, node);
      return;
    }
    const rest = node.parallelMultiple ? missing(c, scope, by) : undefined;
    if (rest) note(c, { kind: "entered", node: node.id, token: stay(c, { scope, node }, rest).id });
    else put(c, { scope, node, of: undefined, own: undefined });
    return;
  }
  note(c, { kind: "entered", node: node.id });
  goOn(c, scope, target);
  if (!node.waitsForAll) return;
  for (const index of node.outgoing) if (c.model.flows[index]!.to !== target.index) send(c, scope, c.model.flows[index]!);
}

/** What a parallel multiple start still waits for. */
function missing(
  c: Case,
  scope: LiveScope,
  by: { trigger: Trigger; found: Found },
): ReturnType<typeof stay>["waits"] | undefined {
  const waits = armed(c, by.found.node, { place: { scope, own: undefined }, since: c.at });
  if (!waits || waits === "unreadable") return undefined;
  const { trigger } = by;
  return met(by.found.node.id, waits, (simple) => {
    if ("message" in trigger) return simple.for === "message" && simple.name === trigger.message;
    if ("signal" in trigger) return simple.for === "signal" && simple.name === trigger.signal;
    return "timer" in trigger ? simple.for === "time" : simple.for === "condition";
  })?.missing;
}

/** The event that began the case has come already: the way goes on behind it. */
function goOn(c: Case, scope: LiveScope, node: Node): void {
  note(c, { kind: "entered", node: node.id });
  note(c, { kind: node.kind === "receive" ? "done" : "caught", node: node.id });
  receive(c, { scope, node, of: undefined, own: undefined }, undefined);
  leave(c, scope, node);
  if (scope.live === 0) quiet(c, scope);
}
