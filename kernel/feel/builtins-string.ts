/** String functions (DMN 1.4 table 73). Positions count characters (code points) from 1. */
import { type Builtin, builtin, form } from "./builtin.ts";
import { cutToInteger, type Decimal, whole } from "./decimal.ts";
import { matchesPattern, replacePattern, splitPattern } from "./pattern.ts";
import { type Run, TEXT_LIMIT } from "./run.ts";
import { type FeelList, type FeelValue, isList } from "./value.ts";

function substring(text: string, start: Decimal, more: { length: Decimal | undefined; run: Run }): FeelValue {
  const characters = [...text];
  const position = cutToInteger(start);
  const length = more.length === undefined ? characters.length : cutToInteger(more.length);
  if (position === null || position === 0 || length === null || length < 0 || Math.abs(position) > characters.length + 1) {
    return more.run.warn("position-outside");
  }
  const from = position > 0 ? position - 1 : Math.max(0, characters.length + position);
  return characters.slice(from, from + length).join("");
}

function joinTexts(list: FeelList, delimiter: string, run: Run): FeelValue {
  const texts: string[] = [];
  let length = 0;
  for (const item of list) {
    if (item === null) continue;
    if (typeof item !== "string") return run.warn("argument-type", { function: "string join", given: "list" });
    length += item.length + delimiter.length;
    texts.push(item);
  }
  run.spend(Math.ceil(length / 1000));
  return length > TEXT_LIMIT ? run.warn("text-limit", { limit: TEXT_LIMIT }) : texts.join(delimiter);
}

function wantedOf(
  input: FeelValue | undefined,
  pattern: FeelValue | undefined,
  flags: FeelValue | undefined,
): {
  input: string;
  pattern: string;
  flags: string;
} {
  return { input: input as string, pattern: pattern as string, flags: (flags ?? "") as string };
}

export const stringBuiltins: readonly Builtin[] = [
  builtin(
    "substring",
    form("string: string, start position: number, length?: number", ([text, start, length], run) =>
      substring(text as string, start as Decimal, { length: length as Decimal | undefined, run }),
    ),
  ),
  builtin(
    "string length",
    form("string: string", ([text]) => whole([...(text as string)].length)),
  ),
  builtin(
    "upper case",
    form("string: string", ([text]) => (text as string).toUpperCase()),
  ),
  builtin(
    "lower case",
    form("string: string", ([text]) => (text as string).toLowerCase()),
  ),
  builtin(
    "substring before",
    form("string: string, match: string", ([text, match]) => {
      const at = (text as string).indexOf(match as string);
      return at < 0 ? "" : (text as string).slice(0, at);
    }),
  ),
  builtin(
    "substring after",
    form("string: string, match: string", ([text, match]) => {
      const at = (text as string).indexOf(match as string);
      return at < 0 ? "" : (text as string).slice(at + (match as string).length);
    }),
  ),
  builtin(
    "replace",
    form("input: string, pattern: string, replacement: string, flags?: string?", ([input, pattern, replacement, flags], run) =>
      replacePattern(wantedOf(input, pattern, flags), replacement as string, run),
    ),
  ),
  builtin(
    "contains",
    form("string: string, match: string", ([text, match]) => (text as string).includes(match as string)),
  ),
  builtin(
    "starts with",
    form("string: string, match: string", ([text, match]) => (text as string).startsWith(match as string)),
  ),
  builtin(
    "ends with",
    form("string: string, match: string", ([text, match]) => (text as string).endsWith(match as string)),
  ),
  builtin(
    "matches",
    form("input: string, pattern: string, flags?: string?", ([input, pattern, flags], run) =>
      matchesPattern(wantedOf(input, pattern, flags), run),
    ),
  ),
  builtin(
    "split",
    form("string: string, delimiter: string", ([input, delimiter], run) => splitPattern(wantedOf(input, delimiter, ""), run)),
  ),
  builtin(
    "string join",
    form("list: list, delimiter?: string?", ([list, delimiter], run) =>
      joinTexts(isList(list!) ? list : [list!], (delimiter as string | null | undefined) ?? "", run),
    ),
  ),
];
