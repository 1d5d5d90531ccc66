import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { RegisterDeclaration, RegisterField } from "./declaration.ts";
import { type Expanded, expand } from "./expand.ts";
import { subjectFields } from "./read-entry.ts";
import { type CompiledRegister, compileRegister, searchIndex } from "./store-sql.ts";

/**
 * Kinds of change of a declaration, in the order in which they are carried out. `alone` ones only add or loosen and are done at a
 * start of the server; all others are done by a plan that somebody has read.
 */
export const stepKinds = {
  "key-changed": { impossible: true },
  "type-changed": { impossible: true },
  "register-new": { alone: true },
  "field-renamed": {},
  "field-dropped": { loses: true },
  "meaning-changed": { loses: true },
  "field-new": { alone: true },
  "type-widened": {},
  "field-filled": {},
  "states-new": {},
  "spelling-new": {},
  "field-required": {},
  "field-optional": { alone: true },
  "limits-loosened": { alone: true },
  "limits-tightened": {},
  "states-added": { alone: true },
  "state-dropped": {},
  "unique-new": {},
  "unique-dropped": {},
  "search-new": { alone: true },
  "search-changed": {},
  "search-dropped": {},
  "class-lowered": { loses: true },
  "subject-changed": { loses: true },
  "subject-added": { alone: true },
  "owner-changed": {},
  "retention-shortened": { loses: true },
} as const satisfies Record<string, { alone?: true; loses?: true; impossible?: true }>;

export type StepKind = keyof typeof stepKinds;

export interface Step {
  kind: StepKind;
  register: string;
  /** Field, column, search, state, rule or the register itself. */
  name: string;
  /** Of a rename: the name before. Of a type: the type before. */
  was?: string;
  /** Columns of a new or filled field. */
  columns?: string[];
}

/** A register whose declaration is not the published one. */
export interface Change {
  before: CompiledRegister | undefined;
  after: CompiledRegister;
  steps: Step[];
  /** Columns renamed, from the name before to the name after. */
  moved: Record<string, string>;
}

/** Types whose values can all be kept when the column takes the other. */
const WIDER: Record<string, string[]> = {
  integer: ["decimal"],
  pin: ["text", "tin"],
  tin: ["text"],
  code: ["text"],
  reference: ["text"],
  name: ["text"],
  text: ["name"],
};
const CLASSES = ["public", "official", "personal", "special", "biometric"];

export function isAlone(step: Step): boolean {
  return "alone" in stepKinds[step.kind];
}
export function loses(step: Step): boolean {
  return "loses" in stepKinds[step.kind];
}
export function isImpossible(step: Step): boolean {
  return "impossible" in stepKinds[step.kind];
}

/** The hash by which a declaration is known. */
export function hashOf(declaration: RegisterDeclaration | undefined): string {
  return createHash("sha256")
    .update(canonical(declaration ?? null))
    .digest("hex");
}

/** One text for one value, whatever the order of its keys: the database keeps them in its own. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`)
    .join(",")}}`;
}

/** What has to be done for what is declared to become what is published. */
export function compareDeclarations(before: RegisterDeclaration | undefined, after: RegisterDeclaration): Change {
  const compiled = compileRegister(after);
  const name = after.register;
  if (!before) return { before: undefined, after: compiled, steps: [{ kind: "register-new", register: name, name }], moved: {} };
  const old = compileRegister(before);
  const fields = renames(before, after);
  const moved = movedColumns(fields, expand(before), compiled.expanded);
  const steps: Step[] = [];
  const add = (kind: StepKind, one: string, more: Partial<Step> = {}) => steps.push({ kind, register: name, name: one, ...more });
  for (const [was, now] of fields) add("field-renamed", now, { was });
  const renamed = (one: string) => moved[one] ?? one;
  if (renamed(before.key) !== after.key) add("key-changed", after.key, { was: before.key });
  const [were, are] = [subjectFields(before).map(renamed), subjectFields(after)];
  const more = are.filter((one) => !were.includes(one));
  if (were.some((one) => !are.includes(one)) || (were.length === 0 && are.length > 0))
    add("subject-changed", are.join(", "), { was: subjectFields(before).join(", ") });
  else if (more.length > 0) add("subject-added", more.join(", "));
  if (before.owner !== after.owner) add("owner-changed", after.owner, { was: before.owner });
  compareColumns({ old, compiled, moved, add });
  compareRest({ before, after, old, compiled, moved, add });
  const order = Object.keys(stepKinds);
  return { before: old, after: compiled, steps: steps.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)), moved };
}

/** Declared fields that say what they were called, from the old name to the new. */
function renames(before: RegisterDeclaration, after: RegisterDeclaration): Map<string, string> {
  const made = new Map<string, string>();
  for (const [name, { was }] of Object.entries(after.fields)) {
    if (was !== undefined && was in before.fields && !(was in after.fields) && !(name in before.fields)) made.set(was, name);
  }
  return made;
}

function movedColumns(fields: Map<string, string>, before: Expanded, after: Expanded): Record<string, string> {
  const moved: Record<string, string> = {};
  for (const [was, now] of fields) {
    const there = new Set(after.columnsOf.get(now));
    for (const column of before.columnsOf.get(was) ?? []) {
      const next = `${now}${column.slice(was.length)}`;
      if (there.has(next)) moved[column] = next;
    }
  }
  return moved;
}

type Add = (kind: StepKind, name: string, more?: Partial<Step>) => void;
interface Comparing {
  old: CompiledRegister;
  compiled: CompiledRegister;
  moved: Record<string, string>;
  add: Add;
}

