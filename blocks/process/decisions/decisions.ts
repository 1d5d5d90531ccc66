/**
 * Decisions of a DMN file (1.2–1.5), read and compiled once. Numbers are decimals, dates are exact, an evaluation has a budget and
 * never throws.
 */
import {
  type Facts,
  FeelFunction,
  type FeelValue,
  fromPlain,
  type Moment,
  type Plain,
  type Shape,
  type Warning,
} from "@kerege/kernel/feel";
import { perform, type Run } from "@kerege/kernel/feel/parts";
import type { Document, DrgNode } from "./document.ts";
import { type DecisionFault, Faults } from "./fault.ts";
import { checkRequirements, type FindDocument, sayFaultyImports, type Unit, uniteDocuments } from "./graph.ts";
import { sayNorms } from "./norm.ts";
import { compileService, Plan, type PlannedInput, type Target } from "./plan.ts";
import { readDocument } from "./read-document.ts";
import type { TableOutline } from "./table.ts";
import { followTables, type TableUse } from "./tracing.ts";

export interface Reading {
  /** Texts of files among which those it imports are found by their namespaces. */
  readonly imports?: readonly string[];
  /** Each rule must name the norm it rests on, in an annotation `norm`. */
  readonly norms?: "required";
  /** What others have drawn: an expression with a fault is null, and a fault of the result, instead of a refusal. */
  readonly tolerant?: boolean;
}

export type ReadDecisions =
  | { readonly ok: true; readonly decisions: Decisions; readonly faults: readonly DecisionFault[] }
  | { readonly ok: false; readonly faults: readonly DecisionFault[] };

export interface Decisions {
  /** Name of the file's model. */
  readonly name: string;
  readonly namespace: string;
  /** Names of its decisions, in the order of the file. */
  readonly names: readonly string[];
  readonly services: readonly string[];
  decision(name: string): Decision | undefined;
  /** A decision service or a business knowledge model, called with values by the names of its parameters. */
  callable(name: string): Callable | undefined;
}

export interface Decision {
  readonly name: string;
  readonly question: string;
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  /** Paths of facts it can look at, sorted. */
  readonly reads: readonly string[];
  /** What is known of its value. */
  readonly shape: Shape;
  /** Tables it can use, those of decisions it needs first. */
  readonly tables: readonly TableOutline[];
  /** The value; null where there is none. Never throws. */
  evaluate(facts: Facts, moment?: Moment): FeelValue;
  /** The same with what led to it; costs several times as much. */
  follow(facts: Facts, moment?: Moment): Followed;
}

export interface Followed {
  readonly value: FeelValue;
  /** Facts it looked at, by their paths. */
  readonly facts: readonly { readonly path: string; readonly value: FeelValue }[];
  readonly uses: readonly TableUse[];
  /** Why something became null. */
  readonly warnings: readonly Pick<Warning, "code" | "params">[];
}

export interface Callable {
  readonly name: string;
  readonly parameters: readonly string[];
  call(values: Facts, moment?: Moment): FeelValue;
}

/** Reads a file; every fault of it is told at once. */
export function readDecisions(xml: string, reading: Reading = {}): ReadDecisions {
  const faults = new Faults();
  const document = readDocument(xml, faults);
  if (!document) return { ok: false, faults: faults.sorted() };
  const unit = uniteDocuments(document, finderIn(reading.imports ?? []), faults);
  if (!checkRequirements(unit)) return { ok: false, faults: faults.sorted() };
  if (reading.norms === "required") sayNorms(document, faults);
  const decisions = compileAll(unit, reading.tolerant ?? false);
  sayFaultyImports(unit);
  const sorted = onceEach(faults.sorted());
  return sorted.length > 0 && !reading.tolerant ? { ok: false, faults: sorted } : { ok: true, decisions, faults: sorted };
}

/** Reads a file only when its namespace is asked for: among many only few are imported. */
function finderIn(texts: readonly string[]): FindDocument {
  return (namespace) => {
    for (const text of texts) {
      if (!text.includes(namespace)) continue;
      const document = readDocument(text, new Faults());
      if (document?.namespace === namespace) return document;
    }
    return undefined;
  };
}

/** A type that is used twice is compiled once, but a text that is seen from two places may say the same fault twice. */
function onceEach(faults: readonly DecisionFault[]): readonly DecisionFault[] {
  const seen = new Set<string>();
  return faults.filter((fault) => {
    const key = `${fault.code} ${fault.line} ${fault.column} ${JSON.stringify(fault.params)}`;
    return !seen.has(key) && seen.add(key);
  });
}

