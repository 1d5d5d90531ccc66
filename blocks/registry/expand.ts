import type { FieldProblem } from "@kerege/kernel/problem";
import type { Ground, RegisterDeclaration, RegisterEvent, RegisterField, Value, Values } from "./declaration.ts";
import type { Wrong } from "./field-types.ts";
import { compositeOf, type Json, type Part } from "./field-types-parts.ts";

/** A declared field whose values stand in several columns, with the flat field of each of its parts. */
export interface ExpandedField {
  field: string;
  declared: RegisterField;
  parts: (Part & { column: string })[];
}

/** A declaration of which each field is one column, and how to get back to what was declared. */
export interface Expanded {
  /** As written in the pack. */
  declared: RegisterDeclaration;
  /** Each field one column: what the engine works on. */
  flat: RegisterDeclaration;
  /** Declared fields of several columns. */
  composites: Map<string, ExpandedField>;
  /** Columns of each declared field, in order; of an ordinary one itself. */
  columnsOf: Map<string, string[]>;
}

/**
 * Spreads fields of composite types over scalar ones: `price` of type money becomes `price` and `price_currency`. What names a field
 * (events, searches, uniqueness) then names its columns. A flat declaration comes back as it is.
 */
export function expand(declared: RegisterDeclaration): Expanded {
  const composites = new Map<string, ExpandedField>();
  const columnsOf = new Map<string, string[]>();
  const fields: Record<string, RegisterField> = {};
  for (const [name, field] of Object.entries(declared.fields)) {
    const composite = field.part ? undefined : compositeOf(field);
    if (!composite) {
      fields[name] = field;
      columnsOf.set(name, [name]);
      continue;
    }
    const parts = composite.parts(field).map((part) => ({ ...part, column: `${name}${part.suffix}` }));
    composites.set(name, { field: name, declared: field, parts });
    const columns = parts.map((part) => part.column);
    columnsOf.set(name, columns);
    for (const part of parts) fields[part.column] = flatField({ name, field, part });
  }
  const all = (names: string[] | undefined) => names?.flatMap((name) => columnsOf.get(name) ?? [name]);
  const first = (name: string) => columnsOf.get(name)?.[0] ?? name;
  const must = (name: string) =>
    composites
      .get(name)
      ?.parts.filter((part) => part.must && !part.derived)
      .map((part) => part.column) ?? [name];
  const flatEvent = (event: RegisterEvent): RegisterEvent => ({
    ...event,
    sets: all(event.sets) ?? [],
    ...(event.requires && { requires: event.requires.flatMap(must) }),
  });
  const flat: RegisterDeclaration = {
    ...declared,
    fields,
    events: mapped(declared.events, flatEvent),
    search: mapped(declared.search, (condition) => ({
      ...condition,
      ...(condition.exact && { exact: all(condition.exact) ?? [] }),
      ...(condition.prefix !== undefined && { prefix: first(condition.prefix) }),
      ...(condition.fuzzy && { fuzzy: condition.fuzzy.map(first) }),
      ...(condition.range !== undefined && { range: first(condition.range) }),
      ...(condition.order && { order: condition.order.map(first) }),
    })),
    ...(declared.unique && { unique: mapped(declared.unique, (rule) => ({ ...rule, fields: all(rule.fields) ?? [] })) }),
  };
  return { declared, flat, composites, columnsOf };
}

function mapped<From, To>(table: Record<string, From>, make: (one: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(table).map(([name, one]) => [name, make(one)]));
}

function flatField({ name, field, part }: { name: string; field: RegisterField; part: Part }): RegisterField {
  const given = Object.fromEntries(Object.entries(part.field).filter(([, value]) => value !== undefined));
  return {
    ...given,
    type: part.field.type,
    title: field.title,
    class: field.class,
    ...(field.required && part.must && { required: true }),
    ...(part.field.type === "file" && { ...(field.media && { media: field.media }), ...(field.bytes && { bytes: field.bytes }) }),
    part: { of: name, name: part.name },
  };
}

/** A ground whose fields are columns: who may read `price` may read all its parts. A part may also be named by itself. */
export function expandGround(ground: Ground, registers: ReadonlyMap<string, Expanded>): Ground {
  const reads = Object.fromEntries(
    Object.entries(ground.reads).map(([register, fields]) => [register, expandFields(registers.get(register), fields)]),
  );
  return { ...ground, reads };
}

/** Names of declared fields, or of parts, as columns. */
export function expandFields(register: Expanded | undefined, fields: string[]): string[] {
  return [...new Set(fields.flatMap((field) => register?.columnsOf.get(field) ?? [field]))];
}

