import type { Plain } from "@kerege/kernel/feel";

/** What stands in a form, by the names of its inputs. */
export type Typed = Record<string, string>;

/** The inputs of a form as they came: the last of several of one name, without blanks around. */
export function typedOf(body: unknown): Typed {
  const typed: Typed = {};
  if (typeof body !== "object" || body === null) return typed;
  for (const [name, value] of Object.entries(body as Record<string, unknown>)) {
    const last: unknown = Array.isArray(value) ? value.at(-1) : value;
    if (typeof last === "string") typed[name] = last.trim();
  }
  return typed;
}

const LINE = /^([\p{L}_][\p{L}\p{N}_]*)\s*[:=]\s*(.*)$/u;

/** Values as an operator writes them, a name and a value on each line; undefined where a line is neither. */
export function outputOf(text: string): Record<string, Plain> | undefined {
  const output: Record<string, Plain> = {};
  for (const line of text.split(/\r?\n/).map((each) => each.trim())) {
    if (line === "") continue;
    const [, name, value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    output[name] = plainOf(value);
  }
  return output;
}

function plainOf(text: string): Plain {
  if (text === "true" || text === "false") return text === "true";
  if (text === "null") return null;
  if (/^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,12})?$/.test(text)) return Number(text);
  const quoted = /^"(.*)"$/.exec(text)?.[1];
  return quoted ?? text;
}
