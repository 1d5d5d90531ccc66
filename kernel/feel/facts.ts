/** Reading what was given: plain JSON, FEEL values, or both mixed. */
import { Decimal, whole } from "./decimal.ts";
import { type Closure, type Compiled, entryOf, type Frame, type Gathering, ownKey } from "./frame.ts";
import { canonicalName } from "./parse.ts";
import { fromPlain, isListShape, type Shape } from "./plain.ts";
import type { Span } from "./run.ts";
import { take } from "./steps.ts";
import type { FeelValue } from "./value.ts";

interface Fact {
  readonly keys: readonly string[];
  readonly shape: Shape;
  readonly path: string;
  readonly span: Span;
}

/**
 * A closure that reads a fact by its path. Plain objects are walked by own keys only; what stands at the end of the path becomes
 * a FEEL value. Every reading is noted where the evaluation is traced.
 */
export function readFact(keys: readonly string[], shape: Shape, more: { gathering: Gathering; span: Span }): Compiled {
  const path = keys.join(".");
  more.gathering.reads.add(path);
  const fact: Fact = { keys, shape, path, span: more.span };
  const [first = "", second = ""] = keys;
  // The two commonest lengths are written out: a rule is mostly made of them. A number needs no proof that it is the object's own,
  // for no prototype of JavaScript holds one.
  const one: Closure = (frame) => {
    const value = frame.input[first];
    if (typeof value === "number") return finish(frame, value, fact);
    return Object.hasOwn(frame.input, first) ? finish(frame, value, fact) : walk(frame, fact);
  };
  const two: Closure = (frame) => {
    const holder = frame.input[first];
    if (!isPlainObject(holder)) return walk(frame, fact);
    const value = holder[second];
    if (typeof value === "number" && holder !== Object.prototype) return finish(frame, value, fact);
    return Object.hasOwn(holder, second) && Object.hasOwn(frame.input, first) ? finish(frame, value, fact) : walk(frame, fact);
  };
  const read: Closure = keys.length === 1 ? one : keys.length === 2 ? two : (frame) => walk(frame, fact);
  const run: Closure = (frame) => {
    const { facts } = frame.run;
    if (facts === undefined) return read(frame);
    const value = read(frame);
    facts.set(path, value);
    return value;
  };
  return { run, shape };
}

function walk(frame: Frame, fact: Fact): FeelValue {
  const { keys, path, span } = fact;
  let value: unknown = frame.input;
  for (let index = 0; index < keys.length; index += 1) {
    if (typeof value !== "object" || value === null) return value === null ? null : missing(frame, path, span);
    if (value instanceof Map) {
      const entry = entryOf(value, keys[index]!);
      if (entry === undefined) return missing(frame, path, span);
      value = entry;
      continue;
    }
    if (!isPlainObject(value)) {
      let rest = fromPlain(value);
      for (const name of keys.slice(index)) rest = take(rest, canonicalName(name), { frame, span });
      return rest;
    }
    const key = ownKey(value, keys[index]!);
    if (key === undefined) return missing(frame, path, span);
    value = value[key];
  }
  return finish(frame, value, fact);
}

function finish(frame: Frame, value: unknown, fact: Fact): FeelValue {
  if (typeof value === "number" && Number.isSafeInteger(value)) return whole(value);
  if (value instanceof Decimal || typeof value === "boolean" || value === null) return value;
  const read = fromPlain(value, fact.shape);
  if (read === null && value !== undefined) {
    frame.run.warn("fact-unreadable", { path: fact.path, shape: shapeName(fact.shape) }, fact.span);
  }
  return read;
}

function shapeName(shape: Shape): string {
  return typeof shape === "string" ? shape : isListShape(shape) ? "list" : "context";
}

function missing(frame: Frame, path: string, span: Span): null {
  return frame.run.warn("fact-missing", { path }, span);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
