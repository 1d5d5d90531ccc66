/**
 * The template of a document: a small closed language that looks like HTML. It holds no words of its own: every word comes from
 * the declaration's texts in four languages or from the facts.
 */
import type { DocumentDeclaration, FactDeclaration } from "./declaration.ts";

export interface Inline {
  bold: boolean;
  part: { kind: "text"; key: string } | { kind: "fact"; name: string } | { kind: "literal"; text: string } | { kind: "break" };
}

export type Node =
  | { kind: "h1" | "h2" | "p" | "small"; inline: Inline[] }
  | { kind: "number" }
  | { kind: "list"; ordered: boolean; items: Inline[][] }
  | { kind: "facts"; names: string[] };

/** `code` is `documents.faults.<name>`. */
export interface TemplateFault {
  line: number;
  column: number;
  code: string;
  params: Record<string, string | number>;
}

export interface Template {
  nodes: Node[];
  /** Facts and texts that it uses. */
  uses: { facts: Set<string>; texts: Set<string> };
  faults: TemplateFault[];
}

/** What the template may speak of. */
export interface Vocabulary {
  facts: Record<string, Pick<FactDeclaration, "type">>;
  texts: Set<string>;
}

/** Where an element may stand; the rest of the language is here too. */
const PARENTS: Record<string, string[]> = {
  document: [""],
  h1: ["document"],
  h2: ["document"],
  p: ["document"],
  small: ["document"],
  number: ["document"],
  facts: ["document"],
  fact: ["facts"],
  ul: ["document"],
  ol: ["document"],
  li: ["ul", "ol"],
  b: ["h1", "h2", "p", "small", "li"],
  br: ["h1", "h2", "p", "small", "li", "b"],
};
const EMPTY = new Set(["number", "fact", "br"]);
const INLINE = new Set(["h1", "h2", "p", "small", "li", "b"]);

export function vocabularyOf(declaration: DocumentDeclaration): Vocabulary {
  return {
    facts: {
      number: { type: "text" },
      issued_on: { type: "date" },
      ...(declaration.validity ? { valid_through: { type: "date" as const } } : {}),
      ...declaration.facts,
    },
    texts: new Set(["title", ...Object.keys(declaration.texts)]),
  };
}

const TOKEN = /<!--[\s\S]*?-->|<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z]+="[^"<>]*")*)\s*(\/?)>|\{\{([^{}]*)\}\}|[^<{]+|[<{]/g;

/** Reads a template; all faults are gathered, none stops the rest. */
export function parseTemplate(text: string, vocabulary: Vocabulary): Template {
  const reader = createReader(vocabulary);
  let line = 1;
  let lineStart = 0;
  for (const match of text.matchAll(TOKEN)) {
    const place = { line, column: match.index - lineStart + 1 };
    reader.token(match, place);
    for (let at = match[0].indexOf("\n"); at >= 0; at = match[0].indexOf("\n", at + 1)) {
      line++;
      lineStart = match.index + at + 1;
    }
  }
  return reader.finish({ line, column: 1 });
}

type Place = { line: number; column: number };
type Open = { name: string; place: Place };

