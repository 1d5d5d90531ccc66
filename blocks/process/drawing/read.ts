import { around, type Box, type Drawing, type Edge, hanging, type Point, pointBox, type Shape } from "./drawing.ts";
import { amount, type Element, flag, many, one, parse, text, typeOf } from "./element.ts";
import { layOut } from "./layout.ts";
import { lookOf, nameOf } from "./look.ts";

const AIR = 12;

/**
 * Reads the diagrams of a BPMN 2.0 file: the whole first, then the insides of sub-processes drawn on planes of their own. What the file
 * places is left where it is (BPMNDI, chapter 12); a process it does not place is laid out by ours.
 */
export async function readDrawings(xml: string): Promise<readonly Drawing[]> {
  return drawingsOf(await parse(xml));
}

/** The same for a file that is parsed already: bpmn-moddle's `definitions`. */
export function drawingsOf(definitions: Element): readonly Drawing[] {
  const planes = many(definitions, "diagrams").flatMap((diagram) => one(diagram, "plane") ?? []);
  const roots = many(definitions, "rootElements");
  const shown = planes.map((plane) => readPlane(plane)).filter((drawing) => drawing.shapes.length > 0);
  const placed = new Set(shown.flatMap((drawing) => drawing.shapes.map(({ id }) => id)));
  const processes = roots.filter((root) => typeOf(root) === "Process");
  const complete = (process: Element) =>
    many(process, "flowElements").every((each) => !isFlowNode(each) || placed.has(each.id ?? ""));
  const missing = processes.filter((process) => many(process, "flowElements").length > 0 && !complete(process));
  if (missing.length === 0) return shown;
  const kept = shown.filter((drawing) => !missing.some((process) => showsPartOf(drawing, process)));
  return [...kept, ...missing.map((process) => layOut(process))];
}

function showsPartOf(drawing: Drawing, process: Element): boolean {
  if (drawing.id === process.id) return true;
  const own = new Set(many(process, "flowElements").map(({ id }) => id));
  return drawing.shapes.some(({ id }) => own.has(id));
}

/** What tokens stand at (BPMN 2.0.2, 8.4.9); data and flows are not. */
export function isFlowNode(element: Element): boolean {
  return /(?:Task|Event|Gateway|SubProcess|Activity|Transaction)$/.test(typeOf(element));
}

function readPlane(plane: Element): Drawing {
  const parts = many(plane, "planeElement").filter((part) => one(part, "bpmnElement"));
  const shapes = parts.filter((part) => typeOf(part) === "BPMNShape").map(readShape);
  const known = new Set(shapes.map(({ id }) => id));
  const laneOf = lanesIn(parts);
  const placed = shapes.map(({ shape, element }) => ({ ...shape, ...parentOf(element, { laneOf, known }) }));
  const byId = new Map(placed.map((shape) => [shape.id, shape]));
  const edges = parts.filter((part) => typeOf(part) === "BPMNEdge").flatMap((part) => readEdge(part, byId));
  const boxes = [
    ...placed.flatMap(({ box, label }) => (label ? [box, label] : [box])),
    ...edges.flatMap(({ points, label }) => [...points.map(pointBox), ...(label ? [label] : [])]),
    ...placed.flatMap(hanging),
  ];
  const shown = one(plane, "bpmnElement");
  return {
    id: shown?.id ?? text(plane, "id"),
    name: shown ? nameOf(shown) : "",
    box: around(boxes, AIR),
    shapes: inOrder(placed),
    edges,
    fromFile: true,
  };
}

function readShape(part: Element): { id: string; shape: Shape; element: Element } {
  const element = one(part, "bpmnElement")!;
  const expanded = part.isExpanded === undefined ? hasInside(element) && !isCall(element) : flag(part, "isExpanded");
  const look = lookOf(element, {
    expanded,
    marked: flag(part, "isMarkerVisible"),
    across: part.isHorizontal !== false,
  });
  const id = element.id ?? "";
  const label = boundsOf(one(one(part, "label"), "bounds"));
  const host = one(element, "attachedToRef")?.id;
  const shape: Shape = {
    id,
    name: nameOf(element),
    look,
    box: boundsOf(one(part, "bounds")) ?? { x: 0, y: 0, width: 0, height: 0 },
    ...(label && label.width > 0 && { label }),
    ...(host && { attachedTo: host }),
    ...(look.figure === "activity" && look.holds && { expanded }),
  };
  return { id, shape, element };
}

