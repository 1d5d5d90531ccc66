import type { Flow, Node, Scope } from "../engine/model.ts";
import { findMismatches } from "./joins.ts";
import type { Layout } from "./layout.ts";
import { type Params, tell } from "./source.ts";

/** What the checks of the graph walk: the parts of a model, before it is one. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly flows: readonly Flow[];
  readonly scopes: readonly Scope[];
}

/** Checks beyond the standard: what the standard lets a modeler draw and no case should meet. */
export function checkGraph(layout: Layout, graph: Graph): void {
  const told = (node: Node, code: string, params?: Params) => {
    const placed = layout.nodes[node.index]!;
    tell(placed.process.source, placed.element, { code, params });
  };
  for (const node of findUnreachable(graph)) told(node, "unreachable");
  for (const loop of findBusyLoops(graph))
    told(loop[0]!, "loop-without-wait", { way: loop.map((node) => node.name || node.id).join(" → ") });
  for (const node of graph.nodes) checkChoices(layout, graph, node);
  for (const { at, split, code } of findMismatches(graph)) told(at, code, { split: split.name || split.id });
}

/** Where a token goes next: along flows, from an activity to what stands on it, from a link to its other end. */
export function following({ nodes, flows, scopes }: Graph, node: Node): number[] {
  const next = [...node.outgoing.map((index) => flows[index]!.to), ...node.boundaries];
  if (node.compensatedBy !== undefined) next.push(node.compensatedBy);
  if (node.kind === "throw") {
    for (const event of node.events)
      if (event.kind === "link")
        for (const other of scopes[node.scope]!.nodes)
          if (
            nodes[other]!.kind === "catch" &&
            nodes[other]!.events.some((one) => one.kind === "link" && one.name === event.name)
          )
            next.push(other);
  }
  return next;
}

function beginnings({ nodes }: Graph, scope: Scope): number[] {
  return scope.nodes.filter((index) => {
    const node = nodes[index]!;
    if (node.kind === "start" || node.kind === "event-sub-process" || node.instantiates || scope.starts.includes(index))
      return true;
    return scope.kind === "ad-hoc" && node.incoming.length === 0 && node.kind !== "boundary" && !node.forCompensation;
  });
}

/** Nodes no case comes to. What lies inside such a node is not told on top of it. */
function findUnreachable(graph: Graph): Node[] {
  const reached = new Set<number>();
  const open = beginnings(graph, graph.scopes[0]!);
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (reached.has(index)) continue;
    reached.add(index);
    const node = graph.nodes[index]!;
    open.push(...following(graph, node));
    if (node.inner !== undefined) open.push(...beginnings(graph, graph.scopes[node.inner]!));
  }
  return graph.nodes.filter((node) => {
    const holder = graph.scopes[node.scope]!.node;
    return (
      !reached.has(node.index) &&
      (holder === undefined || reached.has(holder)) &&
      !(node.kind === "boundary" && node.attachedTo !== undefined && !reached.has(node.attachedTo))
    );
  });
}

const PASSES: ReadonlySet<string> = new Set(["error", "escalation", "compensation", "cancel"]);

/** Whether a case stops here until something happens outside of it. */
function waits(graph: Graph, node: Node): boolean {
  if (node.work?.kind === "person" || node.work?.kind === "call") return true;
  // Also where what it asks for could not be read.
  if (node.kind === "user" || node.kind === "service" || node.kind === "receive" || node.kind === "event-based") return true;
  if (node.kind === "catch") return !node.events.every((event) => event.kind === "link");
  if (node.kind === "boundary") return !node.events.every((event) => PASSES.has(event.kind));
  if (node.kind === "ad-hoc") return true;
  return node.inner !== undefined && graph.scopes[node.inner]!.nodes.some((index) => waits(graph, graph.nodes[index]!));
}

/** Rings of steps that would turn without anything happening, and repetitions of such a step without an end. */
function findBusyLoops(graph: Graph): Node[][] {
  const busy = graph.nodes.map((node) => !waits(graph, node));
  const loops = strongComponents(graph, busy).filter(
    (ring) => ring.length > 1 || following(graph, ring[0]!).includes(ring[0]!.index),
  );
  const repeated = graph.nodes.filter(
    (node) => node.repeat?.kind === "while" && node.repeat.most === undefined && busy[node.index],
  );
  return [...loops, ...repeated.map((node) => [node])];
}

/** Tarjan's strong components of the nodes marked, without recursion: files of thousands of steps in a row are read too. */
function strongComponents(graph: Graph, marked: readonly boolean[]): Node[][] {
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const onStack = new Set<number>();
  const found: Node[][] = [];
  const next = (index: number) => following(graph, graph.nodes[index]!).filter((one) => marked[one]);
  for (const start of graph.nodes) {
    if (!marked[start.index] || order.has(start.index)) continue;
    const calls: { index: number; next: number[] }[] = [];
    const enter = (index: number) => {
      order.set(index, order.size);
      low.set(index, order.get(index)!);
      stack.push(index);
      onStack.add(index);
      calls.push({ index, next: next(index) });
    };
    enter(start.index);
    for (let call = calls.at(-1); call; call = calls.at(-1)) {
      const { index } = call;
      const to = call.next.pop();
      if (to !== undefined) {
        if (!order.has(to)) enter(to);
        else if (onStack.has(to)) low.set(index, Math.min(low.get(index)!, order.get(to)!));
        continue;
      }
      calls.pop();
      const above = calls.at(-1);
      if (above) low.set(above.index, Math.min(low.get(above.index)!, low.get(index)!));
      if (low.get(index) !== order.get(index)) continue;
      const ring = stack.splice(stack.indexOf(index));
      for (const one of ring) onStack.delete(one);
      found.push(ring.map((one) => graph.nodes[one]!));
    }
  }
  return found;
}

/** Every case must find a way on: a default where conditions may leave none, a condition where one way would always hide another. */
function checkChoices(layout: Layout, { nodes, flows }: Graph, node: Node): void {
  const told = (at: Node | Flow, code: string, params?: Params) => {
    const placed = "from" in at ? layout.flows[at.index]! : layout.nodes[at.index]!;
    tell(placed.process.source, placed.element, { code, params });
  };
  const outgoing = node.outgoing.map((index) => flows[index]!);
  const asks = (flow: Flow) =>
    flow.condition !== undefined || layout.flows[flow.index]!.element.conditionExpression !== undefined;
  const conditional = outgoing.filter((flow) => flow.index !== node.default && asks(flow));
  const open = outgoing.filter((flow) => flow.index !== node.default && !asks(flow));
  const gateway = node.kind === "exclusive" || node.kind === "inclusive";
  if (gateway && outgoing.length > 1)
    for (const flow of open) told(flow, "no-condition", { to: nodes[flow.to]!.name || nodes[flow.to]!.id });
  if (conditional.length > 0 && open.length === 0 && node.default === undefined && !complete(conditional))
    told(node, "no-default");
}

/** Two conditions of which one always holds: `a = b` and `a != b`. Other pairs both fail where a value is null (DMN 10.3.2.13). */
function complete(flows: readonly Flow[]): boolean {
  if (flows.some(({ condition }) => condition?.text === "true")) return true;
  const parts = flows.map(({ condition }) => /^([\w.\s]+?)\s*(!?=)\s*([\w."\s-]+)$/.exec(condition?.text ?? ""));
  return parts.some(
    (one) => one?.[2] === "=" && parts.some((other) => other?.[2] === "!=" && other[1] === one[1] && other[3] === one[3]),
  );
}
