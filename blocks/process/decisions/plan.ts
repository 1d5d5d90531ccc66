/** The elements of a file compiled in the order they need each other: one frame, a slot for the value of each. */
import { FeelFunction, type FeelValue, type Shape } from "@kerege/kernel/feel";
import { type Closure, emptySlots, type Frame, Program, type Run, type Scope, withName } from "@kerege/kernel/feel/parts";
import { coerced, compileBoxed, compileFunction, enter } from "./boxed.ts";
import { Compiling, type Seen } from "./compiling.ts";
import type { DecisionNode, DrgNode, KnowledgeNode, Reference, ServiceNode } from "./document.ts";
import { type Located, locate, type Unit } from "./graph.ts";
import type { TableOutline } from "./table.ts";
import type { Type } from "./types.ts";

/** A value that comes from outside: an input of the file or of one it imports, or a decision that is given to a service. */
export interface PlannedInput {
  readonly node: DrgNode;
  /** Name of the import it comes by; none where the file itself declares it. */
  readonly prefix: string | undefined;
  readonly type: Type;
  readonly slot: number;
}

interface Step {
  readonly node: DrgNode;
  readonly slot: number;
  readonly shape: Shape;
  readonly run: Closure;
  readonly needs: readonly Step[];
  readonly inputs: readonly PlannedInput[];
  readonly reads: readonly string[];
  readonly tables: readonly TableOutline[];
}

/** All an element needs, in order, itself last. */
export interface Target {
  readonly inputs: readonly PlannedInput[];
  readonly reads: readonly string[];
  readonly tables: readonly TableOutline[];
  readonly shape: Shape;
  /** The value in one evaluation, with inputs taken from a supply and, for services, decisions that are given. */
  readonly evaluate: (supply: Supply, run: Run) => FeelValue;
}

/** The value of an input; its index is that among the inputs of the target. */
/** Everything is in slots: nothing is read from the input of the frame. */
const NO_FACTS: Frame["input"] = {};

export type Supply = (input: PlannedInput, index: number) => FeelValue;

export interface PlanMeans {
  readonly unit: Unit;
  readonly tolerant: boolean;
  /** Decisions whose values come from outside: the inputs of a service. */
  readonly given?: ReadonlySet<DrgNode>;
}

export class Plan {
  readonly #means: PlanMeans;
  readonly #program: Program;
  readonly #steps = new Map<DrgNode, Step>();
  readonly #inputs = new Map<DrgNode, PlannedInput>();

  constructor(means: PlanMeans) {
    this.#means = means;
    this.#program = new Program(means.unit.types.shapes());
  }

  /** Everything one element needs, ready to be evaluated. */
  target(located: Located): Target {
    const last = this.#step(located);
    const order: Step[] = [];
    const gather = (step: Step): void => {
      if (order.includes(step)) return;
      for (const need of step.needs) gather(need);
      order.push(step);
    };
    gather(last);
    const inputs = [...new Set(order.flatMap((step) => step.inputs))];
    const runs = order.map(({ slot, run }) => ({ slot, run }));
    const program = this.#program;
    // Copied for each evaluation; how many slots there are is known when all targets are compiled.
    let empty: FeelValue[] | undefined;
    const { slot } = last;
    return {
      inputs,
      reads: [...new Set(order.flatMap((step) => step.reads))].sort(),
      tables: order.flatMap((step) => step.tables),
      shape: last.shape,
      evaluate: (supply, run) => {
        empty = empty?.length === program.slots ? empty : emptySlots(program.slots);
        const slots = empty.slice();
        for (let index = 0; index < inputs.length; index += 1) slots[inputs[index]!.slot] = supply(inputs[index]!, index);
        const frame: Frame = { input: NO_FACTS, slots, run };
        for (let index = 0; index < runs.length; index += 1) slots[runs[index]!.slot] = runs[index]!.run(frame);
        return slots[slot]!;
      },
    };
  }

