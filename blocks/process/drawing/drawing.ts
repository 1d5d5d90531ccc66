import { widthFor } from "./wrap.ts";

/** A diagram as it is drawn: what each shape is and where it stands, in pixels of the file; nothing of how a case runs. */
export interface Drawing {
  /** Id of the element the plane shows: a process, a collaboration, a sub-process. */
  readonly id: string;
  readonly name: string;
  readonly box: Box;
  /** In the order they are painted: what holds others comes first. */
  readonly shapes: readonly Shape[];
  readonly edges: readonly Edge[];
  /** Whether the places are those of the file, or ours. */
  readonly fromFile: boolean;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Figure =
  | "pool"
  | "lane"
  | "activity"
  | "event"
  | "gateway"
  | "object"
  | "store"
  | "note"
  | "group"
  | "message"
  | "other";

export type TaskKind = "task" | "user" | "manual" | "service" | "rule" | "send" | "receive" | "script";
export type SubProcessKind = "sub-process" | "event-sub-process" | "ad-hoc" | "transaction" | "call";
export type EventPlace = "start" | "catch" | "throw" | "boundary" | "end";
export type Trigger =
  | "none"
  | "message"
  | "timer"
  | "error"
  | "escalation"
  | "cancel"
  | "compensation"
  | "conditional"
  | "link"
  | "signal"
  | "terminate"
  | "multiple"
  | "all";
export type GatewayKind = "exclusive" | "parallel" | "inclusive" | "complex" | "event" | "event-start" | "event-all";
export type Mark = "many" | "many-sequential" | "loop" | "compensation" | "ad-hoc" | "collapsed";

/** What a shape is, as far as its drawing goes. */
export type Look =
  | { readonly figure: "activity"; readonly task?: TaskKind; readonly holds?: SubProcessKind; readonly marks: readonly Mark[] }
  | { readonly figure: "event"; readonly place: EventPlace; readonly trigger: Trigger; readonly interrupting: boolean }
  | { readonly figure: "gateway"; readonly gateway: GatewayKind; readonly marked: boolean }
  | { readonly figure: "pool" | "lane"; readonly across: boolean; readonly many: boolean }
  | { readonly figure: "object"; readonly way: "none" | "input" | "output"; readonly many: boolean }
  | { readonly figure: "store" | "note" | "group" | "message" | "other" };

export interface Shape {
  /** Id of the element, the one its marks are known by. */
  readonly id: string;
  readonly name: string;
  readonly look: Look;
  readonly box: Box;
  /** Where the file puts the name; else it stands where the figure wants it. */
  readonly label?: Box;
  /** Shape it lies in: a lane, a pool, a sub-process. */
  readonly parent?: string;
  /** Activity a boundary event stands on. */
  readonly attachedTo?: string;
  /** Whether its inside is drawn. */
  readonly expanded?: boolean;
}

export type Line = "flow" | "message" | "association" | "data";

export interface Edge {
  readonly id: string;
  readonly name: string;
  readonly line: Line;
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
  readonly label?: Box;
  readonly arrow: "none" | "end" | "both";
  /** Begins with a diamond (a condition) or a slash (the default). */
  readonly begins?: "condition" | "default";
}

/** Nodes of the flow: what a token can stand at. */
export const isNode = (shape: Shape): boolean => ["activity", "event", "gateway"].includes(shape.look.figure);

/** The smallest box around all of it, with some air. */
export function around(boxes: readonly Box[], air: number): Box {
  let [left, top, right, bottom] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const { x, y, width, height } of boxes) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  if (!Number.isFinite(left)) return { x: 0, y: 0, width: 2 * air, height: 2 * air };
  return { x: left - air, y: top - air, width: right - left + 2 * air, height: bottom - top + 2 * air };
}

export const pointBox = ({ x, y }: Point): Box => ({ x, y, width: 0, height: 0 });

/** The same diagram with every id under a name: a called process within the one that calls it. */
export function within(drawing: Drawing, name: string): Drawing {
  const under = <Part extends { id: string }>(part: Part): Part => ({ ...part, id: name + part.id });
  return {
    ...drawing,
    shapes: drawing.shapes.map((shape) => ({
      ...under(shape),
      ...(shape.parent !== undefined && { parent: name + shape.parent }),
      ...(shape.attachedTo !== undefined && { attachedTo: name + shape.attachedTo }),
    })),
    edges: drawing.edges.map((edge) => ({ ...under(edge), from: name + edge.from, to: name + edge.to })),
  };
}

/** A name without a place of its own hangs below an event, a gateway or a thing of data, wider than they are. */
export function hanging({ name, label, look, box }: Shape): Box[] {
  if (name === "" || label || !["event", "gateway", "object", "store"].includes(look.figure)) return [];
  const width = widthFor(name, 96);
  return [{ x: box.x + (box.width - width) / 2, y: box.y + box.height, width, height: 32 }];
}
