/** Hit policies and aggregators (DMN 1.5 §8.2.8). */
import { equalValues, type FeelValue, type Shape } from "@kerege/kernel/feel";
import { type Closure, type Frame, isContext, isList, withName } from "@kerege/kernel/feel/parts";
import type { Compiling, Seen } from "./compiling.ts";
import type { TableExpression } from "./document.ts";

/** What a rule gives. */
export interface Outcomes {
  readonly run: Closure;
  /** Where it is a value written out; undefined where it has to be evaluated. */
  readonly constant: FeelValue | undefined;
}

export interface Hits {
  readonly choose: (frame: Frame, held: readonly number[]) => FeelValue;
  /** The same from bits, for policies that end in one rule. */
  readonly chooseBits: ((frame: Frame, bits: number) => FeelValue) | undefined;
  readonly shape: Shape;
}

interface Means {
  readonly outcomes: readonly Outcomes[];
  readonly otherwise: Outcomes | undefined;
  readonly seen: Seen;
  readonly compiling: Compiling;
}

export function compileHits(table: TableExpression, means: Means): Hits {
  const { outcomes, otherwise } = means;
  const none = (frame: Frame): FeelValue => (otherwise ? otherwise.run(frame) : null);
  const result = (frame: Frame, rule: number): FeelValue => outcomes[rule]!.run(frame);
  const all = (frame: Frame, held: readonly number[]): FeelValue[] => held.map((rule) => result(frame, rule));
  const one =
    (choose: Hits["choose"]): Hits["choose"] =>
    (frame, held) =>
      held.length === 0 ? none(frame) : choose(frame, held);
  const many =
    (choose: Hits["choose"]): Hits["choose"] =>
    (frame, held) =>
      held.length === 0 && otherwise ? otherwise.run(frame) : choose(frame, held);
  const single = { shape: "any" as const };
  switch (table.hitPolicy) {
    case "UNIQUE":
      return {
        ...single,
        // Two rules at once are a fault of the table, which the check finds; no value is better than one of two.
        choose: one((frame, held) => (held.length === 1 ? result(frame, held[0]!) : null)),
        chooseBits: (frame, bits) => {
          if (bits === 0) return none(frame);
          return (bits & (bits - 1)) === 0 ? result(frame, 31 - Math.clz32(bits)) : null;
        },
      };
    case "FIRST":
      return {
        ...single,
        choose: one((frame, held) => result(frame, held[0]!)),
        chooseBits: (frame, bits) => (bits === 0 ? none(frame) : result(frame, 31 - Math.clz32(bits & -bits))),
      };
    case "ANY":
      return { ...single, chooseBits: undefined, choose: one((frame, held) => same(all(frame, held))) };
    case "PRIORITY": {
      const rank = ranking(table, means);
      return { ...single, chooseBits: undefined, choose: one((frame, held) => rank(all(frame, held))[0] ?? null) };
    }
    case "RULE ORDER":
      return { shape: ["any"], chooseBits: undefined, choose: many(all) };
    case "OUTPUT ORDER": {
      const rank = ranking(table, means);
      return { shape: ["any"], chooseBits: undefined, choose: many((frame, held) => rank(all(frame, held))) };
    }
    default:
      return compileCollect(table, means, { all, many });
  }
}

type Choose = Hits["choose"];

function compileCollect(
  table: TableExpression,
  means: Means,
  { all, many }: { all: (frame: Frame, held: readonly number[]) => FeelValue[]; many: (choose: Choose) => Choose },
): Hits {
  const { aggregator } = table;
  if (aggregator === undefined) return { shape: ["any"], chooseBits: undefined, choose: many(all) };
  const { program, complain } = means.compiling;
  const slot = program.slot();
  const written = { text: `${aggregator.toLowerCase()}(values)`, place: table.place };
  const scope = withName(undefined, "values", { slot, shape: ["any"] });
  const { run } = program.text(written.text, { facts: {}, scope }, complain(means.seen.element, written));
  const choose: Choose = (frame, held) => {
    if (held.length === 0 && aggregator !== "COUNT") return null;
    frame.slots[slot] = all(frame, held);
    return run(frame);
  };
  return { shape: "any", chooseBits: undefined, choose: many(choose) };
}

function same(values: readonly FeelValue[]): FeelValue {
  const [first = null] = values;
  return values.every((value) => equalValues(value, first) === true) ? first : null;
}

/** Sorts results by the place of their values among the values of their columns, the first column first. */
function ranking(table: TableExpression, means: Means): (values: FeelValue[]) => FeelValue[] {
  const { compiling, seen } = means;
  const orders = table.outputs.map((output): readonly FeelValue[] => {
    const at = { element: seen.element, place: table.place };
    const values = output.values ?? compiling.types.find(output.typeRef, at).allowed;
    if (!values) {
      compiling.faults.add("priority-values", at, { column: output.name || "1" });
      return [];
    }
    const written = { text: `[${values.text}]`, place: { line: values.place.line, column: values.place.column - 1 } };
    const list = compiling.constant(written, seen.element);
    return isList(list) ? list : [];
  });
  const place = (value: FeelValue, column: number): number => {
    const order = orders[column]!;
    const found = order.findIndex((one) => equalValues(one, value) === true);
    return found < 0 ? order.length : found;
  };
  const cell = (value: FeelValue, column: number): FeelValue =>
    table.outputs.length === 1 || !isContext(value) ? value : (value.get(table.outputs[column]!.name) ?? null);
  return (values) =>
    values.toSorted((a, b) => {
      for (const column of table.outputs.keys()) {
        const gap = place(cell(a, column), column) - place(cell(b, column), column);
        if (gap !== 0) return gap;
      }
      return 0;
    });
}
