import { parse } from "yaml";
import { sourceOf } from "../walls/source.ts";
import { lineAt, type Tree } from "../walls/tree.ts";
import { testFiles } from "./project.ts";

/** A row of the mission. */
export type Row = { id: string; title: string };

/** A test, or an example of a pack, that carries a row. */
export type Proof = { row: string; file: string; line: number; title: string; kind: "test" | "example" };

const rowFile = "docs/reference/mission.yaml";
const rowName = /M-(?:0\.\d+|[A-F]\d+)(?!\d)/g;
const rowsAtStart = /^(?:M-(?:0\.\d+|[A-F]\d+)(?!\w)[\s,]*)+/;

/** The rows in the order of the mission. */
export function readRows(tree: Tree): Row[] {
  const read = parse(tree.read(rowFile) ?? "") as { rows: Row[] } | null;
  if (!read) throw new Error(`${rowFile} is missing`);
  return read.rows;
}

/** The rows a title carries: `M-A8 M-F20: a bank …` → `M-A8`, `M-F20`. A row named further on is only spoken of. */
export function rowsIn(title: string): string[] {
  return [...new Set(rowsAtStart.exec(title)?.[0].match(rowName) ?? [])];
}

/** Matches the titles that carry a row, and not those of `M-0.10` for `M-0.1`. */
export function rowPattern(id: string): RegExp {
  return new RegExp(`(?<![\\w.-])${id.replaceAll(".", "\\.")}(?!\\d)`);
}

/** Every test that carries a row: in a file that the runner runs, and not skipped in its source. */
export function findProofs(tree: Tree): Proof[] {
  const proofs = testFiles(tree).flatMap((file) => proofsOf(tree, file));
  return [...proofs, ...(exampleRunners(tree).length > 0 ? exampleProofs(tree) : [])];
}

/** Test files that run the examples of packs and put what an example proves into the title of its test. */
export function exampleRunners(tree: Tree): string[] {
  return testFiles(tree).filter(
    (file) => /^(blocks|journeys|conformance)\//.test(file) && /\.proves\b/.test(sourceOf(tree, file).code),
  );
}

type Call = { verb: string; start: number; end: number; title: string; line: number; skipped: boolean };

function proofsOf(tree: Tree, file: string): Proof[] {
  const calls = callsOf(tree, file);
  const within = (inner: Call, outer: Call) => outer !== inner && outer.start < inner.start && inner.end <= outer.end;
  const runs = (call: Call) => !call.skipped && !calls.some((outer) => outer.skipped && within(call, outer));
  const isSuite = (call: Call) => call.verb === "describe" || call.verb === "suite";
  return calls.flatMap((call) => {
    if (!runs(call)) return [];
    // A suite proves by the tests it holds, so an empty one proves nothing.
    if (isSuite(call) && !calls.some((inner) => !isSuite(inner) && within(inner, call) && runs(inner))) return [];
    return rowsIn(call.title).map((row) => ({ row, file, line: call.line, title: call.title, kind: "test" as const }));
  });
}

function callsOf(tree: Tree, file: string): Call[] {
  const source = sourceOf(tree, file);
  const literals = new Map(source.literals.map((literal) => [literal.start, literal]));
  const calls: Call[] = [];
  for (const match of source.code.matchAll(/(?<![\w.$])(test|it|describe|suite)(?:\.(skip|todo|only))?\s*\(\s*(?=["'`])/g)) {
    const literal = literals.get(match.index + match[0].length);
    if (!literal) continue;
    const end = closing(source.code, match.index + match[0].indexOf("("));
    const options = /^["'`][^"'`]*["'`]\s*,\s*\{([^{}]*)\}\s*,/.exec(source.code.slice(literal.start, end))?.[1] ?? "";
    const skipped = match[2] === "skip" || match[2] === "todo" || /\b(?:skip|todo):\s*(?:true\b|["'`])/.test(options);
    calls.push({ verb: match[1]!, start: match.index, end, title: literal.text, line: literal.line, skipped });
  }
  return calls;
}

function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    if (code[at] === "(") depth += 1;
    if (code[at] === ")") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return code.length;
}

function exampleProofs(tree: Tree): Proof[] {
  return tree.files
    .filter((path) => /^packs\/.*\/examples\/[^/]+\.yaml$/.test(path))
    .flatMap((file) => {
      const text = tree.read(file) ?? "";
      if (!text.includes("proves")) return [];
      const proves = (parse(text) as { proves?: unknown } | null)?.proves;
      const rows = Array.isArray(proves) ? proves.filter((row): row is string => typeof row === "string") : [];
      const line = lineAt(text, Math.max(0, text.search(/^\s*proves\b/m)));
      return rows.map((row) => ({
        row,
        file,
        line,
        title: `example ${file
          .split("/")
          .at(-1)
          ?.replace(/\.yaml$/, "")}`,
        kind: "example" as const,
      }));
    });
}
