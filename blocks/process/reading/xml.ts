/**
 * Looks through the text of an XML file before any library reads it: a parser that is kind to bad files would leave out what it
 * does not understand, and a process with a step left out is another process. XML 1.0 without document types and entities
 * of its own, which a process never needs and which make small files large (CWE-776, CWE-611).
 */

/** Two million bytes; the largest process anyone has drawn by hand is a tenth of it. */
export const LARGEST_FILE = 2_000_000;
/** Elements that say something; places of a drawing do not count. */
export const MOST_ELEMENTS = 10_000;
export const DEEPEST = 200;

export interface Place {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

export interface XmlFault extends Place {
  /** Texts under `process.reading.<code>`. */
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export interface Scanned {
  readonly faults: readonly XmlFault[];
  /** Where the element with an `id` begins. */
  placeOf(id: string): Place | undefined;
  /** The text without its drawings, which are most of a file and say nothing of what is done; lines before the first are where they were. */
  readonly said: string;
}

interface Open {
  readonly name: string;
  readonly at: number;
  /** Prefix to namespace, where this element declares any. */
  readonly namespaces: ReadonlyMap<string, string>;
}

const TAG = /<([^\s<>/=!?]+)/y;
const ATTRIBUTE = /\s+([^\s<>/=]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;
const TAG_END = /\s*(\/?)>/y;
const CLOSING = /<\/([^\s<>/]+)\s*>/y;
const NAME = /^[\p{L}_][\p{L}\p{N}_.·-]*(?::[\p{L}_][\p{L}\p{N}_.·-]*)?$/u;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));|&/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters XML 1.0 does not allow (2.2).
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const NOT_ASCII = /[\u0080-\u{10ffff}]/u;
const OMG = /^https?:\/\/www\.omg\.org\/spec\//;
const DRAWING = /\/DI$|\/DC$|\/DD\/|\/spec\/DD/;

/** Stops the scan: after a fault of form nothing that follows can be trusted. */
class Ended extends Error {}

export function scanXml(text: string): Scanned {
  const scan = new Scan(text);
  try {
    scan.run();
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
  }
  return { faults: scan.faults, placeOf: (id) => scan.placeOfId(id), said: scan.withoutDrawings() };
}

class Scan {
  readonly faults: XmlFault[] = [];
  readonly text: string;
  readonly ids = new Map<string, number>();
  readonly open: Open[] = [];
  readonly drawings: [number, number][] = [];
  lineStarts: number[] | undefined;
  at = 0;
  elements = 0;
  roots = 0;

  constructor(text: string) {
    this.text = text;
  }

  run(): void {
    const { text } = this;
    const size = Buffer.byteLength(text);
    if (size > LARGEST_FILE) throw this.stop("too-large", 0, { size, limit: LARGEST_FILE });
    const forbidden = FORBIDDEN.exec(text);
    if (forbidden) throw this.stop("not-xml", forbidden.index, { found: "control character" });
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    while (this.at < text.length) {
      const next = text.indexOf("<", this.at);
      this.characters(this.at, next < 0 ? text.length : next);
      if (next < 0) break;
      this.at = next;
      this.markup();
    }
    if (this.open.length > 0) throw this.stop("not-xml", text.length, { found: `</${this.open.at(-1)!.name}>` });
    if (this.roots === 0) throw this.stop("not-xml", 0, { found: "<definitions>" });
  }

  markup(): void {
    const { text, at } = this;
    if (text.startsWith("<!--", at)) this.at = this.endOf("-->", 4);
    else if (text.startsWith("<![CDATA[", at)) this.at = this.endOf("]]>", 9);
    else if (text.startsWith("<?", at)) this.instruction();
    // DOCTYPE, ENTITY, ELEMENT, NOTATION: whatever it declares is refused.
    else if (text.startsWith("<!", at)) throw this.stop("doctype", at);
    else if (text.startsWith("</", at)) this.close();
    else this.element();
  }

  instruction(): void {
    const end = this.endOf("?>", 2);
    const encoding = /^<\?xml\s[^>]*encoding\s*=\s*["']([^"']+)["']/.exec(this.text.slice(this.at, end))?.[1];
    // A file of letters that all encodings share means the same in each of them.
    if (encoding && !/^(utf-8|us-ascii)$/i.test(encoding) && NOT_ASCII.test(this.text))
      throw this.stop("not-xml", this.at, { found: encoding });
    this.at = end;
  }

