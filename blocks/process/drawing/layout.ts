import { around, type Box, type Drawing, type Edge, hanging, type Point, pointBox, type Shape } from "./drawing.ts";
import { type Element, many, one, text, typeOf } from "./element.ts";
import { STRIP } from "./figures.tsx";
import { type Layered, layer } from "./layers.ts";
import { lookOf, nameOf } from "./look.ts";
import { edgeOf, isFlowNode } from "./read.ts";

const AIR = 12;
const COLUMN_GAP = 56;
/** What a name below an event or a gateway takes. */
const NAME_BELOW = 34;
/** What boundary events and their ways take below an activity. */
const BOUNDARY_BELOW = 42;
/** A boundary event with its name to the left of it. */
const BOUNDARY_WIDE = 110;
const INSIDE = { left: 24, top: 40, right: 24, bottom: 24 };

/** What was laid out from 0, 0 to the right and down. */
interface Laid {
  width: number;
  height: number;
  shapes: Shape[];
  edges: Edge[];
}

interface Cell {
  element: Element;
  width: number;
  height: number;
  /** With what hangs below. */
  room: number;
  inner?: Laid;
  boundary: Element[];
}

/**
 * Places of our own for a process that no diagram shows: from left to right, in its lanes, every way around the shapes. Notes and things
 * of data are left out: only what a case goes through is drawn.
 */
export function layOut(process: Element): Drawing {
  const laid = layContainer(process);
  const boxes = [
    ...laid.shapes.map(({ box }) => box),
    ...laid.shapes.flatMap(hanging),
    ...laid.edges.flatMap(({ points }) => points.map(pointBox)),
  ];
  const box = around(boxes, AIR);
  return {
    id: process.id ?? "",
    name: nameOf(process),
    box,
    shapes: laid.shapes,
    edges: laid.edges,
    fromFile: false,
  };
}

function layContainer(container: Element): Laid {
  const elements = many(container, "flowElements");
  const hosted = Map.groupBy(
    elements.filter((each) => typeOf(each) === "BoundaryEvent"),
    (event) => one(event, "attachedToRef"),
  );
  const cells = elements
    .filter((each) => isFlowNode(each) && typeOf(each) !== "BoundaryEvent")
    .map((element) => cellOf(element, hosted.get(element) ?? []));
  const index = new Map<string, number>();
  for (const [at, { element, boundary }] of cells.entries())
    for (const one of [element, ...boundary]) index.set(one.id ?? "", at);
  const links = linksOf(container, elements, index);
  const joined = new Set(links.flatMap(({ from, to }) => [from, to]));
  const lanes = many(container, "laneSets").flatMap((set) => leaves(set));
  const band = bandsOf(lanes, cells);
  // What no flow touches (event sub-processes, steps of an ad-hoc one) stands in rows below the rest.
  const single = (at: number) => !joined.has(at) && lanes.length === 0 && cells.length > 1;
  const main = [...cells.keys()].filter((at) => !single(at));
  const place = new Map(main.map((at, position) => [at, position]));
  const layered = layer({
    nodes: main.map((at) => ({ height: cells[at]!.room, band: band[at]! })),
    links: links.map(({ from, to }) => ({ from: place.get(from)!, to: place.get(to)! })),
  });
  const laid = draw({ container, cells: main.map((at) => cells[at]!), links, layered, lanes });
  return below(
    laid,
    container,
    [...cells.keys()].filter(single).map((at) => cells[at]!),
  );
}

function cellOf(element: Element, boundary: Element[]): Cell {
  const type = typeOf(element);
  const named = nameOf(element) !== "" ? NAME_BELOW : 0;
  if (type.endsWith("Event")) return { element, width: 36, height: 36, room: 36 + 2 * named, boundary };
  if (type.endsWith("Gateway")) return { element, width: 50, height: 50, room: 50 + 2 * named, boundary };
  const inner = many(element, "flowElements").length > 0 && type !== "CallActivity" ? layContainer(element) : undefined;
  const width = inner ? Math.max(160, inner.width + INSIDE.left + INSIDE.right) : 120;
  const height = inner ? inner.height + INSIDE.top + INSIDE.bottom : 80;
  const hangs = boundary.length > 0 ? BOUNDARY_BELOW : 0;
  return {
    element,
    width: Math.max(width, boundary.length * BOUNDARY_WIDE + 10),
    height,
    room: height + 2 * hangs,
    boundary,
    ...(inner && { inner }),
  };
}

interface Link {
  from: number;
  to: number;
  edge: Omit<Edge, "points">;
  /** Boundary event it leaves from. */
  boundary?: string;
}

/** Flows, and what leads from a compensation event to the activity that undoes. */
function linksOf(container: Element, elements: readonly Element[], index: ReadonlyMap<string, number>): Link[] {
  const flows = elements.filter((each) => typeOf(each) === "SequenceFlow");
  const undoing = many(container, "artifacts").filter((each) => typeOf(each) === "Association");
  const boundaries = new Set(elements.filter((each) => typeOf(each) === "BoundaryEvent").map(({ id }) => id));
  return [...flows, ...undoing].flatMap((element) => {
    const edge = edgeOf(element);
    const [from, to] = [index.get(edge.from), index.get(edge.to)];
    if (from === undefined || to === undefined) return [];
    return [{ from, to, edge, ...(boundaries.has(edge.from) && { boundary: edge.from }) }];
  });
}