function compareColumns({ old, compiled, moved, add }: Comparing): void {
  const now = compiled.declaration.fields;
  const then = new Map(Object.entries(old.declaration.fields).map(([name, field]) => [moved[name] ?? name, { name, field }]));
  for (const [column, { name }] of then) if (!(column in now)) add("field-dropped", name);
  for (const [declared, columns] of compiled.expanded.columnsOf) {
    const fresh = columns.filter((column) => !then.has(column));
    if (fresh.length > 0) {
      add("field-new", declared, { columns: fresh });
      if (fresh.some((column) => now[column]!.required)) add("field-filled", declared, { columns: fresh });
      for (const column of fresh) if (now[column]!.required) add("field-required", column);
    }
    const kept = columns.filter((column) => then.has(column));
    for (const column of kept) compareColumn(column, then.get(column)!.field, { field: now[column]!, add });
    const filled = kept.filter((column) => now[column]!.required && !then.get(column)!.field.required);
    if (filled.length > 0 && compiled.expanded.declared.fields[declared]?.fill !== undefined)
      add("field-filled", declared, { columns: filled });
  }
}

function compareColumn(column: string, before: RegisterField, { field, add }: { field: RegisterField; add: Add }): void {
  if (before.type !== field.type) {
    const kind = WIDER[before.type]?.includes(field.type) ? "type-widened" : "type-changed";
    add(kind, column, { was: before.type });
    if (kind === "type-changed") return;
  }
  if (field.required && !before.required) add("field-required", column);
  if (before.required && !field.required) add("field-optional", column);
  if (before.classifier !== field.classifier && before.type === field.type)
    add("meaning-changed", column, { was: before.classifier ?? "" });
  if (before.register !== field.register && before.type === field.type)
    add("meaning-changed", column, { was: before.register ?? "" });
  if (CLASSES.indexOf(field.class) < CLASSES.indexOf(before.class)) add("class-lowered", column, { was: before.class });
  const limits = compareLimits(before, field);
  if (limits) add(limits, column);
}

function compareLimits(before: RegisterField, after: RegisterField): "limits-loosened" | "limits-tightened" | undefined {
  const of = ({ values, max, least, most, type }: RegisterField) => ({
    values,
    max,
    least,
    most,
    form: type === "pin" || type === "tin",
  });
  const [then, now] = [of(before), of(after)];
  if (isDeepStrictEqual(then, now)) return undefined;
  const tighter =
    (now.values !== undefined && !(then.values?.every((value) => now.values!.includes(value)) ?? false)) ||
    (now.max !== undefined && (then.max === undefined || now.max < then.max)) ||
    outside(now.least, then.least, (a, b) => a > b) ||
    outside(now.most, then.most, (a, b) => a < b) ||
    (now.form && !then.form);
  return tighter ? "limits-tightened" : "limits-loosened";
}

type Limit = number | string | undefined;

/** Whether a limit leaves out what the one before let in. A limit of `today` is the engine's alone, and so counts as none here. */
function outside(now: Limit, then: Limit, beyond: (now: number | string, then: number | string) => boolean): boolean {
  if (now === undefined || now === "today" || now === then) return false;
  if (then === undefined || then === "today") return true;
  return typeof now === "number" || typeof then === "number" ? beyond(Number(now), Number(then)) : beyond(now, then);
}

function compareRest(given: Comparing & { before: RegisterDeclaration; after: RegisterDeclaration }): void {
  const { before, after, old, compiled, moved, add } = given;
  const renamed = (one: string) => moved[one] ?? one;
  if (after.states && !before.states) add("states-new", Object.keys(after.states).join(", "));
  else {
    const [then, now] = [Object.keys(before.states ?? {}), Object.keys(after.states ?? {})];
    if (now.some((state) => !then.includes(state))) add("states-added", now.filter((state) => !then.includes(state)).join(", "));
    for (const state of then) if (!now.includes(state)) add("state-dropped", state);
  }
  for (const field of compiled.keyed) if (!old.keyed.some((one) => renamed(one) === field)) add("spelling-new", field);
  const indexBefore = (name: string) =>
    searchIndex(old, old.declaration.search[name]!).map((column) => {
      const plain = column.slice(1, -1);
      return plain.endsWith("_key") ? `"${renamed(plain.slice(0, -4))}_key"` : `"${renamed(plain)}"`;
    });
  for (const name of Object.keys(before.search)) {
    if (!(name in after.search)) add("search-dropped", name);
    else if (!isDeepStrictEqual(indexBefore(name), searchIndex(compiled, compiled.declaration.search[name]!)))
      add("search-changed", name);
  }
  for (const name of Object.keys(after.search)) if (!(name in before.search)) add("search-new", name);
  for (const [name, rule] of Object.entries(old.declaration.unique ?? {})) {
    const now = compiled.declaration.unique?.[name];
    if (now && isDeepStrictEqual(rule.fields.map(renamed), now.fields) && isDeepStrictEqual(rule.states, now.states)) continue;
    add("unique-dropped", name);
    if (now) add("unique-new", name);
  }
  for (const name of Object.keys(compiled.declaration.unique ?? {})) if (!old.declaration.unique?.[name]) add("unique-new", name);
  const after0 = after.retention?.after;
  if (after0 !== undefined && after0 !== before.retention?.after && !isLonger(after0, before.retention?.after))
    add("retention-shortened", after0, { was: before.retention?.after ?? "" });
}

/** Whether a duration keeps records at least as long as the one before; none keeps them for ever. */
function isLonger(now: string, then: string | undefined): boolean {
  return then !== undefined && days(now) >= days(then);
}

function days(duration: string): number {
  const found = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/.exec(duration) ?? [];
  const [years, months, weeks, single] = found.slice(1).map((part) => Number(part ?? 0));
  return (years ?? 0) * 365 + (months ?? 0) * 30 + (weeks ?? 0) * 7 + (single ?? 0);
}