  element(): void {
    const { text, at } = this;
    TAG.lastIndex = at;
    const name = TAG.exec(text)?.[1];
    if (!name || !NAME.test(name)) throw this.stop("not-xml", at, { found: text.slice(at, at + 20) });
    if (this.open.length === 0 && ++this.roots > 1) throw this.stop("not-xml", at, { found: `<${name}>` });
    if (this.open.length >= DEEPEST) throw this.stop("too-deep", at, { limit: DEEPEST });
    this.at = TAG.lastIndex;
    const seen = new Set<string>();
    let id: string | undefined;
    let namespaces: Map<string, string> | undefined;
    for (ATTRIBUTE.lastIndex = this.at; ; this.at = ATTRIBUTE.lastIndex) {
      const found = ATTRIBUTE.exec(text);
      if (!found) break;
      const [whole, key = "", double, single] = found;
      const value = double ?? single ?? "";
      const from = found.index + whole.length - value.length - 1;
      if (!NAME.test(key) || seen.has(key)) throw this.stop("not-xml", found.index + 1, { found: key });
      seen.add(key);
      this.references(from, from + value.length);
      if (key === "xmlns" || key.startsWith("xmlns:")) {
        namespaces ??= new Map();
        namespaces.set(key.slice(6), value);
      }
      if (key === "id") id = value;
    }
    TAG_END.lastIndex = this.at;
    const end = TAG_END.exec(text);
    if (!end) throw this.stop("not-xml", this.at, { found: text.slice(this.at, this.at + 20).trim() || name });
    this.at = TAG_END.lastIndex;
    const element = { name, at, namespaces: namespaces ?? NONE };
    if (this.saysSomething(element, at) && id !== undefined) this.identify(id, at);
    if (end[1] === "") this.open.push(element);
  }

  /** Counts what belongs to the model: not its drawing, and not what a tool notes for itself. */
  saysSomething(element: Open, at: number): boolean {
    const colon = element.name.indexOf(":");
    const prefix = colon < 0 ? "" : element.name.slice(0, colon);
    const namespace = this.namespace(element, prefix);
    if (prefix !== "" && namespace === undefined) throw this.stop("not-xml", at, { found: element.name });
    if (DRAWING.test(namespace ?? "")) return false;
    this.elements++;
    if (this.elements > MOST_ELEMENTS) throw this.stop("too-many-elements", at, { limit: MOST_ELEMENTS });
    return OMG.test(namespace ?? "");
  }

  namespace(element: Open, prefix: string): string | undefined {
    const own = element.namespaces.get(prefix);
    if (own !== undefined) return own;
    for (let index = this.open.length - 1; index >= 0; index--) {
      const found = this.open[index]!.namespaces.get(prefix);
      if (found !== undefined) return found;
    }
    return prefix === "xml" ? "http://www.w3.org/XML/1998/namespace" : undefined;
  }

  identify(id: string, at: number): void {
    if (this.ids.has(id))
      this.faults.push({ code: "id-twice", params: { id, first: this.place(this.ids.get(id)!).line }, ...this.place(at) });
    else this.ids.set(id, at);
  }

  close(): void {
    CLOSING.lastIndex = this.at;
    const name = CLOSING.exec(this.text)?.[1];
    const opened = this.open.pop();
    if (!name || opened?.name !== name)
      throw this.stop("not-xml", this.at, { found: this.text.slice(this.at, this.at + 40).split("\n")[0]! });
    this.at = CLOSING.lastIndex;
    const colon = opened.name.indexOf(":");
    const drawn = this.open.length === 1 && colon > 0 && DRAWING.test(this.namespace(opened, opened.name.slice(0, colon)) ?? "");
    if (drawn) this.drawings.push([opened.at, this.at]);
  }

  withoutDrawings(): string {
    let said = "";
    let from = 0;
    for (const [begin, end] of this.drawings) {
      said += this.text.slice(from, begin);
      from = end;
    }
    return said + this.text.slice(from);
  }

  characters(from: number, to: number): void {
    if (this.open.length === 0 && this.text.slice(from, to).trim() !== "")
      throw this.stop("not-xml", from, { found: this.text.slice(from, Math.min(to, from + 20)).trim() });
    this.references(from, to);
  }

  /** Only the five names of XML and numbers of characters: nothing that has to be looked up or grows. */
  references(from: number, to: number): void {
    const first = this.text.indexOf("&", from);
    if (first < 0 || first >= to) return;
    REFERENCE.lastIndex = first;
    for (let found = REFERENCE.exec(this.text); found && found.index < to; found = REFERENCE.exec(this.text)) {
      const [whole, , decimal, hexadecimal] = found;
      const point = decimal ? Number(decimal) : hexadecimal ? Number.parseInt(hexadecimal, 16) : 32;
      if (whole === "&" || point > 0x10ffff || (point < 32 && point !== 9 && point !== 10 && point !== 13))
        throw this.stop("entity", found.index, { found: this.text.slice(found.index, found.index + 20).split(/[\s;<"]/)[0]! });
    }
  }

  endOf(mark: string, skip: number): number {
    const end = this.text.indexOf(mark, this.at + skip);
    if (end < 0) throw this.stop("not-xml", this.at, { found: this.text.slice(this.at, this.at + 9) });
    return end + mark.length;
  }

  stop(code: string, at: number, params: XmlFault["params"] = {}): Ended {
    this.faults.push({ code, params, ...this.place(at) });
    return new Ended();
  }

  placeOfId(id: string): Place | undefined {
    const at = this.ids.get(id);
    return at === undefined ? undefined : this.place(at);
  }

  place(at: number): Place {
    this.lineStarts ??= lineStartsOf(this.text);
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.lineStarts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - this.lineStarts[low]! + 1 };
  }
}

const NONE: ReadonlyMap<string, string> = new Map();

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
