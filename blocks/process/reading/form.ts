import type { EventDefinition, Node } from "../engine/model.ts";
import { ACTIVITIES, EVENTS } from "./elements.ts";
import type { Layout, PlacedScope } from "./layout.ts";
import { type Params, tell } from "./source.ts";
import { element } from "./tree.ts";

/** Rules of form of the standard that its schema cannot say (BPMN 2.0.2, chapters 10 and 13). */
export function checkForm(layout: Layout, nodes: readonly Node[]): void {
  const form: Form = {
    layout,
    nodes,
    told(node, code, params) {
      const placed = layout.nodes[node.index]!;
      tell(placed.process.source, placed.element, { code, params });
    },
  };
  for (const node of nodes) {
    if (EVENTS.has(node.kind)) checkEvent(form, node);
    if (ACTIVITIES.has(node.kind)) checkActivity(form, node);
    if (node.kind === "event-based") checkChoice(form, node);
    if (node.kind === "event-sub-process") checkEventSubProcess(form, node);
    // Another engine may be asked to pass such conditions over, as the standard allows it.
    if (!layout.processes[0]?.source.bindings.foreign) checkOutgoing(form, node);
  }
  for (const scope of layout.scopes) checkScope(form, scope);
}

interface Form {
  readonly layout: Layout;
  readonly nodes: readonly Node[];
  told(node: Node, code: string, params?: Params): void;
}

const has = (node: Node, kind: EventDefinition["kind"]) => node.events.some((event) => event.kind === kind);

function checkEvent(form: Form, node: Node): void {
  const { kind, incoming, outgoing, events } = node;
  if ((kind === "start" || kind === "boundary") && incoming.length > 0) form.told(node, "nothing-in");
  if (kind === "end" && outgoing.length > 0) form.told(node, "nothing-out");
  const drawn = form.layout.nodes[node.index]!.element;
  const said = ["eventDefinitions", "eventDefinitionRef"].some((name) => Array.isArray(drawn[name]) && drawn[name].length > 0);
  if ((kind === "catch" || kind === "boundary") && events.length === 0 && !said)
    form.told(node, "unsaid", { what: "eventDefinition" });
  if (kind === "boundary") checkBoundary(form, node);
  if (has(node, "cancel") && kind === "end" && !within(form, node, "transaction")) form.told(node, "cancel-outside");
  if (has(node, "link")) checkLink(form, node);
}

function checkBoundary(form: Form, node: Node): void {
  const compensates = has(node, "compensation");
  const activity = node.attachedTo === undefined ? undefined : form.nodes[node.attachedTo];
  if (!compensates && node.outgoing.length === 0) form.told(node, "leads-nowhere");
  if (compensates && node.outgoing.length > 0) form.told(node, "nothing-out");
  if (compensates && activity && activity.compensatedBy === undefined) form.told(node, "undoes-nothing");
  if (has(node, "error") && !node.interrupting) form.told(node, "error-interrupts");
  if (has(node, "cancel") && activity?.kind !== "transaction") form.told(node, "cancel-outside");
}

function checkLink(form: Form, node: Node): void {
  const names = node.events.flatMap((event) => (event.kind === "link" ? [event.name] : []));
  const name = names[0]!;
  const others = form.nodes.filter(
    (other) =>
      other.scope === node.scope &&
      other.kind !== node.kind &&
      other.events.some((event) => event.kind === "link" && event.name === name),
  );
  if (node.kind === "throw" && others.length !== 1) form.told(node, "unknown-reference", { property: "link", reference: name });
  if (node.kind === "throw" && node.outgoing.length > 0) form.told(node, "nothing-out");
  if (node.kind === "catch" && node.incoming.length > 0) form.told(node, "nothing-in");
}

function within(form: Form, node: Node, kind: string): boolean {
  let scope = form.layout.scopes[node.scope];
  while (scope) {
    if (scope.kind === kind) return true;
    scope = scope.parent === undefined ? undefined : form.layout.scopes[scope.parent];
  }
  return false;
}

function checkActivity(form: Form, node: Node): void {
  if (!node.forCompensation) return;
  if (node.incoming.length > 0) form.told(node, "nothing-in");
  if (node.outgoing.length > 0) form.told(node, "nothing-out");
  if (!form.nodes.some(({ compensatedBy }) => compensatedBy === node.index)) form.told(node, "undoes-nothing");
}

/** Deferred choice: each way begins with a wait (10.6.6). */
function checkChoice(form: Form, node: Node): void {
  const { flows } = form.layout;
  if (node.outgoing.length < 2) form.told(node, "choice-of-one");
  for (const index of node.outgoing) {
    const target = form.nodes[flows[index]!.to]!;
    const waits =
      (target.kind === "catch" && !has(target, "link")) || (target.kind === "receive" && target.boundaries.length === 0);
    if (!waits) form.told(target, "choice-without-wait");
    else if (target.incoming.length > 1) form.told(target, "choice-shared");
  }
}

function checkEventSubProcess(form: Form, node: Node): void {
  if (node.incoming.length > 0) form.told(node, "nothing-in");
  if (node.outgoing.length > 0) form.told(node, "nothing-out");
  const starts = form.layout.scopes[node.inner!]!.nodes.map((index) => form.nodes[index]!).filter(({ kind }) => kind === "start");
  if (starts.length !== 1 || starts[0]!.events.length === 0) form.told(node, "event-sub-process-start");
}

const DECIDES: ReadonlySet<string> = new Set(["exclusive", "inclusive", "complex"]);

function checkOutgoing(form: Form, node: Node): void {
  const decides = DECIDES.has(node.kind) || ACTIVITIES.has(node.kind);
  if (decides) return;
  for (const index of node.outgoing) {
    const flow = form.layout.flows[index]!;
    if (element(flow.element, "conditionExpression"))
      tell(flow.process.source, flow.element, { code: "condition-here", params: { from: node.id } });
  }
  if (node.default !== undefined) form.told(node, "condition-here", { from: node.id });
}

function checkScope(form: Form, scope: PlacedScope): void {
  const nodes = scope.nodes.map((index) => form.nodes[index]!);
  const { source } = scope.process;
  if (scope.kind === "ad-hoc") {
    for (const node of nodes) if (node.kind === "start" || node.kind === "end") form.told(node, "ad-hoc-events");
    return;
  }
  if (nodes.length === 0) return;
  const begins = nodes.some(
    (node) =>
      node.kind === "start" ||
      node.instantiates ||
      (node.incoming.length === 0 && !["boundary", "event-sub-process"].includes(node.kind) && !node.forCompensation),
  );
  if (!begins) tell(source, scope.element, { code: "no-start" });
}
