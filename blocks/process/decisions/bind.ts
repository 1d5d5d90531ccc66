import { type Json, toPlain } from "@kerege/kernel/feel";
import type { Decide, Decided, Moment, Variables } from "../engine/model.ts";
import type { Decision, Decisions } from "./decisions.ts";
import { isSmall } from "./explain.ts";

/** A decision as a rule task takes it; undefined where the file has none of that name. */
export function bindDecision(decisions: Decisions, name: string): Decide | undefined {
  const decision = decisions.decision(name);
  return decision && ((variables, moment) => new Bound(decision, variables, moment));
}

/** The value at once; what led to it only where somebody asks, for a million simulated cases nobody does. */
class Bound implements Decided {
  readonly value: Json;
  readonly #decision: Decision;
  readonly #variables: Variables;
  readonly #moment: { readonly now: Date; readonly zone: string };

  constructor(decision: Decision, variables: Variables, moment: Moment) {
    this.#decision = decision;
    this.#variables = variables;
    this.#moment = { now: new Date(moment.at), zone: moment.zone };
    this.value = toPlain(decision.evaluate(variables, this.#moment));
  }

  /** `{ decision, rules: [{ table, rule, norm }], facts: { path: value } }`. */
  get why(): Json {
    const followed = this.#decision.follow(this.#variables, this.#moment);
    const rules: Json[] = [];
    for (const { table, rules: held } of followed.uses) {
      for (const rule of held) {
        const norm = table.norms[rule];
        rules.push({ table: table.element, rule: rule + 1, ...(norm && { norm: { ...norm } }) });
      }
    }
    const facts: Record<string, Json> = {};
    for (const { path, value } of followed.facts) if (isSmall(value)) facts[path] = toPlain(value);
    return { decision: this.#decision.name, rules, facts };
  }
}
