import type { Translate } from "@kerege/kernel/locale";
import type { VNode } from "preact";
import type { Mark } from "./draw.tsx";
import { type Drawing, isNode, type Shape } from "./drawing.ts";

/** One step of a diagram in words. */
export interface OutlineStep {
  readonly id: string;
  readonly name: string;
  readonly shape: Shape;
  /** Lane, sub-process or activity it belongs to. */
  readonly within?: string;
  readonly next: readonly { readonly id: string; readonly name: string; readonly by: string }[];
}

/** What a diagram shows, in the order a case goes through it: breadth first from where it begins. */
export function outlineOf(drawing: Drawing, nameOf: (id: string, name: string) => string = (_, name) => name): OutlineStep[] {
  const byId = new Map(drawing.shapes.map((shape) => [shape.id, shape]));
  const named = ({ id, name }: { id: string; name: string }) => nameOf(id, name);
  const flows = drawing.edges.filter(({ line }) => line === "flow");
  const nodes = drawing.shapes.filter(isNode);
  const entered = new Set(flows.map(({ to }) => to));
  const leaving = Map.groupBy(flows, ({ from }) => from);
  const standing = Map.groupBy(nodes, ({ attachedTo }) => attachedTo ?? "");
  const rank = (shape: Shape) => (isStart(shape) ? 0 : shape.attachedTo !== undefined || entered.has(shape.id) ? 2 : 1);
  const order = new Set<Shape>();
  const queue = [...nodes].sort((a, b) => rank(a) - rank(b) || a.box.x - b.box.x || a.box.y - b.box.y);
  const waiting: Shape[] = [];
  for (const start of queue) {
    waiting.push(start);
    for (let at = waiting.shift(); at; at = waiting.shift()) {
      if (order.has(at)) continue;
      order.add(at);
      for (const { to } of leaving.get(at.id) ?? []) if (byId.has(to)) waiting.push(byId.get(to)!);
      waiting.push(...(standing.get(at.id) ?? []));
    }
  }
  return [...order].map((shape) => {
    const holder = byId.get(shape.attachedTo ?? shape.parent ?? "");
    return {
      id: shape.id,
      name: named(shape),
      shape,
      ...(holder && named(holder) !== "" && { within: named(holder) }),
      next: (leaving.get(shape.id) ?? [])
        .filter(({ to }) => byId.has(to))
        .map((flow) => ({ id: flow.to, name: named(byId.get(flow.to)!), by: named(flow) })),
    };
  });
}

const isStart = ({ look }: Shape) => look.figure === "event" && look.place === "start";

/** What kind of step it is, as a key under `process.drawing.kinds`. */
export function kindOf({ look }: Shape): string {
  if (look.figure === "activity") return look.holds ?? look.task ?? "task";
  if (look.figure === "gateway") return `gateway-${look.gateway}`;
  if (look.figure === "event") return `event-${look.place}`;
  return "other";
}

/** A name, or the kind of step where the drawing gives it none. */
export const stepName = (t: Translate, step: { name: string; shape: Shape }): string =>
  step.name || t(`process.drawing.kinds.${kindOf(step.shape)}`);

/** The diagram for who does not see it, and for paper: an ordered list of its steps with what happened to each. */
export function StepList({
  steps,
  t,
  nodes,
}: {
  steps: readonly OutlineStep[];
  t: Translate;
  nodes?: ReadonlyMap<string, Mark>;
}): VNode {
  const place = new Map(steps.map((step, index) => [step.id, index + 1]));
  return (
    <ol class="drawing-steps">
      {steps.map((step) => {
        const mark = nodes?.get(step.id);
        const kind = t(`process.drawing.kinds.${kindOf(step.shape)}`);
        const trigger =
          step.shape.look.figure === "event" && step.shape.look.trigger !== "none"
            ? t(`process.drawing.triggers.${step.shape.look.trigger}`)
            : "";
        return (
          <li>
            <b>{step.name || kind}</b>
            {mark?.state && (
              <span class={`drawing-state ${mark.state}`}>
                {" "}
                {t(`process.drawing.states.${mark.state}`)}
                {mark.count !== undefined && mark.count > 1 && ` × ${mark.count}`}
              </span>
            )}
            {mark && mark.state === undefined && mark.count !== undefined && (
              <span class="drawing-state now"> {t("process.drawing.cases-here", { count: mark.count })}</span>
            )}
            <small>
              {[step.name === "" ? "" : kind, trigger, step.within ?? ""].filter(Boolean).join(" · ")}
              {step.next.length > 0 && (
                <>
                  {" "}
                  {t("process.drawing.then")}{" "}
                  {step.next
                    .map(({ id, by }) => {
                      const target = steps[(place.get(id) ?? 1) - 1]!;
                      const name = `${place.get(id)}. ${stepName(t, target)}`;
                      return by === "" ? name : `${by}: ${name}`;
                    })
                    .join("; ")}
                </>
              )}
            </small>
          </li>
        );
      })}
    </ol>
  );
}
