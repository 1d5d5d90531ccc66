/** What to say where the grammar stumbles: the nearest plain reason, at the place where a person would mend it. */
import type { parser } from "lezer-feel";
import type { RawFault } from "./fault.ts";
import type { Params } from "./run.ts";
import { unbalanced } from "./scan.ts";

/** The tree of the grammar, before it becomes ours. */
export type Tree = ReturnType<(typeof parser)["parse"]>;
export type SyntaxNode = Tree["topNode"];

const CHAIN_LIMIT = 250;

interface Stumble {
  readonly from: number;
  readonly to: number;
  readonly parent: string;
}

function firstStumble(tree: Tree): Stumble | undefined {
  let found: Stumble | undefined;
  tree.iterate({
    enter(node) {
      if (!found && node.type.isError) found = { from: node.from, to: node.to, parent: node.node.parent?.name ?? "" };
      return found === undefined;
    },
  });
  return found;
}

/** The text with its strings and comments blanked, so that signs in them mean nothing. */
function withoutTexts(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/[^\n\r]*/g, (all) => " ".repeat(all.length));
}

/** The fault that explains why a tree has errors; undefined where it has none. */
export function diagnose(text: string, tree: Tree): RawFault | undefined {
  const stumble = firstStumble(tree);
  if (!stumble) return undefined;
  const bracket = unbalanced(text);
  if (bracket) return bracket;
  const comma = /,\s*[\])}]/.exec(withoutTexts(text))?.index;
  const fault = (code: string, params: Params = {}, from = stumble.from): RawFault => ({
    code,
    params,
    span: { from, to: stumble.to },
  });
  const before = text.slice(0, stumble.from).trimEnd();
  // The grammar gives up on chains of some hundreds of operators, where nothing is wrong with the text.
  const operators = before.match(/[-+*/=<>]|\b(?:and|or)\b/g)?.length ?? 0;
  if (operators > CHAIN_LIMIT) return fault("too-deep", { limit: CHAIN_LIMIT });
  const wrong = /^\S{1,30}/.exec(text.slice(stumble.from).trimStart())?.[0] ?? "";
  const after = /(\*\*|<=|>=|!=|[-+*/=<>,]|\band|\bor|\bin|\bthen|\belse|\breturn|\bsatisfies)$/.exec(before)?.[1];
  if (comma !== undefined && comma <= stumble.from) return fault("comma-last", {}, comma);
  if (stumble.parent === "IfExpression" && after !== "then" && after !== "else") {
    return fault(/\bthen\b/.test(before.slice(before.lastIndexOf("if"))) ? "else-missing" : "then-missing");
  }
  if (after !== undefined) return fault("operand-missing", { after }, before.length - after.length);
  if (wrong === "") return fault(before.endsWith(".") ? "name-missing" : "unfinished");
  if (wrong.startsWith(":") && stumble.parent === "InExpression") return fault("iterator-type");
  return fault("unexpected", { text: wrong });
}
