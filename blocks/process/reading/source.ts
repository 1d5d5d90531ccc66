import type { Shape } from "@kerege/kernel/feel";
import type { Bindings, ReadFault } from "./bindings.ts";
import { type Element, elements, readBpmnTree, type Tree, words } from "./tree.ts";
import { type Scanned, scanXml } from "./xml.ts";

/** One file while it is read: where its elements stand, the names it speaks of, and what was found wrong. */
export interface Source {
  readonly tree: Tree;
  readonly scanned: Scanned;
  readonly bindings: Bindings;
  readonly faults: ReadFault[];
  /** Faults told already: a process that is called twice is read twice. */
  readonly told: Set<string>;
  /** Names an expression may use, with shapes. */
  readonly names: Readonly<Record<string, Shape>>;
}

export type Params = Readonly<Record<string, string | number>>;

/** Opens a file; faults alone where it could not be read at all. */
export function openSource(xml: string, bindings: Bindings): Source | readonly ReadFault[] {
  const opened = kept.get(xml) ?? open(xml);
  if ("faults" in opened) return opened.faults;
  return { ...opened, bindings, faults: [], told: new Set(), names: {} };
}

interface Opened {
  readonly tree: Tree;
  readonly scanned: Scanned;
}

/** Many services go by the same file: what was read last is kept. It is never changed. */
const kept = new Map<string, Opened>();
const MOST_KEPT = 16;

function open(xml: string): Opened | { readonly faults: readonly ReadFault[] } {
  const scanned = scanXml(xml);
  const at = { element: "definitions" };
  if (scanned.faults.length > 0) {
    const faults = scanned.faults.map(({ code, params, line, column }) => ({ code, params: { ...at, ...params }, line, column }));
    return { faults };
  }
  const tree = readBpmnTree(scanned.said);
  if (!tree) return { faults: [{ code: "not-bpmn", params: at, line: 1, column: 1 }] };
  if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? "");
  kept.set(xml, { tree, scanned });
  return { tree, scanned };
}

/** How people call an element: its name and its id. */
export function called(element: Element): string {
  const name = words(element, "name")?.replace(/\s+/g, " ");
  const kind = element.$type.replace(/^.*:/, "");
  if (name) return element.id ? `${name} (${element.id})` : name;
  return element.id ?? kind;
}

/** Notes a fault at an element: its place is its own, or that of the nearest element around it with an id. */
export function tell(source: Source, at: Element, fault: Pick<ReadFault, "code" | "feel"> & { params?: Params }): undefined {
  let holder: Element | undefined = at;
  while (holder && !(holder.id && source.scanned.placeOf(holder.id))) holder = holder.$parent;
  const place = holder?.id ? source.scanned.placeOf(holder.id)! : { line: 1, column: 1 };
  const named = at.id || at.name ? at : (holder ?? at);
  const id = holder?.id;
  const { code, params, feel } = fault;
  const found = { code, params: { element: called(named), ...params }, ...(feel && { feel }), id, ...place };
  const key = JSON.stringify(found);
  if (!source.told.has(key)) source.faults.push(found);
  source.told.add(key);
}

/** Each element below one, itself first; the drawing is left out. */
export function* walk(element: Element): Generator<Element> {
  yield element;
  for (const [property, value] of Object.entries(element)) {
    if (property.startsWith("$") || property === "diagrams") continue;
    for (const inner of Array.isArray(value) ? value : [value]) {
      // References are properties too: only what the element holds has it as its parent.
      if (isElement(inner) && inner.$parent === element) yield* walk(inner);
    }
  }
}

function isElement(value: unknown): value is Element {
  return typeof value === "object" && value !== null && "$type" in value;
}

/** Extension elements of our own namespace of one kind: `Input`, `Output`, `Parameter`, `Variable`. */
export function own(element: Element | undefined, kind: string): readonly Element[] {
  const extension = element?.extensionElements;
  return isElement(extension) ? elements(extension, "values").filter((one) => one.$type === `kerege:${kind}`) : [];
}