/** Lanes that hold no lanes, from above. */
function leaves(set: Element): Element[] {
  return many(set, "lanes").flatMap((lane) => {
    const inner = one(lane, "childLaneSet");
    return inner && many(inner, "lanes").length > 0 ? leaves(inner) : [lane];
  });
}

function bandsOf(lanes: readonly Element[], cells: readonly Cell[]): number[] {
  const laneOf = new Map(lanes.flatMap((lane, band) => many(lane, "flowNodeRef").map((node) => [node, band] as const)));
  return cells.map(({ element }) => laneOf.get(element) ?? 0);
}

interface Sketch {
  container: Element;
  cells: readonly Cell[];
  links: readonly Link[];
  layered: Layered;
  lanes: readonly Element[];
}

const LANE_AIR = 24;

function draw({ container, cells, links, layered, lanes }: Sketch): Laid {
  const strip = lanes.length > 0 ? STRIP + 24 : 0;
  const { lefts, widths, right } = columns(cells, { links, layered, strip });
  const air = lanes.length > 0 ? LANE_AIR : 0;
  const starts: number[] = [];
  let bottom = 0;
  for (const height of layered.bands) {
    starts.push(bottom + air);
    bottom += Math.max(height, lanes.length > 0 ? 80 : 0) + 2 * air;
  }
  const boxes = cells.map((cell, at): Box => {
    const column = layered.columns[at]!;
    const middle = starts[bandOf(lanes, cell)]! + layered.tops[at]! + cell.room / 2;
    return {
      x: lefts[column]! + (widths[column]! - cell.width) / 2,
      y: middle - cell.height / 2,
      width: cell.width,
      height: cell.height,
    };
  });
  const shapes = cells.flatMap((cell, at) =>
    shapesOf(cell, { box: boxes[at]!, parent: lanes[bandOf(lanes, cell)]?.id ?? container.id ?? "" }),
  );
  const byId = new Map(shapes.map((shape) => [shape.id, shape]));
  const tracks = createTracks(lefts, widths);
  let low = bottom + 14;
  const edges = links.map(({ edge, boundary }, index): Edge => {
    const way = layered.ways[index]!;
    const [from, to] = [byId.get(edge.from)!, byId.get(edge.to)!];
    if (way === "back") low += 12;
    const passes = way === "back" ? [] : way.map(({ column, middle, band }) => ({ column, y: starts[band]! + middle }));
    const columnsOfEnds = [columnAt(lefts, from.box), columnAt(lefts, to.box)] as const;
    return {
      ...edge,
      points: route({
        from,
        to,
        passes,
        columns: columnsOfEnds,
        tracks,
        boundary: boundary !== undefined,
        back: way === "back" ? low : undefined,
      }),
    };
  });
  const inner = cells.flatMap((cell, at) =>
    cell.inner ? shift(cell.inner, boxes[at]!.x + INSIDE.left, boxes[at]!.y + INSIDE.top).edges : [],
  );
  const height = Math.max(bottom, low > bottom + 14 ? low + 8 : 0);
  const rows = lanes.map((lane, band): Shape => {
    const top = starts[band]! - air;
    return {
      id: lane.id ?? "",
      name: text(lane, "name"),
      look: lookOf(lane, { expanded: true, across: true }),
      box: { x: 0, y: top, width: right + 24, height: (starts[band + 1] ?? bottom + air) - air - top },
    };
  });
  return { width: lanes.length > 0 ? right + 24 : right, height, shapes: [...rows, ...shapes], edges: [...edges, ...inner] };
}

function bandOf(lanes: readonly Element[], { element }: Cell): number {
  return Math.max(
    0,
    lanes.findIndex((lane) => many(lane, "flowNodeRef").includes(element)),
  );
}

function columns(cells: readonly Cell[], given: { links: readonly Link[]; layered: Layered; strip: number }) {
  const { layered, links, strip } = given;
  const count = Math.max(-1, ...layered.columns) + 1;
  const widths = Array.from({ length: count }, () => 36);
  for (const [at, { width }] of cells.entries()) widths[layered.columns[at]!] = Math.max(widths[layered.columns[at]!]!, width);
  // Named ways need room for the name, crowded gaps for their tracks.
  const gaps = Array.from({ length: count }, () => COLUMN_GAP);
  const position = new Map(cells.map(({ element }, at) => [element.id, at]));
  const crowd = Array.from({ length: count }, () => 0);
  for (const { edge } of links) {
    const at = position.get(edge.from);
    const column = at === undefined ? undefined : layered.columns[at];
    if (column === undefined) continue;
    crowd[column]!++;
    if (edge.name !== "") gaps[column] = Math.max(gaps[column]!, Math.min(140, 70 + edge.name.length * 3));
  }
  const lefts: number[] = [];
  let left = strip;
  for (let column = 0; column < count; column++) {
    lefts.push(left);
    left += widths[column]! + Math.max(gaps[column]!, 20 + crowd[column]! * 8);
  }
  const right = count === 0 ? strip : lefts[count - 1]! + widths[count - 1]!;
  return { lefts, widths, right };
}

