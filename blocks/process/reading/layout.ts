import type { NodeKind, ScopeKind } from "../engine/model.ts";
import { ACTIVITIES, checkElements, kindOf } from "./elements.ts";
import { openSource, type Params, type Source, tell } from "./source.ts";
import { type Element, elements, words } from "./tree.ts";

/** A flow node with its place in the model, before what it says is read. */
export interface PlacedNode {
  readonly index: number;
  readonly id: string;
  readonly element: Element;
  readonly kind: NodeKind;
  readonly scope: number;
  readonly process: PlacedProcess;
  inner?: number;
  readonly incoming: number[];
  readonly outgoing: number[];
  readonly boundaries: number[];
}

export interface PlacedFlow {
  readonly index: number;
  readonly element: Element;
  readonly process: PlacedProcess;
  readonly from: number;
  readonly to: number;
}

export interface PlacedScope {
  readonly index: number;
  readonly kind: ScopeKind;
  /** Process or sub-process. */
  readonly element: Element;
  readonly process: PlacedProcess;
  readonly node?: number;
  readonly parent?: number;
  readonly nodes: number[];
}

/** A process where it stands: itself, or once for each activity that calls it. */
export interface PlacedProcess {
  readonly source: Source;
  /** Before ids of elements: empty, or `call/`. */
  readonly prefix: string;
  readonly element: Element;
  readonly nodeOf: Map<Element, PlacedNode>;
}

export interface Layout {
  readonly nodes: PlacedNode[];
  readonly flows: PlacedFlow[];
  readonly scopes: PlacedScope[];
  readonly processes: PlacedProcess[];
  /** Texts of other files that were read for called processes. */
  readonly texts: string[];
}

/** A called process that stands in another file; what is wrong there shows only once all is read. */
export interface Laid extends Layout {
  readonly others: readonly { readonly call: PlacedNode; readonly source: Source }[];
}

/** What an activity calls; undefined where that was told as a fault. */
function findCalled(call: PlacedNode, way: readonly string[]): { source: Source; element: Element; text: string } | undefined {
  const { source } = call.process;
  const id = words(call.element, "calledElement")?.replace(/^.*:/, "");
  const refuse = (code: string, params: Params = {}) => tell(source, call.element, { code, params });
  if (!id) return refuse("unsaid", { what: "calledElement" });
  if (way.includes(id) || way.length > DEEPEST_CALL) return refuse("calls-itself", { way: [...way, id].join(" → ") });
  const here = source.tree.byId[id];
  if (here?.$type === "bpmn:Process") return { source, element: here, text: "" };
  if (here) return refuse("not-executed", { kind: here.$type.replace(/^.*:/, "") });
  const text = source.bindings.called?.(id);
  if (text === undefined) return refuse("unknown-reference", { property: "calledElement", reference: id });
  const opened = openSource(text, source.bindings);
  const found = "tree" in opened ? opened.tree.byId[id] : undefined;
  if (!("tree" in opened) || found?.$type !== "bpmn:Process") return refuse("calls-faulty", { process: id });
  checkElements(opened);
  return { source: opened, element: found, text };
}

interface Container {
  readonly element: Element;
  readonly kind: ScopeKind;
  readonly holder?: PlacedNode;
}

/** Calls within calls that end somewhere are still too many past this. */
const DEEPEST_CALL = 20;

