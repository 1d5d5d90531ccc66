import { readFileSync } from "node:fs";
import { BpmnModdle } from "bpmn-moddle";

/** An element as the library of bpmn.io gives it: properties of the standard by name, references already followed. */
export interface Element {
  /** As `bpmn:UserTask`. */
  readonly $type: string;
  readonly $parent?: Element;
  /** Attributes the standard does not know, with their prefixes. */
  readonly $attrs?: Readonly<Record<string, string>>;
  readonly $instanceOf?: (type: string) => boolean;
  readonly id?: string;
  readonly name?: string;
  readonly [property: string]: unknown;
}

/** What the library did not understand: an element or attribute left out, a reference to something that is not there. */
export interface Warning {
  readonly message: string;
  readonly element?: Element;
  readonly property?: string;
  readonly value?: string;
}

export interface Tree {
  readonly root: Element;
  readonly byId: Readonly<Record<string, Element>>;
  readonly warnings: readonly Warning[];
}

interface RootHandler {
  element?: Element;
  context?: { warnings: Warning[]; elementsById: Record<string, Element> };
  handleEnd(): void;
}

interface Handling {
  handler(type: string): RootHandler;
}

/** Reads XML by a library of the moddle family. */
export interface Moddle {
  fromXML(xml: string, type: string, options: Record<string, unknown>): Promise<unknown>;
}

let bpmn: BpmnModdle | undefined;

/** The tree of a BPMN file; undefined where its root is no `definitions`. Look through the text with `scanXml` first. */
export function readBpmnTree(xml: string): Tree | undefined {
  bpmn ??= new BpmnModdle({ kerege: JSON.parse(readFileSync(new URL("./kerege.json", import.meta.url), "utf8")) });
  return readTree(bpmn, xml, "bpmn:Definitions");
}

/**
 * The tree of a file, at once: the library answers by a promise but has done all its work when it returns, so what it has read is
 * taken from its own handler of the root. Undefined where the text is no such file.
 */
export function readTree(moddle: Moddle, xml: string, rootType: string): Tree | undefined {
  let root: RootHandler | undefined;
  let whole = false;
  const options = {
    handler(this: Handling, type: string): RootHandler {
      const handling = Object.getPrototypeOf(this) as Handling;
      root = handling.handler.call(this, type);
      const { handleEnd } = root;
      root.handleEnd = function (this: RootHandler) {
        whole = true;
        handleEnd.call(this);
      };
      return root;
    },
  };
  // What it refuses is told by `whole`.
  moddle.fromXML(xml, rootType, options).catch(() => undefined);
  const read = root as RootHandler | undefined;
  if (!whole || !read?.element || !read.context) return undefined;
  return { root: read.element, byId: read.context.elementsById, warnings: read.context.warnings };
}

export function elements(of: Element | undefined, property: string): readonly Element[] {
  const value = of?.[property];
  return Array.isArray(value) ? value.filter(isElement) : [];
}

export function element(of: Element | undefined, property: string): Element | undefined {
  const value = of?.[property];
  return isElement(value) ? value : undefined;
}

/** Trimmed; undefined where there is nothing but spaces. */
export function words(of: Element | undefined, property: string): string | undefined {
  const value = of?.[property];
  const trimmed = typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
  return trimmed === "" ? undefined : trimmed;
}

export function flag(of: Element | undefined, property: string): boolean {
  return of?.[property] === true;
}

function isElement(value: unknown): value is Element {
  return typeof value === "object" && value !== null && "$type" in value;
}
