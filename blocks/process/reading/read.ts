import { createHash } from "node:crypto";
import type { Expression, Flow, Model, Node, Scope } from "../engine/model.ts";
import type { Bindings, ReadFault } from "./bindings.ts";
import { ACTIVITIES, checkElements, EVENTS } from "./elements.ts";
import { positionOf, readEvents } from "./events.ts";
import { compile, expressionOf, textOf } from "./expression.ts";
import { checkForm } from "./form.ts";
import { checkGraph } from "./graph.ts";
import { type Layout, layOut, type PlacedFlow, type PlacedNode, type PlacedScope } from "./layout.ts";
import { isValue, namesOf } from "./names.ts";
import { readRepeat } from "./repeat.ts";
import { openSource, own, type Source, tell, walk } from "./source.ts";
import { type Element, element, elements, flag, words } from "./tree.ts";
import { isName, readFlowOfData, readWork } from "./work.ts";

export type { Bindings, ReadFault } from "./bindings.ts";

export type ReadModel =
  | { readonly ok: true; readonly model: Model }
  | { readonly ok: false; readonly faults: readonly ReadFault[] };

/**
 * Reads a process (BPMN 2.0.2, ISO/IEC 19510) for the interpreter, or says all that is wrong with it, in the order of the file. What
 * cannot be carried out is a fault, never passed over. Never throws for what is in a file.
 */
export function readModel(xml: string, bindings: Bindings): ReadModel {
  const source = openSource(xml, bindings);
  if (!("tree" in source)) return { ok: false, faults: source };
  checkElements(source);
  const process = chooseProcess(source);
  if (!process) return failed(source);
  const layout = layOut(source, process, (one, element) => ({ ...one, names: namesOf(one, element) }));
  if (layout.nodes.length === 0) tell(source, process, { code: "empty" });
  const { nodes, flows, scopes } = build(layout);
  checkForm(layout, nodes);
  for (const { call, source: other } of layout.others) {
    if (other.faults.length === 0) continue;
    const circle = other.faults.find(({ code }) => code === "calls-itself");
    const process = String(call.element.calledElement);
    tell(call.process.source, call.element, {
      code: circle ? "calls-itself" : "calls-faulty",
      params: circle ? { way: circle.params.way ?? process } : { process },
    });
  }
  if (!bindings.foreign && source.faults.every(({ code }) => LEAVES_THE_GRAPH.has(code)))
    checkGraph(layout, { nodes, flows, scopes });
  if (source.faults.length > 0) return failed(source);
  const model: Model = {
    process: bindings.as?.process ?? String(process.id),
    name: bindings.as?.name ?? words(process, "name") ?? String(process.id),
    hash: hashOf([xml, bindings.as?.process ?? String(process.id), bindings.bound ?? "", ...layout.texts]),
    nodes,
    flows,
    scopes,
    nodeOf: new Map(nodes.map((node) => [node.id, node.index])),
    calendar: bindings.calendar,
    ...(flag(process, "repairByTwo") && { repairByTwo: true }),
  };
  return { ok: true, model };
}

/** Faults within a step or a flow: what leads where is known all the same, so that all faults are told at once. */
const LEAVES_THE_GRAPH: ReadonlySet<string> = new Set([
  "feel",
  "endless",
  "not-a-condition",
  "not-feel",
  "timer-not-iso",
  "no-role",
  "unknown-name",
  "name-bad",
  "number",
]);

function failed(source: Source): ReadModel {
  return { ok: false, faults: [...source.faults].sort((a, b) => a.line - b.line || a.column - b.column) };
}

