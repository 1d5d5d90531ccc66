/**
 * XML 1.0 with namespaces, as much as signed files need and not a byte more: UTF-8, no document type and so no entities but the five,
 * no processing instructions, no comments: nobody signs a comment, and one in the middle of a value has split it for others before.
 * Nothing of the input becomes a key of an object.
 */

export type XmlAttribute = { readonly prefix: string; readonly name: string; readonly space: string; readonly value: string };

export type XmlElement = {
  readonly prefix: string;
  readonly name: string;
  readonly space: string;
  readonly attributes: readonly XmlAttribute[];
  /** Prefix to name of the namespace, as declared on this very element; the empty prefix is the default. */
  readonly declared: ReadonlyMap<string, string>;
  readonly parent: XmlElement | undefined;
  readonly children: readonly (XmlElement | string)[];
  /** Where the element begins and ends in the text. */
  readonly start: number;
  readonly end: number;
};

/** The text is not the XML that is read here. */
export class XmlFault extends Error {
  override readonly name = "XmlFault";
}

export const XML_SPACE = "http://www.w3.org/XML/1998/namespace";
const XMLNS_SPACE = "http://www.w3.org/2000/xmlns/";
const LIMITS = { bytes: 32 * 1024 * 1024, depth: 64, attributes: 64, elements: 50_000, name: 200, spaces: 64 } as const;
const NAMED = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);
const NAME = /[\p{L}_][\p{L}\p{Nd}\p{Mn}\p{Mc}._\-·]*(?::[\p{L}_][\p{L}\p{Nd}\p{Mn}\p{Mc}._\-·]*)?/uy;
const SPACE = /[ \t\r\n]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters XML forbids (XML 1.0, 2.2).
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

type Open = { -readonly [Key in keyof XmlElement]: XmlElement[Key] } & {
  children: (XmlElement | string)[];
  readonly scope: ReadonlyMap<string, string>;
};

/** The root element. Throws XmlFault. */
export function readXml(bytes: Uint8Array): XmlElement {
  if (bytes.length > LIMITS.bytes) throw new XmlFault("too large");
  return new Reader(decode(bytes)).read();
}

function decode(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    if (FORBIDDEN.test(text)) throw new XmlFault("forbidden character");
    return text;
  } catch (fault) {
    if (fault instanceof XmlFault) throw fault;
    throw new XmlFault("not UTF-8");
  }
}

class Reader {
  readonly #text: string;
  #at = 0;
  #elements = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): XmlElement {
    const declaration =
      /^<\?xml[ \t\r\n]+version=(["'])1\.0\1(?:[ \t\r\n]+encoding=(["'])[Uu][Tt][Ff]-8\2)?(?:[ \t\r\n]+standalone=(["'])(?:yes|no)\3)?[ \t\r\n]*\?>/.exec(
        this.#text,
      );
    this.#at = declaration?.[0].length ?? 0;
    this.#skip();
    const root = this.#element();
    this.#skip();
    if (this.#at !== this.#text.length) throw new XmlFault("something after the root");
    return root;
  }

  #element(): XmlElement {
    let current: Open | undefined;
    for (;;) {
      const opened = this.#startTag(current);
      let closed: Open | undefined;
      if (opened.isEmpty) closed = opened.element;
      else current = opened.element;
      // Everything up to the next start tag; end tags on the way close what is open.
      for (;;) {
        if (closed) {
          closed.end = this.#at;
          const parent = closed.parent as Open | undefined;
          if (!parent) return closed;
          parent.children.push(closed);
          current = parent;
          closed = undefined;
        }
        this.#content(current!);
        if (!this.#text.startsWith("</", this.#at)) break;
        this.#at += 2;
        const name = this.#name();
        this.#skip();
        this.#expect(">");
        if (name !== qualified(current!)) throw new XmlFault("tags do not match");
        closed = current;
      }
    }
  }

  #startTag(parent: Open | undefined): { element: Open; isEmpty: boolean } {
    const start = this.#at;
    this.#expect("<");
    if (++this.#elements > LIMITS.elements) throw new XmlFault("too many elements");
    let depth = 0;
    for (let one: XmlElement | undefined = parent; one; one = one.parent)
      if (++depth >= LIMITS.depth) throw new XmlFault("too deep");
    const name = this.#name();
    const raw: [string, string][] = [];
    for (;;) {
      const before = this.#at;
      this.#skip();
      const isEmpty = this.#text.startsWith("/>", this.#at);
      if (isEmpty || this.#text[this.#at] === ">") {
        this.#at += isEmpty ? 2 : 1;
        return { element: makeElement(name, raw, { parent, start }), isEmpty };
      }
      if (before === this.#at) throw new XmlFault("space expected");
      if (raw.length >= LIMITS.attributes) throw new XmlFault("too many attributes");
      raw.push(this.#attribute());
    }
  }

  #attribute(): [string, string] {
    const name = this.#name();
    this.#skip();
    this.#expect("=");
    this.#skip();
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") throw new XmlFault("quote expected");
    const end = this.#text.indexOf(quote, this.#at + 1);
    if (end < 0) throw new XmlFault("value without an end");
    const value = this.#text.slice(this.#at + 1, end);
    if (value.includes("<")) throw new XmlFault("tag in a value");
    this.#at = end + 1;
    // Line ends first, then every white space is a space (XML 1.0, 2.11 and 3.3.3); references are not touched by that.
    return [name, references(value.replace(/\r\n?/g, "\n").replace(/[\t\n]/g, " "))];
  }

  #content(element: Open): void {
    for (;;) {
      const next = this.#text.indexOf("<", this.#at);
      if (next < 0) throw new XmlFault("element without an end");
      if (next > this.#at) {
        const text = this.#text.slice(this.#at, next);
        if (text.includes("]]>")) throw new XmlFault("end of a section in text");
        addText(element, references(text.replace(/\r\n?/g, "\n")));
      }
      this.#at = next;
      if (!this.#text.startsWith("<!", next)) {
        if (this.#text[next + 1] === "?") throw new XmlFault("processing instruction");
        return;
      }
      if (!this.#text.startsWith("<![CDATA[", next)) throw new XmlFault("comment or declaration");
      const end = this.#text.indexOf("]]>", next);
      if (end < 0) throw new XmlFault("section without an end");
      addText(element, this.#text.slice(next + 9, end).replace(/\r\n?/g, "\n"));
      this.#at = end + 3;
    }
  }

  #name(): string {
    NAME.lastIndex = this.#at;
    const found = NAME.exec(this.#text)?.[0];
    if (!found || found.length > LIMITS.name) throw new XmlFault("name expected");
    this.#at += found.length;
    return found;
  }

  #skip(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)![0].length;
  }

  #expect(character: string): void {
    if (this.#text[this.#at] !== character) throw new XmlFault(`${character} expected`);
    this.#at += 1;
  }
}

function addText(element: Open, text: string): void {
  const last = element.children.at(-1);
  if (text === "") return;
  if (typeof last === "string") element.children[element.children.length - 1] = last + text;
  else element.children.push(text);
}

function references(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|([a-z]{1,8}))?;?/g,
    (whole, decimal?: string, hex?: string, named?: string) => {
      if (!whole.endsWith(";")) throw new XmlFault("reference without an end");
      if (named !== undefined) {
        const value = NAMED.get(named);
        if (value === undefined) throw new XmlFault("unknown entity");
        return value;
      }
      const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex ?? "", 16);
      if (!(code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff) || FORBIDDEN.test(String.fromCodePoint(code)) || code === 0) {
        throw new XmlFault("no such character");
      }
      return String.fromCodePoint(code);
    },
  );
}

