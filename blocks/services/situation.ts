import type { Language } from "@kerege/kernel/locale";
import type { RegisterDeclaration } from "@kerege/registry";
import type { CompiledEdition, CompiledFact } from "./compile.ts";
import { addDecisions } from "./deciding.ts";
import type { Plain } from "./declaration.ts";
import type { Scope } from "./expression.ts";
import { evaluateForm, type FormState } from "./form.ts";

/** Answers as kept in the case: what was typed, by name of the input. */
export type Typed = Record<string, string | string[]>;

/** A fact as it was read: the read it came from, and what came (a record, a list of records, or nothing). */
export interface FactState {
  by: string;
  value: Plain;
}
export type FactStates = Record<string, FactState>;

export type FactRead =
  | { fact: CompiledFact; by: string; kind: "one"; key: string }
  | { fact: CompiledFact; by: string; kind: "many"; keys: string[] }
  | { fact: CompiledFact; by: string; kind: "search"; values: Record<string, Plain> };

/** Name of a code of a classifier in a language. */
export type LabelOf = (classifier: string, code: string, language: Language) => string;

/** All that a decision may rest on. Nothing else exists for the rules: no clock, no I/O. */
export interface Situation {
  edition: CompiledEdition;
  applicant: string;
  /** `YYYY-MM-DD` */
  day: string;
  language: Language;
  /** `2026-000481`; empty until the application is handed in. */
  caseNumber: string;
  typed: Typed;
  facts: FactStates;
  label: LabelOf;
}

export interface Settled {
  situation: Situation;
  form: FormState;
  /** Facts that are known for these answers. */
  facts: Record<string, Plain>;
  /** Facts that have to be read before one can go on. */
  reads: FactRead[];
}

const MOST_KEYS = 20;
const MOST_ROUNDS = 12;

/**
 * Brings answers and facts to agree: a fact may need an answer (the child that was chosen), an answer may need a fact (the children
 * one may choose from). An answer that is not among what is offered counts as not given, so that nothing is read because of it.
 */
export function settle(situation: Situation): Settled {
  let facts: Record<string, Plain> = {};
  let reads: FactRead[] = [];
  let form = evaluateForm(situation, facts);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = settleFacts(situation, form);
    const grown = Object.keys(next.facts).join() !== Object.keys(facts).join() || next.reads.length !== reads.length;
    ({ facts, reads } = next);
    form = evaluateForm(situation, facts);
    if (!grown) break;
  }
  return { situation, form, facts, reads };
}

function settleFacts(situation: Situation, form: FormState): Pick<Settled, "facts" | "reads"> {
  const facts: Record<string, Plain> = {};
  const reads: FactRead[] = [];
  const scope = scopeOf(situation, { facts, answers: form.answers });
  for (const fact of situation.edition.facts) {
    if (fact.after.some((name) => !(name in facts))) continue;
    const read = readOf(fact, scope);
    const known = situation.facts[fact.name];
    if (!read) facts[fact.name] = fact.key ? null : [];
    else if (known?.by === read.by) facts[fact.name] = known.value;
    else {
      const held = read.kind === "one" ? heldRecord(situation, { fact, key: read.key, facts }) : undefined;
      if (held) facts[fact.name] = held;
      else if (!reads.some((other) => givesToo(other, read))) reads.push(read);
    }
    scope[fact.name] = facts[fact.name] ?? null;
  }
  return { facts, reads };
}

/** A record that was read already on the same ground is not read again: nobody is shown one question twice. */
function heldRecord(
  situation: Situation,
  wanted: { fact: CompiledFact; key: string; facts: Record<string, Plain> },
): Plain | undefined {
  const { declaration, register } = wanted.fact;
  for (const other of situation.edition.facts) {
    if (!covers(other, wanted.fact)) continue;
    const record = [wanted.facts[other.name] ?? []]
      .flat()
      .find((one) => isRecord(one) && String(one[register.key]) === wanted.key);
    if (isRecord(record))
      return Object.fromEntries([register.key, ...declaration.fields].map((field) => [field, record[field] ?? null]));
  }
  return undefined;
}

/** True where a read that is under way will give this one's record as well. */
function givesToo(other: FactRead, wanted: FactRead): boolean {
  return other.kind === "one" && wanted.kind === "one" && other.key === wanted.key && covers(other.fact, wanted.fact);
}

