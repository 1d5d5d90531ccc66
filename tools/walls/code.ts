import { isProduct, isSource, sourceOf } from "./source.ts";
import { lineAt, type Offence, type Tree } from "./tree.ts";

type Rule = { pattern: RegExp; where: (path: string) => boolean; text: "code" | "text"; reason: string; remedy: string };

const rules: Rule[] = [
  {
    pattern: /(?::|\bas|<|,|\|)\s*any\b(?!\s*[:(.])/g,
    where: isSource,
    text: "code",
    reason: "the type any",
    remedy: "unknown at the door, a type inside",
  },
  // Spelled with a gap so that this file does not find itself.
  {
    pattern: new RegExp("@ts-" + "(ignore|nocheck|expect-error)", "g"),
    where: isSource,
    text: "text",
    reason: "a check of types is switched off",
    remedy: "mend the type",
  },
  {
    pattern: /\bconsole\s*\.\s*(log|debug|info|warn|error)\s*\(/g,
    where: isServer,
    text: "code",
    reason: "console in product code",
    remedy: "means.log in a block; process.stdout.write where a command answers a person",
  },
  {
    pattern: /\bdangerouslySetInnerHTML\b/g,
    where: isProduct,
    text: "code",
    reason: "unescaped HTML in a page",
    remedy: "JSX; where markup is truly made elsewhere, a component of the page kit that says why it is safe",
  },
  {
    pattern: new RegExp("\\b(TO" + "DO|FIX" + "ME|X" + "XX|HA" + "CK)\\b", "g"),
    where: isSource,
    text: "text",
    reason: "a mark of unfinished work",
    remedy: "finish it, or open an issue",
  },
  {
    pattern: /\b(?:test|it|describe|suite)\.only\s*\(|\bonly:\s*true\b/g,
    where: isSource,
    text: "code",
    reason: "a test that shuts out the others",
    remedy: "remove only",
  },
  {
    pattern: /^\s*(?:export\s+)?(?:const\s+)?enum\s/gm,
    where: isSource,
    text: "code",
    reason: "an enum",
    remedy: "a union of strings",
  },
  {
    pattern: /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}/g,
    where: isProduct,
    text: "text",
    reason: "a fault is swallowed",
    remedy: "let it rise, or say in the block why it may be passed over",
  },
];

function isServer(path: string): boolean {
  return isProduct(path) && !path.includes("/islands/");
}

/** Words that loosen checks or that nobody should ship. */
export function refusedCode(tree: Tree): Offence[] {
  const offences: Offence[] = [];
  for (const file of tree.files.filter(isSource)) {
    const source = sourceOf(tree, file);
    for (const { pattern, where, text, reason, remedy } of rules) {
      if (!where(file)) continue;
      for (const match of source[text].matchAll(pattern)) {
        const line = lineAt(source.text, match.index + (match[0].length - match[0].trimStart().length));
        if (reason === "the type any" && isExcused(source.text, line)) continue;
        offences.push({ file, line, wall: "code", reason: `${reason} (${match[0].trim()})`, remedy });
      }
    }
  }
  return offences;
}

// Biome refuses `any` as well; where its suppression gives a reason, the reason is enough.
function isExcused(text: string, line: number): boolean {
  return /biome-ignore lint\/suspicious\/noExplicitAny: \S/.test(text.split("\n")[line - 2] ?? "");
}

const longest = 400;

/** A file past 400 lines splits by noun. */
export function longFiles(tree: Tree): Offence[] {
  return tree.files.filter(isSource).flatMap((file) => {
    const lines = (tree.read(file) ?? "").trimEnd().split("\n").length;
    if (lines <= longest) return [];
    return [
      { file, wall: "length", reason: `${lines} lines, ${longest} are allowed`, remedy: "split it by noun, never by layer" },
    ];
  });
}

const most = 3;

/** A function takes at most three parameters; what needs more takes an object. */
export function manyParameters(tree: Tree): Offence[] {
  const offences: Offence[] = [];
  for (const file of tree.files.filter(isProduct)) {
    const { code, text } = sourceOf(tree, file);
    for (const match of code.matchAll(/\bfunction\s*\*?\s*(\w*)\s*(?:<[^()]*>)?\s*\(/g)) {
      const count = countParameters(code, match.index + match[0].length);
      if (count <= most) continue;
      const reason = `${match[1] || "a function"} takes ${count} parameters, ${most} are allowed`;
      offences.push({
        file,
        line: lineAt(text, match.index),
        wall: "parameters",
        reason,
        remedy: "gather what belongs together into one object",
      });
    }
  }
  return offences;
}

/** Counts the parameters that begin at a place, up to the closing bracket; `this` is no parameter. */
export function countParameters(code: string, start: number): number {
  let depth = 0;
  let current = "";
  const parameters: string[] = [];
  for (let at = start; at < code.length; at += 1) {
    const char = code[at]!;
    const arrow = char === ">" && code[at - 1] === "=";
    if (char === ")" && depth === 0) break;
    if ("([{<".includes(char)) depth += 1;
    else if (")]}>".includes(char) && !arrow) depth -= 1;
    if (char === "," && depth === 0) {
      parameters.push(current);
      current = "";
    } else current += char;
  }
  return [...parameters, current].filter((each) => each.trim() !== "" && !/^\s*this\s*:/.test(each)).length;
}
