import { type Place, scanXml, type XmlFault } from "../reading/xml.ts";

/** An element of an XML file with the names of its namespace put in; white space of texts is kept. */
export interface Element {
  /** Without a prefix. */
  readonly name: string;
  readonly namespace: string;
  /** By their names without a prefix. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  readonly text: string;
  readonly place: Place;
  /** Where its text begins. */
  readonly textPlace: Place;
}

export type ReadElements =
  | { readonly ok: true; readonly root: Element }
  | { readonly ok: false; readonly faults: readonly XmlFault[] };

interface Growing {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Map<string, string>;
  readonly children: Growing[];
  text: string;
  readonly place: Place;
  textPlace: Place;
  readonly namespaces: ReadonlyMap<string, string>;
}

const TOKEN =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<\/[^>]*>|<([^\s<>/=!?]+)((?:\s+[^\s<>/=]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/g;
const ATTRIBUTE = /\s+([^\s<>/=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const NAMES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/**
 * Reads a file into its elements. All that is not well-formed, declares a document type, is too large or too deep has been refused by
 * `scanXml`, so nothing is left here that could be read in two ways.
 */
export function readElements(text: string): ReadElements {
  // An id that stands twice is told by who reads the elements: files of drawings have them in parts nobody reads.
  const faults = scanXml(text).faults.filter((fault) => fault.code !== "id-twice");
  if (faults.length > 0) return { ok: false, faults };
  const places = createPlaces(text);
  const top: Growing = grow("", { namespaces: new Map(), place: places(0), textPlace: places(0) });
  const open: Growing[] = [top];
  for (const found of text.matchAll(TOKEN)) {
    const [whole, cdata, name, written = "", closed, characters] = found;
    const parent = open.at(-1)!;
    if (name !== undefined) {
      const element = elementOf(name, written, {
        parent,
        place: places(found.index),
        textPlace: places(found.index + whole.length),
      });
      parent.children.push(element);
      if (closed === "") open.push(element);
    } else if (cdata !== undefined) parent.text += cdata;
    else if (characters !== undefined) parent.text += decode(characters);
    else if (whole.startsWith("</")) open.pop();
  }
  return { ok: true, root: top.children[0]! };
}

interface Places {
  readonly parent: Growing;
  readonly place: Place;
  readonly textPlace: Place;
}

function elementOf(tag: string, written: string, { parent, place, textPlace }: Places): Growing {
  const pairs = [...written.matchAll(ATTRIBUTE)].map(
    ([, key = "", double, single]) => [key, decode(double ?? single ?? "")] as const,
  );
  const declared = pairs.filter(([key]) => key === "xmlns" || key.startsWith("xmlns:"));
  const namespaces =
    declared.length === 0
      ? parent.namespaces
      : new Map([...parent.namespaces, ...declared.map(([key, value]) => [key.slice(6), value] as const)]);
  const element = grow(tag, { namespaces, place, textPlace });
  for (const [key, value] of pairs) if (!key.startsWith("xmlns")) element.attributes.set(localName(key), value);
  return element;
}

function grow(tag: string, at: { namespaces: ReadonlyMap<string, string>; place: Place; textPlace: Place }): Growing {
  const prefix = tag.includes(":") ? tag.slice(0, tag.indexOf(":")) : "";
  const namespace = at.namespaces.get(prefix) ?? "";
  return { name: localName(tag), namespace, attributes: new Map(), children: [], text: "", ...at };
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

function decode(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (all, hexadecimal?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMES[name] ?? all;
    return String.fromCodePoint(hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16));
  });
}

/** Places by offset; asked in rising order, so the text is walked once. */
function createPlaces(text: string): (offset: number) => Place {
  let line = 1;
  let start = 0;
  let next = text.indexOf("\n");
  return (offset) => {
    while (next >= 0 && next < offset) {
      line += 1;
      start = next + 1;
      next = text.indexOf("\n", start);
    }
    return { line, column: offset - start + 1 };
  };
}

export function child(element: Element | undefined, name: string): Element | undefined {
  return element?.children.find((one) => one.name === name);
}

export function children(element: Element | undefined, name: string): readonly Element[] {
  return element?.children.filter((one) => one.name === name) ?? [];
}
