/** Context functions (DMN 1.4 table 76). */
import { type Builtin, builtin, form } from "./builtin.ts";
import type { Run } from "./run.ts";
import { type FeelContext, type FeelList, type FeelValue, isContext } from "./value.ts";

function contextOf(entries: FeelList, run: Run): FeelValue {
  const context = new Map<string, FeelValue>();
  for (const entry of entries) {
    const key = isContext(entry) ? entry.get("key") : undefined;
    if (!isContext(entry) || typeof key !== "string" || !entry.has("value") || context.has(key)) {
      return run.warn("context-entries");
    }
    context.set(key, entry.get("value")!);
  }
  return context;
}

function put(context: FeelContext, key: string, value: FeelValue): FeelContext {
  return new Map(context).set(key, value);
}

function putDeep(context: FeelValue, keys: FeelList, value: FeelValue): FeelValue {
  const [key, ...rest] = keys;
  if (!isContext(context) || typeof key !== "string") return null;
  if (rest.length === 0) return put(context, key, value);
  const inner = putDeep(context.get(key) ?? null, rest, value);
  return inner === null ? null : put(context, key, inner);
}

function getDeep(context: FeelValue, keys: FeelList): FeelValue {
  let value: FeelValue = context;
  for (const key of keys) {
    if (!isContext(value) || typeof key !== "string") return null;
    value = value.get(key) ?? null;
  }
  return value;
}

function entriesOf(context: FeelContext): FeelValue {
  return [...context].map(
    ([key, value]) =>
      new Map<string, FeelValue>([
        ["key", key],
        ["value", value],
      ]),
  );
}

export const contextBuiltins: readonly Builtin[] = [
  builtin(
    "get value",
    form("m: context, key: string", ([context, key]) => (context as FeelContext).get(key as string) ?? null),
    form("m: context, keys: list", ([context, keys]) => getDeep(context!, keys as FeelList)),
  ),
  builtin(
    "get entries",
    form("m: context", ([context]) => entriesOf(context as FeelContext)),
  ),
  builtin(
    "context",
    form("entries: list", ([entries], run) => contextOf(entries as FeelList, run)),
  ),
  builtin(
    "context put",
    form("context: context, key: string, value: any", ([context, key, value]) =>
      put(context as FeelContext, key as string, value!),
    ),
    form("context: context, keys: list, value: any", ([context, keys, value]) =>
      (keys as FeelList).length === 0 ? null : putDeep(context!, keys as FeelList, value!),
    ),
  ),
  builtin(
    "context merge",
    form("contexts: list", ([contexts], run) => {
      const merged = new Map<string, FeelValue>();
      for (const context of contexts as FeelList) {
        if (!isContext(context)) return run.warn("context-entries");
        for (const [key, value] of context) merged.set(key, value);
      }
      return merged;
    }),
  ),
];
