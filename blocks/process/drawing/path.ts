import type { HistoryEvent, State } from "../engine/state.ts";
import type { Mark, MarkState } from "./draw.tsx";

/** Where a case has been and where it is, for `drawProcess`. */
export interface CasePath {
  readonly nodes: ReadonlyMap<string, Mark>;
  readonly flows: ReadonlyMap<string, Mark>;
}

const AFTER: Partial<Record<HistoryEvent["kind"], MarkState>> = {
  done: "passed",
  decided: "passed",
  caught: "passed",
  thrown: "passed",
  ended: "passed",
  terminated: "passed",
  compensated: "passed",
  skipped: "skipped",
  interrupted: "stopped",
};

/** The path a case took by its record; where it stands now is said by its state. */
export function pathOf(events: readonly HistoryEvent[], state: State | undefined): CasePath {
  const left = new Map<string, { state?: MarkState; entered: boolean; done: number }>();
  const flows = new Map<string, number>();
  const at = (node: string) => {
    const known = left.get(node) ?? { entered: false, done: 0 };
    left.set(node, known);
    return known;
  };
  for (const event of events) {
    // A flow is named where something comes in by it: at a node that is entered, or at a join that takes it and still waits.
    if (event.flow !== undefined) flows.set(event.flow, (flows.get(event.flow) ?? 0) + 1);
    if (event.node === undefined) continue;
    const after = AFTER[event.kind];
    if (event.kind === "entered") at(event.node).entered = true;
    if (after) {
      const known = at(event.node);
      known.state = after;
      if (after === "passed" && event.said?.whole !== true) known.done++;
    }
  }
  const nodes = new Map<string, Mark>();
  for (const [node, { state: last, entered, done }] of left) {
    // Gateways and the like pass a token on in the step it came in: there is nothing more to say of them.
    const shown = last ?? (entered ? "passed" : undefined);
    if (shown) nodes.set(node, { state: shown, count: Math.max(done, 1) });
  }
  const open = state && (state.status === "running" || state.status === "suspended") ? state.tokens : [];
  for (const { node, waits } of open) {
    // A step nobody drew stands at no place of the diagram.
    if (node === "") continue;
    const before = nodes.get(node);
    const failed = waits.for === "incident" || (before?.state === "failed" && open.some((one) => one.node === node));
    nodes.set(node, { state: failed ? "failed" : "now", count: open.filter((token) => token.node === node).length });
  }
  return { nodes, flows: new Map([...flows].map(([flow, count]) => [flow, { state: "passed" as const, count }])) };
}
