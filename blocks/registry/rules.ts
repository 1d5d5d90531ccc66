import type { Expression, Facts } from "@kerege/kernel/feel";
import type { FieldProblem } from "@kerege/kernel/problem";
import type { RuleList, ValidityRule, Value, Values } from "./declaration.ts";
import { composeFacts } from "./expand.ts";
import { problem } from "./problems.ts";
import { compileRule } from "./rule-names.ts";
import type { CompiledRegister } from "./store-sql.ts";

/** What a rule needs to be told of other records. */
export interface RuleNeed {
  name: string;
  register: CompiledRegister;
  /** A record by its key, held in this field, or a list of records by fields of theirs and of this record, in the same order. */
  key?: string;
  list?: { fields: string[]; from: string[]; when: "then" | "ever" };
}

export interface CompiledRule {
  name: string;
  rule: ValidityRule;
  expression: Expression;
  needs: RuleNeed[];
}

/** The rules of a register, compiled once. @throws {Problem} `registry.faulty-rule` for a rule that `kerege check` refuses */
export function compileRules(register: CompiledRegister, find: (name: string) => CompiledRegister): CompiledRule[] {
  const { declared } = register.expanded;
  return Object.entries(declared.rules ?? {}).map(([name, rule]) => {
    const others = Object.values(rule.with ?? {}).map((other) => find(other.register).expanded.declared);
    const expression = compileRule(declared, rule, new Map(others.map((other) => [other.register, other])));
    if (!expression.ok) throw problem("faulty-rule", { params: { register: declared.register, rule: name } });
    const needs = Object.entries(rule.with ?? {}).map(([word, other]): RuleNeed => {
      const target = find(other.register);
      if (!("search" in other)) return { name: word, register: target, key: other.key };
      return { name: word, register: target, list: listOf(target, other) };
    });
    return { name, rule, expression, needs };
  });
}

function listOf(target: CompiledRegister, list: RuleList): NonNullable<RuleNeed["list"]> {
  const fields = target.declaration.search[list.search]?.exact ?? [];
  return { fields, from: fields.map((field) => list.values[field] ?? field), when: list.when ?? "then" };
}

export const asksAt = (rule: CompiledRule, event: string): boolean => !rule.rule.events || rule.rule.events.includes(event);

/** One stretch of a record under a change, with what its rules need. */
export interface RuleCase {
  event: string;
  values: Values;
  before: Values | null;
  validFrom: string;
  today: string;
  state: string | null;
  /** Records and lists by the names of the rule. */
  others: Record<string, Values | null | Values[]>;
}

/** The fault of a stretch that breaks a rule. A rule is kept only when it says `true`: what cannot be told is not well. */
export function broken(register: CompiledRegister, rule: CompiledRule, given: RuleCase): FieldProblem | undefined {
  const { expanded } = register;
  const facts: Record<string, unknown> = {
    ...composeFacts(expanded, given.values),
    event: given.event,
    valid_from: given.validFrom,
    today: given.today,
    state: given.state,
    before: given.before && composeFacts(expanded, given.before),
  };
  for (const need of rule.needs) {
    const other = given.others[need.name] ?? null;
    facts[need.name] = Array.isArray(other)
      ? other.map((one) => composeFacts(need.register.expanded, one))
      : other && composeFacts(need.register.expanded, other);
  }
  if (rule.expression.evaluate(facts as Facts) === true) return undefined;
  const field = rule.rule.field;
  return {
    pointer: field === undefined ? "" : `/values/${field}`,
    key: `registry.said.${register.declaration.register}.rules.${rule.name}`,
  };
}

/** The values a list is asked by; nothing when one is not there. */
export function askedBy(need: RuleNeed, values: Values): Value[] | undefined {
  const asked = need.list?.from.map((field) => values[field] ?? null);
  return asked?.some((value) => value === null) ? undefined : asked;
}