const hasInside = (element: Element) => many(element, "flowElements").length > 0;
const isCall = (element: Element) => typeOf(element) === "CallActivity";

function boundsOf(bounds: Element | undefined): Box | undefined {
  if (!bounds) return undefined;
  return { x: amount(bounds, "x"), y: amount(bounds, "y"), width: amount(bounds, "width"), height: amount(bounds, "height") };
}

/** The innermost lane that names a node. */
function lanesIn(parts: readonly Element[]): Map<string, string> {
  const laneOf = new Map<string, string>();
  const lanes = parts.flatMap((part) => one(part, "bpmnElement") ?? []).filter((element) => typeOf(element) === "Lane");
  // Inner lanes come after the lanes around them, and their word holds.
  for (const lane of lanes.sort((a, b) => depthOf(a) - depthOf(b)))
    for (const node of many(lane, "flowNodeRef")) if (node.id && lane.id) laneOf.set(node.id, lane.id);
  return laneOf;
}

function depthOf(element: Element): number {
  let depth = 0;
  for (let at = element.$parent; at; at = at.$parent) depth++;
  return depth;
}

function parentOf(element: Element, given: { laneOf: Map<string, string>; known: Set<string> }): { parent?: string } {
  const lane = given.laneOf.get(element.id ?? "");
  if (lane) return { parent: lane };
  for (let at = element.$parent; at; at = at.$parent) if (at.id && given.known.has(at.id)) return { parent: at.id };
  return {};
}

function readEdge(part: Element, shapes: ReadonlyMap<string, Shape>): Edge[] {
  const element = one(part, "bpmnElement")!;
  const ends = endsOf(element);
  const given = many(part, "waypoint").map((point): Point => ({ x: amount(point, "x"), y: amount(point, "y") }));
  const points = given.length > 1 ? given : straight(shapes.get(ends.from), shapes.get(ends.to));
  if (points.length < 2) return [];
  const label = boundsOf(one(one(part, "label"), "bounds"));
  return [{ ...edgeOf(element), points, ...(label && label.width > 0 && { label }) }];
}

const centre = ({ x, y, width, height }: Box): Point => ({ x: x + width / 2, y: y + height / 2 });
const straight = (from: Shape | undefined, to: Shape | undefined): Point[] =>
  from && to ? [centre(from.box), centre(to.box)] : [];

/** What a connecting object is, but for its way over the page. */
export function edgeOf(element: Element): Omit<Edge, "points"> {
  const { from, to } = endsOf(element);
  const type = typeOf(element);
  const shared = { id: element.id ?? "", name: nameOf(element), from, to };
  if (type === "MessageFlow") return { ...shared, line: "message", arrow: "end" };
  if (type.startsWith("Data")) return { ...shared, line: "data", arrow: "end" };
  if (type === "SequenceFlow") {
    const source = one(element, "sourceRef");
    const begins =
      source && one(source, "default") === element
        ? ("default" as const)
        : source && one(element, "conditionExpression") && !typeOf(source).endsWith("Gateway")
          ? ("condition" as const)
          : undefined;
    return { ...shared, line: "flow", arrow: "end", ...(begins && { begins }) };
  }
  const direction = text(element, "associationDirection");
  return { ...shared, line: "association", arrow: direction === "Both" ? "both" : direction === "One" ? "end" : "none" };
}

function endsOf(element: Element): { from: string; to: string } {
  const source = one(element, "sourceRef") ?? many(element, "sourceRef")[0];
  const target = one(element, "targetRef") ?? many(element, "targetRef")[0];
  const type = typeOf(element);
  // One end of a data association is the activity or event it is written in.
  const holder = element.$parent?.id ?? "";
  return {
    from: source?.id ?? (type === "DataOutputAssociation" ? holder : ""),
    to: type === "DataInputAssociation" ? holder : (target?.id ?? ""),
  };
}

/** What holds others is painted first, what stands on others last. */
function inOrder(shapes: readonly Shape[]): Shape[] {
  const rank = ({ look, expanded }: Shape): number => {
    if (look.figure === "pool") return 0;
    if (look.figure === "lane") return 1;
    if (expanded) return 2;
    if (look.figure === "event" && look.place === "boundary") return 5;
    return look.figure === "group" ? 6 : 4;
  };
  // Of two expanded ones the larger holds the smaller, if either holds the other.
  return [...shapes].sort((a, b) =>
    a.expanded && b.expanded ? b.box.width * b.box.height - a.box.width * a.box.height : rank(a) - rank(b),
  );
}