function hashOf(texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}\n`).update(text);
  return hash.digest("hex");
}

/** The one to be carried out: named, or alone, or the one that no other of the file calls. */
function chooseProcess(source: Source): Element | undefined {
  const { tree, bindings } = source;
  const all = elements(tree.root, "rootElements").filter(
    (one) => one.$type === "bpmn:Process" && elements(one, "flowElements").length > 0,
  );
  const told = (at: Element, code: string, params: Record<string, string> = {}): undefined => {
    tell(source, at, { code, params });
  };
  if (bindings.process !== undefined) {
    const named = all.find(({ id }) => id === bindings.process);
    if (!named)
      return told(tree.root, "unknown-name", {
        what: "process",
        name: bindings.process,
        known: all.map(({ id }) => id).join(", ") || "—",
      });
    return named.isExecutable === false ? told(named, "not-executable") : named;
  }
  const executable = all.filter((one) => one.isExecutable === true);
  const candidates = executable.length > 0 ? executable : all.filter((one) => one.isExecutable !== false);
  const called = new Set(
    candidates.flatMap((one) => [...walk(one)].map((inner) => words(inner, "calledElement")?.replace(/^.*:/, "") ?? "")),
  );
  const uncalled = candidates.length > 1 ? candidates.filter(({ id }) => !called.has(id ?? "")) : candidates;
  if (uncalled.length === 1) return uncalled[0];
  if (candidates.length === 0) return told(all[0] ?? tree.root, all.length > 0 ? "not-executable" : "no-process");
  return told((uncalled[1] ?? candidates[1])!, uncalled.length === 0 ? "calls-itself" : "several-processes", {
    way: candidates.map(({ id }) => id).join(" → "),
  });
}

function build(layout: Layout): { nodes: Node[]; flows: Flow[]; scopes: Scope[] } {
  const lanes = lanesOf(layout);
  const compensations = compensationsOf(layout);
  const nodes = layout.nodes.map((placed) =>
    buildNode(layout, placed, { lane: lanes.get(placed.element), compensatedBy: compensations.get(placed.index) }),
  );
  return {
    nodes,
    flows: layout.flows.map((placed) => buildFlow(layout, placed)),
    scopes: layout.scopes.map((placed) => buildScope(layout, placed, nodes)),
  };
}

function buildNode(layout: Layout, placed: PlacedNode, found: { lane?: string; compensatedBy?: number }): Node {
  const { index, id, element: at, kind, scope, process, incoming, outgoing, boundaries, inner } = placed;
  const { source, prefix } = process;
  const holder = layout.scopes[scope]!.node;
  const isEvent = EVENTS.has(kind);
  const isActivity = ACTIVITIES.has(kind);
  const events = isEvent
    ? readEvents(source, at, {
        position: positionOf(kind, holder === undefined ? undefined : layout.nodes[holder]!.kind),
        prefix,
      })
    : [];
  const work = isActivity ? readWork({ source, task: at, kind, prefix, lane: found.lane }) : undefined;
  const repeat = isActivity ? readRepeat(source, at) : undefined;
  const activation = kind === "complex" ? activationOf(source, at) : undefined;
  const defaultFlow = layout.flows.find((flow) => flow.from === index && flow.element === at.default)?.index;
  if (at.default && defaultFlow === undefined)
    tell(source, at, { code: "default-elsewhere", params: { flow: String((at.default as Element).id) } });
  const attachedTo = kind === "boundary" ? process.nodeOf.get(at.attachedToRef as Element)?.index : undefined;
  return {
    index,
    id,
    name: words(at, "name") ?? "",
    kind,
    scope,
    incoming,
    outgoing,
    ...(defaultFlow !== undefined && { default: defaultFlow }),
    boundaries,
    ...(attachedTo !== undefined && { attachedTo }),
    interrupting: kind === "boundary" ? at.cancelActivity !== false : kind === "start" ? at.isInterrupting !== false : true,
    events,
    parallelMultiple: flag(at, "parallelMultiple"),
    ...(inner !== undefined && { inner }),
    ...(repeat && { repeat }),
    ...(found.compensatedBy !== undefined && { compensatedBy: found.compensatedBy }),
    forCompensation: flag(at, "isForCompensation"),
    instantiates: flag(at, "instantiate"),
    waitsForAll: at.eventGatewayType === "Parallel",
    startQuantity: quantity(source, at, "startQuantity"),
    completionQuantity: quantity(source, at, "completionQuantity"),
    ...(activation && { activation }),
    ...(work && { work }),
    ...(isActivity || isEvent ? readFlowOfData(source, at) : {}),
  };
}

function activationOf(source: Source, at: Element): Expression | undefined {
  const condition = element(at, "activationCondition");
  if (textOf(source, condition)) return expressionOf(source, condition, "boolean");
  // A complex gateway that only splits waits for nothing.
  const coming = elements(at, "incoming").length;
  if (coming > 1) tell(source, at, { code: "unsaid", params: { what: "activationCondition" } });
  return undefined;
}

function quantity(source: Source, at: Element, property: string): number {
  const value = at[property];
  if (value === undefined) return 1;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number;
  tell(source, at, { code: "number", params: { what: property, limit: 1000 } });
  return 1;
}

function buildFlow(layout: Layout, placed: PlacedFlow): Flow {
  const { index, element: at, process, from, to } = placed;
  const { source, prefix } = process;
  const isDefault = layout.nodes[from]!.element.default === at;
  const condition = isDefault ? undefined : expressionOf(source, element(at, "conditionExpression"), "boolean");
  return {
    index,
    id: prefix + (at.id ?? String(index)),
    name: words(at, "name") ?? "",
    from,
    to,
    ...(condition && { condition }),
  };
}

function buildScope(layout: Layout, placed: PlacedScope, nodes: readonly Node[]): Scope {
  const { index, kind, element: at, process, node, parent } = placed;
  const { source } = process;
  const own = placed.nodes.map((one) => nodes[one]!);
  const starts = own.filter((one) => one.kind === "start");
  const plain = starts.filter((one) => one.events.length === 0);
  // Starts with a trigger are told apart by the trigger; they stand here only where nothing else begins the scope.
  const begins =
    starts.length > 0
      ? plain.length > 0
        ? plain
        : starts
      : own.filter((one) => one.incoming.length === 0 && beginsByItself(one, layout));
  const completion = kind === "ad-hoc" ? expressionOf(source, element(at, "completionCondition"), "boolean") : undefined;
  return {
    index,
    kind,
    ...(node !== undefined && { node }),
    ...(parent !== undefined && { parent }),
    nodes: placed.nodes,
    starts: begins.map((one) => one.index),
    eventSubProcesses: own.filter((one) => one.kind === "event-sub-process").map((one) => one.index),
    ...(kind === "ad-hoc" && {
      adHoc: {
        sequential: at.ordering === "Sequential",
        // The standard lets each engine choose who begins the steps; ours leaves it to officers unless the model says otherwise.
        auto: flag(at, "auto") || source.bindings.foreign === true,
        ...(completion && { completion }),
        cancelRemaining: at.cancelRemainingInstances !== false,
      },
    }),
    variables: variablesOf(source, at),
  };
}

function beginsByItself(node: Node, layout: Layout): boolean {
  if (node.kind === "boundary" || node.kind === "event-sub-process" || node.forCompensation || node.instantiates) return false;
  return !(
    node.kind === "catch" &&
    layout.nodes[node.index]!.element.eventDefinitions !== undefined &&
    node.events.some((event) => event.kind === "link")
  );
}

/** Variables begin with what stands at them: properties, data objects that are given a value, and our own declarations. */
function variablesOf(source: Source, at: Element): Scope["variables"] {
  const variables: Record<string, Expression | undefined> = {};
  const drawn = [...elements(at, "properties"), ...elements(at, "flowElements")].filter(isValue);
  for (const value of [...drawn, ...own(at, "Variable")]) {
    const name = words(value, "name");
    const text = words(value, "from");
    if (!name || !isName(name)) continue;
    if (text) variables[name] = compile({ source, at: value.id ? value : at, text });
    else if (value.$type === "bpmn:Property") variables[name] = undefined;
  }
  return variables;
}

/** Who a lane is for: its role, else its name; the innermost lane says. */
function lanesOf({ scopes }: Layout): Map<Element, string> {
  const roles = new Map<Element, string>();
  const enter = (set: Element | undefined, outer: string | undefined) => {
    for (const lane of elements(set, "lanes")) {
      const role = words(lane, "role") ?? words(lane, "name") ?? outer;
      if (role) for (const node of elements(lane, "flowNodeRef")) roles.set(node, role);
      enter(element(lane, "childLaneSet"), role);
    }
  };
  for (const { element: at } of scopes) for (const set of elements(at, "laneSets")) enter(set, undefined);
  // Steps inside a sub-process belong to the lane the sub-process lies in.
  for (const { element: at } of scopes) {
    const role = roles.get(at);
    if (role) for (const inner of elements(at, "flowElements")) if (!roles.has(inner)) roles.set(inner, role);
  }
  return roles;
}

/** Activities with what undoes them: an association from the compensation event that stands on them to the activity for compensation. */
function compensationsOf(layout: Layout): Map<number, number> {
  const undone = new Map<number, number>();
  for (const { element: at, process } of layout.scopes) {
    for (const association of elements(at, "artifacts")) {
      const from = process.nodeOf.get(association.sourceRef as Element);
      const to = process.nodeOf.get(association.targetRef as Element);
      const [event, handler] = from?.kind === "boundary" ? [from, to] : [to, from];
      if (event?.kind !== "boundary" || !handler || !flag(handler.element, "isForCompensation")) continue;
      const activity = process.nodeOf.get(event.element.attachedToRef as Element);
      if (activity) undone.set(activity.index, handler.index);
    }
  }
  return undone;
}