function columnAt(lefts: readonly number[], box: Box): number {
  let column = 0;
  while (column + 1 < lefts.length && lefts[column + 1]! <= box.x + box.width / 2) column++;
  return column;
}

interface Tracks {
  /** A place in the gap right of a column that no other way takes. */
  after(column: number): number;
}

function createTracks(lefts: readonly number[], widths: readonly number[]): Tracks {
  const used = lefts.map(() => 0);
  return {
    after(column) {
      if (column < 0) return (lefts[0] ?? 0) - 14;
      const from = lefts[column]! + widths[column]!;
      const to = lefts[column + 1] ?? from + COLUMN_GAP;
      const turn = used[column]!++;
      return from + 14 + ((turn * 8) % Math.max(8, to - from - 34));
    },
  };
}

interface Way {
  from: Shape;
  to: Shape;
  passes: readonly { column: number; y: number }[];
  columns: readonly [number, number];
  tracks: Tracks;
  boundary: boolean;
  /** How low it goes round where it leads back. */
  back: number | undefined;
}

function route({ from, to, passes, columns: [first, last], tracks, boundary, back }: Way): Point[] {
  const end: Point = { x: to.box.x, y: to.box.y + to.box.height / 2 };
  const points: Point[] = [];
  if (boundary) {
    const x = from.box.x + from.box.width / 2;
    const bottom = from.box.y + from.box.height;
    // Straight down to where it goes on, where that is still in the room kept below the activity.
    const wished = passes[0]?.y ?? end.y;
    points.push(
      { x, y: bottom },
      { x, y: wished >= bottom + 8 && wished <= bottom + BOUNDARY_BELOW - 24 ? wished : bottom + 14 },
    );
  } else points.push({ x: from.box.x + from.box.width, y: from.box.y + from.box.height / 2 });
  const go = (x: number, y: number) => {
    const { y: now } = points.at(-1)!;
    if (Math.abs(now - y) > 0.5) points.push({ x, y: now }, { x, y });
  };
  if (back !== undefined) {
    go(tracks.after(first), back);
    go(tracks.after(last - 1), end.y);
  } else {
    let column = first;
    for (const pass of passes) {
      go(tracks.after(column), pass.y);
      column = pass.column;
    }
    go(tracks.after(column), end.y);
  }
  points.push(end);
  return points;
}

function shapesOf(cell: Cell, { box, parent }: { box: Box; parent: string }): Shape[] {
  const { element, inner, boundary } = cell;
  const expanded = inner !== undefined;
  const look = lookOf(element, { expanded, marked: true });
  const shape: Shape = {
    id: element.id ?? "",
    name: nameOf(element),
    look,
    box,
    parent,
    ...(look.figure === "activity" && look.holds && { expanded }),
  };
  const inside = inner ? shift(inner, box.x + INSIDE.left, box.y + INSIDE.top).shapes : [];
  const events = boundary.map((event, at): Shape => {
    const x = box.x + box.width - 42 - at * BOUNDARY_WIDE;
    const y = box.y + box.height - 18;
    return {
      id: event.id ?? "",
      name: nameOf(event),
      look: lookOf(event, { expanded: false }),
      box: { x, y, width: 36, height: 36 },
      ...(nameOf(event) !== "" && { label: { x: x - 68, y: y + 21, width: 60, height: 28 } }),
      parent,
      attachedTo: element.id ?? "",
    };
  });
  return [shape, ...inside, ...events];
}

/** Rows of what stands alone, under what is there. */
function below(laid: Laid, container: Element, single: readonly Cell[]): Laid {
  const limit = Math.max(laid.width, 900);
  let [x, y, row, width] = [0, laid.height > 0 ? laid.height + 30 : 0, 0, laid.width];
  const shapes = [...laid.shapes];
  const edges = [...laid.edges];
  for (const cell of single) {
    if (x > 0 && x + cell.width > limit) [x, y, row] = [0, y + row + 26, 0];
    const box = { x, y, width: cell.width, height: cell.height };
    shapes.push(...shapesOf(cell, { box, parent: container.id ?? "" }));
    if (cell.inner) edges.push(...shift(cell.inner, x + INSIDE.left, y + INSIDE.top).edges);
    x += cell.width + 36;
    width = Math.max(width, x - 36);
    row = Math.max(row, cell.room);
  }
  return { width, height: single.length > 0 ? y + row : laid.height, shapes, edges };
}

function shift(laid: Laid, dx: number, dy: number): Laid {
  const moved = <Place extends Point>(place: Place): Place => ({ ...place, x: place.x + dx, y: place.y + dy });
  return {
    ...laid,
    shapes: laid.shapes.map((shape) => ({ ...shape, box: moved(shape.box) })),
    edges: laid.edges.map((edge) => ({ ...edge, points: edge.points.map(moved) })),
  };
}
