import { TextDecoder } from "node:util";
import { kernelProblem, Problem } from "./problem.ts";

const FIELDS_LIMIT = 200;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Strictly: a byte that is not UTF-8 refuses the whole, for a replaced letter would change a name unseen. @throws {Problem} */
export function readUtf8(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw kernelProblem("not-utf-8", { cause });
  }
}

/**
 * JSON as I-JSON has it (RFC 7493, 2.1 and 2.3): no name twice, which two readers might read differently, no half of a surrogate pair;
 * no NUL, which PostgreSQL cannot keep; and no name that reaches a prototype. @throws {Problem}
 */
export function readJson(text: string): unknown {
  try {
    let kept = 0;
    const value: unknown = JSON.parse(text, function (this: unknown, name: string, value: unknown) {
      if (!Array.isArray(this)) {
        refuseName(name);
        kept++;
      }
      if (typeof value === "string") refuseBroken(value);
      return value;
    });
    // JSON.parse keeps the last of two equal names; the value itself was counted once, under no name.
    if (countNames(text) !== kept - 1) throw kernelProblem("bad-request");
    return value;
  } catch (cause) {
    throw cause instanceof Problem ? cause : kernelProblem("bad-request", { cause });
  }
}

/** In well-formed JSON a string followed by a colon is a name, and nothing else is. */
function countNames(json: string): number {
  let count = 0;
  for (const [, colon] of json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)) if (colon) count++;
  return count;
}

/** `a=1&b=2&b=3` to `{ a: "1", b: ["2", "3"] }`; a broken escape or too many fields is a bad request, never a guess. @throws {Problem} */
export function parseForm(body: string): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = Object.create(null);
  if (body === "") return result;
  const pairs = body.split("&");
  if (pairs.length > FIELDS_LIMIT) throw kernelProblem("bad-request");
  for (const pair of pairs) {
    if (pair === "") continue;
    const cut = pair.indexOf("=");
    const name = decode(cut < 0 ? pair : pair.slice(0, cut));
    const value = cut < 0 ? "" : decode(pair.slice(cut + 1));
    refuseName(name);
    const earlier = result[name];
    result[name] = earlier === undefined ? value : [earlier, value].flat();
  }
  return result;
}

function decode(text: string): string {
  let plain: string;
  try {
    plain = decodeURIComponent(text.replaceAll("+", " "));
  } catch (cause) {
    throw kernelProblem(/%(?![0-9a-f]{2})/i.test(text) ? "bad-request" : "not-utf-8", { cause });
  }
  refuseBroken(plain);
  return plain;
}

function refuseName(name: string): void {
  if (name === "__proto__" || name === "constructor" || name === "prototype") throw kernelProblem("bad-request");
  refuseBroken(name);
}

function refuseBroken(text: string): void {
  if (text.includes("\u0000") || !text.isWellFormed()) throw kernelProblem("bad-request");
}