/** True where a read for one fact gives all that the other asks, on the same ground. */
function covers(given: CompiledFact, wanted: CompiledFact): boolean {
  if (given.register !== wanted.register || given.declaration.ground !== wanted.declaration.ground) return false;
  return wanted.declaration.fields.every((field) => given.declaration.fields.includes(field));
}

/** What has to be read for a fact, where it is wanted at all. */
export function readOf(fact: CompiledFact, scope: Scope): FactRead | undefined {
  if (fact.key) {
    const key = fact.key.evaluate(scope);
    return isKey(key) ? { fact, kind: "one", key: String(key), by: JSON.stringify(["key", String(key)]) } : undefined;
  }
  if (fact.keys) {
    const list = fact.keys.evaluate(scope);
    const keys = (Array.isArray(list) ? list : [list]).filter(isKey).map(String).slice(0, MOST_KEYS);
    return keys.length > 0 ? { fact, kind: "many", keys, by: JSON.stringify(["keys", keys]) } : undefined;
  }
  if (!fact.values) return undefined;
  const values: Record<string, Plain> = {};
  for (const [name, value] of Object.entries(fact.values)) {
    values[name] = value.evaluate(scope);
    if (values[name] === null) return undefined;
  }
  return { fact, kind: "search", values, by: JSON.stringify(["search", values]) };
}

function isKey(key: Plain): key is string | number {
  return (typeof key === "string" && key !== "" && key.length <= 100) || typeof key === "number";
}

/** What expressions of the service see. Days stay text: the shapes they were compiled with make them days. */
export function scopeOf(
  situation: Situation,
  given: {
    facts: Record<string, Plain>;
    answers: Record<string, Plain>;
    language?: Language;
    more?: Scope;
    /** Facts or answers are still being put in: decisions are made as often as one speaks of them. */
    afresh?: boolean;
  },
): Scope {
  const { applicant, day, caseNumber, edition } = situation;
  const language = given.language ?? situation.language;
  const picked = pickedOf(situation);
  const scope: Scope = { applicant, day, language, case_number: caseNumber, answers: given.answers, picked };
  for (const fact of edition.facts) scope[fact.name] = given.facts[fact.name] ?? null;
  if (given.more) Object.assign(scope, given.more);
  return addLazily(situation, { scope, language, afresh: given.afresh ?? false });
}

/** Adds what is worked out only where an expression speaks of it: names of codes, and the decisions of the service. */
export function addLazily(
  situation: Situation,
  { scope, language, afresh }: { scope: Scope; language: Language; afresh: boolean },
): Scope {
  addDecisions(scope, { decisions: situation.edition.decisions, afresh });
  // Few expressions speak of names of codes, and most are evaluated many times: they are looked up when one does.
  if (!("labels" in scope)) Object.defineProperty(scope, "labels", { get: () => allLabels(situation, scope, language) });
  return scope;
}

function allLabels({ edition, label }: Situation, scope: Scope, language: Language): Record<string, Record<string, string>> {
  const labels: Record<string, Record<string, string>> = {};
  for (const fact of edition.facts) {
    const value = scope[fact.name] as Plain;
    if (isRecord(value)) labels[fact.name] = labelsOf(fact.register, value, { label, language });
  }
  return labels;
}

function pickedOf(situation: Situation): Record<string, string | null> {
  const picked: Record<string, string | null> = {};
  for (const page of situation.edition.pages) {
    for (const { declaration } of page.fields) {
      if (!declaration.lookup) continue;
      const typed = situation.typed[declaration.field];
      picked[declaration.field] = typeof typed === "string" && typed !== "" ? typed : null;
    }
  }
  return picked;
}

/** What codes, named values and texts in several languages of a record are called in a language. */
export function labelsOf(
  register: RegisterDeclaration,
  record: Record<string, Plain>,
  { label, language }: { label: LabelOf; language: Language },
) {
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(record)) {
    const { classifier, valueTitles } = register.fields[name] ?? {};
    if (isRecord(value)) labels[name] = inLanguage(value, language);
    else if (typeof value !== "string") continue;
    else if (classifier) labels[name] = label(classifier, value, language);
    else if (valueTitles?.[value]) labels[name] = valueTitles[value][language];
  }
  return labels;
}

/** A text in the language, or in the first it is held in. */
export function inLanguage(texts: Record<string, Plain>, language: Language): string {
  return String(texts[language] ?? Object.values(texts)[0] ?? "");
}

export function isRecord(value: Plain | undefined): value is Record<string, Plain> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
