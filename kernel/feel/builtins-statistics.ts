/** Functions that gather a list into one value (DMN 1.3 table 75): given as a list or as many arguments. */
import { type Builtin, builtin, type Form, form } from "./builtin.ts";
import { add, compare, Decimal, divide, multiply, subtract, whole, ZERO } from "./decimal.ts";
import { addTemporals, divideDuration, isTemporal } from "./moments.ts";
import { squareRoot } from "./roots.ts";
import type { Run } from "./run.ts";
import { equalValues, type FeelList, type FeelValue, orderValues } from "./value.ts";

type Gather = (list: FeelList, run: Run) => FeelValue;

function gathered(name: string, gather: Gather): Builtin {
  const wrong = (run: Run): null => run.warn("argument-type", { function: name, given: "list" });
  const call: Form["call"] = ([list], run) => {
    run.spend((list as FeelList).length >> 4);
    return gather(list as FeelList, run) ?? (empty(name, list as FeelList) ? null : wrong(run));
  };
  return builtin(name, form("list: list", call), form("...list: any", call));
}

function empty(name: string, list: FeelList): boolean {
  return list.length === 0 || name === "all" || name === "any";
}

function numbers(list: FeelList): Decimal[] | null {
  return list.every((item) => item instanceof Decimal) ? (list as Decimal[]) : null;
}

function total(list: FeelList): FeelValue {
  const [first, ...rest] = list;
  if (first === undefined) return null;
  let sum: FeelValue = first instanceof Decimal || isTemporal(first) ? first : null;
  for (const item of rest) {
    if (sum instanceof Decimal && item instanceof Decimal) sum = add(sum, item);
    else if (sum !== null && isTemporal(sum) && isTemporal(item)) sum = addTemporals(sum, item);
    else return null;
  }
  return sum;
}

function mean(list: FeelList): FeelValue {
  const sum = total(list);
  if (sum instanceof Decimal) return divide(sum, whole(list.length));
  return sum !== null && isTemporal(sum) ? divideDuration(sum, whole(list.length)) : null;
}

function product(list: FeelList): FeelValue {
  const all = numbers(list);
  if (!all || all.length === 0) return null;
  return all.slice(1).reduce<Decimal | null>((result, item) => result && multiply(result, item), all[0]!);
}

function median(list: FeelList): FeelValue {
  const all = numbers(list);
  if (!all || all.length === 0) return null;
  const sorted = all.toSorted(compare);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  const sum = add(sorted[middle - 1]!, sorted[middle]!);
  return sum && divide(sum, whole(2));
}

/** The standard deviation of a sample: divided by n - 1. */
function deviation(list: FeelList): FeelValue {
  const all = numbers(list);
  if (!all || all.length < 2) return null;
  const middle = mean(all) as Decimal | null;
  if (!middle) return null;
  let sum: Decimal | null = ZERO;
  for (const item of all) {
    const distance = subtract(item, middle);
    const square: Decimal | null = distance && multiply(distance, distance);
    sum = sum && square && add(sum, square);
  }
  const variance = sum && divide(sum, whole(all.length - 1));
  return variance && squareRoot(variance);
}

function mode(list: FeelList): FeelValue {
  const all = numbers(list);
  if (!all) return null;
  const counts: { value: Decimal; count: number }[] = [];
  for (const item of all.toSorted(compare)) {
    const last = counts.at(-1);
    if (last && compare(last.value, item) === 0) last.count += 1;
    else counts.push({ value: item, count: 1 });
  }
  const most = Math.max(...counts.map((one) => one.count), 0);
  return counts.filter((one) => one.count === most).map((one) => one.value);
}

function extreme(wanted: 1 | -1): Gather {
  return (list) => {
    const [first, ...rest] = list;
    if (first === undefined || orderValues(first, first) === null) return null;
    let best = first;
    for (const item of rest) {
      const order = orderValues(item, best);
      if (order === null) return null;
      if (order * wanted > 0) best = item;
    }
    return best;
  };
}

/** Ternary `all` and `any`: the deciding value wins, else null where anything is no boolean. */
function ternary(decides: boolean): Gather {
  return (list) => {
    if (list.some((item) => equalValues(item, decides) === true)) return decides;
    return list.every((item) => item === !decides) ? !decides : null;
  };
}

export const statisticsBuiltins: readonly Builtin[] = [
  gathered("min", extreme(-1)),
  gathered("max", extreme(1)),
  gathered("sum", total),
  gathered("mean", mean),
  gathered("product", product),
  gathered("median", median),
  gathered("stddev", deviation),
  gathered("mode", mode),
  gathered("all", ternary(false)),
  gathered("any", ternary(true)),
];