function partsOf(values: Values, composite: ExpandedField): Values {
  return Object.fromEntries(composite.parts.map((part) => [part.name, values[part.column] ?? null]));
}

const isThere = (values: Values, composite: ExpandedField) =>
  composite.parts.some((part) => values[part.column] !== null && values[part.column] !== undefined);

/** Column values as programs see them: `{ price: { amount: "12.50", currency: "KGS" } }`. Fields none of whose columns are given are left out. */
export function compose(register: Expanded, values: Values): Record<string, Json> {
  return gather(register, values, (composite, parts) => compositeOf(composite.declared)!.compose(parts));
}

/** Column values as FEEL sees them: `born_on.first`, `price.amount`, `title.ky`. All declared fields are there, null where nothing is held. */
export function composeFacts(register: Expanded, values: Values): Record<string, Json> {
  const nothing = Object.fromEntries(Object.keys(register.declared.fields).map((field) => [field, null]));
  return { ...nothing, ...gather(register, values, (composite, parts) => compositeOf(composite.declared)!.fact(parts)) };
}

function gather(
  register: Expanded,
  values: Values,
  make: (composite: ExpandedField, parts: Values) => Json,
): Record<string, Json> {
  const made: Record<string, Json> = {};
  for (const [field, columns] of register.columnsOf) {
    if (!columns.some((column) => column in values)) continue;
    const composite = register.composites.get(field);
    if (!composite) made[field] = values[field] ?? null;
    else made[field] = isThere(values, composite) ? make(composite, partsOf(values, composite)) : null;
  }
  return made;
}

/**
 * Values as programs give them, as columns. A composite may be given whole, or by its columns (`price` and `price_currency`); null
 * empties all of it. What cannot be read is said with a pointer to the declared field. Names that are not of the register stay, for
 * the check of the event to refuse.
 */
export function decompose(register: Expanded, given: Record<string, Json>): { values: Values; faults: FieldProblem[] } {
  const values: Values = {};
  const faults: FieldProblem[] = [];
  const say = (field: string, key: string, params?: Record<string, string | number>) =>
    faults.push({ pointer: `/values/${field}`, key: `registry.fields.${key}`, ...(params && { params }) });
  for (const [name, value] of Object.entries(given)) {
    const composite = register.composites.get(name);
    if (composite && value === null) for (const part of composite.parts) values[part.column] = null;
    else if (composite && !(isScalar(value) && isPart(composite, given))) {
      const read = compositeOf(composite.declared)!.decompose(composite.declared, value);
      if ("wrong" in read) say(name, read.wrong.key, read.wrong.params);
      else for (const part of composite.parts) if (part.name in read.parts) values[part.column] = read.parts[part.name]!;
    } else if (isScalar(value)) values[name] = value;
    else say(name, "not-text");
  }
  return { values, faults };
}

const isScalar = (value: Json): value is Value => value === null || typeof value !== "object";

/** A scalar given for a composite is all of it (`"1964-05"`, a plain name), unless another of its columns comes with it. */
function isPart(composite: ExpandedField, given: Record<string, Json>): boolean {
  return composite.parts.slice(1).some((part) => part.column in given);
}

/**
 * Fills what is worked out (the box of a shape) and says where a composite is half there or its parts do not agree. For flat values
 * of an event; `before` are the values held until now.
 */
export function settle(
  register: Expanded,
  given: { values: Values; before?: Values },
): { values: Values; faults: FieldProblem[] } {
  const values = { ...given.values };
  const faults: FieldProblem[] = [];
  for (const [field, composite] of register.composites) {
    if (!composite.parts.some((part) => part.column in values)) continue;
    const type = compositeOf(composite.declared)!;
    let parts = partsOf({ ...given.before, ...values }, composite);
    const derived = composite.parts.filter((part) => part.derived);
    const main = parts[composite.parts[0]!.name];
    if (type.derive) parts = main === null ? {} : type.derive(parts);
    for (const part of derived) values[part.column] = parts[part.name] ?? null;
    if (Object.values(parts).every((value) => value === null)) continue;
    const missing = composite.parts.find((part) => part.must && (parts[part.name] ?? null) === null);
    const wrong: Wrong | undefined = missing ? { key: "required" } : type.agree?.(composite.declared, parts);
    if (wrong)
      faults.push({
        pointer: `/values/${missing?.column ?? field}`,
        key: `registry.fields.${wrong.key}`,
        ...(wrong.params && { params: wrong.params }),
      });
  }
  return { values, faults };
}
