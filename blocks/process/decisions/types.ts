/** Types of item definitions (DMN 1.5 §7.3.2), and what becomes of a value that has to be of a type (§10.3.2.9.4). */
import {
  compileExpression,
  compileUnaryTests,
  Decimal,
  FeelDate,
  FeelFunction,
  type FeelValue,
  type Shape,
  type Shapes,
} from "@kerege/kernel/feel";
import { fitType, isContext, isList, typeOfShape } from "@kerege/kernel/feel/parts";
import type { Document, ItemDefinition } from "./document.ts";
import type { Faults, PlacedText } from "./fault.ts";

export interface Type {
  /** What plain JSON becomes. */
  readonly shape: Shape;
  /** The value as the type wants it; null where it is of another type. A list of one and its item stand for each other. */
  readonly coerce: (value: FeelValue) => FeelValue;
  /** Unary tests that narrow the type, for the check of tables. */
  readonly allowed: PlacedText | undefined;
  /** Functions are called, not turned into anything. */
  readonly isFunction: boolean;
}

const BASES: Readonly<Record<string, Shape>> = {
  number: "number",
  string: "string",
  boolean: "boolean",
  date: "date",
  time: "time",
  "date and time": "date and time",
  dateTime: "date and time",
  "days and time duration": "days and time duration",
  dayTimeDuration: "days and time duration",
  "years and months duration": "years and months duration",
  yearMonthDuration: "years and months duration",
  context: "context",
  list: "list",
  range: "range",
  function: "function",
};

export const ANY: Type = { shape: "any", coerce: (value) => value, allowed: undefined, isFunction: false };

/** A day is a moment where one is wanted: midnight in UTC (table 70). */
const midnight = compileExpression('date and time(day, time("00:00:00Z"))', { names: { day: "date" } });

/** The commonest kinds are known by one look. */
const OWN: Readonly<Record<string, (value: FeelValue) => boolean>> = {
  number: (value) => value instanceof Decimal,
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  date: (value) => value instanceof FeelDate,
};

function baseType(shape: Shape): Type {
  const type = typeOfShape(shape);
  const is = OWN[shape as string];
  const coerce = (value: FeelValue): FeelValue => {
    if (value === null || is?.(value)) return value;
    const fitted = fitType(value, type);
    if (fitted !== undefined) return fitted;
    return shape === "date and time" && value instanceof FeelDate && midnight.ok ? midnight.evaluate({ day: value }) : null;
  };
  return { shape, coerce, allowed: undefined, isFunction: shape === "function" };
}

const bases = new Map(Object.entries(BASES).map(([name, shape]) => [name, baseType(shape)]));

/** The types of a file and of those it imports. */
export class Types {
  readonly #document: Document;
  readonly #imports: ReadonlyMap<string, Types>;
  readonly #faults: Faults;
  readonly #made = new Map<string, Type>();
  readonly #making: string[] = [];

  /** @param imports types by the name of the import */
  constructor(document: Document, imports: ReadonlyMap<string, Types>, faults: Faults) {
    this.#document = document;
    this.#imports = imports;
    this.#faults = faults;
  }

  /** Shapes of all own types by name, for `instance of` and parameters of functions. */
  shapes(): Shapes {
    const shapes: Record<string, Shape> = {};
    for (const [prefix, types] of this.#imports) {
      if (prefix === "") Object.assign(shapes, types.shapes());
      else for (const [name, shape] of Object.entries(types.shapes())) shapes[`${prefix}.${name}`] = shape;
    }
    for (const name of this.#document.types.keys()) {
      const { shape, isFunction } = this.named(name) ?? ANY;
      shapes[name] = isFunction ? "function" : shape;
    }
    return shapes;
  }

  /** The type a reference names; a name that is none is a fault at the place that uses it. */
  find(ref: string | undefined, at: { element: string; place: ItemDefinition["place"] }): Type {
    if (ref === undefined || ref === "Any") return ANY;
    const found = this.named(ref) ?? bases.get(ref);
    if (found) return found;
    this.#faults.add("type-unknown", at, { name: ref });
    return ANY;
  }

