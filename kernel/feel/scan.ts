/** A first look at the text, for the mistakes people make most: it gives better words than a parser's "unexpected". */
import type { RawFault } from "./fault.ts";
import type { Params } from "./run.ts";

/** The time of the grammar grows faster than the text; past this length it would be felt. */
export const TEXT_LENGTH_LIMIT = 5_000;
export const NESTING_LIMIT = 64;

/** Signs of other languages and what FEEL writes instead. */
const FOREIGN: readonly (readonly [string, string, Params])[] = [
  ["===", "sign", { wrong: "===", right: "=" }],
  ["!==", "sign", { wrong: "!==", right: "!=" }],
  ["==", "sign", { wrong: "==", right: "=" }],
  ["&&", "sign", { wrong: "&&", right: "and" }],
  ["||", "sign", { wrong: "||", right: "or" }],
  ["<>", "sign", { wrong: "<>", right: "!=" }],
  ["=>", "sign", { wrong: "=>", right: ">=" }],
  ["=<", "sign", { wrong: "=<", right: "<=" }],
  ["≥", "sign", { wrong: "≥", right: ">=" }],
  ["≤", "sign", { wrong: "≤", right: "<=" }],
  ["≠", "sign", { wrong: "≠", right: "!=" }],
  ["×", "sign", { wrong: "×", right: "*" }],
  ["÷", "sign", { wrong: "÷", right: "/" }],
  ["−", "sign", { wrong: "−", right: "-" }],
  ["“", "quote", { wrong: "“" }],
  ["”", "quote", { wrong: "”" }],
  ["«", "quote", { wrong: "«" }],
  ["»", "quote", { wrong: "»" }],
  ["„", "quote", { wrong: "„" }],
];

const OPENING = "([{";
const CLOSING = ")]}";

/** The first fault a look at the signs shows, or undefined; strings and comments are passed over. */
export function scan(text: string): RawFault | undefined {
  if (text.length > TEXT_LENGTH_LIMIT) return at(0, "too-long", { length: text.length, limit: TEXT_LENGTH_LIMIT });
  if (text.trim() === "") return at(0, "empty");
  let open: number[] = [];
  for (let index = 0; index < text.length; ) {
    const skipped = skip(text, index);
    if (typeof skipped !== "number") return skipped;
    if (skipped > index) {
      index = skipped;
      continue;
    }
    const foreign = foreignSign(text, index);
    if (foreign) return foreign;
    const sign = text[index]!;
    if (OPENING.includes(sign)) open = [...open, index];
    if (CLOSING.includes(sign)) open = open.slice(0, -1);
    if (open.length > NESTING_LIMIT) return at(index, "too-deep", { limit: NESTING_LIMIT });
    index += 1;
  }
  return undefined;
}

function at(from: number, code: string, params: Params = {}): RawFault {
  return { code, params, span: { from, to: from + 1 } };
}

/** The place after a string or comment that begins here, the same place where none does, or a fault where it does not end. */
function skip(text: string, index: number): number | RawFault {
  const sign = text[index];
  if (sign === '"') return endOfString(text, index) ?? at(index, "string-open");
  if (sign !== "/") return index;
  if (text[index + 1] === "/") {
    const end = text.slice(index).search(/[\n\r]/);
    return end < 0 ? text.length : index + end;
  }
  if (text[index + 1] !== "*") return index;
  const end = text.indexOf("*/", index + 2);
  return end < 0 ? at(index, "comment-open") : end + 2;
}

function endOfString(text: string, start: number): number | undefined {
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] === "\\") index += 1;
    else if (text[index] === '"') return index + 1;
    else if (text[index] === "\n" || text[index] === "\r") return undefined;
  }
  return undefined;
}

function foreignSign(text: string, index: number): RawFault | undefined {
  // `list<list<number>>`, `function<>` and a default before `=` are FEEL; only a sign between operands is foreign.
  for (const [sign, code, params] of FOREIGN) {
    if (!text.startsWith(sign, index)) continue;
    if (sign === "<>" && /function\s*$/.test(text.slice(0, index))) continue;
    return at(index, code, params);
  }
  if (text[index] === "'" && /(^|[\s(,[=<>:])$/.test(text.slice(0, index)) && text.indexOf("'", index + 1) > 0) {
    return at(index, "quote", { wrong: "'" });
  }
  if (text[index] === "!" && text[index + 1] !== "=") return at(index, "sign-not");
  if (text[index] === "%") return at(index, "sign-percent");
  return undefined;
}

/** After the parser stumbled: an unclosed or superfluous bracket, if that is what is wrong. */
export function unbalanced(text: string): RawFault | undefined {
  const open: number[] = [];
  for (let index = 0; index < text.length; ) {
    const skipped = skip(text, index);
    if (typeof skipped !== "number") return skipped;
    if (skipped > index) {
      index = skipped;
      continue;
    }
    const sign = text[index]!;
    if (sign === "(" || sign === "{") open.push(index);
    else if (sign === ")" || sign === "}") {
      const last = open.pop();
      if (last === undefined) return at(index, "bracket-close", { bracket: sign });
      const wanted = text[last] === "(" ? ")" : "}";
      if (wanted !== sign) return at(last, "bracket-open", { bracket: text[last]!, wanted });
    }
    index += 1;
  }
  const last = open.pop();
  return last === undefined
    ? undefined
    : at(last, "bracket-open", { bracket: text[last]!, wanted: text[last] === "(" ? ")" : "}" });
}
