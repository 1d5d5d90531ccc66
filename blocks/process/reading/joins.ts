import type { Node } from "../engine/model.ts";
import { following, type Graph } from "./graph.ts";

export interface Mismatch {
  readonly at: Node;
  readonly split: Node;
  readonly code: "deadlock" | "double";
}

/** Where a flow comes from: the last split before it, and by which of its ways. */
interface Origin {
  readonly split: number;
  readonly way: number;
}

/**
 * Splits joined by the wrong gateway, where that is sure: a choice of one way joined by a gateway that waits for all never goes on, ways that
 * all run joined by a gateway that waits for none run twice what follows. Blocks that are split and joined by the same kind count as one step.
 */
export function findMismatches(graph: Graph): Mismatch[] {
  const tracing = new Tracing(graph);
  const found: Mismatch[] = [];
  for (const node of graph.nodes) {
    if (node.incoming.length < 2) continue;
    const mismatch = mismatchAt(graph, tracing, node);
    if (mismatch) found.push(mismatch);
  }
  return found;
}

function mismatchAt(graph: Graph, tracing: Tracing, node: Node): Mismatch | undefined {
  const origins = node.incoming.map((flow) => tracing.origin(flow));
  for (const [index, one] of origins.entries()) {
    const other = origins
      .slice(index + 1)
      .find((candidate) => one && candidate && candidate.split === one.split && candidate.way !== one.way);
    if (!one || !other) continue;
    const split = graph.nodes[one.split]!;
    if (node.kind === "parallel" && choosesOne(split) && !comesAgain(graph, split, node))
      return { at: node, split, code: "deadlock" };
    if (mergesAnyway(node) && splitsAll(graph, split)) return { at: node, split, code: "double" };
  }
  return undefined;
}

const choosesOne = (node: Node) => node.kind === "exclusive" || node.kind === "event-based";

/** Ways that all run: a parallel gateway, or several flows without a condition out of a step. */
function splitsAll({ flows }: Graph, node: Node): boolean {
  if (node.kind === "parallel") return true;
  if (node.kind === "exclusive" || node.kind === "inclusive" || node.kind === "complex" || node.kind === "event-based")
    return false;
  return node.outgoing.every((index) => !flows[index]!.condition && index !== node.default);
}

/** Each token that comes goes on alone; several that end at one end event do no harm. */
const mergesAnyway = (node: Node) => !["parallel", "inclusive", "complex", "end"].includes(node.kind) && node.startQuantity === 1;

/** Whether the split can be come to again before the join let go: then the other way may still run later. */
function comesAgain(graph: Graph, split: Node, join: Node): boolean {
  const seen = new Set<number>([join.index]);
  const open = following(graph, split);
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (index === split.index) return true;
    if (seen.has(index)) continue;
    seen.add(index);
    open.push(...following(graph, graph.nodes[index]!));
  }
  return false;
}

class Tracing {
  readonly graph: Graph;
  readonly known = new Map<number, Origin | undefined>();

  constructor(graph: Graph) {
    this.graph = graph;
  }

  /** Follows a flow back to the split it comes from; undefined where ways of different splits met, or there is none. */
  origin(flow: number): Origin | undefined {
    const { nodes, flows } = this.graph;
    const way: number[] = [];
    let at: number | undefined = flow;
    let found: Origin | undefined;
    while (at !== undefined) {
      if (this.known.has(at)) {
        found = this.known.get(at);
        break;
      }
      // Until it is known: a ring leads to no split.
      this.known.set(at, undefined);
      way.push(at);
      const from: Node = nodes[flows[at]!.from]!;
      if (from.outgoing.length > 1) {
        found = { split: from.index, way: at };
        break;
      }
      at = from.incoming.length === 1 ? from.incoming[0] : this.beforeBlock(from);
    }
    for (const one of way) this.known.set(one, found);
    return found;
  }

  /** The flow into a block that ends at this join, where all its ways come from one split of the same kind. */
  beforeBlock(join: Node): number | undefined {
    const { nodes } = this.graph;
    if (join.incoming.length < 2) return undefined;
    const origins = join.incoming.map((flow) => this.origin(flow));
    const first = origins[0];
    if (!first || !origins.every((one) => one?.split === first.split)) return undefined;
    const split = nodes[first.split]!;
    const ways = new Set(origins.map((one) => one!.way));
    const all = join.kind === "parallel";
    const matches = all ? splitsAll(this.graph, split) : choosesOne(split) && join.kind !== "inclusive";
    if (!matches || ways.size !== join.incoming.length || (all && ways.size !== split.outgoing.length)) return undefined;
    return split.incoming.length === 1 ? split.incoming[0] : this.beforeBlock(split);
  }
}
