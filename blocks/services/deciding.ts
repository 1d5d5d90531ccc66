import { type Facts, type FeelValue, fromPlain, type Shape, type Shapes } from "@kerege/kernel/feel";
import { type Decision, readDecisions } from "@kerege/process";

/** Texts of a service's own decisions (DMN), by the names of their files. */
export type DecisionTexts = Readonly<Record<string, string>>;

/** A decision as expressions of the service speak of it: by its name. */
export interface ServiceDecision {
  name: string;
  /** Name of its file in the folder of the service. */
  file: string;
  decision: Decision;
  /** What it comes to for what expressions of the service see. */
  evaluate(scope: Readonly<Record<string, unknown>>): FeelValue;
}

/**
 * The decisions of a service's files. What is wrong in a file is told where files are checked; one that cannot be read has none. A
 * name the service has already, or that stands twice, belongs to the first.
 * @param names names of the service with their shapes: the inputs of decisions
 */
export function compileDecisions(texts: DecisionTexts, names: Shapes): ServiceDecision[] {
  const found = new Map<string, ServiceDecision>();
  for (const [file, text] of Object.entries(texts)) {
    const imports = Object.entries(texts).flatMap(([other, own]) => (other === file ? [] : [own]));
    const read = readDecisions(text, { imports });
    if (!read.ok) continue;
    for (const name of read.decisions.names) {
      if (found.has(name) || Object.hasOwn(names, name)) continue;
      const decision = read.decisions.decision(name)!;
      found.set(name, { name, file, decision, evaluate: evaluator(decision, names) });
    }
  }
  return [...found.values()];
}

/** An input without a type of its own is what the service says it is. */
function evaluator(decision: Decision, names: Shapes): ServiceDecision["evaluate"] {
  const untyped = decision.inputs.filter(({ shape }) => shape === "any");
  if (untyped.length === 0) return (scope) => decision.evaluate(scope as Facts);
  return (scope) => decision.evaluate(factsFor(decision, { scope, names }));
}

/** What a decision is given of what expressions of the service see. */
export function factsFor(decision: Decision, given: { scope: Readonly<Record<string, unknown>>; names: Shapes }): Facts {
  const { scope, names } = given;
  const facts: Record<string, unknown> = {};
  for (const { name, shape } of decision.inputs)
    facts[name] = shape === "any" ? fromPlain(scope[name], names[name]) : scope[name];
  return facts as Facts;
}

/** Adds every decision to what expressions see, to be made when one speaks of it, and then once. */
export function addDecisions(
  scope: Record<string, unknown>,
  { decisions, afresh }: { decisions: readonly ServiceDecision[]; afresh: boolean },
): void {
  for (const one of decisions) {
    let made: FeelValue | undefined;
    // Not enumerable, so that a changed copy of the facts does not take along what came of the unchanged ones.
    Object.defineProperty(scope, one.name, {
      get: () => {
        if (made === undefined || afresh) made = one.evaluate(scope);
        return made;
      },
    });
  }
}

/** What an input may be where the service says it is something else; undefined where they agree. */
export function unlike(
  own: Shape,
  given: Shape | undefined,
  path: string,
): { path: string; own: string; given: string } | undefined {
  if (given === undefined) return { path, own: nameOf(own), given: "" };
  if (own === "any" || given === "any" || (own === "context" && typeof given === "object")) return undefined;
  if (typeof own === "string" || typeof given === "string")
    return own === given || (given === "context" && typeof own === "object")
      ? undefined
      : { path, own: nameOf(own), given: nameOf(given) };
  if (Array.isArray(own) || Array.isArray(given)) {
    if (Array.isArray(own) && Array.isArray(given)) return unlike(own[0] as Shape, given[0] as Shape, path);
    return { path, own: nameOf(own), given: nameOf(given) };
  }
  for (const [name, field] of Object.entries(own as Shapes)) {
    const held = Object.hasOwn(given, name) ? (given as Shapes)[name] : undefined;
    const found = unlike(field, held, `${path}.${name}`);
    if (found) return found;
  }
  return undefined;
}

function nameOf(shape: Shape): string {
  return typeof shape === "string" ? shape : Array.isArray(shape) ? "list" : "context";
}
