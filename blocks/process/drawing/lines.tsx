import type { VNode } from "preact";
import type { Edge, Point } from "./drawing.ts";
import { Lines, round } from "./figures.tsx";
import { lineHeight, wrap } from "./wrap.ts";

const CORNER = 6;

/** The line of an edge with its ends (BPMN 2.0.2, 7.5 to 7.7): a flow is whole, a message dashed, an association dotted. */
export function EdgeLine({ edge }: { edge: Edge }): VNode {
  const { points, line, arrow, begins } = edge;
  const [first, second] = [points[0]!, points[1]!];
  const [last, before] = [points.at(-1)!, points.at(-2)!];
  const open = line !== "flow";
  return (
    <>
      <path class={`line ${line}`} d={wayOf(points)} />
      {arrow !== "none" && (
        <path class={open ? (line === "message" ? "arrow open" : "arrow bare") : "arrow"} d={arrowAt(last, before)} />
      )}
      {arrow === "both" && <path class="arrow bare" d={arrowAt(first, second)} />}
      {line === "message" && <circle class="arrow open" cx={first.x} cy={first.y} r="4" />}
      {begins === "condition" && <path class="arrow open" d={diamondAt(first, second)} />}
      {begins === "default" && <path class="line flow" d={slashAt(first, second)} />}
    </>
  );
}

export function EdgeName({ edge, name }: { edge: Edge; name: string }): VNode | null {
  if (name.trim() === "") return null;
  const { label } = edge;
  if (label) {
    const wrapped = wrap(name, { width: Math.max(label.width + 14, 50), size: 11 });
    return <Lines wrapped={wrapped} x={label.x + label.width / 2} top={label.y} />;
  }
  const { at, along } = middleOf(edge.points);
  const wrapped = wrap(name, { width: 110, size: 11 });
  const height = wrapped.lines.length * lineHeight(11);
  // Beside an upright line, over a level one.
  return along === "down" ? (
    <Lines wrapped={wrapped} x={at.x + 5} top={at.y - height / 2} anchor="start" />
  ) : (
    <Lines wrapped={wrapped} x={at.x} top={at.y - height - 3} />
  );
}

/** A way with rounded corners. */
function wayOf(points: readonly Point[]): string {
  const parts = [`M${at(points[0]!)}`];
  for (let index = 1; index < points.length - 1; index++) {
    const [from, corner, to] = [points[index - 1]!, points[index]!, points[index + 1]!];
    const radius = Math.min(CORNER, distance(from, corner) / 2, distance(corner, to) / 2);
    parts.push(`L${at(toward(corner, from, radius))}Q${at(corner)} ${at(toward(corner, to, radius))}`);
  }
  parts.push(`L${at(points.at(-1)!)}`);
  return parts.join("");
}

const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`;
const distance = (a: Point, b: Point) => Math.hypot(b.x - a.x, b.y - a.y);

function toward(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to);
  return whole === 0 ? from : { x: from.x + ((to.x - from.x) * by) / whole, y: from.y + ((to.y - from.y) * by) / whole };
}

/** Drawn and not a marker: a marker cannot take the colour of its line in every browser. */
function arrowAt(tip: Point, from: Point): string {
  const back = toward(tip, from, 9);
  const [dx, dy] = [(tip.y - back.y) * 0.42, (back.x - tip.x) * 0.42];
  return `M${round(back.x + dx)} ${round(back.y + dy)}L${at(tip)}L${round(back.x - dx)} ${round(back.y - dy)}z`;
}

function diamondAt(start: Point, next: Point): string {
  const [half, end] = [toward(start, next, 8), toward(start, next, 16)];
  const [dx, dy] = [(half.y - start.y) * 0.6, (start.x - half.x) * 0.6];
  return `M${at(start)}L${round(half.x + dx)} ${round(half.y + dy)}L${at(end)}L${round(half.x - dx)} ${round(half.y - dy)}z`;
}

function slashAt(start: Point, next: Point): string {
  const [near, far] = [toward(start, next, 6), toward(start, next, 13)];
  const [dx, dy] = [((far.y - near.y) / 7) * 5, ((near.x - far.x) / 7) * 5];
  return `M${round(near.x + dx)} ${round(near.y + dy)}L${round(far.x - dx)} ${round(far.y - dy)}`;
}

/** The middle of the longest stretch. */
export function middleOf(points: readonly Point[]): { at: Point; along: "level" | "down" } {
  let best = { at: points[0]!, along: "level" as "level" | "down", length: -1 };
  for (let index = 1; index < points.length; index++) {
    const [a, b] = [points[index - 1]!, points[index]!];
    const length = distance(a, b);
    const along = Math.abs(b.x - a.x) >= Math.abs(b.y - a.y) ? "level" : "down";
    // A name reads best along a level stretch: an upright one has to be longer by half.
    const weight = along === "level" ? length : length / 1.5;
    if (weight > best.length) best = { at: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, along, length: weight };
  }
  return best;
}