  #step(located: Located): Step {
    const known = this.#steps.get(located.node);
    if (known) return known;
    const step = this.#compile(located);
    this.#steps.set(located.node, step);
    return step;
  }

  #compile(located: Located): Step {
    const { node, unit } = located;
    const { tolerant } = this.#means;
    const compiling = new Compiling({ program: this.#program, types: unit.types, faults: unit.faults, tolerant });
    if (node.kind === "input" || this.#means.given?.has(node)) {
      const input = this.#input(located);
      const { slot } = input;
      const shape = compiling.visible(input.type.shape);
      return {
        node,
        slot,
        shape,
        run: (frame) => frame.slots[slot]!,
        needs: [],
        inputs: [input],
        reads: [node.name],
        tables: [],
      };
    }
    if (node.kind === "service") return this.#service({ unit, node });
    const sight = this.#sight(located, node.kind === "decision" ? [...node.information, ...node.knowledge] : node.knowledge);
    this.#program.reads.clear();
    const slot = this.#program.slot();
    const made =
      node.kind === "decision"
        ? compileDecision(node, sight.seen, compiling)
        : compileKnowledge(node, { seen: sight.seen, slot }, compiling);
    const reads = [...this.#program.reads];
    const before = sight.before;
    const run: Closure =
      before.length === 0
        ? made.run
        : (frame) => {
            for (const prepare of before) prepare(frame);
            return made.run(frame);
          };
    return { node, slot, shape: made.shape, run, needs: sight.needs, inputs: sight.inputs, reads, tables: compiling.tables };
  }

  #input({ node, unit }: Located): PlannedInput {
    const known = this.#inputs.get(node);
    if (known) return known;
    const type = unit.types.find(node.typeRef, { element: node.name, place: node.place });
    const main = this.#means.unit;
    const prefix = unit === main ? undefined : [...main.imports.values()].find((one) => one.unit === unit)?.prefix;
    const made = { node, prefix: unit === main ? undefined : (prefix ?? ""), type, slot: this.#program.slot() };
    this.#inputs.set(node, made);
    return made;
  }

  /** What an element sees: what it requires, and nothing else. */
  #sight({ unit, node }: Located, references: readonly Reference[]): Sight {
    const facts: Record<string, Shape> = {};
    const own: [string, { slot: number; shape: Shape; fact?: string }][] = [];
    const imported = new Map<string, { name: string; slot: number; shape: Shape }[]>();
    const needs: Step[] = [];
    const inputs: PlannedInput[] = [];
    for (const reference of references) {
      const found = locate(unit, reference);
      if (!found || found.node === node) continue;
      const step = this.#step(found);
      const { slot, shape } = step;
      const { name } = found.node;
      if (found.node.kind === "input") inputs.push(...step.inputs);
      else needs.push(step);
      const prefix = found.unit === unit ? "" : (unit.imports.get(found.unit.document.namespace)?.prefix ?? "");
      if (prefix !== "") imported.set(prefix, [...(imported.get(prefix) ?? []), { name, slot, shape }]);
      else if (found.node.kind === "input") {
        facts[name] = shape;
        own.push([name, { slot, shape, fact: name }]);
      } else own.push([name, { slot, shape }]);
    }
    let scope: Scope | undefined;
    for (const [name, variable] of own) scope = withName(scope, name, variable);
    const before: ((frame: Frame) => void)[] = [];
    for (const [prefix, members] of imported) {
      const slot = this.#program.slot();
      scope = withName(scope, prefix, { slot, shape: Object.fromEntries(members.map(({ name, shape }) => [name, shape])) });
      before.push((frame) => {
        frame.slots[slot] = new Map(members.map((member) => [member.name, frame.slots[member.slot]!]));
      });
    }
    return { seen: { facts, scope, element: node.name }, needs, inputs, before };
  }

  /** A service as a function: its inputs in order, its own evaluation of what it encapsulates (§10.4). */
  #service({ unit, node }: { unit: Unit; node: ServiceNode }): Step {
    const service = compileService({ unit, node }, this.#means);
    const slot = this.#program.slot();
    return { node, slot, shape: "function", run: () => service, needs: [], inputs: [], reads: [], tables: [] };
  }
}

interface Sight {
  readonly seen: Seen;
  readonly needs: readonly Step[];
  readonly inputs: readonly PlannedInput[];
  readonly before: readonly ((frame: Frame) => void)[];
}

function compileDecision(node: DecisionNode, seen: Seen, compiling: Compiling): { run: Closure; shape: Shape } {
  const at = { element: node.name, place: node.place };
  if (!node.logic) compiling.say("no-logic", at);
  return coerced(compileBoxed(node.logic, seen, compiling), compiling.types.find(node.typeRef, at), compiling);
}

function compileKnowledge(
  node: KnowledgeNode,
  own: { seen: Seen; slot: number },
  compiling: Compiling,
): { run: Closure; shape: Shape } {
  const at = { element: node.name, place: node.place };
  if (!node.logic?.body) compiling.say("no-logic", at);
  if (!node.logic) return { run: () => null, shape: "function" };
  const type = compiling.types.find(node.logic.typeRef ?? node.typeRef, at);
  const scope = withName(own.seen.scope, node.name, { slot: own.slot, shape: "function" });
  const result = type.isFunction ? undefined : type.coerce;
  return compileFunction(node.logic, { ...own.seen, scope, lasting: { name: node.name, result } }, compiling);
}

/** The function a decision service is. */
export function compileService({ unit, node }: { unit: Unit; node: ServiceNode }, means: PlanMeans): FeelFunction {
  const at = { element: node.name, place: node.place };
  const find = (references: readonly Reference[]): Located[] => references.flatMap((reference) => locate(unit, reference) ?? []);
  const decisions = find(node.inputDecisions);
  const plan = new Plan({ ...means, unit, given: new Set(decisions.map((one) => one.node)) });
  const parameters = [...find(node.inputs), ...decisions].map((located) => ({
    node: located.node,
    type: located.unit.types.find(located.node.typeRef, { element: located.node.name, place: located.node.place }),
  }));
  const outputs = find(node.outputs).map((located) => ({ name: located.node.name, target: plan.target(located) }));
  const { coerce } = unit.types.find(node.typeRef, at);
  const names = parameters.map((parameter) => parameter.node.name);
  return new FeelFunction(node.name, names, (args, run) => {
    if (args.length !== parameters.length) return run.warn("argument-type", { function: node.name, given: String(args.length) });
    const values = new Map<DrgNode, FeelValue>();
    for (const [index, parameter] of parameters.entries()) {
      const value = parameter.type.coerce(args[index]!);
      if (value === null && args[index] !== null)
        return run.warn("argument-type", { function: node.name, given: parameter.node.name });
      values.set(parameter.node, value);
    }
    const supply: Supply = (input) => values.get(input.node) ?? null;
    const results = outputs.map(({ name, target }) => [name, enter(run, () => target.evaluate(supply, run))] as const);
    return coerce(outputs.length === 1 ? results[0]![1] : new Map(results));
  });
}
