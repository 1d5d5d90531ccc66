/** String functions (DMN 1.4 table 73). Positions count characters (code points) from 1. */
import { type Builtin, builtin, form } from "./builtin.ts";
import { cutToInteger, type Decimal, whole } from "./decimal.ts";
import { compilePattern, expandReplacement } from "./pattern.ts";
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

function replace([input, pattern, replacement, flags]: FeelValue[], run: Run): FeelValue {
  const compiled = compilePattern(
    { pattern: pattern as string, flags: (flags as string | null | undefined) ?? "", input: input as string },
    run,
  );
  if (!compiled) return null;
  if (compiled.matchesEmpty) return run.warn("pattern-bad");
  const text = (input as string).replace(compiled.global, (...found: unknown[]) => {
    const groups = found.slice(0, compiled.groups + 1) as (string | undefined)[];
    return expandReplacement(replacement as string, { groups, literal: compiled.literal });
  });
  run.spend(Math.ceil(text.length / 1000));
  return text.length > TEXT_LIMIT ? run.warn("text-limit", { limit: TEXT_LIMIT }) : text;
}

function matches([input, pattern, flags]: FeelValue[], run: Run): FeelValue {
  const compiled = compilePattern(
    { pattern: pattern as string, flags: (flags as string | null | undefined) ?? "", input: input as string },
    run,
  );
  return compiled ? compiled.once.test(input as string) : null;
}

function split([input, delimiter]: FeelValue[], run: Run): FeelValue {
  const compiled = compilePattern({ pattern: delimiter as string, flags: "", input: input as string }, run);
  if (!compiled) return null;
  const parts: string[] = [];
  let from = 0;
  for (const found of (input as string).matchAll(compiled.global)) {
    if (found[0] === "") continue;
    parts.push((input as string).slice(from, found.index));
    from = found.index + found[0].length;
  }
  run.spend(parts.length);
  return [...parts, (input as string).slice(from)];
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
  builtin("replace", form("input: string, pattern: string, replacement: string, flags?: string?", replace)),
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
  builtin("matches", form("input: string, pattern: string, flags?: string?", matches)),
  builtin("split", form("string: string, delimiter: string", split)),
  builtin(
    "string join",
    form("list: list, delimiter?: string?", ([list, delimiter], run) =>
      joinTexts(isList(list!) ? list : [list!], (delimiter as string | null | undefined) ?? "", run),
    ),
  ),
];