function createReader(vocabulary: Vocabulary) {
  const nodes: Node[] = [];
  const faults: TemplateFault[] = [];
  const uses = { facts: new Set<string>(), texts: new Set<string>() };
  const open: Open[] = [];
  let inline: Inline[] | undefined;
  let began = false;
  const fault = (place: Place, name: string, params: TemplateFault["params"] = {}) =>
    faults.push({ ...place, code: `documents.faults.${name}`, params });
  const current = () => open.at(-1)?.name ?? "";
  const bold = () => current() === "b";

  const enter = (name: string, attributes: Map<string, string>, place: Place) => {
    for (const attribute of attributes.keys()) {
      if (name !== "fact" || attribute !== "name") fault(place, "unknown-attribute", { attribute, element: name });
    }
    if (name === "document") began = true;
    else if (name === "number") nodes.push({ kind: "number" });
    else if (name === "facts") nodes.push({ kind: "facts", names: [] });
    else if (name === "ul" || name === "ol") nodes.push({ kind: "list", ordered: name === "ol", items: [] });
    else if (name === "br") inline?.push({ bold: false, part: { kind: "break" } });
    else if (name === "fact") addRow(attributes.get("name"), place);
    else if (name === "li") {
      inline = [];
      const list = nodes.at(-1);
      if (list?.kind === "list") list.items.push(inline);
    } else if (name !== "b") {
      inline = [];
      nodes.push({ kind: name as "p", inline });
    }
  };
  const addRow = (name: string | undefined, place: Place) => {
    const table = nodes.at(-1);
    if (!name) return fault(place, "missing-attribute", { attribute: "name", element: "fact" });
    if (!(name in vocabulary.facts)) return fault(place, "unknown-fact", { name });
    uses.facts.add(name);
    if (table?.kind === "facts") table.names.push(name);
  };
  const leave = (name: string, place: Place) => {
    const top = open.pop();
    if (top?.name !== name) fault(place, "wrong-end", { element: name, open: top?.name ?? "" });
    if (INLINE.has(name) && name !== "b") inline = undefined;
  };
  const placeholder = (inside: string, place: Place) => {
    const [, word, name] = /^\s*(?:(t|date)\s+)?([a-z][a-z0-9_.-]*)\s*$/.exec(inside) ?? [];
    if (!name) return fault(place, "unknown-placeholder", { placeholder: inside.trim() });
    if (!inline) return fault(place, "words-outside", { words: `{{${inside}}}`, element: current() });
    if (word === "t") {
      if (!vocabulary.texts.has(name)) return fault(place, "unknown-text", { key: name });
      uses.texts.add(name);
      inline.push({ bold: bold(), part: { kind: "text", key: name } });
      return;
    }
    const type = vocabulary.facts[name]?.type;
    if (!type) return fault(place, "unknown-fact", { name });
    if ((type === "date") !== (word === "date")) return fault(place, type === "date" ? "date-as-text" : "text-as-date", { name });
    uses.facts.add(name);
    inline.push({ bold: bold(), part: { kind: "fact", name } });
  };
  const literal = (words: string, place: Place) => {
    const text = words.replace(/\s+/g, " ");
    // Indentation between elements says nothing; between placeholders a space does.
    if (text === " " && !inline) return;
    if (/[\p{L}<{]/u.test(text)) fault(place, "literal-words", { words: text.trim().slice(0, 40) });
    else if (!inline) fault(place, "words-outside", { words: text.trim().slice(0, 40), element: current() });
    else inline.push({ bold: bold(), part: { kind: "literal", text } });
  };

  return {
    token(match: RegExpMatchArray, place: Place) {
      const [whole, slash, name, attributes, selfEnd, inside] = match;
      if (whole.startsWith("<!--")) return;
      if (inside !== undefined) return placeholder(inside, place);
      if (name === undefined) return literal(whole, place);
      if (!(name in PARENTS)) return fault(place, "unknown-element", { element: name, allowed: Object.keys(PARENTS).join(", ") });
      if (slash) return leave(name, place);
      if (!PARENTS[name]!.includes(current()))
        fault(place, "misplaced-element", { element: name, parents: PARENTS[name]!.join(", ") });
      if (name === "document" && began) fault(place, "second-document");
      const found = new Map([...(attributes ?? "").matchAll(/([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]));
      enter(name, found, place);
      if (EMPTY.has(name)) {
        if (!selfEnd) fault(place, "needs-end", { element: name });
      } else if (selfEnd) fault(place, "empty-element", { element: name });
      else open.push({ name, place });
    },
    finish(end: Place): Template {
      for (const { name, place } of open) fault(place, "not-ended", { element: name });
      if (!began) fault(end, "no-document");
      else if (!nodes.some(({ kind }) => kind === "h1")) fault(end, "no-heading");
      return { nodes: nodes.map(trim), uses, faults };
    },
  };
}

function trim(node: Node): Node {
  if (node.kind === "list") return { ...node, items: node.items.map(trimInline) };
  return "inline" in node ? { ...node, inline: trimInline(node.inline) } : node;
}

/** Space at the beginning and end of a paragraph and around breaks comes from indentation. */
function trimInline(inline: Inline[]): Inline[] {
  const isBreak = (one: Inline | undefined) => one === undefined || one.part.kind === "break";
  return inline.flatMap((one, index) => {
    if (one.part.kind !== "literal") return [one];
    let { text } = one.part;
    if (isBreak(inline[index - 1])) text = text.trimStart();
    if (isBreak(inline[index + 1])) text = text.trimEnd();
    return text === "" ? [] : [{ ...one, part: { kind: "literal" as const, text } }];
  });
}
