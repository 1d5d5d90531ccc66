import type { Expression, Flow, Model, Node } from "../engine/model.ts";
import type { Mark } from "./draw.tsx";

/** What a node or a flow says differently. */
export type Aspect = "name" | "kind" | "place" | "way" | "work" | "event" | "repeat" | "condition" | "mapping";

export interface Difference {
  readonly id: string;
  readonly of: "node" | "flow";
  readonly name: string;
  readonly kind: "added" | "removed" | "changed";
  readonly aspects: readonly Aspect[];
}

/** What an edition says otherwise than another one, by ids of elements: steps first, in the order of the newer one. */
export function differencesOf(before: Model, after: Model): Difference[] {
  return [
    ...differ({ of: "node", before: nodesOf(before), after: nodesOf(after) }),
    ...differ({ of: "flow", before: flowsOf(before), after: flowsOf(after) }),
  ];
}

/** Marks for the drawing of either edition. */
export function marksOf(
  differences: readonly Difference[],
  side: "before" | "after",
): { nodes: Map<string, Mark>; flows: Map<string, Mark> } {
  const shown = differences.filter(({ kind }) => kind === "changed" || kind === (side === "before" ? "removed" : "added"));
  const of = (which: Difference["of"]) =>
    new Map(shown.filter((one) => one.of === which).map(({ id, kind }) => [id, { state: kind }]));
  return { nodes: of("node"), flows: of("flow") };
}

type Said = { name: string; aspects: Record<string, string> };

function differ(given: {
  of: Difference["of"];
  before: ReadonlyMap<string, Said>;
  after: ReadonlyMap<string, Said>;
}): Difference[] {
  const { of, before, after } = given;
  const found: Difference[] = [];
  for (const [id, { name, aspects }] of after) {
    const old = before.get(id);
    if (!old) found.push({ id, of, name, kind: "added", aspects: [] });
    else {
      const changed = Object.keys(aspects).filter((aspect) => aspects[aspect] !== old.aspects[aspect]) as Aspect[];
      if (changed.length > 0) found.push({ id, of, name, kind: "changed", aspects: changed });
    }
  }
  for (const [id, { name }] of before) if (!after.has(id)) found.push({ id, of, name, kind: "removed", aspects: [] });
  return found;
}

function nodesOf(model: Model): Map<string, Said> {
  return new Map(
    model.nodes.map((node) => [
      node.id,
      {
        name: node.name,
        aspects: {
          name: node.name,
          kind: said([
            node.kind,
            node.interrupting,
            node.forCompensation,
            node.waitsForAll,
            node.instantiates,
            node.parallelMultiple,
          ]),
          place: said([holderOf(model, node), node.attachedTo === undefined ? "" : model.nodes[node.attachedTo]!.id]),
          work: said(node.work ?? null),
          event: said(node.events),
          repeat: said(node.repeat ?? null),
          mapping: said([node.input ?? null, node.output ?? null]),
        },
      },
    ]),
  );
}

function holderOf(model: Model, { scope }: Node): string {
  const node = model.scopes[scope]?.node;
  return node === undefined ? "" : model.nodes[node]!.id;
}

function flowsOf(model: Model): Map<string, Said> {
  const isDefault = (flow: Flow) => model.nodes[flow.from]!.default === flow.index;
  return new Map(
    model.flows.map((flow) => [
      flow.id,
      {
        name: flow.name,
        aspects: {
          name: flow.name,
          way: said([model.nodes[flow.from]!.id, model.nodes[flow.to]!.id]),
          condition: said([flow.condition ?? null, isDefault(flow)]),
        },
      },
    ]),
  );
}

/** Everything said as text; an expression is what is written, a decision what it is called. */
function said(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "function") return undefined;
    return isExpression(part) ? part.text : part;
  });
}

const isExpression = (value: unknown): value is Expression =>
  typeof value === "object" && value !== null && "evaluate" in value && "text" in value;