/** Gives each scope, node and flow its index; called processes are laid in where they are called. */
export function layOut(source: Source, process: Element, withNames: (source: Source, process: Element) => Source): Laid {
  const layout: Layout = { nodes: [], flows: [], scopes: [], processes: [], texts: [] };

  const others: { call: PlacedNode; source: Source }[] = [];

  function placeProcess(given: {
    source: Source;
    element: Element;
    prefix: string;
    holder?: PlacedNode;
    way: readonly string[];
  }): void {
    const placed: PlacedProcess = {
      source: withNames(given.source, given.element),
      prefix: given.prefix,
      element: given.element,
      nodeOf: new Map(),
    };
    layout.processes.push(placed);
    const calls: PlacedNode[] = [];
    placeScope(placed, { element: given.element, kind: given.holder ? "call" : "process", holder: given.holder }, calls);
    for (const element of containers(given.element)) placeFlows(placed, element);
    for (const call of calls) placeCalled(call, [...given.way, String(given.element.id)]);
  }

  function placeScope(process: PlacedProcess, container: Container, calls: PlacedNode[]): number {
    const { element, kind, holder } = container;
    const scope: PlacedScope = {
      index: layout.scopes.length,
      kind,
      element,
      process,
      node: holder?.index,
      parent: holder?.scope,
      nodes: [],
    };
    layout.scopes.push(scope);
    if (holder) holder.inner = scope.index;
    for (const one of elements(element, "flowElements")) {
      const nodeKind = kindOf(one);
      if (!nodeKind || !one.id) {
        if (nodeKind) tell(process.source, one, { code: "unsaid", params: { what: "id" } });
        continue;
      }
      const node: PlacedNode = {
        index: layout.nodes.length,
        id: process.prefix + one.id,
        element: one,
        kind: nodeKind,
        scope: scope.index,
        process,
        incoming: [],
        outgoing: [],
        boundaries: [],
      };
      layout.nodes.push(node);
      process.nodeOf.set(one, node);
      scope.nodes.push(node.index);
      if (nodeKind === "call") calls.push(node);
      else if (
        nodeKind === "sub-process" ||
        nodeKind === "event-sub-process" ||
        nodeKind === "ad-hoc" ||
        nodeKind === "transaction"
      )
        placeScope(process, { element: one, kind: nodeKind, holder: node }, calls);
    }
    return scope.index;
  }

  function placeFlows(process: PlacedProcess, container: Element): void {
    for (const flow of elements(container, "flowElements")) {
      if (flow.$type !== "bpmn:SequenceFlow") continue;
      const from = process.nodeOf.get(flow.sourceRef as Element);
      const to = process.nodeOf.get(flow.targetRef as Element);
      // A reference to nothing is told with all the other references.
      if (!from || !to) {
        const other = (flow.sourceRef as Element | undefined) ?? (flow.targetRef as Element | undefined);
        if (flow.sourceRef && flow.targetRef)
          tell(process.source, flow, { code: "flow-leaves", params: { other: String(other?.id) } });
        else if (!process.source.tree.warnings.some(({ element }) => element === flow))
          tell(process.source, flow, { code: "unsaid", params: { what: "sourceRef, targetRef" } });
        continue;
      }
      if (from.scope !== to.scope) {
        tell(process.source, flow, { code: "flow-leaves", params: { other: to.id } });
        continue;
      }
      const index = layout.flows.length;
      layout.flows.push({ index, element: flow, process, from: from.index, to: to.index });
      from.outgoing.push(index);
      to.incoming.push(index);
    }
  }

  function placeCalled(call: PlacedNode, way: readonly string[]): void {
    const found = findCalled(call, way);
    if (!found) return;
    const { source } = found;
    placeProcess({ ...found, prefix: `${call.id}/`, holder: call, way });
    // Its own faults are told where its own file is read; a file beside this one has no line here.
    if (source.tree === call.process.source.tree) return;
    layout.texts.push(found.text);
    others.push({ call, source });
  }

  placeProcess({ source, element: process, prefix: "", way: [] });
  attach(layout);
  return { ...layout, others };
}

function* containers(element: Element): Generator<Element> {
  yield element;
  for (const one of elements(element, "flowElements")) if (Array.isArray(one.flowElements)) yield* containers(one);
}

function attach({ nodes }: Layout): void {
  for (const node of nodes) {
    if (node.kind !== "boundary") continue;
    const { source, nodeOf } = node.process;
    const activity = nodeOf.get(node.element.attachedToRef as Element);
    if (activity && activity.scope === node.scope && ACTIVITIES.has(activity.kind)) activity.boundaries.push(node.index);
    else if (!source.tree.warnings.some(({ element }) => element === node.element))
      tell(source, node.element, { code: "stands-on-nothing" });
  }
}
