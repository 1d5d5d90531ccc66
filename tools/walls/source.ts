import { lineAt, type Tree } from "./tree.ts";

/** A literal of a source file. Template texts are given without their `${…}` parts, each replaced by `$0`. */
export type Literal = {
  kind: "string" | "template";
  text: string;
  start: number;
  line: number;
  /** Name before a template: `sql` in sql`…`. */
  tag?: string;
};

/** A source file cut into code, literals and comments. All positions are those of the original text. */
export type Source = {
  text: string;
  /** The text with comments and the inside of literals blanked; same length, same lines. */
  code: string;
  literals: Literal[];
};

/** One thing imported: `@kerege/trust/log` at a line. */
export type Import = { specifier: string; line: number; typeOnly: boolean };

const sourceName = /\.(ts|tsx|mjs|js)$/;

export function isSource(path: string): boolean {
  return sourceName.test(path) && !path.endsWith(".d.ts");
}

/** Tests, and what only tests load: they may name fixtures, hold SQL and open blocks by their wiring. */
export function isTest(path: string): boolean {
  return /(^|\/)test\//.test(path) || /\.(test|soak)\.tsx?$/.test(path) || /^(journeys|conformance)\//.test(path);
}

/** What runs at a user's: the kernel, the blocks and the apps, without their tests. */
export function isProduct(path: string): boolean {
  return /^(kernel|blocks|apps)\//.test(path) && isSource(path) && !isTest(path);
}

const known = new WeakMap<Tree, Map<string, Source>>();

/** The source of a file of the tree; cut once per tree. */
export function sourceOf(tree: Tree, path: string): Source {
  const sources = known.get(tree) ?? new Map<string, Source>();
  known.set(tree, sources);
  const source = sources.get(path) ?? cut(tree.read(path) ?? "");
  sources.set(path, source);
  return source;
}

/** Every import of a source: static, dynamic, re-export, `require.resolve` and `import.meta.resolve`. */
export function importsOf(source: Source): Import[] {
  const found: Import[] = [];
  const patterns = [
    /\b(?:import|export)\b[^;"'`=()]*?\bfrom\s*(?=["'])/g,
    /\bimport\s*(?=["'])/g,
    /\bimport\s*\(\s*(?=["'`])/g,
    /\brequire(?:\.resolve)?\(\s*(?=["'`])/g,
    /\bimport\.meta\.resolve\(\s*(?=["'`])/g,
  ];
  const at = new Map(source.literals.map((literal) => [literal.start, literal]));
  for (const pattern of patterns) {
    for (const match of source.code.matchAll(pattern)) {
      const literal = at.get(match.index + match[0].length);
      if (!literal || literal.text.includes("$0")) continue;
      found.push({ specifier: literal.text, line: literal.line, typeOnly: /^(?:import|export)\s+type\b/.test(match[0]) });
    }
  }
  return found.sort((a, b) => a.line - b.line);
}

type Mode = { kind: "code"; braces: number } | { kind: "template"; literal: Literal };

/** Cuts TypeScript, JSX included, well enough for the walls: comments, strings, templates (nested) and regular expressions. */
export function cut(text: string): Source {
  const code = text.split("");
  const literals: Literal[] = [];
  const stack: Mode[] = [{ kind: "code", braces: 0 }];
  const blank = (from: number, to: number) => {
    for (let i = from; i < to; i += 1) if (code[i] !== "\n") code[i] = " ";
  };
  let at = 0;
  while (at < text.length) {
    const mode = stack.at(-1)!;
    if (mode.kind === "template") {
      at = readTemplate({ text, at, mode, stack, blank });
      continue;
    }
    const char = text[at]!;
    if (char === "/" && text[at + 1] === "/") {
      const end = text.indexOf("\n", at);
      blank(at, end === -1 ? text.length : end);
      at = end === -1 ? text.length : end;
    } else if (char === "/" && text[at + 1] === "*") {
      const close = text.indexOf("*/", at + 2);
      const end = close === -1 ? text.length : close + 2;
      blank(at, end);
      at = end;
    } else if (char === '"' || char === "'") {
      const end = stringEnd(text, at);
      // An apostrophe in the text of a page is no string: strings end on their line.
      if (end === undefined) {
        at += 1;
        continue;
      }
      literals.push({ kind: "string", text: text.slice(at + 1, end), start: at, line: lineAt(text, at) });
      blank(at + 1, end);
      at = end + 1;
    } else if (char === "`") {
      const tag = /([\w$.]+)(?:<[^<>]*>)?\s*$/.exec(text.slice(Math.max(0, at - 80), at))?.[1];
      const literal: Literal = { kind: "template", text: "", start: at, line: lineAt(text, at), ...(tag ? { tag } : {}) };
      literals.push(literal);
      stack.push({ kind: "template", literal });
      at += 1;
    } else if (char === "/" && startsRegex(text, at)) {
      const end = regexEnd(text, at);
      blank(at + 1, end - 1);
      at = end;
    } else {
      if (char === "{") mode.braces += 1;
      if (char === "}") {
        if (mode.braces === 0 && stack.length > 1) stack.pop();
        else mode.braces -= 1;
      }
      at += 1;
    }
  }
  return { text, code: code.join(""), literals };
}

type Step = { text: string; at: number; mode: Mode & { kind: "template" }; stack: Mode[]; blank(from: number, to: number): void };

function readTemplate({ text, at, mode, stack, blank }: Step): number {
  const char = text[at]!;
  if (char === "`") {
    stack.pop();
    return at + 1;
  }
  if (char === "$" && text[at + 1] === "{") {
    mode.literal.text += "$0";
    stack.push({ kind: "code", braces: 0 });
    return at + 2;
  }
  const length = char === "\\" ? 2 : 1;
  mode.literal.text += text.slice(at, at + length);
  blank(at, at + length);
  return at + length;
}

function stringEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "\n") return undefined;
    else if (text[at] === text[start]) return at;
  }
  return undefined;
}

function startsRegex(text: string, at: number): boolean {
  if (text[at + 1] === ">") return false;
  const before = text.slice(Math.max(0, at - 40), at).trimEnd();
  return (
    (/[([{,;=:!&|?+\-*%^~}]$|=>$|^$/.test(before) || /\b(return|typeof|case|in|of|do|else|void|yield|await)$/.test(before)) &&
    regexEnd(text, at) > at + 1
  );
}

function regexEnd(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === "\n") return start + 1;
    if (char === "\\") at += 1;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (char === "/" && !inClass) return at + 1;
  }
  return start + 1;
}