function compileAll(unit: Unit, tolerant: boolean): Decisions {
  const { document } = unit;
  const plan = new Plan({ unit, tolerant });
  const nodes = [...document.nodes.values()];
  const targets = new Map<string, Decision>();
  const callables = new Map<string, Callable>();
  for (const node of nodes) {
    if (node.kind === "input") continue;
    const target = plan.target({ unit, node });
    if (node.kind === "decision") targets.set(node.name, decisionOf(node, target, tolerant));
    else if (node.kind === "knowledge")
      callables.set(
        node.name,
        callableOf(node, (run) => target.evaluate(() => null, run)),
      );
    else {
      const service = compileService({ unit, node }, { unit, tolerant });
      callables.set(
        node.name,
        callableOf(node, () => service),
      );
    }
  }
  return {
    name: document.name,
    namespace: document.namespace,
    names: [...targets.keys()],
    services: namesOf(document, "service"),
    decision: (name) => targets.get(name),
    callable: (name) => callables.get(name),
  };
}

function namesOf(document: Document, kind: DrgNode["kind"]): string[] {
  return [...document.nodes.values()].filter((node) => node.kind === kind).map(({ name }) => name);
}

function callableOf(node: DrgNode, find: (run: Run) => FeelValue): Callable {
  let parameters: readonly string[] = [];
  perform(
    (run) => {
      const called = find(run);
      if (called instanceof FeelFunction) parameters = called.parameters;
      return null;
    },
    { moment: undefined, traced: false },
  );
  return {
    name: node.name,
    parameters,
    call: (values, moment) =>
      perform(
        (run) => {
          const called = find(run);
          if (!(called instanceof FeelFunction)) return null;
          return called.call(
            called.parameters.map((name) => fromPlain(own(values, name))),
            run,
          );
        },
        { moment, traced: false },
      ).value,
  };
}

function own(holder: unknown, name: string): Plain {
  if (holder instanceof Map) return holder.get(name) as Plain;
  return typeof holder === "object" && holder !== null && Object.hasOwn(holder, name)
    ? (holder as Record<string, Plain>)[name]
    : undefined;
}

function decisionOf(node: DrgNode & { kind: "decision" }, target: Target, tolerant: boolean): Decision {
  const takers = target.inputs.map((input) => taker(input, tolerant));
  const begin = (facts: Facts, run: Run): FeelValue => target.evaluate((_, index) => takers[index]!(facts), run);
  return {
    name: node.name,
    question: node.question,
    inputs: target.inputs.map((input) => ({ name: input.node.name, shape: input.type.shape })),
    reads: target.reads,
    shape: target.shape,
    tables: target.tables,
    evaluate: (facts, moment) => perform((run) => begin(facts, run), { moment, traced: false }).value,
    follow(facts, moment) {
      const { result, uses } = followTables(() => perform((run) => begin(facts, run), { moment, traced: true }));
      const { value, run } = result;
      const warnings = (run.warnings ?? []).map(({ code, params }) => ({ code, params }));
      return { value, facts: [...(run.facts ?? [])].map(([path, fact]) => ({ path, value: fact })), uses, warnings };
    },
  };
}

/** How an input is found among the facts and made a value of its type. */
function taker(input: PlannedInput, tolerant: boolean): (facts: Facts) => FeelValue {
  const { name } = input.node;
  const { prefix } = input;
  const { coerce, shape } = input.type;
  const whole = tolerant || typeof shape === "string" ? undefined : (value: FeelValue): FeelValue => completed(value, shape);
  const take = (plain: Plain): FeelValue => {
    const value = fromPlain(plain, shape);
    return coerce(whole ? whole(value) : value);
  };
  if (prefix === undefined) return (facts) => take(Object.hasOwn(facts, name) ? facts[name] : undefined);
  return (facts) => take(own(own(facts, prefix), name) ?? own(facts, name));
}

/** A context with null for each declared field that is not there: a fact nobody knows is not a context of another type. */
function completed(value: FeelValue, shape: Shape): FeelValue {
  if (typeof shape === "string") return value;
  if (Array.isArray(shape))
    return Array.isArray(value) ? value.map((item: FeelValue) => completed(item, shape[0] as Shape)) : value;
  if (!(value instanceof Map)) return value;
  const whole = new Map<string, FeelValue>(value);
  for (const [name, field] of Object.entries(shape)) whole.set(name, completed(whole.get(name) ?? null, field as Shape));
  return whole;
}
