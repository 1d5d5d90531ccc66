import { randomUUID } from "node:crypto";
import { copyLine } from "@kerege/kernel/copy";
import { type EventLeaf, eventContent } from "./batch-tree.ts";
import type { RegisterEvent, Value, Values } from "./declaration.ts";
import type { BulkRow } from "./door-writing.ts";
import { spellingOf } from "./name-forms.ts";
import type { CompiledRegister } from "./store-sql.ts";

/** A value as it stands in the content of a leaf, in a line for COPY and in the column without regard to spelling. */
interface Cell {
  json: string;
  copy: string;
  spelt: string | null;
}

/** A record as texts. */
export interface RowTexts {
  /** `{"field":value,…}`, in the canonical order. */
  json: string;
  /** Its columns, separated by tabs. */
  copy: string;
  /** Columns without regard to spelling, each with a tab before it. */
  spelt: string;
  /** The key, for COPY. */
  key: string;
}

const MOST = 100_000;
const NOTHING: Cell = { json: "", copy: "\\N", spelt: null };
const cellText = (value: unknown) => copyLine([value]).slice(0, -1);

/**
 * Texts of values that were checked before: of millions of people few have a name, a street or a day that nobody else has. What is
 * wrong with a value never depends on another value of the record, but for composites and rules: where there are such, nothing is
 * taken from here.
 * @param given.alone whether each value is checked by itself
 * @param given.meet hears each spelling of a field once
 */
export function createCells(
  register: CompiledRegister,
  given: { event: RegisterEvent; alone: boolean; meet(field: string, spelt: string): void },
) {
  const { columns, declaration } = register;
  const keyAt = columns.findIndex(({ field }) => field === declaration.key);
  const caches = columns.map(() => new Map<Value | string, Cell>());
  const codes = columns.map(({ field }) => declaration.fields[field]!.type === "code");
  // UTF-16 order, as RFC 8785 has it.
  const sorted = columns.map(({ field }, index) => ({ field, index })).sort((a, b) => (a.field < b.field ? -1 : 1));
  const keyed = register.keyed.map((field) => columns.findIndex((column) => column.field === field));
  const days = new Set<string>();
  const shapes = new Set<number | undefined>();
  const cells: Cell[] = columns.map(() => NOTHING);
  // Numbers are exact to 53 bits.
  const alone = given.alone && columns.length < 53;

  const nameOf = (index: number, value: Value, validFrom: string) => (codes[index] ? `${validFrom} ${value}` : value);
  // Cells of boxes come of several fields, so that such a register has no texts from before.
  const boxed = register.besides.slice(register.keyed.length);
  const texts = (key: string, ready: Values = {}): RowTexts => {
    const keyText = cellText(key);
    let [json, copy, spelt] = ["", "", ""];
    for (let index = 0; index < cells.length; index++)
      copy += `${index === 0 ? "" : "\t"}${index === keyAt ? keyText : cells[index]!.copy}`;
    for (const { index, field } of sorted) {
      const text = index === keyAt ? `${JSON.stringify(field)}:${JSON.stringify(key)}` : cells[index]!.json;
      if (text !== "") json += `${json === "" ? "" : ","}${text}`;
    }
    for (const index of keyed) spelt += `\t${cells[index]!.spelt ?? "\\N"}`;
    for (const { of } of boxed) spelt += `\t${of(ready)}`;
    return { json: `{${json}}`, copy, spelt, key: keyText };
  };
  const cellOf = (index: number, value: Value): Cell => {
    const { field, encode } = columns[index]!;
    const spelt = typeof value === "string" ? spellingOf(value) : null;
    if (spelt) given.meet(field, spelt);
    if (value === null) return NOTHING;
    const text = cellText(encode ? encode(value) : value);
    return { json: `${JSON.stringify(field)}:${JSON.stringify(value)}`, copy: text, spelt };
  };
  /** Which columns a record names, one bit each; nothing where it names something else. */
  const shapeOf = (values: Values): number | undefined => {
    let [shape, named] = [0, 0];
    for (const { field } of columns) {
      const there = values[field] !== undefined;
      shape = 2 * shape + (there ? 1 : 0);
      if (there) named++;
    }
    for (const _ in values) named--;
    return named === 0 ? shape : undefined;
  };

  return {
    /** Texts of a record all of whose values were met before; the key is not looked at. */
    find({ key, values, validFrom }: BulkRow): RowTexts | undefined {
      if (!alone || !days.has(validFrom)) return undefined;
      const shape = shapeOf(values);
      if (shape === undefined || !shapes.has(shape)) return undefined;
      for (let index = 0; index < columns.length; index++) {
        const value = values[columns[index]!.field];
        const cell = value === undefined ? NOTHING : caches[index]!.get(nameOf(index, value, validFrom));
        if (!cell) return undefined;
        cells[index] = cell;
      }
      return texts(key);
    },

    /** Texts of a record that was checked. @param ready its values as they are written */
    keep(row: BulkRow, ready: Values): RowTexts {
      days.add(row.validFrom);
      shapes.add(shapeOf(row.values));
      for (const [index, { field }] of columns.entries()) {
        const value = ready[field];
        cells[index] = value === undefined || index === keyAt ? NOTHING : cellOf(index, value);
        const said = row.values[field];
        if (said === undefined || index === keyAt) continue;
        const cache = caches[index]!;
        if (cache.size >= MOST) cache.clear();
        cache.set(nameOf(index, said, row.validFrom), cells[index]!);
      }
      return texts(row.key, ready);
    },
  };
}

/** `eventContent` for many events that differ in act, key, first day and values alone. */
export function contentMaker(
  same: Omit<EventLeaf, "act" | "key" | "validFrom" | "values">,
): (of: { act: string; key: string; validFrom: string; values: string }) => string {
  const [act, key, validFrom, values] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  const whole = eventContent({ ...same, act, key, validFrom, values: { [values]: values } });
  const marks = [`"${act}"`, `"${key}"`, `"${validFrom}"`, `{"${values}":"${values}"}`];
  const parts: string[] = [];
  let rest = whole;
  for (const mark of marks) {
    const at = rest.indexOf(mark);
    parts.push(rest.slice(0, at));
    rest = rest.slice(at + mark.length);
  }
  return (of) =>
    `${parts[0]}"${of.act}"${parts[1]}${JSON.stringify(of.key)}${parts[2]}"${of.validFrom}"${parts[3]}${of.values}${rest}`;
}