const split = (name: string): [string, string] => {
  const colon = name.indexOf(":");
  return colon < 0 ? ["", name] : [name.slice(0, colon), name.slice(colon + 1)];
};

const qualified = ({ prefix, name }: { prefix: string; name: string }): string => (prefix ? `${prefix}:${name}` : name);

type Place = { parent: Open | undefined; start: number };

function makeElement(tag: string, raw: readonly [string, string][], { parent, start }: Place): Open {
  const declared = new Map<string, string>();
  for (const [name, value] of raw) {
    if (name !== "xmlns" && !name.startsWith("xmlns:")) continue;
    const prefix = name === "xmlns" ? "" : name.slice(6);
    const isReserved = prefix === "xml" || prefix === "xmlns" || value === XML_SPACE || value === XMLNS_SPACE;
    // An empty name cannot be given to a prefix, and what is reserved to nobody else (Namespaces 1.0, 3).
    if (declared.has(prefix) || isReserved || (prefix !== "" && value === "")) throw new XmlFault("namespace");
    declared.set(prefix, value);
  }
  const scope = declared.size === 0 && parent ? parent.scope : new Map([...(parent?.scope ?? []), ...declared]);
  if (scope.size > LIMITS.spaces) throw new XmlFault("too many namespaces");
  const spaceOf = (prefix: string): string => {
    const space = prefix === "xml" ? XML_SPACE : scope.get(prefix);
    if (space === undefined && prefix !== "") throw new XmlFault("prefix without a namespace");
    return space ?? "";
  };
  const attributes = raw
    .filter(([name]) => name !== "xmlns" && !name.startsWith("xmlns:"))
    .map(([whole, value]) => {
      const [prefix, name] = split(whole);
      return { prefix, name, value, space: prefix === "" ? "" : spaceOf(prefix) };
    });
  if (new Set(attributes.map(({ space, name }) => `${space} ${name}`)).size !== attributes.length) {
    throw new XmlFault("attribute given twice");
  }
  const [prefix, name] = split(tag);
  return { prefix, name, space: spaceOf(prefix), attributes, declared, scope, parent, children: [], start, end: start };
}

// Walking ----------------------------------------------------------------------------------------------------------

export const elementsOf = ({ children }: XmlElement): XmlElement[] => children.filter((one) => typeof one !== "string");

/** Children of this name; anything else between them is not looked at. */
export const childrenOf = (element: XmlElement, space: string, name: string): XmlElement[] =>
  elementsOf(element).filter((one) => one.space === space && one.name === name);

/** The one child of this name. Throws XmlFault when there is none or more than one. */
export function onlyChild(element: XmlElement, space: string, name: string): XmlElement {
  const [only, ...others] = childrenOf(element, space, name);
  if (!only || others.length > 0) throw new XmlFault(`one ${name} expected`);
  return only;
}

/** Text of an element that holds nothing else. */
export function textOf({ children }: XmlElement): string {
  if (children.length > 1 || (children[0] !== undefined && typeof children[0] !== "string")) throw new XmlFault("text expected");
  return (children[0] as string | undefined) ?? "";
}

export const attributeIn = ({ attributes }: XmlElement, name: string): string | undefined =>
  attributes.find((one) => one.space === "" && one.name === name)?.value;

/** Every element with its descendants, in the order of the text. */
export function* walk(element: XmlElement): Generator<XmlElement> {
  yield element;
  for (const child of elementsOf(element)) yield* walk(child);
}

/** Namespaces in force at an element. */
export function scopeOf(element: XmlElement): ReadonlyMap<string, string> {
  return (element as Open).scope;
}
