/** List functions (DMN 1.3 table 75 and §10.3.4.4). */
import { type Builtin, builtin, form } from "./builtin.ts";
import { cutToInteger, type Decimal, whole } from "./decimal.ts";
import type { Run } from "./run.ts";
import { equalValues, type FeelFunction, type FeelList, type FeelValue, isList } from "./value.ts";

function sameAs(a: FeelValue, b: FeelValue): boolean {
  return equalValues(a, b) === true;
}

/** A position by 1, 2, … or -1, -2, … as an index; undefined where the list has no such place. */
function indexAt(list: FeelList, position: Decimal): number | undefined {
  const at = cutToInteger(position);
  if (at === null || at === 0 || Math.abs(at) > list.length) return undefined;
  return at > 0 ? at - 1 : list.length + at;
}

function sublist(list: FeelList, start: Decimal, more: { length: Decimal | undefined; run: Run }): FeelValue {
  const from = indexAt(list, start);
  const length = more.length === undefined ? undefined : cutToInteger(more.length);
  if (from === undefined || length === null || (length !== undefined && (length < 0 || from + length > list.length))) {
    return more.run.warn("position-outside");
  }
  return list.slice(from, length === undefined ? undefined : from + length);
}

function join(lists: readonly FeelList[], run: Run): FeelList {
  run.spend(lists.reduce((sum, list) => sum + list.length, 0));
  return lists.flat(1) as FeelList;
}

function distinct(list: FeelList, run: Run): FeelList {
  const kept: FeelValue[] = [];
  for (const item of list) {
    run.spend(1 + (kept.length >> 4));
    if (!kept.some((other) => sameAs(other, item))) kept.push(item);
  }
  return kept;
}

function flatten(list: FeelList, run: Run): FeelList {
  const flat: FeelValue[] = [];
  for (const item of list) {
    run.spend(1);
    if (isList(item)) flat.push(...flatten(item, run));
    else flat.push(item);
  }
  return flat;
}

function insertBefore([list, position, item]: FeelValue[], run: Run): FeelValue {
  const at = indexAt(list as FeelList, position as Decimal);
  if (at === undefined) return run.warn("position-outside");
  run.spend((list as FeelList).length);
  return (list as FeelList).toSpliced(at, 0, item!);
}

function remove([list, position]: FeelValue[], run: Run): FeelValue {
  const at = indexAt(list as FeelList, position as Decimal);
  if (at === undefined) return run.warn("position-outside");
  run.spend((list as FeelList).length);
  return (list as FeelList).toSpliced(at, 1);
}

function replaceAt([list, position, item]: FeelValue[], run: Run): FeelValue {
  const at = indexAt(list as FeelList, position as Decimal);
  if (at === undefined) return run.warn("position-outside");
  run.spend((list as FeelList).length);
  return (list as FeelList).with(at, item!);
}

function replaceMatching([list, match, item]: FeelValue[], run: Run): FeelValue {
  const matching = match as FeelFunction;
  if (matching.parameters.length !== 2) return run.warn("argument-type", { function: "list replace", given: "function" });
  const replaced: FeelValue[] = [];
  for (const one of list as FeelList) {
    run.spend(1);
    const met = matching.call([one, item!], run);
    if (typeof met !== "boolean") return run.warn("filter-type");
    replaced.push(met ? item! : one);
  }
  return replaced;
}

/** A stable merge sort by a function that says whether its first argument comes first. */
function sort([list, precedes]: FeelValue[], run: Run): FeelValue {
  const before = precedes as FeelFunction;
  if (before.parameters.length !== 2 && before.name === "function")
    return run.warn("argument-type", { function: "sort", given: "function" });
  const merge = (items: FeelList): FeelList => {
    if (items.length < 2) return items;
    const middle = items.length >> 1;
    const left = [...merge(items.slice(0, middle))];
    const right = [...merge(items.slice(middle))];
    const merged: FeelValue[] = [];
    let [l, r] = [0, 0];
    while (l < left.length && r < right.length) {
      run.spend(1);
      const rightFirst = before.call([right[r]!, left[l]!], run) === true;
      merged.push(rightFirst ? right[r++]! : left[l++]!);
    }
    return [...merged, ...left.slice(l), ...right.slice(r)];
  };
  return merge(list as FeelList);
}

export const listBuiltins: readonly Builtin[] = [
  builtin(
    "list contains",
    form("list: list, element: any", ([list, element], run) => {
      run.spend((list as FeelList).length >> 4);
      return (list as FeelList).some((item) => sameAs(item, element!));
    }),
  ),
  builtin(
    "count",
    form("list: list", ([list]) => whole((list as FeelList).length)),
    form("...list: any", ([list]) => whole((list as FeelList).length)),
  ),
  builtin(
    "sublist",
    form("list: list, start position: number, length?: number", ([list, start, length], run) =>
      sublist(list as FeelList, start as Decimal, { length: length as Decimal | undefined, run }),
    ),
  ),
  builtin(
    "append",
    form("list: list, ...item: any", ([list, items], run) => join([list as FeelList, items as FeelList], run)),
  ),
  builtin(
    "concatenate",
    form("...list: list", ([lists], run) => joinAll(lists as FeelList, run)),
  ),
  builtin("insert before", form("list: list, position: number, newItem: any", insertBefore)),
  builtin("remove", form("list: list, position: number", remove)),
  builtin(
    "list replace",
    form("list: list, position: number, newItem: any", replaceAt),
    form("list: list, match: function, newItem: any", replaceMatching),
  ),
  builtin(
    "reverse",
    form("list: list", ([list]) => (list as FeelList).toReversed()),
  ),
  builtin(
    "index of",
    form("list: list, match: any", ([list, match]) =>
      (list as FeelList).flatMap((item, index) => (sameAs(item, match!) ? [whole(index + 1)] : [])),
    ),
  ),
  builtin(
    "union",
    form("...list: list", ([lists], run) => {
      const all = joinAll(lists as FeelList, run);
      return isList(all) ? distinct(all, run) : all;
    }),
  ),
  builtin(
    "distinct values",
    form("list: list", ([list], run) => distinct(list as FeelList, run)),
  ),
  builtin(
    "flatten",
    form("list: list", ([list], run) => flatten(list as FeelList, run)),
  ),
  builtin("sort", form("list: list, precedes: function", sort)),
];

/** The arguments one after another; an argument that is no list counts as a list of itself, null as none. */
function joinAll(lists: FeelList, run: Run): FeelValue {
  if (lists.includes(null)) return run.warn("argument-null", { function: "concatenate", given: "null" });
  return join(
    lists.map((list) => (isList(list) ? list : [list])),
    run,
  );
}
