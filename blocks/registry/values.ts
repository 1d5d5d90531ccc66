import type { FieldProblem } from "@kerege/kernel/problem";
import type { RegisterField, Value, Values } from "./declaration.ts";
import type { GroundDocument } from "./door.ts";
import { settle } from "./expand.ts";
import { checkScalar, isDay, type Wrong } from "./field-types.ts";
import type { CompiledRegister } from "./store-sql.ts";

export { isDay } from "./field-types.ts";

/** Whether a code may be used on a day, and if not why; given by the reference data. */
export type CodeState = (classifier: string, code: string, on: string) => "valid" | "unknown" | "upcoming" | "closed";

export interface Given {
  event: string;
  values: Values;
  validFrom: string;
  document: GroundDocument;
  today: string;
  codeState: CodeState;
}

/**
 * What an event brings, made ready: what is worked out is filled in, numbers are written in one way. With all that is wrong with it,
 * field by field. Names of another declaration, rules and what other records say are looked at later.
 */
export function checkEvent(register: CompiledRegister, given: Given): { values: Values; faults: FieldProblem[] } {
  const { declaration, expanded } = register;
  const event = declaration.events[given.event]!;
  const faults: FieldProblem[] = [];
  const say = (field: string, { key, params }: Wrong) =>
    faults.push({ pointer: `/values/${field}`, key: `registry.fields.${key}`, ...(params && { params }) });
  let values = given.values;
  // A composite of a change may be completed by what is held: that is settled when it is known.
  if (event.creates && expanded.composites.size > 0) {
    const settled = settle(expanded, { values });
    values = settled.values;
    faults.push(...settled.faults);
  }
  const ready: Values = {};
  for (const [name, value] of Object.entries(values)) {
    const field = declaration.fields[name];
    if (!field) say(name, { key: "unknown" });
    else if (!event.sets.includes(name)) say(name, { key: "not-of-event" });
    else if (value === null) {
      if (field.required) say(name, { key: "required" });
      ready[name] = null;
    } else {
      const wrong = checkField(field, value, given);
      if (wrong) say(name, wrong);
      ready[name] = canonical(field, value);
    }
  }
  const needed = event.creates
    ? Object.keys(declaration.fields).filter((name) => declaration.fields[name]!.required && name !== declaration.key)
    : [];
  for (const name of new Set([...needed, ...(event.requires ?? [])])) {
    const value = values[name];
    if ((value === undefined || value === null || value === "") && !faults.some(({ pointer }) => pointer === `/values/${name}`))
      say(name, { key: "required" });
  }
  if (!isDay(given.validFrom)) faults.push({ pointer: "/validFrom", key: "registry.fields.not-date" });
  faults.push(...checkDocument(event.documents, given));
  return { values: ready, faults };
}

/** The value of the key itself, which comes beside the others. */
export function checkKey(register: CompiledRegister, key: string, given: Given): FieldProblem[] {
  const wrong = checkField(register.declaration.fields[register.declaration.key]!, key, given);
  return wrong ? [{ pointer: "/key", key: `registry.fields.${wrong.key}`, ...(wrong.params && { params: wrong.params }) }] : [];
}

function checkField(field: RegisterField, value: Value, given: Given): Wrong | undefined {
  // A half of a surrogate pair cannot be written as UTF-8.
  if (typeof value === "string" && !value.isWellFormed()) return { key: "not-text" };
  if (field.type === "code" && typeof value === "string" && field.classifier) {
    const state = given.codeState(field.classifier, value, given.validFrom);
    return state === "unknown" ? { key: "not-code" } : state === "closed" ? { key: "code-closed" } : undefined;
  }
  return checkScalar(field, value, { today: given.today, knowsCode: () => false });
}

/** One spelling for each value, so that what is read is exactly what was recorded (PostgreSQL writes numbers without needless signs). */
function canonical(field: RegisterField, value: Value): Value {
  if (field.type === "decimal") {
    const text = String(value).replace(/^(-?)0+(?=\d)/, "$1");
    return /^-0(\.0+)?$/.test(text) ? text.slice(1) : text;
  }
  return field.type === "float" ? Number(value) + 0 : value;
}

const MOST_DOCUMENT = 300;

function checkDocument(
  kinds: Record<string, unknown> | undefined,
  { document, today }: Pick<Given, "document" | "today">,
): FieldProblem[] {
  const say = (part: string, key: string) => ({ pointer: `/document${part}`, key: `registry.fields.${key}` });
  const { kind, number, on } = documentOf(document);
  const faults: FieldProblem[] = [];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are just what must not come in.
  const unseen = /[\u0000-\u001f\u007f]/;
  if (typeof number !== "string" || number.trim() === "" || unseen.test(number) || !number.isWellFormed())
    faults.push(say(kind === null ? "" : "/number", "no-document"));
  else if (number.length > MOST_DOCUMENT) faults.push({ ...say("", "too-long"), params: { max: MOST_DOCUMENT } });
  if (kinds && (kind === null || !Object.hasOwn(kinds, kind))) faults.push(say("/kind", "document-kind"));
  if (on !== null && !isDay(on)) faults.push(say("/on", "not-date"));
  else if (on !== null && on > today) faults.push({ ...say("/on", "too-late"), params: { most: today } });
  return faults;
}

export function documentOf(document: GroundDocument): { kind: string | null; number: string; on: string | null } {
  if (typeof document === "string") return { kind: null, number: document, on: null };
  return { kind: document.kind, number: document.number, on: document.on ?? null };
}