  named(name: string): Type | undefined {
    const own = this.#document.types.get(name);
    if (own) return this.#item(own);
    for (const [prefix, types] of this.#imports) {
      if (prefix === "" || name.startsWith(`${prefix}.`)) {
        const found = types.named(prefix === "" ? name : name.slice(prefix.length + 1));
        if (found) return found;
      }
    }
    return undefined;
  }

  #item(item: ItemDefinition): Type {
    const known = this.#made.get(item.name);
    if (known) return known;
    if (this.#making.includes(item.name)) {
      const circle = [...this.#making.slice(this.#making.indexOf(item.name)), item.name];
      this.#faults.add("type-circle", { element: item.name, place: item.place }, { types: circle.join(" → ") });
      return ANY;
    }
    this.#making.push(item.name);
    const made = this.#define(item);
    this.#making.pop();
    this.#made.set(item.name, made);
    return made;
  }

  #define(item: ItemDefinition): Type {
    const one = this.#single(item);
    const whole = item.constraint && this.#tests(item.constraint, item);
    const each: Coerce = this.#narrowed(one.coerce, item);
    const shape: Shape = item.isCollection ? [one.shape] : one.shape;
    const made = item.isCollection ? listOf(each) : onlyOf(each, one.isFunction);
    const coerce: Coerce = whole ? (value) => meeting(made(value), whole) : made;
    return {
      shape,
      coerce,
      allowed: item.allowed ?? (item.isCollection ? undefined : (item.constraint ?? one.allowed)),
      isFunction: one.isFunction,
    };
  }

  #single(item: ItemDefinition): Type {
    if (item.isFunction) {
      const coerce: Coerce = (value) => (value instanceof FeelFunction ? value : null);
      return { shape: "function", coerce, allowed: undefined, isFunction: true };
    }
    if (item.components.length === 0) return this.find(item.typeRef, { element: item.name, place: item.place });
    const fields = item.components.map((component) => ({ name: component.name, type: this.#define(component) }));
    const shape: Shape = Object.fromEntries(fields.map(({ name, type }) => [name, type.shape]));
    return { shape, coerce: contextOf(fields), allowed: undefined, isFunction: false };
  }

  #narrowed(coerce: Coerce, item: ItemDefinition): Coerce {
    const test = item.allowed && this.#tests(item.allowed, item);
    return test ? (value) => meeting(coerce(value), test) : coerce;
  }

  #tests(written: PlacedText, item: ItemDefinition): (value: FeelValue) => boolean {
    const texts = listedTexts(written.text);
    if (texts) return (value) => typeof value === "string" && texts.has(value);
    const tests = compileUnaryTests(written.text, { names: [] });
    if (tests.ok) return (value) => tests.evaluate(value) === true;
    for (const fault of tests.faults) this.#faults.feel(fault, { element: item.name, written });
    return () => true;
  }
}

export type Coerce = (value: FeelValue) => FeelValue;

/** The texts of `"a", "b"`, the commonest of all narrowings; undefined for every other. */
export function listedTexts(tests: string): ReadonlySet<string> | undefined {
  if (!/^\s*"[^"\\]*"(?:\s*,\s*"[^"\\]*")*\s*$/.test(tests)) return undefined;
  return new Set([...tests.matchAll(/"([^"\\]*)"/g)].map(([, text = ""]) => text));
}

function meeting(value: FeelValue, test: (value: FeelValue) => boolean): FeelValue {
  return value === null || test(value) ? value : null;
}

function listOf(each: Coerce): Coerce {
  return (value) => {
    if (value === null) return null;
    const list = isList(value) ? value : [value];
    const coerced = list.map(each);
    return coerced.some((item, index) => item === null && list[index] !== null) ? null : coerced;
  };
}

function onlyOf(each: Coerce, isFunction: boolean): Coerce {
  return (value) => {
    if (value === null) return null;
    if (isFunction || !isList(value) || value.length !== 1) return each(value);
    return each(value) ?? each(value[0]!);
  };
}

function contextOf(fields: readonly { readonly name: string; readonly type: Type }[]): Coerce {
  return (value) => {
    if (!isContext(value)) return null;
    const coerced = new Map(value);
    for (const { name, type } of fields) {
      const given = value.get(name);
      if (given === undefined) return null;
      const field = type.coerce(given);
      if (field === null && given !== null) return null;
      coerced.set(name, field);
    }
    return coerced;
  };
}
