/**
 * Canonical XML without comments: the exclusive form (Exclusive XML Canonicalization 1.0), which we write, and the inclusive forms
 * (Canonical XML 1.0 and 1.1), which others write.
 */
import { scopeOf, type XmlElement, XmlFault } from "./xml.ts";

export type Canonical = {
  readonly isExclusive: boolean;
  /** Prefixes that the exclusive form treats as the inclusive one does; the default namespace is the empty prefix. */
  readonly inclusive?: ReadonlySet<string>;
  /** Left out with all that is in it: the signature that stands in what it signs. */
  readonly without?: XmlElement;
};

type Rendered = ReadonlyMap<string, string>;

/** Throws XmlFault for what the inclusive form would have to take over from elements above. */
export function canonical(element: XmlElement, how: Canonical): Buffer {
  if (!how.isExclusive) {
    for (let one = element.parent; one; one = one.parent) {
      if (one.attributes.some(({ prefix }) => prefix === "xml")) throw new XmlFault("inherited attribute");
    }
  }
  const pieces: string[] = [];
  write(element, new Map(), { how, pieces, isApex: true });
  return Buffer.from(pieces.join(""), "utf8");
}

type Writing = { readonly how: Canonical; readonly pieces: string[]; readonly isApex: boolean };

function write(element: XmlElement, rendered: Rendered, { how, pieces, isApex }: Writing): void {
  const tag = element.prefix ? `${element.prefix}:${element.name}` : element.name;
  const scope = scopeOf(element);
  const now = new Map(rendered);
  const declarations: [string, string][] = [];
  for (const prefix of prefixesFor(element, how, isApex)) {
    const space = scope.get(prefix) ?? "";
    // An empty default is written only where another was in force.
    if ((rendered.get(prefix) ?? "") === space) continue;
    declarations.push([prefix, space]);
    now.set(prefix, space);
  }
  declarations.sort(([a], [b]) => compare(a, b));
  const attributes = [...element.attributes].sort((a, b) => compare(a.space, b.space) || compare(a.name, b.name));
  pieces.push(
    `<${tag}`,
    ...declarations.map(([prefix, space]) => ` ${prefix ? `xmlns:${prefix}` : "xmlns"}="${escapeValue(space)}"`),
    ...attributes.map(({ prefix, name, value }) => ` ${prefix ? `${prefix}:${name}` : name}="${escapeValue(value)}"`),
    ">",
  );
  for (const child of element.children) {
    if (typeof child === "string") pieces.push(escapeText(child));
    else if (child !== how.without) write(child, now, { how, pieces, isApex: false });
  }
  pieces.push(`</${tag}>`);
}

/** Which declarations are to be thought of here: those in use, or all in force where the form or the list says so. */
function prefixesFor(element: XmlElement, { isExclusive, inclusive }: Canonical, isApex: boolean): Set<string> {
  const all = isApex ? scopeOf(element).keys() : element.declared.keys();
  if (!isExclusive) return new Set(all);
  const used = new Set([element.prefix, ...element.attributes.map(({ prefix }) => prefix).filter((prefix) => prefix !== "")]);
  used.delete("xml");
  if (inclusive) for (const prefix of all) if (inclusive.has(prefix)) used.add(prefix);
  return used;
}

/** By code point, as the specification wants it; plain comparison would go by UTF-16 units. */
const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export const escapeText = (text: string): string =>
  text.replace(/[&<>\r]/g, (one) => (one === "&" ? "&amp;" : one === "<" ? "&lt;" : one === ">" ? "&gt;" : "&#xD;"));

const VALUE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  ['"', "&quot;"],
  ["\t", "&#x9;"],
  ["\n", "&#xA;"],
  ["\r", "&#xD;"],
]);
export const escapeValue = (text: string): string => text.replace(/[&<"\t\n\r]/g, (one) => VALUE_ESCAPES.get(one)!);
