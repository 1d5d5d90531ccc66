import type { EventDefinition, Model, Node, Scope } from "./model.ts";

/** What is worked out once per model: who joins what, what can be undone, who must not do what. */
export interface Plan {
  /** Link catches by `scope name`. */
  readonly links: ReadonlyMap<string, Node>;
  /** Activities whose doers are remembered because another one must not be done by them. */
  readonly remembered: ReadonlySet<string>;
  /** Activities that leave something to undo when they are done. */
  readonly undoable: readonly boolean[];
  /** By inclusive or complex gateway: for each incoming flow the nodes from which it can be reached without passing the gateway. */
  readonly upstream: ReadonlyMap<number, readonly Uint8Array[]>;
  /** Whether anything is looked at again when variables change: conditions, ad-hoc sub-processes. */
  readonly watches: boolean;
  /** Where a scope begins without a trigger. */
  readonly begins: readonly (readonly Node[])[];
  /** Throws and ends with something to throw, compensation last: it waits for its handlers. */
  readonly throws: readonly (readonly EventDefinition[])[];
}

const plans = new WeakMap<Model, Plan>();

export function planOf(model: Model): Plan {
  let plan = plans.get(model);
  if (!plan) {
    plan = makePlan(model);
    plans.set(model, plan);
  }
  return plan;
}

function makePlan(model: Model): Plan {
  const links = new Map<string, Node>();
  const remembered = new Set<string>();
  const upstream = new Map<number, Uint8Array[]>();
  const undoable = new Array<boolean>(model.nodes.length).fill(false);
  for (const node of model.nodes) {
    for (const event of node.events)
      if (event.kind === "link" && node.kind === "catch") links.set(`${node.scope} ${event.name}`, node);
    if (node.work?.kind === "person") for (const id of node.work.notBy) remembered.add(id);
    if (node.incoming.length > 1 && (node.kind === "inclusive" || node.kind === "complex")) {
      upstream.set(
        node.index,
        node.incoming.map((flow) => reaching(model, node, model.flows[flow]!.from)),
      );
    }
  }
  for (const node of model.nodes) if (node.inner === undefined) undoable[node.index] = node.compensatedBy !== undefined;
  // Inner scopes stand after the scopes that hold them.
  for (const scope of model.scopes.toReversed()) {
    if (scope.node === undefined) continue;
    const inside = scope.nodes.some((index) => undoable[index]) || undoesItself(model, scope);
    undoable[scope.node] = inside || model.nodes[scope.node]!.compensatedBy !== undefined;
  }
  return {
    links,
    remembered,
    undoable,
    upstream,
    watches:
      model.scopes.some((scope) => scope.adHoc?.completion) ||
      model.nodes.some((node) => node.events.some((event) => event.kind === "conditional")),
    begins: model.scopes.map((scope) => beginsOf(model, scope)),
    throws: model.nodes.map((node) =>
      node.kind === "throw" || node.kind === "end" ? node.events.toSorted((a, b) => rank(a) - rank(b)) : [],
    ),
  };
}

function rank(event: EventDefinition): number {
  return event.kind === "compensation" ? 1 : 0;
}

/** Start event by which an event sub-process undoes its scope. */
export function undoingStart(model: Model, scope: Scope): Node | undefined {
  for (const index of scope.eventSubProcesses) {
    const start = startOf(model, model.nodes[index]!);
    if (start?.events.some((event) => event.kind === "compensation")) return start;
  }
  return undefined;
}

function undoesItself(model: Model, scope: Scope): boolean {
  return undoingStart(model, scope) !== undefined;
}

/** The start event of an event sub-process. */
export function startOf(model: Model, node: Node): Node | undefined {
  const inner = node.inner === undefined ? undefined : model.scopes[node.inner];
  const index = inner?.nodes.find((one) => model.nodes[one]!.kind === "start");
  return index === undefined ? undefined : model.nodes[index];
}

function beginsOf(model: Model, scope: Scope): readonly Node[] {
  const all = scope.starts.map((index) => model.nodes[index]!).filter(canBegin);
  const plain = all.filter((node) => node.kind !== "start" || node.events.length === 0);
  // Starts with a trigger are alternatives to each other: without a trigger the first of them is meant.
  return plain.length > 0 ? plain : all.slice(0, 1);
}

function canBegin(node: Node): boolean {
  return node.kind !== "boundary" && node.kind !== "event-sub-process" && !node.forCompensation && !isLinkTarget(node);
}

function isLinkTarget(node: Node): boolean {
  return node.kind === "catch" && node.events.some((event) => event.kind === "link");
}

/** Nodes from which `from` can be reached without passing the gateway; a boundary event counts as a way out of its activity. */
function reaching(model: Model, gateway: Node, from: number): Uint8Array {
  const found = new Uint8Array(model.nodes.length);
  const open = [from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (index === gateway.index || found[index]) continue;
    found[index] = 1;
    const node = model.nodes[index]!;
    for (const flow of node.incoming) open.push(model.flows[flow]!.from);
    if (node.attachedTo !== undefined) open.push(node.attachedTo);
    const link = node.kind === "catch" ? node.events.find((event) => event.kind === "link") : undefined;
    if (link?.kind === "link") open.push(...linkSources(model, node, link.name));
  }
  return found;
}

function linkSources(model: Model, target: Node, name: string): number[] {
  return model.nodes
    .filter(
      (node) =>
        node.scope === target.scope &&
        node.kind === "throw" &&
        node.events.some((event) => event.kind === "link" && event.name === name),
    )
    .map((node) => node.index);
}
