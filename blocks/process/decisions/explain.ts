/** A decision with what led to it: for the person it is about, the official and the record. */
import { type Facts, type FeelValue, type Json, type Moment, toPlain } from "@kerege/kernel/feel";
import type { Decision, Followed } from "./decisions.ts";
import type { Norm } from "./norm.ts";
import type { TableUse } from "./tracing.ts";

/** Where a fact comes from. */
export interface FactSource {
  /** Code of the register, or of what else knows it: `form`, `document`. */
  readonly register: string;
  /** When it was read, milliseconds since 1970-01-01T00:00:00Z. */
  readonly readAt?: number;
}

export interface Explanation {
  readonly decision: string;
  readonly value: Json;
  readonly rules: readonly ExplainedRule[];
  readonly facts: readonly ExplainedFact[];
  /** Tables in which no rule held. */
  readonly unanswered: readonly string[];
}

export interface ExplainedRule {
  /** Name of the decision or function the table stands in. */
  readonly table: string;
  /** From 1. */
  readonly number: number;
  readonly norm: Norm | undefined;
  /** What its columns asked, with the values they were asked with. */
  readonly asked: readonly { readonly label: string; readonly value: Json }[];
}

export interface ExplainedFact {
  readonly path: string;
  readonly value: Json;
  readonly source: FactSource | undefined;
}

export interface ExplainingFacts {
  readonly facts: Facts;
  readonly moment?: Moment;
  /** By the path of the fact, or of what it is a part of. */
  readonly sources?: Readonly<Record<string, FactSource>>;
}

/** Evaluates a decision once more and says what it looked at. */
export function explainDecision(decision: Decision, given: ExplainingFacts): Explanation {
  const followed = decision.follow(given.facts, given.moment);
  return {
    decision: decision.name,
    value: toPlain(followed.value),
    rules: followed.uses.flatMap(rulesOf),
    facts: factsOf(followed, given.sources ?? {}),
    unanswered: [...new Set(followed.uses.filter((use) => use.rules.length === 0).map((use) => use.table.element))],
  };
}

function rulesOf(use: TableUse): ExplainedRule[] {
  const asked = use.table.inputs.map(({ label }, index) => ({ label, value: toPlain(use.values[index] ?? null) }));
  const { element, norms } = use.table;
  return use.rules.map((rule) => ({ table: element, number: rule + 1, norm: norms[rule], asked }));
}

function factsOf(followed: Followed, sources: Readonly<Record<string, FactSource>>): ExplainedFact[] {
  const facts = followed.facts.filter(({ value }) => isSmall(value));
  return facts.map(({ path, value }) => ({ path, value: toPlain(value), source: sourceOf(path, sources) }));
}

/** Lists and contexts are told by the parts of them that were looked at. */
export function isSmall(value: FeelValue): boolean {
  return !Array.isArray(value) && !(value instanceof Map);
}

function sourceOf(path: string, sources: Readonly<Record<string, FactSource>>): FactSource | undefined {
  for (let at = path; at !== ""; at = at.includes(".") ? at.slice(0, at.lastIndexOf(".")) : "") {
    if (Object.hasOwn(sources, at)) return sources[at];
  }
  return undefined;
}
