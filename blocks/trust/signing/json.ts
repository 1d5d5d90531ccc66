/**
 * JSON (RFC 8259) for what is signed: a name given twice is a fault, because two readers would take two meanings from it; objects are maps,
 * so that no name of the input reaches a prototype.
 */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;

export class JsonFault extends Error {
  override readonly name = "JsonFault";
}

const MAX_DEPTH = 16;
const MAX_LENGTH = 4 * 1024 * 1024;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters must be escaped in JSON (RFC 8259, 7).
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const SPACE = /[ \t\r\n]*/y;

/** Throws JsonFault. */
export function readJson(text: string): JsonValue {
  if (text.length > MAX_LENGTH) throw new JsonFault("too long");
  const input = { text, at: 0 };
  const value = readValue(input, 0);
  skip(input);
  if (input.at !== text.length) throw new JsonFault("something after the value");
  return value;
}

type Input = { readonly text: string; at: number };

function skip(input: Input): void {
  SPACE.lastIndex = input.at;
  input.at += SPACE.exec(input.text)![0].length;
}

function take(input: Input, pattern: RegExp): string | undefined {
  pattern.lastIndex = input.at;
  const found = pattern.exec(input.text)?.[0];
  input.at += found?.length ?? 0;
  return found;
}

function accept(input: Input, character: string): boolean {
  skip(input);
  if (input.text[input.at] !== character) return false;
  input.at += 1;
  return true;
}

function readValue(input: Input, depth: number): JsonValue {
  if (depth > MAX_DEPTH) throw new JsonFault("nested too deep");
  if (accept(input, "{")) return readObject(input, depth);
  if (accept(input, "[")) return readArray(input, depth);
  for (const [word, value] of [
    ["true", true],
    ["false", false],
    ["null", null],
  ] as const) {
    if (!input.text.startsWith(word, input.at)) continue;
    input.at += word.length;
    return value;
  }
  if (input.text[input.at] === '"') return readString(input);
  const number = take(input, NUMBER);
  if (!number) throw new JsonFault("value expected");
  return Number(number);
}

function readString(input: Input): string {
  const found = take(input, STRING);
  const value = found === undefined ? undefined : (JSON.parse(found) as string);
  if (!value?.isWellFormed()) throw new JsonFault("string expected");
  return value;
}

function readObject(input: Input, depth: number): JsonObject {
  const members = new Map<string, JsonValue>();
  if (accept(input, "}")) return members;
  do {
    skip(input);
    const name = readString(input);
    if (members.has(name) || !accept(input, ":")) throw new JsonFault("name given twice or without a value");
    members.set(name, readValue(input, depth + 1));
  } while (accept(input, ","));
  if (!accept(input, "}")) throw new JsonFault("object without an end");
  return members;
}

function readArray(input: Input, depth: number): JsonValue[] {
  const items: JsonValue[] = [];
  if (accept(input, "]")) return items;
  do items.push(readValue(input, depth + 1));
  while (accept(input, ","));
  if (!accept(input, "]")) throw new JsonFault("list without an end");
  return items;
}

export const isObject = (value: JsonValue | undefined): value is JsonObject => value instanceof Map;
export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value);
